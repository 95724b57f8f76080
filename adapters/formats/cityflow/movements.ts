// Road links of an intersection as movements, and for each of their lanes the one lane that it leads into. CityFlow lists
// every lane that a lane may lead into; we keep one path per lane and movement, and drivers change lanes on the road.
import type { Point, Turn } from '../../../model/network.ts'
import { headingAt, laneEnd } from './geometry.ts'
import type { CutRoad } from './geometry.ts'
import { distance, type Intersection, type LaneLink, type Road, type RoadLink, type RoadLinkType } from './roadnet.ts'

/** Road links from one road to another; several in a file are one movement. */
export interface CityMovement {
  id: string
  from: Road
  to: Road
  type: RoadLinkType
  turn: Turn
  /** Road links of the file. */
  indices: number[]
  /** Lanes counted from the kerb, kerb first. */
  from_lanes: number[]
  to_lanes: number[]
  /** Path of each lane where the file draws one that joins the ends of its lanes. */
  shapes: (Point[] | undefined)[]
  /** Lane links that lead from a lane into further lanes, and those whose drawing does not join its lanes. */
  unused: number
  misdrawn: number
}

/** A turn by more than this, back to where it came from, is a u-turn; CityFlow calls it a left turn. */
const U_TURN_RAD = (120 / 180) * Math.PI
/** Path and lane meet where they end within this, m: less than half a lane. */
const JOINED_M = 1
/** Costs of leading a lane: into one that turns off at the next intersection, into one that another lane has. */
const TURNS_OFF = 1000
const SHARED = 100

export type CutRoads = ReadonlyMap<string, CutRoad>

/** Lanes of each road that carry its straight traffic, from the kerb. */
export function throughLanes(intersections: Iterable<Intersection>): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>()
  for (const { links } of intersections) {
    for (const { type, from, lanes } of links) {
      if (type !== 'go_straight') continue
      const own = found.get(from.id) ?? new Set()
      found.set(from.id, own)
      for (const lane of lanes) own.add(fromKerb(from, lane.from))
    }
  }
  return found
}

const fromKerb = (road: Road, lane: number): number => road.lanes.length - 1 - lane

/** Movements in the order of the file; road links without lane links are left out. */
export function listMovements({ links }: Intersection, roads: CutRoads, onward: ReadonlyMap<string, ReadonlySet<number>>): CityMovement[] {
  const groups = new Map<string, RoadLink[]>()
  for (const link of links) {
    if (link.lanes.length === 0) continue
    const id = `${link.from.id}->${link.to.id}`
    const same = groups.get(id)
    if (same === undefined) groups.set(id, [link])
    else same.push(link)
  }
  return [...groups].map(([id, same]) => movement(id, same, roads, onward))
}

function movement(id: string, same: RoadLink[], roads: CutRoads, onward: ReadonlyMap<string, ReadonlySet<number>>): CityMovement {
  const { from, to, type } = same[0] as RoadLink
  const [cutFrom, cutTo] = [roads.get(from.id) as CutRoad, roads.get(to.id) as CutRoad]
  const turn = turnOf(type, from, to, cutFrom, cutTo)
  const lanes = same.flatMap((link) => link.lanes)
  const from_lanes = [...new Set(lanes.map((lane) => fromKerb(from, lane.from)))].sort((a, b) => a - b)
  const allowed = from_lanes.map((lane) => [...new Set(lanes.filter((link) => fromKerb(from, link.from) === lane).map((link) => fromKerb(to, link.to)))].sort((a, b) => a - b))
  const to_lanes = leadLanes(turn, from_lanes, allowed, [from.lanes.length, to.lanes.length], onward.get(to.id))
  const used = from_lanes.map((lane, i) => lanes.find((link) => fromKerb(from, link.from) === lane && fromKerb(to, link.to) === to_lanes[i]) as LaneLink)
  const shapes = used.map((link) => joined(link.points, laneEnd(from, cutFrom, link.from, 'end'), laneEnd(to, cutTo, link.to, 'start')))
  return {
    id, from, to, type, turn, indices: same.map(({ index }) => index), from_lanes, to_lanes, shapes,
    unused: lanes.length - used.length, misdrawn: used.filter(({ points }, i) => points.length > 0 && shapes[i] === undefined).length,
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

/**
 * The lane that each lane leads into, so that paths of one movement never cross. In: lanes kerb first with those they
 * may lead into; lane counts of both roads; lanes of the next road that go straight on. Where the file allows no such
 * choice, each lane takes its own best.
 */
export function leadLanes(turn: Turn, from: readonly number[], allowed: readonly (readonly number[])[], [n, m]: readonly [number, number], onward?: ReadonlySet<number>): number[] {
  const cost = (i: number, to: number): number => {
    // Turns at the kerb keep to the kerb, turns across to the middle, the others straight ahead from the middle.
    const aside = turn === 'right' ? Math.abs(to - i) : turn === 'through' ? Math.abs(n - 1 - (from[i] as number) - (m - 1 - to)) : Math.abs(m - 1 - to - (from.length - 1 - i))
    return aside + (turn === 'through' && onward !== undefined && !onward.has(to) ? TURNS_OFF : 0)
  }
  let best = new Map<number, { cost: number; lanes: number[] }>()
  for (const [i, options] of allowed.entries()) {
    const next = new Map<number, { cost: number; lanes: number[] }>()
    for (const to of options) {
      const before = i === 0 ? [{ cost: 0, lanes: [] as number[] }] : [...best].filter(([last]) => last <= to).map(([last, path]) => ({ ...path, cost: path.cost + (last === to ? SHARED : 0) }))
      const cheapest = before.sort((a, b) => a.cost - b.cost)[0]
      if (cheapest !== undefined) next.set(to, { cost: cheapest.cost + cost(i, to), lanes: [...cheapest.lanes, to] })
    }
    best = next
  }
  const found = [...best.values()].sort((a, b) => a.cost - b.cost)[0]
  return found?.lanes ?? allowed.map((options, i) => [...options].sort((a, b) => cost(i, a) - cost(i, b))[0] as number)
}
