// What a change of plan costs: until a signal is in step its corridor's platoons come at any time of its cycle, and wait as cars that arrive evenly
// do. The seconds out of step are those of transitions.ts; the delay of both kinds of arrival is that of HCM 7 (equations 19-19 and 19-20).
import type { ResolvedCorridor } from '../model/corridor.ts'
import { uniformDelay } from '../model/hcm/delay.ts'
import type { CompiledSignal, Plan } from '../model/plan.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Pattern, Signal } from '../model/signal.ts'
import type { Seconds } from '../model/units.ts'
import { type LaneGroup, laneGroupState, listLaneGroups } from '../optimizer/capacity/index.ts'
import type { SlotVolumes, SplitPlan } from '../optimizer/periods/index.ts'
import { type PlanTransition, signalTransition } from './transitions.ts'

/** Arrival type 4 of HCM 7 exhibit 19-13, usual between coordinated signals: so much more of the platoon meets green than of even arrivals. */
const PLATOON_RATIO = 1.333

/**
 * Vehicle-hours per hour lost on the corridor at a signal while it is out of step with the others. In: its lane groups with the volumes
 * of that time; only those with a movement of the corridor count.
 */
export function lossOutOfStep(compiled: CompiledSignal, groups: readonly LaneGroup[], through: ReadonlySet<string>): number {
  return groups.reduce((sum, group) => {
    if (group.volume_vph <= 0 || !group.movements.some((id) => through.has(id))) return sum
    const { capacity_vph } = laneGroupState(compiled, group)
    const green_s = Math.min(compiled.cycle_s, (capacity_vph * compiled.cycle_s) / group.saturation_vph)
    const service = { cycle_s: compiled.cycle_s, green_s, volume_vph: group.volume_vph, saturation_vph: group.saturation_vph }
    const on_green = Math.min(1, (PLATOON_RATIO * green_s) / compiled.cycle_s)
    return sum + (group.volume_vph * Math.max(0, uniformDelay(service) - uniformDelay(service, on_green))) / 3600
  }, 0)
}

/** Mean seconds out of step over all offsets of whole seconds, each by its shortest way: what to expect before offsets are known. */
export function expectedOutOfStep(signal: Signal, pattern: Pattern): Seconds {
  const cycle = Math.round(pattern.cycle_s)
  let sum = 0
  for (let offset_s = 0; offset_s < cycle; offset_s++) {
    const { seconds_by_way, way } = signalTransition(signal, { ...pattern, offset_s }, 0)
    sum += seconds_by_way[way]
  }
  return sum / cycle
}

export const throughMovements = ({ outbound, inbound }: ResolvedCorridor): Set<string> =>
  new Set([outbound, inbound].flatMap((way) => way?.crossings ?? []).flatMap(({ movements }) => movements.map(({ id }) => id)))

/** Of a change that is known, veh·h: each signal's own seconds out of step. */
export function transitionDelay({ graph, corridor }: { graph: RoadGraph; corridor: ResolvedCorridor }, plan: Pick<Plan, 'intersections'>, { signals }: PlanTransition, volumes: SlotVolumes): number {
  if (volumes === undefined) return 0
  const through = throughMovements(corridor)
  return signals.reduce((sum, { signal, way, seconds_by_way }) => {
    const one = plan.intersections.find(({ id }) => id === signal)
    if (one === undefined) return sum
    const compiled = { signal, cycle_s: one.cycle_s, offset_s: one.offset_s, groups: one.signal_groups }
    return sum + (seconds_by_way[way] * lossOutOfStep(compiled, listLaneGroups(graph, signal, volumes), through)) / 3600
  }, 0)
}

/** Of a change into a plan, veh·h by the traffic of a slot; 0 between plans of the same patterns. Offsets are not known yet: any is as likely. */
export function changeCostOf(graph: RoadGraph, corridor: ResolvedCorridor, slots: readonly SlotVolumes[]): (from: SplitPlan, to: SplitPlan, slot: number) => number {
  const ids = corridor.corridor.intersections
  const through = throughMovements(corridor)
  const groups = new Map<SlotVolumes, LaneGroup[][]>()
  const groupsAt = (volumes: NonNullable<SlotVolumes>): LaneGroup[][] => {
    const known = groups.get(volumes) ?? ids.map((id) => listLaneGroups(graph, id, volumes))
    groups.set(volumes, known)
    return known
  }
  const waits = new Map<SplitPlan, Seconds[]>()
  const waitsOf = (plan: SplitPlan): Seconds[] => {
    const known = waits.get(plan) ?? plan.patterns.map((pattern) => expectedOutOfStep(graph.getSignal(pattern.signal), pattern))
    waits.set(plan, known)
    return known
  }
  const costs = new Map<SplitPlan, Map<SlotVolumes, number>>()
  return (_from, to, slot) => {
    const volumes = slots[slot]
    if (volumes === undefined) return 0
    const own = costs.get(to) ?? new Map<SlotVolumes, number>()
    costs.set(to, own)
    const known = own.get(volumes)
    if (known !== undefined) return known
    const cost = groupsAt(volumes).reduce((sum, lanes, i) => sum + (waitsOf(to)[i]! * lossOutOfStep(to.signals[i]!, lanes, through)) / 3600, 0)
    own.set(volumes, cost)
    return cost
  }
}
