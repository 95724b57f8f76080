// GCJ-02 and BD-09 to WGS-84 and back, in degrees. Maps in China are published in GCJ-02, which moves every point of WGS-84 by 300 to 700 m
// in a way that is public knowledge; Baidu moves it once more (BD-09). The forward transforms are closed formulas, the way back is
// their fixed-point iteration (the usual closed inverse of BD-09 is off by up to a metre and serves as its start). Outside
// China GCJ-02 is WGS-84.
import type { Datum } from '../../model/feed.ts'

type LonLat = [lon_deg: number, lat_deg: number]

/** Krasovsky 1940, which the published transform uses. */
const A = 6_378_245
const EE = 0.006_693_421_622_965_943
const RAD = Math.PI / 180
/** Baidu's angle unit. */
const X = (Math.PI * 3000) / 180
/** Each step shrinks the error about a hundredfold: once one moves the point by less than a centimetre, what is left is a tenth of a millimetre. */
const CLOSE_DEG = 1e-7
const MOST_STEPS = 8

/** The box in which the transform moves points. */
const isMoved = (lon: number, lat: number): boolean => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271

export function gcj02FromWgs84(lon: number, lat: number): LonLat {
  if (!isMoved(lon, lat)) return [lon, lat]
  const [x, y] = [lon - 105, lat - 35]
  const root = Math.sqrt(Math.abs(x))
  const wave = Math.sin(2 * Math.PI * x)
  // sin 3a = 3 sin a - 4 sin^3 a.
  const common = 20 * wave * (3 - 4 * wave * wave) + 20 * wave
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + (2 / 3) * (common
    + 20 * Math.sin(Math.PI * y) + 40 * Math.sin((Math.PI * y) / 3) + 160 * Math.sin((Math.PI * y) / 12) + 320 * Math.sin((Math.PI * y) / 30))
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (2 / 3) * (common
    + 20 * Math.sin(Math.PI * x) + 40 * Math.sin((Math.PI * x) / 3) + 150 * Math.sin((Math.PI * x) / 12) + 300 * Math.sin((Math.PI * x) / 30))
  const sin = Math.sin(lat * RAD)
  const magic = 1 - EE * sin * sin
  const meridian = (A * (1 - EE)) / (magic * Math.sqrt(magic))
  const parallel = (A / Math.sqrt(magic)) * Math.cos(lat * RAD)
  return [lon + east / (parallel * RAD), lat + north / (meridian * RAD)]
}

export function wgs84FromGcj02(lon: number, lat: number): LonLat {
  return isMoved(lon, lat) ? inverse(gcj02FromWgs84, lon, lat, [lon, lat]) : [lon, lat]
}

export function bd09FromGcj02(lon: number, lat: number): LonLat {
  const radius = Math.hypot(lon, lat) + 0.000_02 * Math.sin(lat * X)
  const angle = Math.atan2(lat, lon) + 0.000_003 * Math.cos(lon * X)
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006]
}

export function gcj02FromBd09(lon: number, lat: number): LonLat {
  const [x, y] = [lon - 0.0065, lat - 0.006]
  const radius = Math.hypot(x, y) - 0.000_02 * Math.sin(y * X)
  const angle = Math.atan2(y, x) - 0.000_003 * Math.cos(x * X)
  return inverse(bd09FromGcj02, lon, lat, [radius * Math.cos(angle), radius * Math.sin(angle)])
}

/** From a geographic datum to WGS-84. */
export function toWgs84(datum: Exclude<Datum, 'scenario'>, lon: number, lat: number): LonLat {
  if (datum === 'wgs84') return [lon, lat]
  return datum === 'gcj02' ? wgs84FromGcj02(lon, lat) : wgs84FromGcj02(...gcj02FromBd09(lon, lat))
}

/** From WGS-84 to a geographic datum. */
export function fromWgs84(datum: Exclude<Datum, 'scenario'>, lon: number, lat: number): LonLat {
  if (datum === 'wgs84') return [lon, lat]
  const gcj = gcj02FromWgs84(lon, lat)
  return datum === 'gcj02' ? gcj : bd09FromGcj02(...gcj)
}

/** The point that `forward` moves to (lon, lat): what is too far is taken back, again and again. */
function inverse(forward: (lon: number, lat: number) => LonLat, lon: number, lat: number, [x, y]: LonLat): LonLat {
  for (let step = 0; step < MOST_STEPS; step++) {
    const [u, v] = forward(x, y)
    x += lon - u
    y += lat - v
    if (Math.abs(lon - u) < CLOSE_DEG && Math.abs(lat - v) < CLOSE_DEG) break
  }
  return [x, y]
}
