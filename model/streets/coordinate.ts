// Which groups of an assumed plan are the coordinated ones: those that serve its through movements along a corridor.
import { resolveCorridor, type CorridorDirection } from '../corridor.ts'
import { GreenwaveError } from '../errors.ts'
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
    for (const { signal, movements } of crossingsOf(graph, corridor)) {
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

function crossingsOf(graph: RoadGraph, corridor: Corridor): CorridorDirection['crossings'] {
  try {
    const { outbound, inbound } = resolveCorridor(graph, corridor)
    return [...(outbound?.crossings ?? []), ...(inbound?.crossings ?? [])]
  } catch (error) {
    // A chain that cannot be followed is reported where the corridor is used.
    if (error instanceof GreenwaveError && error.code === 'corridor.disconnected') return []
    throw error
  }
}
