// Does a source lie beside the roads everywhere in the same way? Then its datum is not what was declared, or its map is shifted. Signed
// distances off the line of the matched road, by tile of 1 km: the median of one road's residuals is its shift across, but roads driven
// both ways cancel it, so with headings the shift itself is estimated, as a vector, by least squares with Huber's weights.
import type { Metres } from '../../model/units.ts'

export type DatumLevel = 'normal' | 'warning' | 'alarm'

export interface TileCheck {
  /** South-west corner, scenario metres. */
  x_m: Metres
  y_m: Metres
  /** Residuals behind it. */
  fixes: number
  median_m: Metres
  /** East and north; by it the fixes lie beside the roads. */
  shift_m: readonly [Metres, Metres]
  level: DatumLevel
  sentence: string
}

const TILE_M = 1000
/** Below is what lanes and maps explain. */
const NORMAL_M = 5
/** Above is a wrong datum: GCJ-02 for WGS-84 is 300 to 700 m. */
const ALARM_M = 50
/** The last so many residuals of a tile count. */
const MOST = 256
const FEWEST = 30
/** Residuals beyond have less weight: GNSS noise is within. */
const HUBER_M = 15
const RAD = Math.PI / 180

interface Tile {
  offsets: Float32Array
  /** NaN where it is not known. */
  headings: Float32Array
  count: number
}

export class DatumCheck {
  readonly #tiles = new Map<string, Tile>()

  /** A matched fix: its distance off the line of its road, right of the direction of travel positive, and the road's heading there. */
  add(x_m: Metres, y_m: Metres, offset_m: Metres, heading_deg: number | undefined): void {
    if (!Number.isFinite(offset_m)) return
    const key = keyOf(x_m, y_m)
    let tile = this.#tiles.get(key)
    if (tile === undefined) {
      tile = { offsets: new Float32Array(MOST), headings: new Float32Array(MOST), count: 0 }
      this.#tiles.set(key, tile)
    }
    const at = tile.count++ % MOST
    tile.offsets[at] = offset_m
    tile.headings[at] = heading_deg ?? Number.NaN
  }

  /** The tile of a place; undefined while it has fewer than 30 residuals. */
  findTile(x_m: Metres, y_m: Metres): TileCheck | undefined {
    const tile = this.#tiles.get(keyOf(x_m, y_m))
    return tile === undefined || tile.count < FEWEST ? undefined : checkOf(Math.floor(x_m / TILE_M) * TILE_M, Math.floor(y_m / TILE_M) * TILE_M, tile)
  }

  /** Tiles with at least 30 residuals, from the south-west. */
  listTiles(): TileCheck[] {
    const places = [...this.#tiles.keys()].map((key) => key.split(' ').map(Number) as [number, number])
    places.sort((a, b) => a[1] - b[1] || a[0] - b[0])
    return places.map(([x, y]) => this.findTile(x * TILE_M, y * TILE_M)).filter((tile) => tile !== undefined)
  }
}

const keyOf = (x_m: Metres, y_m: Metres): string => `${Math.floor(x_m / TILE_M)} ${Math.floor(y_m / TILE_M)}`

function checkOf(x_m: Metres, y_m: Metres, { offsets, headings, count }: Tile): TileCheck {
  const fixes = Math.min(count, MOST)
  const sorted = offsets.slice(0, fixes).sort()
  const median_m = (sorted[(fixes - 1) >> 1]! + sorted[fixes >> 1]!) / 2
  const shift_m = shiftOf(offsets, headings, fixes)
  const size = Math.max(Math.abs(median_m), Math.hypot(...shift_m))
  const level: DatumLevel = size < NORMAL_M ? 'normal' : size <= ALARM_M ? 'warning' : 'alarm'
  const place = `tile (${x_m / 1000} km, ${y_m / 1000} km)`
  const found = `${fixes} fixes lie ${describeShift(shift_m)} of the roads (median across ${median_m.toFixed(1)} m)`
  const sentence = `${place}: ${found}${level === 'normal' ? '' : level === 'warning' ? '; the map or the fixes are shifted' : '; the datum is not the declared one'}`
  return { x_m, y_m, fixes, median_m, shift_m, level, sentence }
}

const describeShift = ([east, north]: readonly [Metres, Metres]): string =>
  `${Math.abs(east).toFixed(1)} m ${east < 0 ? 'west' : 'east'} and ${Math.abs(north).toFixed(1)} m ${north < 0 ? 'south' : 'north'}`

/** The vector that explains the offsets best: right of heading h is (cos h, -sin h). The shortest one where all roads run alike. */
function shiftOf(offsets: Float32Array, headings: Float32Array, count: number): [Metres, Metres] {
  let shift: [number, number] = [0, 0]
  for (let round = 0; round < 10; round++) {
    let [aa, ab, bb, ra, rb] = [0, 0, 0, 0, 0]
    for (let i = 0; i < count; i++) {
      const heading = headings[i]!
      if (Number.isNaN(heading)) continue
      const [a, b, r] = [Math.cos(heading * RAD), -Math.sin(heading * RAD), offsets[i]!]
      const residual = round === 0 ? 0 : Math.abs(r - a * shift[0] - b * shift[1])
      const weight = residual <= HUBER_M ? 1 : HUBER_M / residual
      aa += weight * a * a
      ab += weight * a * b
      bb += weight * b * b
      ra += weight * a * r
      rb += weight * b * r
    }
    // A hair on the diagonal keeps what no road tells at 0.
    const ridge = 1e-3 * (aa + bb)
    const determinant = (aa + ridge) * (bb + ridge) - ab * ab
    if (!(determinant > 0)) return [0, 0]
    shift = [((bb + ridge) * ra - ab * rb) / determinant, ((aa + ridge) * rb - ab * ra) / determinant]
  }
  return shift
}
