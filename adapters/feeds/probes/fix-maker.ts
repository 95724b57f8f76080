// From the raw values of one record to a fix, or to the cause why it is none. Values are set as fields and checked by `make`, because a
// feed of millions of rows can't afford an object more per row.
import { apart } from '../../../model/apart.ts'
import type { Datum, Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { Projection } from '../../../model/projection.ts'
import { mpsFromKmh, mpsFromMph } from '../../../model/units.ts'
import { findClass } from '../classes.ts'
import { toWgs84 } from '../datum.ts'
import type { FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { CELLS_PER_DEGREE, CellProjection } from './cell-projection.ts'

/** In which terms the records of one source give places. */
export type Plane = 'degrees' | 'metres'

export type SpeedUnit = 'mps' | 'kmh' | 'mph'

/** Names that are kept as strings of their own; a name cut from a block of text would keep the whole block in memory. */
const MOST_NAMES = 100_000
/** Metres around the network's box in which fixes still belong to it: drives in and out, and a wrong datum that the matcher should see. */
const MARGIN_M = 2000
/** Swapped coordinates are told from a vehicle elsewhere only where the point as written is this far outside. */
const FAR_M = 20_000

/** Makes the fixes of one source. */
export class FixMaker {
  readonly times: InstantReader
  // The record: '' or NaN for what it does not say.
  vehicle = ''
  /** NaN where it was not believed; `times.fault` says why. */
  time_s = Number.NaN
  /** How the time was written, for sentences. */
  timeText = ''
  /** Longitude, or x. */
  east = Number.NaN
  /** Latitude, or y. */
  north = Number.NaN
  speed = Number.NaN
  heading = Number.NaN
  altitude = Number.NaN
  accuracy = Number.NaN
  kind = ''
  plane: Plane = 'metres'
  unit: SpeedUnit
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #place: () => string
  readonly #names = new Map<string, string>()
  readonly #kinds = new Map<string, Fix['class']>()
  #cells: CellProjection | undefined
  #lastName = ''
  #x = 0
  #y = 0

  /** `place` names the record in sentences (`probes.csv:12`). */
  constructor(context: FeedContext, account: FeedAccount, place: () => string) {
    this.#context = context
    this.#account = account
    this.#place = place
    this.times = new InstantReader(context)
    this.unit = context.speed_unit ?? 'mps'
  }

  /** The fix of the record, counted as accepted; undefined, and counted as dropped, where it can't be one. The record is already counted as read. */
  make(): Fix | undefined {
    if (this.vehicle === '') return this.drop('no-vehicle', () => 'there is no vehicle id')
    if (!(this.time_s > Number.NEGATIVE_INFINITY)) return this.drop(this.times.fault, () => describeTimeFault(this.times.fault, this.timeText, this.#context))
    if (!this.#locate()) return undefined
    const kind = this.kind === '' ? undefined : this.#kindOf(this.kind)
    if (kind === 'pedestrian') return this.drop('pedestrian', () => `"${this.vehicle}" is a pedestrian`)
    const { heading, speed, altitude, accuracy } = this
    this.#account.accept(this.time_s)
    return {
      vehicle: this.#nameOf(this.vehicle), time_s: this.time_s, x_m: this.#x, y_m: this.#y,
      speed_mps: speed >= 0 ? this.#speedOf(speed) : this.#without(speed, 'speed-negative', 'speed'),
      heading_deg: heading >= 0 && heading < 360 ? heading : heading === 360 ? 0 : this.#without(heading, 'heading-out-of-range', 'heading'),
      altitude_m: Number.isNaN(altitude) ? undefined : altitude, accuracy_m: accuracy > 0 ? accuracy : undefined, class: kind,
    }
  }

  /** Counts a field that says something, but no number. */
  misread(field: string, text: string): void {
    this.#account.count('repair', 'not-a-number', () => `${this.#place()}: the ${field} ${JSON.stringify(text.slice(0, 30))} is not a number; taken as missing`)
  }

  drop(cause: string, why: () => string): undefined {
    this.#account.count('drop', cause, () => `${this.#place()}: ${why()}`)
    return undefined
  }

  /** Sets the place of the record; false, and counted, where it can't be believed. */
  #locate(): boolean {
    const { east, north } = this
    if (!Number.isFinite(east) || !Number.isFinite(north)) {
      this.drop('no-position', () => 'there is no position')
      return false
    }
    if (this.plane === 'metres') {
      this.#x = east
      this.#y = north
      if (this.#outside(east, north) <= MARGIN_M) return true
      this.drop('outside-network', () => `(${east}, ${north}) is ${(this.#outside(east, north) / 1000).toFixed(1)} km outside the network`)
      return false
    }
    return this.#project(east, north)
  }

  #project(lon: number, lat: number): boolean {
    const shown = (): string => `longitude ${lon}, latitude ${lat}`
    if (lon === 0 && lat === 0) {
      this.drop('position-zero', () => 'longitude and latitude are both 0: no position was known')
      return false
    }
    const possible = Math.abs(lon) <= 180 && Math.abs(lat) <= 90
    const away = possible ? this.#outsideAt(lon, lat) : Number.POSITIVE_INFINITY
    if (away <= MARGIN_M) return true
    if (this.#context.bounds !== undefined && away > FAR_M && Math.abs(lat) <= 180 && Math.abs(lon) <= 90 && this.#outsideAt(lat, lon) <= MARGIN_M) {
      this.drop('position-swapped', () => `${shown()} are the wrong way round: swapped they lie in the network`)
      return false
    }
    if (possible) this.drop('outside-network', () => `${shown()} is ${Number.isFinite(away) ? `${(away / 1000).toFixed(1)} km ` : ''}outside the network`)
    else this.drop('position-out-of-bounds', () => `${shown()} is no place on Earth`)
    return false
  }

  /** Sets the place of degrees; metres by which it lies outside the network. */
  #outsideAt(lon: number, lat: number): number {
    const cells = (this.#cells ??= cellsOf(this.#context))
    cells.place(lon, lat)
    this.#x = cells.x
    this.#y = cells.y
    return Number.isFinite(cells.x) && Number.isFinite(cells.y) ? this.#outside(cells.x, cells.y) : Number.POSITIVE_INFINITY
  }

  #outside(x: number, y: number): number {
    const { bounds } = this.#context
    return bounds === undefined ? 0 : Math.max(bounds[0] - x, x - bounds[2], bounds[1] - y, y - bounds[3], 0)
  }

  #speedOf(speed: number): number {
    if (this.unit === 'mps') return speed
    return this.unit === 'kmh' ? mpsFromKmh(speed) : mpsFromMph(speed)
  }

  /** A field that says nothing is missing; one that says the impossible is counted too. */
  #without(value: number, cause: string, field: string): undefined {
    if (!Number.isNaN(value)) this.#account.count('repair', cause, () => `${this.#place()}: the ${field} is ${value}; taken as missing`)
    return undefined
  }

  #kindOf(word: string): Fix['class'] {
    if (this.#kinds.has(word)) return this.#kinds.get(word)
    const kind = findClass(word)
    if (this.#kinds.size < 1000) this.#kinds.set(apart(word), kind)
    return kind
  }

  #nameOf(name: string): string {
    if (name === this.#lastName) return this.#lastName
    let kept = this.#names.get(name)
    if (kept === undefined) {
      if (this.#names.size >= MOST_NAMES) this.#names.clear()
      kept = apart(name)
      this.#names.set(kept, kept)
    }
    this.#lastName = kept
    return kept
  }
}

const cells = new WeakMap<Projection, Map<Datum, CellProjection>>()

/** One for all sources in a plane: its corners are worth more than a small source is long, and don't change what it says. */
function cellsOf({ datum = 'wgs84', projection }: FeedContext): CellProjection {
  const declared = datum === 'scenario' ? 'wgs84' : datum
  const plane = projection!
  const known = cells.get(plane) ?? new Map<Datum, CellProjection>()
  cells.set(plane, known)
  const made = known.get(declared) ?? new CellProjection((lon, lat) => {
    const [east, north] = toWgs84(declared, lon, lat)
    return plane.fromLonLat(east, north)
  }, CELLS_PER_DEGREE[declared])
  known.set(declared, made)
  return made
}
