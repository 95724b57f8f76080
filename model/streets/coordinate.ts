// Which groups of an assumed plan are the coordinated ones: those that serve its through movements along a corridor.
import { findCrossings } from '../corridor.ts'
import type { Network } from '../network.ts'
import { RoadGraph } from '../road-graph.ts'
import type { Corridor } from '../scenario.ts'
import type { GroupId, Pattern, SignalId } from '../signal.ts'

/** Following a chain takes time in proportion to the network; minor chains of a town are not followed. */
const MOST_FOLLOWED = 20

/** Sets `coordinated` of the patterns along corridors; the first corridor of a signal decides. Others keep theirs. */
export function coordinateAlong(network: Network, patterns: readonly Pattern[], corridors: readonly Corridor[]): void {
  const graph = new RoadGraph(network)
  const groups = new Map<SignalId, Set<GroupId>>()
  for (const corridor of corridors.slice(0, MOST_FOLLOWED)) {
    const mine = new Map<SignalId, Set<GroupId>>()
    for (const { signal, movements } of findCrossings(graph, corridor)) {
      if (groups.has(signal)) continue
      const found = mine.get(signal) ?? new Set()
      for (const connection of movements.flatMap(({ id }) => graph.listConnections(id))) {
        for (const { group, right_of_way } of connection.groups ?? []) if (right_of_way === 'protected') found.add(group)
      }
      mine.set(signal, found)
    }
    for (const [signal, found] of mine) if (found.size > 0) groups.set(signal, found)
  }
  for (const pattern of patterns) {
    const own = groups.get(pattern.signal)
    if (own !== undefined) pattern.coordinated = [...own]
  }
}
