// The general solver that proves bands of single links and of networks: loaded once, and only for who asks for such bands.
import type { CorridorPlanInput } from '../optimizer/corridor/index.ts'
import { loadHighsSolver } from '../optimizer/solver/highs.ts'
import type { Solver } from '../optimizer/solver/solver.ts'

let loaded: Promise<Solver> | undefined

export const proofSolver = (): Promise<Solver> => (loaded ??= loadHighsSolver())

/** The input with the solver that its objective needs. */
export async function withSolver(input: CorridorPlanInput): Promise<CorridorPlanInput> {
  if (input.options?.objective !== 'multiband') return input
  return { ...input, solver: await proofSolver() }
}
