import { describe, expect, it } from 'vitest'
import { buildCoordinationScene } from '../diagram/coordination.ts'
import { buildHeatMap, LEVEL_COLOUR } from '../diagram/heat-map.ts'
import { buildProbeScene } from '../diagram/probe-trajectories.ts'
import type { Estimate, MovementState, PhaseMeasures, TrafficState } from '../model/traffic-state.ts'
import { stateReport, type StateReportInput } from './state-report.ts'
import { age } from './state-words.ts'

const NONE: Estimate = { value: null, low: null, high: null }
const HOSTILE = '<script>alert("x")</script>&\''

const movement = (own: Partial<MovementState> = {}): MovementState => ({
  movement: 'm1', from: 'a', to: 'b', from_link: 'a', to_link: 'b', turn: 'through', signal: 's1', name: 'WBT', volume_vph: NONE, control_delay_s: { value: 31.46, low: 28.2, high: 35 }, stopped_delay_s: NONE, stops: { value: 0.73, low: 0.65, high: 0.8 },
  second_stop_share: NONE, arrival_on_green: { value: 0.42, low: 0.3, high: 0.54 }, platoon_ratio: null, queue_max_m: NONE, queue_p95_m: NONE, split_failure_share: NONE, blocked_share: NONE, penetration: NONE, saturation_flow_vphpl: NONE,
  level_of_service: 'C', probes: 120, days: 1, counted: 0, grade: 'D', method: 'probes', age_s: 400, ...own,
})
const EMPTY: TrafficState = { format: 'greenwave.state/1', scenario: 'x', from_s: 0, until_s: 0, days: [], movements: [], periods: [], daily: [], links: [], places: [], areas: [], signals: [], phases: [], feeds: [], coverage: 0 }
const PHASE: PhaseMeasures = {
  device: '7', phase: 2, from_s: 0, until_s: 900, cycle_s: 100, green_median_s: 40, green_p85_s: 42, split_p85_s: 47, greens: 9, terminations: null, arrivals_on_green: null, arrivals_on_red: null, platoon_ratio: null, volume_vph: null, approach_delay_s: null,
  split_failures: null, split_failure_share: null, yellow_actuations: null, red_actuations: null, severe_red_actuations: null, pedestrian_calls: null, pedestrian_wait_s: null, phase_wait_s: null, phase_wait_max_s: null, skips: 0,
}
const input = (state: Partial<TrafficState> = {}, rest: Partial<StateReportInput> = {}): StateReportInput => ({
  state: { ...EMPTY, ...state }, scenario_name: 'Mill Street', time_zone: 'Asia/Shanghai', version: '0.0.0', signal_names: new Map([['s1', 'Town Hall']]), link_names: new Map(), period_names: new Map(),
  scale: { id: 'table', version: 1, status: 'unverified', source: 'made up', levels: [{ id: 'slow', en: 'slow', zh: '缓行', colour: LEVEL_COLOUR.yellow, range: '1.5 to 1.8' }] },
  parameters: [], maps: [], corridors: [], heat_maps: [], coordination: [], probes: [], ...rest,
})
const place = (own: Partial<TrafficState['places'][number]> = {}): TrafficState['places'][number] => ({
  kind: 'spot', links: ['a'], frequency: 1, days: 1, start_s: 61_200, end_s: 63_000, delay_veh_h_per_day: 1, avoidable_veh_h_per_day: 1, growth: 'upstream', nature: 'recurrent', length_m: 400, duration_s: 1800, all: null, avoidable_by: 'better-days', grade: 'C', ...own,
})
const OBSERVED: Partial<TrafficState> = { days: ['2026-01-05'], movements: [movement()], feeds: [{ source: 'probes.csv', read: 1000, accepted: 990, issues: [{ verdict: 'drop', cause: 'time-backwards', records: 10, example: 'row 7 of probes.csv' }] }] }
const rowOf = (report: string, head: string): string => new RegExp(`<tr><th scope="row">${head}</th>(.*?)</tr>`).exec(report)?.[1] ?? ''

