// What a run of the microsimulation says. Columns of typed arrays, seconds, metres, grams.
// A stop: speed falls below 2.24 m/s (5 mi/h, HCM); the next one counts only after the vehicle was faster than 6.7 m/s.
// Delay, or speed loss: travel time minus the time the same driver needs on the same path at the desired speed (limit x
// own factor) on every lane and turn. Waiting to enter the network is no part of either and stands apart as insertion delay.
// Control delay (HCM 7 chapter 19): travel time, waiting to enter included, minus that of the same vehicle in the reference
// run, where every signal is always green and nobody crosses anybody; demand, drivers and seed are the same. Known only
// where the run was given a reference; it leaves out what vehicles lose to each other whatever the signals do.
import type { Direction } from '../model/plan.ts'
import type { ShownSignal } from './signals/log.ts'

/** Vehicles whose intended departure lies in the measuring window, in order of trips. */
export interface VehicleResults {
  /** Index in `trips`. */
  trip: Int32Array
  /** Entry to exit; NaN where the vehicle did not complete. */
  travel_time_s: Float64Array
  free_flow_s: Float64Array
  /** Not NaN for vehicles that did not complete: what they had lost so far. */
  delay_s: Float64Array
  /** The part of it slower than 0.1 m/s; planned halts are no part of either. */
  standing_s: Float64Array
  stops: Int32Array
  /** Entry minus intended departure; for those never inserted, end of run minus intended departure. */
  insertion_delay_s: Float64Array
  completed: Uint8Array
  /** NaN for vehicles that did not complete, here or in the reference. Absent without a reference. */
  control_delay_s?: Float64Array
  /** Burnt from entry to exit or the end of the run; NaN where no model covers the type. Absent unless asked for. */
  fuel_g?: Float64Array
  co2_g?: Float64Array
}

/**
 * By index in `network.movements`; vehicles that passed the stop line inside the measuring window. Each is measured from
 * where the junction before it was closed (or its entry) to 60 m beyond this junction (or the end of the exit link, if
 * sooner), so that the movements of a trip add up to the trip.
 */
export interface MovementResults {
  count: Int32Array
  /** Vehicles that set off inside the measuring window and wanted to make the movement. */
  demanded: Int32Array
  delay_sum_s: Float64Array
  /** Those vehicles that were measured to the end inside the run; `delay_sum_s / delay_count` is the mean. */
  delay_count: Int32Array
  travel_time_sum_s: Float64Array
  stops_sum: Int32Array
  /** Absent without a reference. Waiting to enter the network counts at the first movement. */
  control_delay_sum_s?: Float64Array
  control_delay_count?: Int32Array
  /** Absent unless asked for; of `fuel_count` vehicles whose type a model covers. */
  fuel_sum_g?: Float64Array
  co2_sum_g?: Float64Array
  fuel_count?: Int32Array
  /**
   * Back of queue: largest distance from stop line to the rear of a vehicle slower than 2.24 m/s, followed into the feeding
   * links where it reaches the upstream end; one sample per signal cycle (per 90 s without signal).
   */
  queue_p95_m: Float64Array
  queue_max_m: Float64Array
  queue_mean_m: Float64Array
  /** Share of the measured time in which a queue on the approach link reaches its upstream end. */
  spillback_share: Float64Array
  /** How often that queue began to keep vehicles before a stop line upstream that had the right to go. */
  blockings: Int32Array
  /** Vehicles with a projected arrival at a signal, and those of them that would have met green; yellow counts as red. */
  arrivals: Int32Array
  arrivals_on_green: Int32Array
  /** Share of the measured time in which the movement has green. NaN without signal. */
  green_share: Float64Array
  /** Greens that ended inside the measuring window, and those at whose end somebody who queued at their start still had not passed. */
  greens: Int32Array
  split_failures: Int32Array
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
  /** As for vehicles. */
  control_delay_s?: Float64Array
  fuel_g?: Float64Array
  co2_g?: Float64Array
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

/**
 * When each vehicle came by: the times of a reference run. Leg k of vehicle v is at `first[v] + k`, master time, NaN where
 * it did not come so far.
 */
export interface PassageTimes {
  first: Int32Array
  /** Onto the link. */
  enter_s: Float64Array
  /** Over its end, or out of the network. */
  line_s: Float64Array
  /** Where the junction at its end is closed. */
  close_s: Float64Array
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
  /** What the signals showed, where `record_signals` asks for it. */
  signals?: ShownSignal[]
  /** Only where `record_passages` asks for them. */
  passages?: PassageTimes
}
