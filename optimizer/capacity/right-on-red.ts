// Turns on red that need no green, veh/h: HCM 7 chapter 31 section 8, the estimate without field counts.
import type { Movement, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'

/**
 * An exclusive right-turn lane beside a complementary protected left of the cross street turns on red as many as that
 * left sends (the left clears the way), at most its own demand; everybody else is given nothing.
 */
export function rightOnRedCredit(graph: RoadGraph, movement: Movement, volumes: ReadonlyMap<MovementId, number>): number {
  if (movement.turn !== 'right' || movement.signal === undefined) return 0
  const own = graph.listConnections(movement.id)
  if (own.length === 0 || own.some(({ turn_on_red }) => turn_on_red !== true)) return 0
  const lanes = new Set(own.map(({ from_lane }) => from_lane))
  const shared = graph.listMovementsFrom(movement.from).some((other) => other !== movement && graph.listConnections(other.id).some(({ from_lane }) => lanes.has(from_lane)))
  if (shared) return 0
  // The complementary left leaves by the leg that the right turn enters from.
  const leg = graph.getLink(movement.from).from
  const left = graph.listMovementsOfSignal(movement.signal).find((other) => other.turn === 'left' && graph.getLink(other.to).to === leg &&
    graph.listConnections(other.id).some((connection) => (connection.groups ?? []).some(({ right_of_way }) => right_of_way === 'protected')))
  return left === undefined ? 0 : Math.min(volumes.get(movement.id) ?? 0, volumes.get(left.id) ?? 0)
}
