// Lane changes after the move, link by link, the foremost vehicle of all its lanes first: right, then left. Who has to
// change for its route does so first of all, with the help of others; else a driver changes to let somebody in, to drive
// faster (which at a standstill balances the queues), or to keep right. The rules are those of LC2013 (Erdmann 2014) as in SUMO 1.15.
import { exchange } from './lanes/exchange.ts'
import { LaneLook } from './lanes/look.ts'
import { Helpers } from './lanes/helpers.ts'
import { SpeedWishes } from './lanes/speed-wishes.ts'
import { findReservation } from './reservations.ts'
import { followSpeed } from './driver.ts'
import { TURN_DECELERATION } from './parameters.ts'
import type { World } from './world.ts'

/** Seconds of driving within which a needed change to the right becomes urgent; to the left, where one has to overtake, twice that. */
const URGENT_S = 10
/** A lane that leads only elsewhere and is no longer than this is not entered by those who need not, m. */
const TURN_LANE_M = 200
/** A vehicle that has its place in a junction within this distance keeps its lane, m. */
const COMMITTED_M = 60

/** How often drivers think of another lane that they do not need, s: on the way, and standing. */
const SELDOM_S = 1
const RARELY_S = 2

/** What a driver has in mind about one side. */
const STAYS = 0
const URGENT = 1
const FREE = 2

export class LaneChanger {
  readonly #w: World
  /** Links with more than one lane. */
  readonly #links: Int32Array
  readonly #look: LaneLook
  readonly #helpers: Helpers
  readonly #speed: SpeedWishes
  /** Steps between two looks, for who drives and who stands. */
  readonly #seldom: number
  readonly #rarely: number
  /** Per link: somebody has to change, so that all steps count. */
  readonly #hurried: Uint8Array
  /** Of the link at hand: is it the step to think of lanes for who drives, and for who stands? */
  #thinks = false
  #thinksStanding = false

  constructor(w: World) {
    this.#w = w
    const { p } = w
    this.#links = Int32Array.from(Array.from({ length: p.links }, (_, i) => i).filter((i) => p.linkLane[i + 1]! - p.linkLane[i]! > 1))
    this.#hurried = new Uint8Array(this.#links.length)
    this.#look = new LaneLook(w)
    this.#seldom = Math.max(1, Math.round(SELDOM_S / w.dt))
    this.#rarely = Math.max(1, Math.round(RARELY_S / w.dt))
    this.#helpers = new Helpers(w, this.#look)
    this.#speed = new SpeedWishes(w, this.#look)
  }

  changeAll(): void {
    const w = this.#w
    const { p, count } = w
    for (let k = 0; k < this.#links.length; k++) {
      const link = this.#links[k]!
      const first = p.linkLane[link]!
      const end = p.linkLane[link + 1]!
      let vehicles = 0
      for (let lane = first; lane < end; lane++) vehicles += count[lane]!
      if (vehicles === 0) continue
      const turn = w.step + k
      this.#thinks = turn % this.#seldom === 0
      if (!this.#thinks && this.#hurried[k] === 0) continue
      this.#thinksStanding = turn % this.#rarely === 0
      this.#hurried[k] = this.#sweep(first, end, vehicles) ? 1 : 0
    }
  }

  /** All vehicles of a link, the foremost first; true while somebody has to change. */
  #sweep(first: number, end: number, vehicles: number): boolean {
    let hurried = false
    const w = this.#w
    const look = this.#look
    const { place } = look
    look.begin(first, end)
    this.#helpers.begin(end - first)
    for (let lane = first; lane < end; lane++) look.show(lane)
    const { nextX } = look
    for (let n = 0; n < vehicles; n++) {
      let lane = first
      for (let l = first + 1; l < end; l++) if (nextX[l - first]! > nextX[lane - first]!) lane = l
      const v = look.next[lane - first]!
      if (v < 0) return hurried
      const target = w.changedAt[v] === w.step ? -1 : this.#consider(v, lane)
      if (target >= 0) {
        w.leaveAt(lane, place[lane - first]!)
        enterLane(w, v, target)
        place[target - first]!++
        look.show(target)
      } else if (w.strip[v] === lane) place[lane - first]!++
      else for (let l = first; l < end; l++) look.show(l) // An exchange has brought somebody else here.
      look.show(lane)
      hurried ||= w.hasToChange[v] === 1
    }
    return hurried
  }

