// Trips as columns: a hundred thousand of them are a few arrays, which threads can share. Routes are kept once each.
// Master time in s, metres, m/s.
import type { Trip, TripStop } from './input.ts'

/** Column values that stand for "not given". */
export const BEST_LANE = -1
export const FIRST_LANE = -2

/** One row per trip, in order of departure; the meaning of the columns is that of `Trip`. */
export interface TripTable {
  /** Number of trips. */
  readonly length: number
  readonly depart_s: Float64Array
  /** Number of the route: its links are `route_link[route_start[r] .. route_start[r + 1]]`. */
  readonly route: Int32Array
  readonly type: Int32Array
  /** NaN = at the start of the first link. */
  readonly depart_position_m: Float64Array
  /** NaN = at the end of the last link. */
  readonly arrive_position_m: Float64Array
  /** NaN = as fast as is safe. */
  readonly depart_speed_mps: Float64Array
  /** Number of the lane, FIRST_LANE, or BEST_LANE. */
  readonly depart_lane: Int32Array
  readonly route_start: Int32Array
  readonly route_link: Int32Array
  /** Planned halts of trip i: rows `stop_start[i] .. stop_start[i + 1]` of the stop columns. Empty where no trip has any. */
  readonly stop_start: Int32Array
  readonly stop_leg: Int32Array
  readonly stop_lane: Int32Array
  readonly stop_position_m: Float64Array
  readonly stop_duration_s: Float64Array
  /** Standard normal draw behind the speed factor of each driver; absent = a hash of (seed, trip). */
  readonly speed_draw?: Float64Array
}

/** Collects trips in any order; `finish` sorts them by departure, those of one instant in the order they came. */
export class TripTableBuilder {
  readonly #depart: number[] = []
  readonly #route: number[] = []
  readonly #type: number[] = []
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #speed: number[] = []
  readonly #lane: number[] = []
  readonly #stops: (readonly TripStop[] | undefined)[] = []
  #anyStops = false
  readonly #speedDraw: number[] = []
  readonly #routes: (readonly number[])[] = []
  readonly #known = new Map<readonly number[], number>()
  readonly #byText = new Map<string, number>()

  /** `speed_draw` for all trips or for none. */
  add(trip: Trip, speed_draw?: number): void {
    if (speed_draw !== undefined) this.#speedDraw.push(speed_draw)
    this.#depart.push(trip.depart_s)
    this.#route.push(this.#routeOf(trip.links))
    this.#type.push(trip.type)
    this.#from.push(trip.depart_position_m ?? Number.NaN)
    this.#to.push(trip.arrive_position_m ?? Number.NaN)
    this.#speed.push(typeof trip.depart_speed_mps === 'number' ? trip.depart_speed_mps : Number.NaN)
    this.#lane.push(typeof trip.depart_lane === 'number' ? trip.depart_lane : trip.depart_lane === 'first' ? FIRST_LANE : BEST_LANE)
    this.#stops.push(trip.stops)
    if (trip.stops !== undefined && trip.stops.length > 0) this.#anyStops = true
  }

  /** The one array that stands for this chain of links. */
  intern(links: readonly number[]): readonly number[] {
    return this.#routes[this.#routeOf(links)]!
  }

