// Demand: measured turning volumes per interval of the day, or vehicles with their routes, or both.
// This is the shape of `demand.json`. Vehicles are columns, because there may be millions.
import type { Seconds, MetresPerSecond, Metres, TimeOfDay, VehiclesPerHour } from './units.ts'
import type { LinkId, MovementId } from './network.ts'

export interface DemandInterval {
  id: string
  start_s: TimeOfDay
  end_s: TimeOfDay
}

export interface TurningVolume {
  movement: MovementId
  /** One value per interval; null where nothing was measured. */
  volume_vph: (VehiclesPerHour | null)[]
}

export interface VehicleType {
  id: string
  vehicle_class: string
  length_m: Metres
  min_gap_m: Metres
  accel_mps2: number
  decel_mps2: number
  max_speed_mps: MetresPerSecond
  /** Mean and standard deviation of desired speed over limit. */
  speed_factor: number
  speed_deviation: number
  headway_s: Seconds
  /** Krauss imperfection, 0 to 1. */
  sigma: number
  /** Share of vehicles of this type when a vehicle names a distribution or nothing. */
  share: number
}

export interface Route {
  id: string
  links: LinkId[]
}

export interface VehicleStop {
  vehicle: number
  link: LinkId
  lane: number
  position_m: Metres
  duration_s: Seconds
}

/** How a vehicle enters its first link. */
export interface VehicleDeparture {
  /** 'max' = as fast as is safe, at most the desired speed. */
  speed_mps: MetresPerSecond | 'max'
  /** Number of the lane, the rightmost that the class may use, or the emptiest of those that suit the route. */
  lane: number | 'first' | 'best'
}

/** Columns of equal length, in order of departure. */
export interface VehicleColumns {
  depart_s: number[]
  /** Index in `routes`. */
  route: number[]
  /** Index in `vehicle_types`. */
  type: number[]
  source_id?: string[]
  /** The ways of entering that occur; absent = all as fast as is safe on the lane that suits best. */
  departures?: VehicleDeparture[]
  /** Index in `departures`; absent = all the first. */
  departure?: number[]
}

export interface Demand {
  format: 'greenwave.demand/1'
  intervals: DemandInterval[]
  volumes: TurningVolume[]
  vehicle_types: VehicleType[]
  routes: Route[]
  vehicles: VehicleColumns
  stops?: VehicleStop[]
}

/** A vehicle that sets out at the start of a link has its front this far beyond its own length, m. */
export const ENTRY_GAP_M = 0.1

/** A passenger car as SUMO 1.15 has it by default (length 5 m, gap 2.5 m, 2.6 and 4.5 m/s2, headway 1 s). */
export const PASSENGER_CAR: VehicleType = {
  id: 'car', vehicle_class: 'passenger', length_m: 5, min_gap_m: 2.5, accel_mps2: 2.6, decel_mps2: 4.5,
  max_speed_mps: 55.55, speed_factor: 1, speed_deviation: 0.1, headway_s: 1, sigma: 0.5, share: 1,
}

export const emptyDemand = (): Demand => ({
  format: 'greenwave.demand/1',
  intervals: [],
  volumes: [],
  vehicle_types: [PASSENGER_CAR],
  routes: [],
  vehicles: { depart_s: [], route: [], type: [] },
})
