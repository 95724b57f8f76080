import { describe, expect, it } from 'vitest'
import type { SignalDay } from '../model/signal-day.ts'
import type { Estimate, MovementState } from '../model/traffic-state.ts'
import { signalDayReport } from './signal-day-report.ts'
import { signalDayCsv } from './signal-rows.ts'

const none: Estimate = { value: null, low: null, high: null }
const about = (value: number): Estimate => ({ value, low: value * 0.875, high: value * 1.125 })
const movement: MovementState = {
  movement: 'm1', from: 'A', to: 'B', from_link: 'a', to_link: 'b', turn: 'through', name: 'East <through>', signal: '7', volume_vph: about(437.4), control_delay_s: about(21.37), stopped_delay_s: none, stops: about(0.613), second_stop_share: none, arrival_on_green: about(0.4817),
  platoon_ratio: null, queue_max_m: none, queue_p95_m: about(71.8), split_failure_share: none, blocked_share: none, penetration: none, saturation_flow_vphpl: none, level_of_service: 'C', probes: 93, days: 1, counted: 0, grade: 'C', method: 'probes', age_s: 0,
}
const day: SignalDay = {
  format: 'greenwave.signal-day/1', network: 'n', signal: '7', name: 'Crossing <7>', day: '2027-01-13', from_s: 0, until_s: 86_400, bins: [],
  reigns: [{ from_s: 0, until_s: 30_000, plan: null, cycle_s: null }, { from_s: 30_000, until_s: 86_400, plan: 'evening-plan', cycle_s: 90 }],
  phases: [{
    phase: 2, group: '2', name: null, movements: [{ movement: 'm1', from: 'A', to: 'B', from_link: 'a', turn: 'through', name: null }], greens: 'log',
    cycles: Array.from({ length: 40 }, (_, i) => ({ green_s: 31_000 + 90 * i, yellow_s: 31_040 + 90 * i, red_s: 31_043 + 90 * i, next_s: i === 39 ? null : 31_090 + 90 * i, split_s: 45, termination: 'force' as const })),
    arrivals: Array.from({ length: 37 }, (_, i) => ({ time_s: 31_005 + 93 * i, source: 'detector' as const })),
    splits: [{ from_s: 30_000, until_s: 86_400, plan: 'evening-plan', programmed_s: 45, median_s: 44.96, p85_s: 46.27, greens: 40, terminations: { gap: 0, max: 0.125, force: 0.875, unknown: 0 } }],
  }],
  hours: [{ start_s: 28_800, end_s: 32_400, movements: [movement] }], movements: [movement],
}
const report = (paper: 'a4' | 'a3'): string => signalDayReport({ day, place: 'Town', paper, version: '0' })

describe('a signal’s day on paper', () => {
  it('has every figure of the table file, of plans, arrivals on green, splits and hours, with its unit in the head of the column', () => {
    const cells = new Set([...report('a4').matchAll(/<(?:td|th)[^>]*>(.*?)<\/(?:td|th)>/gs)].flatMap(([, cell]) => cell!.replaceAll(/<[^>]*>/g, ' ').split(/ to |\s+/)))
    const [head, ...rows] = signalDayCsv(day).trim().split('\r\n').map((row) => row.split(','))
    const at = (row: string[], name: string): string => row[head!.indexOf(name)]!
    let compared = 0
    for (const row of rows.filter((one) => ['plans', 'on-green', 'splits', 'hours', 'day'].includes(at(one, 'section')))) for (const name of ['value', 'low', 'high'] as const) {
      const figure = at(row, name)
      if (figure === '') continue
      compared++
      expect([...cells].some((cell) => cell !== '' && Number(cell) === Number(figure)), `${row.join()} has no ${figure}`).toBe(true)
    }
    expect(compared).toBeGreaterThan(30)
    for (const head of ['Control delay, s', 'Volume, veh/h', 'Queue, 95th, m', 'On green, %', 'Median, s', 'Cycle, s']) expect(report('a4')).toContain(`>${head}</th>`)
  })

  it('is for paper of either size, says what nobody knows, and escapes what it was given', () => {
    expect([/@page \{ size: A4/.test(report('a4')), /@page \{ size: A3/.test(report('a3')), report('a4') === report('a4')]).toEqual([true, true, true])
    expect(report('a4')).toContain('<td class="n">–</td>')
    expect([report('a4').includes('<through>'), report('a4').includes('Crossing &lt;7&gt;')]).toEqual([false, true])
  })
})
