// Queue clearance: how long the cars that already stand at a stop line need before the band may arrive,
// tau = (residual queue + turners from the side streets upstream that arrive in red) / saturation flow, s.
// Little, Kelson and Gartner, MAXBAND (TRR 795, 1981), with the queues from volumes instead of by hand.
import { greensOf, incrementalDelay, totalOf } from '../capacity/index.ts'
import type { SplitResult } from '../splits/index.ts'
import { greenGroups, type Street, type Way } from './street.ts'

/** Clearance at the first stop line of a signal in a direction; 0 at the first signal of the way. */
export function queueClearance(street: Street, way: Way, signal: number, split: SplitResult): number {
  const at = way.stops.findIndex((stop) => stop.signal === signal)
  const [stop, before] = [way.stops[at], way.stops[at - 1]]
  if (stop === undefined || before === undefined) return 0
  const groups = street.laneGroups[signal] ?? []
  const index = groups.findIndex(({ movements }) => movements.includes(stop.movement.id))
  const [group, state] = [groups[index], split.states[index]]
  if (group === undefined || state === undefined || group.saturation_vph <= 0) return 0
  const approach = groups.filter(({ approach: link }) => link === group.approach).reduce((sum, other) => sum + other.volume_vph, 0)
  const turning = street.graph.listMovementsInto(before.movement.to)
    .filter((movement) => movement.id !== before.movement.id && movement.turn !== 'through')
    .reduce((sum, movement) => sum + (street.volumes.get(movement.id) ?? 0), 0)
  const red = split.compiled.cycle_s - totalOf(greensOf(split.compiled, greenGroups(street.graph, stop.movement.id)))
  const side = approach > 0 ? ((turning * group.volume_vph) / approach) * (red / 3600) : 0
  // Vehicles that random overflow leaves behind, of all lanes together: Q2 of HCM 7 chapter 31 section 4.
  const residual = (state.capacity_vph * incrementalDelay(group.volume_vph, state.capacity_vph)) / 3600
  return (side + residual) / (group.saturation_vph / 3600)
}
