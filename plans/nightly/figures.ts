// What a night needs of a day's state: volumes by quarter of an hour, and what vehicles met hour by hour.
import type { FeedHealth } from '../../model/feed.ts'
import type { MovementId } from '../../model/network.ts'
import type { Grade, MovementState, TrafficState } from '../../model/traffic-state.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { QUARTER_S } from '../schedule-scenario.ts'
import { periodsApart } from '../periods-apart.ts'
import { sha256 } from '../ports/canonical.ts'

export const QUARTERS = 96

/** One movement in one span of the day. */
export interface SpanFigures {
  movement: MovementId
  start_s: TimeOfDay
  end_s: TimeOfDay
  /** Vehicles seen or counted. */
  seen: number
  delay_s: number | null
  stops: number | null
}

export interface DayFigures {
  /** Local date. */
  day: string
  /** Of all the rest. */
  hash: string
  feeds: FeedHealth[]
  /** veh/h by movement and quarter of an hour; null where nothing tells. */
  volumes: ReadonlyMap<MovementId, readonly (number | null)[]>
  spans: SpanFigures[]
  /** Over the day, by movement. */
  seen: ReadonlyMap<MovementId, number>
  grades: ReadonlyMap<MovementId, Grade>
  penetration: ReadonlyMap<MovementId, number>
}

const DAY_S = 86_400

export function figuresOf(day: string, state: TrafficState): DayFigures {
  const rows = periodsApart(state).flatMap(({ start_s, end_s, movements }) => movements.map((row) => ({ start_s, end_s, row })))
  const spans = rows.length > 0 ? rows : state.movements.map((row) => ({ start_s: 0, end_s: DAY_S, row }))
  const penetration = new Map(state.movements.flatMap(({ movement, penetration: { value } }) => (value === null || !(value > 0) ? [] : [[movement, value] as const])))
  const figures = {
    day, feeds: state.feeds, penetration,
    volumes: volumesOf(state, spans, medianOf([...penetration.values()])),
    spans: spans.map(({ start_s, end_s, row }) => ({ movement: row.movement, start_s, end_s, seen: seenOf(row), delay_s: row.control_delay_s.value, stops: row.stops.value })),
    seen: new Map(state.movements.map((row) => [row.movement, seenOf(row)])),
    grades: new Map(state.movements.map(({ movement, grade }) => [movement, grade])),
  }
  return { ...figures, hash: hashOfFigures(figures) }
}

/** Rows as text in their order, which is that of the network: a store may turn the fields of a document round, but not its lists. */
function hashOfFigures({ day, feeds, volumes, spans, seen, grades, penetration }: Omit<DayFigures, 'hash'>): string {
  return sha256(JSON.stringify([
    day, feeds.map(({ source, read, accepted }) => [source, read, accepted]), [...volumes], spans.map((row) => [row.movement, row.start_s, row.end_s, row.seen, row.delay_s, row.stops]), [...seen], [...grades], [...penetration],
  ]))
}

const seenOf = ({ probes, counted }: MovementState): number => Math.max(probes, counted)

interface Span { start_s: TimeOfDay; end_s: TimeOfDay; row: MovementState }

/**
 * The volume of a span is its own where it could be told; else the day's, shared out as the vehicles seen are; else the vehicles seen, each for as many as
 * one of the network's probes usually stands for. The shortest span that covers a quarter of an hour speaks for it.
 */
function volumesOf(state: TrafficState, spans: readonly Span[], usual: number | undefined): Map<MovementId, (number | null)[]> {
  const days = new Map(state.movements.map((row) => [row.movement, row]))
  const observed = observedHours(spans)
  const volumes = new Map<MovementId, (number | null)[]>()
  for (const { start_s, end_s, row } of [...spans].sort((a, b) => b.end_s - b.start_s - (a.end_s - a.start_s))) {
    const hours = (end_s - start_s) / 3600
    const volume = row.volume_vph.value ?? sharedVolume(row, days.get(row.movement), observed, hours) ?? (usual === undefined ? null : seenOf(row) / hours / usual)
    if (volume === null) continue
    let own = volumes.get(row.movement)
    if (own === undefined) volumes.set(row.movement, own = Array.from<number | null>({ length: QUARTERS }).fill(null))
    own.fill(volume, Math.round(start_s / QUARTER_S), Math.round(end_s / QUARTER_S))
  }
  return volumes
}

/** Of the day's vehicles. */
function sharedVolume(row: MovementState, day: MovementState | undefined, observed: number, hours: number): number | null {
  const volume = day?.volume_vph.value
  if (day === undefined || volume === undefined || volume === null || seenOf(day) === 0) return null
  return (volume * observed * seenOf(row)) / seenOf(day) / hours
}

/** Hours that have spans of their own. */
function observedHours(spans: readonly Span[]): number {
  const heard = Array.from({ length: QUARTERS }, () => false)
  for (const { start_s, end_s } of spans) heard.fill(true, Math.round(start_s / QUARTER_S), Math.round(end_s / QUARTER_S))
  return (heard.filter(Boolean).length * QUARTER_S) / 3600
}

export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length === 0 ? undefined : sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2
}
