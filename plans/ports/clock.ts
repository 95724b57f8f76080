// Time as a port, so that nights can be tested by day.
import type { Instant } from '../../model/units.ts'

export interface Clock {
  /** Seconds since 1970 UTC. */
  now(): Instant
}
