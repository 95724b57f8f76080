// The general solver that proves the bands of single links: loaded once, and only for who asks for such bands.
import type { CorridorPlanInput } from '../optimizer/corridor/index.ts'
import { loadHighsSolver } from '../optimizer/solver/highs.ts'
import type { Solver } from '../optimizer/solver/solver.ts'

let loaded: Promise<Solver> | undefined

/** The input with the solver that its objective needs. */
export async function withSolver(input: CorridorPlanInput): Promise<CorridorPlanInput> {
  if (input.options?.objective !== 'multiband') return input
  loaded ??= loadHighsSolver()
  return { ...input, solver: await loaded }
}
