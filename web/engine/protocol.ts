// What the pages ask the engine that works in a thread of the browser, and what it says. Everything shown while an engineer edits comes from here:
// a preview, until the service has computed the same of what was kept. Seconds, metres, metres per second, vehicles per hour.
import type { Band, CompiledSignal, Direction, Loser, Plan } from '../../model/plan.ts'
import type { ScenarioDocument } from '../../model/scenario.ts'

/** What stays while a corridor is edited. */
export interface EngineInput {
  scenario: ScenarioDocument
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

/** Estimated by dispersed platoons and queues at the stop lines; the corridor's own signals, all movements or its through movements alone. */
export interface DelayFigures {
  delay_s_per_veh: number
  stops_per_veh: number
  through_delay_s_per_veh: number
  through_stops_per_veh: number
  /** Share of the through vehicles that come while it is green. */
  arrivals_on_green: Record<Direction, number>
}

export interface Preview {
  /** Of which request; of many, only the newest is answered. */
  request: number
  /** Windows compiled and bands measured anew. */
  document: Plan
  compiled: CompiledSignal[]
  faults: Fault[]
  end_to_end: Band[]
  links: BandFigures[]
  ends: BandFigures[]
  /** Absent where the signals have no common cycle or a fault stands in the way. */
  figures?: DelayFigures
  losers: Loser[]
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
