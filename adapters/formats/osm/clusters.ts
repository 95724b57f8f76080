// Which nodes of the map are one intersection: where carriageways of a divided road are crossed, the map has a node for each
// of them, joined by short links. They become one junction; its links inside are no roads of their own.
import { distance } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import { degree, walk, type Roads } from './roads.ts'
import type { SignalPlaces } from './signal-places.ts'
import { streetKey } from './streets.ts'

/** Links up to this long lie inside one intersection, m: between two nodes with signals, with and without a divided road. */
const SIGNALS_M = { divided: 60, plain: 30 }
/** Where only one of the two has a signal. */
const ONE_SIGNAL_M = { divided: 40, plain: 12 }
const NO_SIGNAL_M = { divided: 25, plain: 10 }
/** A node without a signal between two of an intersection: the tip of an island, m. */
const ISLAND_M = 30
/** No intersection is larger, corner to corner, m. */
const LARGEST_M = 120
/** A link inside an intersection may be so long, m; a longer one leads around a block. */
export const LONGEST_INSIDE_M = 90

interface ShortLink { a: number; b: number; length_m: number; streets: ReadonlySet<string> }

/** Groups of vertices that are one intersection; every vertex of three or more roads is in exactly one. */
export function joinVertices(roads: Roads, { junctions }: SignalPlaces): Map<number, number[]> {
  const parents = new Map<number, number>()
  const vertices = [...roads.at.keys()].filter((vertex) => degree(roads, vertex) > 2)
  for (const vertex of vertices) parents.set(vertex, vertex)
  const root = (vertex: number): number => {
    let at = vertex
    while (parents.get(at) !== at) at = parents.get(at) as number
    return at
  }
  const members = new Map(vertices.map((vertex) => [vertex, [vertex]]))
  const join = (a: number, b: number): void => {
    const [p, q] = [root(a), root(b)]
    if (p === q) return
    const both = [...(members.get(p) ?? []), ...(members.get(q) ?? [])]
    if (extent(both.map((id) => roads.points.get(id) as Point)) > LARGEST_M) return
    parents.set(q, p)
    members.set(p, both)
    members.delete(q)
  }
  const links = shortLinks(roads, vertices)
  for (const link of links) {
    const { a, b, length_m } = link
    const signals = Number(junctions.has(a)) + Number(junctions.has(b))
    const limits = signals === 2 ? SIGNALS_M : signals === 1 ? ONE_SIGNAL_M : NO_SIGNAL_M
    if (length_m <= (isDivided(roads, link) ? limits.divided : limits.plain)) join(a, b)
  }
  const neighbours = new Map<number, number[]>()
  for (const { a, b } of links.filter(({ length_m }) => length_m <= ISLAND_M)) for (const [one, other] of [[a, b], [b, a]] as const) neighbours.set(one, [...(neighbours.get(one) ?? []), other])
  for (const vertex of vertices) {
    if (junctions.has(vertex) || members.get(root(vertex))?.length !== 1) continue
    const near = neighbours.get(vertex) ?? []
    const signal = near.find((id) => junctions.has(id) && near.some((other) => other !== id && root(other) === root(id)))
    if (signal !== undefined) join(signal, vertex)
  }
  return new Map([...members.values()].map((list): [number, number[]] => {
    const sorted = [...list].sort((x, y) => x - y)
    return [sorted[0] as number, sorted]
  }))
}

/** Links between vertices that are short enough to matter, shortest first; those of roundabouts stay. */
function shortLinks(roads: Roads, vertices: readonly number[]): ShortLink[] {
  const ring = (vertex: number): boolean => (roads.at.get(vertex) ?? []).some(({ street }) => street.roundabout)
  const links: ShortLink[] = []
  for (const a of vertices) {
    if (ring(a)) continue
    for (const first of roads.at.get(a) ?? []) {
      const { to, length_m, segments } = walk(roads, a, first)
      if (to > a && length_m <= SIGNALS_M.divided && degree(roads, to) > 2 && !ring(to)) links.push({ a, b: to, length_m, streets: new Set(segments.map(({ street }) => streetKey(street))) })
    }
  }
  return links.sort((x, y) => x.length_m - y.length_m || x.a - y.a || x.b - y.b)
}

/** Whether a link crosses a divided road: its ends lie on one-way carriageways of one street, which is not its own. */
function isDivided(roads: Roads, { a, b, streets }: ShortLink): boolean {
  const carriageways = (vertex: number): Set<string> => new Set((roads.at.get(vertex) ?? []).filter(({ street }) => (street.forward === undefined) !== (street.backward === undefined)).map(({ street }) => streetKey(street)))
  const [own, theirs] = [carriageways(a), carriageways(b)]
  return [...own].some((key) => theirs.has(key) && !streets.has(key))
}

function extent(points: readonly Point[]): number {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return distance([Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)])
}
