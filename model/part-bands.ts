// Bands of parts of a corridor, as a plan document carries them beside the bands through all its signals.
import type { Direction } from './plan.ts'
import type { Proof } from './proof.ts'
import type { SignalId } from './signal.ts'
import type { Seconds } from './units.ts'

/** Master time at which a band's front passes a stop line; not reduced to the cycle. */
export interface FrontTime {
  signal: SignalId
  time_s: Seconds
}

/** The band of one link. */
export interface LinkBand {
  direction: Direction
  from: SignalId
  to: SignalId
  width_s: Seconds
  /** The widest that this link could have alone: the shorter green of its two ends. */
  bound_s: Seconds
  gap_s: Seconds
  /** Share of the objective, all together 1. */
  weight: number
  /** At both ends, in order of travel; empty without a band. */
  front_s: FrontTime[]
}

export interface LinkBands {
  /** Outbound links first, each direction in outbound order. */
  bands: LinkBand[]
  /** Of the mean width by weight, s, about one progression line in each direction. */
  certificate: Proof
  sentences: string[]
}

export type PathMode = 'car' | 'bus' | 'bicycle'

/** The band of one path. */
export interface PathBand {
  id: string
  name: string
  mode: PathMode
  persons_h: number
  /** Share of all persons of the paths planned for. */
  weight: number
  /** 0 if the path has no band. */
  width_s: Seconds
  /** Why there is none. */
  reason?: string
  /** Time at which its front passes the first stop line of each signal, in order of travel; empty without a band. */
  front_s: FrontTime[]
}

export interface PathBands {
  bands: PathBand[]
  /** Of the sum of persons/h times band seconds. */
  certificate: Proof
  /** Who gets a band, who does not and why, and what is proven. */
  sentences: string[]
}
