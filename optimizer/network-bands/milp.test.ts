import { describe, expect, it } from 'vitest'
import { loadHighsSolver } from '../solver/highs.ts'
import { gridNetwork } from './instances.ts'
import { networkModel, settingOfAnswer } from './milp.ts'
import { planOfSetting } from './plan.ts'
import { networkAtCycle, solveNetworkBandRange, verifyNetworkPlan } from './index.ts'

describe('the network as a mixed-integer model', () => {
  it('has an optimum between our plan and our bound, and its offsets carry what it claims', async () => {
    const solver = await loadHighsSolver()
    const range = { cycle_min_s: 84, cycle_max_s: 88 }
    const problem = gridNetwork(1, { rows: 2, columns: 2, speed_share: 0.05, lefts: false, blocks: 'bent' })
    const layout = networkModel(problem, range)
    const { status, objective, values } = solver.solve(layout.model)
    expect(status).toBe('optimal')
    const { certificate } = solveNetworkBandRange(problem, range, { sweeps: 60, restarts: 1, solver })
    expect(objective).toBeGreaterThanOrEqual(certificate.value - 5e-3)
    expect(objective).toBeLessThanOrEqual(certificate.bound + 1e-6)
    const { cycle_s, setting } = settingOfAnswer(layout, values)
    const at = networkAtCycle(problem, cycle_s)
    expect(verifyNetworkPlan(at, planOfSetting(at, setting)) / cycle_s).toBeGreaterThanOrEqual(objective - 1e-5)
    expect(certificate.value).toBeGreaterThanOrEqual(0.97 * objective)
  })
})
