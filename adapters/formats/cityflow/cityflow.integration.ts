// Against SUMO itself: a street imported from CityFlow builds in netconvert, and everybody of its flows arrives there.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { buildTrips, vehicleTypes } from '../../../simulation/demand/index.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { hasSumo, inTemporaryFolder, runNetconvert, runSumo, sumoNote, type SumoResult } from '../../../test/sumo.ts'
import { exportSumoNetwork, exportSumoPatterns, exportSumoRoutes } from '../sumo/index.ts'
import { importCityflow } from './index.ts'
import { testFlow, testRoadnet } from './test-network.ts'

/** Exports net, routes and the running program, and runs them until everybody is through or two hours are over. */
async function inSumo({ network, demand, timing }: Scenario): Promise<SumoResult> {
  const patterns = timing.plans[0]?.patterns ?? []
  const built = exportSumoNetwork(network, { patterns })
  const { net } = await runNetconvert(built.files, built.options)
  const until_s = (demand.vehicles.depart_s.at(-1) ?? 0) + 1
  const trips = buildTrips(new RoadGraph(network), demand, { seed: 1, from_s: 0, until_s })
  return inTemporaryFolder(async (folder) => {
    const [netFile, routes, program] = [join(folder, 'street.net.xml'), join(folder, 'street.rou.xml'), join(folder, 'program.add.xml')]
    await writeFile(netFile, net)
    await writeFile(routes, exportSumoRoutes(built.network, trips, vehicleTypes(demand), { edges: built.edges }))
    await writeFile(program, exportSumoPatterns(built.network, patterns))
    return runSumo({ net: netFile, routes: [routes], additional: [program], begin: 0, end: until_s + 7200 })
  })
}

describe.skipIf(!hasSumo)(`a CityFlow street in SUMO${sumoNote}`, () => {
  it('of our own lets everybody through', () => inTemporaryFolder(async (folder) => {
    const [net, flow] = [join(folder, 'net.json'), join(folder, 'flow.json')]
    await writeFile(net, JSON.stringify(testRoadnet()))
    await writeFile(flow, JSON.stringify(testFlow()))
    const { scenario } = await importCityflow(net, { routes: [flow] })
    const { trips, teleports } = await inSumo(scenario)
    expect(trips).toHaveLength(33)
    expect(teleports).toBe(0)
  }))

  it.skipIf(sharedDataNote !== '')(`peachtree lets all 2,171 vehicles through${sharedDataNote}`, async () => {
    const { scenario } = await importCityflow(sharedData('peachtree/roadnet_atlanta.json') ?? '', { routes: [sharedData('peachtree/atlanta.json') ?? ''] })
    const { trips, teleports } = await inSumo(scenario)
    expect(trips).toHaveLength(2171)
    expect(teleports).toBe(0)
  })
})
