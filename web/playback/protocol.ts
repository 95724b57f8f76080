// What the page asks a thread that drives one run, and what that thread says of it second by second. Columns, so that they are handed over and not copied.
// Master time in s, metres of the scenario, m/s.
import type { Plan } from '../../model/plan.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern } from '../../model/signal.ts'

export type Side = 'before' | 'after'

export interface RunRequest {
  scenario: Scenario
  /** Absent = the first of the scenario. */
  period?: string
  /** What runs at every signal now. */
  running: Pattern[]
  /** Laid over it on the side `after`; both sides know it, so that they measure over the same time. */
  plan?: Pick<Plan, 'intersections'>
  side: Side
  seed: number
}

/** What stays through the run. */
export interface RunHead {
  /** Vehicles that set off in here are counted; the network was filled before. */
  from_s: number
  until_s: number
  /** By vehicle: when it wants to set off, and its length. */
  depart_s: Float64Array
  length_m: Float32Array
  /** First vehicle that is counted, and one past the last. */
  counted: [first: number, end: number]
  heads: SignalHead[]
  assumptions: string[]
}

/** A lantern for one turn out of one lane, at its stop line. */
export interface SignalHead {
  signal: string
  link: string
  lane: number
  turn: 'through' | 'left' | 'right' | 'u-turn'
  x_m: number
  y_m: number
  /** Direction of travel, radians from east counter-clockwise. */
  heading: number
}

/** By `SignalHead`: red, yellow, green that yields, green. */
export const RED = 0
export const YELLOW = 1
export const YIELDS = 2
export const GREEN = 3

/** Some seconds of a run, one row per second; the vehicles of row i are starts[i] to starts[i + 1], by number. */
export interface Seconds {
  time_s: Float64Array
  starts: Uint32Array
  vehicle: Int32Array
  x_m: Float32Array
  y_m: Float32Array
  heading: Float32Array
  speed_mps: Float32Array
  /** So far. */
  stops: Uint8Array
  lost_s: Float32Array
  /** Standing rows of cars by lane, from the front of the first to the rear of the last; those of row i are queueStarts[i] to queueStarts[i + 1]. */
  queueStarts: Uint32Array
  queue: { x0: Float32Array; y0: Float32Array; x1: Float32Array; y1: Float32Array }
  /** Of the counted vehicles so far, one value a row. */
  totals: Record<TotalName, Float64Array>
  /** Changes of lanterns since the last row before these. */
  changes: { time_s: Float64Array; head: Uint16Array; shows: Uint8Array }
}

/** Wanted to set off, were let in, arrived; their stops and the time they lost against their own desired speed; on the road and standing now, all vehicles; waiting outside. */
export const TOTALS = ['demanded', 'inserted', 'arrived', 'stops', 'lost_s', 'driving', 'standing', 'waiting'] as const
export type TotalName = (typeof TOTALS)[number]

export type Told = { kind: 'head'; head: RunHead } | { kind: 'seconds'; seconds: Seconds } | { kind: 'end'; why: 'done' | 'gridlock' | 'full'; where?: string } | { kind: 'failed'; sentence: string }
