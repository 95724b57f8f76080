// Datum check: how far fixes lie off the road, signed, by tiles of 1 km. A feed on another datum lies off by the same vector
// everywhere: the shift that fits the offsets of streets in different directions best tells it.
import type { Metres } from '../../model/units.ts'

const TILE_M = 1000
/** Bins of a metre for the median, centred on 0. */
const HALF_BINS = 60
/** A shift is told only where streets of different directions say it. */
const LEAST_FIXES = 30

export interface TileResidual {
  /** South-west corner, scenario coordinates. */
  x_m: Metres
  y_m: Metres
  fixes: number
  unmatched: number
  /** Off the middle of the carriageway, right positive. */
  median_offset_m: Metres
  mean_absolute_m: Metres
  /** What has to be taken off the fixes; null with fewer than 30 fixes or streets of one direction only. */
  shift_m: readonly [x: Metres, y: Metres] | null
}

interface Sums { fixes: number; unmatched: number; absolute: number; xx: number; xy: number; yy: number; xo: number; yo: number; bins: Uint32Array }

export class Tiles {
  readonly #tiles = new Map<string, Sums>()
  #key = ''
  #column = Number.NaN
  #row = Number.NaN
  #last: Sums | undefined

  /** A fix at x, y that lies `offset_m` right of a street with heading (ux, uy). */
  add(x: number, y: number, ux: number, uy: number, offset_m: Metres): void {
    const sums = this.#at(x, y)
    sums.fixes++
    sums.absolute += Math.abs(offset_m)
    // To the right of (ux, uy) is (uy, -ux).
    sums.xx += uy * uy
    sums.xy -= uy * ux
    sums.yy += ux * ux
    sums.xo += uy * offset_m
    sums.yo -= ux * offset_m
    sums.bins[Math.min(2 * HALF_BINS - 1, Math.max(0, Math.floor(offset_m) + HALF_BINS))]!++
  }

  addUnmatched(x: number, y: number): void {
    this.#at(x, y).unmatched++
  }

  /** From south to north, from west to east. */
  list(): TileResidual[] {
    const rows = [...this.#tiles].map(([key, sums]): TileResidual => {
      const [column, row] = key.split(' ').map(Number) as [number, number]
      return {
        x_m: column * TILE_M, y_m: row * TILE_M, fixes: sums.fixes, unmatched: sums.unmatched,
        median_offset_m: median(sums), mean_absolute_m: sums.fixes === 0 ? 0 : sums.absolute / sums.fixes, shift_m: shift(sums),
      }
    })
    return rows.sort((a, b) => a.y_m - b.y_m || a.x_m - b.x_m)
  }

  #at(x: number, y: number): Sums {
    const column = Math.floor(x / TILE_M)
    const row = Math.floor(y / TILE_M)
    if (this.#last !== undefined && column === this.#column && row === this.#row) return this.#last
    this.#column = column
    this.#row = row
    this.#key = `${column} ${row}`
    let sums = this.#tiles.get(this.#key)
    if (sums === undefined) {
      sums = { fixes: 0, unmatched: 0, absolute: 0, xx: 0, xy: 0, yy: 0, xo: 0, yo: 0, bins: new Uint32Array(2 * HALF_BINS) }
      this.#tiles.set(this.#key, sums)
    }
    this.#last = sums
    return sums
  }
}

function median({ fixes, bins }: Sums): number {
  let below = 0
  for (let b = 0; b < bins.length; b++) {
    if (bins[b]! > 0 && below + bins[b]! >= fixes / 2) return b - HALF_BINS + (fixes / 2 - below) / bins[b]!
    below += bins[b]!
  }
  return 0
}

function shift({ fixes, xx, xy, yy, xo, yo }: Sums): [number, number] | null {
  const determinant = xx * yy - xy * xy
  if (fixes < LEAST_FIXES || determinant < 0.01 * fixes * fixes) return null
  return [(xo * yy - yo * xy) / determinant, (yo * xx - xo * xy) / determinant]
}
