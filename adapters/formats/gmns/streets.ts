// Nodes, links and movements of a GMNS folder as drawn streets; what no car may use is left out.
import { pathLength } from '../../../model/lines.ts'
import type { LinkId, Network, NodeId, Point, Turn } from '../../../model/network.ts'
import { DEFAULT_SPEED_MPS, findStreetClass, standingOf } from '../../../model/streets/classes.ts'
import type { DrawnLink, DrawnMovement, DrawnNode, DrawnStreets, NodeControl } from '../../../model/streets/drawn.ts'
import type { Notes } from '../sumo/notes.ts'
import { LaneTable, usesOf, type NumberedLane } from './lanes.ts'
import type { Row, Tables } from './tables.ts'
import type { GmnsUnits } from './units.ts'

export interface GmnsStreets extends DrawnStreets {
  /** Our movement for each of the file's; several of the file may be one of ours. */
  movementOf: Map<string, string>
}

interface BuiltLink extends DrawnLink { numbered: NumberedLane[] }

export function readStreets(tables: Tables, units: GmnsUnits, driving_side: Network['driving_side'], notes: Notes): GmnsStreets {
  const nodes = readNodes(tables, units)
  const lanes = new LaneTable(tables, units, notes)
  const geometry = new Map((tables.find('geometry') ?? []).flatMap((row) => (row.find('geometry') === undefined ? [] : [[row.get('geometry_id'), row.find('geometry') as string] as const])))
  const taken = new Set<LinkId>()
  const links = tables.get('link').flatMap((row) => readLink(row, { nodes, lanes, geometry, units, driving_side, taken, notes }))
  const { movements, movementOf } = readMovements(tables, new Map(links.map((link) => [link.id, link])), nodes, driving_side, notes)
  const used = new Set(links.flatMap(({ from, to }) => [from, to]))
  return { driving_side, nodes: [...nodes.values()].filter(({ id }) => used.has(id)), links: links.map(({ numbered: _numbered, ...link }) => link), movements, movementOf }
}

function readNodes(tables: Tables, units: GmnsUnits): Map<NodeId, DrawnNode> {
  const nodes = new Map<NodeId, DrawnNode>()
  for (const row of tables.get('node')) {
    const id = row.get('node_id')
    if (nodes.has(id)) throw row.error('input.duplicate', `node "${id}" is there twice`)
    const name = row.find('name')
    nodes.set(id, {
      id, source_id: id, at_m: units.toPoint(row.getNumber('x_coord'), row.getNumber('y_coord')), control: controlOf(row.find('ctrl_type')) ?? 'none',
      ...(name === undefined ? {} : { name }), place: row.place,
    })
  }
  return nodes
}

function controlOf(text: string | undefined): NodeControl | undefined {
  const words = (text ?? '').toLowerCase()
  if (/signal/.test(words)) return 'signal'
  if (/4|all.?way|four/.test(words)) return 'all-way-stop'
  return /stop/.test(words) ? 'stop' : /yield/.test(words) ? 'yield' : words === '' ? undefined : 'none'
}

interface LinkContext {
  nodes: ReadonlyMap<NodeId, DrawnNode>
  lanes: LaneTable
  geometry: ReadonlyMap<string, string>
  units: GmnsUnits
  driving_side: Network['driving_side']
  taken: Set<LinkId>
  notes: Notes
}

const NO_STREET = /sidewalk|crosswalk|footway|bike|cycle|path|rail|ferry|transit|connector|centroid|steps/i

