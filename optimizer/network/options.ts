// What a network plan is asked for, with defaults and their reasons.
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { CYCLE_RANGE_S } from '../corridor/options.ts'

export interface NetworkPlanInput {
  graph: RoadGraph
  /** The patterns in the street; signals without one are left alone. */
  running: ReadonlyMap<SignalId, Pattern>
  /** veh/h; a movement that is absent has no demand. */
  volumes: ReadonlyMap<MovementId, number>
  /** Signals that keep no common time and are not planned, such as fully actuated ones. */
  free?: ReadonlySet<SignalId>
  options?: Partial<NetworkPlanOptions>
}

export interface NetworkPlanOptions {
  /** Whole seconds; cycles that areas may have. A signal's own may be half or double. */
  cycle_min_s: number
  cycle_max_s: number
  /** Degree of saturation that nobody is pushed above where that is possible. */
  target_saturation: number
  /** Seconds of delay that a stop weighs. */
  stop_weight_s: number
  /** Whether signals whose order of phases is free may get another. */
  orders: boolean
  /** Rounds of the solver on tables for the certificate. */
  proof_rounds: number
  /** Asked between steps; false ends the search with the best so far. */
  goOn?: () => boolean
}

export const NETWORK_DEFAULTS: NetworkPlanOptions = {
  // In light traffic all wait less at what two short stages with their clearances take (Webster), which the least greens of pedestrians and vehicles
  // make as long as it must be; a corridor planned for its wave begins at 60 s.
  cycle_min_s: 20, cycle_max_s: CYCLE_RANGE_S.most, target_saturation: 0.9,
  // TRANSYT's usual weights lie near 10 to 20 s.
  stop_weight_s: 12,
  orders: true,
  proof_rounds: 12,
}
