// Which groups of a signal are the coordinated ones: those that serve its through movements along a corridor; at signals
// outside every corridor, those green in the longest stage.
import type { Network } from '../../../model/network.ts'
import { findCrossings } from '../../../model/corridor.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Corridor, Timing } from '../../../model/scenario.ts'
import type { Pattern } from '../../../model/signal.ts'

/** Following a chain through the road takes time in proportion to the network; minor chains of a town are not followed. */
const MOST_FOLLOWED = 20

/** Sets `coordinated` of every pattern. The first corridor that a signal belongs to decides. */
export function setCoordinated(network: Network, timing: Timing, corridors: readonly Corridor[]): void {
  const groups = corridorGroups(network, corridors.slice(0, MOST_FOLLOWED))
  const used = new Set(network.connections.flatMap((connection) => (connection.groups ?? []).map(({ group }) => `${connection.source?.traffic_light} ${group}`)))
  for (const pattern of timing.plans.flatMap((plan) => plan.patterns)) {
    const own = groups.get(pattern.signal)
    pattern.coordinated = own === undefined ? longestStage(pattern).filter((group) => used.has(`${pattern.signal} ${group}`)) : [...own]
  }
}

function longestStage(pattern: Pattern): string[] {
  if (pattern.kind !== 'stages') return []
  const stages = pattern.stages.filter((stage) => stage.kind === 'stage')
  return [...stages].sort((a, b) => b.duration_s - a.duration_s)[0]?.green ?? []
}

function corridorGroups(network: Network, corridors: readonly Corridor[]): Map<string, Set<string>> {
  const graph = new RoadGraph(network)
  const groups = new Map<string, Set<string>>()
  for (const corridor of corridors) {
    const mine = new Map<string, Set<string>>()
    for (const { signal, movements } of findCrossings(graph, corridor)) {
      if (groups.has(signal)) continue
      const found = mine.get(signal) ?? new Set<string>()
      mine.set(signal, found)
      for (const movement of movements) {
        for (const connection of graph.listConnections(movement.id)) {
          for (const { group, right_of_way } of connection.groups ?? []) if (right_of_way === 'protected') found.add(group)
        }
      }
    }
    for (const [signal, found] of mine) if (found.size > 0) groups.set(signal, found)
  }
  return groups
}
