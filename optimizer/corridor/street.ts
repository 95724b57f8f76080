// A corridor as the planner sees it: signals in outbound order with their lane groups, and for each direction the stop
// lines in order of travel. A joined signal has several stop lines in one direction. Metres, m/s, veh/h.
import type { CorridorDirection, ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Movement, MovementId } from '../../model/network.ts'
import type { Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { GroupId, Pattern, Signal, SignalId } from '../../model/signal.ts'
import { type LaneGroup, listLaneGroups } from '../capacity/index.ts'

export interface StopLine {
  /** Index in the corridor's outbound order. */
  signal: number
  movement: Movement
  /** From the stop line before; 0 at the first. */
  distance_m: number
  speed_limit_mps: number
}

export interface Way {
  direction: Direction
  stops: StopLine[]
}

/** First stop line to first stop line between signal i and i + 1 of the outbound order. */
export interface Leg {
  distance_m: number
  speed_limit_mps: number
}

/** The street without its timing. */
export interface StreetLayout {
  graph: RoadGraph
  ids: SignalId[]
  signals: Signal[]
  laneGroups: LaneGroup[][]
  ways: Way[]
  legs: Record<Direction, (Leg | undefined)[]>
  volumes: ReadonlyMap<MovementId, number>
}

export interface Street extends StreetLayout {
  running: Pattern[]
}

export function layoutOf(graph: RoadGraph, corridor: ResolvedCorridor, volumes: ReadonlyMap<MovementId, number>): StreetLayout {
  const ids = corridor.corridor.intersections
  const ways = [corridor.outbound, corridor.inbound].flatMap((direction) => (direction === undefined ? [] : [wayOf(graph, ids, direction)]))
  return {
    graph, ids, ways, volumes,
    signals: ids.map((id) => graph.getSignal(id)),
    laneGroups: ids.map((id) => listLaneGroups(graph, id, volumes)),
    legs: { outbound: legsOf(corridor.outbound, ids.length), inbound: legsOf(corridor.inbound, ids.length).reverse() },
  }
}

export function streetOf(graph: RoadGraph, corridor: ResolvedCorridor, running: ReadonlyMap<SignalId, Pattern>, volumes: ReadonlyMap<MovementId, number>): Street {
  const layout = layoutOf(graph, corridor, volumes)
  const patterns = layout.ids.map((id) => {
    const pattern = running.get(id)
    if (pattern === undefined) throw new GreenwaveError('input.reference', `signal ${id} of corridor "${corridor.corridor.id}" has no running pattern`)
    return pattern
  })
  return { ...layout, running: patterns }
}

function legsOf(direction: CorridorDirection | undefined, signals: number): (Leg | undefined)[] {
  return Array.from({ length: signals - 1 }, (_, i) => direction?.legs[i])
}

function wayOf(graph: RoadGraph, ids: SignalId[], direction: CorridorDirection): Way {
  const stops: StopLine[] = []
  let carried = 0
  direction.crossings.forEach(({ signal, movements }, i) => {
    const leg = i === 0 ? undefined : direction.legs[i - 1]
    movements.forEach((movement, j) => {
      const before = movements[j - 1]
      const inside = before === undefined ? 0 : graph.movementLength(before.id) + graph.getLink(before.to).length_m
      const distance_m = before === undefined ? (leg?.distance_m ?? 0) - carried : inside
      const speed_limit_mps = before === undefined ? (leg?.speed_limit_mps ?? graph.getLink(movement.from).speed_mps) : graph.getLink(before.to).speed_mps
      stops.push({ signal: ids.indexOf(signal), movement, distance_m: Math.max(0, distance_m), speed_limit_mps })
      if (before === undefined) carried = 0
      carried += inside
    })
  })
  return { direction: direction.direction, stops }
}

/** Groups that give the movement green: protected ones, or permissive where it has no other. */
export function greenGroups(graph: RoadGraph, movement: MovementId): GroupId[] {
  const all = graph.listConnections(movement).flatMap(({ groups }) => groups ?? [])
  const safe = all.filter(({ right_of_way }) => right_of_way === 'protected')
  return [...new Set((safe.length > 0 ? safe : all).map(({ group }) => group))]
}

/** Through groups of a signal, one list per direction and stop line. */
export const throughGroups = (street: Street, signal: number): GroupId[][] =>
  street.ways.flatMap((way) => way.stops.filter((stop) => stop.signal === signal).map(({ movement }) => greenGroups(street.graph, movement.id)).filter((groups) => groups.length > 0))
