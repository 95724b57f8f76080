// The lane-to-lane paths of a SUMO network: a connection and the chain of internal lanes behind it, made one. A chain of
// several lanes has a waiting place inside the junction at the end of its last lane but one.
import { GreenwaveError } from '../../../model/errors.ts'
import { distance } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import type { SumoConnection, SumoLane, SumoNet } from './net-document.ts'
import type { Notes } from './notes.ts'
import { isRoad } from './read-net.ts'

export interface SumoPath {
  id: string
  connection: SumoConnection
  junction: string
  /** Internal lanes in order of travel; empty in networks built without internal links. */
  chain: SumoLane[]
  length: number
  speed: number
  shape: Point[]
  /** Metres from the stop line to the waiting place, where there is one. */
  waiting?: number
}

/** A way for pedestrians across a road, where a traffic light governs it. */
export interface SumoCrossing {
  /** Internal lane of the crossing, as the junction's table names it. */
  lane: string
  edge: string
  tl: string
  linkIndex: number
  connection: SumoConnection
}

/** Longest chain that SUMO builds has 2 lanes; a file that chains more than this runs in a circle. */
const LONGEST_CHAIN = 16

const laneKey = (edge: string, lane: number): string => `${edge}_${lane}`

export interface Paths {
  paths: SumoPath[]
  crossings: SumoCrossing[]
}

export function collectPaths(net: SumoNet, notes: Notes): Paths {
  const lanes = new Map<string, SumoLane>()
  for (const edge of net.edges.values()) if (!isRoad(edge.function)) for (const lane of edge.lanes) lanes.set(lane.id, lane)
  const inner = new Map<string, SumoConnection[]>()
  const outer: SumoConnection[] = []
  const crossings: SumoCrossing[] = []
  for (const connection of net.connections) {
    const [from, to] = [net.edges.get(connection.from), net.edges.get(connection.to)]
    if (from === undefined || to === undefined) continue
    if (to.function === 'crossing' && connection.tl !== undefined && connection.linkIndex !== undefined) {
      crossings.push({ lane: laneKey(to.id, connection.toLane), edge: to.id, tl: connection.tl, linkIndex: connection.linkIndex, connection })
    } else if (isRoad(from.function) && isRoad(to.function)) {
      outer.push(connection)
    } else if (from.function === 'internal') {
      const key = laneKey(from.id, connection.fromLane)
      inner.set(key, [...(inner.get(key) ?? []), connection])
    }
  }
  const seen = new Set<string>()
  const paths = outer.flatMap((connection) => {
    const id = `${connection.from}_${connection.fromLane}->${connection.to}_${connection.toLane}`
    if (seen.has(id)) {
      notes.count('double connection', 'corrected', connection.place, (n) => `${n} connection(s) stand in the file twice; the first is taken`)
      return []
    }
    seen.add(id)
    return [path(id, net, connection, chainOf(connection, lanes, inner), notes)]
  })
  return { paths, crossings }
}

function chainOf(connection: SumoConnection, lanes: ReadonlyMap<string, SumoLane>, inner: ReadonlyMap<string, SumoConnection[]>): SumoLane[] {
  const chain: SumoLane[] = []
  let via = connection.via
  while (via !== undefined) {
    const lane = lanes.get(via)
    if (lane === undefined) {
      throw new GreenwaveError('input.reference', `the connection from "${connection.from}" to "${connection.to}" runs via lane "${via}", which does not exist`, connection.place)
    }
    chain.push(lane)
    if (chain.length > LONGEST_CHAIN) {
      throw new GreenwaveError('input.value', `the connection from "${connection.from}" to "${connection.to}" runs through more than ${LONGEST_CHAIN} internal lanes; its chain has no end`, connection.place)
    }
    via = (inner.get(via) ?? []).find((next) => next.to === connection.to)?.via
  }
  return chain
}

function path(id: string, net: SumoNet, connection: SumoConnection, chain: SumoLane[], notes: Notes): SumoPath {
  const from = net.edges.get(connection.from)
  const to = net.edges.get(connection.to)
  const [fromLane, toLane] = [from?.lanes[connection.fromLane], to?.lanes[connection.toLane]]
  if (from === undefined || to === undefined || fromLane === undefined || toLane === undefined) {
    throw new GreenwaveError('input.reference', `the connection from "${connection.from}" to "${connection.to}" names a lane that does not exist`, connection.place)
  }
  if (from.to !== to.from) {
    throw new GreenwaveError('input.reference', `the connection leads from edge "${from.id}", which ends at junction "${from.to}", to edge "${to.id}", which begins at "${to.from}"`, connection.place)
  }
  if (chain.length === 0) {
    const [a, b] = [fromLane.shape.at(-1), toLane.shape[0]]
    notes.count('no internal lanes', 'assumed', connection.place, (n) => `${n} connection(s) have no lane inside the junction; the straight line between the lanes is taken`)
    const shape = a === undefined || b === undefined ? [] : [a, b]
    return { id, connection, junction: from.to, chain, shape, length: a === undefined || b === undefined ? 0 : distance(a, b), speed: Math.min(fromLane.speed, toLane.speed) }
  }
  const before = chain.slice(0, -1).reduce((sum, lane) => sum + lane.length, 0)
  const last = chain.at(-1) as SumoLane
  return {
    id, connection, junction: from.to, chain,
    length: before + last.length,
    speed: Math.min(...chain.map((lane) => lane.speed)),
    shape: joinShapes(chain),
    ...(chain.length > 1 && net.junctions.get(last.id)?.type === 'internal' ? { waiting: before } : {}),
  }
}

function joinShapes(chain: SumoLane[]): Point[] {
  const points: Point[] = []
  for (const point of chain.flatMap((lane) => lane.shape)) {
    const last = points.at(-1)
    if (last === undefined || last[0] !== point[0] || last[1] !== point[1]) points.push(point)
  }
  return points
}
