import { expect, test } from 'vitest'
import { loadHighsSolver } from '../solver/highs.ts'
import { checkBands } from './checker.ts'
import { bandBound, type BandDivision, type BandProblem, EQUAL_BANDS, FREE_DIVISION, feasibleAtLeast, solveBands } from './index.ts'
import { randomCorridor } from './instances/corridors.ts'
import { maxbandModel } from './milp.ts'
import { planOfAnswer, startOfPlan } from './milp-answer.ts'
import { runsOf } from '../../test/runs.ts'
import { findViolation, objectiveAt } from '../solver/solver.ts'

const highs = loadHighsSolver()
const DIVISIONS: readonly BandDivision[] = [
  EQUAL_BANDS,
  FREE_DIVISION,
  { kind: 'ratio', inbound_per_outbound: 0.6 },
  { kind: 'weighted', outbound: 1, inbound: 1.7 },
]

/** Arterials of 3 to 8 signals; every fifth with greens that come twice. */
const CASES = Array.from({ length: runsOf(216) }, (_, k) => {
  const shape = {
    cycle_s: 70 + ((k * 7) % 60),
    division: DIVISIONS[k % 4],
    patterns: 1 + (k % 4),
    speed_share: [0, 0.05, 0.1][k % 3],
    double_green_share: k % 5 === 0 ? 0.4 : 0,
  }
  return randomCorridor(3 + (k % 6), k, shape)
})

test.each([0, 1, 2, 3])('ring-reach, HiGHS and the checker agree on random arterials (%i of 4)', async (part) => {
  expect.hasAssertions()
  const solver = await highs
  for (const problem of CASES.filter((_, k) => k % 4 === part)) expectAgreement(problem, solver)
})

function expectAgreement(problem: BandProblem, solver: Awaited<typeof highs>): void {
  const { cycle_s } = problem
  const exact = bandBound(problem) / cycle_s
  const layout = maxbandModel(problem)
  const { status, objective, values } = solver.solve(layout.model)
  // MAXBAND threads both directions, so a one-way plan may beat it; ring-reach compares the two.
  const oneWay = solveBands({ ...problem, directions: 'outbound' }).certificate.real_optimum_s
  const otherWay = solveBands({ ...problem, directions: 'inbound' }).certificate.real_optimum_s
  const { division } = problem
  const alone = division.kind === 'ratio' ? 0 : Math.max(division.outbound * oneWay, division.inbound * otherWay) / cycle_s
  if (status === 'infeasible') {
    expect(exact).toBeCloseTo(alone, 6)
    return
  }
  expect(status).toBe('optimal')
  expect(Math.abs(exact - Math.max(alone, objective))).toBeLessThan(1e-6)
  expect(feasibleAtLeast(problem, (exact - 1e-7) * cycle_s)).toBe(true)
  expect(feasibleAtLeast(problem, (exact + 1e-6) * cycle_s)).toBe(false)
  const plan = planOfAnswer(problem, layout, values)
  const checked = checkBands(problem, plan)
  expect(checked.outbound.width_s).toBeGreaterThan(plan.outbound_s - 1e-6 * cycle_s)
  expect(checked.inbound.width_s).toBeGreaterThan(plan.inbound_s - 1e-6 * cycle_s)
  const real = solveBands({ ...problem, signals: problem.signals.map((signal) => ({ ...signal, offset_step_s: 0 })) })
  expect(real.certificate.gap_s).toBeLessThan(1e-6 * cycle_s)
  if (real.serves !== 'both') return
  const start = startOfPlan(problem, layout, real)
  expect(findViolation(layout.model, start)).toBeUndefined()
  expect(objectiveAt(layout.model, start)).toBeCloseTo(exact, 5)
}
