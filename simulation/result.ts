// What a run of the microsimulation says. Columns of typed arrays, seconds and metres.
// A stop: speed falls below 2.24 m/s (5 mi/h); the next one counts only after the vehicle was faster than 6.7 m/s.
// Delay: travel time minus the time the same driver needs on the same path at the desired speed (limit x own factor) on
// every lane and turn. Waiting to enter the network is no part of either and stands apart as insertion delay.
import type { Direction } from '../model/plan.ts'

/** Vehicles whose intended departure lies in the measuring window, in order of trips. */
export interface VehicleResults {
  /** Index in `trips`. */
  trip: Int32Array
  /** Entry to exit; NaN where the vehicle did not complete. */
  travel_time_s: Float64Array
  free_flow_s: Float64Array
  /** Not NaN for vehicles that did not complete: what they had lost so far. */
  delay_s: Float64Array
  stops: Int32Array
  /** Entry minus intended departure; for those never inserted, end of run minus intended departure. */
  insertion_delay_s: Float64Array
  completed: Uint8Array
}

/** By index in `network.movements`; vehicles that passed the stop line inside the measuring window. */
export interface MovementResults {
  count: Int32Array
  /** From entering the approach link to 60 m beyond the junction (or the end of the exit link, if sooner). */
  delay_sum_s: Float64Array
  /** Delay of those vehicles that ended inside the run; `delay_sum_s / delay_count` is the mean. */
  delay_count: Int32Array
  stops_sum: Int32Array
  /** Back of queue: largest distance from stop line to the rear of a vehicle slower than 2.24 m/s, one sample per signal cycle (per 90 s without signal). */
  queue_p95_m: Float64Array
  queue_max_m: Float64Array
  queue_mean_m: Float64Array
}

/** Corridor vehicles of one direction: those that use at least two successive links of it. */
export interface CorridorResults {
  trip: Int32Array
  /** From entering its first to leaving its last link of the corridor. */
  travel_time_s: Float64Array
  delay_s: Float64Array
  stops: Int32Array
  /** 1 where the vehicle travelled the whole corridor. */
  complete: Uint8Array
}

/** Trajectories of corridor vehicles; samples of vehicle i lie at `start[i] .. start[i + 1]`. */
export interface Trajectories {
  trip: Int32Array
  /** 0 outbound, 1 inbound. */
  direction: Uint8Array
  start: Int32Array
  /** Master time. */
  time_s: Float32Array
  /** Metres along the direction of travel, 0 at the first stop line of that direction. */
  position_m: Float32Array
  /** Lane of the link, 255 inside a junction. */
  lane: Uint8Array
  /** Stop lines of the corridor links in the same metres, by direction. */
  stop_lines_m: Record<Direction, Float32Array>
}

export interface Gridlock {
  time_s: number
  /** The place and the cycle of vehicles in plain words. */
  where: string
  /** Trips that wait for each other; empty where simply nothing moved. */
  trips: number[]
}

export interface RunResult {
  seed: number
  vehicles_demanded: number
  inserted: number
  completed: number
  /** In the network when the run ended. demanded = completed + inside + waiting. */
  inside: number
  /** Not yet let in when the run ended. */
  waiting: number
  gridlocked: boolean
  gridlock?: Gridlock
  /** Vehicle updates: one per vehicle in the network and step. */
  updates: number
  end_s: number
  /** Vehicles that had to take another movement than their route wanted, and were routed anew. */
  missed_turns: number
  /** Decisions granted to break a cycle of vehicles that yielded to each other. */
  grants: number
  vehicles: VehicleResults
  movements: MovementResults
  corridor: Record<Direction, CorridorResults>
  trajectories?: Trajectories
}
