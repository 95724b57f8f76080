// What both simulators are given: one network, the trips of a seed, and two plans to choose between.
import type { VehicleType } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import type { Pattern } from '../../model/signal.ts'
import type { Trip } from '../../simulation/index.ts'

export interface CheckPlan {
  name: string
  patterns: readonly Pattern[]
}

export interface CheckCase {
  name: string
  /** Path of the .net.xml that SUMO loads; `network` was imported from it, so both drive the same lanes. */
  net: string
  network: Network
  vehicle_types: readonly VehicleType[]
  /** Departures lie in [from_s, until_s); link flows are counted over the same span. */
  from_s: number
  until_s: number
  trips: (seed: number) => Trip[]
  /** The running plan and the one compared with it. */
  plans: readonly [CheckPlan, CheckPlan]
}

export interface DrivingModel {
  model: 'idm' | 'krauss'
  step_s: number
}

/** Clearing the network may take this long after the last departure, s. */
export const CLEAR_OUT_S = 7200

/** One run of either simulator. */
export interface RunMeasures {
  /** By index of the trip: s in the network; NaN where it did not complete. */
  travel_s: Float64Array
  /** By index of the trip: actual minus intended departure, s; NaN where it never entered. */
  insertion_s: Float64Array
  /** By index of the link: vehicles that entered it, or began on it, within [from_s, until_s). */
  entered: Float64Array
  /** SUMO only; we teleport nobody. */
  teleports: number
  /** SUMO: vehicles were teleported out of a jam. */
  gridlocked: boolean
}
