// From a SUMO network as its file has it to our road: nodes, links, movements and connections. Ids stay SUMO's ids.
import type { Connection, CoordinateReference, Link, Movement, NetworkNode, Turn } from '../../../model/network.ts'
import type { Point } from '../../../model/network.ts'
import type { SumoEdge, SumoJunction, SumoLane, SumoNet } from './net-document.ts'
import type { Notes } from './notes.ts'
import type { SumoPath } from './paths.ts'
import { isRoad } from './read-net.ts'
import type { RightOfWay } from './right-of-way.ts'

const TURNS: Record<string, Turn> = { s: 'through', l: 'left', L: 'left', r: 'right', R: 'right', t: 'u-turn', T: 'u-turn' }
/** Junction types that we drive as plain priority; the table of the file still says who goes first. */
const KNOWN_AS_PRIORITY = new Set(['priority', 'priority_stop', 'unregulated', 'zipper', 'internal', 'district'])

const movementId = (from: string, to: string): string => `${from}->${to}`

export function nodes(net: SumoNet, paths: readonly SumoPath[], notes: Notes): NetworkNode[] {
  const signalised = new Set(paths.filter((path) => path.connection.tl !== undefined).map((path) => path.junction))
  const used = new Set([...net.edges.values()].filter((edge) => isRoad(edge.function)).flatMap((edge) => [edge.from, edge.to]))
  return [...net.junctions.values()].filter((junction) => used.has(junction.id)).map((junction) => ({
    id: junction.id, source_id: junction.id, kind: kindOf(junction, signalised.has(junction.id), notes), x_m: junction.x, y_m: junction.y,
    ...(junction.name === undefined ? {} : { name: junction.name }),
  }))
}

function kindOf(junction: SumoJunction, signalised: boolean, notes: Notes): NetworkNode['kind'] {
  if (signalised) return 'signal'
  if (junction.type === 'dead_end') return 'boundary'
  if (junction.type === 'right_before_left' || junction.type === 'left_before_right') return 'right-before-left'
  if (!KNOWN_AS_PRIORITY.has(junction.type)) {
    notes.count(`junction ${junction.type}`, 'assumed', junction.place, (n) => `${n} junction(s) of type "${junction.type}" are driven as priority junctions by the file's right-of-way table`)
  }
  return 'priority'
}

export function links(net: SumoNet): Link[] {
  return [...net.edges.values()].filter((edge) => isRoad(edge.function)).map(link)
}

function link(edge: SumoEdge): Link {
  const middle = edge.lanes[Math.floor(edge.lanes.length / 2)] as SumoLane
  const result: Link = {
    id: edge.id, source_id: edge.id, from: edge.from, to: edge.to,
    length_m: Math.max(...edge.lanes.map((lane) => lane.length)),
    speed_mps: Math.max(...edge.lanes.map((lane) => lane.speed)),
    lanes: edge.lanes.map((lane) => ({
      index: lane.index, source_id: lane.id, width_m: lane.width, speed_mps: lane.speed, length_m: lane.length,
      ...(lane.allow === undefined ? {} : { allow: lane.allow }),
      ...(lane.disallow === undefined ? {} : { disallow: lane.disallow }),
    })),
  }
  if (edge.name !== undefined) result.name = edge.name
  if (edge.priority !== undefined) result.priority = edge.priority
  if (middle.grade !== undefined && middle.grade !== 0) result.grade = middle.grade
  if (middle.shape.length > 1) result.shape_m = middle.shape
  return result
}

export function movements(paths: readonly SumoPath[]): Movement[] {
  const found = new Map<string, Movement>()
  for (const { connection, junction } of paths) {
    const id = movementId(connection.from, connection.to)
    const known = found.get(id)
    if (known === undefined) {
      found.set(id, {
        id, node: junction, from: connection.from, to: connection.to, turn: TURNS[connection.dir] ?? 'through',
        ...(connection.tl === undefined ? {} : { signal: connection.tl }),
      })
    } else if (known.signal === undefined && connection.tl !== undefined) known.signal = connection.tl
  }
  return [...found.values()]
}

/** Connections without their signal groups, which come with the programs. */
export function connections(paths: readonly SumoPath[], rights: RightOfWay): Connection[] {
  return paths.map((path) => {
    const { connection } = path
    const result: Connection = {
      id: path.id, movement: movementId(connection.from, connection.to),
      from_lane: connection.fromLane, to_lane: connection.toLane,
      length_m: path.length, speed_mps: path.speed,
      conflicts_with: [...(rights.conflicts.get(path.id) ?? [])],
      yields_to: [...(rights.yields.get(path.id) ?? [])],
    }
    if (path.shape.length > 1) result.shape_m = path.shape
    if (path.waiting !== undefined) result.waiting_m = path.waiting
    if (connection.state === 's') result.stop = 'sign'
    if (connection.state === 'w') result.stop = 'all-way'
    if (connection.visibility !== undefined) result.visibility_m = connection.visibility
    if (connection.keepClear === false) result.keep_clear = false
    if (connection.tl !== undefined && connection.linkIndex !== undefined) {
      result.source = { traffic_light: connection.tl, link_index: connection.linkIndex }
    }
    return result
  })
}

export function coordinateReference(net: SumoNet): CoordinateReference {
  const projection = net.projection
  if (projection === undefined || projection === '' || projection === '!') return { kind: 'local' }
  const offset: { net_offset_m?: Point } = net.netOffset === undefined ? {} : { net_offset_m: net.netOffset }
  return { kind: 'projected', projection, ...offset }
}
