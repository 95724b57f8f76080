// Plans, each run with the same seeds: the same vehicles, the same drivers. What comes out can be compared seed by seed.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { SignalControl } from '../../model/control.ts'
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'
import { listDemandAssumptions } from '../demand/assumptions.ts'
import type { TimeSpan } from '../demand/volumes.ts'
import type { CorridorPaths, DrivingRules, FollowingModel, PlanChange } from '../input.ts'
import type { RunResult, Trajectories } from '../result.ts'
import { SimulationPool, type BatchOptions, type JobGroup } from './pool.ts'
import type { RunRecord } from './record.ts'
import { DEFAULT_RULE, judgeSequentially, listLooks, requireRule, type SequentialRule, type SequentialState } from './sequential.ts'
import { summariseRuns } from './summary.ts'
import { simulationWindow, type SimulationWindow } from './window.ts'
import type { ExtraMeasures, Job, Workload } from './workload.ts'

export interface PlanToSimulate {
  id: string
  compiled: CompiledSignal[]
  /** Signals without an entry run fixed. */
  control?: SignalControl[]
  /** What the schedule switches to on the way. */
  plan_changes?: PlanChange[]
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
  /** As measured in the street by default; see `driving` of the scenario. */
  rules?: DrivingRules | undefined
  /** 0.5 s by default. */
  step_s?: Seconds
  growth?: number
  window?: SimulationWindow
  /** How long to measure; an hour by default. Ignored where `window` is given. */
  window_s?: Seconds
  /** Trajectories of the first seed; true by default. */
  trajectories?: boolean
  /** Control delay by a reference run per seed that all plans share, fuel and CO2; neither by default. */
  measures?: ExtraMeasures
  /** Shares the draws of all runs out as a Latin hypercube (see demand/draws.ts): less scatter of the means. */
  stratified?: boolean
  /** Stops as soon as it is clear whether plan `after` is better than plan `before`; `seeds` are then the most there may be. */
  until_decided?: { before: string; after: string; rule?: Partial<Omit<SequentialRule, 'most_seeds'>> }
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
  /** Where it was run until decided: what was decided by `total_delay_s` of the records, and by which rule. */
  decision?: Decision
}

export interface Decision extends SequentialState {
  rule: SequentialRule
}

const DEFAULT_RUNS = 10

/** Seeds 1 to n. */
const listSeeds = (runs: number): number[] => Array.from({ length: runs }, (_, i) => i + 1)

/**
 * Runs every plan with every seed, or until it is decided. Throws usage for no plans, no seeds or repeated seeds, period.unknown
 * where the demand says nothing of the period, input.* where network and demand do not fit, and the reason of an abort.
 */
export async function simulatePlans(options: SimulatePlansOptions): Promise<SimulatedPlans> {
  const seeds = options.seeds ?? listSeeds(DEFAULT_RUNS)
  requireJobs(options.plans, seeds)
  const rule = sequentialRule(options, seeds)
  const before = process.cpuUsage()
  const window = options.window ?? simulationWindow(options)
  const workload = workloadOf(options, seeds, window)
  const pool = options.pool ?? new SimulationPool()
  try {
    const { results, used, decision } = await runInSteps(options, workload, seeds, pool, rule)
    const { user, system } = process.cpuUsage(before)
    return { ...summarise(options, window, used, results, (user + system) / 1e6), ...(decision === undefined ? {} : { decision }) }
  } finally {
    if (options.pool === undefined) await pool.close()
  }
}

function sequentialRule({ until_decided: wanted, plans }: SimulatePlansOptions, seeds: readonly number[]): SequentialRule | undefined {
  if (wanted === undefined) return undefined
  const missing = [wanted.before, wanted.after].find((id) => plans.every((plan) => plan.id !== id))
  if (missing !== undefined) throw new GreenwaveError('usage', `no plan "${missing}" is simulated that could be compared`)
  const rule = { ...DEFAULT_RULE, ...wanted.rule, most_seeds: seeds.length }
  requireRule(rule)
  return rule
}

