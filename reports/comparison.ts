// The rows of a comparison, rounded as they are shown: page, table file, printed report and API take their figures from here, so that no two of them differ.
import type { LevelOfService, MovementDifference, PairedDifference } from '../model/evaluation.ts'
import { csv } from './csv.ts'
import { measureName } from './measures.ts'

export interface ComparisonRow {
  /** A measure, or a movement's id. */
  id: string
  label: string
  /** Of a movement: the signal. */
  signal: string
  /** `%` for shares. */
  unit: string
  decimals: number
  before: number | null
  after: number | null
  /** After minus before, in the unit (points where that is %). */
  change: number | null
  /** Half width of its 95 % interval over pairs of runs with the same seed. */
  half: number | null
  /** Of before; null for shares, and where before was nothing. */
  percent: number | null
  verdict: PairedDifference['verdict']
}

export interface MovementRow extends ComparisonRow {
  on_corridor: boolean
  volume_vph: number | null
  stops_before: number | null
  stops_after: number | null
  queue_before_m: number | null
  queue_after_m: number | null
  level_before: LevelOfService
  level_after: LevelOfService
  /** Vehicle-hours of delay in an hour, after minus before. */
  total_veh_h: number | null
}

/** As `toFixed` shows it. */
export const asShown = (value: number | null | undefined, decimals: number): number | null => (typeof value === 'number' && Number.isFinite(value) ? Number(value.toFixed(decimals)) + 0 : null)

export function comparisonRows(differences: readonly PairedDifference[]): ComparisonRow[] {
  return differences.map(({ measure, before, after, difference, percent, verdict }) => {
    const { label, unit, decimals, share } = measureName(measure)
    const scale = share === true ? 100 : 1
    return {
      id: measure, label, signal: '', unit: share === true ? '%' : unit, decimals, before: asShown(scale * before, decimals), after: asShown(scale * after, decimals), change: asShown(scale * difference.mean, decimals),
      half: difference.ci95 === null ? null : asShown(scale * difference.ci95, decimals), percent: share === true || before === 0 ? null : asShown(percent, Math.abs(percent) < 10 ? 1 : 0), verdict,
    }
  })
}

export function movementRows(differences: readonly MovementDifference[], signalName: (signal: string) => string = (signal) => signal): MovementRow[] {
  return differences.map(({ movement, from, to, name, signal, on_corridor, volume_vph, delay_s: { before, after, difference }, stops, queue_p95_m, level_of_service, total_veh_h, verdict }) => {
    const percent = before > 0 ? (100 * difference.mean) / before : Number.NaN
    return {
      id: movement, label: name ?? `${from} → ${to}`, signal: signal === undefined ? '' : signalName(signal), unit: 's/veh', decimals: 1, before: asShown(before, 1), after: asShown(after, 1), change: asShown(difference.mean, 1),
      half: asShown(difference.ci95, 1), percent: asShown(percent, Math.abs(percent) < 10 ? 1 : 0), verdict, on_corridor, volume_vph: asShown(volume_vph, 0),
      stops_before: asShown(stops.before, 2), stops_after: asShown(stops.after, 2), queue_before_m: asShown(queue_p95_m.before, 0), queue_after_m: asShown(queue_p95_m.after, 0),
      level_before: level_of_service.before, level_after: level_of_service.after, total_veh_h: asShown(total_veh_h, 2),
    }
  })
}

const COLUMNS = ['plan', 'hash', 'section', 'id', 'name', 'signal', 'unit', 'before', 'after', 'change', 'half_95', 'percent', 'verdict', 'volume_vph', 'stops_before', 'stops_after', 'queue_before_m', 'queue_after_m', 'level_before', 'level_after', 'total_veh_h'] as const

/** One row a measure, then one a movement; empty where nothing is known. */
export function comparisonCsv({ plan, hash }: { plan: string; hash: string }, measures: readonly ComparisonRow[], movements: readonly MovementRow[]): string {
  const row = (section: string, { label, half, decimals: _decimals, on_corridor: _on, ...rest }: ComparisonRow & Partial<MovementRow>) => ({
    plan, hash, section, name: label, half_95: half ?? undefined, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, value ?? undefined])),
  })
  return csv(COLUMNS, [...measures.map((one) => row('measures', one)), ...movements.map((one) => row('movements', one))])
}
