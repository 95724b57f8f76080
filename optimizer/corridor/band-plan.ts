// Bands of offsets that the band search did not choose, under the bound that it proved. Every figure is the checker's.
import type { BandProblem, BandSolution } from '../bands/index.ts'
import { solutionOf } from '../bands/plan.ts'
import { Rater } from '../bands/rating.ts'
import type { Offsets } from './descent.ts'

/** Share of the cycle below which two objectives are the same. */
const SAME_CYCLES = 1e-6

export const settingOf = (problem: BandProblem, solution: BandSolution): Offsets => ({
  offsets: solution.offsets_s,
  patterns: solution.patterns.map((id, i) => (problem.signals[i] as BandProblem['signals'][number]).patterns.findIndex((pattern) => pattern.id === id)),
})

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
