// The built-in scenarios give the results that stand beside them. Few runs and a short choice: this guards against
// change, the comparison with SUMO and HCM stands elsewhere.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { expectGolden } from '../test/golden.ts'
import { reportInput } from '../cli/plan-files.ts'
import type { Scenario } from '../model/scenario.ts'
import { planReport } from '../reports/plan-report.ts'
import { expectedFile, planned, summary } from '../test/planned-scenario.ts'
import { planScenario, type PlanOutcome } from './plan-scenario.ts'

/** The report's own diagram. */
function pictureOf(outcome: PlanOutcome, scenario: Scenario): string {
  const svg = /<svg[^>]*class="time-space"[\s\S]*?<\/svg>/.exec(planReport(reportInput(outcome, scenario, 'metric')))
  return `${svg![0]}\n`
}

describe('the built-in scenarios', () => {
  it('give the textbook its whole green in both directions', async () => {
    const { scenario, hashes } = await readScenario(join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial'))
    const { plan } = await planScenario({
      scenario, scenario_name: 'textbook', options: { objective: 'band', cycle_min_s: 80, cycle_max_s: 80, queue_clearance: false }, runs: 0, seed: 1, version: 'test', inputs: hashes,
    })
    const greens = plan.intersections.map(({ signal_groups }) => signal_groups.find(({ id }) => id === '2')!.green_windows_s[0]!).map(([start, end]) => end - start)
    for (const { width_s } of plan.bands) expect(width_s).toBeCloseTo(Math.min(...greens), 6)
  })

  it.each([['nanhu-avenue', 'off-peak']])('give the expected plan and figures: %s, %s', async (name, period) => {
    const { outcome } = await planned(name, period)
    const result = summary(outcome)
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, expectedFile(name, period))
  }, 120_000)

  it('give the README its picture', async () => {
    const { outcome, scenario } = await planned('nanhu-avenue', 'off-peak')
    expectGolden(pictureOf(outcome, scenario), pathToFileURL(join(import.meta.dirname, '..', 'docs', 'nanhu-avenue.svg')))
  }, 120_000)
})
