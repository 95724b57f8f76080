// The same street, trips and plans in SUMO: exports everything, builds the net where it did not come from SUMO, and
// runs both plans there. For integration tests and for looking at by hand.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportSumoNetwork, exportSumoPatterns, exportSumoRoutes } from '../adapters/formats/sumo/index.ts'
import type { Network } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { inTemporaryFolder, runNetconvert, runSumo, type SumoResult } from './sumo.ts'

export interface CrossCheck {
  scenario: Scenario
  /** The plans to run, by name. */
  plans: Record<string, ReadonlyMap<SignalId, Pattern>>
  from_s: number
  until_s: number
  period?: { start_s: number; end_s: number }
  seeds: readonly number[]
  model?: 'krauss' | 'idm'
  step_s?: number
  /** The net as it was imported; without it one is built by netconvert. */
  net?: string
}

/** Runs every plan with every seed; the trips of a seed are those of our own simulation. */
export async function crossCheck({ scenario, plans, from_s, until_s, period, seeds, model = 'idm', step_s = 0.5, net }: CrossCheck): Promise<Record<string, SumoResult[]>> {
  return inTemporaryFolder(async (folder) => {
    const graph = new RoadGraph(scenario.network)
    const first = Object.values(plans)[0]
    const built = net === undefined ? exportSumoNetwork(scenario.network, { patterns: [...(first?.values() ?? [])] }) : undefined
    const netPath = net ?? join(folder, 'built.net.xml')
    if (built !== undefined) await writeFile(netPath, (await runNetconvert(built.files, built.options)).net)
    const network: Network = built?.network ?? scenario.network
    const types = vehicleTypes(scenario.demand)
    const results: Record<string, SumoResult[]> = {}
    for (const seed of seeds) {
      const trips = buildTrips(graph, scenario.demand, { seed, from_s, until_s, ...(period === undefined ? {} : { period }) })
      const routes = join(folder, `trips-${seed}.rou.xml`)
      await writeFile(routes, exportSumoRoutes(network, trips, types, { model, ...(built === undefined ? {} : { edges: built.edges }) }))
      for (const [name, patterns] of Object.entries(plans)) {
        const additional = join(folder, `${name}.add.xml`)
        await writeFile(additional, exportSumoPatterns(network, [...patterns.values()], name.replaceAll(/\W/g, '-')))
        const run = await runSumo({ net: netPath, routes: [routes], additional: [additional], begin: from_s, seed, options: ['--step-length', String(step_s), '--end', String(until_s + 3600)] })
        results[name] = [...(results[name] ?? []), run]
      }
    }
    return results
  })
}
