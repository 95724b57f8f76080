// The built-in scenarios give the results that stand beside them. Few runs and a short choice: this guards against
// change, the comparison with SUMO and HCM stands elsewhere.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { expectGolden } from '../test/golden.ts'
import { planScenario } from './plan-scenario.ts'

const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

async function summary(name: string, period: string, objective: 'band' | 'auto'): Promise<Record<string, unknown>> {
  const { scenario, hashes } = await readScenario(join(import.meta.dirname, '..', 'scenarios', name))
  const { plan, simulation } = await planScenario({ scenario, scenario_name: name, period, options: { objective }, runs: 1, seed: 1, version: 'test', inputs: hashes })
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
    period, objective, cycle_s: plan.cycle_s,
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
    const result = await summary(name, period, 'auto')
    for (const figures of [result.before, result.after]) expect(figures).toMatchObject({ gridlocked_runs: 0, completed_share: 1 })
    expectGolden(`${JSON.stringify(result, null, 2)}\n`, pathToFileURL(join(import.meta.dirname, '..', 'scenarios', name, `expected-${period}.json`)))
  }, 120_000)
})
