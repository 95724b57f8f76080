// What probes drove, as data: lines from the points that a run knows (its beginning, its stops, the stop line), either on a
// corridor's axis over the clock or all runs of one movement laid over each other at the stop line.
import type { Direction } from '../model/plan.ts'
import type { Metres, Seconds, TimeOfDay } from '../model/units.ts'
import type { ScenePoint } from './polyline.ts'
import type { Trajectory } from './time-space.ts'

/** One vehicle across one stop line. Times on any one clock; metres from the stop line, negative before it. */
export interface ProbeRun {
  start_m: Metres
  in_s: TimeOfDay
  crossing_s: TimeOfDay
  /** 40 m beyond. */
  out_s: TimeOfDay
  stops: readonly { time_s: TimeOfDay; s_m: Metres; duration_s: Seconds }[]
}

/** Beyond the stop line a run is known so far. */
const OUT_M: Metres = 40

/** Straight between what is known; times never decrease and nobody drives backwards. */
export function runLine({ start_m, in_s, crossing_s, out_s, stops }: ProbeRun): ScenePoint[] {
  const line: ScenePoint[] = [{ time_s: in_s, position_m: start_m }]
  const add = (time_s: number, position_m: number): void => {
    const last = line.at(-1)!
    line.push({ time_s: Math.max(time_s, last.time_s), position_m: Math.max(position_m, last.position_m) })
  }
  const before = stops.filter(({ s_m }) => s_m <= 0)
  const beyond = stops.filter(({ s_m }) => s_m > 0 && s_m <= OUT_M)
  for (const { time_s, s_m, duration_s } of before) {
    add(Math.min(time_s, crossing_s), s_m)
    add(Math.min(time_s + duration_s, crossing_s), s_m)
  }
  add(crossing_s, 0)
  for (const { time_s, s_m, duration_s } of beyond) {
    add(time_s, s_m)
    add(Math.min(time_s + duration_s, out_s), s_m)
  }
  add(out_s, OUT_M)
  return line
}

/** Longer between two stop lines was spent elsewhere. */
const SAME_TRIP_S: Seconds = 180

/** A run on the way along a corridor; `line_m` is its stop line along the outbound direction. */
export interface CorridorRun {
  vehicle: string
  direction: Direction
  line_m: Metres
  run: ProbeRun
}

/** Runs of one vehicle across stop lines that follow each other become one line on the corridor's axis. */
export function joinRuns(runs: readonly CorridorRun[]): Trajectory[] {
  const order = [...runs].sort((a, b) => a.run.crossing_s - b.run.crossing_s || (a.vehicle < b.vehicle ? -1 : a.vehicle > b.vehicle ? 1 : 0))
  const open = new Map<string, ScenePoint[]>()
  const lines: { direction: Direction; points: ScenePoint[] }[] = []
  for (const { vehicle, direction, line_m, run } of order) {
    const way = direction === 'outbound' ? 1 : -1
    // Travelled metres, so that both directions grow.
    const points = runLine(run).map(({ time_s, position_m }) => ({ time_s, position_m: way * line_m + position_m }))
    const key = `${direction} ${vehicle}`
    const line = open.get(key)
    const last = line?.at(-1)
    if (line !== undefined && last !== undefined && points[0]!.time_s - last.time_s <= SAME_TRIP_S && way * line_m > last.position_m - OUT_M) {
      line.push(...points.filter(({ time_s, position_m }) => time_s >= last.time_s && position_m >= last.position_m))
    } else {
      open.set(key, points)
      lines.push({ direction, points })
    }
  }
  return lines.map(({ direction, points }) => ({
    direction, points: { times_s: points.map(({ time_s }) => time_s), positions_m: points.map(({ position_m }) => (direction === 'outbound' ? position_m : -position_m)) },
  }))
}

/** 0, 1, or 2 for two or more. */
export type StopClass = 0 | 1 | 2

export interface ProbeScene {
  /** Seconds before and after the stop line is crossed. */
  range_s: readonly [number, number]
  extent_m: readonly [number, number]
  runs: { stops: StopClass; points: ScenePoint[] }[]
  /** Runs of each class, the drawn and the left out ones. */
  counts: readonly [none: number, one: number, more: number]
  /** Every so many-th run is drawn. */
  every: number
}

const MOST_RUNS = 400
/** Longer waits than these of one run in fifty go off the picture. */
const SEEN_SHARE = 0.98

/** Runs laid over each other so that each crosses its stop line at 0 s (Saldivar-Carranza et al. 2021). */
export function buildProbeScene(runs: readonly ProbeRun[], most_m: Metres = 400): ProbeScene {
  const counts: [number, number, number] = [0, 0, 0]
  const every = Math.max(1, Math.ceil(runs.length / MOST_RUNS))
  const drawn: ProbeScene['runs'] = []
  runs.forEach((run, i) => {
    const stops = Math.min(2, run.stops.filter(({ s_m }) => s_m <= 0).length) as StopClass
    counts[stops]++
    if (i % every === 0) drawn.push({ stops, points: runLine(run).map(({ time_s, position_m }) => ({ time_s: time_s - run.crossing_s, position_m })) })
  })
  const before = runs.map(({ in_s, crossing_s }) => crossing_s - in_s).sort((a, b) => a - b)
  const after = runs.map(({ out_s, crossing_s }) => out_s - crossing_s).sort((a, b) => a - b)
  const quantile = (sorted: readonly number[], least: number): number => Math.max(least, sorted[Math.min(sorted.length - 1, Math.floor(SEEN_SHARE * sorted.length))] ?? least)
  const start_m = runs.reduce((least, run) => Math.min(least, run.start_m), -50)
  return { range_s: [-quantile(before, 20), Math.min(60, quantile(after, 10))], extent_m: [Math.max(-most_m, start_m), OUT_M], runs: drawn, counts, every }
}
