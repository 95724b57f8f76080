// Where drawn links meet their junctions: each is cut at the stop line, so that the junction has room for its paths.
// Set-backs as in `stopLineSetbacks` (model/junction.ts). Metres; x east, y north.
import { stopLineSetbacks } from '../junction.ts'
import { distance, pathLength, pointAlong, roundPoint, sliceLine } from '../lines.ts'
import type { Lane, LinkId, NodeId, Point } from '../network.ts'
import type { CutLink, DrawnLink, DrawnStreets } from './drawn.ts'

/** A bend has no stop line; its crossing only has to be some length. */
const BEND_SETBACK_M = 1
/** What remains at least of a link between two junctions: a car. */
export const SHORTEST_LINK_M = 5
/** The direction of a line is taken over this much of it, so that a last crooked vertex does not turn it. */
const DIRECTION_M = 12
/** Two directions are drawn on the same line when their ends lie within this. */
const SAME_LINE_M = 1.2
/** A length that the source gives is believed within these limits of the drawn one. */
const BELIEVED = { least: 0.7, most: 1.5 }

const round = (m: number): number => Math.round(m * 1000) / 1000

interface End { link: DrawnLink; end: 'start' | 'end'; outward_rad: number }

/** What became of the drawing: links in their order, and those whose given length was not believed or that were squeezed. */
export interface Cut {
  links: Map<LinkId, CutLink>
  disbelieved: LinkId[]
  squeezed: LinkId[]
}

export function cutLinks({ nodes, links }: DrawnStreets): Cut {
  const ends = new Map<NodeId, End[]>(nodes.map(({ id }) => [id, []]))
  const direction = new Map(links.map((link) => [link.id, { start: directionAt(link.points_m), end: directionAt([...link.points_m].reverse()) }]))
  for (const link of links) {
    const { start, end } = direction.get(link.id) as { start: number; end: number }
    ends.get(link.from)?.push({ link, end: 'start', outward_rad: start })
    ends.get(link.to)?.push({ link, end: 'end', outward_rad: end })
  }
  const setback = new Map<string, number>()
  for (const { id, at_m } of nodes) {
    for (const [key, metres] of setbacksAt(ends.get(id) ?? [], at_m)) setback.set(key, metres)
  }
  const twins = twinsOf(links)
  const cut: Cut = { links: new Map(), disbelieved: [], squeezed: [] }
  for (const link of links) {
    const total = pathLength(link.points_m)
    const [head, tail] = [setback.get(`start ${link.id}`) ?? 0, setback.get(`end ${link.id}`) ?? 0]
    const least = Math.min(SHORTEST_LINK_M, total)
    const tight = total - head - tail < least - 1e-9
    if (tight) cut.squeezed.push(link.id)
    const scale = tight ? Math.max(0, total - least) / (head + tail) : 1
    const points_m = sliceLine(link.points_m, head * scale, total - tail * scale).map(roundPoint)
    const believed = link.length_m === undefined || (link.length_m >= total * BELIEVED.least && link.length_m <= total * BELIEVED.most)
    if (!believed) cut.disbelieved.push(link.id)
    const longer = believed && link.length_m !== undefined ? link.length_m - total : 0
    const length_m = round(Math.max(pathLength(points_m) + longer, Math.min(least, 0.1)))
    const { start, end } = direction.get(link.id) as { start: number; end: number }
    cut.links.set(link.id, { drawn: link, points_m, length_m, lanes: lanesOf(link, length_m), start_rad: start, end_rad: end, two_way: twins.has(link.id) })
  }
  return cut
}

/** Direction from the first point of a line onwards, radians from east. */
function directionAt(points: readonly Point[]): number {
  const [first, ahead] = [points[0] as Point, pointAlong(points, Math.min(DIRECTION_M, pathLength(points)))]
  return Math.atan2(ahead[1] - first[1], ahead[0] - first[0])
}

/** Where streets cross, stop lines clear the cross street; where one goes on, next to nothing is cut; at its end, nothing. */
function setbacksAt(ends: readonly End[], node: Point): [string, number][] {
  const roads = new Set(ends.map(({ link, end }) => (end === 'start' ? link.to : link.from)))
  const passes = ends.some(({ end, link }) => end === 'end' && ends.some((other) => other.end === 'start' && other.link.to !== link.from))
  if (!passes) return []
  const gap = ({ link, end }: End): number => distance((end === 'start' ? link.points_m[0] : link.points_m.at(-1)) as Point, node)
  const widthOf = (one: End): number => ends.filter((other) => other === one || Math.cos(other.outward_rad - one.outward_rad) > 0.97)
    .reduce((sum, { link }) => sum + link.lanes.reduce((total, { width_m }) => total + width_m, 0), 0)
  const wanted = roads.size > 2
    ? stopLineSetbacks(ends.map((one) => ({ outward_rad: one.outward_rad, width_m: widthOf(one), most_m: 0.4 * (pathLength(one.link.points_m) + gap(one)) })))
    : ends.map(() => BEND_SETBACK_M)
  // A line that stops short of its node was drawn to the stop line.
  return ends.map((one, i) => [`${one.end} ${one.link.id}`, Math.max(0, (wanted[i] as number) - gap(one))])
}

/** Links whose other direction is drawn on the same line. */
function twinsOf(links: readonly DrawnLink[]): Set<LinkId> {
  const byEnds = new Map<string, DrawnLink[]>()
  for (const link of links) byEnds.set(`${link.from} ${link.to}`, [...(byEnds.get(`${link.from} ${link.to}`) ?? []), link])
  const onTop = (a: DrawnLink, b: DrawnLink): boolean =>
    distance(pointAlong(a.points_m, pathLength(a.points_m) / 2), pointAlong(b.points_m, pathLength(b.points_m) / 2)) < SAME_LINE_M
    && Math.abs(pathLength(a.points_m) - pathLength(b.points_m)) < 2 * SAME_LINE_M + 0.05 * pathLength(a.points_m)
  return new Set(links.filter((link) => (byEnds.get(`${link.to} ${link.from}`) ?? []).some((other) => other !== link && onTop(link, other))).map(({ id }) => id))
}

function lanesOf(link: DrawnLink, length_m: number): Lane[] {
  const lanes = link.lanes.map((lane, index): Lane => ({
    index, ...(lane.source_id === undefined ? {} : { source_id: lane.source_id }), width_m: lane.width_m, speed_mps: lane.speed_mps ?? link.speed_mps,
    length_m: lane.pocket_m !== undefined && lane.pocket_m < length_m ? Math.max(lane.pocket_m, 1) : length_m,
    ...(lane.allow === undefined ? {} : { allow: lane.allow }), ...(lane.disallow === undefined ? {} : { disallow: lane.disallow }),
  }))
  // Some lane has to reach the start of the link.
  if (lanes.every((lane) => lane.length_m < length_m)) for (const lane of lanes) lane.length_m = length_m
  return lanes
}
