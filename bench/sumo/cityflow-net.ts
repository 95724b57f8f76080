// Peachtree Street, Atlanta, which comes as a CityFlow network: imported, exported to SUMO, built and read back.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { importCityflow } from '../../adapters/formats/cityflow/index.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { tripBuilder, vehicleTypes } from '../../simulation/demand/index.ts'
import { builtNet } from './corridors.ts'
import type { CheckCase } from './check-case.ts'
import { comparedPlan } from './plans.ts'

export const CITYFLOW_NETS = ['peachtree']

/** Undefined where the samples are absent; they lie beside the folder of SUMO nets or in it. */
export async function cityflowCase(name: string, data: string, folder: string): Promise<CheckCase | undefined> {
  const home = [join(data, name), join(data, '..', name)].find((path) => existsSync(join(path, 'roadnet_atlanta.json')))
  if (home === undefined) return undefined
  const { scenario } = await importCityflow(join(home, 'roadnet_atlanta.json'), { routes: [join(home, 'atlanta.json')] })
  const { demand } = scenario
  const from_s = Math.floor(demand.vehicles.depart_s[0] ?? 0)
  const until_s = (demand.vehicles.depart_s.at(-1) ?? 0) + 1
  const trips = tripBuilder(new RoadGraph(scenario.network), demand, { from_s, until_s })
  const { net, network, running, translate } = await builtNet(scenario.network, [...runningPatterns(scenario.timing, from_s).values()], name, folder)
  return {
    name, net, network, vehicle_types: vehicleTypes(demand), from_s, until_s,
    trips: (seed) => trips(seed).map((trip) => ({ ...trip, links: translate(trip.links) })),
    plans: [{ name: 'running', patterns: running }, comparedPlan(network, running, undefined)],
  }
}
