// Vehicles enter. Each link has a queue in order of departure; a vehicle takes the emptiest of the lanes that suit its
// route and enters as fast as is safe, so that an entry lets in what the street can carry.
import { brakeDistance, neverReach } from './car-following.ts'
import { MOVING_AGAIN } from './parameters.ts'
import type { Meter } from './meter.ts'
import { DRIVING, type World } from './world.ts'

/** Share of its headway that a driver accepts when entering behind another: enough for 2,300 veh/h a lane. */
const ENTRY_HEADWAY = 0.85
/** Front of a vehicle that enters at the start of a link, beyond its own length, m. */
const START_M = 0.1

export class Entries {
  readonly #w: World
  readonly #meter: Meter
  /** Waiting vehicles by link, and the links that have some. */
  readonly #queues = new Map<number, number[]>()
  #next = 0
  waiting = 0

  constructor(w: World, meter: Meter) {
    this.#w = w
    this.#meter = meter
  }

  get pending(): boolean {
    return this.waiting > 0 || this.#next < this.#w.n
  }

  /** Time of the next departure, Infinity if none is to come. */
  get nextDeparture(): number {
    return this.#next < this.#w.n ? this.#w.trips.depart_s[this.#next]! : Infinity
  }

  insert(): void {
    const w = this.#w
    const t = w.now + w.dt
    while (this.#next < w.n && w.trips.depart_s[this.#next]! <= t + 1e-9) {
      const v = this.#next++
      const link = w.book.legLink[w.leg[v]!]!
      const queue = this.#queues.get(link)
      if (queue === undefined) this.#queues.set(link, [v])
      else queue.push(v)
      this.waiting++
    }
    if (this.waiting === 0) return
    for (const queue of this.#queues.values()) if (queue.length > 0) this.#serve(queue, t)
  }

  /** In order; a vehicle that is refused closes the lanes it wanted for this step. */
  #serve(queue: number[], t: number): void {
    const w = this.#w
    const link = w.book.legLink[w.leg[queue[0]!]!]!
    const lanes = w.p.linkLane[link + 1]! - w.p.linkLane[link]!
    const closed = new Set<number>()
    for (let i = 0; i < queue.length && closed.size < lanes; ) {
      const v = queue[i]!
      const entered = this.#tryLanes(v, link, lanes, closed, t)
      if (entered) {
        queue.splice(i, 1)
        this.waiting--
      } else i++
    }
  }

  #tryLanes(v: number, link: number, lanes: number, closed: Set<number>, t: number): boolean {
    const w = this.#w
    const lane0 = w.p.linkLane[link]!
    const table = w.book.legTable[w.leg[v]!]!
    const position = this.#position(v, link)
    let least = 127
    for (let i = 0; i < lanes; i++) if (this.#exists(table, lane0, i, position)) least = Math.min(least, Math.abs(w.book.offset[table + i]!))
    let best = -1
    for (let i = 0; i < lanes; i++) {
      if (!this.#exists(table, lane0, i, position) || Math.abs(w.book.offset[table + i]!) !== least || closed.has(i)) continue
      if (best < 0 || w.count[lane0 + i]! < w.count[lane0 + best]!) best = i
    }
    if (best < 0) {
      for (let i = 0; i < lanes; i++) if (Math.abs(w.book.offset[table + i]!) === least) closed.add(i)
      return false
    }
    closed.add(best)
    const speed = this.#speed(v, lane0 + best, position)
    if (speed < 0) return false
    this.#enter(v, lane0 + best, position, speed, t)
    return true
  }

  #exists(table: number, lane0: number, i: number, position: number): boolean {
    const w = this.#w
    return w.book.reach[table + i]! >= 0 && w.p.laneStart[lane0 + i]! <= Math.max(0, position - START_M)
  }

  #position(v: number, link: number): number {
    const w = this.#w
    const length = w.p.network.links[link]!.length_m
    const wanted = w.trips.depart_position_m[v]!
    return Math.min(Math.max(Number.isNaN(wanted) ? 0 : wanted, w.len[v]! + START_M), length - 0.5)
  }

  /** Speed at which v may enter, or -1. */
  #speed(v: number, lane: number, position: number): number {
    const w = this.#w
    const top = w.desired(v, lane)
    let i = w.count[lane]! - 1
    while (i >= 0 && w.pos[w.at(lane, i)]! < position) i--
    let speed = top
    if (i >= 0) {
      const leader = w.at(lane, i)
      const gap = w.pos[leader]! - w.len[leader]! - position - w.gap0[v]!
      const wanted = Math.min(top, w.spd[leader]!)
      if (gap < ENTRY_HEADWAY * w.tau[v]! * wanted || gap < 0) return -1
      speed = Math.min(speed, Math.max(neverReach(gap, w.spd[leader]!, w.dec[v]!, w.dt), 0))
    }
    if (!behindIsFree(w, lane, i + 1, position - w.len[v]!, speed)) return -1
    // What comes at the end of a short link is not known yet: able to stop before it.
    const rest = w.p.length[lane]! - position
    return Math.min(speed, Math.sqrt(2 * w.dec[v]! * Math.max(0, rest - 1)) + 0.01)
  }

  #enter(v: number, lane: number, position: number, speed: number, t: number): void {
    const w = this.#w
    w.pos[v] = position
    w.spd[v] = speed
    w.steady[v] = speed
    w.state[v] = DRIVING
    w.wasMoving[v] = speed > MOVING_AGAIN || speed > 0 ? 1 : 0
    w.enter(lane, v)
    const exit = w.trips.arrive_position_m[v]!
    if (w.book.legLast[w.leg[v]!] === 1) w.exitAt[v] = Number.isNaN(exit) ? Infinity : exit
    w.inserted++
    w.driving++
    // A departure between two steps has waited for nobody.
    const departed = w.trips.depart_s[v]!
    this.#meter.start(v, departed >= t - w.dt ? departed : t)
  }
}

/** May somebody with his back at `back` and this speed appear before vehicle `index` of the lane, or before those who come from the junction? */
export function behindIsFree(w: World, lane: number, index: number, back: number, speed: number): boolean {
  if (index < w.count[lane]!) {
    const u = w.at(lane, index)
    return gapBehind(w, u, back - w.pos[u]!, speed)
  }
  for (let k = w.p.laneInStart[lane]!; k < w.p.laneInStart[lane + 1]!; k++) {
    const strip = w.p.lanes + w.p.laneIn[k]!
    if (w.count[strip] === 0) continue
    const u = w.at(strip, 0)
    if (!gapBehind(w, u, back + w.p.length[strip]! - w.pos[u]!, speed)) return false
  }
  return true
}

function gapBehind(w: World, u: number, distance: number, speed: number): boolean {
  const gap = distance - w.gap0[u]!
  if (gap < 0) return false
  const need = brakeDistance(w.spd[u]!, w.dec[u]!, w.dt) + w.spd[u]! * 0.5 * w.tau[u]! - brakeDistance(speed, w.dec[u]!, w.dt)
  return gap >= need
}
