// Where in the plane is a place on a lane or a connection? Along the drawing of the link, shifted to the lane, or along the
// drawing of the connection; without drawings along the straight line between nodes. Headings are degrees clockwise from north.
import type { Network, Point } from '../../model/network.ts'
import type { PreparedNetwork } from '../prepare.ts'

interface Line {
  x: number[]
  y: number[]
  /** Metres from its start. */
  along: number[]
}

/** What `at` answers; filled anew by every call. */
export interface Place {
  x_m: number
  y_m: number
  heading_deg: number
}

export class Places {
  readonly place: Place = { x_m: 0, y_m: 0, heading_deg: 0 }
  readonly #p: PreparedNetwork
  readonly #lines: Line[]

  constructor(p: PreparedNetwork) {
    this.#p = p
    const lanes = laneLines(p)
    this.#lines = [...lanes, ...p.network.connections.map((connection, c) => {
      if (connection.shape_m !== undefined && connection.shape_m.length > 1) return lineOf(connection.shape_m)
      const [from, to] = [lanes[p.connFrom[c]!]!, lanes[p.connTo[c]!]!]
      return lineOf([[from.x.at(-1)!, from.y.at(-1)!], [to.x[0]!, to.y[0]!]])
    })]
  }

  /** A position on a strip, m from its start, in its own length. Drawings are stretched to that length. */
  at(strip: number, position_m: number): Place {
    const { x, y, along } = this.#lines[strip]!
    const total = along.at(-1)!
    const d = Math.min(Math.max(0, (position_m / this.#p.length[strip]!) * total), total)
    let i = 1
    while (i < along.length - 1 && along[i]! < d) i++
    const [dx, dy] = [x[i]! - x[i - 1]!, y[i]! - y[i - 1]!]
    const step = along[i]! - along[i - 1]!
    const share = step > 0 ? (d - along[i - 1]!) / step : 0
    this.place.x_m = x[i - 1]! + share * dx
    this.place.y_m = y[i - 1]! + share * dy
    this.place.heading_deg = ((Math.atan2(dx, dy) * 180) / Math.PI + 360) % 360
    return this.place
  }
}

function lineOf(points: readonly Point[]): Line {
  const along = [0]
  for (let i = 1; i < points.length; i++) along.push(along[i - 1]! + Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1]))
  return { x: points.map((p) => p[0]), y: points.map((p) => p[1]), along }
}

/** How far right of the link's drawing each lane lies at both ends, as the connections that meet it say; else side by side from the line to the kerb. */
function laneLines(p: PreparedNetwork): Line[] {
  const { network } = p
  const lines: Line[] = []
  const nodes = new Map(network.nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  network.links.forEach((link, l) => {
    const shape = link.shape_m !== undefined && link.shape_m.length > 1 ? link.shape_m : [nodes.get(link.from) ?? ORIGIN, nodes.get(link.to) ?? ORIGIN]
    const lanes = link.lanes.map((_, i) => p.linkLane[l]! + i)
    const usual = lanes.map((_, i) => usualOffset(network, l, i))
    const shift = (atEnd: boolean): number | undefined => {
      const seen = lanes.flatMap((lane, i) => anchors(p, lane, atEnd).map((point) => lateral(shape, point, atEnd) - usual[i]!))
      return seen.length === 0 ? undefined : seen.reduce((sum, value) => sum + value, 0) / seen.length
    }
    const [start, end] = [shift(false), shift(true)]
    lanes.forEach((_, i) => lines.push(parallel(shape, usual[i]! + (start ?? end ?? 0), usual[i]! + (end ?? start ?? 0))))
  })
  return lines
}

const ORIGIN: Point = [0, 0]

/** Lanes lie between the drawing and the kerb. */
function usualOffset(network: Network, l: number, lane: number): number {
  const { lanes } = network.links[l]!
  const inner = lanes.slice(lane + 1).reduce((sum, { width_m }) => sum + width_m, 0) + lanes[lane]!.width_m / 2
  return network.driving_side === 'right' ? inner : -inner
}

/** Ends of connections where they meet a lane. */
function anchors(p: PreparedNetwork, lane: number, atEnd: boolean): Point[] {
  const [start, list] = atEnd ? [p.laneOutStart, p.laneOut] : [p.laneInStart, p.laneIn]
  const points: Point[] = []
  for (let k = start[lane]!; k < start[lane + 1]!; k++) {
    const shape = p.network.connections[list[k]!]!.shape_m
    if (shape !== undefined && shape.length > 1) points.push(atEnd ? shape[0]! : shape.at(-1)!)
  }
  return points
}

/** Unit vector to the right of segment i. */
function rightOf(shape: readonly Point[], i: number): Point {
  const [a, b] = [shape[i]!, shape[i + 1]!]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  return length === 0 ? [0, 0] : [(b[1] - a[1]) / length, (a[0] - b[0]) / length]
}

function lateral(shape: readonly Point[], point: Point, atEnd: boolean): number {
  const right = rightOf(shape, atEnd ? shape.length - 2 : 0)
  const end = atEnd ? shape.at(-1)! : shape[0]!
  return (point[0] - end[0]) * right[0] + (point[1] - end[1]) * right[1]
}

/** The drawing moved to the right, by `start` m at its start and `end` m at its end. */
function parallel(shape: readonly Point[], start: number, end: number): Line {
  const { along } = lineOf(shape)
  const total = along.at(-1)! || 1
  return lineOf(shape.map((point, i): Point => {
    const [before, after] = [rightOf(shape, Math.max(0, i - 1)), rightOf(shape, Math.min(i, shape.length - 2))]
    const [x, y] = [before[0] + after[0], before[1] + after[1]]
    const length = Math.hypot(x, y) || 1
    const by = start + ((end - start) * along[i]!) / total
    // At a bend the corner lies further out than the sides.
    const out = by / Math.max(0.5, length / 2)
    return [point[0] + (x / length) * out, point[1] + (y / length) * out]
  }))
}
