/**
 * The bound of a network with its loops: boxes of cycles whose arteries alone allow more than a claim a little above the
 * plan in hand go to a general solver, the worst first (loops.ts).
 */
import type { SolveLimits, Solver } from '../solver/solver.ts'
import { boundOf } from './bound.ts'
import { loopsModel } from './loops.ts'
import type { CycleBoxBound, NetworkBandProblem } from './problem.ts'

/** Signals up to which a box takes the solver seconds. */
const MOST_SIGNALS = 16

/** Above the value by these shares, in turn: the nearer, the larger the models and the more the boxes. */
const CLAIMS = [0.004, 0.0015] as const

/** What a solver's bound or its infeasibility may be wrong by, cycles of the objective. */
const TOLERANCE = 1e-5

export interface LoopEffort {
  readonly solver: Solver
  /** Asked before every model. */
  readonly limits: () => SolveLimits
  /** Asked before every box; false leaves the boxes as they are. */
  readonly goOn: () => boolean
}

export const hasFewSignals = ({ nodes }: NetworkBandProblem): boolean => nodes.length <= MOST_SIGNALS

/** The boxes, those lowered that the solver was done with. Ends at the first that it fails on: the others cannot lower the greatest. */
export function lowerByLoops(problem: NetworkBandProblem, boxes: readonly CycleBoxBound[], value: number, { solver, limits, goOn }: LoopEffort): CycleBoxBound[] {
  const lowered = [...boxes]
  for (const share of CLAIMS) {
    const claim = value * (1 + share)
    const open = lowered.map((box, k) => ({ k, bound: boundOf(box) })).filter(({ bound }) => bound > claim + TOLERANCE).sort((a, b) => b.bound - a.bound)
    for (const { k } of open) {
      const box = lowered[k]
      const bound = goOn() ? boundByLoops(problem, box, claim, solver, limits()) : undefined
      if (bound === undefined || bound >= boundOf(box)) return lowered
      lowered[k] = { ...box, solver: { name: solver.name, bound } }
    }
  }
  return lowered
}

/** Undefined if the solver proves nothing. */
function boundByLoops(problem: NetworkBandProblem, box: CycleBoxBound, claim: number, solver: Solver, limits: SolveLimits): number | undefined {
  const model = loopsModel(problem, box, claim)
  if (model === undefined) return undefined
  if (model === 'impossible') return claim + TOLERANCE
  // With its presolve HiGHS 1.15 called a model infeasible that had a plan; without it none was seen to.
  const { status, bound } = solver.solve(model, { ...limits, relative_gap: CLAIMS[CLAIMS.length - 1], presolve: false })
  if (status === 'infeasible') return claim + TOLERANCE
  return status === 'optimal' || status === 'feasible' || status === 'limit' ? Math.max(claim, bound) + TOLERANCE : undefined
}
