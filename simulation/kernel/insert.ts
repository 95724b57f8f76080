// Vehicles enter, link by link in order of departure. Each has a lane that it wants; once a vehicle has been refused on a
// lane, nobody else is tried there in that step. The words of entry are those of SUMO 1.15 (departLane, departSpeed).
import { ENTRY_GAP_M } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { entrySpeed } from './lanes/entry-speed.ts'
import type { Meter } from './meter.ts'
import { BEST_LANE, FIRST_LANE } from '../trip-table.ts'
import { isRingFull } from './room.ts'
import { DRIVING, type World } from './world.ts'

/** Lanes that go on further than this are equally good, m. */
const FAR_M = 3000

export class Entries {
  readonly #w: World
  readonly #meter: Meter
  /** Waiting vehicles by link, and the links in the order in which they were first entered. */
  readonly #queues: number[][]
  readonly #links: number[] = []
  readonly #known: Uint8Array
  /** Per lane: the step in which a vehicle was refused there. */
  readonly #refused: Int32Array
  #next = 0
  waiting = 0

  constructor(w: World, meter: Meter) {
    this.#w = w
    this.#meter = meter
    this.#refused = new Int32Array(w.p.lanes).fill(-1)
    this.#queues = Array.from({ length: w.p.links }, () => [])
    this.#known = new Uint8Array(w.p.links)
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
      if (this.#known[link] === 0) {
        this.#known[link] = 1
        this.#links.push(link)
      }
      this.#queues[link]!.push(v)
      this.waiting++
    }
    if (this.waiting === 0) return
    for (let i = 0; i < this.#links.length; i++) {
      const link = this.#links[i]!
      const queue = this.#queues[link]!
      if (queue.length > 0) this.#serve(link, queue, t)
    }
  }

  #serve(link: number, queue: number[], t: number): void {
    const w = this.#w
    let open = w.p.linkLane[link + 1]! - w.p.linkLane[link]!
    let kept = 0
    for (let i = 0; i < queue.length; i++) {
      const v = queue[i]!
      if (open > 0) {
        const position = this.#position(v, link)
        const lane = this.#lane(v, link, position)
        if (this.#refused[lane] !== w.step) {
          const speed = this.#speed(v, lane, position)
          if (speed >= 0) {
            this.#enter(v, lane, position, speed, t)
            continue
          }
          this.#refused[lane] = w.step
          open--
        }
      } else if (kept === i) return
      queue[kept++] = v
    }
    if (kept === queue.length) return
    this.waiting -= queue.length - kept
    queue.length = kept
  }

  #position(v: number, link: number): number {
    const w = this.#w
    const length = w.p.network.links[link]!.length_m
    const wanted = w.trips.depart_position_m[v]!
    return Math.min(Math.max(Number.isNaN(wanted) ? 0 : wanted, w.len[v]! + ENTRY_GAP_M), length - 0.5)
  }

  #exists(table: number, lane0: number, i: number, position: number): boolean {
    const w = this.#w
    return w.book.reach[table + i]! >= 0 && w.p.laneStart[lane0 + i]! <= Math.max(0, position - ENTRY_GAP_M)
  }

  /** The lane that v wants. */
  #lane(v: number, link: number, position: number): number {
    const w = this.#w
    const word = w.trips.depart_lane[v]!
    const lane0 = w.p.linkLane[link]!
    const lanes = w.p.linkLane[link + 1]! - lane0
    const table = w.book.legTable[w.leg[v]!]!
    if (word === BEST_LANE) return this.#best(table, lane0, lanes, position)
    if (word !== FIRST_LANE) {
      if (!(word >= 0 && word < lanes)) throw new GreenwaveError('input.reference', `trip ${v} departs on lane ${word} of link ${w.p.network.links[link]!.id}, which has ${lanes}`)
      if (this.#exists(table, lane0, word, position)) return lane0 + word
    }
    let i = 0
    while (i < lanes - 1 && !this.#exists(table, lane0, i, position)) i++
    return lane0 + i
  }

  /** Of the lanes that lead on furthest the one with the most room at its beginning, the rightmost of equals. */
  #best(table: number, lane0: number, lanes: number, position: number): number {
    const w = this.#w
    let furthest = -1
    for (let i = 0; i < lanes; i++) if (this.#exists(table, lane0, i, position)) furthest = Math.max(furthest, Math.min(FAR_M, w.book.reach[table + i]!))
    let best = lane0
    let most = -Infinity
    for (let i = 0; i < lanes; i++) {
      if (!this.#exists(table, lane0, i, position) || w.book.reach[table + i]! < furthest) continue
      const last = w.last(lane0 + i)
      const room = last < 0 ? w.p.length[lane0 + i]! : w.pos[last]! - w.len[last]!
      if (room > most) [best, most] = [lane0 + i, room]
    }
    return best
  }

  /** Speed at which v may enter, or -1. */
  #speed(v: number, lane: number, position: number): number {
    const w = this.#w
    const ring = w.p.stripRing[lane]!
    if (ring >= 0 && isRingFull(w, v, ring)) return -1
    const given = w.trips.depart_speed_mps[v]!
    const top = w.desired(v, lane)
    return Number.isNaN(given) ? entrySpeed(w, v, lane, position, top, true) : entrySpeed(w, v, lane, position, Math.min(given, top), false)
  }

  #enter(v: number, lane: number, position: number, speed: number, t: number): void {
    const w = this.#w
    w.pos[v] = position
    w.spd[v] = speed
    w.steady[v] = speed
    w.state[v] = DRIVING
    w.wasMoving[v] = speed > 0 ? 1 : 0
    w.enter(lane, v)
    const exit = w.trips.arrive_position_m[v]!
    if (w.book.legLast[w.leg[v]!] === 1) w.exitAt[v] = Number.isNaN(exit) ? Infinity : exit
    w.inserted++
    w.driving++
    // A departure between two steps has waited for nobody.
    const depart = w.trips.depart_s[v]!
    this.#meter.start(v, depart >= t - w.dt ? depart : t)
  }
}
