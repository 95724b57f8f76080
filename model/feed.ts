// What comes in from outside: records of feeds, already in scenario coordinates and in SI units, and the account of what was
// believed. What a feed did not say is undefined, never 0. Rows of a simulation of one day are in observation.ts.
import type { LinkId } from './network.ts'
import type { Instant, Metres, MetresPerSecond, Seconds } from './units.ts'

/** In which coordinates a feed speaks: degrees on one of three datums, or metres of the scenario. */
export type Datum = 'wgs84' | 'gcj02' | 'bd09' | 'scenario'

export type RoadUserClass = 'car' | 'taxi' | 'bus' | 'truck' | 'two-wheeler' | 'pedestrian'

/** One fix of a probe at an instant. */
export interface Fix {
  /** Stable at least for a trip; unique within its source. */
  vehicle: string
  time_s: Instant
  x_m: Metres
  y_m: Metres
  speed_mps: MetresPerSecond | undefined
  /** Clockwise from north, [0, 360). */
  heading_deg: number | undefined
  altitude_m?: Metres | undefined
  /** One sigma, where the device says so. */
  accuracy_m?: Metres | undefined
  class?: RoadUserClass | undefined
}

/** One object in one frame of a radar or a camera, at an instant. */
export interface RadarTarget {
  sensor: string
  time_s: Instant
  /** Of the device's tracker; may be used again for another vehicle. */
  track: string
  /** Reference point of the device, scenario coordinates. */
  x_m: Metres
  y_m: Metres
  speed_mps: MetresPerSecond | undefined
  /** As the device numbers them; own geometry goes first. */
  lane: string | undefined
  length_m: Metres | undefined
  class: RoadUserClass | undefined
  /** False where the device extrapolated. */
  visible: boolean
}

/** What a lane detector counted in an interval that begins at `time_s`. */
export interface LaneCount {
  sensor: string
  /** As the feed names it: a lane or a detector of the sensor. */
  lane: string | undefined
  time_s: Instant
  period_s: Seconds
  vehicles: number | undefined
  /** Share of the time, 0 to 1. */
  occupancy: number | undefined
  speed_mps: MetresPerSecond | undefined
  /** Only vehicles of this class; of all where undefined. */
  class?: RoadUserClass | undefined
  /** Only vehicles of these lengths; of all where undefined. */
  lengths_m?: readonly [from: Metres, until: Metres] | undefined
}

/** A vehicle's speed at one place. */
export interface PointSpeed {
  sensor: string
  time_s: Instant
  speed_mps: MetresPerSecond
}

/** Traffic status of a provider. */
export type LinkStatus = 'free' | 'slow' | 'congested' | 'severe'

/** What a provider says of a segment in an interval that begins at `time_s`; exactly one of travel time and speed is its own word. */
export interface SegmentReport {
  segment: string
  time_s: Instant
  period_s: Seconds
  travel_time_s: Seconds | undefined
  speed_mps: MetresPerSecond | undefined
  status: LinkStatus | undefined
  samples: number | undefined
  group: string | undefined
}

/** What a provider says of a turn at a junction in an interval that begins at `time_s`. */
export interface TurnReport {
  junction: string
  from: string
  to: string
  time_s: Instant
  period_s: Seconds
  delay_s: Seconds | undefined
  delay_kind: 'control' | 'stopped' | 'free-flow' | undefined
  stops: number | undefined
  no_stop_share: number | undefined
  queue_m: Metres | undefined
  queue_kind: 'mean' | 'max' | 'p95' | undefined
  speed_mps: MetresPerSecond | undefined
  samples: number | undefined
}

/** One row of a controller's high-resolution log, at an instant; codes of the Indiana enumerations. */
export interface SignalEvent {
  device: string
  time_s: Instant
  event: number
  parameter: number
}

/** What a channel of a device's log is, as the agency configures it. */
export interface LogChannel {
  device: string
  phase: number
  channel: number
  function: 'presence' | 'advance' | 'count' | 'yellow-red' | 'pedestrian'
  link?: LinkId | undefined
  lane?: number | undefined
  /** Stop line to its downstream edge. */
  distance_m?: Metres | undefined
  length_m?: Metres | undefined
  /** Taken off every timestamp of the channel. */
  latency_s?: Seconds | undefined
  /** Approach speed for projecting arrivals to the stop line. */
  speed_mps?: MetresPerSecond | undefined
  protected?: boolean | undefined
}

/** What became of a record that was not simply believed. */
export type Verdict =
  /** Changed, then used. */
  | 'repair'
  /** Not used. */
  | 'drop'
  /** Held for inspection, not used. */
  | 'quarantine'

/** One reason why records of a feed were not simply believed. */
export interface FeedIssue {
  verdict: Verdict
  /** Stable word for tables and tests, for example `time-backwards`. */
  cause: string
  records: number
  /** The first case, with place and value. */
  example: string
}

/** The account of one feed. Every record read is accepted, dropped or quarantined; repaired ones are accepted too. */
export interface FeedHealth {
  source: string
  read: number
  accepted: number
  issues: FeedIssue[]
  /** First and last instant that was believed. */
  from_s?: Instant
  until_s?: Instant
  /** The sentence for which the whole feed was refused. */
  refused?: string
}
