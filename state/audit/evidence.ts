// What the runs of one movement say of its signal: when stopped vehicles got under way, who passed, who met a red. All times are
// local: a day, and seconds after its midnight.
import type { LocalTime } from '../../model/local-time.ts'
import type { Metres, Seconds, TimeOfDay } from '../../model/units.ts'
import type { Run } from '../runs/run.ts'

/** A stopped vehicle got under way in a queue. */
export interface Start {
  day: number
  time_s: TimeOfDay
  /** Before the stop line. */
  distance_m: Metres
}

/** Columns: there may be a hundred thousand. */
export interface Passages {
  days: number[]
  times_s: TimeOfDay[]
}

export interface Evidence {
  /** Index in `network.movements`. */
  movement: number
  starts: Start[]
  /** Fronts at the line. */
  crossings: Passages
  /** When those that stopped would have come to the line without a queue. */
  held: Passages
  /** Median interval between fixes. */
  interval_s: Seconds
}

/** The start wave is not followed farther back. */
const FARTHEST_M: Metres = 150
/** Fixes farther apart tell a start too roughly. */
const LONGEST_INTERVAL_S: Seconds = 15
/** Who stood longer stood at the kerb or was broken down. */
const LONGEST_STOP_S: Seconds = 300
/** From its start to the line: longer, and something other than its queue held it up again. */
const LEAST_MPS = 4
const SLACK_S: Seconds = 8

export function evidenceOf(movement: number, runs: Iterable<Run>, local: LocalTime): Evidence {
  const evidence: Evidence = { movement, starts: [], crossings: { days: [], times_s: [] }, held: { days: [], times_s: [] }, interval_s: 0 }
  const add = ({ days, times_s }: Passages, time_s: number): void => {
    days.push(local.day(time_s))
    times_s.push(local.timeOfDay(time_s))
  }
  const intervals: number[] = []
  for (const run of runs) {
    if (run.interval_s > LONGEST_INTERVAL_S || run.blocked) continue
    const last = run.stops.at(-1)
    if (last !== undefined && last.duration_s > LONGEST_STOP_S) continue
    add(evidence.crossings, run.crossing_s)
    if (last === undefined || run.departure_s === undefined) continue
    if (run.whole && run.stops.length === 1) add(evidence.held, run.arrival_s)
    const distance_m = Math.max(0, -last.s_m)
    const onward = run.crossing_s - run.departure_s
    if (distance_m > FARTHEST_M || onward > SLACK_S + distance_m / LEAST_MPS) continue
    evidence.starts.push({ day: local.day(run.departure_s), time_s: local.timeOfDay(run.departure_s), distance_m })
    intervals.push(run.interval_s)
  }
  intervals.sort((a, b) => a - b)
  evidence.interval_s = intervals[intervals.length >> 1] ?? 0
  return evidence
}
