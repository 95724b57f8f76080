// One object of a radar's or camera's object list, from the values of a record.
import type { RadarTarget, RoadUserClass } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, mpsFromMph, type Metres, type MetresPerSecond } from '../../../model/units.ts'
import type { FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { nameOf } from '../ndjson.ts'
import { Places } from '../places.ts'
import { type FeedRecord, quantityOf } from '../records.ts'
import { findClass } from '../classes.ts'

/** Where a radar hangs and looks to: for devices that tell x to their right and y ahead. */
export interface Mounting {
  x_m: Metres
  y_m: Metres
  /** Clockwise from north. */
  heading_deg: number
}

export interface RadarOptions {
  /** Codes of the device by the class that they stand for. */
  classes?: Readonly<Record<string, RoadUserClass>>
  /** By sensor: its x and y are its own, not the scenario's. */
  mountings?: ReadonlyMap<string, Mounting>
  /** By sensor: corners of the area in which it measures, in scenario coordinates. */
  areas?: ReadonlyMap<string, readonly (readonly [x_m: Metres, y_m: Metres])[]>
}

export const RADAR_COLUMNS = {
  sensor: ['sensor', 'sensor_id', 'radar', 'radar_id', 'camera', 'camera_id', 'device', 'device_id'],
  time: ['time', 'time_s', 'timestamp', 'timestamp_ms', 'time_ms', 'datetime', 't'],
  track: ['id', 'track', 'track_id', 'object_id', 'target_id', 'vehicle_id'],
  x: ['x', 'x_m'],
  y: ['y', 'y_m'],
  lon: ['lon', 'lng', 'longitude'],
  lat: ['lat', 'latitude'],
  speed_mps: ['speed_mps', 'speed_ms', 'velocity_mps'],
  speed_kmh: ['speed_kmh', 'speed_kph', 'vehicle_speed'],
  speed: ['speed', 'velocity'],
  lane: ['lane', 'lane_number', 'lane_id'],
  section: ['section', 'road_section', 'section_id'],
  length: ['length_m', 'length', 'vehicle_length'],
  class: ['class', 'object_class', 'vehicle_class', 'type'],
  visible: ['visible', 'visibility'],
} as const
export type RadarColumn = keyof typeof RADAR_COLUMNS

/** Codes of geo-trax object lists, which are known by their columns. */
export const GEO_TRAX_CLASSES: Readonly<Record<string, RoadUserClass>> = { 0: 'car', 1: 'bus', 2: 'truck', 3: 'two-wheeler' }

const TO_MPS = { mps: (speed: number) => speed, kmh: mpsFromKmh, mph: mpsFromMph } as const
/** What is farther outside a sensor's area was not measured there. */
const OUTSIDE_M = 5
const NOT_VISIBLE = new Set(['0', 'false', 'no', 'n'])

/** Decodes objects of one source; counts why one is not believed, but for what its frame says. */
export class ObjectDecoder {
  readonly times: InstantReader
  readonly #places: Places
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #options: RadarOptions

  constructor(context: FeedContext, account: FeedAccount, options: RadarOptions) {
    this.#context = context
    this.#account = account
    this.#options = options
    this.times = new InstantReader(context)
    this.#places = new Places(context)
  }

  /** Undefined, and counted, where the object is not believed. */
  decode({ place, values }: FeedRecord<RadarColumn>): RadarTarget | undefined {
    const time_s = this.times.value(values.time)
    if (Number.isNaN(time_s)) return this.#drop(this.times.fault, place, describeTimeFault(this.times.fault, String(values.time), this.#context))
    const track = nameOf(values.track)
    if (track === undefined) return this.#drop('no-track', place, 'the object has no id')
    const sensor = nameOf(values.sensor) ?? this.#context.source
    const mounting = this.#options.mountings?.get(sensor)
    const point = mounting === undefined ? this.#places.place(values.x, values.y, values.lon, values.lat) : turned(mounting, quantityOf(values.x), quantityOf(values.y))
    if (point === undefined) return this.#drop(this.#places.fault, place, `object ${track} is at ${shownPlace(values)}`)
    const [x_m, y_m] = point
    const area = this.#options.areas?.get(sensor)
    if (area !== undefined && outsideBy(area, x_m, y_m) > OUTSIDE_M) return this.#drop('outside-area', place, `object ${track} of sensor ${sensor} is at (${x_m.toFixed(1)}, ${y_m.toFixed(1)}), ${outsideBy(area, x_m, y_m).toFixed(1)} m outside the area of the sensor`)
    return {
      sensor, time_s, track, x_m, y_m, speed_mps: this.#speed(place, values), lane: laneOf(values), length_m: this.#length(place, values.length), class: this.#class(place, values.class),
      visible: !NOT_VISIBLE.has(String(values.visible ?? 'true').trim().toLowerCase()),
    }
  }

  #drop(cause: string, place: string, why: string): undefined {
    this.#account.count('drop', cause, () => `${place}: ${why}`)
    return undefined
  }

  #speed(place: string, values: FeedRecord<RadarColumn>['values']): MetresPerSecond | undefined {
    const [said, unit] = values.speed_mps !== undefined ? [values.speed_mps, 'mps'] as const : values.speed_kmh !== undefined ? [values.speed_kmh, 'kmh'] as const : [values.speed, this.#context.speed_unit ?? 'mps'] as const
    const speed = quantityOf(said)
    if (speed === undefined || speed >= 0) return speed === undefined ? undefined : TO_MPS[unit](speed)
    this.#account.count('repair', speed < 0 ? 'speed-negative' : 'not-a-number', () => `${place}: the speed is ${JSON.stringify(said)}; left out`)
    return undefined
  }

  #length(place: string, value: unknown): Metres | undefined {
    const length = quantityOf(value)
    if (length === undefined || length > 0) return length
    this.#account.count('repair', Number.isNaN(length) ? 'not-a-number' : 'length-not-above-0', () => `${place}: the length is ${JSON.stringify(value)}; left out`)
    return undefined
  }

  #class(place: string, value: unknown): RoadUserClass | undefined {
    const word = nameOf(value)
    if (word === undefined) return undefined
    const found = this.#options.classes?.[word] ?? findClass(word)
    if (found === undefined) this.#account.count('repair', 'class-not-understood', () => `${place}: nobody explained the class "${word}"; left out`)
    return found
  }
}

