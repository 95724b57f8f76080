import { describe, expect, it } from 'vitest'
import type { SignalControl } from '../model/control.ts'
import type { Scenario } from '../model/scenario.ts'
import { importStreet, routesWith } from '../adapters/formats/sumo/fixtures/street.ts'
import { planNetworkScenario } from './plan-network.ts'

const TRAFFIC = '<flow id="e" begin="0" end="900" vehsPerHour="500" from="W-A" to="B-E"/><flow id="n" begin="0" end="900" vehsPerHour="120" from="W-A" to="A-An"/>'

async function streetWhere(isActuated: (place: number) => boolean): Promise<Scenario> {
  const { scenario } = await importStreet({ routes: [routesWith(TRAFFIC)] })
  const control = scenario.network.signals.filter((_, i) => isActuated(i)).map(({ id }): SignalControl => ({ signal: id, type: 'actuated' }))
  return { ...scenario, timing: { ...scenario.timing, control } }
}

const plan = (scenario: Scenario) => planNetworkScenario({ scenario, scenario_name: 'street', options: { cycle_min_s: 50, cycle_max_s: 60 }, runs: 0, seed: 1, version: 'test', inputs: {} })

describe('signals that run actuated and free', () => {
  it('keep what they have beside others that run a cycle', async () => {
    const scenario = await streetWhere((place) => place === 0)
    const { plan: { intersections }, result, notes } = await plan(scenario)
    expect(result.kept).toContain(scenario.network.signals[0]?.id)
    expect(intersections.map(({ id }) => id)).not.toContain(scenario.network.signals[0]?.id)
    expect(notes.join('\n')).toContain('keep the timing they have')
  })

  it('are planned at fixed times where everybody runs so, and the plan says it', async () => {
    const { plan: { intersections, provenance }, result } = await plan(await streetWhere(() => true))
    const { plan: fixed } = await plan(await streetWhere(() => false))
    expect(result.kept).toEqual([])
    expect(intersections).toEqual(fixed.intersections)
    expect(provenance.assumptions.join('\n')).toContain('All signals run actuated')
    expect(provenance.assumptions.join('\n')).not.toContain('Before and after both run as fixed time')
  })
})
