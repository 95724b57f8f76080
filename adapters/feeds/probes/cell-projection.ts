// Degrees to scenario metres a few times faster than datum and projection are computed: between the corners of cells of a thousandth
// of a degree (about 100 m) both are straight to a millimetre (BD-09: to two centimetres), so corners are computed and what lies between is
// interpolated. A place's metres don't depend on what was asked before.
import type { Metres } from '../../../model/units.ts'

const CELLS_PER_DEGREE = 1000
/** Cells kept, enough for 25 by 25 km; a cell that falls on the slot of another takes it over. */
const SLOT_BITS = 16
const SLOTS = 1 << SLOT_BITS
/** Metres by which the middle may be off; at the edge of GCJ-02 is a step of hundreds, and such cells are computed. */
const BENT_M = 0.05
/** West to east: x, y of both corners in the south, then in the north. */
const CORNERS = 8

export class CellProjection {
  x: Metres = 0
  y: Metres = 0
  readonly #exact: (lon: number, lat: number) => readonly [number, number]
  readonly #keys = new Float64Array(SLOTS).fill(-1)
  readonly #corners = new Float64Array(SLOTS * CORNERS)

  constructor(exact: (lon: number, lat: number) => readonly [number, number]) {
    this.#exact = exact
  }

  /** Sets x and y; not finite where the exact ones are not. */
  place(lon: number, lat: number): void {
    const [u, v] = [(lon + 180) * CELLS_PER_DEGREE, (lat + 90) * CELLS_PER_DEGREE]
    const [column, row] = [Math.floor(u), Math.floor(v)]
    const slot = (Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca6b)) >>> (32 - SLOT_BITS)
    const key = column * 1_000_000 + row
    if (this.#keys[slot] !== key) this.#fill(slot, key, column, row)
    const at = slot * CORNERS
    const corners = this.#corners
    if (Number.isNaN(corners[at]!)) {
      const exact = this.#exact(lon, lat)
      this.x = exact[0]
      this.y = exact[1]
      return
    }
    const [a, b] = [u - column, v - row]
    const south = 1 - b
    const west = 1 - a
    this.x = south * (west * corners[at]! + a * corners[at + 2]!) + b * (west * corners[at + 4]! + a * corners[at + 6]!)
    this.y = south * (west * corners[at + 1]! + a * corners[at + 3]!) + b * (west * corners[at + 5]! + a * corners[at + 7]!)
  }

  #fill(slot: number, key: number, column: number, row: number): void {
    const at = slot * CORNERS
    const corners = this.#corners
    this.#keys[slot] = key
    for (let corner = 0; corner < 4; corner++) {
      const [x, y] = this.#exact((column + (corner & 1)) / CELLS_PER_DEGREE - 180, (row + (corner >> 1)) / CELLS_PER_DEGREE - 90)
      corners[at + 2 * corner] = x
      corners[at + 2 * corner + 1] = y
    }
    const middle = this.#exact((column + 0.5) / CELLS_PER_DEGREE - 180, (row + 0.5) / CELLS_PER_DEGREE - 90)
    const bent = (axis: 0 | 1): number => Math.abs((corners[at + axis]! + corners[at + 2 + axis]! + corners[at + 4 + axis]! + corners[at + 6 + axis]!) / 4 - middle[axis])
    if (!(bent(0) < BENT_M && bent(1) < BENT_M)) corners[at] = Number.NaN
  }
}
