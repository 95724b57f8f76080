// Lines and points of a file as drawn streets: nodes where lines meet or where they name them, one link a direction.
import { cleanCoords } from '@turf/clean-coords'
import { featureCollection, lineString } from '@turf/helpers'
import { lineIntersect } from '@turf/line-intersect'
import type { Network, NodeId, Point } from '../../../model/network.ts'
import { DEFAULT_SPEED_MPS, findStreetClass, standingOf } from '../../../model/streets/classes.ts'
import type { DrawnLink, DrawnNode, DrawnStreets } from '../../../model/streets/drawn.ts'
import { pathLength } from '../../../model/lines.ts'
import type { Notes } from '../sumo/notes.ts'
import { Meeting, type Plane } from './plane.ts'
import { findControl, findOneway, findSpeed, readLanes } from './properties.ts'
import type { Feature, GeojsonFile, Position } from './read.ts'

export interface StreetsOptions {
  driving_side: Network['driving_side']
  /** Line ends within this are one node, m. */
  tolerance_m: number
}

/** A signal drawn beside its junction belongs to the node within this, m. */
const SIGNAL_REACH_M = 30
/** A line that names its node and ends farther away than this is remarked on, m. */
const FAR_END_M = 60
/** More lines than this are not searched for crossings: it would take minutes. */
const MOST_CROSSED = 20_000

interface Line {
  feature: Feature
  id: string
  positions: Position[]
  points: Point[]
  from?: NodeId
  to?: NodeId
}

export function readStreets(file: GeojsonFile, plane: Plane, options: StreetsOptions, notes: Notes): DrawnStreets {
  const lines = splitAtEnds(listLines(file, plane, options, notes), options.tolerance_m, notes, file)
  const nodes = new NodeTable(file, plane, options.tolerance_m, notes)
  for (const line of lines) nodes.join(line)
  nodes.placeControls(notes)
  noteCrossings(file, lines, nodes, plane, notes)
  const links = linksOf(lines, options, notes)
  return { driving_side: options.driving_side, nodes: nodes.list(), links, movements: [] }
}

function listLines(file: GeojsonFile, plane: Plane, { tolerance_m }: StreetsOptions, notes: Notes): Line[] {
  const taken = new Set<string>()
  return file.lines.flatMap((feature, i): Line[] => {
    if (['movement', 'connection'].includes(String(feature.find('kind')))) {
      notes.count('paths', 'not-understood', feature.place, (n) => `${n} movement(s) and path(s) of a file whose header is lost are left out and drawn anew`)
      return []
    }
    const points = feature.coordinates.map(plane.toPoint)
    if (pathLength(points) <= tolerance_m) {
      notes.count('no length', 'not-understood', feature.place, (n) => `${n} line(s) are shorter than the tolerance of ${tolerance_m} m and are left out`)
      return []
    }
    const given = feature.findId('link_id', 'osm_id')
    const base = given === undefined ? `line${i + 1}` : feature.part === undefined ? given : `${given}/${feature.part}`
    let id = base
    for (let n = 2; taken.has(id); n++) id = `${base}#${n}`
    if (id !== base && given !== undefined) notes.count('same id', 'corrected', feature.place, (n) => `${n} line(s) have the id of another; a number is added`)
    taken.add(id)
    const [from, to] = [feature.findText('from', 'from_node', 'from_node_id', 'u'), feature.findText('to', 'to_node', 'to_node_id', 'v')]
    return [{ feature, id, positions: feature.coordinates, points, ...(from === undefined || feature.part !== undefined ? {} : { from }), ...(to === undefined || feature.part !== undefined ? {} : { to }) }]
  })
}

/** Where the end of one line lies on a vertex inside another, that one is cut: streets are often drawn through. */
function splitAtEnds(lines: Line[], tolerance_m: number, notes: Notes, { path }: GeojsonFile): Line[] {
  const ends = new Meeting(tolerance_m)
  lines.forEach(({ points }, i) => [points[0], points.at(-1)].forEach((point) => ends.add(point as Point, i)))
  return lines.flatMap((line): Line[] => {
    if (line.from !== undefined || line.to !== undefined) return [line]
    const cuts = line.points.flatMap((point, i) => (i > 0 && i < line.points.length - 1 && ends.find(point) !== undefined ? [i] : []))
      .filter((at) => pathLength(line.points.slice(0, at + 1)) > tolerance_m && pathLength(line.points.slice(at)) > tolerance_m)
    if (cuts.length === 0) return [line]
    notes.count('split', 'assumed', { file: path, element: `line "${line.id}"` }, (n) => `${n} line(s) pass the end of another and are divided there`)
    const bounds = [0, ...cuts, line.points.length - 1]
    return bounds.slice(1).map((end, i): Line => {
      const [a, b] = [bounds[i] as number, end + 1]
      return { ...line, id: `${line.id}/${i + 1}`, positions: line.positions.slice(a, b), points: line.points.slice(a, b) }
    })
  })
}

