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
import { planScenario, type PlanOutcome } from './plan-scenario.ts'

/** The report's own diagram. */
function pictureOf(outcome: PlanOutcome, scenario: Scenario): string {
  const svg = /<svg[^>]*class="time-space"[\s\S]*?<\/svg>/.exec(planReport(reportInput(outcome, scenario, 'metric')))
  return `${svg![0]}\n`
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

interface Planned {
  outcome: PlanOutcome
  scenario: Scenario
}

const done = new Map<string, Promise<Planned>>()

/** Plans each scenario and period once for all tests. */
function planned(name: string, period: string): Promise<Planned> {
  const key = `${name} ${period}`
  const known = done.get(key) ?? plan(name, period)
  done.set(key, known)
  return known
}

async function plan(name: string, period: string): Promise<Planned> {
  const { scenario, hashes } = await readScenario(join(import.meta.dirname, '..', 'scenarios', name))
  return { scenario, outcome: await planScenario({ scenario, scenario_name: name, period, options: {}, runs: 1, seed: 1, version: 'test', inputs: hashes }) }
}

function summary({ plan, simulation }: PlanOutcome): Record<string, unknown> {
  const figures = (evaluation: NonNullable<typeof simulation>['before']['evaluation']): Record<string, number> => ({
    gridlocked_runs: evaluation.gridlocked_runs,
    completed_share: round(evaluation.completed_share, 3),
    delay_s: round(evaluation.delay_s.mean),
    stops: round(evaluation.stops.mean, 2),
    outbound_stops: round(evaluation.corridor.outbound.stops.mean, 2),
    inbound_stops: round(evaluation.corridor.inbound.stops.mean, 2),
    outbound_share_at_most_one_stop: round(evaluation.corridor.outbound.share_at_most_one_stop.mean, 2),
    inbound_share_at_most_one_stop: round(evaluation.corridor.inbound.share_at_most_one_stop.mean, 2),
  })
  return {
    period: plan.period, chosen: plan.provenance.objective, cycle_s: plan.cycle_s,
    offsets_s: plan.intersections.map(({ offset_s }) => offset_s),
    bands_s: plan.bands.map(({ width_s }) => round(width_s, 2)),
    certificate: { value: round(plan.certificate.value, 3), bound: round(plan.certificate.bound, 3), proven: plan.certificate.proven },
    before: figures(simulation!.before.evaluation), after: figures(simulation!.after.evaluation),
  }
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

  it.each([['nanhu-avenue', 'off-peak'], ['nanhu-avenue', 'holiday'], ['nanhu-avenue', 'peak'], ['textbook-arterial', 'day']])('give the expected plan and figures: %s, %s', async (name, period) => {
    const { outcome } = await planned(name, period)
    const result = summary(outcome)
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, pathToFileURL(join(import.meta.dirname, '..', 'scenarios', name, `expected-${period}.json`)))
  }, 120_000)

  it('give the README its picture', async () => {
    const { outcome, scenario } = await planned('nanhu-avenue', 'off-peak')
    expectGolden(pictureOf(outcome, scenario), pathToFileURL(join(import.meta.dirname, '..', 'docs', 'nanhu-avenue.svg')))
  }, 120_000)
})
