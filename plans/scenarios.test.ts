// The built-in textbook gives what the textbook says; what the built-in avenue gives is checked with the integration tests.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { planScenario } from './plan-scenario.ts'

it('the textbook arterial is given its whole green in both directions', async () => {
  const { scenario, hashes } = await readScenario(join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial'))
  const { plan } = await planScenario({
    scenario, scenario_name: 'textbook', options: { objective: 'band', cycle_min_s: 80, cycle_max_s: 80, queue_clearance: false }, runs: 0, seed: 1, version: 'test', inputs: hashes,
  })
  const greens = plan.intersections.map(({ signal_groups }) => signal_groups.find(({ id }) => id === '2')!.green_windows_s[0]!).map(([start, end]) => end - start)
  for (const { width_s } of plan.bands) expect(width_s).toBeCloseTo(Math.min(...greens), 6)
})
