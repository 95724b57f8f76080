// The street map of congestion as data: links with a class each, places with their numbers, signals. Metres come in, x east and
// y north; a street that runs north and south is turned so that it fits the page, and the arrow to the north with it.
import type { LinkId, Point } from '../model/network.ts'
import type { HeatLevel } from './heat-map.ts'

export interface MapLink {
  id: LinkId
  /** In the direction of travel, at least two. */
  points: readonly Point[]
  /** Index of its level; undefined where nothing is known, which is never the best level. */
  level: number | undefined
}

export interface MapPlace {
  /** As in the table beside. */
  number: number
  /** Links that are congested together, and the one at the head of the queue. */
  links: readonly LinkId[]
  head: LinkId
}

export interface NetworkMapInput {
  links: readonly MapLink[]
  signals: readonly { at: Point; name: string }[]
  places: readonly MapPlace[]
  levels: readonly HeatLevel[]
  /** What the levels are, with the table's name and version. */
  scale: string
  driving_side: 'right' | 'left'
}

export interface NetworkMapScene extends NetworkMapInput {
  /** Smallest and largest coordinates, m. */
  low: Point
  high: Point
  /** Direction of the north, degrees from upwards, clockwise. */
  north_deg: 0 | 90
  known: number
}

/** Taller than this times its width, a map is turned. */
const TALL = 1.3

/** Links with fewer than two points, and levels outside the scale, are left out and unknown. */
export function buildNetworkMap(input: NetworkMapInput): NetworkMapScene {
  const drawable = input.links.filter(({ points }) => points.length > 1)
  const [low, high] = bounds(drawable.flatMap(({ points }) => points))
  const turned = high[1] - low[1] > TALL * (high[0] - low[0])
  // A quarter turn clockwise: what was north is right.
  const turn = ([x, y]: Point): Point => (turned ? [y, -x] : [x, y])
  const ids = new Set(drawable.map(({ id }) => id))
  const links = drawable.map((link): MapLink => ({ id: link.id, points: link.points.map(turn), level: link.level === undefined || input.levels[link.level] === undefined ? undefined : link.level }))
  const [near, far] = bounds(links.flatMap(({ points }) => points))
  return {
    ...input, links, signals: input.signals.map(({ at, name }) => ({ at: turn(at), name })), places: input.places.filter(({ head }) => ids.has(head)),
    low: near, high: far, north_deg: turned ? 90 : 0, known: links.filter(({ level }) => level !== undefined).length,
  }
}

function bounds(points: readonly Point[]): [Point, Point] {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points) {
    left = Math.min(left, x)
    bottom = Math.min(bottom, y)
    right = Math.max(right, x)
    top = Math.max(top, y)
  }
  return left <= right ? [[left, bottom], [right, top]] : [[0, 0], [0, 0]]
}
