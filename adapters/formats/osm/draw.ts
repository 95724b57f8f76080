// From arcs and junctions of the map to drawn streets (model/streets): links on their side of the road, lanes with pockets,
// turns with their lanes, signs. Metres.
import { stopLineSetbacks, type SetbackArm } from '../../../model/junction.ts'
import { distance, roundPoint, sliceLine } from '../../../model/lines.ts'
import type { Network, Point } from '../../../model/network.ts'
import type { DrawnLane, DrawnLink, DrawnMovement, DrawnNode, NodeControl, DrawnStreets } from '../../../model/streets/drawn.ts'
import { lanesOf, signOf, type Arc, type ArcLane } from './arcs.ts'
import { headingOf, listMapTurns, type MapJunction, type MapJunctions, type MapTurn, type waysOf } from './junctions.ts'
import { lanesByMarks } from './lane-choice.ts'
import type { OsmNotes } from './notes.ts'
import { lineOf, type Piece, type Roads, type Segment } from './roads.ts'

export interface DrawInput {
  file: string
  roads: Roads
  map: MapJunctions
  ways: ReturnType<typeof waysOf>
  /** Nodes where stop lines are drawn. */
  lines: ReadonlySet<number>
  driving_side: Network['driving_side']
  /** Name of a vertex in the file, where it has another number here. */
  nameOf: (vertex: number) => string
  notes: OsmNotes
}

/** Rings go before all that comes in. */
const RING_RANK = 100
/** From the middle of a crossing for people to the stop line, m: half of 4 m, and 1 m. */
const WALK_SETBACK_M = 3
/** A stop line drawn farther from its junction is some other line, m. */
const FARTHEST_LINE_M = 45
/** Of a link inside a larger junction at least this much stays a road, m. */
const LEAST_KEPT_M = 8

export function drawStreets(input: DrawInput): DrawnStreets {
  const { map, driving_side } = input
  const linkOf = drawLinks(input)
  const movements = map.junctions.flatMap((junction) => drawMovements(input, junction, linkOf))
  const nodes = map.junctions.filter(({ incoming, outgoing }) => incoming.length + outgoing.length > 0).map((junction) => drawNode(input, junction))
  return { driving_side, nodes, links: [...linkOf.values()], movements }
}

const endPieceOf = (arc: Arc): Piece => arc.pieces.at(-1) as Piece

function drawNode(input: DrawInput, junction: MapJunction): DrawnNode {
  const { roads, nameOf, file } = input
  const points = lineOf(junction.members, roads.points)
  const at_m: Point = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const names = [...new Set([...junction.incoming, ...junction.outgoing].map((arc) => (arc.to === arc.from || junction.incoming.includes(arc) ? endPieceOf(arc) : arc.pieces[0] as Piece).segment.street)
    .sort((a, b) => b.roadClass.rank - a.roadClass.rank).map(({ name }) => name).filter((name) => name !== undefined))]
  return {
    id: nameOf(junction.id), source_id: junction.members.map(nameOf).join(';'), at_m, control: controlOf(input, junction), place: { file, element: `node ${nameOf(junction.id)}` },
    ...(names.length === 0 || junction.incoming.length < 2 ? {} : { name: names.slice(0, 2).join(' / ') }),
  }
}

const mean = (values: readonly number[]): number => Math.round(values.reduce((a, b) => a + b, 0) / values.length * 1000) / 1000

function controlOf({ roads }: DrawInput, { signal, members, incoming }: MapJunction): NodeControl {
  if (signal) return 'signal'
  const tags = roads.tagsOf(members[0] as number)
  const all = tags.get('highway') === 'stop' && tags.get('stop') === 'all'
  const signed = incoming.length > 1 && incoming.every((arc) => signOf(arc, roads.tagsOf) === 'stop')
  return all || signed ? 'all-way-stop' : 'none'
}

function drawLinks(input: DrawInput): Map<Arc, DrawnLink> {
  const { map, roads, driving_side, nameOf, file } = input
  const drawn = new Map<Arc, DrawnLink>()
  const taken = new Map<string, number>()
  const arcs = map.junctions.flatMap(({ outgoing }) => outgoing)
  for (const arc of arcs) {
    const [from, to] = [map.junctionOf.get(arc.from) as MapJunction, map.junctionOf.get(arc.to) as MapJunction]
    const plain = `${nameOf(from.id)}-${nameOf(to.id)}`
    const times = (taken.get(plain) ?? 0) + 1
    taken.set(plain, times)
    const { street } = endPieceOf(arc).segment
    const lanes = lanesOf(arc, driving_side)
    const cut = cutsOf(input, arc, from, to)
    drawn.set(arc, {
      id: times === 1 ? plain : `${plain}#${times}`, source_id: [...new Set(arc.pieces.map(({ segment, forward }) => `${forward ? '' : '-'}${segment.street.way.id}`))].join(';'),
      from: nameOf(from.id), to: nameOf(to.id), points_m: besideLine(arc, roads, cut, driving_side),
      lanes: lanes.map((lane): DrawnLane => ({
        width_m: lane.width_m, ...(lane.allow === undefined ? {} : { allow: lane.allow }),
        ...(lane.opens_m === 0 ? {} : { pocket_m: Math.max(LEAST_KEPT_M, arc.length_m - lane.opens_m - (cut.tail > 0 ? cut.tail : LEAST_KEPT_M)) }),
      })),
      speed_mps: endPieceOf(arc).direction.speed_mps, rank: street.roadClass.rank + (street.roundabout ? RING_RANK : 0),
      ...(street.name === undefined ? {} : { name: street.name }), place: { file, element: `way ${street.way.id}` },
    })
  }
  return drawn
}

