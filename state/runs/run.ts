// A run: one vehicle, one stop line, one movement. The elementary record that all estimates for movements are made of.
// Frame: s = 0 at the stop line, negative upstream, positive beyond; metres along the way.
import type { Instant, Metres, MetresPerSecond, Seconds } from '../../model/units.ts'

export interface RunStop {
  /** When it came to rest. */
  time_s: Instant
  s_m: Metres
  duration_s: Seconds
}

export interface Run {
  vehicle: string
  /** Index in `network.movements`. */
  movement: number
  /** Where the record begins, negative: the way since the junction before, or since the trip began. */
  start_m: Metres
  /**
   * Seen from its frame's upstream end on, or from where it still drove freely. What a vehicle had waited before its first
   * fix is unknown: only whole runs count for delay, stops and arrivals.
   */
  whole: boolean
  in_s: Instant
  /** When the front passed the stop line. */
  crossing_s: Instant
  /** When it was 40 m beyond. */
  out_s: Instant
  /** Own running speed that the delay is reckoned against. */
  running_mps: MetresPerSecond
  control_delay_s: Seconds
  stops: readonly RunStop[]
  /** When it began to move for the last time before the line; undefined without a stop. */
  departure_s: Instant | undefined
  /** When it would have reached the stop line without a queue. */
  arrival_s: Instant
  /** Stood or crawled within 60 m beyond the line for more than 5 s. */
  blocked: boolean
  /** Median interval between the fixes. */
  interval_s: Seconds
  posterior: number
}
