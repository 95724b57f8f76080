// The public networks of the samples folder, with their own vehicles and programs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import type { Scenario } from '../../model/scenario.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { tripBuilder, vehicleTypes } from '../../simulation/demand/index.ts'
import type { CheckCase } from './check-case.ts'
import { comparedPlan } from './plans.ts'

/** Configuration and network in the samples folder. */
const FILES: Readonly<Record<string, readonly [config: string, net: string]>> = {
  'cologne1': ['cologne1/cologne1.sumocfg', 'cologne1/cologne1.net.xml'],
  'cologne3': ['cologne3/cologne3.sumocfg', 'cologne3/cologne3.net.xml'],
  'ingolstadt1': ['ingolstadt1/ingolstadt1.sumocfg', 'ingolstadt1/ingolstadt1.net.xml'],
  'bologna-acosta': ['bologna-acosta/run.sumocfg', 'bologna-acosta/acosta_buslanes.net.xml'],
  'bologna-pasubio': ['bologna-pasubio/run.sumocfg', 'bologna-pasubio/pasubio_buslanes.net.xml'],
}

export const PUBLIC_NETS = Object.keys(FILES)

/** Undefined where the samples are absent. */
export async function publicCase(name: string, data: string): Promise<CheckCase | undefined> {
  const [config, net] = FILES[name] ?? []
  if (config === undefined || net === undefined || !existsSync(join(data, config))) return undefined
  const { scenario } = await importSumo(join(data, config))
  return caseFromScenario(name, join(data, net), scenario)
}

/** A case of a scenario that was imported from `net` and has vehicles. */
export function caseFromScenario(name: string, net: string, scenario: Scenario): CheckCase {
  const { network, demand, timing } = scenario
  const from_s = Math.floor(demand.vehicles.depart_s[0] ?? 0)
  const until_s = (demand.vehicles.depart_s.at(-1) ?? 0) + 1
  const running = [...runningPatterns(timing, from_s).values()]
  return {
    name, net, network, vehicle_types: vehicleTypes(demand), from_s, until_s,
    trips: tripBuilder(new RoadGraph(network), demand, { from_s, until_s }),
    plans: [{ name: 'running', patterns: running }, comparedPlan(network, running, scenario.scenario.corridors[0])],
  }
}
