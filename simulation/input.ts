// What a run of the microsimulation takes in: network, compiled signals, trips, drivers, and when to measure.
// Times are master time, seconds of the day; positions are metres from the start of a link.
import type { SignalControl, Transition } from '../model/control.ts'
import type { VehicleType } from '../model/demand.ts'
import type { LinkId, Network } from '../model/network.ts'
import type { CompiledSignal } from '../model/plan.ts'
import type { Pattern } from '../model/signal.ts'
import type { Metres, Seconds, TimeOfDay } from '../model/units.ts'
import type { FuelModel } from './measures/fuel.ts'
import type { PassageTimes } from './result.ts'
import type { TripTable } from './trip-table.ts'

/** A planned halt on the way, such as a bus at its stop. Stops of a trip are in order of travel. */
export interface TripStop {
  /** Position in `Trip.links`. */
  link_index_in_route: number
  lane: number
  position_m: Metres
  duration_s: Seconds
}

/** One vehicle and its way. */
export interface Trip {
  depart_s: TimeOfDay
  /** Indices in `network.links`, in order of travel; consecutive links are joined by a movement. Trips may share one array. */
  links: readonly number[]
  /** Index in `vehicle_types`. */
  type: number
  /** Where it enters the first link (mid-block source); absent = at the start. */
  depart_position_m?: Metres
  /** Where it leaves the last link (mid-block sink); absent = at the end. */
  arrive_position_m?: Metres
  /** Speed of entry; absent or 'max' = as fast as is safe, at most the desired speed. */
  depart_speed_mps?: number | 'max'
  /** Lane of entry: its number, 'first' (the rightmost that the class may use) or, where absent, the emptiest of those that suit the route. */
  depart_lane?: number | 'first' | 'best'
  stops?: readonly TripStop[]
}

export type FollowingModel = 'idm' | 'krauss'

/**
 * By which rules drivers take gaps, start and enter. `field`: as measured in the street (HCM critical gap and follow-up
 * time, each driver of a queue takes a moment to start, yellow by ITE 2020). `sumo`: as the vehicles of SUMO 1.15 do by
 * default, for checks against it and for demand that was calibrated with it.
 */
export type DrivingRules = 'field' | 'sumo'

export interface SimulationOptions {
  /** Whole number; the same seed gives the same drivers under every plan. */
  seed: number
  /** 0.5 is the value everything was checked at. */
  step_s: Seconds
  model: FollowingModel
  /** Absent = field. */
  rules?: DrivingRules
  start_s: TimeOfDay
  /** Vehicles whose intended departure lies in [measure_from_s, measure_until_s) are measured. */
  measure_from_s: TimeOfDay
  measure_until_s: TimeOfDay
  /** Hard end. The run ends sooner when every vehicle has left. */
  stop_at_s: TimeOfDay
  record_trajectories?: boolean
  /** Keeps every change of colour in `RunResult.signals`. */
  record_signals?: boolean
  /** Fuel and CO2 are counted by this model (see measures/fuel.ts); absent = not at all. */
  fuel?: FuelModel
  /** Keeps when each vehicle came by, for a reference run (see measures/reference.ts). */
  record_passages?: boolean
  /** A vehicle in a cycle of vehicles that wait for each other this long, or nobody moving this long, is a gridlock; 300 by default. */
  gridlock_after_s?: Seconds
}

/** The ways along which a corridor is measured. */
export interface CorridorPaths {
  /**
   * Links that a through vehicle passes, in order. Several lists (such as one per leg) are joined end to end, a link that
   * closes one and opens the next counting once. An empty list = no such direction.
   */
  outbound: LinkId[][]
  inbound: LinkId[][]
}

/** Other plans from a time of day on. Each signal changes over when it next may, and then gets in step. */
export interface PlanChange {
  time_s: TimeOfDay
  signals: CompiledSignal[]
  /** Of the same signals; needed where they are actuated or coordinated. */
  patterns?: Pattern[]
  /** Settings of the same signals from then on. Absent = as before. */
  control?: SignalControl[]
  /** Absent = that of the signal's control, else shortway. */
  transition?: Transition
}

export interface SimulationInput {
  network: Network
  /** Signals without an entry are off: their connections go by priority, as at an unsignalised node. */
  signals: CompiledSignal[]
  /** Signals without an entry run fixed by their windows. */
  control?: SignalControl[]
  plan_changes?: PlanChange[]
  /** Signals take commands while the run goes on (see steer.ts). Uncommanded, fixed-time signals show what they show otherwise. */
  steered?: boolean
  /** Sorted by `depart_s`. Runs over the same table share what is worked out of its routes. */
  trips: readonly Trip[] | TripTable
  vehicle_types: VehicleType[]
  corridor?: CorridorPaths
  /** The same demand, drivers and seed with all signals always green (see measures/reference.ts); absent = no control delay. */
  reference?: PassageTimes
  options: SimulationOptions
}