interface TableNode { node: DrawnNode; drawn: boolean; ends: number }

/** Nodes by their names, and by place where lines do not name them. */
class NodeTable {
  readonly #nodes: TableNode[] = []
  readonly #byId = new Map<NodeId, number>()
  readonly #places: Meeting
  readonly #controls: { feature: Feature; at: Point }[] = []
  readonly #notes: Notes
  readonly #path: string
  #inferred = 0

  constructor(file: GeojsonFile, plane: Plane, tolerance_m: number, notes: Notes) {
    this.#places = new Meeting(tolerance_m)
    this.#notes = notes
    this.#path = file.path
    for (const feature of file.points) {
      const at = plane.toPoint(feature.coordinates[0] as Position)
      const id = feature.findId('node_id', 'osm_id')
      const control = findControl(feature)
      if (id !== undefined && !this.#byId.has(id)) {
        const name = feature.findText('name')
        this.#add({ id, source_id: id, at_m: at, control: control ?? 'none', place: feature.place, ...(name === undefined ? {} : { name }) }, true)
      } else if (id !== undefined) notes.count('same node', 'not-understood', feature.place, (n) => `${n} point(s) have the id of another and are left out`)
      if (control !== undefined) this.#controls.push({ feature, at })
    }
  }

  #add(node: DrawnNode, drawn: boolean): number {
    const index = this.#nodes.push({ node, drawn, ends: 0 }) - 1
    this.#byId.set(node.id, index)
    if (this.#places.find(node.at_m) === undefined) this.#places.add(node.at_m, index)
    return index
  }

  /** Gives both ends of a line their nodes. */
  join(line: Line): void {
    line.from = this.#end(line, line.from, line.points[0] as Point)
    line.to = this.#end(line, line.to, line.points.at(-1) as Point)
  }

  #end({ feature }: Line, named: NodeId | undefined, at: Point): NodeId {
    const known = (named === undefined ? this.#places.find(at) : this.#byId.get(named)) ?? this.#add(this.#newNode(named, at, feature), false)
    const entry = this.#nodes[known] as TableNode
    const { node, ends } = entry
    // Without a point of its own a node lies in the middle of the ends that name it.
    if (!entry.drawn && named !== undefined) node.at_m = [(node.at_m[0] * ends + at[0]) / (ends + 1), (node.at_m[1] * ends + at[1]) / (ends + 1)]
    entry.ends++
    if (Math.hypot(node.at_m[0] - at[0], node.at_m[1] - at[1]) > FAR_END_M) {
      this.#notes.count('far end', 'assumed', feature.place, (n) => `${n} line(s) end more than ${FAR_END_M} m from the node that they name`)
    }
    return node.id
  }

  #newNode(named: NodeId | undefined, at_m: Point, { place }: Feature): DrawnNode {
    if (named === undefined) this.#inferred++
    const id = named ?? this.#freeId()
    return { id, source_id: id, at_m, control: 'none', place }
  }

  #freeId(): NodeId {
    for (let n = this.#inferred; ; n++) if (!this.#byId.has(`n${n}`)) return `n${n}`
  }

  /** Signals and signs whose point is no end of a line belong to the node beside them. */
  placeControls(notes: Notes): void {
    const joined = this.#nodes.filter(({ ends }) => ends > 0)
    const near = new Meeting(SIGNAL_REACH_M)
    joined.forEach(({ node }, i) => near.add(node.at_m, i))
    for (const { feature, at } of this.#controls) {
      const own = this.#nodes[this.#byId.get(feature.findId('node_id', 'osm_id') ?? '') ?? -1]
      const index = near.find(at)
      const node = own !== undefined && own.ends > 0 ? own.node : index === undefined ? undefined : joined[index]?.node
      const control = findControl(feature)
      if (node === undefined || control === undefined) {
        notes.count('lost signal', 'not-understood', feature.place, (n) => `${n} point(s) with a signal or a sign lie more than ${SIGNAL_REACH_M} m from every node`)
        continue
      }
      const name = feature.findText('name')
      if (control === 'signal' || node.control === 'none') Object.assign(node, { control, ...(name === undefined || node.name !== undefined ? {} : { name }) })
    }
    if (this.#inferred > 0) notes.add('assumed', { file: this.#path }, `${this.#inferred} node(s) are where line ends meet`)
  }

  isNear(at: Point, reach_m: number): boolean {
    return this.#near(reach_m).find(at) !== undefined
  }

  #cached: { reach: number; meeting: Meeting } | undefined
  #near(reach: number): Meeting {
    if (this.#cached?.reach !== reach) {
      const meeting = new Meeting(reach)
      this.#nodes.forEach(({ node }, i) => meeting.add(node.at_m, i))
      this.#cached = { reach, meeting }
    }
    return this.#cached.meeting
  }

  list(): DrawnNode[] {
    const idle = this.#nodes.filter(({ ends }) => ends === 0)
    if (idle.length > 0) this.#notes.add('not-understood', { file: this.#path, element: `point "${idle[0]?.node.id}"` }, `${idle.length} point(s) are the end of no line and are left out`)
    return this.#nodes.filter(({ ends }) => ends > 0).map(({ node }) => ({ ...node, at_m: [Math.round(node.at_m[0] * 1000) / 1000, Math.round(node.at_m[1] * 1000) / 1000] }))
  }
}

