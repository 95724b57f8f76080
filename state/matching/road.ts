// The road as the matcher reads it, compiled once from a network into typed arrays. A way is a link or the path of a movement
// across its node: ways 0 .. links-1 are the links, then come the movements.
import { GreenwaveError } from '../../model/errors.ts'
import { pathLength } from '../../model/lines.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Network } from '../../model/network.ts'
import { CellGrid, type Segments } from './cell-grid.ts'
import { linkLines, movementLines, type Line } from './lines.ts'
import { RouteTable } from './route-table.ts'

/** Cells list what lies this near; candidates beyond ask more cells. Least search radius of the reference model. */
export const REACH_M = 45
/** Numbers of a segment in `packed`, side by side so that a look-up touches one place in memory. */
export const RECORD = 12
/** Two ways side by side leave a junction in about the same direction, and no further apart. */
const PARALLEL_RAD = 0.35
const APART_M = 60
const AHEAD_RAD = Math.PI / 4

export class MatchRoad {
  readonly network: Network
  readonly links: number
  readonly ways: number
  /** In the length of the network, m. */
  readonly length_m: Float64Array
  readonly speed_mps: Float64Array
  /** Strip of the carriageway beside the drawing, right positive. */
  readonly left_m: Float64Array
  readonly right_m: Float64Array
  /** Of movements, by `way - links`. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly uTurn: Uint8Array
  /** A movement that leaves its carriageway for one beside it, although its own goes on. */
  readonly change: Uint8Array
  /** Ways of the movements that leave a link: `out[outStart[l] .. outStart[l + 1])`. */
  readonly outStart: Int32Array
  readonly out: Int32Array
  /** Segments of a way: `segmentStart[way] .. segmentStart[way + 1]`. */
  readonly segmentStart: Int32Array
  readonly segments: Segments
  readonly wayOf: Int32Array
  /** Where a segment begins on its way and how much way a metre of drawing is. */
  readonly along_m: Float64Array
  readonly scale: Float64Array
  /** Radians from east, anticlockwise. */
  readonly heading: Float64Array
  /** x0, y0, ux, uy, length, left, right, way, heading, along, scale, variance across: RECORD numbers a segment. */
  readonly packed: Float64Array
  readonly grid: CellGrid
  /** Shortest ways, found when first asked for; all matchers on this road share them. */
  readonly routes: RouteTable
  /** Of the last projection. */
  position_m = 0
  offset_m = 0
  distance_m = 0
  segment = 0

  /** Throws input.value for a network without links. */
  constructor(graph: RoadGraph) {
    const { network } = graph
    this.network = network
    this.links = network.links.length
    if (this.links === 0) throw new GreenwaveError('input.value', `the network "${network.name}" has no links to match fixes to`)
    const drawn = linkLines(network)
    const lines = [...drawn, ...movementLines(network, drawn)]
    this.ways = lines.length
    const index = new Map(network.links.map(({ id }, l) => [id, l]))
    this.from = Int32Array.from(network.movements, ({ from }) => index.get(from) ?? -1)
    this.to = Int32Array.from(network.movements, ({ to }) => index.get(to) ?? -1)
    this.uTurn = Uint8Array.from(network.movements, ({ turn }) => Number(turn === 'u-turn'))
    this.length_m = Float64Array.from([...network.links.map(({ length_m }) => length_m), ...network.movements.map(({ id }, m) => graph.movementLength(id) || pathLength(lines[this.links + m]!.points))])
    this.speed_mps = Float64Array.from([...network.links.map(({ speed_mps }) => speed_mps), ...network.movements.map((_, m) => Math.max(network.links[this.from[m]!]?.speed_mps ?? 0, network.links[this.to[m]!]?.speed_mps ?? 0))])
    this.left_m = Float64Array.from(lines, ({ left_m }) => left_m)
    this.right_m = Float64Array.from(lines, ({ right_m }) => right_m)
    ;({ outStart: this.outStart, out: this.out } = leaving(this.from, this.links))
    const cut = cutLines(lines, this.length_m)
    this.segmentStart = cut.start
    this.segments = cut.segments
    this.wayOf = cut.wayOf
    this.along_m = cut.along_m
    this.scale = cut.scale
    this.heading = Float64Array.from(cut.wayOf, (_, s) => Math.atan2(cut.segments.uy[s]!, cut.segments.ux[s]!))
    this.packed = this.#pack()
    this.grid = new CellGrid(this.segments, REACH_M)
    this.change = this.#changes()
    this.routes = new RouteTable(this)
  }

  /** The movement that joins two links, as a way; -1 if none does. */
  joint(from: number, to: number): number {
    for (let k = this.outStart[from]!; k < this.outStart[from + 1]!; k++) if (this.to[this.out[k]! - this.links] === to) return this.out[k]!
    return -1
  }

