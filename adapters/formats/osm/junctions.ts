// Junctions of the map: their nodes, the arcs that come in and go out, and the ways through them, turn by turn. Radians.
import { distance } from '../../../model/lines.ts'
import type { Network, Point, Turn } from '../../../model/network.ts'
import { LONGEST_INSIDE_M } from './clusters.ts'
import type { Arc } from './arcs.ts'
import type { OsmNotes } from './notes.ts'
import type { Restrictions } from './restrictions.ts'
import { degree, lineOf, type Piece, type Roads } from './roads.ts'
import { streetKey } from './streets.ts'

/** The direction of a road is taken over this much of it. */
const DIRECTION_M = 15
/** Straight on, and how much more a street of the same name may bend. */
const STRAIGHT_RAD = (50 / 180) * Math.PI
const SAME_STREET_RAD = (20 / 180) * Math.PI
const U_TURN_RAD = (150 / 180) * Math.PI

export interface MapJunction {
  /** The smallest of its nodes. */
  id: number
  members: number[]
  signal: boolean
  incoming: Arc[]
  outgoing: Arc[]
}

export interface MapTurn {
  from: Arc
  to: Arc
  turn: Turn
  /** Left positive. */
  angle: number
}

export interface MapJunctions {
  junctions: MapJunction[]
  /** Arcs that lie inside a junction. */
  inside: ReadonlySet<Arc>
  junctionOf: ReadonlyMap<number, MapJunction>
}

/** In: all arcs, the groups of vertices that are one junction, and which vertices have signals. */
export function listJunctions(arcs: readonly Arc[], groups: ReadonlyMap<number, number[]>, signals: ReadonlySet<number>): MapJunctions {
  const junctionOf = new Map<number, MapJunction>()
  const junctions: MapJunction[] = []
  const add = (id: number, members: number[]): void => {
    const junction = { id, members, signal: members.some((member) => signals.has(member)), incoming: [], outgoing: [] }
    junctions.push(junction)
    for (const member of members) junctionOf.set(member, junction)
  }
  for (const [id, members] of groups) add(id, members)
  for (const vertex of arcs.flatMap(({ from, to }) => [from, to])) if (!junctionOf.has(vertex)) add(vertex, [vertex])
  const inside = new Set(arcs.filter((arc) => arc.from !== arc.to && junctionOf.get(arc.from) === junctionOf.get(arc.to) && arc.length_m <= LONGEST_INSIDE_M))
  for (const arc of arcs) {
    if (inside.has(arc)) continue
    junctionOf.get(arc.from)?.outgoing.push(arc)
    junctionOf.get(arc.to)?.incoming.push(arc)
  }
  return { junctions, inside, junctionOf }
}

interface Ways {
  roads: Roads
  restrictions: Restrictions
  inside: ReadonlySet<Arc>
  startingAt: ReadonlyMap<number, Arc[]>
  driving_side: Network['driving_side']
  notes: OsmNotes
}

export function waysOf(roads: Roads, arcs: readonly Arc[], rest: Omit<Ways, 'roads' | 'startingAt'>): Ways {
  const startingAt = new Map<number, Arc[]>()
  for (const arc of arcs) startingAt.set(arc.from, [...(startingAt.get(arc.from) ?? []), arc])
  return { roads, startingAt, ...rest }
}

/** The legal turns from one arc, from the right to the left. U-turns are among them only where the map means them. */
export function listMapTurns(ways: Ways, junction: MapJunction, from: Arc): MapTurn[] {
  const found = junction.members.length === 1 ? direct(ways, from) : through(ways, junction, from)
  const all = found.filter((path) => !ways.restrictions.forbidsPath(path))
    .map((path): MapTurn & { over: number } => ({ from, to: path.at(-1) as Arc, turn: 'through', angle: turned(ways.roads, from, path.at(-1) as Arc), over: path.length - 2 }))
  const onward = all.filter((entry) => !isBack(entry))
  name(onward, ways.roads, junction)
  const back = all.filter(isBack).map((entry): typeof entry => ({ ...entry, turn: 'u-turn' }))
  const marked = (from.pieces.at(-1) as Piece).direction.lanes.some(({ marks }) => marks?.includes('reverse') === true)
  // A gap in the median where nothing crosses was made for turning around.
  const gap = onward.length === 1 && onward[0]?.turn === 'through' && back.some(({ over }) => over > 0)
  const turns = [...onward, ...(marked || gap || turnsAround(ways.roads, junction, onward) ? back.slice(0, 1) : [])]
  if (turns.length === 0 && junction.outgoing.length > 0 && degree(ways.roads, from.to) > 1) ways.notes.count('no way on', 'not-understood', `node ${from.to}`, (n) => `at ${n} node(s) a road ends from which no turn is allowed`)
  return turns.map(({ to, turn, angle }) => ({ from, to, turn, angle })).sort((a, b) => a.angle - b.angle)
}

