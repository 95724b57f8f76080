// From degrees to a plane of metres around the middle of the file, and nodes where lines meet in it.
import { bbox } from '@turf/bbox'
import { multiPoint } from '@turf/helpers'
import { GreenwaveError } from '../../../model/errors.ts'
import type { CoordinateReference, Point } from '../../../model/network.ts'
import { findProjection, type Projection } from '../../../model/projection.ts'
import type { GeojsonFile, Position } from './read.ts'

/** Farther than this from its middle a transverse Mercator plane no longer keeps lengths to a thousandth, degrees. */
const WIDEST_DEG = 4

export interface Plane {
  reference: CoordinateReference
  toPoint(position: Position): Point
}

const millimetres = (m: number): number => Math.round(m * 1000) / 1000

/** A plane of its own around the middle of all coordinates, or the one that the file names. Throws input.value for files wider than a city. */
export function planeOf(file: GeojsonFile, given?: CoordinateReference): Plane {
  const all = [...file.points, ...file.lines].flatMap(({ coordinates }) => coordinates)
  if (all.length === 0) throw new GreenwaveError('input.value', 'the file has 0 points and lines', { file: file.path })
  const [west, south, east, north] = bbox(multiPoint(all)) as [number, number, number, number]
  if (east - west > 2 * WIDEST_DEG || north - south > 2 * WIDEST_DEG) {
    throw new GreenwaveError('input.value', `its coordinates reach from ${west}, ${south} to ${east}, ${north}; a network may be at most ${2 * WIDEST_DEG} degrees wide`, { file: file.path })
  }
  const middle = (a: number, b: number): number => Math.round(((a + b) / 2) * 1e5) / 1e5
  const own: CoordinateReference = { kind: 'projected', projection: `+proj=tmerc +lat_0=${middle(south, north)} +lon_0=${middle(west, east)} +k=1 +x_0=0 +y_0=0 +ellps=WGS84` }
  const reference = given !== undefined && findProjection(given) !== undefined ? given : own
  const projection = findProjection(reference) as Projection
  return {
    reference,
    toPoint: ([lon, lat]) => {
      const [x, y] = projection.fromLonLat(lon, lat)
      return [millimetres(x), millimetres(y)]
    },
  }
}

/** Points that lie within a distance of each other, found over a grid of cells as wide as that distance. */
export class Meeting {
  readonly #cells = new Map<string, { point: Point; index: number }[]>()
  readonly #tolerance: number

  constructor(tolerance_m: number) {
    this.#tolerance = tolerance_m
  }

  #cell(value: number): number {
    return Math.floor(value / this.#tolerance)
  }

  /** The index of the nearest point within the tolerance; undefined if there is none. */
  find([x, y]: Point): number | undefined {
    let [best, nearest]: [number | undefined, number] = [undefined, this.#tolerance]
    for (const i of [-1, 0, 1]) {
      for (const j of [-1, 0, 1]) {
        for (const { point, index } of this.#cells.get(`${this.#cell(x) + i} ${this.#cell(y) + j}`) ?? []) {
          const away = Math.hypot(point[0] - x, point[1] - y)
          if (away <= nearest && (best === undefined || away < nearest)) [best, nearest] = [index, away]
        }
      }
    }
    return best
  }

  add(point: Point, index: number): void {
    const key = `${this.#cell(point[0])} ${this.#cell(point[1])}`
    const list = this.#cells.get(key)
    if (list === undefined) this.#cells.set(key, [{ point, index }])
    else list.push({ point, index })
  }
}
