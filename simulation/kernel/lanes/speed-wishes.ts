// Changes that no route asks for: to the faster lane, and to the right where nothing is lost by it. What a driver would
// gain is summed up over time in `world.wish` (left positive), the time it could have driven on the right in `world.rightWish`.
import { brakeDistance } from '../car-following.ts'
import type { World } from '../world.ts'
import type { LaneLook } from './look.ts'
import { secureGap } from './secure-gap.ts'

/** Sum of relative gains at which a driver changes to the left, and to the right. */
const LEFT_THRESHOLD = 0.2
const RIGHT_THRESHOLD = 2
/** The right lane may be slower by this before a driver counts it as slower, m/s: 5 km/h. */
const RIGHT_DISCOUNT = 5 / 3.6
/** Gains are relative to at least this speed, m/s. */
const LEAST_RELATIVE_SPEED = 10
/** A change for speed needs at least so many seconds of driving on the new lane. */
const WORTHWHILE_S = 20
/** Whoever can drive freely on the right for so long feels obliged to after KEEP_RIGHT_S, s. */
const ACCEPTED_S = 7
const KEEP_RIGHT_S = 5

export class SpeedWishes {
  readonly #w: World
  readonly #look: LaneLook

  constructor(w: World, look: LaneLook) {
    this.#w = w
    this.#look = look
  }

  /** Notes what v would gain on one side; true once it wants to go there. */
  wants(v: number, lane: number, side: number, cell: number): boolean {
    return side > 0 ? this.#left(v, lane + 1, cell) : this.#right(v, lane - 1, cell)
  }

  #left(v: number, target: number, cell: number): boolean {
    const w = this.#w
    const here = this.#look.here()
    const wish = w.wish[v]!
    // Nothing to gain there, and nothing to be forgotten.
    if (wish <= 0 && here >= w.desired(v, target)) return false
    const there = this.#look.there(target)
    if (here > there) {
      if (wish > 0) w.wish[v] = wish * 0.5 ** this.#look.elapsed
      return false
    }
    const gain = (there - here) / Math.max(there, LEAST_RELATIVE_SPEED)
    if (here === there) {
      if (wish > 0) w.wish[v] = wish * 0.8 ** this.#look.elapsed
    } else w.wish[v] = wish + this.#look.elapsed * gain
    if (w.wish[v]! > LEFT_THRESHOLD && gain > 0 && this.#isWorthwhile(v, target, cell)) return true
    return this.#look.offset > 0 && w.wish[v]! > 0
  }

  #right(v: number, target: number, cell: number): boolean {
    const w = this.#w
    const here = this.#look.here()
    const there = this.#look.there(target)
    if (here - RIGHT_DISCOUNT > there) {
      if (w.wish[v]! < 0) w.wish[v] = w.wish[v]! * 0.5 ** this.#look.elapsed
      return false
    }
    const gain = (there - here) / Math.max(there, LEAST_RELATIVE_SPEED)
    if (w.wish[v]! < 0 || gain > 0) w.wish[v] = w.wish[v]! - this.#look.elapsed * gain
    if (this.#keepsRight(v, target, cell)) return true
    if (w.wish[v]! < -RIGHT_THRESHOLD && this.#isWorthwhile(v, target, cell)) return true
    return this.#look.offset < 0 && gain >= 0 && w.wish[v]! < 0
  }

  #keepsRight(v: number, target: number, cell: number): boolean {
    const w = this.#w
    const look = this.#look
    const top = w.desired(v, look.lane)
    const accepted = ACCEPTED_S * w.factor[v]! * Math.max(1, w.spd[v]!)
    let gap = this.#distance(target, cell) - brakeDistance(top, w.dec[v]!, w.dt) - top * w.tau[v]!
    let seconds = Math.min(accepted, Math.max(0, gap) / top)
    const i = look.place[target - look.first]!
    if (i > 0) {
      const leader = w.at(target, i - 1)
      const speed = w.spd[leader]!
      if (speed < top) {
        const net = w.pos[leader]! - w.len[leader]! - look.x - w.gap0[v]!
        gap = Math.max(0, Math.min(gap, net - secureGap(w, v, top, speed, w.dec[leader]!)))
        seconds = Math.min(seconds, gap / (top - speed))
      }
    }
    w.rightWish[v] = w.rightWish[v]! - (look.elapsed * RIGHT_THRESHOLD * (seconds / accepted)) / KEEP_RIGHT_S
    return w.rightWish[v]! < -RIGHT_THRESHOLD
  }

  #isWorthwhile(v: number, target: number, cell: number): boolean {
    return this.#distance(target, cell) / Math.max(0.1, this.#w.spd[v]!) > WORTHWHILE_S
  }

  /** How far a lane can be driven on without a change, from its beginning. */
  #distance(target: number, cell: number): number {
    return this.#w.book.reach[cell]! - this.#w.p.laneStart[target]!
  }
}
