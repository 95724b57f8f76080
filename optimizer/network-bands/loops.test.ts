import { describe, expect, it } from 'vitest'
import { runsOf } from '../../test/runs.ts'
import { loadHighsSolver } from '../solver/highs.ts'
import { boundOverRange, sumOf } from './bound.ts'
import { networkAtCycle, solveNetworkBandRange, solveNetworkBands, verifyNetworkCertificate, verifyNetworkPlan } from './index.ts'
import { gridNetwork } from './instances.ts'
import { lowerByLoops } from './loop-bound.ts'
import { loopsModel } from './loops.ts'
import type { NetworkBandCertificate } from './problem.ts'

const highs = await loadHighsSolver()
const RANGE = { cycle_min_s: 90, cycle_max_s: 90 }
const grid = (seed: number) => gridNetwork(seed, { rows: 2, columns: 2, speed_share: 0.02, lefts: seed % 2 === 0, blocks: 'bent' })

describe('the bound with loops', () => {
  it('is never below a plan that the search finds, nor above the arteries alone', () => {
    let lower = 0
    for (let seed = 1; seed <= runsOf(6); seed++) {
      const problem = grid(seed)
      const found = solveNetworkBands(networkAtCycle(problem, 90), { sweeps: 200 }).certificate.value / 90
      const [box] = boundOverRange(problem, { cycle_min_s: 90, cycle_max_s: 90 }).boxes
      const model = loopsModel(problem, box!, found - 1e-3)
      if (typeof model !== 'object') throw new Error(`no model: ${model}`)
      const { status, bound } = highs.solve(model, { presolve: false })
      expect(status).toBe('optimal')
      expect(bound).toBeGreaterThanOrEqual(found - 1e-6)
      expect(bound).toBeLessThanOrEqual(sumOf(box!.arteries) + 1e-6)
      if (bound < sumOf(box!.arteries) - 1e-3) lower++
    }
    expect(lower).toBeGreaterThan(0)
  })

  it('knows a direction that is left out, where one green is as wide as both bands', () => {
    const problem = gridNetwork(3, { rows: 2, columns: 2, speed_share: 0, lefts: false, blocks: 'bent' })
    const heavy = { ...problem, arteries: problem.arteries.map((artery) => ({ ...artery, weights: { outbound: 1, inbound: 0.05 } })) }
    const found = solveNetworkBands(networkAtCycle(heavy, 90), { sweeps: 200 }).certificate.value / 90
    const [box] = boundOverRange(heavy, { cycle_min_s: 90, cycle_max_s: 90 }).boxes
    const model = loopsModel(heavy, box!, found - 1e-3)
    expect(typeof model).toBe('object')
    expect(highs.solve(model as Exclude<typeof model, string | undefined>, { presolve: false }).bound).toBeGreaterThanOrEqual(found - 1e-6)
  })

  it('goes into a certificate that names the solver and that the checker refuses with less', () => {
    const problem = grid(5)
    let asked = 0
    const { plan, certificate } = solveNetworkBandRange(problem, RANGE, { solver: highs, spent: () => Math.min(1, asked++ / 400), solver_limits: () => ({}) })
    const value = verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), plan) / plan.cycle_s
    verifyNetworkCertificate(problem, certificate, value, RANGE)
    const alone = boundOverRange(problem, RANGE).boxes
    expect(certificate.bound).toBeLessThan(Math.max(...alone.map(({ arteries }) => sumOf(arteries))) - 0.05)
    expect(certificate.boxes.some(({ solver }) => solver?.name === 'HiGHS')).toBe(true)
    const unsaid = { ...certificate, boxes: certificate.boxes.map(({ cycle_min_s, cycle_max_s, arteries }) => ({ cycle_min_s, cycle_max_s, arteries })) }
    expect(() => verifyNetworkCertificate(problem, unsaid, value, RANGE)).toThrow(/does not follow/)
  })

  it('is that of a fixed cycle, too, in seconds', () => {
    const problem = networkAtCycle(grid(5), 90)
    const { plan, certificate } = solveNetworkBands(problem, { sweeps: 200, solver: highs, solver_limits: () => ({}) })
    const value = verifyNetworkPlan(problem, plan)
    verifyNetworkCertificate(problem, certificate, value, RANGE)
    const [{ arteries, solver }] = certificate.boxes as [NetworkBandCertificate['boxes'][0]]
    expect(solver?.name).toBe('HiGHS')
    expect(certificate.bound).toBeLessThan(sumOf(arteries) - 0.05 * 90)
    expect(certificate.bound).toBeGreaterThanOrEqual(value - 1e-6)
    expect(certificate.gap_share).toBeLessThan(0.02)
    const alone = solveNetworkBands(problem, { sweeps: 200, solver: highs }).certificate
    expect(alone.value).toBe(certificate.value)
    expect(alone.boxes[0]!.solver).toBeUndefined()
  })

  it('stays that of the arteries where the solver proves nothing or no time is left', () => {
    const problem = grid(5)
    const { boxes } = boundOverRange(problem, RANGE)
    const idle = { ...highs, solve: () => ({ status: 'limit' as const, objective: Number.NaN, bound: Number.POSITIVE_INFINITY, values: [], message: '' }) }
    expect(lowerByLoops(problem, boxes, 1, { solver: idle, limits: () => ({}), goOn: () => true })).toEqual(boxes)
    expect(lowerByLoops(problem, boxes, 1, { solver: highs, limits: () => ({}), goOn: () => false })).toEqual(boxes)
  })
})
