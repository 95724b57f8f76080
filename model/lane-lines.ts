// Where lanes lie beside the drawing of their link. A drawing may be the middle lane, the left edge or the axis of the whole road: the
// connections that meet its lanes say which; without any, lanes lie side by side from the drawing to the kerb. Metres, right of the drawing positive.
import { metresAlong } from './lines.ts'
import type { Link, Network, Point } from './network.ts'
import type { Metres } from './units.ts'

/** Width of a lane that nothing says. */
export const USUAL_LANE_M = 3.2
const ORIGIN: Point = [0, 0]

/** Drawings of all links in the order of the network; without one, the straight line between its nodes. */
export function linkDrawings({ nodes, links }: Network): (readonly Point[])[] {
  const points = new Map(nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  return links.map(({ shape_m, from, to }) => (shape_m !== undefined && shape_m.length > 1 ? shape_m : [points.get(from) ?? ORIGIN, points.get(to) ?? ORIGIN]))
}

/** How far the lanes of each link lie right of where they would lie beside its drawing, by the connections at its start and end; undefined where none is drawn. */
export function laneShifts(network: Network, drawings: readonly (readonly Point[])[]): { start: Metres | undefined; end: Metres | undefined }[] {
  const index = new Map(network.links.map(({ id }, l) => [id, l]))
  const movements = new Map(network.movements.map((movement) => [movement.id, movement]))
  const seen = network.links.map((): { start: Metres[]; end: Metres[] } => ({ start: [], end: [] }))
  const see = (link: string, lane: number, end: 'start' | 'end', point: Point): void => {
    const l = index.get(link)
    if (l !== undefined) seen[l]![end].push(lateral(drawings[l]!, point, end) - usualOffset(network, network.links[l]!, lane))
  }
  for (const { movement: id, shape_m, from_lane, to_lane } of network.connections) {
    const movement = movements.get(id)
    if (movement === undefined || shape_m === undefined || shape_m.length < 2) continue
    see(movement.from, from_lane, 'end', shape_m[0]!)
    see(movement.to, to_lane, 'start', shape_m.at(-1)!)
  }
  const mean = (list: readonly Metres[]): Metres | undefined => (list.length === 0 ? undefined : list.reduce((sum, value) => sum + value, 0) / list.length)
  return seen.map(({ start, end }) => ({ start: mean(start), end: mean(end) }))
}

/** Middles of all lanes, by link and lane in the order of the network. */
export function laneLines(network: Network): Point[][][] {
  const drawings = linkDrawings(network)
  const shifts = laneShifts(network, drawings)
  return network.links.map((link, l) => {
    const { start, end } = shifts[l]!
    return link.lanes.map((_, lane) => {
      const usual = usualOffset(network, link, lane)
      return parallel(drawings[l]!, usual + (start ?? end ?? 0), usual + (end ?? start ?? 0))
    })
  })
}

/** Middle of a lane that lies between the drawing and the kerb. */
function usualOffset(network: Network, { lanes }: Link, lane: number): Metres {
  const inner = lanes.slice(lane + 1).reduce((sum, { width_m }) => sum + width_m, 0) + (lanes[lane]?.width_m ?? USUAL_LANE_M) / 2
  return network.driving_side === 'right' ? inner : -inner
}

/** Unit vector to the right of segment i; none where it has no length. */
function rightOf(line: readonly Point[], i: number): Point {
  const [a, b] = [line[i]!, line[i + 1]!]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  return length === 0 ? [0, 0] : [(b[1] - a[1]) / length, (a[0] - b[0]) / length]
}

/** How far right of an end of the line a point lies. */
function lateral(line: readonly Point[], point: Point, at: 'start' | 'end'): Metres {
  const right = rightOf(line, at === 'end' ? line.length - 2 : 0)
  const end = at === 'end' ? line.at(-1)! : line[0]!
  return (point[0] - end[0]) * right[0] + (point[1] - end[1]) * right[1]
}

/** The line moved to the right, by `start` at its start and `end` at its end. */
function parallel(line: readonly Point[], start: Metres, end: Metres): Point[] {
  const along = metresAlong(line)
  const total = along.at(-1)! || 1
  return line.map((point, i): Point => {
    const [before, after] = [rightOf(line, Math.max(0, i - 1)), rightOf(line, Math.min(i, line.length - 2))]
    const [x, y] = [before[0] + after[0], before[1] + after[1]]
    const length = Math.hypot(x, y) || 1
    // At a bend the corner lies further out than the sides.
    const out = (start + ((end - start) * along[i]!) / total) / Math.max(0.5, length / 2)
    return [point[0] + (x / length) * out, point[1] + (y / length) * out]
  })
}
