// The fixed plan that the dynamic mode starts from and must beat: the one of all cycles under which, by simulation, most through runs
// stop at most once. The planner's own choice among its candidates weighs everybody's delay instead and prefers shorter cycles.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { type Candidate, planCorridor } from '../../optimizer/corridor/index.ts'
import { simulatePlans, type SimulationPool } from '../../simulation/batch/index.ts'
import { driversOf } from '../drivers.ts'
import { compileWith } from '../street.ts'

export interface ScheduleTask {
  scenario: Scenario
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: Period
  running: ReadonlyMap<SignalId, Pattern>
  /** veh/h of the period. */
  volumes: ReadonlyMap<MovementId, number>
  seeds: readonly number[]
  pool: SimulationPool
  signal?: AbortSignal
  onProgress?: (share: number) => void
}

export interface FoundSchedule {
  candidate: Candidate
  patterns: Pattern[]
  /** Every plan that was tried, best first: share of through runs that stop at most once, and mean delay of everybody. */
  tried: { kind: Candidate['kind']; cycle_s: number; share_at_most_one_stop: number; delay_s: number }[]
}

/** About this many cycles are compared. */
const CYCLES_COMPARED = 12

/** Shares nearer than this are not told apart by a few runs; the lesser delay decides. */
const SAME_SHARE = 0.01

/** Throws as `planCorridor` and `simulatePlans`. */
export async function findSchedule(task: ScheduleTask): Promise<FoundSchedule> {
  const { scenario, graph, corridor, period, running, volumes, seeds, pool, signal, onProgress } = task
  const usual = planCorridor({ graph, corridor, running, volumes, options: { objective: 'auto' } })
  const stride = Math.max(1, Math.ceil(usual.cycles_s.length / CYCLES_COMPARED))
  const wide = usual.cycles_s.filter((_, k) => k % stride === 0).flatMap((cycle) => planCorridor({ graph, corridor, running, volumes, options: { objective: 'band', cycle_min_s: cycle, cycle_max_s: cycle } }).candidates)
  const candidates = [...usual.candidates, ...wide]
  const simulated = await simulatePlans({
    graph, corridor, period, pool, seeds, demand: scenario.demand, ...driversOf(scenario.scenario), trajectories: false,
    plans: candidates.map((candidate, i) => ({ id: String(i), compiled: compileWith({ graph, running }, candidate) })),
    ...(signal === undefined ? {} : { signal }), onProgress: (done, total) => onProgress?.(done / total),
  })
  const judged = simulated.plans.map(({ evaluation }, i) => ({ candidate: candidates[i]!, share: smoothShare(evaluation), delay_s: evaluation.delay_s.mean, locked: evaluation.gridlocked_runs > 0 }))
  const order = (a: typeof judged[number], b: typeof judged[number]): number => Number(a.locked) - Number(b.locked) || b.share - a.share
  const sorted = [...judged].sort(order)
  const near = sorted.filter(({ share, locked }) => locked === sorted[0]!.locked && share >= sorted[0]!.share - SAME_SHARE)
  const { candidate } = near.reduce((a, b) => (b.delay_s < a.delay_s ? b : a))
  return {
    candidate, patterns: candidate.patterns,
    tried: sorted.map((each) => ({ kind: each.candidate.kind, cycle_s: each.candidate.cycle_s, share_at_most_one_stop: each.share, delay_s: each.delay_s })),
  }
}

/** Of both directions together, mean over the runs; 0 where nobody drove through. */
export function smoothShare({ per_seed }: Evaluation): number {
  const shares = per_seed.flatMap(({ share_at_most_one_stop }) => (share_at_most_one_stop === undefined || Number.isNaN(share_at_most_one_stop) ? [] : [share_at_most_one_stop]))
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length
}