  /** With `sorted` false the order of adding is kept. */
  finish(sorted = true): TripTable {
    const order = Int32Array.from(this.#depart, (_, i) => i)
    if (sorted) order.sort((a, b) => this.#depart[a]! - this.#depart[b]! || a - b)
    const floats = (values: readonly number[]): Float64Array => Float64Array.from(order, (i) => values[i]!)
    const whole = (values: readonly number[]): Int32Array => Int32Array.from(order, (i) => values[i]!)
    return {
      length: order.length,
      depart_s: floats(this.#depart), route: whole(this.#route), type: whole(this.#type),
      depart_position_m: floats(this.#from), arrive_position_m: floats(this.#to), depart_speed_mps: floats(this.#speed), depart_lane: whole(this.#lane),
      route_start: starts(this.#routes), route_link: Int32Array.from(this.#routes.flat()),
      ...this.#stopColumns(order),
      ...(this.#speedDraw.length === 0 ? {} : { speed_draw: floats(this.#speedDraw) }),
    }
  }

  #routeOf(links: readonly number[]): number {
    const known = this.#known.get(links)
    if (known !== undefined) return known
    const text = links.join()
    const found = this.#byText.get(text) ?? this.#routes.push(links) - 1
    this.#byText.set(text, found)
    this.#known.set(links, found)
    return found
  }

  #stopColumns(order: Int32Array): Pick<TripTable, 'stop_start' | 'stop_leg' | 'stop_lane' | 'stop_position_m' | 'stop_duration_s'> {
    const lists = this.#anyStops ? Array.from(order, (i) => this.#stops[i] ?? []) : []
    const all = lists.flat()
    return {
      stop_start: this.#anyStops ? starts(lists) : new Int32Array(0),
      stop_leg: Int32Array.from(all, ({ link_index_in_route }) => link_index_in_route), stop_lane: Int32Array.from(all, ({ lane }) => lane),
      stop_position_m: Float64Array.from(all, ({ position_m }) => position_m), stop_duration_s: Float64Array.from(all, ({ duration_s }) => duration_s),
    }
  }
}

function starts(lists: readonly (readonly unknown[])[]): Int32Array {
  const start = new Int32Array(lists.length + 1)
  lists.forEach((list, i) => { start[i + 1] = start[i]! + list.length })
  return start
}

/** A table of these rows of another at new times of departure, sorted by them. Routes stay as they are numbered. */
export function gatherTrips(from: TripTable, rows: readonly number[], depart_s: readonly number[], speed_draw?: readonly number[]): TripTable {
  const order = Int32Array.from(rows, (_, i) => i).sort((a, b) => depart_s[a]! - depart_s[b]! || a - b)
  const floats = (column: Float64Array): Float64Array => Float64Array.from(order, (i) => column[rows[i]!]!)
  const whole = (column: Int32Array): Int32Array => Int32Array.from(order, (i) => column[rows[i]!]!)
  const table = {
    ...from, length: order.length, depart_s: Float64Array.from(order, (i) => depart_s[i]!),
    route: whole(from.route), type: whole(from.type), depart_lane: whole(from.depart_lane),
    depart_position_m: floats(from.depart_position_m), arrive_position_m: floats(from.arrive_position_m), depart_speed_mps: floats(from.depart_speed_mps),
    ...(speed_draw === undefined ? {} : { speed_draw: Float64Array.from(order, (i) => speed_draw[i]!) }),
  }
  return from.stop_start.length === 0 ? table : { ...table, ...gatherStops(from, Array.from(order, (i) => rows[i]!)) }
}

function gatherStops(from: TripTable, rows: readonly number[]): Pick<TripTable, 'stop_start' | 'stop_leg' | 'stop_lane' | 'stop_position_m' | 'stop_duration_s'> {
  const own = rows.map((row) => Array.from({ length: from.stop_start[row + 1]! - from.stop_start[row]! }, (_, k) => from.stop_start[row]! + k))
  const all = own.flat()
  return {
    stop_start: starts(own),
    stop_leg: Int32Array.from(all, (k) => from.stop_leg[k]!), stop_lane: Int32Array.from(all, (k) => from.stop_lane[k]!),
    stop_position_m: Float64Array.from(all, (k) => from.stop_position_m[k]!), stop_duration_s: Float64Array.from(all, (k) => from.stop_duration_s[k]!),
  }
}

export const isTripTable = (trips: readonly Trip[] | TripTable): trips is TripTable => !Array.isArray(trips)

/** Columns of trips that are given one by one; a table is handed back as it is. */
export function tripTable(trips: readonly Trip[] | TripTable): TripTable {
  if (isTripTable(trips)) return trips
  const builder = new TripTableBuilder()
  for (const trip of trips) builder.add(trip)
  return builder.finish(false)
}

/** The links of a route, in order of travel. */
export const routeLinks = (trips: TripTable, route: number): Int32Array => trips.route_link.subarray(trips.route_start[route]!, trips.route_start[route + 1]!)

/** How many links trip v takes. */
export const legCount = (trips: TripTable, trip: number): number => trips.route_start[trips.route[trip]! + 1]! - trips.route_start[trips.route[trip]!]!

export const lastLink = (trips: TripTable, trip: number): number => trips.route_link[trips.route_start[trips.route[trip]! + 1]! - 1]!

/** Trips one by one, for whoever wants to read them; trips of one route share one array of links. */
export function listTrips(table: TripTable): Trip[] {
  const routes = Array.from({ length: table.route_start.length - 1 }, (_, r) => [...routeLinks(table, r)])
  return Array.from({ length: table.length }, (_, i) => {
    const [from, to, speed, lane] = [table.depart_position_m[i]!, table.arrive_position_m[i]!, table.depart_speed_mps[i]!, table.depart_lane[i]!]
    const stops = stopsOf(table, i)
    return {
      depart_s: table.depart_s[i]!, links: routes[table.route[i]!]!, type: table.type[i]!,
      ...(Number.isNaN(from) ? {} : { depart_position_m: from }), ...(Number.isNaN(to) ? {} : { arrive_position_m: to }),
      ...(Number.isNaN(speed) ? {} : { depart_speed_mps: speed }),
      ...(lane === BEST_LANE ? {} : { depart_lane: lane === FIRST_LANE ? 'first' : lane }),
      ...(stops.length === 0 ? {} : { stops }),
    }
  })
}

function stopsOf(table: TripTable, trip: number): TripStop[] {
  if (table.stop_start.length === 0) return []
  const stops: TripStop[] = []
  for (let row = table.stop_start[trip]!; row < table.stop_start[trip + 1]!; row++) {
    stops.push({ link_index_in_route: table.stop_leg[row]!, lane: table.stop_lane[row]!, position_m: table.stop_position_m[row]!, duration_s: table.stop_duration_s[row]! })
  }
  return stops
}
