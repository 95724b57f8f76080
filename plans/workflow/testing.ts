// For tests: a town in memory with people of every role, a plan document of what runs there, and a simulation that is told its result.
import { compileSignal } from '../../model/compile.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import type { Loser, Plan } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Scenario } from '../../model/scenario.ts'
import { ROLES } from '../ports/people.ts'
import type { Store } from '../ports/store.ts'
import { getCorridor } from '../street.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { personOf } from '../testing/records.ts'
import { PlanWorkflow, type WorkflowOptions } from './workflow.ts'

/** Monday 2026-11-23 00:00 UTC. */
export const MONDAY_S = 1_795_392_000

export interface Town {
  store: Store
  workflow: PlanWorkflow
  /** Of what runs now in the first corridor, its offsets a second later. */
  document: Plan
  at: { now: number }
  /** What the simulation will say. */
  says: { gridlocked: number; losers: Loser[] }
}

export const evaluationOf = (gridlocked_runs: number, runs = 10): Evaluation => {
  const figure = { mean: 20, ci95: 1 }
  const way = { vehicles: 10, travel_time_s: figure, stops: figure, delay_s: figure, share_at_most_one_stop: figure }
  return {
    runs, seeds: [1], gridlocked_runs, completed_share: 1, travel_time_s: figure, delay_s: figure, stops: figure, insertion_delay_s: figure, corridor: { outbound: way, inbound: way }, movements: [],
    vehicle_updates: 1, cpu_s: 0, per_seed: [],
  }
}

export function runningDocument({ scenario, network, timing }: Scenario, later_s = 1): Plan {
  const graph = new RoadGraph(network)
  const corridor = getCorridor(scenario)
  const period = scenario.periods[0]!
  const running = runningPatterns(timing, period.start_s)
  const intersections = corridor.intersections.map((id) => {
    const signal = graph.getSignal(id)
    const pattern = { ...running.get(id)!, offset_s: (running.get(id)!.offset_s + later_s) % running.get(id)!.cycle_s }
    return { id, source_id: signal.source_id, ...pattern, signal_groups: compileSignal(signal, pattern).groups }
  })
  return {
    format: 'greenwave.plan/1', id: 'x', scenario: scenario.name, corridor: corridor.id, period: period.id, cycle_s: intersections[0]!.cycle_s, intersections, bands: [],
    certificate: { objective: 'band', value: 0, bound: 0, gap: 0, proven: false, method: 'none', sentence: 'Nothing was optimised.' }, losers: [],
    provenance: { version: '0', seed: 1, inputs: {}, objective: 'running', assumptions: [] },
  }
}

/** People: one of each role under its name, and `second` (engineer), `boss` (approver), `gone` (approver, disabled). */
export async function townOf(scenario: Scenario, options: Partial<WorkflowOptions> = {}, given?: Store): Promise<Town> {
  const at = { now: MONDAY_S }
  const clock = { now: () => at.now }
  const store = given ?? memoryStore(clock)
  const says: Town['says'] = { gridlocked: 0, losers: [] }
  await store.networks.put('town', scenario, 'engineer', 0)
  for (const role of ROLES) await store.people.put(personOf(role, { role }), 0)
  await store.people.put(personOf('second', { role: 'engineer' }), 0)
  await store.people.put(personOf('boss', { role: 'approver' }), 0)
  await store.people.put(personOf('gone', { role: 'approver', disabled: true }), 0)
  let next = 0
  const workflow = new PlanWorkflow({
    store, clock, newId: () => `p${++next}`,
    simulate: async ({ runs, seed }) => ({ evaluation: { before: evaluationOf(0, runs), after: evaluationOf(says.gridlocked, runs), differences: [], runs, seed }, losers: says.losers }),
    ...options,
  })
  return { store, workflow, document: runningDocument(scenario), at, says }
}

/** A plan that has come as far as `approved`, written by the engineer, approved by the approver. */
export async function approvedPlan({ workflow, document }: Pick<Town, 'workflow' | 'document'>): Promise<{ id: string; version: number }> {
  const { id } = await workflow.draft({ network: 'town', document, actor: 'engineer', reason: 'more traffic' })
  const { version: checked } = await workflow.check({ plan: id, expected: 1, actor: 'engineer' })
  const { plan } = await workflow.simulate({ plan: id, expected: checked, actor: 'engineer', runs: 2 })
  const { version } = await workflow.approve({ plan: id, expected: plan.version, actor: 'approver' })
  return { id, version }
}
