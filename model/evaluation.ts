// What a simulation of a plan says: the shape that `simulate --json` prints and `plan` puts under before and after.
import type { LinkId, MovementId } from './network.ts'

/** Mean over runs and half width of its 95 % confidence interval (Student t over seeds). */
export interface MeanCi {
  mean: number
  /** null where one run or none gave a value: an interval needs two. */
  ci95: number | null
}

export interface DirectionMeasures {
  /** Vehicles that travelled the whole corridor, over all runs. */
  vehicles: number
  travel_time_s: MeanCi
  stops: MeanCi
  delay_s: MeanCi
  share_at_most_one_stop: MeanCi
  /** Against an always-green run; absent without one. */
  control_delay_s?: MeanCi
  /** Length of the corridor over the mean travel time. */
  travel_speed_mps?: number
  /** Urban street, by travel speed: HCM 7 exhibit 18-1. */
  level_of_service?: LevelOfService
  /** Per vehicle, where fuel was asked for. */
  fuel_g?: MeanCi
  co2_g?: MeanCi
  /** What happens at each signal on the way, in order of travel, from one junction to the next. */
  crossings?: CrossingMeasures[]
}

/** The through movement of a direction at one signal; the busiest where there are several. */
export interface CrossingMeasures {
  signal: string
  movement: MovementId
  /** Stop line to stop line from the signal before; 0 at the first. */
  distance_m: number
  travel_time_s?: MeanCi
  delay_s: number
  stops: number
  arrivals_on_green?: MeanCi
  platoon_ratio?: MeanCi
  split_failure_share?: MeanCi
}

export type LevelOfService = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

export interface MovementMeasures {
  movement: MovementId
  /** `source_id` of the links. */
  from: string
  to: string
  from_link: LinkId
  to_link: LinkId
  name?: string
  signal?: string
  on_corridor: boolean
  volume_vph: number
  /** Speed loss; see simulation/result.ts. */
  delay_s: number
  stops: number
  queue_p95_m: number
  /** By control delay where it is known, else by `delay_s`; F where the degree of saturation is known and above 1. */
  level_of_service: LevelOfService
  /** What the simulation says besides; absent where nobody measured it. */
  graded_by?: 'control_delay' | 'speed_loss'
  delay_ci95?: number | null
  stops_ci95?: number | null
  /** Mean delay of each run, s to the hundredth, in the order of the evaluation's seeds; null where nobody passed. */
  delay_by_seed_s?: (number | null)[]
  travel_time_s?: MeanCi
  control_delay_s?: MeanCi
  /** Back of queue, one value per cycle: mean, 95th percentile and largest of a run. */
  queue_m?: { mean: MeanCi; p95: MeanCi; max: MeanCi }
  /** Share of the time in which the queue reaches the upstream end of the approach link. */
  spillback_share?: MeanCi
  /** How often an hour that queue blocks a stop line upstream. */
  blockings_per_h?: MeanCi
  arrivals_on_green?: MeanCi
  /** Share of arrivals on green over share of green (HCM). */
  platoon_ratio?: MeanCi
  /** 1, arrivals mostly on red, to 6, exceptionally good progression (HCM). */
  arrival_type?: number
  /** Share of greens that ended before all who queued at their start had passed. */
  split_failure_share?: MeanCi
  /** What wanted to come; capacity where the saturation flow is known. */
  demand_vph?: number
  capacity_vph?: number
  degree_of_saturation?: number
  /** Stop rate by the method of HCM 7 (equation 18-11), where capacity is known. */
  stops_hcm?: number
  fuel_g?: MeanCi
  co2_g?: MeanCi
}

export interface Evaluation {
  runs: number
  seeds: number[]
  gridlocked_runs: number
  completed_share: number
  travel_time_s: MeanCi
  delay_s: MeanCi
  stops: MeanCi
  /** Time a vehicle waited to enter because its entry was full. */
  insertion_delay_s: MeanCi
  /** HCM: against the same vehicles with all signals always green, waiting to enter included. Absent without such a run. */
  control_delay_s?: MeanCi
  /** Over all vehicles at all signals. */
  arrivals_on_green?: MeanCi
  split_failure_share?: MeanCi
  /** Of all queues together. */
  blockings_per_h?: MeanCi
  /** Per vehicle that a fuel model covers. */
  fuel_g?: MeanCi
  co2_g?: MeanCi
  fuel_covered_share?: number
  corridor: { outbound: DirectionMeasures; inbound: DirectionMeasures }
  movements: MovementMeasures[]
  vehicle_updates: number
  cpu_s: number
  /** Per seed values of the primary measures, so that two evaluations can be paired. */
  per_seed: { seed: number; travel_time_s: number; delay_s: number; stops: number; corridor_stops: number; corridor_delay_s: number; corridor_travel_time_s: number; insertion_delay_s?: number; side_street_delay_s?: number; share_at_most_one_stop?: number; control_delay_s?: number; corridor_control_delay_s?: number; arrivals_on_green?: number; split_failure_share?: number; fuel_g?: number; co2_g?: number }[]
}

/** Paired difference of two evaluations with the same seeds: after minus before. */
export interface PairedDifference {
  measure: string
  before: number
  after: number
  difference: MeanCi
  percent: number
  verdict: 'better' | 'worse' | 'undecided'
}

/** One movement in two evaluations with the same seeds; after minus before. */
export interface MovementDifference {
  movement: MovementId
  from: string
  to: string
  name?: string
  signal?: string
  on_corridor: boolean
  volume_vph: number
  /** Over all vehicles of all runs; the interval by the differences of pairs of runs. */
  delay_s: { before: number; after: number; difference: MeanCi }
  stops: { before: number; after: number }
  queue_p95_m: { before: number; after: number }
  level_of_service: { before: LevelOfService; after: LevelOfService }
  /** Vehicle-hours of delay in an hour, after minus before. */
  total_veh_h: number
  verdict: PairedDifference['verdict']
}

/** Level of service by control delay, s/veh: HCM 7 exhibit 19-8. A lane group over its capacity is F whatever its delay. */
export function levelOfService(delay_s: number, degree_of_saturation?: number): LevelOfService {
  if (degree_of_saturation !== undefined && degree_of_saturation > 1) return 'F'
  const limits: [number, LevelOfService][] = [[10, 'A'], [20, 'B'], [35, 'C'], [55, 'D'], [80, 'E']]
  return limits.find(([limit]) => delay_s <= limit)?.[1] ?? 'F'
}
