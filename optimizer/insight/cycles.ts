// Why this cycle: the optimum at every cycle that was open, and where the one that was taken stands among them.
import type { CycleRank, CycleRanking } from '../../model/insight.ts'
import { bandBound, type BandProblem } from '../bands/index.ts'

/** Shares closer than this are equal. */
const SAME_SHARE = 1e-6

/** In: the problem that was taken, and those of all open cycles; the one at the taken cycle is replaced by what was taken. */
export function rankCycles(taken: BandProblem, open: readonly BandProblem[]): CycleRanking {
  const problems = [...open.filter(({ cycle_s }) => cycle_s !== taken.cycle_s), taken].sort((a, b) => a.cycle_s - b.cycle_s)
  const cycles = problems.map((problem): CycleRank => {
    const value_s = bandBound(problem)
    return { cycle_s: problem.cycle_s, value_s, share: value_s / problem.cycle_s }
  })
  const own = cycles.find(({ cycle_s }) => cycle_s === taken.cycle_s)!
  return {
    cycles, taken: own,
    best: cycles.reduce((a, b) => (b.share > a.share + SAME_SHARE ? b : a)),
    better: cycles.filter(({ share }) => share > own.share + SAME_SHARE).length,
  }
}
