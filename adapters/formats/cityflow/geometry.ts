// Where roads end at their stop lines. CityFlow draws a road from middle to middle and cuts the width of each intersection
// that is not virtual off its ends (Road::initLanesPoints of its source); lanes lie to the right of the points.
import { pathLength, roundPoint, sliceLine } from '../../../model/lines.ts'
import type { Point } from '../../../model/network.ts'
import type { Road, Roadnet } from './roadnet.ts'

/** What remains at least of a road that is shorter than its two intersections are wide, m: one car. */
const SHORTEST_ROAD_M = 5

export interface CutRoad {
  points: Point[]
  length_m: number
  /** True where the intersections left less than the shortest road. */
  squeezed: boolean
}

/** Points of a road between its stop lines. */
export function cutRoad({ intersections }: Roadnet, road: Road): CutRoad {
  const total = pathLength(road.points)
  const [head, tail] = [intersections.get(road.from)?.width ?? 0, intersections.get(road.to)?.width ?? 0]
  const least = Math.min(SHORTEST_ROAD_M, total)
  const squeezed = total - head - tail < least - 1e-9
  const share = squeezed ? (total - least) / (head + tail) : 1
  const points = sliceLine(road.points, head * share, total - tail * share).map(roundPoint)
  return { points, length_m: Math.max(pathLength(points), 0.1), squeezed }
}

/** Direction of travel at an end of a line, radians from east, anticlockwise. */
export function headingAt(points: readonly Point[], end: 'start' | 'end'): number {
  const [a, b] = (end === 'end' ? points.slice(-2) : points.slice(0, 2)) as [Point, Point]
  return Math.atan2(b[1] - a[1], b[0] - a[0])
}

/** Middle of a lane (counted from the left edge) where the road starts or ends. */
export function laneEnd(road: Road, cut: CutRoad, lane: number, end: 'start' | 'end'): Point {
  const heading = headingAt(cut.points, end)
  const offset = road.lanes.slice(0, lane).reduce((sum, { width }) => sum + width, 0) + (road.lanes[lane]?.width ?? 0) / 2
  const [x, y] = (end === 'end' ? cut.points.at(-1) : cut.points[0]) as Point
  return [x + Math.sin(heading) * offset, y - Math.cos(heading) * offset]
}
