// Which column or field of a probe file is what, and what its places are: degrees or metres. Told once per source, from its header and
// first records; a source that can't be placed is refused whole.
import type { FeedAccount } from '../../../model/feed-account.ts'
import { toWgs84 } from '../datum.ts'
import type { FeedContext } from '../feed.ts'
import { refuse } from '../refuse.ts'
import type { Aliases } from '../table.ts'
import type { FixMaker, Plane } from './fix-maker.ts'

export type ProbeColumn = 'vehicle' | 'time' | 'lon' | 'lat' | 'x' | 'y' | 'speed' | 'speed_mps' | 'speed_kmh' | 'speed_mph' | 'heading' | 'altitude' | 'accuracy' | 'class'

/** Names by which files call them; case, spaces, `_`, `-` and `.` don't matter. The documentation repeats this list. */
export const PROBE_COLUMNS: Aliases<ProbeColumn> = {
  vehicle: ['vehicle_id', 'vehicle', 'veh', 'veh_id', 'id', 'track_id', 'trip_id', 'taxi_id', 'device_id', 'object_id', 'car_id', 'vehicle_num', 'vehicle_no', 'plate', 'license_plate'],
  time: ['time_s', 'time', 'timestamp', 't', 'datetime', 'date_time', 'gps_time', 'timestamp_ms', 'time_ms', 'utc'],
  lon: ['lon', 'lng', 'longitude', 'long', 'lon_deg', 'gps_lon', 'gps_lng'],
  lat: ['lat', 'latitude', 'lat_deg', 'gps_lat'],
  x: ['x', 'x_m'],
  y: ['y', 'y_m'],
  speed: ['speed', 'velocity', 'v', 'gps_speed', 'spd'],
  speed_mps: ['speed_mps', 'speed_ms', 'speed_m_s', 'v_mps'],
  speed_kmh: ['speed_kmh', 'speed_kph', 'speed_km_h', 'kmh', 'kph'],
  speed_mph: ['speed_mph', 'mph'],
  heading: ['heading_deg', 'heading', 'angle', 'bearing', 'course', 'direction', 'azimuth'],
  altitude: ['altitude_m', 'altitude', 'alt', 'elevation', 'z'],
  accuracy: ['accuracy_m', 'accuracy', 'horizontal_accuracy', 'sigma_m'],
  class: ['class', 'vehicle_class', 'vehicle_type', 'type', 'mode'],
}

/** Rows of a source that are looked at before the first one is believed. */
export const FIRST_ROWS = 1000

export interface FirstRecord {
  /** Number in the time's place; NaN where it is no number. */
  time: number
  x: number
  y: number
}

/** How the places of a source are read: which pair of columns, in which terms. */
export interface Layout {
  pair: 'lonlat' | 'xy'
  plane: Plane
}

/**
 * What the columns and the first records say about a source. Degrees need a declared datum and a scenario with a projection. A pair
 * x, y under a declared datum may be degrees or metres: whichever puts more of the first records into the network, or, where its
 * box is unknown, degrees if all could be.
 */
export function layOut(has: (column: ProbeColumn) => boolean, first: readonly FirstRecord[], context: FeedContext, account: FeedAccount, source: string): Layout {
  const fail = (sentence: string): never => refuse(account, 'input.format', sentence, { file: source })
  const { datum, projection } = context
  const geographic = datum !== undefined && datum !== 'scenario'
  const [lonlat, xy] = [has('lon') && has('lat'), has('x') && has('y')]
  if (!has('vehicle')) return fail('it has no column of vehicles (vehicle_id)')
  if (!has('time')) return fail('it has no column of times (time_s or time)')
  if (!lonlat && !xy) return fail('it has no columns of places (lon and lat, or x and y)')
  if (lonlat && geographic && projection !== undefined) return { pair: 'lonlat', plane: 'degrees' }
  if (xy) return { pair: 'xy', plane: planeOf(first, context, fail) }
  if (datum === undefined) return fail('it is in longitude and latitude and nobody declared the datum: wgs84, gcj02 or bd09 (taking one for the other is an error of 300 to 700 m)')
  if (datum === 'scenario') return fail('it is declared to be in metres of the scenario but has only longitude and latitude')
  return fail('it is in longitude and latitude, but the scenario is a local drawing without a projection')
}

function planeOf(first: readonly FirstRecord[], context: FeedContext, fail: (sentence: string) => never): Plane {
  const { datum, projection, bounds } = context
  const placed = first.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && (x !== 0 || y !== 0))
  const likeDegrees = placed.length > 0 && placed.every(({ x, y }) => Math.abs(x) <= 180 && Math.abs(y) <= 90)
  if (datum === 'scenario' || !likeDegrees) return 'metres'
  const metres = placed.filter(({ x, y }) => inside(x, y, bounds)).length
  if (datum === undefined) {
    if (bounds !== undefined && metres === 0) fail(`its x and y, such as ${placed[0]!.x}, ${placed[0]!.y}, lie outside the network and look like degrees; declare their datum: wgs84, gcj02 or bd09`)
    return 'metres'
  }
  if (projection === undefined) return 'metres'
  if (bounds === undefined) return 'degrees'
  const degrees = placed.filter(({ x, y }) => inside(...projection.fromLonLat(...toWgs84(datum, x, y)), bounds)).length
  return degrees >= metres ? 'degrees' : 'metres'
}

const inside = (x: number, y: number, bounds: FeedContext['bounds']): boolean => bounds === undefined || (x >= bounds[0] && x <= bounds[2] && y >= bounds[1] && y <= bounds[3])

/** The column of speeds and its unit; a column that names its unit goes first. */
export function speedColumn(has: (column: ProbeColumn) => boolean, maker: FixMaker): ProbeColumn {
  for (const unit of ['mps', 'kmh', 'mph'] as const) {
    if (!has(`speed_${unit}`)) continue
    maker.unit = unit
    return `speed_${unit}`
  }
  return 'speed'
}
