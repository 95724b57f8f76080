// A plan beside the plan running now: the same seeds, the same vehicles.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Loser, Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Seconds } from '../../model/units.ts'
import { compare, type SequentialRule, simulatePlans, type SimulationPool } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { driversOf } from '../drivers.ts'
import { losersOf } from '../losers.ts'
import type { PlanEvaluation } from '../ports/plans.ts'
import { compileStreet, getCorridor, withPlan } from '../street.ts'

export interface SimulationRequest {
  scenario: Scenario
  graph: RoadGraph
  document: Plan
  /** What runs now at every signal. */
  running: ReadonlyMap<SignalId, Pattern>
  runs: number
  /** Of the first run; the others follow. */
  seed: number
  /** Ends as soon as it is clear which is better; `runs` are then the most there may be. */
  until_decided?: Partial<Omit<SequentialRule, 'most_seeds'>>
  /** How long to measure; an hour by default. */
  window_s?: Seconds
  pool?: SimulationPool
  signal?: AbortSignal
  /** Share done, 0 to 1. */
  onProgress?: (share: number) => void
}

export interface SimulatedEvaluation {
  evaluation: PlanEvaluation
  /** Who is worse off by simulation, and who is over a limit of his own by the plan's own words. */
  losers: Loser[]
}

/** Throws plan.refused where the plan breaks a rule, corridor.unknown, period.unknown; the reason of an abort. */
export async function simulateAgainstRunning(request: SimulationRequest): Promise<SimulatedEvaluation> {
  const { scenario, graph, document, running, runs, seed, until_decided, window_s, pool, signal, onProgress } = request
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, document.corridor))
  const { plans } = await simulatePlans({
    graph, corridor, period: resolvePeriod(scenario, document.period), demand: scenario.demand, ...driversOf(scenario.scenario), trajectories: false,
    seeds: Array.from({ length: runs }, (_, i) => seed + i),
    plans: [{ id: 'before', compiled: compileStreet(graph, running) }, { id: 'after', compiled: compileStreet(graph, withPlan(graph, running, document)) }],
    ...(until_decided === undefined ? {} : { until_decided: { before: 'before', after: 'after', rule: until_decided } }),
    ...(window_s === undefined ? {} : { window_s }), ...(pool === undefined ? {} : { pool }), ...(signal === undefined ? {} : { signal }), onProgress: (done, total) => onProgress?.(done / total),
  })
  const [before, after] = [plans[0]!.evaluation, plans[1]!.evaluation]
  return { evaluation: { before, after, differences: compare(before, after), runs: before.runs, seed }, losers: losersOf(graph, corridor, document, { before, after }) }
}
