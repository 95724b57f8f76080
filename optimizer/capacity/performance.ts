// How full a lane group is under compiled greens, and how long its cars wait with arrivals spread evenly. Reads windows
// only, so rings and stages are judged alike. HCM 7 chapters 19 and 31.
import { incrementalDelay, uniformDelay } from '../../model/hcm/delay.ts'
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import type { GroupId } from '../../model/signal.ts'
import { common, piecesOf, totalOf, without } from './circle.ts'
import type { LaneGroup } from './lane-groups.ts'
import { leftCapacity, opposingQueueTime, permissiveSaturation } from './permissive-left.ts'

/** Green of a lane group by what it is worth. */
export interface LaneGroupGreen {
  protected: GreenWindow[]
  /** Permissive green in which the opposing queue has gone. */
  unblocked: GreenWindow[]
  protected_s: number
  unblocked_s: number
}

export interface LaneGroupState extends LaneGroupGreen {
  capacity_vph: number
  saturation: number
}

export const greensOf = (compiled: CompiledSignal, groups: readonly GroupId[]): GreenWindow[] => piecesOf(windowsOf(compiled, groups), compiled.cycle_s)

function windowsOf({ groups: all }: CompiledSignal, groups: readonly GroupId[]): readonly GreenWindow[] {
  // Planning asks a hundred thousand times, nearly always for one group.
  const [only] = groups
  if (groups.length === 1) return all.find(({ id }) => id === only)?.green_windows_s ?? []
  return all.filter(({ id }) => groups.includes(id)).flatMap(({ green_windows_s }) => green_windows_s)
}

export function laneGroupGreen(compiled: CompiledSignal, group: LaneGroup): LaneGroupGreen {
  const safe = greensOf(compiled, group.protected)
  const permissive = group.permissive.length === 0 ? [] : without(greensOf(compiled, group.permissive), safe)
  if (group.opposing === undefined) {
    // Nobody to wait for but pedestrians: as good as protected.
    const all = permissive.length === 0 ? safe : piecesOf([...safe, ...permissive], compiled.cycle_s)
    return { protected: all, unblocked: [], protected_s: totalOf(all), unblocked_s: 0 }
  }
  const unblocked = without(permissive, blockedBy(compiled, group.opposing))
  return { protected: safe, unblocked, protected_s: totalOf(safe), unblocked_s: totalOf(unblocked) }
}

/** While the opposing queue discharges: the head of each of its greens. */
function blockedBy(compiled: CompiledSignal, opposing: NonNullable<LaneGroup['opposing']>): GreenWindow[] {
  const cycle = compiled.cycle_s
  const greens = windowsOf(compiled, opposing.groups)
  const pieces = piecesOf(greens, cycle)
  const queue = opposingQueueTime(cycle, totalOf(pieces), opposing.flow_ratio)
  const share = totalOf(pieces) === 0 ? 0 : queue / totalOf(pieces)
  return common(piecesOf(greens.map(([start, end]): GreenWindow => [start, start + share * (end - start)]), cycle), pieces)
}

export function laneGroupState(compiled: CompiledSignal, group: LaneGroup): LaneGroupState {
  const green = laneGroupGreen(compiled, group)
  const capacity_vph = group.opposing === undefined
    ? (green.protected_s * group.saturation_vph) / compiled.cycle_s
    : leftCapacity({
        cycle_s: compiled.cycle_s, lanes: group.lanes.length, protected_s: green.protected_s, protected_vph: group.saturation_vph / group.lanes.length,
        unblocked_s: green.unblocked_s, permissive_vph: permissiveSaturation(group.opposing.volume_vph),
      })
  const { protected: safe, unblocked, protected_s, unblocked_s } = green
  return { protected: safe, unblocked, protected_s, unblocked_s, capacity_vph, saturation: capacity_vph > 0 ? group.volume_vph / capacity_vph : group.volume_vph > 0 ? Infinity : 0 }
}

/** Delay with even arrivals, s/veh; a mix of protected and permissive green counts as the green of equal capacity. */
export function isolatedDelay(cycle_s: number, group: LaneGroup, state: LaneGroupState): number {
  const green_s = Math.min(cycle_s, (state.capacity_vph * cycle_s) / group.saturation_vph)
  return uniformDelay({ cycle_s, green_s, volume_vph: group.volume_vph, saturation_vph: group.saturation_vph }) + incrementalDelay(group.volume_vph, state.capacity_vph)
}
