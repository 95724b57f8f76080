// The public networks in the microsimulation: everybody arrives, nothing locks, and no rule of the road is broken.
import { describe, expect, it } from 'vitest'
import { importCityflow } from '../adapters/formats/cityflow/index.ts'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import { compileSignal } from '../model/compile.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { createRun, prepareNetwork, type FollowingModel, type Run } from '../simulation/index.ts'
import { none, runChecked } from '../simulation/testing/invariants.ts'
import { sharedData, sharedDataNote } from './shared-data.ts'

async function runOf(config: string, seed: number, model: FollowingModel): Promise<Run> {
  const flow = config.replace('roadnet_', '')
  const { scenario: { network, demand, timing } } = flow === config ? await importSumo(config) : await importCityflow(config, { routes: [flow] })
  const from_s = Math.floor(demand.vehicles.depart_s[0] ?? 0)
  const until_s = (demand.vehicles.depart_s.at(-1) ?? 0) + 1
  const trips = buildTrips(new RoadGraph(network), demand, { seed, from_s, until_s })
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const signals = timing.plans[0]!.patterns.map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern))
  const options = { seed, step_s: 0.5, model, start_s: from_s, measure_from_s: from_s, measure_until_s: until_s, stop_at_s: until_s + 7200 }
  return createRun(prepareNetwork(network), { network, signals, trips, vehicle_types: vehicleTypes(demand), options })
}

const nets = [
  ['cologne1', 'sumo/cologne1/cologne1.sumocfg'],
  ['cologne3', 'sumo/cologne3/cologne3.sumocfg'],
  ['ingolstadt1', 'sumo/ingolstadt1/ingolstadt1.sumocfg'],
  ['bologna-acosta', 'sumo/bologna-acosta/run.sumocfg'],
  ['bologna-pasubio', 'sumo/bologna-pasubio/run.sumocfg'],
  ['peachtree', 'peachtree/roadnet_atlanta.json'],
] as const

describe.skipIf(sharedDataNote !== '')(`the microsimulation of a public network${sharedDataNote}`, () => {
  it.each(nets.flatMap(([name, path]) => (['idm', 'krauss'] as const).map((model) => [name, model, path] as const)))('brings everybody through %s (%s) without a gridlock', async (_, model, path) => {
    const run = await runOf(sharedData(path)!, 1, model)
    while (run.step());
    const result = run.result()
    expect(result.gridlock).toBeUndefined()
    expect(result.completed / result.vehicles_demanded).toBeGreaterThanOrEqual(0.995)
    expect(result.completed + result.inside + result.waiting).toBe(result.vehicles_demanded)
    expect(result.missed_turns / result.vehicles_demanded).toBeLessThan(0.01)
  })

  it.each([10, 12])('lets vehicles out that stand behind two opposing left turns in shared lanes (cologne3, seed %i)', async (seed) => {
    const run = await runOf(sharedData('sumo/cologne3/cologne3.sumocfg')!, seed, 'idm')
    while (run.step());
    expect(run.result().gridlock).toBeUndefined()
  })

  it('breaks no rule of the road on cologne3', async () => {
    expect(runChecked(await runOf(sharedData('sumo/cologne3/cologne3.sumocfg')!, 2, 'idm'))).toEqual(none)
  })
})
