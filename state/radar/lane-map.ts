// Where lanes and the paths across nodes lie in the plane, and where on them a point is. Positions are metres from the stop line:
// negative before it, positive beyond. Drawings are stretched to the lengths that the network gives.
import { laneLines, USUAL_LANE_M } from '../../model/lane-lines.ts'
import { metresAlong } from '../../model/lines.ts'
import type { Connection, Network, Point } from '../../model/network.ts'
import type { Metres } from '../../model/units.ts'

/** Who drives here may have to wait for a gap beyond the line, or turns on red. Those with a green of their own never do, whoever else is named. */
export function givesWay({ yields_to, groups = [], turn_on_red }: Connection): boolean {
  return turn_on_red === true || (yields_to.length > 0 && (groups.length === 0 || groups.some(({ right_of_way }) => right_of_way === 'permissive')))
}

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
/** Cosine between ways that are alike. */
const ALIKE = 0.7

export class LaneMap {
  readonly lanes: LaneStrip[] = []
  readonly paths: PathStrip[] = []
  readonly found: Projected = { s_m: 0, off_m: 0, ux: 1, uy: 0 }
  readonly #first: number[] = []
  readonly #cells = new Map<string, number[]>()

  constructor(network: Network) {
    const links = new Map(network.links.map(({ id }, l) => [id, l]))
    const movements = new Map(network.movements.map((movement, m) => [movement.id, m]))
    drawLanes(network, this.lanes, this.#first)
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

  /** The lane that a point lies on, the nearest centre first, and that goes its way where one is given (unit vector); undefined beside all lanes. */
  locate(x: number, y: number, way?: readonly [x: number, y: number]): number | undefined {
    let best: number | undefined
    let least = Infinity
    for (const i of this.#cells.get(cellOf(x, y)) ?? []) {
      const strip = this.lanes[i]!
      this.projectLane(i, x, y)
      const { s_m, off_m, ux, uy } = this.found
      if (way !== undefined && way[0] * ux + way[1] * uy < ALIKE) continue
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
  const along = Float64Array.from(metresAlong(points))
  const drawn = along.at(-1)!
  return { x: Float64Array.from(points, (p) => p[0]), y: Float64Array.from(points, (p) => p[1]), along, stretch: drawn > 0 && length_m > 0 ? length_m / drawn : 1, length_m, half_m }
}

function drawLanes(network: Network, lanes: LaneStrip[], first: number[]): void {
  const lines = laneLines(network)
  network.links.forEach((link, l) => {
    first.push(lanes.length)
    link.lanes.forEach(({ width_m, length_m }, k) => {
      const strip = stripOf(lines[l]![k]!, link.length_m, (width_m || USUAL_LANE_M) / 2)
      lanes.push({ ...strip, length_m: Math.min(link.length_m, length_m > 0 ? length_m : link.length_m), link: l, lane: k, out: [] })
    })
  })
}