const first = (arc: Arc): Piece => arc.pieces[0] as Piece
const last = (arc: Arc): Piece => arc.pieces.at(-1) as Piece

function direct({ startingAt, restrictions }: Ways, from: Arc): Arc[][] {
  const options = startingAt.get(from.to) ?? []
  return options.filter((to) => restrictions.allows(last(from), first(to), from.to, options.map(first))).map((to) => [from, to])
}

/** Shortest paths over the links inside a junction to each arc that leaves it. */
function through(ways: Ways, junction: MapJunction, from: Arc): Arc[][] {
  const best = new Map<Arc, { path: Arc[]; length_m: number }>([[from, { path: [from], length_m: 0 }]])
  const open = [from]
  while (open.length > 0) {
    const arc = open.shift() as Arc
    const { path, length_m } = best.get(arc) as { path: Arc[]; length_m: number }
    for (const [, to] of direct(ways, arc) as [Arc, Arc][]) {
      const within = ways.inside.has(to)
      // Turning back on a link inside is no way through.
      if (first(to).segment === last(arc).segment && (within || path.length > 1)) continue
      const total = length_m + (within ? to.length_m : 0)
      if (total >= (best.get(to)?.length_m ?? Infinity)) continue
      best.set(to, { path: [...path, to], length_m: total })
      if (within) open.push(to)
    }
  }
  return junction.outgoing.flatMap((to) => {
    const found = best.get(to)
    return found === undefined || found.path.length < 2 ? [] : [found.path]
  })
}

/** Direction of travel where an arc ends or begins. */
export function headingOf(points: readonly Point[], end: 'start' | 'end'): number {
  const line = end === 'start' ? points : [...points].reverse()
  const origin = line[0] as Point
  const ahead = line.find((point) => distance(point, origin) >= DIRECTION_M) ?? line.findLast((point) => distance(point, origin) > 0) ?? origin
  const angle = Math.atan2(ahead[1] - origin[1], ahead[0] - origin[0])
  return end === 'start' ? angle : angle + Math.PI
}

function turned({ points }: Roads, from: Arc, to: Arc): number {
  const angle = headingOf(lineOf(to.nodes, points), 'start') - headingOf(lineOf(from.nodes, points), 'end')
  return Math.atan2(Math.sin(angle), Math.cos(angle))
}

/** Back along the same road, or on the other carriageway of it. */
function isBack({ from, to, angle }: MapTurn): boolean {
  if (last(from).segment === first(to).segment) return true
  return Math.abs(angle) > U_TURN_RAD
}

/** At the end of a street there may be room to turn around; the map says where. */
function turnsAround({ tagsOf }: Roads, { members: [vertex = 0] }: MapJunction, onward: readonly MapTurn[]): boolean {
  const tags = tagsOf(vertex)
  return onward.length === 0 && (['turning_circle', 'turning_loop', 'mini_roundabout'].includes(tags.get('highway') ?? '') || tags.get('noexit') === 'yes')
}

function name(turns: MapTurn[], roads: Roads, { members }: MapJunction): void {
  const street = ({ from, to }: MapTurn): boolean => streetKey(last(from).segment.street) === streetKey(first(to).segment.street)
  const cost = (entry: MapTurn): number => Math.abs(entry.angle) - (street(entry) ? SAME_STREET_RAD : 0)
  const straight = turns.filter((entry) => cost(entry) <= STRAIGHT_RAD).sort((a, b) => cost(a) - cost(b))[0]
  const goesOn = turns.length === 1 && members.length === 1 && degree(roads, members[0] as number) === 2
  for (const entry of turns) {
    if (entry === straight || goesOn) entry.turn = 'through'
    else entry.turn = entry.angle > (straight?.angle ?? 0) ? 'left' : 'right'
  }
}