describe('the report of traffic state', () => {
  it('says what was observed, and the delay with its interval', () => {
    const report = stateReport(input(OBSERVED))
    expect(report).toContain('On 1 day, 990 of 1,000 records (99.0 %) were believed; 120 runs of probes measure the delay of 1 movement. Longest: Town Hall, WBT, 31 s a vehicle. No place was found congested.')
    expect(rowOf(report, 'Town Hall, WBT')).toContain('31.5 <span class="interval">28.2 to 35.0</span>')
    expect(report).toContain('time-backwards')
    expect(report).toContain('row 7 of probes.csv')
  })

  it('shows what is missing as no data and never as zero', () => {
    const row = rowOf(stateReport(input({ ...OBSERVED, movements: [movement({ control_delay_s: NONE, stops: NONE, arrival_on_green: NONE, level_of_service: null, probes: 0, grade: 'E' })] })), 'Town Hall, WBT')
    // Volume, delay, level, stops, on green, second green, queue.
    expect(row.match(/no data/g)).toHaveLength(7)
    const phase = rowOf(stateReport(input({ phases: [PHASE] })), '7, phase 2')
    expect(phase.match(/no data/g)).toHaveLength(8)
  })

  it('says that nothing was observed, and does not call an empty network free', () => {
    const report = stateReport(input())
    expect(report).toContain('Nothing was observed.')
    expect(report).not.toContain('No congested place')
    expect(report).not.toMatch(/NaN|Infinity|undefined|>null</)
    expect(stateReport(input({ feeds: [{ source: 'f', read: 5, accepted: 0, issues: [], refused: 'every time is in the future' }] }))).toContain('Nothing is known: of 5 records none was believed.')
  })

  it('tells delays of all vehicles where they are known, else that only those seen are counted, and how the avoidable part was found', () => {
    const all = place({ delay_veh_h_per_day: 8.75, avoidable_veh_h_per_day: 2, all: { volume_veh: 1234, delay_veh_h_per_day: 87.5, avoidable_veh_h_per_day: 20 }, avoidable_by: 'plan', grade: 'D' })
    const known = rowOf(stateReport(input({ ...OBSERVED, places: [all] })), '<span class="place-number">1</span> a')
    for (const words of ['87.5', '20.0', '1,234', '<span class="grade">D</span>', 'plan']) expect(known).toContain(words)
    const seen = rowOf(stateReport(input({ ...OBSERVED, places: [{ ...all, all: null }] })), '<span class="place-number">1</span> a')
    expect(seen).toContain('8.8 <span class="interval">of those seen</span>')
    expect(seen).not.toContain('87.5')
  })

  it('gives corridors and the city one figure, or says that too little is covered', () => {
    const area = (own: Partial<TrafficState['areas'][number]>): TrafficState['areas'][number] => ({ kind: 'corridor', id: 'c', name: 'Mill Street', links: 4, length_m: 2400, index: 1.64, coverage: 0.93, weighted_by: 'vehicle-km', driven_veh_km_per_h: 5300, level: 'slow', scale: 'table/1', ...own })
    const links: TrafficState['links'] = [{ link: 'a', id: 'a', speed_mps: NONE, travel_time_s: NONE, free_speed_mps: 14, index: null, probes: 3, grade: 'E' }]
    const report = stateReport(input({ ...OBSERVED, links, areas: [area({}), area({ kind: 'city', name: 'the town', index: null, coverage: 0.2 })] }))
    expect(rowOf(report, 'Mill Street')).toContain('1.64')
    expect(rowOf(report, 'the town')).toContain('no data')
    expect(rowOf(report, 'the town')).toContain('20 %')
  })

  it('escapes every name and needs no script, style attribute or other file', () => {
    const state: Partial<TrafficState> = {
      days: [HOSTILE], movements: [movement({ name: HOSTILE, signal: HOSTILE })], feeds: [{ source: HOSTILE, read: 1, accepted: 1, issues: [{ verdict: 'repair', cause: HOSTILE, records: 1, example: HOSTILE }], refused: HOSTILE }],
      links: [{ link: HOSTILE, id: HOSTILE, speed_mps: { value: 5, low: 4, high: 6 }, travel_time_s: NONE, free_speed_mps: 14, index: 2.8, level: HOSTILE, probes: 3, grade: 'E' }],
      places: [place({ links: [HOSTILE], head: HOSTILE })],
      areas: [{ kind: 'city', id: HOSTILE, name: HOSTILE, links: 1, length_m: 100, index: 2, coverage: 1, weighted_by: 'length', driven_veh_km_per_h: null, level: HOSTILE, scale: HOSTILE }],
      signals: [{ intersection: HOSTILE, signal: 's9', movement: 'm', cycle_s: null, green_start_s: null, green_s: null, drift_s_per_day: null, green_start_error_s: null, confidence: 0, events: 0, verdict: 'unknown', sentence: HOSTILE }], phases: [{ ...PHASE, device: HOSTILE }],
    }
    const report = stateReport(input(state, {
      scenario_name: HOSTILE, description: HOSTILE, parameters: [{ name: HOSTILE, value: HOSTILE }], signal_names: new Map([[HOSTILE, HOSTILE]]), link_names: new Map([[HOSTILE, `${HOSTILE}2`]]),
      coordination: [{ title: HOSTILE, caption: HOSTILE, scene: buildCoordinationScene({ cycles: [], arrivals: [], range_s: [0, 60] }) }], probes: [{ title: HOSTILE, caption: HOSTILE, scene: buildProbeScene([]) }],
      heat_maps: [{ title: HOSTILE, caption: HOSTILE, scene: buildHeatMap({ rows: [{ label: HOSTILE }], start_s: 0, column_s: 300, columns: 1, levels: [{ label: HOSTILE, colour: '#ffffff', mark: '<' }], levelOf: () => 0 }) }],
    }))
    expect(report).not.toContain('<script')
    expect(report).not.toMatch(/ style="|href="(?!#)|src=|url\(/)
    expect(report).toContain('&lt;script&gt;')
  })

  it('is the same bytes twice', () => {
    expect(stateReport(input(OBSERVED))).toBe(stateReport(input(OBSERVED)))
  })

  it('puts the delay of periods side by side only where there are several', () => {
    const period = (id: string, delay: number): TrafficState['periods'][number] => ({ period: id, start_s: 0, end_s: 3600, daily: [], links: [], movements: [movement({ control_delay_s: { value: delay, low: null, high: null } })] })
    expect(stateReport(input({ ...OBSERVED, periods: [period('am', 20)] }))).not.toContain('Delay by period')
    const report = stateReport(input({ ...OBSERVED, periods: [period('am', 20), { ...period('pm', 50), movements: [] }] }, { period_names: new Map([['am', 'morning']]) }))
    expect(report).toContain('morning')
    const rows = [...report.matchAll(/<th scope="row">Town Hall, WBT<\/th>(.*?)<\/tr>/g)].map(([, cells]) => cells)
    expect(rows[1]).toContain('20.0')
    expect(rows[1]).toContain('no data')
  })

  it('tells what to look at before what is as planned', () => {
    const audit = (id: string, difference_s: number): TrafficState['signals'][number] => ({
      intersection: id, signal: id, movement: 'm', cycle_s: 100, green_start_s: 12, green_s: 30, drift_s_per_day: null, green_start_error_s: 1, confidence: 0.9, events: 40, verdict: 'fixed', planned: { cycle_s: 100, green_start_s: 12 - difference_s, green_s: 30, difference_s }, sentence: `sentence of ${id}`,
    })
    const report = stateReport(input({ signals: [audit('good', 0.5), audit('bad', 9)] }))
    expect(report.indexOf('sentence of bad')).toBeLessThan(report.indexOf('good, m'))
    expect(report).not.toContain('sentence of good')
  })
})

describe('ages', () => {
  it('read at once', () => {
    expect([0, 89, 600, 7200, 200_000].map(age)).toEqual(['0 s', '89 s', '10 min', '2 h', '2 days'])
  })
})
