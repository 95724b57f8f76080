// What a plan's reports are made of: its document and what the simulation said of it, beside what ran before it came.
import { runningPatterns } from '../model/schedule.ts'
import { resolveCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { MovementDifference } from '../model/evaluation.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { compileStreet, getCorridor, listStations, patternOf, withPlan } from '../plans/index.ts'
import { hashOf } from '../plans/ports/canonical.ts'
import type { PlanRecord } from '../plans/ports/plans.ts'
import { patternsRunning } from '../plans/workflow/index.ts'
import { comparisonRows, movementRows, type ComparisonRow, type MovementRow } from '../reports/comparison.ts'
import type { Paper, PlanReportInput } from '../reports/plan-report-input.ts'
import type { Units } from '../reports/format.ts'
import { compareMovements } from '../simulation/batch/index.ts'
import { resolvePeriod } from '../simulation/demand/index.ts'
import { timeOf } from './http/instants.ts'
import type { Service } from './server.ts'

export interface PlanStreet {
  scenario: Scenario
  graph: RoadGraph
  /** At every signal in the plan's period, before the plan came. */
  running: ReadonlyMap<SignalId, Pattern>
}

/** On the version of the network that the plan was made for. */
export async function streetOf({ store }: Pick<Service, 'store'>, plan: PlanRecord): Promise<PlanStreet> {
  const scenario = await store.networks.scenario(plan.network, plan.network_version)
  if (scenario === undefined) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(plan.network)} has no version ${plan.network_version} any more`)
  const { start_s } = resolvePeriod(scenario, plan.period)
  const now = await patternsRunning(store, plan.network, scenario, 'weekday', start_s)
  const own = new Map(plan.document.intersections.map((one) => [one.signal, hashOf(patternOf(one))]))
  const base = scenario.timing.plans.length === 0 ? new Map<SignalId, Pattern>() : runningPatterns(scenario.timing, start_s)
  // Where the schedule runs this plan already, what it replaced is what the street brought along.
  const running = new Map([...now].map(([signal, pattern]) => [signal, own.get(signal) === hashOf(pattern) ? base.get(signal) ?? pattern : pattern] as const))
  return { scenario, graph: new RoadGraph(scenario.network), running }
}

/** Everything that runs with the plan. Throws `plan.refused` where it breaks a rule. */
export const patternsWith = ({ graph, running }: PlanStreet, plan: PlanRecord): Map<SignalId, Pattern> => withPlan(graph, running, plan.document)

export interface PlanComparison {
  measures: ComparisonRow[]
  movements: MovementRow[]
}

/** Empty where the plan was not simulated. */
export function comparisonOf({ evaluation }: PlanRecord, graph: RoadGraph): PlanComparison {
  const nameOf = (signal: string): string => graph.network.signals.find(({ id }) => id === signal)?.name ?? signal
  return { measures: comparisonRows(evaluation?.differences ?? []), movements: movementRows(movementsOf(evaluation), nameOf) }
}

const movementsOf = (evaluation: PlanRecord['evaluation']): MovementDifference[] => (evaluation === undefined ? [] : compareMovements(evaluation.before, evaluation.after))

export interface ReportLook {
  units: Units
  paper: Paper
  /** Master time of the diagrams; whole cycles by default. */
  range_s?: readonly [number, number]
}

export function planReportInput(plan: PlanRecord, { scenario, graph, running }: PlanStreet, { units, paper, range_s }: ReportLook): PlanReportInput {
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, plan.corridor))
  const ids = new Set(plan.document.intersections.map(({ id }) => id))
  const period = resolvePeriod(scenario, plan.period)
  const patterns = new Map([...running].filter(([signal]) => ids.has(signal)))
  const { description } = scenario.scenario
  const { evaluation } = plan
  return {
    corridor_name: corridor.corridor.name, period_name: period.name ?? period.id, scenario_name: scenario.scenario.name, ...(description === undefined ? {} : { description }),
    plan: plan.document, signals: graph.network.signals.filter(({ id }) => ids.has(id)), stations: listStations(graph, corridor),
    running: { name: 'what ran before', compiled: compileStreet(graph, patterns), patterns: [...patterns.values()] },
    ...(evaluation === undefined ? {} : { simulation: { before: evaluation.before, after: evaluation.after, differences: evaluation.differences, movements: movementsOf(evaluation) } }),
    ...(range_s === undefined ? {} : { diagram_range_s: range_s }),
    import_notes: scenario.scenario.import_notes ?? [], units, paper,
    record: { id: plan.id, version: plan.version, hash: plan.hash, stage: plan.stage, date: timeOf(plan.updated_at) },
  }
}
