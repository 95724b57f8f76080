// The built-in scenarios give the results that stand beside them. Few runs and a short choice: this guards against
// change, the comparison with SUMO and HCM stands elsewhere.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { reportInput } from '../cli/plan-files.ts'
import type { Scenario } from '../model/scenario.ts'
import { planReport } from '../reports/plan-report.ts'
import { expectGolden } from '../test/golden.ts'
import { expectedFile, planned, summary } from '../test/planned-scenario.ts'
import type { PlanOutcome } from './plan-scenario.ts'

/** The report's own diagram. */
function pictureOf(outcome: PlanOutcome, scenario: Scenario): string {
  const svg = /<svg[^>]*class="time-space"[\s\S]*?<\/svg>/.exec(planReport(reportInput(outcome, scenario, 'metric')))
  return `${svg![0]}\n`
}

describe('the built-in scenarios', () => {
  it.each([['nanhu-avenue', 'off-peak'], ['nanhu-avenue', 'holiday'], ['nanhu-avenue', 'peak'], ['textbook-arterial', 'day']])('give the expected plan and figures: %s, %s', async (name, period) => {
    const result = summary((await planned(name, period)).outcome)
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, expectedFile(name, period))
  }, 180_000)

  it('give the README its picture', async () => {
    const { outcome, scenario } = await planned('nanhu-avenue', 'off-peak')
    expectGolden(pictureOf(outcome, scenario), pathToFileURL(join(import.meta.dirname, '..', 'docs', 'nanhu-avenue.svg')))
  }, 120_000)
})
