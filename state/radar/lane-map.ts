// Where lanes and the paths across nodes lie in the plane, and where on them a point is. Positions are metres from the stop line:
// negative before it, positive beyond. Drawings are stretched to the lengths that the network gives.
import type { Connection, Link, Network, Point } from '../../model/network.ts'
import type { Metres } from '../../model/units.ts'

/** One lane or one path across a node. */
export interface Strip {
  x: Float64Array
  y: Float64Array
  along: Float64Array
  /** Length by the network over that of the drawing. */
  stretch: number
  length_m: Metres
  half_m: Metres
}

export interface LaneStrip extends Strip {
  /** Index in `network.links`. */
  link: number
  /** 0 is next to the kerb. */
  lane: number
  /** Paths that begin at its line, by their index in `connections`. */
  out: number[]
}

export interface PathStrip extends Strip {
  connection: Connection
  /** Indices of lanes and of the movement. */
  from: number
  to: number
  movement: number
}

/** What `project` answers; filled anew by every call. */
export interface Projected { s_m: number; off_m: number; ux: number; uy: number }

/** A lane is looked for at most so far beside its edge. */
const REACH_M = 0.6
const CELL_M = 25
const LANE_M = 3.2

export class LaneMap {
  readonly lanes: LaneStrip[] = []
  readonly paths: PathStrip[] = []
  readonly found: Projected = { s_m: 0, off_m: 0, ux: 1, uy: 0 }
  readonly #first: number[] = []
  readonly #cells = new Map<string, number[]>()

  constructor(network: Network) {
    const links = new Map(network.links.map(({ id }, l) => [id, l]))
    const movements = new Map(network.movements.map((movement, m) => [movement.id, m]))
    drawLanes(network, links, this.lanes, this.#first)
    for (const connection of network.connections) {
      const m = movements.get(connection.movement)
      const [from, to] = m === undefined ? [] : [this.laneOf(links.get(network.movements[m]!.from), connection.from_lane), this.laneOf(links.get(network.movements[m]!.to), connection.to_lane)]
      if (m === undefined || from === undefined || to === undefined) continue
      const [a, b] = [this.lanes[from]!, this.lanes[to]!]
      const shape: readonly Point[] = connection.shape_m !== undefined && connection.shape_m.length > 1 ? connection.shape_m : [[a.x.at(-1)!, a.y.at(-1)!], [b.x[0]!, b.y[0]!]]
      this.lanes[from]!.out.push(this.paths.length)
      this.paths.push({ ...stripOf(shape, connection.length_m, a.half_m), connection, from, to, movement: m })
    }
    this.lanes.forEach((strip, i) => this.#enter(strip, i))
  }

  /** Index in `lanes`. */
  laneOf(link: number | undefined, lane: number): number | undefined {
    const first = link === undefined ? undefined : this.#first[link]
    return first !== undefined && this.lanes[first + lane]?.link === link ? first + lane : undefined
  }

  /** The lane that a point lies on, the nearest centre first; undefined beside all lanes. */
  locate(x: number, y: number): number | undefined {
    let best: number | undefined
    let least = Infinity
    for (const i of this.#cells.get(cellOf(x, y)) ?? []) {
      const strip = this.lanes[i]!
      this.projectLane(i, x, y)
      const { s_m, off_m } = this.found
      if (s_m > 0 || s_m < -strip.length_m - 1 || Math.abs(off_m) > strip.half_m + REACH_M || Math.abs(off_m) >= least) continue
      least = Math.abs(off_m)
      best = i
    }
    return best
  }

  /** On a lane; goes on straight beyond its line. */
  projectLane(lane: number, x: number, y: number): Projected {
    const strip = this.lanes[lane]!
    project(strip, x, y, this.found)
    this.found.s_m = this.found.s_m * strip.stretch - strip.along.at(-1)! * strip.stretch
    return this.found
  }

  projectPath(path: number, x: number, y: number): Projected {
    const strip = this.paths[path]!
    project(strip, x, y, this.found)
    this.found.s_m *= strip.stretch
    return this.found
  }

  #enter(strip: LaneStrip, i: number): void {
    const seen = new Set<string>()
    for (let k = 1; k < strip.x.length; k++) {
      const steps = Math.ceil((strip.along[k]! - strip.along[k - 1]!) / (CELL_M / 2)) || 1
      for (let j = 0; j <= steps; j++) {
        const [x, y] = [strip.x[k - 1]! + ((strip.x[k]! - strip.x[k - 1]!) * j) / steps, strip.y[k - 1]! + ((strip.y[k]! - strip.y[k - 1]!) * j) / steps]
        for (const [dx, dy] of AROUND) seen.add(cellOf(x + dx, y + dy))
      }
    }
    for (const cell of seen) {
      const list = this.#cells.get(cell)
      if (list === undefined) this.#cells.set(cell, [i])
      else list.push(i)
    }
  }
}

const AROUND = [-10, 0, 10].flatMap((dx) => [-10, 0, 10].map((dy): [number, number] => [dx, dy]))
const cellOf = (x: number, y: number): string => `${Math.floor(x / CELL_M)} ${Math.floor(y / CELL_M)}`

/** Nearest point; the last side goes on beyond its end, the first before its start. `s_m` from the start of the drawing. */
function project({ x, y, along }: Strip, px: number, py: number, out: Projected): void {
  let least = Infinity
  const last = x.length - 1
  // Drawings without extent: nodes that are points.
  out.s_m = 0
  out.off_m = Math.hypot(px - x[0]!, py - y[0]!)
  out.ux = out.uy = 0
  for (let i = 1; i <= last; i++) {
    const [dx, dy, length] = [x[i]! - x[i - 1]!, y[i]! - y[i - 1]!, along[i]! - along[i - 1]!]
    if (length <= 0) continue
    const [ux, uy] = [dx / length, dy / length]
    const [rx, ry] = [px - x[i - 1]!, py - y[i - 1]!]
    let t = rx * ux + ry * uy
    if (i > 1) t = Math.max(0, t)
    if (i < last) t = Math.min(length, t)
    const [ox, oy] = [rx - t * ux, ry - t * uy]
    const square = ox * ox + oy * oy
    if (square >= least) continue
    least = square
    out.s_m = along[i - 1]! + t
    out.off_m = Math.sqrt(square)
    out.ux = ux
    out.uy = uy
  }
}

function stripOf(points: readonly Point[], length_m: Metres, half_m: Metres): Strip {
  const along = new Float64Array(points.length)
  for (let i = 1; i < points.length; i++) along[i] = along[i - 1]! + Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1])
  const drawn = along.at(-1)!
  return { x: Float64Array.from(points, (p) => p[0]), y: Float64Array.from(points, (p) => p[1]), along, stretch: drawn > 0 && length_m > 0 ? length_m / drawn : 1, length_m, half_m }
}

