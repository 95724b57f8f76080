// One plan beside what runs now on one measured day: the same vehicles with both.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Demand } from '../../model/demand.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import { simulatePlans, type SimulationPool } from '../../simulation/batch/index.ts'
import { delayWithEntry } from '../choose.ts'
import { driversOf } from '../drivers.ts'
import { compileStreet, withPlan } from '../street.ts'

export interface DayComparison {
  scenario: Scenario
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: { start_s: TimeOfDay; end_s: TimeOfDay }
  demand: Demand
  running: ReadonlyMap<SignalId, Pattern>
  plan: Plan
  seed: number
  window_s: Seconds
  step_s: Seconds
  pool: SimulationPool
  signal: AbortSignal
}

/** Delay with waiting to enter, s per vehicle; infinite where the traffic stood still. */
export type CompareDay = (request: DayComparison) => Promise<{ before_s: Seconds; after_s: Seconds }>

export const compareDay: CompareDay = async ({ scenario, graph, corridor, period, demand, running, plan, seed, window_s, step_s, pool, signal }) => {
  const { plans } = await simulatePlans({
    graph, corridor, period, demand, ...driversOf(scenario.scenario), trajectories: false, seeds: [seed], window_s, step_s, pool, signal,
    plans: [{ id: 'before', compiled: compileStreet(graph, running) }, { id: 'after', compiled: compileStreet(graph, withPlan(graph, running, plan)) }],
  })
  const [before, after] = plans.map(({ evaluation }) => delayWithEntry(evaluation)) as [number, number]
  return { before_s: before, after_s: after }
}
