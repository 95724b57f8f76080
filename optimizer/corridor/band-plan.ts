// Bands of a cycle: the proven optimum, divided evenly where that costs nothing, and the bands of any other offsets.
// Every figure is the checker's.
import { type BandProblem, type BandSolution, solveBands } from '../bands/index.ts'
import { solutionOf } from '../bands/plan.ts'
import { Rater } from '../bands/rating.ts'
import type { Offsets } from './descent.ts'

/** Share of the cycle below which two objectives are the same. */
const SAME_CYCLES = 1e-6

export const settingOf = (problem: BandProblem, solution: BandSolution): Offsets => ({
  offsets: solution.offsets_s,
  patterns: solution.patterns.map((id, i) => (problem.signals[i] as BandProblem['signals'][number]).patterns.findIndex((pattern) => pattern.id === id)),
})

/**
 * The widest bands. Where the optimum may be divided freely between the directions, the division in proportion to the
 * weights is taken, because a wave for one direction only is what nobody means by equal weights.
 */
export function widestBands(problem: BandProblem, slack_s: number): BandSolution {
  const free = solveBands(problem)
  if (problem.directions !== 'both' || problem.division.kind !== 'weighted') return free
  const { outbound, inbound } = problem.division
  const even = solveBands({ ...problem, division: { kind: 'ratio', inbound_per_outbound: inbound / outbound } })
  const value = outbound * even.outbound_s + inbound * even.inbound_s
  const least = free.certificate.value_s - slack_s - SAME_CYCLES * problem.cycle_s
  if (value < least) return free
  return bandsAt(problem, settingOf(problem, even), free)
}

/** Bands of given offsets under the bound of a solved problem. */
export function bandsAt(problem: BandProblem, setting: Offsets, solved: BandSolution): BandSolution {
  const { outbound, inbound } = new Rater(problem).rate(setting)
  const { bound_s, real_optimum_s, method } = solved.certificate
  return solutionOf(problem, setting, { outbound, inbound }, { bound_s, real_optimum_s, method })
}

/** Whether offsets keep the band objective at `value_s`. */
export function keepsBands(problem: BandProblem, value_s: number): (setting: Offsets) => boolean {
  const rater = new Rater(problem)
  const least = value_s - SAME_CYCLES * problem.cycle_s
  return (setting) => rater.rate(setting).value >= least
}
