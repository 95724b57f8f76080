// Who would wait longer under the plan of a network than in the street, by its own model: lane groups and pedestrians, and whoever
// is pushed above the saturation target.
import type { CompiledSignal, Loser } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { LaneGroup } from '../capacity/index.ts'
import { show, waitingWalkers, worse } from '../corridor/losers.ts'
import type { NetworkModel, NetworkState } from './model.ts'

/** A change of saturation below half a per cent is a change of rounding. */
const SAME_SATURATION = 0.005

/** Most vehicle-hours lost first, pedestrians last. */
export function networkLosers(model: NetworkModel, before: NetworkState, after: NetworkState, target: number): Loser[] {
  const { graph, laneGroups, signals } = model.layout
  const drivers = laneGroups.flatMap((groups, i) => groups.flatMap((group, g) => {
    const delay = ({ passages }: NetworkState): number => (passages[i]?.[g]?.uniform_s ?? 0) + (passages[i]?.[g]?.incremental_s ?? 0)
    const fullness = ({ served }: NetworkState): number => served[i]?.[g]?.state.saturation ?? 0
    return group.volume_vph > 0 ? losersOf(graph, signals[i]?.id as string, group, { delay_s: [delay(before), delay(after)], saturation: [fullness(before), fullness(after)], target }) : []
  }))
  const walkers = signals.flatMap((signal, i) => (before.compiled[i]?.groups === after.compiled[i]?.groups ? [] : waitingWalkers(signal, before.compiled[i] as CompiledSignal, after.compiled[i] as CompiledSignal)))
  return [...drivers.sort((a, b) => b.weight - a.weight).map(({ loser }) => loser), ...walkers]
}

interface Change {
  delay_s: [number, number]
  saturation: [number, number]
  target: number
}

function losersOf(graph: RoadGraph, signal: string, group: LaneGroup, { delay_s: [before, after], saturation: [held, holds], target }: Change): { loser: Loser; weight: number }[] {
  const name = group.movements.map((id) => graph.getMovement(id).name ?? id).join(' + ')
  const kind: Loser['kind'] = group.movements.some((id) => graph.getMovement(id).turn === 'through') ? 'through' : 'turning'
  const common = { kind, signal, movement: group.movements[0] as string, name }
  const found: { loser: Loser; weight: number }[] = []
  if (worse(before, after)) {
    found.push({
      weight: (after - before) * group.volume_vph,
      loser: { ...common, measure: 'delay_s', before, after, sentence: `${name} at signal ${signal} waits ${show(after - before)} s longer on average (${show(before)} s before, ${show(after)} s after)` },
    })
  }
  if (holds > target && holds > held + SAME_SATURATION) {
    found.push({
      weight: 0,
      loser: {
        ...common, measure: 'saturation', before: held, after: holds, limit: target,
        sentence: `${name} at signal ${signal} is at ${show(100 * holds)} % of its capacity (${show(100 * held)} % before), the target is ${show(100 * target)} %`,
      },
    })
  }
  return found
}