interface Cut { head: number; tail: number }

/** What is cut off here already: up to the edge of the roads that cross, or to a stop line of the map. Beside the line there is no telling later. */
function cutsOf(input: DrawInput, arc: Arc, from: MapJunction, to: MapJunction): Cut {
  const wanted = { head: clearance(input, arc.from, arc, from), tail: Math.max(clearance(input, arc.to, arc, to), lineOnMap(input, arc)) }
  const room = Math.max(0, arc.length_m - LEAST_KEPT_M)
  const share = Math.min(1, room / Math.max(1e-9, wanted.head + wanted.tail))
  return { head: wanted.head * share, tail: wanted.tail * share }
}

/** Metres from a vertex to the stop line that clears the roads there, as \`stopLineSetbacks\` of the model has it; a crossing for people alone is short. */
function clearance({ roads }: DrawInput, vertex: number, arc: Arc, { signal }: MapJunction): number {
  const own = arc.to === vertex ? endPieceOf(arc).segment : (arc.pieces[0] as Piece).segment
  const others = (roads.at.get(vertex) ?? []).filter((segment) => segment !== own)
  if (others.length < 2) return signal ? WALK_SETBACK_M : 0
  const arm = (segment: Segment): SetbackArm => ({ outward_rad: outwardOf(roads, vertex, segment), most_m: Infinity, width_m: roadWidth(segment.street.forward?.lanes) + roadWidth(segment.street.backward?.lanes) })
  return stopLineSetbacks([own, ...others].map(arm))[0] as number
}

function outwardOf({ points }: Roads, vertex: number, { nodes }: Segment): number {
  const line = lineOf(nodes, points)
  return headingOf(nodes[0] === vertex ? line : line.reverse(), 'start')
}

const roadWidth = (lanes: readonly { width_m: number }[] | undefined): number => (lanes ?? []).reduce((sum, { width_m }) => sum + width_m, 0)

/** Metres from the end of an arc to the stop line that the map draws on it; 0 where there is none. */
function lineOnMap({ roads, lines }: DrawInput, arc: Arc): number {
  let along = 0
  for (let i = arc.nodes.length - 1; i > 0; i--) {
    if (i < arc.nodes.length - 1 && lines.has(arc.nodes[i] as number)) return along
    const [a, b] = lineOf([arc.nodes[i - 1] as number, arc.nodes[i] as number], roads.points) as [Point, Point]
    along += distance(a, b)
    if (along > FARTHEST_LINE_M) return 0
  }
  return 0
}

/** The middle of the lanes of one direction: beside the line of the map by half the width of the other direction. */
function besideLine(arc: Arc, roads: Roads, { head, tail }: Cut, side: Network['driving_side']): Point[] {
  const whole = lineOf(arc.nodes, roads.points)
  const line = head < arc.length_m - tail ? sliceLine(whole, head, arc.length_m - tail) : whole
  const last = endPieceOf(arc)
  const other = roadWidth((last.forward ? last.segment.street.backward : last.segment.street.forward)?.lanes)
  const offset = (other / 2) * (side === 'right' ? -1 : 1)
  return (offset === 0 ? line : shifted(line, offset)).map(roundPoint)
}

/** A line moved sideways, left positive. Corners keep their distance to both sides, sharp ones within twice the shift. */
function shifted(line: readonly Point[], offset: number): Point[] {
  const normal = (a: Point, b: Point): Point => {
    const length = distance(a, b)
    return length === 0 ? [0, 0] : [-(b[1] - a[1]) / length, (b[0] - a[0]) / length]
  }
  return line.map((point, i): Point => {
    const [before, after] = [line[i - 1], line[i + 1]]
    const [p, q] = [before === undefined ? undefined : normal(before, point), after === undefined ? undefined : normal(point, after)]
    const [m, n] = [p ?? q ?? [0, 0], q ?? p ?? [0, 0]]
    const [sx, sy] = [m[0] + n[0], m[1] + n[1]]
    const stretch = Math.max(1, sx * sx + sy * sy)
    return [point[0] + (2 * sx * offset) / stretch, point[1] + (2 * sy * offset) / stretch]
  })
}

