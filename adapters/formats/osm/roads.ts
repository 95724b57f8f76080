// Streets cut at the nodes where they meet: segments between vertices, and what lies along them. Metres in the plane.
import { pathLength } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import type { OsmNotes } from './notes.ts'
import type { OsmNode, Tags } from './osm-data.ts'
import { NO_TAGS } from './osm-data.ts'
import type { Direction, Street } from './streets.ts'

/** A stretch of one way between two vertices, in the direction of the way. */
export interface Segment {
  street: Street
  nodes: number[]
  length_m: number
}

/** A segment as it is driven. */
export interface Piece {
  segment: Segment
  forward: boolean
  direction: Direction
  /** In the direction of travel. */
  nodes: number[]
}

export interface Roads {
  segments: Segment[]
  /** Segments that begin or end at a vertex; one that does both is there twice. */
  at: Map<number, Segment[]>
  points: ReadonlyMap<number, Point>
  tagsOf: (node: number) => Tags
}

export const startOf = (piece: { nodes: number[] }): number => piece.nodes[0] as number
export const endOf = (piece: { nodes: number[] }): number => piece.nodes.at(-1) as number

/** Where a node lies twice within this, it is one point of the line, m. */
const SAME_M = 0.01

export interface Cuts {
  /** Nodes to cut at wherever they lie. */
  at: ReadonlySet<number>
  /** Nodes that nobody passes: each road ends there by itself. */
  barred: ReadonlySet<number>
}

/** Ends of roads at barriers get numbers of their own, which no map has. */
const FIRST_END = 2 ** 52

/** In: streets, the nodes of the file, their places, and where to cut. The places of new ends are added. */
export function cutStreets(streets: readonly Street[], nodes: ReadonlyMap<number, OsmNode>, points: Map<number, Point>, { at: cuts, barred }: Cuts, notes: OsmNotes): Roads {
  const runs = streets.flatMap((street) => presentRuns(street, points, notes).map((run) => ({ street, run })))
  const uses = new Map<number, number>()
  for (const { run } of runs) {
    run.forEach((id, i) => uses.set(id, (uses.get(id) ?? 0) + (i === 0 || i === run.length - 1 || cuts.has(id) || barred.has(id) ? 2 : 1)))
  }
  let nextEnd = FIRST_END
  const ends = (part: number[]): number[] => part.map((id) => {
    if (!barred.has(id)) return id
    points.set(++nextEnd, points.get(id) as Point)
    return nextEnd
  })
  const segments = runs.flatMap(({ street, run }) => split(run, (id) => (uses.get(id) ?? 0) > 1).map((part): Segment => ({ street, nodes: ends(part), length_m: lineLength(part, points) })))
  const at = new Map<number, Segment[]>()
  for (const segment of segments) {
    for (const end of [startOf(segment), endOf(segment)]) {
      const known = at.get(end)
      if (known === undefined) at.set(end, [segment])
      else known.push(segment)
    }
  }
  return { segments, at, points, tagsOf: (id) => nodes.get(id)?.tags ?? NO_TAGS }
}

/** Stretches of a way whose nodes the file holds, without a node twice in a row. */
function presentRuns({ way }: Street, points: ReadonlyMap<number, Point>, notes: OsmNotes): number[][] {
  const runs: number[][] = [[]]
  for (const id of way.nodes) {
    const [point, run] = [points.get(id), runs.at(-1) as number[]]
    if (point === undefined) {
      notes.count('missing nodes', 'assumed', `way ${way.id}`, (n) => `${n} way(s) run on beyond what the file holds; they end there`)
      if (run.length > 0) runs.push([])
    } else if (run.at(-1) !== id) run.push(id)
  }
  return runs.filter((run) => run.length > 1 && lineLength(run, points) > SAME_M)
}

function split(run: readonly number[], isVertex: (id: number) => boolean): number[][] {
  const parts: number[][] = []
  let part: number[] = []
  run.forEach((id, i) => {
    part.push(id)
    if (i > 0 && i < run.length - 1 && isVertex(id)) {
      parts.push(part)
      part = [id]
    }
  })
  return [...parts, part]
}

export const lineOf = (nodes: readonly number[], points: ReadonlyMap<number, Point>): Point[] => nodes.map((id) => points.get(id) as Point)

function lineLength(nodes: readonly number[], points: ReadonlyMap<number, Point>): number {
  return pathLength(lineOf(nodes, points))
}

/** Both ways of a segment that cars may drive. */
export function piecesOf(segment: Segment): Piece[] {
  const { street: { forward, backward }, nodes } = segment
  return [
    ...(forward === undefined ? [] : [{ segment, forward: true, direction: forward, nodes }]),
    ...(backward === undefined ? [] : [{ segment, forward: false, direction: backward, nodes: [...nodes].reverse() }]),
  ]
}

export const degree = (roads: Roads, vertex: number): number => roads.at.get(vertex)?.length ?? 0

/** What is found by following a road from a vertex to the next vertex where three or more roads meet. */
export interface Walk {
  /** Where it ends; a vertex of fewer roads where the road ends. */
  to: number
  length_m: number
  segments: Segment[]
  /** Whether cars may drive it all in this direction. */
  drivable: boolean
}

const LONGEST_WALK = 10_000

export function walk(roads: Roads, from: number, first: Segment): Walk {
  const segments: Segment[] = []
  let [at, segment, length_m, drivable]: [number, Segment | undefined, number, boolean] = [from, first, 0, true]
  while (segment !== undefined && segments.length < LONGEST_WALK) {
    segments.push(segment)
    length_m += segment.length_m
    const forward = startOf(segment) === at
    drivable &&= (forward ? segment.street.forward : segment.street.backward) !== undefined
    at = forward ? endOf(segment) : startOf(segment)
    const here: Segment[] = roads.at.get(at) ?? []
    segment = here.length === 2 && at !== from ? here.find((other) => other !== segments.at(-1)) : undefined
  }
  return { to: at, length_m, segments, drivable }
}
