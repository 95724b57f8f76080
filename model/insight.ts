// Why a plan is as it is: its cycle among the others, what stands in the way, and what the smallest changes would give.
// All figures are of the band objective with real-valued offsets, and hold with the plan's splits and speeds.

export interface CycleRank {
  readonly cycle_s: number
  /** Optimum of the objective with real-valued offsets, s and as a share of the cycle. */
  readonly value_s: number
  readonly share: number
}

export interface CycleRanking {
  /** By cycle, ascending. */
  readonly cycles: readonly CycleRank[]
  /** The largest share of the cycle; the shorter cycle among equals. */
  readonly best: CycleRank
  /** The cycle that was taken, and how many of the cycles have a larger share. */
  readonly taken: CycleRank
  readonly better: number
}

/** What can change at one signal, or for all by the cycle. */
export type SignalChange =
  | { readonly kind: 'pattern'; readonly signal: string; readonly pattern: string }
  | { readonly kind: 'green'; readonly signal: string; readonly added_s: number; readonly at: 'start' | 'end' }
  | { readonly kind: 'cycle'; readonly cycle_s: number }

export type NextChange =
  | SignalChange
  /** Both directions of the link between two neighbours, or of every link, by so many m/s; negative is slower. */
  | { readonly kind: 'link-speed'; readonly added_mps: number; readonly link?: { readonly from: string; readonly to: string } }

export interface NextStep {
  readonly change: NextChange
  /** Optimum of the objective with real-valued offsets after the change, s, and how much more that is than before. */
  readonly value_s: number
  readonly gain_s: number
  /** The same as shares of the cycle, by which cycles are compared. */
  readonly share: number
  readonly gain_share: number
}

export type Resolution =
  /** The nearest cycle that has room; `onwards` if every cycle beyond it that was tried has, too. */
  | { readonly kind: 'cycle'; readonly cycle_s: number; readonly side: 'longer' | 'shorter'; readonly onwards: boolean }
  | { readonly kind: 'pattern'; readonly signal: string; readonly pattern: string }
  /** The fewest whole seconds of green more at one end. */
  | { readonly kind: 'green'; readonly signal: string; readonly at: 'start' | 'end'; readonly added_s: number }
  /** All speeds, by the least whole km/h. */
  | { readonly kind: 'speed'; readonly added_kmh: number }

export interface BandConflict {
  readonly cycle_s: number
  /** The band that was asked for in every direction, s. */
  readonly least_s: number
  readonly directions: 'both' | 'outbound' | 'inbound'
  /** In corridor order. Together they have no such band, all other signals ignored; without any one of them they have. */
  readonly signals: readonly string[]
  /** Single changes that give the whole corridor such a band. */
  readonly resolutions: readonly Resolution[]
}

export interface Insight {
  readonly cycles: CycleRanking
  /** The largest gain first; losses are among them. */
  readonly steps: readonly NextStep[]
  /** Absent where the corridor has a band in each of its directions at once. */
  readonly conflict?: BandConflict
  readonly sentences: readonly string[]
}
