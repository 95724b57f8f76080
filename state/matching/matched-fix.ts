// What the matcher says of a fix: where on the road it was, how surely, and which links led there.
import type { Instant, Metres, MetresPerSecond } from '../../model/units.ts'

export interface MatchedFix {
  /** Source and vehicle. */
  vehicle: string
  time_s: Instant
  /** Index in `network.links`; inside a junction the link before it. */
  link: number
  /** Index in `network.movements` where the fix is inside the junction, else -1. */
  movement: number
  /** Along the link; beyond its length inside the junction. */
  position_m: Metres
  /** Off the line, right positive. */
  offset_m: Metres
  speed_mps: MetresPerSecond | undefined
  /** Probability of this way against the others that fit, 0 to 1; below 0.8 nothing but speed is taken from it. */
  posterior: number
  /** Links driven since the previous fix of the chain, its own link left out, this one's included; empty on the same link. */
  route: readonly number[]
  /** First of a chain: nothing is known of how it came here. */
  first: boolean
}

/** Takes the fixes of each vehicle in order of time. */
export type MatchSink = (fix: MatchedFix) => void
