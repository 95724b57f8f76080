// Treatments are tried before they are recommended.
import { expect, it, onTestFinished } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { diagnosePlaces, recommended } from './index.ts'
import { calmState, sure } from './testing.ts'

it('tries what it proposes with the same drivers and says what came of it', async () => {
  const { scenario } = await readScenario('scenarios/textbook-arterial')
  const pool = new SimulationPool()
  onTestFinished(() => pool.close())
  const state = calmState(scenario)
  const eastbound = scenario.network.movements.find(({ name, signal }) => name === 'EBT' && signal !== undefined)!
  const through = state.movements.find(({ movement }) => movement === eastbound.id)!
  Object.assign(through, { platoon_ratio: 0.4, arrival_on_green: sure(0.2), control_delay_s: sure(40) })
  const { places } = await diagnosePlaces({ scenario, state, period: resolvePeriod(scenario), runs: 2, seed: 1, places: 3, date: '2026-01-06', pool })
  const card = places.find(({ signal }) => signal === through.signal)!
  const finding = card.findings.find(({ cause }) => cause === 'offset')!
  expect(finding.trial!.runs).toBe(2)
  expect(finding.variant).toMatch(/^offset [+-]\d+ s$/)
  expect(finding.trial!.delay_s.value).not.toBeNull()
  expect(card.status).toBe('tried')
  for (const one of recommended(card)) expect(one.trial!.delay_s.high).toBeLessThan(0)
})
