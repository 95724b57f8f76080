// Which movements tell what would have happened without the treatment: chosen before it, far enough from it not to feel it.
import type { FollowedMovement } from '../../model/diagnosis.ts'
import type { LinkId, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'

export interface ControlRequest {
  graph: RoadGraph
  /** Of the place, and of every other place that might be treated, too. */
  site: ReadonlySet<MovementId>
  others: ReadonlySet<MovementId>
  /** Volumes by movement: what is not in it was not measured. */
  weights: ReadonlyMap<MovementId, number>
  /** Movements of corridors that the place lies on: a new offset is felt along all of them. */
  same_corridor: ReadonlySet<MovementId>
}

/** Movements at signals that share no link with the place; off its corridors and off other places where there are any, else the nearest that is left; empty where nothing is. */
export function chooseControl({ graph, site, others, weights, same_corridor }: ControlRequest): FollowedMovement[] {
  const links = new Set<LinkId>([...site].flatMap((id) => [graph.getMovement(id).from, graph.getMovement(id).to]))
  const near = new Set([...site].flatMap((id) => graph.getMovement(id).signal ?? []))
  for (const { from, to, signal } of graph.network.movements) if (signal !== undefined && (links.has(from) || links.has(to))) near.add(signal)
  const far = graph.network.movements.filter(({ id, signal }) => signal !== undefined && !near.has(signal) && !site.has(id) && (weights.get(id) ?? 0) > 0)
  const choices = [far.filter(({ id }) => !others.has(id) && !same_corridor.has(id)), far.filter(({ id }) => !others.has(id)), far]
  const chosen = choices.find((list) => list.length > 0) ?? []
  return chosen.map(({ id }) => ({ movement: id, weight: weights.get(id)! }))
}
