/** Arterial green waves: the exact optimum, the whole-second plan with its certificate, and why there is no more. */
import type { BandOptions, BandProblem, BandSolution } from './problem.ts'

export * from './problem.ts'
export { assertBandProblem } from './validate.ts'

// The bodies arrive with the next commits; the signatures are settled.
export declare function solveBands(problem: BandProblem, options?: BandOptions): BandSolution
/** Real optimum of the objective (same unit as certificate.value_s), for pruning cycles. */
export declare function bandBound(problem: BandProblem): number
/** True if some plan with real offsets reaches the objective value. */
export declare function feasibleAtLeast(problem: BandProblem, value_s: number): boolean
/** Pareto front of (outbound_s, inbound_s) with real offsets, outbound falling, one-way points included. */
export declare function paretoFront(problem: BandProblem): { outbound_s: number; inbound_s: number }[]
