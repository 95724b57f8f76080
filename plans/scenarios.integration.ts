// The built-in scenarios give the results that stand beside them; the avenue off-peak is checked with the unit tests.
import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { expectedFile, planned, summary } from '../test/planned-scenario.ts'

describe('the built-in scenarios', () => {
  it.each([['nanhu-avenue', 'holiday'], ['nanhu-avenue', 'peak'], ['textbook-arterial', 'day']])('give the expected plan and figures: %s, %s', async (name, period) => {
    const result = summary((await planned(name, period)).outcome)
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, expectedFile(name, period))
  }, 180_000)
})
