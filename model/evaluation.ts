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
  delay_s: number
  stops: number
  queue_p95_m: number
  level_of_service: LevelOfService
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
  corridor: { outbound: DirectionMeasures; inbound: DirectionMeasures }
  movements: MovementMeasures[]
  vehicle_updates: number
  cpu_s: number
  /** Per seed values of the primary measures, so that two evaluations can be paired. */
  per_seed: { seed: number; travel_time_s: number; delay_s: number; stops: number; corridor_stops: number; corridor_delay_s: number; corridor_travel_time_s: number; insertion_delay_s?: number; side_street_delay_s?: number; share_at_most_one_stop?: number }[]
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

/** Level of service by control delay, s/veh: HCM 7 exhibit 19-8. */
export function levelOfService(delay_s: number): LevelOfService {
  const limits: [number, LevelOfService][] = [[10, 'A'], [20, 'B'], [35, 'C'], [55, 'D'], [80, 'E']]
  return limits.find(([limit]) => delay_s <= limit)?.[1] ?? 'F'
}