function drawMovements(input: DrawInput, junction: MapJunction, linkOf: ReadonlyMap<Arc, DrawnLink>): DrawnMovement[] {
  const { ways, driving_side, notes, roads } = input
  const turns = junction.incoming.map((arc) => ({ arc, turns: listMapTurns(ways, junction, arc) }))
  const merging = mergeLanes(input, junction, turns.flatMap(({ turns }) => turns))
  return turns.flatMap(({ arc, turns: own }) => {
    const lanes = lanesOf(arc, driving_side)
    const choice = lanesByMarks(withBuses(lanes), own, driving_side)
    const element = `way ${endPieceOf(arc).segment.street.way.id}`
    if (choice?.strange === true && own.length > 1) notes.count('strange marks', 'not-understood', element, (n) => `the arrows of ${n} way(s) point where no road leads; the lane goes with its neighbour`)
    const diverging = choice === undefined ? divergeLanes(lanes, own, driving_side) : undefined
    const sign = junction.signal ? undefined : signOf(arc, roads.tagsOf)
    return own.flatMap((entry, i): DrawnMovement[] => {
      if (choice !== undefined && choice.lanes[i] === undefined) {
        notes.count('not marked', 'assumed', element, (n) => `${n} way(s) have arrows on every lane and none of them for some turn; that turn is left out`)
        return []
      }
      const merged = merging.get(entry)
      const from_lanes = choice?.lanes[i] ?? diverging?.[i] ?? (merged === undefined ? undefined : lanes.map((_, lane) => lane))
      return [{
        from: (linkOf.get(entry.from) as DrawnLink).id, to: (linkOf.get(entry.to) as DrawnLink).id, turn: entry.turn,
        ...(from_lanes === undefined ? {} : { from_lanes }),
        ...(merged === undefined || from_lanes?.length !== merged.length ? {} : { to_lanes: merged }),
        ...(sign === undefined ? {} : { gives_way: sign === 'stop' ? 'stop' as const : 'yield' as const }),
      }]
    })
  })
}

/** Without arrows buses go straight on from their lane; the others then share out the turns. */
function withBuses(lanes: readonly ArcLane[]): readonly ArcLane[] {
  if (lanes.some(({ marks }) => (marks ?? []).length > 0)) return lanes
  return lanes.map((lane) => (lane.allow === undefined ? lane : { ...lane, marks: ['through'] }))
}

const usable = (lanes: readonly ArcLane[]): number[] => lanes.flatMap(({ opens_m, allow }, i) => (opens_m === 0 && allow === undefined ? [i] : []))

/** A road that parts into roads with as many lanes together: each goes on with its own. */
function divergeLanes(lanes: readonly ArcLane[], turns: readonly MapTurn[], side: Network['driving_side']): number[][] | undefined {
  if (turns.length < 2 || lanes.some(({ allow }) => allow !== undefined)) return undefined
  const counts = turns.map(({ to }) => usable(lanesOf(to, side)).length)
  if (counts.reduce((a, b) => a + b, 0) !== lanes.length || turns.some(({ angle }) => Math.abs(angle) > Math.PI / 3)) return undefined
  const fromKerb = side === 'right' ? turns.map((_, i) => i) : turns.map((_, i) => i).reverse()
  const chosen: number[][] = turns.map(() => [])
  let next = 0
  for (const i of fromKerb) for (let k = 0; k < (counts[i] as number); k++) chosen[i]?.push(next++)
  return chosen
}

/** Roads that merge into one: those from the kerb side take its lanes from the kerb, the others from the middle of the road. */
function mergeLanes({ driving_side }: DrawInput, junction: MapJunction, turns: readonly MapTurn[]): Map<MapTurn, number[]> {
  const merged = new Map<MapTurn, number[]>()
  const [only, ...more] = junction.outgoing
  if (junction.signal || only === undefined || more.length > 0 || turns.length !== 2 || turns.some(({ angle }) => Math.abs(angle) > Math.PI / 3)) return merged
  const lanes = usable(lanesOf(only, driving_side))
  const [right, left] = [...turns].sort((a, b) => a.angle - b.angle) as [MapTurn, MapTurn]
  const [kerb, inner] = driving_side === 'right' ? [right, left] : [left, right]
  const [k, n] = [kerb, inner].map(({ from }) => lanesOf(from, driving_side).length) as [number, number]
  merged.set(kerb, Array.from({ length: k }, (_, i) => lanes[Math.min(i, lanes.length - 1)] ?? 0))
  merged.set(inner, Array.from({ length: n }, (_, i) => lanes[Math.max(0, lanes.length - n + i)] ?? 0))
  return merged
}

