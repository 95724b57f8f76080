// What lasts seconds without a pause, over the streets of one network. What comes in and goes out is plain data: it may have to go to another thread.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Insight } from '../../model/insight.ts'
import type { Network, MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor, Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { type Candidate, type CorridorPlanOptions, paretoBands, planCorridor } from '../../optimizer/corridor/index.ts'
import type { PeriodOptions } from '../../optimizer/periods/index.ts'
import { DayMeasurement, type DayOptions, type FeedRow } from '../nightly/day-measurement.ts'
import { withSolver } from '../link-solver.ts'
import { listNightPeriods, type NightPeriods, type PeriodsInput } from '../nightly/periods.ts'
import type { NightRules } from '../nightly/rules.ts'
import { whyPlan } from '../why.ts'

export interface CorridorSum {
  corridor: Corridor
  running: ReadonlyMap<SignalId, Pattern>
  /** veh/h. */
  volumes: ReadonlyMap<MovementId, number>
  options: Partial<CorridorPlanOptions>
}

export interface PeriodsSum {
  input: Omit<PeriodsInput, 'graph' | 'corridor' | 'scenario'> & { corridor: Corridor; scenario: Omit<Scenario, 'network'> }
  rules: NightRules
  options: Partial<PeriodOptions>
}

/** By name: what is asked and answered. */
export interface Sums {
  /** The three of a day, one day at a time. */
  beginDay: (day: DayOptions) => void
  addFixes: (rows: readonly FeedRow[]) => void
  endDay: () => TrafficState | undefined
  candidates: (asked: CorridorSum) => Promise<Candidate[]>
  front: (asked: CorridorSum & { cycle_s: number }) => ReturnType<typeof paretoBands>
  why: (asked: CorridorSum & { candidate: Pick<Candidate, 'cycle_s' | 'limit' | 'target' | 'problem'> }) => Insight
  nightPeriods: (asked: PeriodsSum) => NightPeriods
}

export function openSums(network: Network): Sums {
  const graph = new RoadGraph(network)
  let day: DayMeasurement | undefined
  const corridorOf = ({ corridor, ...asked }: CorridorSum) => ({ ...asked, graph, corridor: resolveCorridor(graph, corridor) })
  return {
    beginDay: (options) => { day = new DayMeasurement(graph, options) },
    addFixes: (rows) => day!.add(rows),
    endDay: () => day!.end(),
    candidates: async (asked) => planCorridor(await withSolver(corridorOf(asked))).candidates,
    front: ({ cycle_s, ...asked }) => paretoBands(corridorOf(asked), cycle_s),
    why: ({ candidate, ...asked }) => whyPlan(corridorOf(asked), candidate),
    nightPeriods: ({ input: { corridor, scenario, ...input }, rules, options }) =>
      listNightPeriods({ ...input, graph, corridor: resolveCorridor(graph, corridor), scenario: { ...scenario, network } }, rules, options),
  }
}