  /** Nearest place of a way to a point: `position_m`, `offset_m` and `distance_m` (to the strip). */
  project(way: number, x: number, y: number): void {
    const { x0, y0, ux, uy, length_m } = this.segments
    let best = Infinity
    for (let s = this.segmentStart[way]!; s < this.segmentStart[way + 1]!; s++) {
      const px = x - x0[s]!
      const py = y - y0[s]!
      const t = px * ux[s]! + py * uy[s]!
      const along = t < 0 ? 0 : Math.min(t, length_m[s]!)
      const offset = px * uy[s]! - py * ux[s]!
      const square = (t - along) ** 2 + offset * offset
      if (square >= best) continue
      best = square
      this.segment = s
      this.position_m = this.along_m[s]! + along * this.scale[s]!
      this.offset_m = offset
      const beside = offset < this.left_m[way]! ? this.left_m[way]! - offset : Math.max(0, offset - this.right_m[way]!)
      this.distance_m = Math.hypot(t - along, beside)
    }
  }

  #pack(): Float64Array {
    const { x0, y0, ux, uy, length_m } = this.segments
    const packed = new Float64Array(x0.length * RECORD)
    this.wayOf.forEach((way, s) => {
      const row = [x0[s]!, y0[s]!, ux[s]!, uy[s]!, length_m[s]!, this.left_m[way]!, this.right_m[way]!, way, this.heading[s]!, this.along_m[s]!, this.scale[s]!, (this.right_m[way]! - this.left_m[way]!) ** 2 / 12]
      packed.set(row, s * RECORD)
    })
    return packed
  }

  /** Marks movements that leave a carriageway which goes on for one beside it. */
  #changes(): Uint8Array {
    const { x0, y0, ux, uy } = this.segments
    const marks = new Uint8Array(this.from.length)
    for (let l = 0; l < this.links; l++) {
      const last = this.segmentStart[l + 1]! - 1
      if (last < this.segmentStart[l]!) continue
      const ahead: { way: number; heading: number; apart: number }[] = []
      for (let k = this.outStart[l]!; k < this.outStart[l + 1]!; k++) {
        const to = this.to[this.out[k]! - this.links]!
        const first = to < 0 ? -1 : this.segmentStart[to]!
        if (first < 0 || first === this.segmentStart[to + 1]!) continue
        const heading = this.heading[first]!
        if (Math.abs(wrap(heading - this.heading[last]!)) > AHEAD_RAD) continue
        const centre = (way: number): number => (this.left_m[way]! + this.right_m[way]!) / 2
        const apart = (x0[first]! - x0[last]!) * uy[last]! - (y0[first]! - y0[last]!) * ux[last]! + centre(to) - centre(l)
        ahead.push({ way: this.out[k]!, heading, apart })
      }
      const own = ahead.reduce<(typeof ahead)[number] | undefined>((best, one) => (best === undefined || Math.abs(one.apart) < Math.abs(best.apart) ? one : best), undefined)
      for (const one of ahead) {
        if (own !== undefined && one !== own && Math.abs(wrap(one.heading - own.heading)) < PARALLEL_RAD && Math.abs(one.apart - own.apart) < APART_M) marks[one.way - this.links] = 1
      }
    }
    return marks
  }
}

/** The angle in (-pi, pi]. */
export function wrap(angle: number): number {
  return angle > Math.PI ? angle - 2 * Math.PI : angle <= -Math.PI ? angle + 2 * Math.PI : angle
}

function leaving(from: Int32Array, links: number): { outStart: Int32Array; out: Int32Array } {
  const outStart = new Int32Array(links + 1)
  for (const l of from) if (l >= 0) outStart[l + 1]!++
  for (let l = 0; l < links; l++) outStart[l + 1]! += outStart[l]!
  const next = outStart.slice()
  const out = new Int32Array(outStart[links]!)
  from.forEach((l, m) => {
    if (l >= 0) out[next[l]!++] = links + m
  })
  return { outStart, out }
}

interface Cut { start: Int32Array; segments: Segments; wayOf: Int32Array; along_m: Float64Array; scale: Float64Array }

/** Cuts drawings into segments; those without length are left out. */
function cutLines(lines: readonly Line[], length_m: Float64Array): Cut {
  const start = new Int32Array(lines.length + 1)
  const rows: [x0: number, y0: number, ux: number, uy: number, length: number, way: number, along: number, scale: number, margin: number][] = []
  lines.forEach((line, way) => {
    const drawn = pathLength(line.points)
    const scale = drawn > 0 ? length_m[way]! / drawn : 1
    let along = 0
    for (let i = 1; i < line.points.length; i++) {
      const [a, b] = [line.points[i - 1]!, line.points[i]!]
      const length = Math.hypot(b[0] - a[0], b[1] - a[1])
      if (length < 1e-6) continue
      rows.push([a[0], a[1], (b[0] - a[0]) / length, (b[1] - a[1]) / length, length, way, along * scale, scale, Math.max(Math.abs(line.left_m), Math.abs(line.right_m))])
      along += length
    }
    start[way + 1] = rows.length
  })
  const column = (c: number): Float64Array => Float64Array.from(rows, (row) => row[c]!)
  return {
    start, segments: { x0: column(0), y0: column(1), ux: column(2), uy: column(3), length_m: column(4), margin_m: column(8) },
    wayOf: Int32Array.from(rows, (row) => row[5]), along_m: column(6), scale: column(7),
  }
}
