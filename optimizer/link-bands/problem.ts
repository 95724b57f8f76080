/**
 * Link bands: every link, or any run of consecutive signals, carries a band of its own about one progression line per
 * direction. MULTIBAND (Gartner, Assmann, Lasaga, Hou 1991): bands symmetric about the line. AM-BAND (Zhang, Xie,
 * Gartner, Arsava 2015): the parts before and after the line may differ. Widths count in cycles here, z = 1 / C in 1/s.
 */
import type { BandProblem, PerDirection } from '../bands/problem.ts'
import type { Certified } from '../certified.ts'
import type { SolveLimits, Solver } from '../solver/solver.ts'

/** A band from signal `from` to signal `to` (indices, from < to); its width is the least that any of its signals leaves. */
export interface RunBand {
  readonly from: number
  readonly to: number
  /** What one cycle of width is worth in each direction; at least 0. */
  readonly outbound: number
  readonly inbound: number
  /** k: the lighter direction keeps at least its share, (1 − k) b̄ >= (1 − k) k b, and b̄ = b for k = 1; free if absent. */
  readonly inbound_per_outbound?: number
}

/** `symmetric` is MULTIBAND, `free` is AM-BAND. */
export type BandStyle = 'symmetric' | 'free'

export interface LinkBandProblem {
  /** Two-way. With `cycle_s` 1 its windows count in cycles (for a range of cycles), else in seconds at that cycle. */
  readonly problem: BandProblem
  readonly bands: readonly RunBand[]
  readonly style: BandStyle
}

/** A plan with the lines its bands lie about; real-valued offsets unless it says otherwise. */
export interface LinkBandPlan {
  readonly cycle_s: number
  readonly patterns: readonly string[]
  readonly offsets_s: readonly number[]
  readonly travel_times_s: PerDirection<readonly number[]>
  /** Master time at which each direction's line passes the first signal. */
  readonly lines_s: PerDirection<number>
  /** Width of every band in each direction, s. */
  readonly bands_s: PerDirection<readonly number[]>
}

/**
 * Prices that prove a bound over all cycles with z in [z_low, z_high]: what a cycle of slack is worth at every signal of
 * every band. By direction, then band, then part (one if symmetric, before and after the line if free), then signal.
 * With `arcs` above 1 (bands of single links, symmetric) the third index is a pair of arcs of ψ's circle, arc at the first
 * signal times `arcs` plus arc at the second, and the prices hold for plans with ψ there.
 */
export interface PricedBox {
  readonly z_low: number
  readonly z_high: number
  /** Cells of the ψ circle that the bound was reckoned on. */
  readonly cells: number
  /** Equal arcs that the circle is cut into; divides `cells`. */
  readonly arcs: number
  readonly prices: PerDirection<readonly (readonly (readonly number[])[])[]>
  /** No plan at any cycle of the box is worth more, cycles. */
  readonly bound: number
}

/** In cycles of weighted width; holds in the band model with real-valued offsets. */
export interface LinkBandCertificate extends Certified {
  /** Boxes that cover every cycle asked for. */
  readonly boxes: readonly PricedBox[]
  readonly solver?: SolverBound
}

/** The word of a general solver: no plan at a cycle with z in [z_low, z_high] is worth more than `bound`, its tolerance included. */
export interface SolverBound {
  readonly name: string
  readonly z_low: number
  readonly z_high: number
  readonly bound: number
}

export interface LinkBandAnswer {
  readonly plan: LinkBandPlan
  readonly certificate: LinkBandCertificate
  /** Rounds of prices reckoned: the measure of effort that does not depend on the machine. */
  readonly rounds: number
}

export interface LinkBandEffort {
  /** The proof may stop at this share of the value; 1e-4 unless given. */
  readonly gap_share?: number
  /** Rounds of prices; 4000 unless given. */
  readonly rounds?: number
  /** Asked between rounds; false ends the search with what there is. */
  readonly goOn?: () => boolean
  /** Finishes what prices leave open on short streets: symmetric bands of single links, of at most 20 signals. */
  readonly solver?: Solver
  /** Asked once, when the solver's turn comes; without limits it runs to the optimum. */
  readonly solver_limits?: () => SolveLimits
}
