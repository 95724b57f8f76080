// Traffic state: what was measured of movements, links and signals. The document that `measure --json` prints and that
// `diagnose` and the reports read. Every value comes with an interval, a grade and its age.
import type { FeedHealth } from './feed.ts'
import type { LinkId, MovementId, Turn } from './network.ts'
import type { LevelOfService } from './evaluation.ts'
import type { SignalId } from './signal.ts'
import type { Instant, Metres, Seconds, TimeOfDay } from './units.ts'

/** A measured value; the interval holds the truth with 90 %. All three null where nothing can be said. */
export interface Estimate {
  value: number | null
  low: number | null
  high: number | null
}

/**
 * A: radar and probes, both healthy. B: radar or event detectors only. C: probes over five days or more with an interval within
 * target. D: a wide interval, few days, or a provider's index. E: history only.
 */
export type Grade = 'A' | 'B' | 'C' | 'D' | 'E'

/** How a value was found; travels with it, since the same name from another method is another measure. */
export type MeasureMethod = 'probes' | 'radar' | 'events' | 'provider' | 'fused' | 'counts'

/** One movement over the period observed. */
export interface MovementState {
  movement: MovementId
  /** `source_id` of the links. */
  from: string
  to: string
  from_link: LinkId
  to_link: LinkId
  turn: Turn
  name?: string
  signal?: SignalId
  volume_vph: Estimate
  /** radar: counted at this stop line; fused: probes, and how many vehicles each stands for by radar elsewhere or at other times; absent without a volume. */
  volume_method?: MeasureMethod
  /** Over the approach and 40 m beyond the stop line, against the vehicle's own running speed. */
  control_delay_s: Estimate
  stopped_delay_s: Estimate
  /** Per vehicle. */
  stops: Estimate
  /** Share that stops at least twice before the same stop line. */
  second_stop_share: Estimate
  /** Share, 0 to 1. Probes: green and 3 s after it; events: green only. */
  arrival_on_green: Estimate
  platoon_ratio: number | null
  /** Mean over cycles of the largest back of queue, and its 95th percentile. */
  queue_max_m: Estimate
  queue_p95_m: Estimate
  /** Share of vehicles that need a second green. */
  split_failure_share: Estimate
  /** Share held up beyond the stop line. */
  blocked_share: Estimate
  /** Share of vehicles that are probes. */
  penetration: Estimate
  saturation_flow_vphpl: Estimate
  level_of_service: LevelOfService | null
  /** Share of arrivals per bin of the cycle, from green start; absent where the cycle is unknown. */
  arrival_profile?: { bin_s: Seconds; share: number[] }
  /** Runs of probes behind it, and days. */
  probes: number
  days: number
  /** Vehicles that radar or detectors counted. */
  counted: number
  grade: Grade
  method: MeasureMethod
  /** From the newest record behind it to the end of the observation. */
  age_s: Seconds
}

/** One link over the period observed. */
export interface LinkState {
  link: LinkId
  /** `source_id`. */
  id: string
  /** Harmonic mean over vehicles. */
  speed_mps: Estimate
  travel_time_s: Estimate
  free_speed_mps: number
  /** Travel time over free travel time. */
  index: number | null
  level?: string
  probes: number
  grade: Grade
}

/** What the probes alone say of a movement's signal. */
export interface SignalAudit {
  /** `source_id` of the signal. */
  intersection: string
  signal: SignalId
  movement: MovementId
  /** null where no cycle can be told: few stops, or not fixed time. */
  cycle_s: Seconds | null
  /** Start of green, seconds after local midnight modulo the cycle. */
  green_start_s: Seconds | null
  green_s: Seconds | null
  drift_s_per_day: number | null
  /** 90 % half width of the green start. */
  green_start_error_s: Seconds | null
  /** Resultant of the phases, 0 to 1. */
  confidence: number
  events: number
  verdict: 'fixed' | 'plan-changed' | 'drifting' | 'actuated' | 'unknown'
  /** Against the plan that should run, where there is one. */
  planned?: { cycle_s: Seconds; green_start_s: Seconds; green_s: Seconds; difference_s: Seconds | null }
  sentence: string
}

/** Movements of one period, pooled over its days. */
export interface PeriodState {
  period: string
  start_s: TimeOfDay
  end_s: TimeOfDay
  movements: MovementState[]
  /** Day by day within the period, where there are several. */
  daily: DayState[]
  /** Links that enough vehicles drove in these hours. */
  links: PeriodLink[]
}

/** One link in the hours of a period, all days together. */
export interface PeriodLink {
  link: LinkId
  /** Travel time over free travel time. */
  index: number
  level: string
  vehicles: number
}

/** Movements on one day, each figure drawn to its mean over the days as far as days are alike. */
export interface DayState {
  /** Local date. */
  day: string
  movements: {
    movement: MovementId
    from: string
    to: string
    control_delay_s: Estimate
    /** Mean over that day's probes alone, not drawn to other days: days are independent in it. */
    day_delay_s: Seconds
    arrival_on_green: Estimate
    probes: number
  }[]
}

