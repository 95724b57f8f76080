// Nodes and links of the network: kinds of nodes, stop lines, lengths, lanes. Metres and metres per second.
// A UTDF distance runs from node to node. It is taken as the distance from stop line to stop line in the direction of
// travel, so a link is as long as its distance less the crossing of the junction where it begins.
import type { ImportNote } from '../../../model/errors.ts'
import { stopLineSetbacks } from '../../../model/junction.ts'
import type { Lane, Link, NetworkNode, Point } from '../../../model/network.ts'
import type { Approach } from './approaches.ts'
import type { UtdfDocument } from './document.ts'
import { roadKey, SHORTEST_BOUNDARY_M } from './roads.ts'
import type { Road, Roads } from './roads.ts'
import type { FieldUnits } from './units.ts'

export interface Layout {
  nodes: NetworkNode[]
  links: Link[]
  /** Direction away from the node and distance of the stop line, by `node>neighbour`. */
  arms: Map<string, { outward_rad: number; setback_m: number; two_way: boolean }>
}

/** A bend has no stop line; its crossing only has to be some length. */
const BEND_SETBACK_M = 1
const SHORTEST_LINK_M = 5

export interface LayoutInput {
  document: UtdfDocument
  roads: Roads
  places: Map<string, Point>
  approaches: ReadonlyMap<string, Approach[]>
  /** Controller of each signalised node. */
  controllers: ReadonlyMap<string, string>
  units: FieldUnits
  notes: ImportNote[]
}

export function layOutNetwork(input: LayoutInput): Layout {
  const neighbours = listNeighbours(input.roads)
  const kinds = new Map([...neighbours.keys()].map((id) => [id, nodeKind(input, id, neighbours.get(id) ?? new Set())]))
  stretchBoundaries(input, kinds, neighbours)
  const arms = placeArms(input, kinds, neighbours)
  const nodes = [...neighbours.keys()].map((id): NetworkNode => {
    const [x_m, y_m] = input.places.get(id) ?? [0, 0]
    const name = nodeName(input, id)
    return { id, source_id: id, kind: kinds.get(id) ?? 'priority', x_m, y_m, ...(name === undefined ? {} : { name }) }
  })
  const links = [...input.roads.values()].map((road) => buildLink(input, road, kinds, arms))
  return { nodes, links, arms }
}

function listNeighbours(roads: Roads): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>()
  for (const { from, to } of roads.values()) {
    neighbours.set(from, (neighbours.get(from) ?? new Set()).add(to))
    neighbours.set(to, (neighbours.get(to) ?? new Set()).add(from))
  }
  return neighbours
}

function nodeKind(input: LayoutInput, id: string, neighbours: Set<string>): NetworkNode['kind'] {
  if (input.controllers.has(id)) return 'signal'
  const approaches = input.approaches.get(id)
  if (approaches !== undefined) {
    const controls = new Set(approaches.map((approach) => approach.signControl ?? 0))
    return controls.size === 1 && approaches.length > 2 ? 'right-before-left' : 'priority'
  }
  const enters = [...neighbours].filter((other) => input.roads.has(roadKey(other, id)))
  const leaves = [...neighbours].filter((other) => input.roads.has(roadKey(id, other)))
  return enters.some((up) => leaves.some((down) => down !== up)) ? 'priority' : 'boundary'
}

function nodeName(input: LayoutInput, id: string): string | undefined {
  const described = input.document.nodes?.get(id)?.name
  if (described !== undefined && described !== '') return described
  if (!input.approaches.has(id)) return undefined
  const streets = [...new Set([...input.roads.values()].filter((road) => road.to === id && road.name !== undefined).map((road) => road.name as string))].sort()
  return streets.length === 0 ? undefined : streets.join(' & ')
}

