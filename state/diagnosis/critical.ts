// Critical flow of a signal: the largest sum of flow ratios over groups that can never be green together. It needs no
// rings or stages, so both kinds of plan are judged alike.
import type { GroupId } from '../../model/signal.ts'
import type { MovementEvidence, PlaceEvidence } from './evidence.ts'

export interface CriticalFlow {
  /** Sum of flow ratios of the critical groups. */
  sum: number
  groups: GroupId[]
  /** HCM: critical degree of saturation, sum C / (C - L). */
  saturation: number
}

export const flowRatio = ({ volume_vph, lanes, saturation_flow_vphpl }: MovementEvidence): number => (lanes > 0 ? volume_vph / (lanes * saturation_flow_vphpl) : 0)

/** Degree of saturation under its green: flow ratio over green ratio. */
export function saturationOf(movement: MovementEvidence, cycle_s: number): number {
  const ratio = flowRatio(movement)
  return movement.green_s > 0 ? (ratio * cycle_s) / movement.green_s : ratio > 0 ? Infinity : 0
}

/** Flow ratio by group: that of its fullest movement; a movement of several groups counts for the one that serves it longest, so for each. */
export function groupRatios({ movements }: PlaceEvidence): Map<GroupId, number> {
  const ratios = new Map<GroupId, number>()
  for (const movement of movements) {
    const ratio = flowRatio(movement) / Math.max(1, movement.groups.length)
    for (const group of movement.groups) ratios.set(group, Math.max(ratios.get(group) ?? 0, ratio))
  }
  return ratios
}

/** Exact: a branch and bound over sets of groups that all conflict with each other. */
export function criticalFlow(place: PlaceEvidence): CriticalFlow {
  const ratios = groupRatios(place)
  const groups = [...ratios.keys()].sort((a, b) => ratios.get(b)! - ratios.get(a)! || (a < b ? -1 : 1))
  const conflict = new Set(place.conflicts.flatMap(([a, b]) => [`${a}\n${b}`, `${b}\n${a}`]))
  let best: { sum: number; groups: GroupId[] } = { sum: 0, groups: [] }
  const extend = (chosen: GroupId[], sum: number, candidates: readonly GroupId[]): void => {
    if (sum > best.sum) best = { sum, groups: chosen }
    let rest = candidates.reduce((total, group) => total + ratios.get(group)!, 0)
    candidates.forEach((group, i) => {
      if (sum + rest <= best.sum) return
      extend([...chosen, group], sum + ratios.get(group)!, candidates.slice(i + 1).filter((other) => conflict.has(`${group}\n${other}`)))
      rest -= ratios.get(group)!
    })
  }
  extend([], 0, groups)
  const effective = place.cycle_s - place.lost_time_s
  return { ...best, saturation: effective > 0 ? (best.sum * place.cycle_s) / effective : Infinity }
}
