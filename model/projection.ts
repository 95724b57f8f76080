// From the plane of a scenario to longitude and latitude and back, where its coordinates are a transverse Mercator
// projection (UTM among them) of WGS 84. Series of Krueger (1912) to the fourth order in n (Karney 2011, eqs. 35, 36), good to
// a hundredth of a millimetre within 4 degrees of the central meridian, so that there and back gives the same millimetre.
import type { CoordinateReference, Point } from './network.ts'
import { modulo } from './units.ts'

/** Both ways; degrees and scenario metres. */
export interface Projection {
  toLonLat(point: Point): [lon_deg: number, lat_deg: number]
  fromLonLat(lon_deg: number, lat_deg: number): [x_m: number, y_m: number]
}

/** WGS 84. */
const A = 6378137
const F = 1 / 298.257223563
const N = F / (2 - F)
const RECTIFYING = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4, (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4, (49561 / 161280) * N ** 4,
]
const BETA = [
  N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4, N ** 2 / 48 + N ** 3 / 15 - (437 / 1440) * N ** 4,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4, (4397 / 161280) * N ** 4,
]
const DELTA = [
  2 * N - (2 / 3) * N ** 2 - 2 * N ** 3 + (116 / 45) * N ** 4, (7 / 3) * N ** 2 - (8 / 5) * N ** 3 - (227 / 45) * N ** 4,
  (56 / 15) * N ** 3 - (136 / 35) * N ** 4, (4279 / 630) * N ** 4,
]
const RAD = Math.PI / 180

interface Mercator { lon0: number; lat0: number; k: number; east: number; north: number }

/** The projection of a PROJ string (`+proj=utm +zone=32`, `+proj=tmerc +lon_0=...`); undefined for anything else, and for local drawings. */
export function findProjection(reference: CoordinateReference): Projection | undefined {
  if (reference.kind !== 'projected' || reference.projection === undefined) return undefined
  const words = new Map([...reference.projection.matchAll(/\+(\w+)(?:=(\S+))?/g)].map((match): [string, string] => [match[1]!, match[2] ?? '']))
  const mercator = parameters(words)
  const shape = words.get('ellps') ?? words.get('datum') ?? 'WGS84'
  if (mercator === undefined || !['WGS84', 'GRS80'].includes(shape) || (words.get('units') ?? 'm') !== 'm') return undefined
  const [dx, dy] = reference.net_offset_m ?? [0, 0]
  const base = arc(mercator.lat0, 0)[0]
  return {
    toLonLat: ([x, y]) => inverse(mercator, x - dx, y - dy, base),
    fromLonLat(lon, lat) {
      const [north, east] = arc(lat, lon - mercator.lon0)
      return [mercator.east + mercator.k * RECTIFYING * east + dx, mercator.north + mercator.k * RECTIFYING * (north - base) + dy]
    },
  }
}

function parameters(words: ReadonlyMap<string, string>): Mercator | undefined {
  const number = (name: string, fallback: number): number => (words.has(name) ? Number(words.get(name)) : fallback)
  if (words.get('proj') === 'utm') {
    const zone = number('zone', Number.NaN)
    return zone >= 1 && zone <= 60 ? { lon0: 6 * zone - 183, lat0: 0, k: 0.9996, east: 500_000, north: words.has('south') ? 10_000_000 : 0 } : undefined
  }
  if (words.get('proj') !== 'tmerc') return undefined
  return { lon0: number('lon_0', 0), lat0: number('lat_0', 0), k: number('k_0', number('k', 1)), east: number('x_0', 0), north: number('y_0', 0) }
}

/** Northing and easting in units of the rectifying radius. */
function arc(lat_deg: number, dlon_deg: number): [number, number] {
  const [sin, dlon] = [Math.sin(lat_deg * RAD), (modulo(dlon_deg + 180, 360) - 180) * RAD]
  const e = (2 * Math.sqrt(N)) / (1 + N)
  const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin))
  const [xi, eta] = [Math.atan2(t, Math.cos(dlon)), Math.atanh(Math.sin(dlon) / Math.sqrt(1 + t * t))]
  let [north, east] = [xi, eta]
  ALPHA.forEach((a, j) => {
    const m = 2 * (j + 1)
    north += a * Math.sin(m * xi) * Math.cosh(m * eta)
    east += a * Math.cos(m * xi) * Math.sinh(m * eta)
  })
  return [north, east]
}

function inverse({ lon0, k, east, north }: Mercator, x: number, y: number, base: number): [number, number] {
  const [xi, eta] = [(y - north) / (k * RECTIFYING) + base, (x - east) / (k * RECTIFYING)]
  let [p, q] = [xi, eta]
  // Sines of multiples one from the other: every fix that is stored comes by here.
  const [sin, cos, sinh, cosh] = [Math.sin(2 * xi), Math.cos(2 * xi), Math.sinh(2 * eta), Math.cosh(2 * eta)]
  let [s, c, sh, ch] = [sin, cos, sinh, cosh]
  for (let j = 0; j < BETA.length; j++) {
    p -= BETA[j]! * s * ch
    q -= BETA[j]! * c * sh
    const [s1, sh1] = [s, sh]
    s = s1 * cos + c * sin
    c = c * cos - s1 * sin
    sh = sh1 * cosh + ch * sinh
    ch = ch * cosh + sh1 * sinh
  }
  const chi = Math.asin(Math.sin(p) / Math.cosh(q))
  let lat = chi
  const [sin2, cos2] = [Math.sin(2 * chi), Math.cos(2 * chi)]
  s = sin2
  c = cos2
  for (let j = 0; j < DELTA.length; j++) {
    lat += DELTA[j]! * s
    const s1 = s
    s = s1 * cos2 + c * sin2
    c = c * cos2 - s1 * sin2
  }
  return [lon0 + Math.atan2(Math.sinh(q), Math.cos(p)) / RAD, lat / RAD]
}