function readLink(row: Row, context: LinkContext): BuiltLink[] {
  const { nodes, units, notes, taken } = context
  const id = row.get('link_id')
  if (taken.has(id)) throw row.error('input.duplicate', `link "${id}" is there twice`)
  taken.add(id)
  const [from, to] = (['from_node_id', 'to_node_id'] as const).map((column) => {
    const node = nodes.get(row.get(column))
    if (node === undefined) throw row.error('input.reference', `${column} is "${row.get(column).slice(0, 60)}", which is no node of node.csv`)
    return node
  }) as [DrawnNode, DrawnNode]
  const uses = usesOf(row)
  if (uses === 'others' || NO_STREET.test(row.find('facility_type') ?? '')) {
    notes.count('no street', 'not-understood', row.place, (n) => `${n} link(s) are for people who walk or cycle, or are no street, and are left out`)
    return []
  }
  const points = lineOf(row, from, to, context)
  if (from === to || pathLength(points) < 1) {
    notes.count('short', 'not-understood', row.place, (n) => `${n} link(s) join a node to itself or are shorter than 1 m and are left out`)
    return []
  }
  const length = row.findNumber('length', { min: 0 })
  const length_m = length === undefined || length === 0 ? undefined : length * units.long_m
  const { lanes, assumed } = context.lanes.lanesOf(row, length_m ?? pathLength(points))
  if (lanes.length === 0) {
    notes.count('no lanes', 'not-understood', row.place, (n) => `${n} link(s) have 0 lanes for cars and are left out`)
    return []
  }
  if (assumed) notes.count('lanes', 'assumed', row.place, (n) => `${n} link(s) have no number of lanes; one is taken`)
  const built = describe(row, { from, to, points, lanes, ...(length_m === undefined ? {} : { length_m }) }, context)
  if (row.findFlag('directed') !== false) return [built]
  // An undirected street is driven both ways.
  return [built, { ...built, id: `${id}-b`, from: built.to, to: built.from, points_m: [...points].reverse(), ...(built.grade === undefined ? {} : { grade: -built.grade }) }]
}

function describe(row: Row, { from, to, points, lanes, length_m }: { from: DrawnNode; to: DrawnNode; points: Point[]; lanes: NumberedLane[]; length_m?: number }, { units, driving_side, notes }: LinkContext): BuiltLink {
  const id = row.get('link_id')
  const facility = row.find('facility_type')
  const streetClass = facility === undefined ? undefined : findStreetClass(facility)
  const given = (row.findNumber('free_speed', { min: 0, max: 400 }) ?? 0) * units.speed_mps
  if (given === 0) notes.count('speed', 'assumed', row.place, (n) => `${n} link(s) have no free speed; that of their facility type is taken, or 50 km/h`)
  const speed_mps = given > 0 ? given : streetClass?.speed_mps ?? DEFAULT_SPEED_MPS
  const [name, grade] = [row.find('name'), row.findNumber('grade', { min: -100, max: 100 })]
  const kerbFirst = driving_side === 'right' ? [...lanes].reverse() : lanes
  return {
    id, source_id: id, from: from.id, to: to.id, points_m: points, speed_mps, rank: streetClass?.rank ?? standingOf(lanes.length, speed_mps), place: row.place,
    lanes: kerbFirst.map(({ num, ...lane }) => ({ ...lane, source_id: `${id}_${num}` })), numbered: kerbFirst,
    ...(name === undefined ? {} : { name }), ...(length_m === undefined ? {} : { length_m }), ...(grade === undefined || grade === 0 ? {} : { grade: grade / 100 }),
  }
}

/** The drawing in the direction of travel; straight from node to node where there is none. */
function lineOf(row: Row, from: DrawnNode, to: DrawnNode, { geometry, units, notes }: LinkContext): Point[] {
  const straight: Point[] = [from.at_m, to.at_m]
  const text = row.find('geometry') ?? geometry.get(row.find('geometry_id') ?? '')
  if (text === undefined) return straight
  const points = parseLine(text)?.map(([x, y]) => units.toPoint(x, y))
  if (points === undefined) {
    notes.count('geometry', 'not-understood', row.place, (n) => `${n} link(s) have a geometry that is no WKT LINESTRING; they are drawn straight`)
    return straight
  }
  const away = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1])
  const [first, last] = [points[0] as Point, points.at(-1) as Point]
  const [forward, backward] = [away(first, from.at_m) + away(last, to.at_m), away(first, to.at_m) + away(last, from.at_m)]
  const long = pathLength(straight)
  if (Math.min(forward, backward) > Math.max(100, long)) {
    notes.count('astray', 'corrected', row.place, (n) => `${n} link(s) are drawn elsewhere than their nodes lie; they are drawn straight`)
    return straight
  }
  return backward < forward ? points.reverse() : points
}

function parseLine(text: string): [number, number][] | undefined {
  const match = /^\s*(?:SRID=\d+;)?\s*LINESTRING\s*(?:Z|M|ZM)?\s*\(([^()]*)\)\s*$/i.exec(text)
  if (match === null) return undefined
  const points = (match[1] as string).split(',').map((pair) => pair.trim().split(/\s+/).map(Number) as [number, number])
  return points.length > 1 && points.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && Math.abs(x) < 1e9 && Math.abs(y) < 1e9) ? points : undefined
}

