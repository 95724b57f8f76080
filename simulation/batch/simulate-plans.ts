// Plans, each run with the same seeds: the same vehicles, the same drivers. What comes out can be compared seed by seed.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'
import { listDemandAssumptions } from '../demand/assumptions.ts'
import type { TimeSpan } from '../demand/volumes.ts'
import type { CorridorPaths, FollowingModel } from '../input.ts'
import type { RunResult, Trajectories } from '../result.ts'
import { SimulationPool, type BatchOptions, type JobGroup } from './pool.ts'
import { summariseRuns } from './summary.ts'
import { simulationWindow, type SimulationWindow } from './window.ts'
import type { Workload } from './workload.ts'

export interface PlanToSimulate {
  id: string
  compiled: CompiledSignal[]
}

export interface SimulatePlansOptions extends BatchOptions {
  graph: RoadGraph
  demand: Demand
  plans: readonly PlanToSimulate[]
  period: TimeSpan
  corridor?: ResolvedCorridor | undefined
  /** Ten, 1 to 10, by default: the number to start with when nothing is known of the spread. */
  seeds?: readonly number[]
  /** IDM by default. */
  model?: FollowingModel
  /** 0.5 s by default. */
  step_s?: Seconds
  growth?: number
  window?: SimulationWindow
  /** How long to measure; an hour by default. Ignored where `window` is given. */
  window_s?: Seconds
  /** Trajectories of the first seed; true by default. */
  trajectories?: boolean
  /** Threads to use; by default a pool of one per core is made for this call and closed after it. */
  pool?: SimulationPool
}

export interface SimulatedPlan {
  id: string
  evaluation: Evaluation
  /** In order of seeds. */
  runs: RunResult[]
  /** Corridor vehicles of the first seed. */
  trajectories?: Trajectories
}

export interface SimulatedPlans {
  plans: SimulatedPlan[]
  window: SimulationWindow
  /** On window and demand, in plain words. */
  assumptions: string[]
  /** CPU time of all threads, s. */
  cpu_s: number
}

const DEFAULT_RUNS = 10

/** Seeds 1 to n. */
const listSeeds = (runs: number): number[] => Array.from({ length: runs }, (_, i) => i + 1)

/**
 * Runs every plan with every seed. Throws usage for no plans, no seeds or repeated seeds, period.unknown where the demand
 * says nothing of the period, input.* where network and demand do not fit, and the reason of an abort.
 */
export async function simulatePlans(options: SimulatePlansOptions): Promise<SimulatedPlans> {
  const seeds = options.seeds ?? listSeeds(DEFAULT_RUNS)
  requireJobs(options.plans, seeds)
  const before = process.cpuUsage()
  const window = options.window ?? simulationWindow(options)
  const workload = workloadOf(options, seeds, window)
  const pool = options.pool ?? new SimulationPool()
  let results: RunResult[]
  try {
    results = await pool.run(workload, groupJobs(options.plans.length, seeds, pool.size), options)
  } finally {
    if (options.pool === undefined) await pool.close()
  }
  const { user, system } = process.cpuUsage(before)
  return summarise(options, window, seeds, results, (user + system) / 1e6)
}

function requireJobs(plans: readonly PlanToSimulate[], seeds: readonly number[]): void {
  if (plans.length === 0) throw new GreenwaveError('usage', 'there are 0 plans to simulate; it needs at least 1')
  if (seeds.length === 0) throw new GreenwaveError('usage', 'there are 0 seeds; it needs at least 1')
  const wrong = seeds.find((seed, i) => !Number.isSafeInteger(seed) || seeds.indexOf(seed) !== i)
  if (wrong !== undefined) throw new GreenwaveError('usage', `seed ${wrong} is no whole number or is there twice`)
}

function workloadOf(options: SimulatePlansOptions, seeds: readonly number[], window: SimulationWindow): Workload {
  const { graph, demand, period, plans, corridor, growth = 1, model = 'idm', step_s = 0.5 } = options
  return {
    network: graph.network, demand, period: { start_s: period.start_s, end_s: period.end_s }, growth, plans: plans.map(({ compiled }) => compiled), window, model, step_s,
    ...(corridor === undefined ? {} : { corridor: corridorPaths(corridor) }),
    ...(options.trajectories === false ? {} : { trajectories_of_seed: seeds[0]! }),
  }
}

/** The links of a corridor as the simulation measures them. */
function corridorPaths(corridor: ResolvedCorridor): CorridorPaths {
  return {
    outbound: corridor.outbound === undefined ? [] : [corridor.outbound.links],
    inbound: corridor.inbound === undefined ? [] : [corridor.inbound.links],
  }
}

/** All plans of a seed on one thread, because they share its trips; where there are too few seeds for that, each run by itself. */
function groupJobs(plans: number, seeds: readonly number[], threads: number): JobGroup[] {
  const groups = seeds.map((seed) => Array.from({ length: plans }, (_, plan) => ({ plan, seed })))
  return seeds.length >= threads ? groups : groups.flat().map((job) => [job])
}

function summarise(options: SimulatePlansOptions, window: SimulationWindow, seeds: readonly number[], results: readonly RunResult[], cpu_s: number): SimulatedPlans {
  const { graph, corridor, plans, demand, period, growth } = options
  const updates = (runs: readonly RunResult[]): number => runs.reduce((total, run) => total + run.updates, 0)
  const all = updates(results)
  return {
    window, cpu_s,
    assumptions: [...window.assumptions, ...listDemandAssumptions(graph, demand, period, growth)],
    plans: plans.map(({ id }, plan) => {
      const runs = seeds.map((_, s) => results[s * plans.length + plan]!)
      // Threads work on all plans at once: CPU time is shared out by vehicle updates.
      const evaluation = summariseRuns(runs, { graph, corridor, measured_s: window.measure_until_s - window.measure_from_s, cpu_s: all > 0 ? (cpu_s * updates(runs)) / all : 0 })
      const trajectories = runs[0]!.trajectories
      return { id, evaluation, runs, ...(trajectories === undefined ? {} : { trajectories }) }
    }),
  }
}

