// Pieces of road in one direction, put together to arcs that run from junction to junction: a way of the map ends wherever
// a tag changes, a road does not. Lanes that open on the way become turn pockets.
import type { Network } from '../../../model/network.ts'
import type { LaneSpec } from './lanes.ts'
import { degree, endOf, piecesOf, startOf, type Piece, type Roads } from './roads.ts'
import type { Tags } from './osm-data.ts'

/** Seen from the driver, where new lanes open: so many at the kerb, so many at the middle of the road. */
interface Widening { kerb: number; inner: number }

/** One direction of a road between two vertices. */
export interface Arc {
  pieces: Piece[]
  from: number
  to: number
  nodes: number[]
  length_m: number
}

const SAME_SPEED_MPS = 0.1

/** In: the roads and vertices where arcs must end. Out: every piece in exactly one arc. */
export function buildArcs(roads: Roads, stops: ReadonlySet<number>, driving_side: Network['driving_side']): Arc[] {
  const pieces = roads.segments.flatMap(piecesOf)
  const [startingAt, endingAt] = [group(pieces, startOf), group(pieces, endOf)]
  const next = (piece: Piece): Piece | undefined => {
    const vertex = endOf(piece)
    if (stops.has(vertex) || degree(roads, vertex) !== 2) return undefined
    const [only, ...more] = (startingAt.get(vertex) ?? []).filter(({ segment }) => segment !== piece.segment)
    return only !== undefined && more.length === 0 && goesOn(piece, only, driving_side) ? only : undefined
  }
  const hasPrevious = (piece: Piece): boolean => (endingAt.get(startOf(piece)) ?? []).some((other) => next(other) === piece)
  const used = new Set<Piece>()
  const arcs: Arc[] = []
  // Rings without a beginning come last and begin anywhere.
  for (const first of [...pieces.filter((piece) => !hasPrevious(piece)), ...pieces]) {
    if (used.has(first)) continue
    const chain: Piece[] = []
    for (let piece: Piece | undefined = first; piece !== undefined && !used.has(piece); piece = next(piece)) {
      used.add(piece)
      chain.push(piece)
    }
    arcs.push(arcOf(chain))
  }
  return arcs
}

function group(pieces: readonly Piece[], key: (piece: Piece) => number): Map<number, Piece[]> {
  const groups = new Map<number, Piece[]>()
  for (const piece of pieces) {
    const list = groups.get(key(piece))
    if (list === undefined) groups.set(key(piece), [piece])
    else list.push(piece)
  }
  return groups
}

function arcOf(pieces: Piece[]): Arc {
  const nodes = pieces.flatMap((piece, i) => (i === 0 ? piece.nodes : piece.nodes.slice(1)))
  return { pieces, from: nodes[0] as number, to: nodes.at(-1) as number, nodes, length_m: pieces.reduce((sum, { segment }) => sum + segment.length_m, 0) }
}

/** Whether a driver would say that it is the same road: name, class and limit stay, and no lane ends. */
function goesOn(a: Piece, b: Piece, driving_side: Network['driving_side']): boolean {
  const [p, q] = [a.segment.street, b.segment.street]
  if (p.name !== q.name || p.roadClass !== q.roadClass || p.roundabout !== q.roundabout) return false
  if (Math.abs(a.direction.speed_mps - b.direction.speed_mps) > SAME_SPEED_MPS) return false
  return widening(a.direction.lanes, b.direction.lanes, driving_side) !== undefined
}

const users = ({ allow }: LaneSpec): string => allow?.join(' ') ?? ''

/** How the lanes of one stretch go over into those of the next; undefined where a lane ends or changes its users. */
function widening(before: readonly LaneSpec[], after: readonly LaneSpec[], driving_side: Network['driving_side']): Widening | undefined {
  const extra = after.length - before.length
  if (extra < 0) return undefined
  const inner = Math.min(extra, innerExtra(before, after, extra, driving_side))
  const fits = ({ kerb }: { kerb: number }): boolean => before.every((lane, i) => users(lane) === users(after[i + kerb] as LaneSpec))
  // The side that the arrows speak for first, then any that keeps bus lanes in their place.
  const wanted = { kerb: extra - inner, inner }
  return [wanted, ...Array.from({ length: extra + 1 }, (_, kerb) => ({ kerb, inner: extra - kerb }))].find(fits)
}

function innerExtra(before: readonly LaneSpec[], after: readonly LaneSpec[], extra: number, driving_side: Network['driving_side']): number {
  const across = driving_side === 'right' ? /left|reverse/ : /right|reverse/
  const along = driving_side === 'right' ? /right/ : /left/
  const only = (lanes: readonly LaneSpec[], marks: RegExp): number => lanes.filter((lane) => (lane.marks ?? []).length > 0 && lane.marks?.every((mark) => marks.test(mark))).length
  const [inner, kerb] = [Math.max(0, only(after, across) - only(before, across)), Math.max(0, only(after, along) - only(before, along))]
  // Without arrows: a pocket for turns across opposing traffic is the common one.
  return inner + kerb === 0 ? extra : Math.min(inner, extra)
}

export interface ArcLane extends LaneSpec {
  /** Metres along the arc where the lane opens; 0 = runs all along. */
  opens_m: number
}

/** Lanes at the end of an arc, kerb first, and where each opens. */
export function lanesOf({ pieces }: Arc, driving_side: Network['driving_side']): ArcLane[] {
  let lanes: ArcLane[] = []
  let along = 0
  pieces.forEach(({ direction, segment }, i) => {
    const before = pieces[i - 1]?.direction.lanes
    const { kerb } = before === undefined ? { kerb: 0 } : widening(before, direction.lanes, driving_side) ?? { kerb: 0 }
    const opened = lanes.map(({ opens_m }) => opens_m)
    lanes = direction.lanes.map((lane, k) => ({ ...lane, opens_m: opened[k - kerb] ?? along }))
    along += segment.length_m
  })
  return lanes
}

/** Signs that stand on the last stretch of an arc and face its traffic. */
export function signOf(arc: Arc, tagsOf: (node: number) => Tags): 'stop' | 'give_way' | undefined {
  const last = arc.pieces.at(-1) as Piece
  const inner = last.nodes.slice(1, -1).reverse()
  const oneway = (last.forward ? last.segment.street.backward : last.segment.street.forward) === undefined
  for (const [i, id] of inner.entries()) {
    const tags = tagsOf(id)
    const sign = tags.get('highway')
    if (sign !== 'stop' && sign !== 'give_way') continue
    const faced = tags.get('direction')
    const faces = faced === 'forward' ? last.forward : faced === 'backward' ? !last.forward : oneway || i < inner.length / 2
    if (faces) return sign
  }
  return undefined
}
