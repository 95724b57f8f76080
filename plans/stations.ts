// Where the signals of a corridor stand along it, which groups serve its through movements, and how a vehicle's own
// metres map onto the corridor's. Metres along the outbound direction throughout.
import type { ResolvedCorridor, CorridorDirection } from '../model/corridor.ts'
import type { Direction } from '../model/plan.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { GroupId, SignalId } from '../model/signal.ts'

export interface Station {
  signal: SignalId
  name: string
  position_m: number
  /** Absent where the street is one-way against it. */
  outbound?: GroupId[]
  inbound?: GroupId[]
}

function throughGroups(graph: RoadGraph, direction: CorridorDirection | undefined, signal: SignalId): GroupId[] | undefined {
  const crossing = direction?.crossings.find((candidate) => candidate.signal === signal)
  if (crossing === undefined) return undefined
  // Of a joined signal the first stop line is the one that is drawn: there the band enters.
  const movement = crossing.movements[0]
  const groups = movement === undefined ? [] : graph.listConnections(movement.id).flatMap((connection) => (connection.groups ?? []).map(({ group }) => group))
  return [...new Set(groups)]
}

/** Distance from the first stop line to each, in order of travel. */
function cumulative(direction: CorridorDirection): number[] {
  const places = [0]
  for (const leg of direction.legs) places.push((places.at(-1) ?? 0) + leg.distance_m)
  return places
}

/** The stations of a corridor in outbound order. */
export function listStations(graph: RoadGraph, corridor: ResolvedCorridor): Station[] {
  const order = corridor.corridor.intersections
  const inboundPlaces = corridor.inbound === undefined ? [] : cumulative(corridor.inbound)
  const places = corridor.outbound === undefined ? [...inboundPlaces].reverse().map((place) => (inboundPlaces.at(-1) ?? 0) - place) : cumulative(corridor.outbound)
  return order.map((id, i) => {
    const signal = graph.getSignal(id)
    const outbound = throughGroups(graph, corridor.outbound, id)
    const inbound = throughGroups(graph, corridor.inbound, id)
    return {
      signal: id,
      name: signal.name ?? signal.source_id,
      position_m: places[i] ?? 0,
      ...(outbound === undefined ? {} : { outbound }),
      ...(inbound === undefined ? {} : { inbound }),
    }
  })
}

/**
 * Maps metres travelled since the first stop line of a direction to the corridor's metres: both directions meet at each
 * signal, although their stop lines differ by the width of a junction.
 */
export function corridorPosition(corridor: ResolvedCorridor, stations: readonly Station[], direction: Direction): (travelled_m: number) => number {
  const way = corridor[direction]
  const own = way === undefined ? [0] : cumulative(way)
  const places = stations.map(({ position_m }) => position_m)
  if (direction === 'inbound') places.reverse()
  const sign = direction === 'outbound' ? 1 : -1
  return (travelled) => {
    const first = own[0] ?? 0
    const last = own.at(-1) ?? 0
    if (travelled <= first) return (places[0] ?? 0) + sign * (travelled - first)
    if (travelled >= last) return (places.at(-1) ?? 0) + sign * (travelled - last)
    const i = own.findIndex((place) => place > travelled)
    const [a, b] = [own[i - 1] ?? 0, own[i] ?? 1]
    return (places[i - 1] ?? 0) + ((places[i] ?? 0) - (places[i - 1] ?? 0)) * ((travelled - a) / (b - a))
  }
}
