import { describe, expect, test } from 'vitest'
import { loadHighsSolver } from '../solver/highs.ts'
import { createJsLpSolver } from '../solver/js-lp.ts'
import { problemAtCycle } from '../bands/cycle-range.ts'
import { syntheticArterial, withoutClearance } from '../bands/instances/arterials.ts'
import { checkLinkBands } from './checker.ts'
import { multibandModel, readMultiband } from './multiband.ts'
import { volumeWeights } from './weights.ts'

const highs = loadHighsSolver()
const CYCLES = { cycle_min_s: 80, cycle_max_s: 140 }
const WEIGHTS = { saturation_vph: 1800, power: 1, ratios: true }

describe('MULTIBAND', () => {
  test.each([[6, 0.524017], [10, 0.428549]])('of the synthetic arterial of %i signals is worth %f, checked link by link', async (n, value) => {
    const arterial = syntheticArterial(n, 1)
    const problem = withoutClearance(arterial)
    const weights = volumeWeights(arterial.volumes_vph, WEIGHTS)
    const layout = multibandModel(problem, weights, CYCLES)
    const { status, objective, values } = (await highs).solve(layout.model)
    expect(status).toBe('optimal')
    expect(objective).toBeCloseTo(value, 6)
    const answer = readMultiband(problem, layout, values)
    const checked = checkLinkBands(problemAtCycle(problem, answer.cycle_s), answer, answer.lines_s)
    for (const direction of ['outbound', 'inbound'] as const) {
      answer.bands_s[direction].forEach((claimed, i) => expect(checked[direction][i]).toBeGreaterThan(claimed - 1e-6 * answer.cycle_s))
    }
  })

  test('is the same to javascript-lp-solver, and smaller where queues must clear first', () => {
    const arterial = syntheticArterial(6, 1)
    const weights = volumeWeights(arterial.volumes_vph, WEIGHTS)
    const solver = createJsLpSolver()
    const free = solver.solve(multibandModel(withoutClearance(arterial), weights, CYCLES).model)
    const held = solver.solve(multibandModel(arterial, weights, CYCLES).model)
    expect(free.objective).toBeCloseTo(0.524017, 6)
    expect(held.objective).toBeCloseTo(0.517373, 6)
  })

  test('takes link bands wider than the one band of the whole arterial', () => {
    const arterial = syntheticArterial(6, 1)
    const weights = arterial.links.map(() => ({ outbound: 1, inbound: 1 }))
    const { objective } = createJsLpSolver().solve(multibandModel(arterial, weights, CYCLES).model)
    expect(objective).toBeGreaterThan(0.788089)
  })

  test('refuses weights for another number of links', () => {
    expect(() => multibandModel(syntheticArterial(6, 1), [], CYCLES)).toThrow('5 links need as many weights, got 0')
  })
})
