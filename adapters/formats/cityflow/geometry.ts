// Where roads end at their stop lines. CityFlow draws a road from middle to middle and cuts the width of each intersection
// that is not virtual off its ends (Road::initLanesPoints of its source); lanes lie to the right of the points.
import type { Point } from '../../../model/network.ts'
import { distance, type Road, type Roadnet } from './roadnet.ts'

/** What remains at least of a road that is shorter than its two intersections are wide, m: one car. */
const SHORTEST_ROAD_M = 5

export const lengthOf = (points: readonly Point[]): number => points.slice(1).reduce((sum, point, i) => sum + distance(points[i] as Point, point), 0)

export interface CutRoad {
  points: Point[]
  length_m: number
  /** True where the intersections left less than the shortest road. */
  squeezed: boolean
}

/** Points of a road between its stop lines. */
export function cutRoad({ intersections }: Roadnet, road: Road): CutRoad {
  const total = lengthOf(road.points)
  const [head, tail] = [intersections.get(road.from)?.width ?? 0, intersections.get(road.to)?.width ?? 0]
  const least = Math.min(SHORTEST_ROAD_M, total)
  const squeezed = total - head - tail < least - 1e-9
  const share = squeezed ? (total - least) / (head + tail) : 1
  const points = slice(road.points, head * share, total - tail * share)
  return { points, length_m: Math.max(lengthOf(points), 0.1), squeezed }
}

/** The part of a line between two distances along it. */
function slice(points: readonly Point[], from: number, to: number): Point[] {
  const inner: Point[] = []
  let along = 0
  points.forEach((point, i) => {
    if (i > 0) along += distance(points[i - 1] as Point, point)
    if (along > from + 1e-9 && along < to - 1e-9) inner.push(point)
  })
  return [pointAt(points, from), ...inner, pointAt(points, to)].map(([x, y]): Point => [millimetres(x), millimetres(y)])
}

const millimetres = (m: number): number => Math.round(m * 1000) / 1000

function pointAt(points: readonly Point[], at: number): Point {
  let left = at
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point]
    const step = distance(a, b)
    if (left <= step || i === points.length - 1) {
      const share = step === 0 ? 0 : Math.min(1, Math.max(0, left / step))
      return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
    }
    left -= step
  }
  return points[0] as Point
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