/** One step where nothing is to be decided, else one per look. All plans have run all `used` seeds. */
async function runInSteps(options: SimulatePlansOptions, workload: Workload, seeds: readonly number[], pool: SimulationPool, rule: SequentialRule | undefined): Promise<{ results: RunResult[]; used: readonly number[]; decision?: Decision }> {
  const results: RunResult[] = []
  const records: RunRecord[] = []
  const n = workload.plans.length
  let from = 0
  for (const look of rule === undefined ? [seeds.length] : listLooks(rule)) {
    const done = from * n
    const batch = await pool.execute(workload, groupJobs(n, seeds.slice(from, look), pool.size, options.stratified === true), {
      keep: true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (count) => options.onProgress?.(done + count, seeds.length * n),
    })
    results.push(...batch.results)
    records.push(...batch.records)
    from = look
    if (rule === undefined) break
    const state = judgeRecords(options, rule, records)
    if (state.decided) return { results, used: seeds.slice(0, look), decision: { ...state, rule } }
  }
  return { results, used: seeds }
}

function judgeRecords({ plans, until_decided }: SimulatePlansOptions, rule: SequentialRule, records: readonly RunRecord[]): SequentialState {
  const of = (id: string): RunRecord[] => records.filter((_, i) => i % plans.length === plans.findIndex((plan) => plan.id === id))
  const [before, after] = [of(until_decided!.before), of(until_decided!.after)]
  const locked = (runs: readonly RunRecord[]): number => runs.reduce((count, { gridlocked }) => count + gridlocked, 0)
  return judgeSequentially(rule, after.map(({ total_delay_s }, i) => total_delay_s - before[i]!.total_delay_s), { before: locked(before), after: locked(after) })
}

function requireJobs(plans: readonly PlanToSimulate[], seeds: readonly number[]): void {
  if (plans.length === 0) throw new GreenwaveError('usage', 'there are 0 plans to simulate; it needs at least 1')
  if (seeds.length === 0) throw new GreenwaveError('usage', 'there are 0 seeds; it needs at least 1')
  const wrong = seeds.find((seed, i) => !Number.isSafeInteger(seed) || seeds.indexOf(seed) !== i)
  if (wrong !== undefined) throw new GreenwaveError('usage', `seed ${wrong} is no whole number or is there twice`)
}

/** Trajectories are of the first of `seeds`. */
export function workloadOf(options: Omit<SimulatePlansOptions, 'seeds'>, seeds: readonly number[], window: SimulationWindow): Workload {
  const { graph, demand, period, plans, corridor, growth = 1, model = 'idm', rules = 'field', step_s = 0.5 } = options
  return {
    network: graph.network, demand, period: { start_s: period.start_s, end_s: period.end_s }, growth, plans: plans.map(({ compiled }) => compiled), window, model, rules, step_s,
    ...(plans.some(({ control }) => control !== undefined) ? { control: plans.map(({ control = [] }) => control) } : {}),
    ...(plans.some(({ plan_changes = [] }) => plan_changes.length > 0) ? { plan_changes: plans.map(({ plan_changes = [] }) => plan_changes) } : {}),
    ...(corridor === undefined ? {} : { corridor: corridorPaths(corridor) }),
    ...(options.measures === undefined ? {} : { measures: options.measures }),
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

/**
 * All plans of a seed on one thread, because they share its trips; those seeds that are left over when every thread has had
 * as many, each run by itself, so that no thread waits long at the end.
 */
export function groupJobs(plans: number, seeds: readonly number[], threads: number, stratified: boolean): JobGroup[] {
  const whole = threads === 0 ? seeds.length : Math.floor(seeds.length / threads) * threads
  return seeds.flatMap((seed, index) => {
    const group = Array.from({ length: plans }, (_, plan): Job => ({ plan, seed, ...(stratified ? { stratum: { index, of: seeds.length, key: seeds[0]! } } : {}) }))
    return index < whole ? [group] : group.map((job) => [job])
  })
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

