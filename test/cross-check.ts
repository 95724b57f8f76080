// The same street, trips and plans in SUMO: exports everything, builds the net where it did not come from SUMO, and
// drives plans there. For integration tests and for looking at by hand.
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { exportSumoNetwork, exportSumoPatterns, exportSumoRoutes } from '../adapters/formats/sumo/index.ts'
import { inParallel } from '../bench/sumo/pool.ts'
import type { Network } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { inTemporaryFolder, runNetconvert, runSumo, type SumoResult } from './sumo.ts'

export type Plan = ReadonlyMap<SignalId, Pattern>

export interface CrossCheck {
  scenario: Scenario
  /** The plan that the net is built with, where it is built. */
  running: Plan
  from_s: number
  until_s: number
  period?: { start_s: number; end_s: number }
  seeds: readonly number[]
  model?: 'krauss' | 'idm'
  step_s?: number
  /** The net as it was imported; without it one is built by netconvert. */
  net?: string
}

/** Runs a plan with every seed, as many runs at a time as there are cores. Results in the order of the seeds. */
export type DriveSumo = (name: string, plan: Plan) => Promise<SumoResult[]>

/** Works with the street made ready in SUMO; the trips of a seed are those of our own simulation. */
export async function crossCheck<T>({ scenario, running, from_s, until_s, period, seeds, model = 'idm', step_s = 0.5, net }: CrossCheck, work: (drive: DriveSumo) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const graph = new RoadGraph(scenario.network)
    const built = net === undefined ? exportSumoNetwork(scenario.network, { patterns: [...running.values()] }) : undefined
    const netPath = net ?? join(folder, 'built.net.xml')
    if (built !== undefined) await writeFile(netPath, (await runNetconvert(built.files, built.options)).net)
    const network: Network = built?.network ?? scenario.network
    const types = vehicleTypes(scenario.demand)
    const routes = (seed: number): string => join(folder, `trips-${seed}.rou.xml`)
    for (const seed of seeds) {
      const trips = buildTrips(graph, scenario.demand, { seed, from_s, until_s, ...(period === undefined ? {} : { period }) })
      await writeFile(routes(seed), exportSumoRoutes(network, trips, types, { model, ...(built === undefined ? {} : { edges: built.edges }) }))
    }
    return work(async (name, plan) => {
      const additional = join(folder, `${name}.add.xml`)
      await writeFile(additional, exportSumoPatterns(network, [...plan.values()], name.replaceAll(/\W/g, '-')))
      return inParallel(seeds, availableParallelism(), (seed) =>
        runSumo({ net: netPath, routes: [routes(seed)], additional: [additional], begin: from_s, seed, options: ['--step-length', String(step_s), '--end', String(until_s + 3600)] }))
    })
  })
}
