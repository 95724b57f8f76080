// What the pages ask the engine that works in a thread of the browser, and what it says. Everything shown while an engineer edits comes from here:
// a preview, until the service has computed the same of what was kept. Seconds, metres, metres per second, vehicles per hour.
import type { CompiledSignal, Direction, Loser, Plan } from '../../model/plan.ts'
import type { DelayFigures, QueueProfile } from '../../optimizer/progression/index.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { PlanEdit } from '../../plans/workflow/edits.ts'

/** What stays while a corridor is edited. */
export interface EngineInput {
  /** Of the network's version that the plan was made for. */
  scenario: Scenario
  corridor: string
  /** Period of the scenario whose volumes drive. */
  period: string
  /** With which everything is compared: the ghost. */
  original: Plan
}

/** What breaks a rule, with everything it takes to say so in both languages; a plan with one can't be kept. */
export interface Fault {
  signal?: string
  /** Phase, stage or group concerned, where it is one. */
  part?: string
  code: string
  sentence: string
  /** What the plan has and what the rule asks for, in the unit of the sentence. */
  value?: number
  limit?: number
}

/** A green way through a run of consecutive signals; from one to the next it is a link band. */
export interface BandFigures {
  direction: Direction
  from: string
  to: string
  width_s: number
  /** Width over cycle. */
  share: number
  /** Width over the shortest green on the way. */
  attainability: number
  speed_mps: number
  limited_by: string[]
  /** Master time at which the front passes each stop line, in order of travel; empty where there is none. */
  front_s: { signal: string; time_s: number }[]
}

export type { DelayFigures, QueueProfile }

export interface Preview {
  /** Of which request; of many, only the newest is answered. */
  request: number
  faults: Fault[]
  links: BandFigures[]
  ends: BandFigures[]
  /** Absent where a fault stands in the way, or a signal has no timing at all. */
  figures?: DelayFigures
  /** The same of the original, to compare. */
  original?: DelayFigures
  /** Neighbours without a common cycle, by names of the signals: between them the figures take even arrivals. */
  apart: { from: string; to: string }[]
  queues: QueueProfile[]
  losers: Loser[]
}

/** With what it was measured on; that does not go over to the page, which has it. */
export interface Measured extends Preview {
  /** Windows compiled and bands measured anew. */
  document: Plan
  compiled: CompiledSignal[]
}

/** Stretches of the street that stand, as seen in a simulation: rectangles of time and place; positions as in the trajectories. */
export interface QueueColumns {
  starts_s: Float32Array
  ends_s: Float32Array
  /** The end nearer to the stop line, and the back. */
  front_m: Float32Array
  back_m: Float32Array
  directions: Uint8Array
  /** 1 where the queue reaches the upstream end of its link. */
  spillback: Uint8Array
}

export interface SimulateRequest {
  /** Default: the original. */
  document?: Plan
  seed: number
  /** At least so many vehicles on the corridor, by as many further seeds as it takes; default: those of one run. */
  vehicles?: number
  /** How long each run measures, s; default half an hour. */
  window_s?: number
}

export interface Simulated {
  trajectories: TrajectoryColumns
  queues: QueueColumns
  /** Master time that was measured, seconds of the day. */
  range_s: [number, number]
  runs: number
  gridlocked: boolean
}

export interface DensityRequest {
  trajectories: TrajectoryColumns
  /** What the picture shows; with `fold_s` time is that within the cycle. */
  time_s: [from: number, to: number]
  position_m: [from: number, to: number]
  fold_s?: number
  width: number
  height: number
  /** Lightness grows with density on a dark ground, shrinks on a light one. */
  scheme: 'light' | 'dark'
}

/** Pixels row by row from the largest position down, RGBA; vehicle-seconds in the fullest pixel. */
export interface Density {
  width: number
  height: number
  pixels: Uint8ClampedArray<ArrayBuffer>
  fullest: number
}

/** What `openEngine` of client.ts gives. */
export interface Engine {
  /** Undefined for a request that a newer one overtook before it was begun; answers come in order. Edits are laid over the original. */
  preview(what: { edits: PlanEdit[] } | { document: Plan }): Promise<Preview | undefined>
  /** Rejects with the reason of the signal; `onProgress` says shares of 0 to 1. */
  simulate(request: SimulateRequest, options?: { signal?: AbortSignal; onProgress?: (share: number) => void }): Promise<Simulated>
  /** Undefined where a newer picture was asked for. */
  density(request: DensityRequest): Promise<Density | undefined>
  /** Vehicles that drive as the bands mean, one in the middle of each band a cycle. */
  theoretical(document: Plan, range_s: [number, number]): Promise<TrajectoryColumns>
  close(): void
}

/** Many vehicles as columns: vehicle v has the points starts[v] to starts[v + 1]. */
export interface TrajectoryColumns {
  /** One longer than there are vehicles. */
  starts: Uint32Array
  times_s: Float32Array
  /** Along the corridor's outbound direction, for both directions of travel. */
  positions_m: Float32Array
  /** By vehicle: 0 outbound, 1 inbound. */
  directions: Uint8Array
  stops: Uint8Array
  mean_speed_mps: Float32Array
  source: 'simulated' | 'observed' | 'theoretical'
}
