// What a corridor plan is asked for, with defaults and their reasons.
import type { MovementId } from '../../model/network.ts'
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Solver } from '../solver/solver.ts'
import type { CorridorPath } from './path-bands.ts'

export interface CorridorPlanInput {
  graph: RoadGraph
  corridor: ResolvedCorridor
  /** The patterns in the street; every signal of the corridor needs one. */
  running: ReadonlyMap<SignalId, Pattern>
  /** veh/h; a movement that is absent has no demand. */
  volumes: ReadonlyMap<MovementId, number>
  options?: Partial<CorridorPlanOptions>
  /** Proves the bands of single links where prices leave them open. */
  solver?: Solver
}

export interface CorridorPlanOptions {
  /** Whole seconds. Where both are absent, 60 to 140 s, lengthened to what the minimums need. */
  cycle_min_s?: number
  cycle_max_s?: number
  /**
   * `band`: the widest bands. `multiband`: the widest bands of the single links, by volume. `delay`: least predicted delay. `auto`: both and a
   * compromise, to be judged by simulation. `paths`: the widest bands along `paths`, at the cycle of `band`.
   */
  objective: 'band' | 'multiband' | 'delay' | 'auto' | 'paths'
  paths?: readonly CorridorPath[]
  /** Degree of saturation that nobody is pushed above where that is possible. */
  target_saturation: number
  /** Longest mean wait of a side street or turn, s, unless it waits longer today; kept where that is possible. */
  side_delay_limit_s: number
  /** Equal bands, bands in proportion to volume, or the inbound seconds that one outbound second is worth. */
  direction_weight: 'equal' | 'volume' | number
  /** Bands may run this share slower than the limit, never faster. */
  speed_range: number
  /** Speed that bands prefer, as a share of the limit. */
  speed_target: number
  /** Keep the head of green for the queue that waits there. */
  queue_clearance: boolean
  /** Seconds of the band objective that may be given up for less delay. */
  band_slack_s: number
  /** Most candidates that `auto` returns. */
  candidates: number
}

export const DEFAULT_OPTIONS: CorridorPlanOptions = {
  objective: 'auto',
  // Ninety per cent is the usual design value: random overflow grows steeply beyond (HCM 7 chapter 19, d2).
  target_saturation: 0.9,
  // The end of level of service E (HCM 7 exhibit 19-8): beyond it a lane group has failed.
  side_delay_limit_s: 80,
  direction_weight: 'equal',
  // Free drivers keep near the limit, platoons 5 to 15 % below it.
  speed_range: 0.15,
  speed_target: 0.95,
  queue_clearance: true,
  band_slack_s: 0,
  candidates: 3,
}

/** Usual range of coordinated cycles: shorter ones lose too much to clearances, longer ones let queues grow. */
export const CYCLE_RANGE_S = { least: 60, most: 140 } as const

/** Drivers and pedestrians stop believing in a signal that takes longer; minimums beyond it are an error of input. */
export const LONGEST_CYCLE_S = 240
