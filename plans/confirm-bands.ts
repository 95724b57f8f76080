// A second opinion: the same bands as a MILP (MAXBAND, Little, Kelson and Gartner 1981) by another solver. The exact
// method's optimum and the solver's must agree; if they don't, nobody gets a plan.
import { GreenwaveError } from '../model/errors.ts'
import type { Direction } from '../model/plan.ts'
import type { BandProblem } from '../optimizer/bands/index.ts'
import { maxbandModel } from '../optimizer/bands/milp.ts'
import { loadHighsSolver } from '../optimizer/solver/highs.ts'
import { createJsLpSolver } from '../optimizer/solver/js-lp.ts'
import type { PlanOutcome } from './plan-scenario.ts'

/** Two solvers' optima closer than this share of the cycle are the same: their own feasibility tolerances are of this size. */
const AGREEMENT_CYCLES = 1e-5

const TIME_LIMIT_S = 60

/**
 * Solves the chosen candidate's band problem again. Adds what came out to the notes.
 * Throws band.unconfirmed where the optima differ or the solver proves nothing within a minute.
 */
export async function confirmBands(outcome: PlanOutcome, name: 'highs' | 'jslp'): Promise<void> {
  const { problem, real_optimum_s } = outcome.candidate
  if (problem.directions !== 'both') {
    outcome.notes.push(`The street is one-way: its band is the shortest green, which no solver needs to confirm.`)
    return
  }
  const solver = name === 'highs' ? await loadHighsSolver() : createJsLpSolver()
  const result = solver.solve(maxbandModel(problem).model, { time_limit_s: TIME_LIMIT_S })
  if (result.status !== 'optimal') {
    throw new GreenwaveError('band.unconfirmed', `${solver.name} did not prove the bands within ${TIME_LIMIT_S} s: ${result.status} ${result.message}`)
  }
  const theirs = Math.max(result.objective * problem.cycle_s, ...oneWay(problem))
  if (Math.abs(theirs - real_optimum_s) > AGREEMENT_CYCLES * problem.cycle_s) {
    throw new GreenwaveError('band.unconfirmed', `${solver.name} finds bands of ${theirs.toFixed(4)} s, the exact method ${real_optimum_s.toFixed(4)} s`)
  }
  outcome.notes.push(`${solver.name} confirms the optimum of the bands, ${real_optimum_s.toFixed(3)} s before rounding to whole seconds.`)
}

/** A wave for one direction alone, which MAXBAND does not consider: it always threads both. */
function oneWay({ signals, division }: BandProblem): number[] {
  if (division.kind !== 'weighted') return []
  const shortest = (direction: Direction): number => Math.min(...signals.map(({ patterns }) =>
    Math.max(0, ...patterns.flatMap((pattern) => pattern[direction].map(({ length_s, clearance_s }) => length_s - clearance_s)))))
  return [division.outbound * shortest('outbound'), division.inbound * shortest('inbound')]
}
