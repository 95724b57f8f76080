// Degrees to scenario metres several times faster than datum and projection are computed: between the corners of small cells both
// are straight to a few millimetres, so corners are computed and what lies between is interpolated. A place's metres don't depend on
// what was asked before.
import type { Datum } from '../../../model/feed.ts'
import type { Metres } from '../../../model/units.ts'

/**
 * An eighth of the square of a cell times the second derivative is the error: 1 km per degree squared for the projection, 5 for the waves
 * of GCJ-02, 110 for those of BD-09. That is 3 mm, 3 mm and 14 mm.
 */
export const CELLS_PER_DEGREE: Readonly<Record<Exclude<Datum, 'scenario'>, number>> = { wgs84: 200, gcj02: 500, bd09: 1000 }
/** Cells kept, of the smallest enough for 25 by 25 km; a cell that falls on the slot of another takes it over. */
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
  readonly #scale: number
  readonly #keys = new Float64Array(SLOTS).fill(-1)
  readonly #corners = new Float64Array(SLOTS * CORNERS)

  /** Degrees to metres, exactly, and how many cells a degree is cut into. */
  constructor(exact: (lon: number, lat: number) => readonly [number, number], cellsPerDegree: number) {
    this.#exact = exact
    this.#scale = cellsPerDegree
  }

  /** Sets x and y; not finite where the exact ones are not. */
  place(lon: number, lat: number): void {
    const [u, v] = [(lon + 180) * this.#scale, (lat + 90) * this.#scale]
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
      const [x, y] = this.#exact((column + (corner & 1)) / this.#scale - 180, (row + (corner >> 1)) / this.#scale - 90)
      corners[at + 2 * corner] = x
      corners[at + 2 * corner + 1] = y
    }
    const middle = this.#exact((column + 0.5) / this.#scale - 180, (row + 0.5) / this.#scale - 90)
    const bent = (axis: 0 | 1): number => Math.abs((corners[at + axis]! + corners[at + 2 + axis]! + corners[at + 4 + axis]! + corners[at + 6 + axis]!) / 4 - middle[axis])
    if (!(bent(0) < BENT_M && bent(1) < BENT_M)) corners[at] = Number.NaN
  }
}
