// What vehicles did on links and movements, summed by minute: metres driven and seconds taken (the generalised definitions of Edie 1963), vehicles
// seen, arrivals, and the delay of those that crossed a junction.
import type { MatchRoad } from '../../state/matching/index.ts'
import type { Instant, Metres } from '../../model/units.ts'

/** Of a link: link, minute, metres, seconds, vehicles, arrivals, latest instant. */
export const LINK_FIELDS = 7
/** Of a movement: movement, minute, crossings, seconds of delay. */
export const MOVEMENT_FIELDS = 4
export const MINUTE_S = 60

/** Longer silent, and nobody knows where it stood. */
const LONGEST_S = 120
/** Positions jump back by this much from noise alone. */
const BACK_M = 12
const TOP_MPS = 70
/** As fast as anybody drives, and around a block. */
const REACH_MPS = 35
const REACH_M = 500

/** Of one vehicle. */
export interface Trace {
  /** As all that is remembered of it should call it: one text, and no part of a longer one. */
  vehicle: string
  /** Of the last fix of any kind. */
  time_s: Instant
  /** Where it was placed last; -1 for nowhere. */
  link: number
  position_m: Metres
  placed_s: Instant
  /** Since when it is known on this link, and from where. */
  since_s: Instant
  since_m: Metres
  /** Link and minute in which it was counted last. */
  counted: number
}

export const newTrace = (vehicle: string): Trace => ({ vehicle, time_s: -Infinity, link: -1, position_m: 0, placed_s: -Infinity, since_s: 0, since_m: 0, counted: -1 })

/** Sums since they were last taken. */
export class Passages {
  readonly #road: MatchRoad
  readonly #links = new Map<number, Float64Array>()
  readonly #movements = new Map<number, Float64Array>()

  constructor(road: MatchRoad) {
    this.#road = road
  }

  /** The vehicle is here now; `first` where nothing is known of how it came. */
  add(trace: Trace, link: number, position_m: Metres, time_s: Instant, first: boolean): void {
    const dt = time_s - trace.placed_s
    const known = !first && trace.link >= 0 && dt > 0 && dt <= LONGEST_S
    const arrived = !known || trace.link !== link
    if (known && trace.link === link && position_m >= trace.position_m - BACK_M) this.#drive(link, Math.max(0, position_m - trace.position_m), dt, time_s)
    else if (!known || !this.#cross(trace, link, position_m, time_s)) {
      trace.since_s = time_s
      trace.since_m = position_m
    }
    this.#see(trace, link, time_s, arrived)
    trace.link = link
    trace.position_m = position_m
    trace.placed_s = time_s
  }

  take(): { links: Float64Array<ArrayBuffer>; movements: Float64Array<ArrayBuffer> } {
    const taken = { links: joined(this.#links, LINK_FIELDS), movements: joined(this.#movements, MOVEMENT_FIELDS) }
    this.#links.clear()
    this.#movements.clear()
    return taken
  }

  #drive(link: number, way_m: number, dt: number, time_s: Instant): void {
    const row = this.#row(link, time_s)
    row[2]! += way_m
    row[3]! += dt
    if (time_s > row[6]!) row[6] = time_s
  }

  /** Along the shortest way, evenly fast; false where there is none that anybody could have driven. */
  #cross(trace: Trace, link: number, position_m: Metres, time_s: Instant): boolean {
    const road = this.#road
    const dt = time_s - trace.placed_s
    const route = road.routes.between(trace.link, link, REACH_MPS * dt + REACH_M)
    if (route === undefined) return false
    // What is left of the link and of the path across, and so on for each link of the way.
    const legs: { link: number; way_m: number; joint: number }[] = []
    let at = trace.link
    let from = trace.position_m
    let total = 0
    for (const next of route) {
      const joint = road.joint(at, next)
      if (joint < 0) return false
      const way_m = Math.max(0, road.length_m[at]! + road.length_m[joint]! - from)
      legs.push({ link: at, way_m, joint })
      total += way_m
      at = next
      from = 0
    }
    total += position_m
    if (!(total > 0) || total > TOP_MPS * dt) return false
    let time = trace.placed_s
    for (const [k, { link: on, way_m, joint }] of legs.entries()) {
      if (k > 0) this.#see(trace, on, time_s, true)
      const leg_s = (way_m / total) * dt
      this.#drive(on, way_m, leg_s, time_s)
      time += leg_s
      const free_s = Math.max(0, road.length_m[on]! + road.length_m[joint]! - trace.since_m) / road.speed_mps[on]!
      const row = this.#sums(this.#movements, joint - road.links, time, MOVEMENT_FIELDS)
      row[2]! += 1
      row[3]! += Math.max(0, time - trace.since_s - free_s)
      trace.since_s = time
      trace.since_m = 0
    }
    this.#drive(link, position_m, (position_m / total) * dt, time_s)
    return true
  }

  #see(trace: Trace, link: number, time_s: Instant, arrived: boolean): void {
    const row = this.#row(link, time_s)
    const key = row[1]! * this.#road.links + link
    if (trace.counted !== key) row[4]! += 1
    trace.counted = key
    if (arrived) row[5]! += 1
    if (time_s > row[6]!) row[6] = time_s
  }

  #row(link: number, time_s: Instant): Float64Array {
    return this.#sums(this.#links, link, time_s, LINK_FIELDS)
  }

  #sums(all: Map<number, Float64Array>, of: number, time_s: Instant, fields: number): Float64Array {
    const minute = Math.floor(time_s / MINUTE_S)
    const key = minute * this.#road.ways + of
    let row = all.get(key)
    if (row === undefined) {
      row = new Float64Array(fields)
      row[0] = of
      row[1] = minute
      all.set(key, row)
    }
    return row
  }
}

function joined(rows: ReadonlyMap<number, Float64Array>, fields: number): Float64Array<ArrayBuffer> {
  const all = new Float64Array(rows.size * fields)
  let at = 0
  for (const row of rows.values()) {
    all.set(row, at)
    at += fields
  }
  return all
}