/** Lane numbers begin anew in each section of a device that has sections. */
function laneOf({ lane, section }: FeedRecord<RadarColumn>['values']): string | undefined {
  const [number, part] = [nameOf(lane), nameOf(section)]
  return number === undefined || part === undefined ? number : `${part}/${number}`
}

const shownPlace = ({ x, y, lon, lat }: FeedRecord<RadarColumn>['values']): string => (lon === undefined && lat === undefined ? `x ${String(x)}, y ${String(y)}` : `lon ${String(lon)}, lat ${String(lat)}`)

function turned({ x_m, y_m, heading_deg }: Mounting, right: number | undefined, ahead: number | undefined): [number, number] | undefined {
  if (right === undefined || ahead === undefined || !Number.isFinite(right + ahead)) return undefined
  const [sin, cos] = [Math.sin((heading_deg * Math.PI) / 180), Math.cos((heading_deg * Math.PI) / 180)]
  return [x_m + right * cos + ahead * sin, y_m - right * sin + ahead * cos]
}

/** Metres from the nearest side of a polygon; 0 inside. */
export function outsideBy(area: readonly (readonly [number, number])[], x: number, y: number): Metres {
  let inside = false
  let nearest = Infinity
  for (let i = 0, j = area.length - 1; i < area.length; j = i++) {
    const [[ax, ay], [bx, by]] = [area[j]!, area[i]!]
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2
    const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2))
    nearest = Math.min(nearest, Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
  }
  return inside ? 0 : nearest
}