/** The same congestion on one or several days. */
export interface PlaceState {
  kind: 'spot' | 'stretch' | 'area'
  /** `source_id`s. */
  links: string[]
  /** Beyond it traffic is free; absent where nobody knows. */
  head?: string
  /** Share of the observed days. */
  frequency: number
  days: number
  start_s: TimeOfDay
  end_s: TimeOfDay
  /** Of the vehicles seen: divide by the penetration for all. */
  delay_veh_h_per_day: number
  avoidable_veh_h_per_day: number
  growth: 'upstream' | 'stationary' | 'shrinking'
  /** On most days, more and more often, now and then; an incident is far above the same hours of other days with free road beyond. */
  nature: 'recurrent' | 'emerging' | 'occasional' | 'incident' | 'unknown'
  /** Greatest length congested at once and time of congestion a day, means over its days. */
  length_m: Metres
  duration_s: Seconds
  /** Of all vehicles: those through the head while it is congested, and delays a day; null where the share of vehicles seen is unknown. */
  all: { volume_veh: number; delay_veh_h_per_day: number; avoidable_veh_h_per_day: number } | null
  /** Against the place's own better days, or against what the plan that runs must cost at this load. */
  avoidable_by: 'better-days' | 'plan'
  grade: Grade
}

/** Travel time over free travel time of many links as one figure. */
export interface AreaState {
  /** A direction belongs to a corridor; an area is a corridor with the approaches of its side streets; the city is the whole network. */
  kind: 'corridor' | 'direction' | 'area' | 'city'
  id: string
  name: string
  links: number
  length_m: Metres
  /** null where less than 60 % of the length is covered. */
  index: number | null
  /** Share of the length with a speed, and a volume where volumes weigh. */
  coverage: number
  /** Vehicle-kilometres where enough volumes are known, else every metre alike. */
  weighted_by: 'vehicle-km' | 'length'
  driven_veh_km_per_h: number | null
  /** Class of the table in `scale`, `id/version`. */
  level?: string
  scale: string
}

/** A queue of the next link that reached back to a stop line, as radar saw it. */
export interface SpillbackState {
  movement: MovementId
  /** `source_id` of the links. */
  from: string
  to: string
  /** The highest that it reached: 1 risk, 2 imminent, 3 the junction was blocked. */
  level: 1 | 2 | 3
  from_s: Instant
  until_s: Instant
}

/** One radar over the period observed. */
export interface SensorState {
  sensor: string
  /** Vehicles over stop lines. */
  counted: number
  /** Without a single object for five minutes while others saw traffic: no empty street. Without an end where it lasts. */
  silences: { from_s: Instant; until_s?: Instant }[]
  /**
   * By which its objects are to be moved (east, north, after a counter-clockwise turn about their middle) to lie on the middles of
   * lanes; root mean square distances to those before and after; off: beyond the limits. Absent where too few drove.
   */
  calibration?: { east_m: Metres; north_m: Metres; turn_deg: number; turn_error_deg: number; before_m: Metres; after_m: Metres; objects: number; off: boolean }
  /** Its clock ahead of that of the probes; absent where none stands out. More than 1 s is off. */
  clock_offset_s?: Seconds
}

/** The document. */
export interface TrafficState {
  format: 'greenwave.state/1'
  scenario: string
  from_s: Instant
  until_s: Instant
  /** Local dates with accepted records. */
  days: string[]
  /** Over everything observed. */
  movements: MovementState[]
  /** The same by periods of the scenario, where it has several. */
  periods: PeriodState[]
  /** Day by day, where there are several. */
  daily: DayState[]
  links: LinkState[]
  /** Congested places, the most avoidable delay first. */
  places: PlaceState[]
  /** Corridors, their surroundings, the city. */
  areas: AreaState[]
  signals: SignalAudit[]
  /** From controller logs, over all data. */
  phases: PhaseMeasures[]
  feeds: FeedHealth[]
  /** In order of time; absent without radar. */
  spillbacks?: SpillbackState[]
  /** Radars by name; absent without any. */
  sensors?: SensorState[]
  /** Length of the network's links with at least one probe over all, share. */
  coverage: number
  /**
   * Where runs of probes are too many to be kept: those that came, those that all figures are made of, and the movements of which
   * whole cycles were left out by a hash, so that each kept one stands for several. Absent where all were kept.
   */
  runs?: { seen: number; kept: number; movements_thinned: number }
  /** Fixes matched, matched too ambiguously to be used, and set aside. */
  matching?: { matched: number; withheld: number; unmatched: number; breaks_per_100_km: number; distance_m: Metres }
}

/** What the log of a controller says of one phase in a span of time. null = missing: no such detector, or no data; never 0 instead. */
export interface PhaseMeasures {
  device: string
  phase: number
  from_s: Instant
  until_s: Instant
  cycle_s: Seconds | null
  green_median_s: Seconds | null
  green_p85_s: Seconds | null
  split_p85_s: Seconds | null
  greens: number
  /** Shares of the greens by what ended them. */
  terminations: { gap: number; max: number; force: number; unknown: number } | null
  /** Share of arrivals at advance detectors that meet green; green only. */
  arrivals_on_green: number | null
  /** The rest: yellow counts with red. */
  arrivals_on_red: number | null
  platoon_ratio: number | null
  /** At stop-line counters. */
  volume_vph: number | null
  /** Simplified: from arrival on red to the next green; start-up and queue are not in it. */
  approach_delay_s: Seconds | null
  split_failures: number | null
  split_failure_share: number | null
  yellow_actuations: number | null
  red_actuations: number | null
  severe_red_actuations: number | null
  pedestrian_calls: number | null
  pedestrian_wait_s: Seconds | null
  phase_wait_s: Seconds | null
  phase_wait_max_s: Seconds | null
  skips: number
}
