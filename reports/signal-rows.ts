// Figures of a signal's day as they are shown: arrivals on green by phase and plan, splits, quarter-hours, hours. Page, table file and print take them from here.
import { buildCoordinationScene, type CoordinationScene } from '../diagram/coordination.ts'
import { buildSplitMonitor, type SplitMonitorScene } from '../diagram/split-monitor.ts'
import type { SignalDay, SignalPhase } from '../model/signal-day.ts'
import type { Estimate } from '../model/traffic-state.ts'
import { asShown } from './comparison.ts'
import { csv, type CsvValue } from './csv.ts'

type Range = readonly [from_s: number, until_s: number]

export const coordinationOf = ({ cycles, arrivals }: SignalPhase, range_s: Range, origin?: CoordinationScene['origin']): CoordinationScene => buildCoordinationScene({
  cycles: cycles.map(({ next_s, ...cycle }) => ({ ...cycle, next_s: next_s ?? undefined })), arrivals, range_s, ...(origin === undefined ? {} : { origin }),
})

/** Of the plan nothing ran: no dots. */
export const splitMonitorOf = ({ cycles, splits, greens }: SignalPhase, range_s: Range): SplitMonitorScene =>
  buildSplitMonitor({ cycles: greens === 'log' ? cycles : [], programmed: splits.map(({ programmed_s, ...rest }) => ({ ...rest, split_s: programmed_s })), range_s })

export interface OnGreenRow {
  phase: number
  from_s: number
  until_s: number
  plan: string | null
  source: 'detector' | 'probe'
  arrivals: number
  /** Per cent, to one decimal. */
  on_green: number
}

/** Under each plan, as far as arrivals lie in known cycles. */
export function onGreenRows({ reigns }: Pick<SignalDay, 'reigns'>, phase: SignalPhase, [from, until]: Range): OnGreenRow[] {
  return reigns.filter(({ from_s, until_s }) => until_s > from && from_s < until).flatMap(({ from_s, until_s, plan }) => {
    const range = [Math.max(from, from_s), Math.min(until, until_s)] as const
    return coordinationOf(phase, range).on_green.map(({ source, arrivals, green }) => ({ phase: phase.phase, from_s: range[0], until_s: range[1], plan, source, arrivals, on_green: asShown((100 * green) / arrivals, 1)! }))
  })
}

/** Measures of a quarter-hour that are drawn and told, with their decimals. */
export const BIN_MEASURES = [
  ['volume_vph', 'veh/h', 0, 1], ['arrivals_on_green', '%', 1, 100], ['approach_delay_s', 's', 1, 1], ['split_failures', '', 0, 1], ['green_median_s', 's', 1, 1], ['split_p85_s', 's', 1, 1], ['red_actuations', '', 0, 1], ['pedestrian_wait_s', 's', 1, 1],
] as const
/** The same of an hour of the day's measurement, each with its interval. */
export const HOUR_MEASURES = [
  ['volume_vph', 'veh/h', 0, 1], ['control_delay_s', 's', 1, 1], ['stops', '', 2, 1], ['arrival_on_green', '%', 1, 100], ['queue_p95_m', 'm', 0, 1], ['split_failure_share', '%', 1, 100],
] as const

/** What both kinds are called in English. */
export const MEASURE_NAMES: Readonly<Record<string, string>> = { volume_vph: 'Volume', arrivals_on_green: 'Arrivals on green', arrival_on_green: 'Arrivals on green', approach_delay_s: 'Approach delay (simplified)', split_failures: 'Split failures', green_median_s: 'Green, median', split_p85_s: 'Split, 85th', red_actuations: 'Crossings in red', pedestrian_wait_s: 'Pedestrian wait', control_delay_s: 'Control delay', stops: 'Stops', queue_p95_m: 'Queue, 95th', split_failure_share: 'Split failures' }

const clock = (time_s: number): string => `${String(Math.floor(time_s / 3600)).padStart(2, '0')}:${String(Math.floor((time_s % 3600) / 60)).padStart(2, '0')}:${String(Math.floor(time_s % 60)).padStart(2, '0')}`

const COLUMNS = ['signal', 'day', 'section', 'of', 'plan', 'from', 'until', 'measure', 'unit', 'value', 'low', 'high', 'n'] as const

/** One row a value; empty where nobody knows. Sections: plans, on-green, splits, bins, hours, day, greens, arrivals. */
export function signalDayCsv(day: SignalDay): string {
  const rows: Record<string, CsvValue>[] = []
  const add = (section: string, of: string, span: { from_s: number; until_s: number; plan?: string | null }, measure: string, unit: string, value: number | null, rest: { low?: number | null; high?: number | null; n?: number } = {}): void => {
    rows.push({ signal: day.signal, day: day.day, section, of, plan: span.plan ?? undefined, from: clock(span.from_s), until: clock(span.until_s), measure, unit, value: value ?? undefined, low: rest.low ?? undefined, high: rest.high ?? undefined, n: rest.n })
  }
  const estimate = ({ value, low, high }: Estimate, scale: number, decimals: number): [number | null, { low: number | null; high: number | null }] => {
    const [v, l, h] = [value, low, high].map((one) => asShown(one === null ? null : scale * one, decimals)) as [number | null, number | null, number | null]
    return [v, { low: l, high: h }]
  }
  const range: Range = [day.from_s, day.until_s]
  for (const reign of day.reigns) add('plans', '', reign, 'cycle', 's', reign.cycle_s)
  for (const phase of day.phases) for (const row of onGreenRows(day, phase, range)) add('on-green', `phase ${row.phase}`, row, `arrivals_on_green (${row.source})`, '%', row.on_green, { n: row.arrivals })
  for (const { phase, splits } of day.phases) for (const row of splits) {
    for (const [measure, value] of [['programmed', row.programmed_s], ['median', row.median_s], ['p85', row.p85_s]] as const) add('splits', `phase ${phase}`, row, measure, 's', asShown(value, 1), { n: row.greens })
    for (const cause of ['gap', 'max', 'force', 'unknown'] as const) if (row.terminations !== null) add('splits', `phase ${phase}`, row, cause, '%', asShown(100 * row.terminations[cause], 1), { n: row.greens })
  }
  for (const bin of day.bins) for (const [measure, unit, decimals, scale] of BIN_MEASURES) {
    const value = bin[measure]
    if (value !== null) add('bins', `phase ${bin.phase}`, bin, measure, unit, asShown(scale * value, decimals))
  }
  for (const { start_s, end_s, movements } of [...day.hours, ...(day.movements.length > 0 ? [{ start_s: 0, end_s: 86_400, movements: day.movements }] : [])]) for (const movement of movements) for (const [measure, unit, decimals, scale] of HOUR_MEASURES) {
    const [value, interval] = estimate(movement[measure], scale, decimals)
    if (value !== null) add(end_s - start_s < 86_400 ? 'hours' : 'day', movement.movement, { from_s: start_s, until_s: end_s }, measure, unit, value, { ...interval, n: movement.probes })
  }
  for (const { phase, greens, cycles, arrivals } of day.phases) {
    for (const { green_s, yellow_s, split_s, termination } of cycles) add('greens', `phase ${phase}`, { from_s: green_s, until_s: yellow_s }, greens === 'log' ? termination : 'planned', 's', asShown(split_s, 1))
    for (const { time_s, source, run } of arrivals) add('arrivals', `phase ${phase}`, { from_s: time_s, until_s: run?.crossing_s ?? time_s }, source, 's', asShown(run?.delay_s, 1))
  }
  return csv(COLUMNS, rows)
}