const TURNS: Record<string, Turn> = { left: 'left', right: 'right', thru: 'through', through: 'through', uturn: 'u-turn', 'u-turn': 'u-turn' }

function readMovements(tables: Tables, links: ReadonlyMap<LinkId, BuiltLink>, nodes: ReadonlyMap<NodeId, DrawnNode>, side: Network['driving_side'], notes: Notes): { movements: DrawnMovement[]; movementOf: Map<string, string> } {
  const movementOf = new Map<string, string>()
  const byWay = new Map<string, DrawnMovement>()
  for (const row of tables.find('movement') ?? []) {
    const [from, to] = [links.get(row.get('ib_link_id')), links.get(row.get('ob_link_id'))]
    if (from === undefined || to === undefined || usesOf(row) === 'others') {
      notes.count('no cars', 'not-understood', row.place, (n) => `${n} movement(s) are not for cars or join links that are left out`)
      continue
    }
    if (from.to !== to.from) throw row.error('input.reference', `link "${from.id}" ends at node "${from.to}", link "${to.id}" begins at node "${to.from}"`)
    const lanes = lanesBetween(row, 'ib', from)
    if (lanes !== undefined && lanes.length === 0) {
      notes.count('no lane', 'not-understood', row.place, (n) => `${n} movement(s) start from lanes that no car may use and are left out`)
      continue
    }
    const control = row.find('ctrl_type')?.toLowerCase()
    if (control !== undefined) noteControl(nodes.get(from.to), control)
    const key = `${from.id} ${to.id}`
    const known = byWay.get(key)
    movementOf.set(row.get('mvmt_id'), known?.id ?? row.get('mvmt_id'))
    if (known === undefined) byWay.set(key, drawMovement(row, from, to, lanes, side, control))
    else if (lanes !== undefined && known.from_lanes !== undefined) {
      known.from_lanes = [...new Set([...known.from_lanes, ...lanes])].sort((a, b) => a - b)
      delete known.to_lanes
    }
  }
  return { movements: [...byWay.values()], movementOf }
}

/** The control of a movement tells that of its node where the node has none. */
function noteControl(node: DrawnNode | undefined, control: string): void {
  if (node === undefined) return
  if (control.startsWith('signal')) node.control = 'signal'
  else if (node.control === 'none' && control === 'stop_4_way') node.control = 'all-way-stop'
}

function drawMovement(row: Row, from: BuiltLink, to: BuiltLink, from_lanes: number[] | undefined, side: Network['driving_side'], control: string | undefined): DrawnMovement {
  const turn = TURNS[(row.find('type') ?? '').toLowerCase()]
  const capacity = row.findNumber('capacity', { min: 0 })
  const name = row.find('mvmt_code', 'name')
  const into = lanesBetween(row, 'ob', to)
  const whole = (lane: number): boolean => to.numbered[lane]?.pocket_m === undefined
  const paired = from_lanes !== undefined && into !== undefined && into.length === from_lanes.length && into.every(whole)
  return {
    id: row.get('mvmt_id'), from: from.id, to: to.id, ...(turn === undefined ? {} : { turn }), ...(name === undefined ? {} : { name }),
    ...(from_lanes === undefined ? {} : { from_lanes }), ...(paired ? { to_lanes: into } : {}),
    ...(capacity === undefined || capacity === 0 ? {} : { saturation_flow_vph: capacity }),
    ...(control === 'no_control' || control === 'yield' ? { governed: false } : {}),
    ...(control === 'signal_with_rtor' && turn === side ? { turn_on_red: true } : {}),
    ...(control === 'stop' || control === 'stop_2_way' ? { gives_way: 'stop' as const } : control === 'yield' ? { gives_way: 'yield' as const } : {}),
  }
}

/** Lanes from the innermost to the outermost that a row names, as our numbers, kerb first; undefined where it names none. */
function lanesBetween(row: Row, end: 'ib' | 'ob', link: BuiltLink): number[] | undefined {
  const start = row.findNumber(`start_${end}_lane`, { min: -50, max: 1000 })
  if (start === undefined) return undefined
  const last = row.findNumber(`end_${end}_lane`, { min: -50, max: 1000 }) ?? start
  const [low, high] = [Math.min(start, last), Math.max(start, last)]
  return link.numbered.flatMap(({ num, allow }, i) => (num >= low && num <= high && allow === undefined ? [i] : []))
}