/** Lines that cross away from every node: bridges, or junctions that were forgotten. */
function noteCrossings(file: GeojsonFile, lines: readonly Line[], nodes: NodeTable, plane: Plane, notes: Notes): void {
  if (lines.length > MOST_CROSSED) {
    notes.add('not-understood', { file: file.path }, `${lines.length} lines are too many to look for crossings without a node`)
    return
  }
  const once = new Map(lines.map((line) => [JSON.stringify([...line.positions].sort((a, b) => a[0] - b[0] || a[1] - b[1])), line]))
  const drawn = featureCollection([...once.values()].map(({ positions }) => lineString(positions)))
  const crossings = lineIntersect(drawn, featureCollection<typeof drawn.features[number]['geometry']>([])).features
    .filter(({ geometry }) => !nodes.isNear(plane.toPoint(geometry.coordinates as Position), 2))
  const [first] = crossings
  if (first === undefined) return
  const [lon, lat] = first.geometry.coordinates as Position
  notes.add('assumed', { file: file.path, element: `${lon.toFixed(6)}, ${lat.toFixed(6)}` }, `${crossings.length} crossing(s) of lines have no node; they are taken as bridges, and no movement leads from one line to the other`)
}

function linksOf(lines: readonly Line[], { driving_side }: StreetsOptions, notes: Notes): DrawnLink[] {
  const says = lines.some(({ feature }) => findOneway(feature) !== undefined)
  const directed = new Set(lines.map(({ from, to }) => `${from}>${to}`))
  return lines.flatMap((line): DrawnLink[] => {
    const { feature } = line
    if (line.from === line.to) {
      notes.count('loop', 'not-understood', feature.place, (n) => `${n} line(s) begin and end at the same node and are left out`)
      return []
    }
    // A link of our own file is one direction.
    const said = findOneway(feature) ?? (feature.find('kind') === 'link' ? 'forward' : undefined)
    const twin = directed.has(`${line.to}>${line.from}`)
    if (said === undefined && !says) notes.count(twin ? 'one way' : 'both ways', 'assumed', feature.place, (n) => (twin ? `${n} line(s) have a counterpart in the other direction and are taken as one-way` : `${n} line(s) without oneway are taken as two-way`))
    const oneway = said ?? (!says && twin ? 'forward' : 'no')
    const directions = oneway === 'no' ? (['forward', 'backward'] as const) : ([oneway] as const)
    return directions.map((direction) => linkOf(line, direction, oneway === 'no', driving_side, notes))
  })
}

function linkOf(line: Line, direction: 'forward' | 'backward', both: boolean, side: Network['driving_side'], notes: Notes): DrawnLink {
  const { feature } = line
  const reversed = direction === 'backward'
  const { lanes, assumed } = readLanes(feature, direction, both, side)
  if (assumed) notes.count('lanes', 'assumed', feature.place, (n) => `${n} direction(s) of lines have no lanes; one each is taken`)
  const named = feature.findText('class', 'highway', 'facility_type', 'road_class')
  const streetClass = named === undefined ? undefined : findStreetClass(named)
  const limit = findSpeed(feature)
  const speed_mps = limit ?? streetClass?.speed_mps ?? DEFAULT_SPEED_MPS
  if (limit === undefined) notes.count('speed', 'assumed', feature.place, (n) => `${n} direction(s) of lines have no speed limit; that of their class is taken, or 50 km/h`)
  const [name, length_m, grade] = [feature.findText('name', 'street'), feature.findNumber('length_m', { above: 0, most: 1e6 }), feature.find('grade')]
  // A straight line stays straight: corners are what counts.
  const clean = (cleanCoords(lineString(line.points.map(([x, y]) => [x, y]))) as { geometry: { coordinates: Point[] } }).geometry.coordinates
  const points = reversed ? [...clean].reverse() : clean
  const id = both ? `${line.id}${reversed ? '-b' : ''}` : line.id
  const rank = feature.findNumber('priority', { above: -1e6, most: 1e6 }) ?? streetClass?.rank ?? standingOf(lanes.length, speed_mps)
  return {
    id, source_id: line.id, from: (reversed ? line.to : line.from) as NodeId, to: (reversed ? line.from : line.to) as NodeId,
    ...(name === undefined ? {} : { name }), points_m: points, lanes, speed_mps, rank, place: feature.place,
    ...(length_m === undefined || line.id.includes('/') ? {} : { length_m }),
    ...(typeof grade === 'number' && Math.abs(grade) < 1 ? { grade: reversed ? -grade : grade } : {}),
  }
}
