// One job of a batch: a plan and a seed. What all jobs share is prepared once per thread.
import type { Demand } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'
import { tripBuilder, vehicleTypes } from '../demand/trips.ts'
import type { TimeSpan } from '../demand/volumes.ts'
import type { CorridorPaths, FollowingModel, Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import type { RunResult } from '../result.ts'
import { simulate } from '../simulate.ts'
import type { SimulationWindow } from './window.ts'

/** All that runs share; plain values, so that a worker can be given it. */
export interface Workload {
  network: Network
  demand: Demand
  period: TimeSpan
  growth: number
  plans: CompiledSignal[][]
  corridor?: CorridorPaths
  window: SimulationWindow
  model: FollowingModel
  step_s: Seconds
  /** Runs with this seed record the trajectories of corridor vehicles. */
  trajectories_of_seed?: number
}

export interface Job {
  /** Index in `Workload.plans`. */
  plan: number
  seed: number
}

export type Runner = (job: Job) => RunResult

/** Prepares the network and the flows; the trips of a seed are drawn once for all its plans. */
export function createRunner(workload: Workload): Runner {
  const { network, demand, period, growth, window, model, step_s } = workload
  const prepared = prepareNetwork(network)
  const vehicle_types = vehicleTypes(demand)
  const build = tripBuilder(new RoadGraph(network), demand, { from_s: window.start_s, until_s: window.measure_until_s, period, growth })
  let last: { seed: number; trips: Trip[] } | undefined
  return ({ plan, seed }) => {
    if (last?.seed !== seed) last = { seed, trips: build(seed) }
    return simulate(prepared, {
      network, signals: workload.plans[plan]!, trips: last.trips, vehicle_types,
      ...(workload.corridor === undefined ? {} : { corridor: workload.corridor }),
      options: {
        seed, step_s, model, start_s: window.start_s, measure_from_s: window.measure_from_s, measure_until_s: window.measure_until_s, stop_at_s: window.stop_at_s,
        record_trajectories: seed === workload.trajectories_of_seed,
      },
    })
  }
}
