// The busy periods of the built-in corridor give the results that stand beside it; the others are checked with the unit tests.
import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { expectedFile, planned, summary } from '../test/planned-scenario.ts'

describe('the built-in corridor', () => {
  it.each([['nanhu-avenue', 'holiday'], ['nanhu-avenue', 'peak']])('gives the expected plan and figures: %s, %s', async (name, period) => {
    const result = summary((await planned(name, period)).outcome)
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, expectedFile(name, period))
  }, 180_000)
})
