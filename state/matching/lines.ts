// Where links and the paths of movements lie in the plane, and how wide the carriageway is beside its drawing. Metres.
import { arcPath, sampleArc } from '../../model/junction-paths.ts'
import { laneShifts, linkDrawings, USUAL_LANE_M } from '../../model/lane-lines.ts'
import { metresAlong } from '../../model/lines.ts'
import type { Connection, Link, Network, Point } from '../../model/network.ts'

/** A drawing, and the strip beside it on which vehicles drive: from `left_m` to `right_m`, right of the drawing positive. */
export interface Line {
  points: readonly Point[]
  left_m: number
  right_m: number
}

/** Drawings bend no finer than this: far below the noise of any receiver, and every point costs time. */
const TOLERANCE_M = 0.4
/** Points of the mean path of several connections. */
const MEAN_POINTS = 9

/** Lines of all links in the order of the network. */
export function linkLines(network: Network): Line[] {
  const drawings = linkDrawings(network)
  const shifts = laneShifts(network, drawings)
  return network.links.map((link, l) => {
    const { start, end } = shifts[l]!
    const by = ((start ?? end ?? 0) + (end ?? start ?? 0)) / 2
    const width = widthOf(link)
    return network.driving_side === 'right'
      ? { points: simplify(drawings[l]!), left_m: by, right_m: by + width }
      : { points: simplify(drawings[l]!), left_m: by - width, right_m: by }
  })
}

/** Paths of all movements across their nodes, in the order of the network: the mean of their connections, else an arc. */
export function movementLines(network: Network, links: readonly Line[]): Line[] {
  const index = new Map(network.links.map(({ id }, l) => [id, l]))
  const connections = new Map<string, Connection[]>()
  for (const connection of network.connections) {
    const list = connections.get(connection.movement)
    if (list === undefined) connections.set(connection.movement, [connection])
    else list.push(connection)
  }
  return network.movements.map((movement) => {
    const own = connections.get(movement.id) ?? []
    const drawn = own.flatMap(({ shape_m }) => (shape_m !== undefined && shape_m.length > 1 ? [shape_m] : []))
    const half = (USUAL_LANE_M / 2) * Math.max(1, new Set(own.map(({ from_lane }) => from_lane)).size)
    const [from, to] = [links[index.get(movement.from) ?? -1], links[index.get(movement.to) ?? -1]]
    if (from === undefined || to === undefined) return { points: [], left_m: 0, right_m: 0 }
    if (drawn.length > 0) return { points: simplify(drawn.length === 1 ? drawn[0]! : meanPath(drawn)), left_m: -half, right_m: half }
    const [a, b] = [middle(from, true), middle(to, false)]
    const arc = arcPath(a.point, a.heading, b.point, b.heading, movement.turn === 'u-turn' ? network.driving_side : undefined)
    return { points: simplify(sampleArc(arc)), left_m: -half, right_m: half }
  })
}

export const widthOf = (link: Link): number => link.lanes.reduce((sum, { width_m }) => sum + width_m, 0) || USUAL_LANE_M

function ends(points: readonly Point[], atEnd: boolean): { point: Point; ux: number; uy: number } {
  const [a, b] = (atEnd ? points.slice(-2) : points.slice(0, 2)) as [Point, Point]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
  return { point: atEnd ? b : a, ux: (b[0] - a[0]) / length, uy: (b[1] - a[1]) / length }
}

/** End of the carriageway, in the middle of its strip. */
function middle({ points, left_m, right_m }: Line, atEnd: boolean): { point: Point; heading: number } {
  const { point, ux, uy } = ends(points, atEnd)
  const by = (left_m + right_m) / 2
  return { point: [point[0] + uy * by, point[1] - ux * by], heading: Math.atan2(uy, ux) }
}

function meanPath(paths: readonly (readonly Point[])[]): Point[] {
  const sums = Array.from({ length: MEAN_POINTS }, (): [number, number] => [0, 0])
  for (const path of paths) {
    const along = metresAlong(path)
    const total = along.at(-1)!
    let i = 1
    sums.forEach((sum, k) => {
      const at = (total * k) / (MEAN_POINTS - 1)
      while (i < path.length - 1 && along[i]! < at) i++
      const step = along[i]! - along[i - 1]!
      const share = step > 0 ? (at - along[i - 1]!) / step : 0
      sum[0] += (path[i - 1]![0] + share * (path[i]![0] - path[i - 1]![0])) / paths.length
      sum[1] += (path[i - 1]![1] + share * (path[i]![1] - path[i - 1]![1])) / paths.length
    })
  }
  return sums
}

/** Without the points that lie on the line of their neighbours (Douglas and Peucker 1973). */
function simplify(points: readonly Point[]): Point[] {
  const keep = new Set([0, points.length - 1])
  const open: [number, number][] = [[0, points.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span
    let [worst, at] = [TOLERANCE_M, -1]
    for (let i = from + 1; i < to; i++) {
      const off = offSegment(points[i]!, points[from]!, points[to]!)
      if (off > worst) [worst, at] = [off, i]
    }
    if (at < 0) continue
    keep.add(at)
    open.push([from, at], [at, to])
  }
  return points.filter((_, i) => keep.has(i))
}

function offSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const square = dx * dx + dy * dy
  const t = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}
