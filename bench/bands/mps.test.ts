import { describe, expect, test } from 'vitest'
import { ModelBuilder } from '../../optimizer/solver/builder.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import { maxbandModel } from '../../optimizer/bands/milp.ts'
import { syntheticArterial } from '../../optimizer/bands/instances/arterials.ts'
import { EXTERNALS, isInstalled, runExternal } from './external.ts'
import { mpsOf } from './mps.ts'

describe('the MPS file of a model', () => {
  test('negates the objective, writes ranges, and both bounds of every variable', () => {
    const model = new ModelBuilder()
    const x = model.add('x', 0, Number.POSITIVE_INFINITY, { objective: 2 })
    const m = model.add('m', -3, 4, { integer: true })
    model.row('range', -1, [[x, 1], [m, -2]], 5)
    model.row('least', 1, [[x, 1], [m, 1]], Number.POSITIVE_INFINITY)
    expect(mpsOf(model.build()).split('\n')).toEqual([
      'NAME bands', 'ROWS', ' N cost', ' L r0', ' G r1', 'COLUMNS', ' x cost -2', ' x r0 1', ' x r1 1', ' m r0 -2', ' m r1 1',
      'RHS', ' rhs r0 5', ' rhs r1 1', 'RANGES', ' range r0 6', 'BOUNDS', ' LO bound x 0', ' PL bound x', ' LI bound m -3', ' UI bound m 4',
      'ENDATA', '',
    ])
  })

  test.each(EXTERNALS.map((external) => [external.name, external] as const))('means the same to %s as to HiGHS', async (_, external) => {
    if (!isInstalled(external)) return
    const { model } = maxbandModel(syntheticArterial(6, 1), { cycle_min_s: 80, cycle_max_s: 140 })
    const own = (await loadHighsSolver()).solve(model)
    const { result, cpu_s } = runExternal(external, model, 30)
    expect(result.status).toBe('optimal')
    expect(result.objective).toBeCloseTo(own.objective, 6)
    expect(cpu_s).toBeGreaterThanOrEqual(0)
  })
})
