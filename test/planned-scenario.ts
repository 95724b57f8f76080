// Plans a built-in scenario once for all tests of a file, and says in short what came out.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import type { Scenario } from '../model/scenario.ts'
import { planScenario, type PlanOutcome } from '../plans/plan-scenario.ts'

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

interface Planned {
  outcome: PlanOutcome
  scenario: Scenario
}

const done = new Map<string, Promise<Planned>>()

/** Plans each scenario and period once for all tests. */
export function planned(name: string, period: string): Promise<Planned> {
  const key = `${name} ${period}`
  const known = done.get(key) ?? plan(name, period)
  done.set(key, known)
  return known
}

async function plan(name: string, period: string): Promise<Planned> {
  const { scenario, hashes } = await readScenario(join(import.meta.dirname, '..', 'scenarios', name))
  return { scenario, outcome: await planScenario({ scenario, scenario_name: name, period, options: {}, runs: 1, seed: 1, version: 'test', inputs: hashes }) }
}

export function summary({ plan, simulation }: PlanOutcome): Record<string, unknown> {
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

/** The file beside a scenario that says what its plan gives in a period. */
export const expectedFile = (name: string, period: string): URL => pathToFileURL(join(import.meta.dirname, '..', 'scenarios', name, `expected-${period}.json`))
