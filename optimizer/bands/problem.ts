/**
 * Input and output types of one arterial band problem at one cycle. Seconds, metres, metres per second throughout.
 * Outbound runs from the first signal to the last, inbound back. Little, Kelson, Gartner 1981.
 */

/** Usable green on a circle of length `cycle_s`; the start may lie anywhere, it is reduced modulo the cycle. */
export interface Window {
  readonly start_s: number
  /** At most `cycle_s`; a window as long as the cycle is a signal that never turns red in this direction. */
  readonly length_s: number
  /** Queue clearance: the band may not arrive before `start_s + clearance_s`. Ignored if the window never ends. */
  readonly clearance_s: number
}

/** One permitted phase sequence. Local 0 is the offset reference point; both directions change together. */
export interface SignalPattern {
  readonly id: string
  readonly outbound: readonly Window[]
  readonly inbound: readonly Window[]
}

export interface BandSignal {
  readonly id: string
  readonly patterns: readonly SignalPattern[]
  /** The offset in the street; among equally good plans the one nearest to it is taken. */
  readonly current_offset_s?: number
  /** Resolution of the controller; 1 s unless told, 0 for real offsets. */
  readonly offset_step_s?: number
}

/** Travel along one link in one direction; the band may use any speed and dwell of the ranges. */
export interface LinkTravel {
  readonly distance_m: number
  readonly speed_min_mps: number
  readonly speed_max_mps: number
  readonly speed_target_mps: number
  readonly dwell_min_s: number
  readonly dwell_max_s: number
}

/** Link i joins signal i and signal i + 1. A direction that `directions` leaves out may be absent. */
export interface BandLink {
  readonly outbound?: LinkTravel
  readonly inbound?: LinkTravel
}

/**
 * How the two bands share what there is.
 * `weighted`: the largest `outbound * b + inbound * b̄`; one-way plans compete.
 * `ratio`: the largest b with b̄ = inbound_per_outbound * b, then the largest sum.
 */
export type BandDivision =
  | { readonly kind: 'weighted'; readonly outbound: number; readonly inbound: number }
  | { readonly kind: 'ratio'; readonly inbound_per_outbound: number }

export const FREE_DIVISION: BandDivision = { kind: 'weighted', outbound: 1, inbound: 1 }
export const EQUAL_BANDS: BandDivision = { kind: 'ratio', inbound_per_outbound: 1 }

export type Direction = 'outbound' | 'inbound'

export interface BandProblem {
  readonly cycle_s: number
  readonly signals: readonly BandSignal[]
  /** One fewer than the signals. */
  readonly links: readonly BandLink[]
  readonly directions: 'both' | Direction
  readonly division: BandDivision
}

export interface PerDirection<T> {
  readonly outbound: T
  readonly inbound: T
}

/** What the checker needs to re-score a plan: nothing in it comes from a solver's internal state. */
export interface BandPlan {
  readonly cycle_s: number
  /** Chosen pattern id of each signal. */
  readonly patterns: readonly string[]
  /** Master time of local 0 at each signal, in [0, cycle_s). */
  readonly offsets_s: readonly number[]
  /** Travel time of each link; empty for a direction the problem leaves out. */
  readonly travel_times_s: PerDirection<readonly number[]>
  readonly outbound_s: number
  readonly inbound_s: number
}

/** A signal whose green begins (`leading`) or ends (`trailing`) exactly where the band does. */
export interface BandLimit {
  readonly signal: string
  readonly edge: 'leading' | 'trailing' | 'both'
}

/**
 * Proof that travels with the answer, in units of the objective: `outbound * b + inbound * b̄` for weights,
 * b + b̄ of the proportional part for a ratio.
 */
export interface BandCertificate {
  /** Objective of the checked plan. */
  readonly value_s: number
  /** No plan on these controllers does better. */
  readonly bound_s: number
  readonly gap_s: number
  /** Optimum with real-valued offsets, an upper bound of `value_s`. */
  readonly real_optimum_s: number
  /** True if the gap is below 1e-6 cycle. */
  readonly proven: boolean
  readonly method: 'ring-reach' | 'ring-reach, rounded and improved' | 'ring-reach, integer closure'
}

export interface BandSolution extends BandPlan {
  /** Directions with a band wider than 1e-6 cycle. */
  readonly serves: 'both' | Direction | 'none'
  /** Progression speed of each link, dwell excluded. */
  readonly speeds_mps: PerDirection<readonly number[]>
  readonly dwells_s: PerDirection<readonly number[]>
  /** Master time at which the band's front passes each signal, in [0, cycle_s); empty without a band. */
  readonly band_start_s: PerDirection<readonly number[]>
  readonly limited_by: PerDirection<readonly BandLimit[]>
  readonly certificate: BandCertificate
}

/** Effort of the whole-second search. */
export interface BandOptions {
  /** Nodes of the exact integer closure; 0 leaves it out. 20 000 unless given, some milliseconds. */
  readonly closure_nodes?: number
}

/** True if the problem asks for a band in this direction. */
export function asksFor(problem: Pick<BandProblem, 'directions'>, direction: Direction): boolean {
  return problem.directions === 'both' || problem.directions === direction
}
