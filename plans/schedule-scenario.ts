// A day's schedule: the periods of a corridor from the volumes of the day, and the plan for each.
import { resolveCorridor } from '../model/corridor.ts'
import type { Plan } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import { formatTimeOfDay } from '../model/units.ts'
import { type DayPeriod, type DayPeriods, listDayPeriods, type PeriodOptions, type SlotVolumes } from '../optimizer/periods/index.ts'
import { movementVolumes } from '../simulation/demand/index.ts'
import { planScenario, type PlanOutcome, type PlanRequest } from './plan-scenario.ts'
import { getCorridor } from './street.ts'
import { changeCostOf, transitionDelay } from './transition-cost.ts'
import { type PlanTransition, planTransition } from './transitions.ts'

export const QUARTER_S = 900
const QUARTERS = 96

export interface ScheduleRequest extends Omit<PlanRequest, 'period' | 'options'> {
  options?: PlanRequest['options']
  periods?: Partial<PeriodOptions>
}

export interface SchedulePlan {
  corridor: string
  corridor_name: string
  periods: (DayPeriod & { plan: Plan; outcome: PlanOutcome })[]
  /** Into each period, in their order; none where one plan runs all day. `delay_vh`: what it costs the corridor, by the traffic of its quarter of an hour. */
  transitions: (PlanTransition & { delay_vh: number })[]
  curve: DayPeriods['curve']
  notes: string[]
}

/** Volumes of each quarter of an hour as the demand has them; undefined where it says nothing of that time. */
export function quarterVolumes(graph: RoadGraph, { demand }: Pick<Scenario, 'demand'>): SlotVolumes[] {
  const departures = demand.vehicles?.depart_s ?? []
  const known = (start_s: number): boolean => demand.volumes.length > 0
    ? demand.intervals.some((interval) => interval.start_s < start_s + QUARTER_S && interval.end_s > start_s)
    : departures.some((depart_s) => depart_s >= start_s && depart_s < start_s + QUARTER_S)
  return Array.from({ length: QUARTERS }, (_, i) => {
    const start_s = i * QUARTER_S
    return known(start_s) ? movementVolumes(graph, demand, { start_s, end_s: start_s + QUARTER_S }) : undefined
  })
}

/** Periods of a corridor without the plans. `running` gives the structure of each signal, of the plan at noon. */
export function corridorPeriods(scenario: Scenario, corridorId: string | undefined, options: Partial<PeriodOptions> = {}): DayPeriods {
  const graph = new RoadGraph(scenario.network)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, corridorId))
  const slots = quarterVolumes(graph, scenario)
  return listDayPeriods({ graph, corridor, running: runningPatterns(scenario.timing, 12 * 3600), slots, slot_s: QUARTER_S }, { changeCost: changeCostOf(graph, corridor, slots), ...options })
}

/** Throws as `planScenario`. */
export async function planSchedule(request: ScheduleRequest): Promise<SchedulePlan> {
  const { scenario, periods: options, ...rest } = request
  const { id, name } = getCorridor(scenario.scenario, request.corridor)
  request.onProgress?.(0, 'dividing the day')
  const found = corridorPeriods(scenario, request.corridor, options)
  const planned: SchedulePlan['periods'] = []
  for (const [i, period] of found.periods.entries()) {
    request.signal?.throwIfAborted()
    const outcome = await planScenario({
      ...rest, scenario: withPeriod(scenario, period), period: period.id, options: request.options ?? {},
      onProgress: (share, label) => request.onProgress?.((i + share) / found.periods.length, `${formatTimeOfDay(period.start_s)}: ${label}`),
    })
    planned.push({ ...period, plan: outcome.plan, outcome })
  }
  const notes = found.unknown === 0 ? [] : [`${found.unknown} of ${QUARTERS} quarters of an hour have no measured volumes: the period around them was made for the others.`]
  return { corridor: id, corridor_name: name, periods: planned, transitions: transitionsOf(planned, quarterVolumes(new RoadGraph(scenario.network), scenario)), curve: found.curve, notes }
}

function transitionsOf(planned: SchedulePlan['periods'], slots: readonly SlotVolumes[]): SchedulePlan['transitions'] {
  if (planned.length < 2) return []
  return planned.map(({ start_s, plan, outcome }, i) => {
    const transition = planTransition(outcome.graph.network.signals, planned.at(i - 1)!.plan, plan, start_s)
    return { ...transition, delay_vh: transitionDelay(outcome, plan, transition, slots[Math.floor(start_s / QUARTER_S)]) }
  })
}

/** The period as one of the scenario's. A period around midnight is planned for the part of it that has more measured time. */
function withPeriod(scenario: Scenario, period: DayPeriod): Scenario {
  const { id } = period
  const parts = period.end_s <= 86_400 ? [period] : [{ start_s: period.start_s, end_s: 86_400 }, { start_s: 0, end_s: period.end_s - 86_400 }]
  const measured = ({ start_s, end_s }: { start_s: number; end_s: number }): number => scenario.demand.intervals.reduce((sum, each) => sum + Math.max(0, Math.min(each.end_s, end_s) - Math.max(each.start_s, start_s)), 0)
  const { start_s, end_s } = parts.reduce((a, b) => (measured(b) > measured(a) ? b : a))
  return { ...scenario, scenario: { ...scenario.scenario, periods: [{ id, start_s, end_s }] } }
}
