// Road links of an intersection as movements with the lanes that they join, counted from the kerb as ours are. A lane may
// lead into several lanes of the same road: drivers choose the one that they need next.
import { distance } from '../../../model/lines.ts'
import type { Point, Turn } from '../../../model/network.ts'
import { headingAt, laneEnd } from './geometry.ts'
import type { CutRoad } from './geometry.ts'
import type { Intersection, LaneLink, Road, RoadLink, RoadLinkType } from './roadnet.ts'

/** Road links from one road to another; several in a file are one movement. */
export interface CityMovement {
  id: string
  from: Road
  to: Road
  type: RoadLinkType
  turn: Turn
  /** Road links of the file. */
  indices: number[]
  /** Of each lane link, where it leads from and to; kerb first. */
  from_lanes: number[]
  to_lanes: number[]
  /** Path of each lane link that the file draws from the end of one lane to the start of the other. */
  shapes: (Point[] | undefined)[]
  /** Lane links whose drawing does not join their lanes. */
  misdrawn: number
}

/** A turn by more than this, back to where it came from, is a u-turn; CityFlow calls it a left turn. */
const U_TURN_RAD = (120 / 180) * Math.PI
/** Path and lane meet where they end within this, m: less than half a lane. */
const JOINED_M = 1

/** Movements in the order of the file; road links without lane links are left out. */
export function listMovements({ links }: Intersection, roads: ReadonlyMap<string, CutRoad>): CityMovement[] {
  const groups = new Map<string, RoadLink[]>()
  for (const link of links) {
    if (link.lanes.length === 0) continue
    const id = `${link.from.id}->${link.to.id}`
    const same = groups.get(id)
    if (same === undefined) groups.set(id, [link])
    else same.push(link)
  }
  return [...groups].map(([id, same]) => movement(id, same, roads))
}

function movement(id: string, same: RoadLink[], roads: ReadonlyMap<string, CutRoad>): CityMovement {
  const { from, to, type } = same[0] as RoadLink
  const [cutFrom, cutTo] = [roads.get(from.id) as CutRoad, roads.get(to.id) as CutRoad]
  const lanes = new Map(same.flatMap((link) => link.lanes).map((lane): [string, LaneLink] => [`${lane.from} ${lane.to}`, lane]))
  // The highest number lies at the kerb.
  const ordered = [...lanes.values()].sort((a, b) => b.from - a.from || b.to - a.to)
  const shapes = ordered.map((link) => joined(link.points, laneEnd(from, cutFrom, link.from, 'end'), laneEnd(to, cutTo, link.to, 'start')))
  return {
    id, from, to, type, turn: turnOf(type, from, to, cutFrom, cutTo), indices: same.map(({ index }) => index),
    from_lanes: ordered.map((link) => from.lanes.length - 1 - link.from),
    to_lanes: ordered.map((link) => to.lanes.length - 1 - link.to),
    shapes, misdrawn: ordered.filter(({ points }, i) => points.length > 0 && shapes[i] === undefined).length,
  }
}

function turnOf(type: RoadLinkType, from: Road, to: Road, cutFrom: CutRoad, cutTo: CutRoad): Turn {
  if (type === 'go_straight') return 'through'
  const turned = headingAt(cutTo.points, 'start') - headingAt(cutFrom.points, 'end')
  if (from.from === to.to && Math.cos(turned) < Math.cos(U_TURN_RAD)) return 'u-turn'
  return type === 'turn_left' ? 'left' : 'right'
}

/** A drawn path that begins and ends on its lanes. */
function joined(points: Point[], start: Point, end: Point): Point[] | undefined {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length < 2) return undefined
  return distance(first, start) <= JOINED_M && distance(last, end) <= JOINED_M ? points : undefined
}
