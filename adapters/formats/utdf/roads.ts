// Which roads there are between which nodes, from [Links] and from the approaches and exits in [Lanes], and where the
// nodes lie: from [Nodes], or else from distances and compass directions. Metres.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Point } from '../../../model/network.ts'
import { COMPASS, COMPASS_HEADING } from './records.ts'
import { RecordReader } from './document.ts'
import type { UtdfDocument } from './document.ts'
import type { Approach } from './approaches.ts'
import type { FieldUnits } from './units.ts'

/** One direction of a road, node to node. */
export interface Road {
  from: string
  to: string
  /** Direction of travel by compass, radians; used where nodes have no coordinates. */
  heading_rad: number
  /** Node to node. */
  distance_m?: number
  speed_mps?: number
  grade?: number
  name?: string
  /** Lanes by [Links]; the approach says it better where there is one. */
  lanes?: number
  approach?: Approach
  line?: number
}

export type Roads = Map<string, Road>
export const roadKey = (from: string, to: string): string => `${from}>${to}`

/** A road whose length no record gives. */
const UNKNOWN_LENGTH_M = 150

/** Traffic enters and leaves over at least this much road: a queue of a dozen cars. */
export const SHORTEST_BOUNDARY_M = 100

export function collectRoads(document: UtdfDocument, approaches: ReadonlyMap<string, Approach[]>, units: FieldUnits): Roads {
  const roads: Roads = new Map()
  for (const set of document.links?.values() ?? []) readLinks(roads, new RecordReader(document, set), units)
  for (const [node, list] of approaches) {
    for (const approach of list) {
      const road = obtain(roads, approach.up, node, COMPASS_HEADING[approach.compass])
      road.approach = approach
      if (approach.distance !== undefined) road.distance_m = units.length(approach.distance)
      if (approach.speed !== undefined) road.speed_mps = units.speed(approach.speed)
      // Synchro writes grades in percent.
      if (approach.grade !== undefined) road.grade = approach.grade / 100
    }
  }
  const quarter = { 'left': 1, 'through': 0, 'right': -1, 'u-turn': 2 }
  for (const list of approaches.values()) {
    for (const { node, compass, movements } of list) {
      for (const { dest, turn } of movements) obtain(roads, node, dest, COMPASS_HEADING[compass] + (quarter[turn] * Math.PI) / 2)
    }
  }
  return roads
}

function obtain(roads: Roads, from: string, to: string, heading_rad: number): Road {
  const key = roadKey(from, to)
  const road = roads.get(key) ?? { from, to, heading_rad }
  roads.set(key, road)
  return road
}

function readLinks(roads: Roads, reader: RecordReader, units: FieldUnits): void {
  const node = reader.set.id
  for (const compass of COMPASS) {
    const up = reader.findText('Up ID', compass)
    if (up === undefined || up === '0') continue
    // A one-way street has no lanes in the direction that is closed.
    const lanes = reader.findCount('Lanes', compass, 20)
    if (lanes === 0) continue
    if (up === node) reader.fail('Up ID', `the ${compass} link of node ${node} begins at the node itself`)
    if (roads.has(roadKey(up, node))) throw new GreenwaveError('input.duplicate', `node ${node} has two links from node ${up}`, reader.place('Up ID'))
    const road = obtain(roads, up, node, COMPASS_HEADING[compass])
    road.line = reader.find('Up ID')?.line ?? reader.set.line
    const [distance, speed] = [reader.findAmount('Distance', compass, 1e7), reader.findAmount('Speed', compass, 500)]
    if (distance === 0) reader.fail('Distance', `the distance of ${compass} is 0`)
    const [name, grade] = [reader.findText('Name', compass), reader.findNumber('Grade', compass)]
    if (distance !== undefined) road.distance_m = units.length(distance)
    if (speed !== undefined && speed > 0) road.speed_mps = units.speed(speed)
    if (lanes !== undefined) road.lanes = lanes
    if (name !== undefined) road.name = name
    if (grade !== undefined && grade !== 0) road.grade = grade / 100
  }
}

