import { describe, expect, it } from 'vitest'
import { dailyCsv, dailyJson, dailyReport } from './daily-report.ts'
import type { DailyReportInput } from '../../model/daily.ts'
import { changeInWords, dailySections, type DailySection } from './sections.ts'

const none = { value: null, low: null, high: null }
const cluster = (name: string, delay_veh_h: number | null, vehicles = 40): DailyReportInput['clusters'][number] => ({
  name, head: 'Nanhu × Central', start: '17:05', end: '18:25', length_m: 812.4, delay_veh_h, vehicles, comparison: { difference: { value: 12.34, low: 3.1, high: 21.6 }, days: 4, control: null }, z: 2.26, kind: 'recurrent', cause: 'Spillback 溢流', policy: 'retime splits', status: 'proposed',
})
const input: DailyReportInput = {
  format: 'greenwave.daily-input/1', scenario_name: 'Nanhu <Avenue>', day: '2026-03-02', version: '0.4.0',
  headline: { what: 'TPI', period: 'evening peak', value: { value: 4.62, low: 4.31, high: 4.93 }, scale: { id: 'tpi-10', version: 1, status: 'unverified' }, level: '轻度拥堵', weather: 'rain', comparison: { difference: { value: -0.3, low: -0.8, high: 0.2 }, days: 4, control: 'Zhonghuan Road' } },
  health: { probe_runs: 18_234, penetration: 0.0713, radar_up: null, segments_unknown: 0.125, sources: [{ source: 'vendor-b', state: 'quarantined', why: 'clock 9 s ahead' }, { source: 'taxi', state: 'used', why: '' }] },
  clusters: [cluster('Small', 3.21), cluster('Big', 41.27), cluster('Unknown', null), cluster('Private', 50, 4)],
  corridors: [{ name: 'Nanhu', direction: 'outbound', period: '17:00–19:00', runs: 212, run_p50_s: 401.6, run_p95_s: 611.2, stops_per_run: 0.914, one_stop_share: 0.771, no_stop_share: 0.337, arrivals_on_green: 0.684, plan: 'evening 3', drift_s: null, failed: '9 %: spillback' }],
  alarms: [{ junction: 'Central', kind: 'spillback', value: 7, unit: 'cycles', minutes: 22 }], actions: [{ when: 'last night', what: 'offset +4 s', why: 'late platoon', predicted: { value: -3.2, low: -5, high: -1.4 }, observed: null, unit: 's per vehicle' }],
  today: [{ what: 'Fair', from: '18:00', until: '22:00', plan: null }],
}
const find = (sections: DailySection[], id: DailySection['id']): DailySection => sections.find((section) => section.id === id)!

describe('the daily report', () => {
  it('tells data health before any result', () => {
    const page = dailyReport(input, 'police')
    expect(page.indexOf('Data health')).toBeLessThan(page.indexOf('Worst congestion'))
    expect(dailySections(input, 'police').map(({ id }) => id)).toEqual(['verdict', 'health', 'sources', 'clusters', 'corridors', 'alarms', 'actions', 'today'])
    expect(find(dailySections(input, 'police'), 'sources').rows).toEqual([{ source: 'vendor-b', state: 'quarantined', why: 'clock 9 s ahead' }])
  })

  it('names a change only where the interval leaves out zero', () => {
    const change = (low: number | null, high: number | null, days = 4) => changeInWords({ difference: { value: 0.5, low, high }, days, control: null })
    expect([change(0.1, 0.9), change(-0.9, -0.1), change(-0.1, 0.9), change(null, null), change(0.1, 0.9, 0), changeInWords(null)]).toEqual(['higher', 'lower', 'no clear change', 'cannot tell', 'cannot tell', 'cannot tell'])
    expect(dailyReport(input, 'police')).toContain('TPI, evening peak: 4.6 (4.3 to 4.9), 轻度拥堵; no clear change, −0.3 (−0.8 to +0.2) against 4 days of the same kind, control corridor Zhonghuan Road. Weather: rain.')
    expect(dailyReport({ ...input, headline: { ...input.headline, value: none, comparison: null } }, 'police')).toContain('TPI, evening peak: no data; whether it changed cannot be told.')
  })

  it('lists the worst first and what is not known last, never as zero', () => {
    expect(find(dailySections(input, 'police'), 'clusters').rows.map(({ name, delay_veh_h }) => [name, delay_veh_h])).toEqual([['Private', 50], ['Big', 41.3], ['Small', 3.2], ['Unknown', null]])
    expect(dailyCsv(input, 'police')).toContain('health,1,radar_up,%,\r\n')
    expect(dailyReport(input, 'police')).toContain('no data')
  })

  it('tells of a week of how many of its days anything is known', () => {
    const week = { ...input, until_day: '2026-03-08', health: { ...input.health, days_heard: 3 } }
    expect(dailyReport(week, 'police')).toContain('<dt>Days heard</dt><dd><strong>3</strong><span>of 7 days</span>')
    expect(dailyReport(input, 'police')).not.toContain('Days heard')
  })

  it('names below a table, instead of showing it, a column of which no row knows anything', () => {
    const [page, bare] = [input, { ...input, corridors: input.corridors.map((row) => ({ ...row, stops_per_run: null, plan: null })) }].map((one) => dailyReport(one, 'police'))
    for (const head of ['Stops a run', 'Plan']) expect([page!.includes(`>${head}</th>`), bare!.includes(`>${head}</th>`)]).toEqual([true, false])
    expect(bare).toContain('No data in any row: Stops a run, Plan, Drift.')
    expect(dailyCsv(input, 'police')).toContain('corridors,1,drift_s,s,\r\n')
  })

  it('keeps from the public what has fewer than five vehicles behind it, alarms and actions', () => {
    const sections = dailySections(input, 'public')
    expect(find(sections, 'clusters').rows.map(({ name }) => name)).toEqual(['Big', 'Small', 'Unknown'])
    expect(sections.map(({ id }) => id)).not.toContain('alarms')
    for (const text of [dailyReport(input, 'public'), dailyCsv(input, 'public'), dailyJson(input, 'public')]) expect(text).not.toMatch(/Private|offset \+4 s/)
  })

  it('has the same numbers in page, table and JSON', () => {
    const json = JSON.parse(dailyJson(input, 'police')) as { sections: DailySection[] }
    const [page, rows] = [dailyReport(input, 'police'), dailyCsv(input, 'police').split('\r\n')]
    let figures = 0
    for (const { id, columns, rows: list } of json.sections) for (const [i, row] of list.entries()) for (const { key, unit, decimals } of columns) {
      const value = row[key]
      if (typeof value !== 'number') continue
      figures++
      expect(rows).toContain(`${id},${i + 1},${key},${unit},${value}`)
      expect(page).toContain(Math.abs(value).toFixed(decimals))
    }
    expect(figures).toBeGreaterThan(40)
  })

  it('escapes what it was given, names its table, and is the same bytes again', () => {
    const page = dailyReport(input, 'police')
    expect(page).toContain('Nanhu &lt;Avenue&gt;')
    expect(page).toContain('tpi-10 version 1 (unverified)')
    expect(dailyReport(structuredClone(input), 'police')).toBe(page)
    expect(page).not.toMatch(/DB11|GB\/T/)
  })
})