function stretchBoundaries(input: LayoutInput, kinds: Map<string, NetworkNode['kind']>, neighbours: Map<string, Set<string>>): void {
  const stretched: string[] = []
  for (const [id, kind] of kinds) {
    if (kind !== 'boundary') continue
    for (const other of neighbours.get(id) ?? []) {
      const roads = [input.roads.get(roadKey(id, other)), input.roads.get(roadKey(other, id))].filter((road) => road !== undefined)
      const short = roads.filter((road) => (road.distance_m ?? 0) < SHORTEST_BOUNDARY_M)
      for (const road of short) road.distance_m = SHORTEST_BOUNDARY_M
      if (short.length === 0) continue
      stretched.push(id)
      const [a, b] = [input.places.get(other), input.places.get(id)]
      if (a === undefined || b === undefined || neighbours.get(id)?.size !== 1) continue
      const away = Math.hypot(b[0] - a[0], b[1] - a[1])
      const scale = away > 1 ? SHORTEST_BOUNDARY_M / away : 0
      if (scale > 1) input.places.set(id, [a[0] + (b[0] - a[0]) * scale, a[1] + (b[1] - a[1]) * scale])
    }
  }
  if (stretched.length > 0) {
    input.notes.push({ kind: 'assumed', place: { file: input.document.file, element: `nodes ${stretched.slice(0, 12).join(', ')}${stretched.length > 12 ? ' ...' : ''}` }, message: `${stretched.length} short roads at the edge were lengthened to ${SHORTEST_BOUNDARY_M} m, so that their queues fit` })
  }
}

function placeArms(input: LayoutInput, kinds: Map<string, NetworkNode['kind']>, neighbours: Map<string, Set<string>>): Layout['arms'] {
  const arms: Layout['arms'] = new Map()
  for (const [id, others] of neighbours) {
    const list = [...others].map((other) => {
      const [enter, leave] = [input.roads.get(roadKey(other, id)), input.roads.get(roadKey(id, other))]
      const lanes = (enter === undefined ? 0 : laneCount(input, enter)) + (leave === undefined ? 0 : laneCount(input, leave))
      const distance = Math.min(enter?.distance_m ?? Infinity, leave?.distance_m ?? Infinity)
      return { other, outward_rad: outward(input, id, other), width_m: lanes * input.units.lane_width_m, most_m: 0.4 * distance, two_way: enter !== undefined && leave !== undefined }
    })
    const setbacks = stopLineSetbacks(list)
    const hasStopLine = input.approaches.has(id)
    list.forEach((arm, i) => {
      const setback_m = kinds.get(id) === 'boundary' ? 0 : hasStopLine ? (setbacks[i] ?? 0) : Math.min(BEND_SETBACK_M, arm.most_m)
      arms.set(roadKey(id, arm.other), { outward_rad: arm.outward_rad, setback_m, two_way: arm.two_way })
    })
  }
  return arms
}

function outward(input: LayoutInput, id: string, other: string): number {
  const [a, b] = [input.places.get(id), input.places.get(other)]
  if (a !== undefined && b !== undefined && Math.hypot(b[0] - a[0], b[1] - a[1]) > 0.5) return Math.atan2(b[1] - a[1], b[0] - a[0])
  const leave = input.roads.get(roadKey(id, other))
  return leave?.heading_rad ?? (input.roads.get(roadKey(other, id))?.heading_rad ?? 0) + Math.PI
}

/** Lanes at the stop line, or of an exit: what the file says, at least what one movement brings. */
function laneCount(input: LayoutInput, road: Road): number {
  if (road.approach !== undefined) return road.approach.lanes.length
  return Math.max(1, road.lanes ?? 0, feedingLanes(input, road))
}

function feedingLanes(input: LayoutInput, road: Road): number {
  const feeding = (input.approaches.get(road.from) ?? []).flatMap((approach) => approach.movements).filter((movement) => movement.dest === road.to)
  return Math.max(0, ...feeding.map((movement) => movement.lanes.length))
}

