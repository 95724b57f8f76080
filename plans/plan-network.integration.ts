// New cycles promise more in the network model than drivers gain from them; which of many plans they gain from, the simulation says.
import { describe, expect, it } from 'vitest'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import { sharedData, sharedDataNote } from '../test/shared-data.ts'
import { planNetworkScenario } from './plan-network.ts'

const net = sharedData('sumo/cologne3/cologne3.sumocfg')

describe.skipIf(net === undefined)(`a network plan${sharedDataNote}`, () => {
  it('is the one that the simulation prefers, and not worse than what runs', async () => {
    const { scenario } = await importSumo(net!)
    const request = { scenario, scenario_name: 'cologne3', options: {}, seed: 1, version: 'test', inputs: {} }
    const [unseen, seen] = [await planNetworkScenario({ ...request, runs: 0 }), await planNetworkScenario({ ...request, runs: 2 })]
    expect(unseen.plan.cycle_s).toBeLessThan(90)
    expect(seen.plan.intersections.map(({ cycle_s }) => cycle_s)).not.toEqual(unseen.plan.intersections.map(({ cycle_s }) => cycle_s))
    expect(seen.notes[0]).toMatch(/were chosen by simulation out of \d+ plans/)
    expect(seen.simulation?.differences.find(({ measure }) => measure === 'delay_s')?.verdict).not.toBe('worse')
    expect(seen.warnings).toEqual([])
    // Its programs are stages: which may follow which, no source tells.
    expect(unseen.result.orders).toEqual({ open: 0, searched: true, changes: [] })
  })
})
