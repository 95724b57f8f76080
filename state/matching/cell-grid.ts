// A uniform grid over the plane: every cell lists the segments within reach of any of its points, so that a fix asks one cell.

/** Cell side, m; the least side for a network too wide for that many cells is larger. */
const CELL_M = 60
const MOST_CELLS = 4_000_000
/** Numbers of a circle. */
export const CIRCLE = 3
/** Single precision is a centimetre at 100 km. */
const WIDER_M = 0.1

export interface Segments {
  x0: Float64Array
  y0: Float64Array
  ux: Float64Array
  uy: Float64Array
  length_m: Float64Array
  /** Half width of the strip that counts as the segment itself. */
  margin_m: Float64Array
}

export class CellGrid {
  readonly #side: number
  readonly #x: number
  readonly #y: number
  readonly #columns: number
  readonly #rows: number
  readonly #start: Int32Array
  /** Segment numbers, ascending in every cell. */
  readonly list: Int32Array
  /**
   * The circle around each of them, side by side in the order of `list`, so that most of a cell is passed over without touching
   * its segments: middle east and north of the grid's corner, and radius; m. A little wide, for single precision.
   */
  readonly circles: Float32Array
  /** Of the cell that was asked last, in `list`. */
  from = 0
  until = 0

  /** Within `reach_m` of a cell's points. */
  constructor(segments: Segments, reach_m: number) {
    const { x0, y0, ux, uy, length_m, margin_m } = segments
    const n = x0.length
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let s = 0; s < n; s++) {
      const [x1, y1] = [x0[s]! + ux[s]! * length_m[s]!, y0[s]! + uy[s]! * length_m[s]!]
      const pad = reach_m + margin_m[s]!
      left = Math.min(left, x0[s]! - pad, x1 - pad)
      right = Math.max(right, x0[s]! + pad, x1 + pad)
      low = Math.min(low, y0[s]! - pad, y1 - pad)
      high = Math.max(high, y0[s]! + pad, y1 + pad)
    }
    if (n === 0) [left, right, low, high] = [0, 0, 0, 0]
    this.#side = Math.max(CELL_M, Math.sqrt(((right - left) * (high - low)) / MOST_CELLS))
    this.#x = left
    this.#y = low
    this.#columns = Math.max(1, Math.ceil((right - left) / this.#side))
    this.#rows = Math.max(1, Math.ceil((high - low) / this.#side))
    this.#start = new Int32Array(this.#columns * this.#rows + 1)
    const each = (visit: (cell: number, segment: number) => void): void => {
      for (let s = 0; s < n; s++) this.#cells(segments, s, reach_m, visit)
    }
    each((cell) => this.#start[cell + 1]!++)
    for (let c = 0; c < this.#columns * this.#rows; c++) this.#start[c + 1]! += this.#start[c]!
    const next = this.#start.slice()
    this.list = new Int32Array(this.#start.at(-1)!)
    each((cell, s) => {
      this.list[next[cell]!++] = s
    })
    this.circles = new Float32Array(CIRCLE * this.list.length)
    for (const [k, s] of this.list.entries()) {
      const half = length_m[s]! / 2
      this.circles[CIRCLE * k] = x0[s]! + ux[s]! * half - left
      this.circles[CIRCLE * k + 1] = y0[s]! + uy[s]! * half - low
      this.circles[CIRCLE * k + 2] = half + margin_m[s]! + WIDER_M
    }
  }

  /** East of the corner that circles are reckoned from. */
  east(x: number): number {
    return x - this.#x
  }

  north(y: number): number {
    return y - this.#y
  }

  /** Sets `from` and `until` to the cell of a point; empty outside. */
  ask(x: number, y: number): void {
    const column = Math.floor((x - this.#x) / this.#side)
    const row = Math.floor((y - this.#y) / this.#side)
    if (!(column >= 0 && row >= 0 && column < this.#columns && row < this.#rows)) {
      this.from = this.until = 0
      return
    }
    const cell = row * this.#columns + column
    this.from = this.#start[cell]!
    this.until = this.#start[cell + 1]!
  }

  #cells({ x0, y0, ux, uy, length_m, margin_m }: Segments, s: number, reach_m: number, visit: (cell: number, segment: number) => void): void {
    const [ax, ay, dx, dy, length] = [x0[s]!, y0[s]!, ux[s]!, uy[s]!, length_m[s]!]
    const pad = reach_m + margin_m[s]!
    const [bx, by] = [ax + dx * length, ay + dy * length]
    const clampTo = (value: number, most: number): number => Math.min(most - 1, Math.max(0, Math.floor(value / this.#side)))
    const [c0, c1] = [clampTo(Math.min(ax, bx) - pad - this.#x, this.#columns), clampTo(Math.max(ax, bx) + pad - this.#x, this.#columns)]
    const [r0, r1] = [clampTo(Math.min(ay, by) - pad - this.#y, this.#rows), clampTo(Math.max(ay, by) + pad - this.#y, this.#rows)]
    const far = pad + this.#side * Math.SQRT1_2
    for (let r = r0; r <= r1; r++) {
      for (let c = c0; c <= c1; c++) {
        const [px, py] = [this.#x + (c + 0.5) * this.#side - ax, this.#y + (r + 0.5) * this.#side - ay]
        const t = Math.min(length, Math.max(0, px * dx + py * dy))
        if (Math.hypot(px - t * dx, py - t * dy) <= far) visit(r * this.#columns + c, s)
      }
    }
  }
}