function buildLink(input: LayoutInput, road: Road, kinds: Map<string, NetworkNode['kind']>, arms: Layout['arms']): Link {
  const distance = road.distance_m ?? SHORTEST_BOUNDARY_M
  const start = arms.get(roadKey(road.from, road.to)) as NonNullable<ReturnType<Layout['arms']['get']>>
  const end = arms.get(roadKey(road.to, road.from)) as NonNullable<ReturnType<Layout['arms']['get']>>
  const crossing = kinds.get(road.from) === 'boundary' ? end.setback_m : start.setback_m + (kinds.get(road.to) === 'boundary' ? 0 : feedingSetback(input, road, arms, start.setback_m))
  const length_m = round(Math.max(SHORTEST_LINK_M, distance - crossing))
  const speed_mps = speedOf(input, road)
  const shape_m = [along(input.places.get(road.from), start.outward_rad, start.setback_m), along(input.places.get(road.to), end.outward_rad, end.setback_m)]
  return {
    id: `${road.from}-${road.to}`, source_id: `${road.from}-${road.to}`, from: road.from, to: road.to,
    ...(road.name === undefined ? {} : { name: road.name }),
    length_m, speed_mps, ...(road.grade === undefined ? {} : { grade: road.grade }),
    lanes: buildLanes(input, road, length_m, speed_mps), shape_m,
  }
}

/**
 * Makes each link as long as its distance less the crossing as it was drawn in the end: paths that shift sideways are
 * longer than the setbacks alone, and stop line to stop line shall be what the file says.
 */
export function squareLengths(input: LayoutInput, layout: Layout, throughLength: (link: string) => number | undefined): void {
  const kinds = new Map(layout.nodes.map((node) => [node.id, node.kind]))
  for (const link of layout.links) {
    const crossing = kinds.get(link.from) === 'boundary' || kinds.get(link.to) === 'boundary' ? undefined : throughLength(link.id)
    const distance = input.roads.get(roadKey(link.from, link.to))?.distance_m
    if (crossing === undefined || distance === undefined) continue
    const before = link.length_m
    link.length_m = round(Math.max(SHORTEST_LINK_M, distance - crossing))
    for (const lane of link.lanes) if (lane.length_m >= before || lane.length_m > link.length_m) lane.length_m = link.length_m
  }
}

/** Setback of the arm from which the through traffic of this link comes. */
function feedingSetback(input: LayoutInput, road: Road, arms: Layout['arms'], own: number): number {
  const through = (input.approaches.get(road.from) ?? []).find((approach) => approach.movements.some((movement) => movement.dest === road.to && movement.turn === 'through'))
  return through === undefined ? own : arms.get(roadKey(road.from, through.up))?.setback_m ?? own
}

function along(from: Point | undefined, direction: number, distance: number): Point {
  const [x, y] = from ?? [0, 0]
  return [round(x + Math.cos(direction) * distance), round(y + Math.sin(direction) * distance)]
}

const round = (m: number): number => Math.round(m * 100) / 100

function speedOf(input: LayoutInput, road: Road): number {
  const known = road.speed_mps ?? input.roads.get(roadKey(road.to, road.from))?.speed_mps
  if (known !== undefined) return known
  if (road.approach !== undefined) {
    input.notes.push({ kind: 'assumed', place: { file: input.document.file, element: `link ${road.from}-${road.to}` }, message: `no speed is given; ${input.units.metric ? '50 km/h' : '30 mph'} is assumed` })
  }
  return input.units.default_speed_mps
}

function buildLanes(input: LayoutInput, road: Road, length_m: number, speed_mps: number): Lane[] {
  const { units } = input
  const described: { storage?: number; width?: number }[] = road.approach?.lanes ?? Array.from({ length: laneCount(input, road) }, () => ({}))
  const lanes = described.map((lane, index): Lane => {
    const storage = lane.storage !== undefined ? units.length(lane.storage) : Infinity
    const width = lane.width !== undefined ? units.length(lane.width) : units.lane_width_m
    return { index, width_m: round(width), speed_mps, length_m: storage < length_m ? round(Math.max(storage, 1)) : length_m }
  })
  if (lanes.every((lane) => lane.length_m < length_m)) {
    const longest = lanes.reduce((a, b) => (b.length_m > a.length_m ? b : a))
    longest.length_m = length_m
    input.notes.push({ kind: 'corrected', place: { file: input.document.file, element: `link ${road.from}-${road.to}` }, message: `all its lanes are pockets; lane ${longest.index} is taken over the whole length` })
  }
  return lanes
}
