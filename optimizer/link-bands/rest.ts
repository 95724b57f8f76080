/**
 * The rest that prices leave open, as a MILP (multiband.ts) over the cycles in question. The plan in hand is a floor under
 * the objective: on 20 signals it takes the branching from 300 to 500 nodes down to 30 to 330. The bound of the prices as
 * a ceiling was tried as well and doubles them.
 */
import type { Model, Row, SolveLimits, Solver } from '../solver/solver.ts'
import { worthOf } from './answer.ts'
import { multibandModel, readMultiband } from './multiband.ts'
import type { LinkBandPlan, LinkBandProblem, SolverBound } from './problem.ts'

/** Signals up to which the branching ends in some seconds; of two streets with 24 one did not. */
export const MOST_SOLVED = 20

/** The solver meets rows to 1e-9 and the checker widths to 1e-6: a bound is trusted to this, cycles. */
const TOLERANCE = 1e-6

export interface Rest {
  readonly z_low: number
  readonly z_high: number
  /** What the best plan known is worth, cycles. */
  readonly least: number
  /** The proof may stop at this share of the value. */
  readonly gap_share: number
}

/** The solver's bound over the rest, infinite if it proves nothing, and its plan with what the checker says it is worth, if that finds no fault with it. */
export function solveRest(asked: LinkBandProblem, { z_low, z_high, least, gap_share }: Rest, solver: Solver, limits: SolveLimits): { bound: SolverBound; found: { plan: LinkBandPlan; value: number } | undefined } {
  const { problem, bands } = asked
  // The model takes the mean over links.
  const weights = bands.map((band) => ({ ...band, outbound: band.outbound * bands.length, inbound: band.inbound * bands.length }))
  const ranged = problem.cycle_s === 1
  const layout = multibandModel(problem, weights, ranged ? { cycle_min_s: 1 / z_high, cycle_max_s: 1 / z_low } : {})
  // Presolve saves nothing here, and HiGHS's has been wrong about such models (docs/decisions/0029).
  const result = solver.solve(withFloor(layout.model, least - TOLERANCE), { ...limits, relative_gap: gap_share / 2, presolve: false })
  const proves = result.status === 'optimal' || result.status === 'feasible' || result.status === 'limit'
  const bound = { name: solver.name, z_low, z_high, bound: proves ? result.bound + TOLERANCE : Number.POSITIVE_INFINITY }
  if (result.values.length === 0) return { bound, found: undefined }
  const claimed = readMultiband(problem, layout, result.values)
  const plan = { ...claimed, bands_s: worthOf(asked, claimed).bands_s }
  const { faults, value } = worthOf(asked, plan)
  return { bound, found: faults.length === 0 ? { plan, value } : undefined }
}

function withFloor({ variables, rows }: Model, floor: number): Model {
  const counted = variables.map((_, j) => j).filter((j) => variables[j]?.objective !== 0)
  const row: Row = { name: 'floor', lower: floor, upper: Number.POSITIVE_INFINITY, indices: counted, values: counted.map((j) => variables[j]?.objective ?? 0) }
  return { variables, rows: [...rows, row] }
}