  /** The lane that v changes to now, or -1. */
  #consider(v: number, lane: number): number {
    const w = this.#w
    const { p } = w
    const speed = w.spd[v]!
    if (this.#thinks) w.steady[v] = speed > w.steady[v]! ? speed : w.steady[v]! + (speed - w.steady[v]!) * 0.1 * this.#seldom * w.dt
    const x = w.pos[v]!
    if (x < w.len[v]! || w.dwellUntil[v]! > w.now) return -1
    const look = this.#look
    const first = look.first
    const leg = w.leg[v]!
    const table = w.book.legTable[leg]!
    const rest = p.length[lane]! - x
    this.#helpers.slowForBlocked(v, lane)
    // Wishes grow over seconds: they are looked at less often than every half second, and rarely in a standing queue.
    const hurried = w.hasToChange[v] === 1 || this.#helpers.isAsked(v)
    if (!hurried && !(speed === 0 ? this.#thinksStanding : this.#thinks)) return -1
    w.hasToChange[v] = 0
    look.elapsed = (hurried ? 1 : speed === 0 ? this.#rarely : this.#seldom) * w.dt
    if (rest < COMMITTED_M) {
      const c = w.book.next[table + lane - first]!
      if (c >= 0 && w.reserved[c]!.length > 0 && findReservation(w, c, v) >= 0) return -1
    }
    look.at(v, lane, x, table)
    const stop = w.stopLeg[v] === leg ? w.nextStop(v) : -1
    const stopLane = stop < 0 ? 0 : w.trips.stop_lane[stop]!
    if (stop >= 0 && first + stopLane < look.end && w.book.reach[table + stopLane]! >= 0) {
      look.offset = first + stopLane - lane
      if (look.offset !== 0) look.reach = w.trips.stop_position_m[stop]!
    }
    const right = this.#side(v, lane, -1, stop >= 0)
    // After an exchange it is on another lane: whoever stands in its place must not be taken for it.
    if (right >= 0 || w.strip[v] !== lane) return right
    return this.#side(v, lane, 1, stop >= 0)
  }

  /** One side: the lane there if v changes to it now, else -1. */
  #side(v: number, lane: number, side: number, halts: boolean): number {
    const w = this.#w
    const look = this.#look
    const target = lane + side
    if (target < look.first || target >= look.end) return -1
    const cell = look.table + target - look.first
    if (w.book.reach[cell]! < 0) return -1
    const mind = this.#strategic(v, lane, side, cell)
    if (mind === STAYS) return -1
    if (mind === URGENT) w.hasToChange[v] = 1
    if (look.x < mouth(w, v, target)) {
      if (mind === URGENT) followIntoPocket(w, v, target)
      return -1
    }
    if (mind === URGENT) {
      if (look.isFree(v, target)) return target
      const { leader, follower, leaderBlocks } = look
      if (!exchange(w, v, lane, target, leaderBlocks ? leader : follower)) this.#helpers.ask(v, lane, side)
      return -1
    }
    if (halts) return -1
    const wanted = this.#helpers.makesPlace(v, side) || this.#speed.wants(v, lane, side, cell)
    return wanted && look.isFree(v, target) ? target : -1
  }

  /** Whether the route makes v change to this side at once, or keeps it from there. */
  #strategic(v: number, lane: number, side: number, cell: number): number {
    const w = this.#w
    const look = this.#look
    const { offset, x } = look
    const towards = side * offset > 0
    const needed = URGENT_S * w.steady[v]! * (side > 0 ? 2 : 1) + 2 * (w.len[v]! + w.gap0[v]!)
    if (towards) {
      const lanes = Math.abs(offset)
      if (look.reach - x < needed * lanes) return URGENT
      return look.reach - x - look.occupation(lane + offset) < needed * lanes ? URGENT : FREE
    }
    const there: number = w.book.offset[cell]!
    if (offset === 0 && there === 0) return FREE
    const reach = w.book.reach[cell]!
    const back = needed * (Math.abs(offset) + 2)
    let space = reach - x
    if (space < back) return STAYS
    if (offset === 0 && reach - w.p.laneStart[lane + side]! < TURN_LANE_M && !this.#isDeadEnd(lane + side) && !look.leaderHalts()) return STAYS
    space -= Math.max(look.occupation(lane), look.occupation(lane + side))
    return space < back ? STAYS : FREE
  }

  #isDeadEnd(lane: number): boolean {
    return this.#w.p.laneOutStart[lane] === this.#w.p.laneOutStart[lane + 1]
  }
}

/** A pocket's length is that of its full width; before it the lane widens over this length at least, m: 25 ft. */
const TAPER_M = 7.6

/** Where a vehicle stands at the end of a lane it can be in a pocket, however long it is itself, m before the end. */
const POCKET_END_M = 2

/** From where v can be on a lane: a pocket takes it with its front inside and the rest in the taper. */
export function mouth(w: World, v: number, lane: number): number {
  const start = w.p.laneStart[lane]!
  if (start === 0) return w.len[v]!
  return Math.min(start + Math.max(0, w.len[v]! - TAPER_M), Math.max(start, w.p.length[lane]! - POCKET_END_M))
}

/** Before the mouth of a pocket: come no faster than lets v stop behind the last vehicle in it, or it drives past its turn. */
function followIntoPocket(w: World, v: number, pocket: number): void {
  const last = w.last(pocket)
  if (last < 0) return
  const gap = w.pos[last]! - w.len[last]! - w.pos[v]! - w.gap0[v]!
  if (gap < 0) return
  w.advice[v] = Math.min(w.advice[v]!, Math.max(followSpeed(w, v, gap, last, w.desired(v, pocket)), w.spd[v]! - TURN_DECELERATION * w.dt))
}

/** Puts v on a lane; it has left its own. */
export function enterLane(w: World, v: number, target: number): void {
  w.enter(target, v)
  w.changedAt[v] = w.step
  w.wish[v] = 0
  w.rightWish[v] = 0
  w.steady[v] = w.spd[v]!
  w.keptOut[v] = 0
  w.sneaker[v] = 0
  w.yieldingSince[v] = 0
  w.stoppedAtLine[v] = 0
}