/** Fills distances: from the other direction, from coordinates, or an assumption that is noted. */
export function fillDistances(document: UtdfDocument, roads: Roads, units: FieldUnits, notes: ImportNote[]): void {
  const assumed: string[] = []
  for (const road of roads.values()) {
    if (road.distance_m !== undefined) continue
    const back = roads.get(roadKey(road.to, road.from))?.distance_m
    const [a, b] = [document.nodes?.get(road.from), document.nodes?.get(road.to)]
    if (back !== undefined) road.distance_m = back
    else if (a !== undefined && b !== undefined) road.distance_m = Math.max(1, units.length(Math.hypot(a.x - b.x, a.y - b.y)))
    else {
      road.distance_m = UNKNOWN_LENGTH_M
      assumed.push(`${road.from}-${road.to}`)
    }
  }
  if (assumed.length > 0) {
    notes.push({ kind: 'assumed', place: { file: document.file, element: `links ${assumed.join(', ')}` }, message: `no record gives their length; ${UNKNOWN_LENGTH_M} m is assumed` })
  }
}

/** Positions of all nodes, m. */
export function placeNodes(document: UtdfDocument, roads: Roads, units: FieldUnits, notes: ImportNote[]): Map<string, Point> {
  if (document.nodes === undefined || document.nodes.size === 0) {
    notes.push({ kind: 'assumed', place: { file: document.file }, message: 'there is no [Nodes] section: positions are drawn from distances and compass directions, so the map is a sketch; distances are those of the file' })
    return drawNodes(roads)
  }
  const places = new Map<string, Point>()
  for (const node of document.nodes.values()) {
    if (Math.abs(node.x) > 1e9 || Math.abs(node.y) > 1e9) {
      throw new GreenwaveError('input.value', `node ${node.id} lies at ${node.x}, ${node.y}, which is no place on a map`, { file: document.file, line: node.line })
    }
    places.set(node.id, [round(units.length(node.x)), round(units.length(node.y))])
  }
  for (const road of roads.values()) {
    for (const id of [road.from, road.to]) {
      if (!places.has(id)) {
        throw new GreenwaveError('input.reference', `the link from ${road.from} to ${road.to} names node ${id}, which [Nodes] does not have`, { file: document.file, ...(road.line === undefined ? {} : { line: road.line }) })
      }
    }
  }
  return places
}

const round = (m: number): number => Math.round(m * 100) / 100

/** Walks the roads from the first node; a second component starts south of what is already drawn. */
function drawNodes(roads: Roads): Map<string, Point> {
  const places = new Map<string, Point>()
  const touching = new Map<string, Road[]>()
  for (const road of roads.values()) {
    for (const id of [road.from, road.to]) touching.set(id, [...(touching.get(id) ?? []), road])
  }
  // Approaches are measured; exits only follow from turns: so draw along approaches first.
  for (const list of touching.values()) list.sort((a, b) => Number(b.approach !== undefined) - Number(a.approach !== undefined))
  for (const start of touching.keys()) {
    if (places.has(start)) continue
    const south = Math.min(0, ...[...places.values()].map(([, y]) => y - 500))
    const open = [start]
    places.set(start, [0, south])
    while (open.length > 0) {
      const id = open.shift() as string
      const [x, y] = places.get(id) as Point
      for (const road of touching.get(id) ?? []) {
        const sign = road.from === id ? 1 : -1
        const other = road.from === id ? road.to : road.from
        if (places.has(other)) continue
        const reach = sign * (road.distance_m ?? UNKNOWN_LENGTH_M)
        places.set(other, [round(x + Math.cos(road.heading_rad) * reach), round(y + Math.sin(road.heading_rad) * reach)])
        open.push(other)
      }
    }
  }
  return places
}