/** A drawing may be the middle lane, an edge or the axis of the road: connections that meet its lanes say which. */
function drawLanes(network: Network, index: ReadonlyMap<string, number>, lanes: LaneStrip[], first: number[]): void {
  const nodes = new Map(network.nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  const shapes = network.links.map((link): readonly Point[] =>
    (link.shape_m !== undefined && link.shape_m.length > 1 ? link.shape_m : [nodes.get(link.from) ?? [0, 0], nodes.get(link.to) ?? [0, 0]]))
  const shift = network.links.map((): [number[], number[]] => [[], []])
  const movements = new Map(network.movements.map((movement) => [movement.id, movement]))
  for (const { movement: id, shape_m, from_lane, to_lane } of network.connections) {
    const movement = movements.get(id)
    if (movement === undefined || shape_m === undefined || shape_m.length < 2) continue
    const [from, to] = [index.get(movement.from), index.get(movement.to)]
    if (from !== undefined) shift[from]![1].push(lateral(shapes[from]!, shape_m[0]!, true) - usualOffset(network, network.links[from]!, from_lane))
    if (to !== undefined) shift[to]![0].push(lateral(shapes[to]!, shape_m.at(-1)!, false) - usualOffset(network, network.links[to]!, to_lane))
  }
  network.links.forEach((link, l) => {
    first.push(lanes.length)
    const [start, end] = shift[l]!.map((list) => (list.length === 0 ? undefined : list.reduce((sum, value) => sum + value, 0) / list.length))
    link.lanes.forEach(({ width_m, length_m }, k) => {
      const usual = usualOffset(network, link, k)
      const strip = stripOf(parallel(shapes[l]!, usual + (start ?? end ?? 0), usual + (end ?? start ?? 0)), link.length_m, (width_m || LANE_M) / 2)
      lanes.push({ ...strip, length_m: Math.min(link.length_m, length_m > 0 ? length_m : link.length_m), link: l, lane: k, out: [] })
    })
  })
}

/** Lanes between the drawing and the kerb: centre of a lane, right of the drawing positive. */
function usualOffset(network: Network, { lanes }: Link, lane: number): number {
  const inner = lanes.slice(lane + 1).reduce((sum, { width_m }) => sum + width_m, 0) + (lanes[lane]?.width_m ?? LANE_M) / 2
  return network.driving_side === 'right' ? inner : -inner
}

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
function parallel(shape: readonly Point[], start: number, end: number): Point[] {
  const along = [0]
  for (let i = 1; i < shape.length; i++) along.push(along[i - 1]! + Math.hypot(shape[i]![0] - shape[i - 1]![0], shape[i]![1] - shape[i - 1]![1]))
  const total = along.at(-1)! || 1
  return shape.map((point, i): Point => {
    const [before, after] = [rightOf(shape, Math.max(0, i - 1)), rightOf(shape, Math.min(i, shape.length - 2))]
    const [x, y] = [before[0] + after[0], before[1] + after[1]]
    const length = Math.hypot(x, y) || 1
    // At a bend the corner lies further out than the sides.
    const out = (start + ((end - start) * along[i]!) / total) / Math.max(0.5, length / 2)
    return [point[0] + (x / length) * out, point[1] + (y / length) * out]
  })
}
