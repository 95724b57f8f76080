// When a movement has green: whatever knows it (the running plan, a controller's log, an audit) answers this way.
import type { Instant, Seconds } from '../../model/units.ts'

/** One green of a movement. */
export interface Green {
  start_s: Instant
  /** End of green, start of yellow. */
  end_s: Instant
  /** Start of the green that follows. */
  next_s: Instant
}

export interface GreenClock {
  /** Index in `network.movements`. The green that is running at an instant, or the last before it; undefined where unknown. */
  find(movement: number, time_s: Instant): Green | undefined
  /** Cycle in force; undefined where there is none. */
  cycle(movement: number, time_s: Instant): Seconds | undefined
}
