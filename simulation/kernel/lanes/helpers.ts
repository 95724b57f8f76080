// Who urgently needs another lane and finds it taken: it adapts its speed to a gap, those beside it are asked to open one,
// and room is left at the end of the lane for somebody who comes the other way. What is asked of a vehicle is the upper
// bound `world.advice` of its next speed; what it cannot do by ordinary braking it ignores.
import { brakeDistance, idmFollow, kraussFollow, stopWithin } from '../car-following.ts'
import { HALTING } from '../parameters.ts'
import type { World } from '../world.ts'
import type { LaneLook } from './look.ts'
import { secureGap } from './secure-gap.ts'

/** Faster than the other by this, one is soon past, m/s: 10 km/h. */
const PASSING_SPEED = 10 / 3.6
/** Falling behind a leader is done at this rate at least, m/s2: 7 km/h per s. */
const FALL_BACK = 7 / 3.6
/** Room kept for somebody not yet seen who has more than one lane to go the other way, m: to the right, to the left. */
const ROOM_RIGHT_M = 20
const ROOM_LEFT_M = 40
/** Kept between the place left free at the end of a lane and the one who leaves it, m. */
const SPARE_M = 1
/** Of the time left a driver uses this share to find a gap. */
const HASTE = 0.5

export class Helpers {
  readonly #w: World
  readonly #look: LaneLook
  /** Per lane of the link: the foremost and the rearmost vehicle that wants to come there and cannot. */
  readonly #firstBlocked: Int32Array
  readonly #lastBlocked: Int32Array
  /** Per vehicle: when it last was blocked, towards which side, and how far its lane went on; when and to which side it was asked for room. */
  readonly #blockedAt: Int32Array
  readonly #blockedSide: Int8Array
  readonly #left: Float64Array
  readonly #askedAt: Int32Array
  readonly #askedSide: Int8Array

  constructor(w: World, look: LaneLook) {
    this.#w = w
    this.#look = look
    this.#firstBlocked = new Int32Array(look.place.length)
    this.#lastBlocked = new Int32Array(look.place.length)
    this.#blockedAt = new Int32Array(w.n).fill(-1)
    this.#blockedSide = new Int8Array(w.n)
    this.#left = new Float64Array(w.n)
    this.#askedAt = new Int32Array(w.n).fill(-1)
    this.#askedSide = new Int8Array(w.n)
  }

  begin(lanes: number): void {
    for (let k = 0; k < lanes; k++) this.#firstBlocked[k] = this.#lastBlocked[k] = -1
  }

  /** A slow vehicle holds back for somebody ahead who wants to come to its lane. */
  slowForBlocked(v: number, lane: number): void {
    const k = lane - this.#look.first
    const last = this.#lastBlocked[k]!
    if (last < 0 || this.#w.spd[v]! >= this.#w.dec[v]!) return
    this.#holdBack(v, last)
    if (this.#firstBlocked[k] !== last) this.#holdBack(v, this.#firstBlocked[k]!)
  }

  #holdBack(v: number, u: number): void {
    const w = this.#w
    const gap = w.pos[u]! - w.len[u]! - w.pos[v]! - w.gap0[v]!
    if (gap > 0.1) this.#advise(v, this.#follow(v, gap - 0.1, w.spd[u]!, w.dec[u]!))
  }

  isAsked(v: number): boolean {
    return this.#askedAt[v] === this.#w.step
  }

  /** Whether v has been asked for room by somebody who comes from the other side, and can give it on this one. */
  makesPlace(v: number, side: number): boolean {
    return this.#askedAt[v] === this.#w.step && this.#askedSide[v] === side
  }

  /** v wants to `lane + side` at once and cannot: `look` holds who is in the way. */
  ask(v: number, lane: number, side: number): void {
    const w = this.#w
    const look = this.#look
    const left = look.reach - look.x
    const lanes = Math.abs(look.offset)
    this.#blockedAt[v] = w.step
    this.#blockedSide[v] = side
    this.#left[v] = left
    let room = lanes > 1 ? (side < 0 ? ROOM_RIGHT_M : ROOM_LEFT_M) : 0
    room = this.#roomFor(v, look.leader, side, left, room)
    const first = this.#firstBlocked[lane - look.first]!
    if (first !== look.leader) room = this.#roomFor(v, first, side, left, room)
    const remaining = Math.max(w.dt, (HASTE * left) / Math.max(w.steady[v]!, 0.1) / lanes)
    const planned = this.#behindLeader(v, left - room, remaining)
    if (planned >= 0 && look.follower >= 0) this.#beforeFollower(v, side, remaining, planned)
    if (room > 0) this.#leaveRoom(v, left, room)
    this.#note(v, lane + side)
    if (w.advice[v] === Infinity) w.hurry[v] = 1
  }

  #note(v: number, target: number): void {
    const w = this.#w
    const k = target - this.#look.first
    if (this.#firstBlocked[k]! < 0) this.#firstBlocked[k] = v
    this.#lastBlocked[k] = v
    if (w.spd[v]! >= HALTING) return
    const { leader, leaderBlocks, follower, followerBlocks } = this.#look
    if (followerBlocks && follower >= 0) w.waitsFor[v] = follower
    else if (leaderBlocks) w.waitsFor[v] = leader
  }

  /** Metres to keep free at the end of the lane for u if it wants to come here; where v cannot, u shall. */
  #roomFor(v: number, u: number, side: number, left: number, room: number): number {
    const w = this.#w
    if (u < 0 || u === v || this.#blockedAt[u] !== w.step || this.#blockedSide[u] !== -side) return room
    const length = w.len[u]! + w.gap0[u]!
    if (length <= left - brakeDistance(w.spd[v]!, w.dec[v]!, w.dt)) return Math.max(room, length)
    this.#leaveRoom(u, this.#left[u]!, w.len[v]! + w.gap0[v]!)
    return room
  }

  #leaveRoom(v: number, left: number, room: number): void {
    const w = this.#w
    const space = left - room - SPARE_M - w.gap0[v]!
    if (space <= 0) return
    this.#advise(v, Math.max(stopWithin(space, w.dec[v]!, w.dt, w.dt), w.spd[v]! - w.dec[v]! * w.dt))
  }

  /** Finds v a place behind the leader there or lets it pass that one (then -1); else gives the speed v plans. */
  #behindLeader(v: number, room: number, remaining: number): number {
    const w = this.#w
    const { leader: u, leaderGap: gap, leaderBlocks } = this.#look
    const speed = w.spd[v]!
    const planned = Math.min(speed, stopWithin(Math.max(0, room), w.dec[v]!, w.dt, w.dt))
    if (u < 0) return planned
    const slowest = Math.max(0, speed - w.dec[v]! * w.dt)
    const target = Math.max(slowest, this.#follow(v, gap, w.spd[u]!, w.dec[u]!))
    if (!leaderBlocks) {
      this.#advise(v, target)
      return Math.min(target, planned)
    }
    const dv = planned - w.spd[u]!
    const distance = gap + w.gap0[v]! + w.len[u]! + w.len[v]! + w.gap0[u]! + secureGap(w, u, w.spd[u]!, planned, w.dec[v]!)
    if (dv > 0 && room >= distance && remaining >= distance / dv) return -1
    w.hurry[u] = 1
    if (target >= speed) {
      this.#advise(v, target)
      return planned
    }
    // Behind the last one in a pocket there is no second try further on.
    const time = gap >= 0 && w.p.laneStart[w.strip[u]!]! > 0 ? w.dt : remaining
    const rate = Math.min(w.dec[v]!, Math.max(FALL_BACK, (speed - target) / time))
    const next = Math.max(0, Math.min(planned, speed - rate * w.dt))
    this.#advise(v, next)
    return next
  }

  /** What the follower there is asked for: to open a gap, or to pass. */
  #beforeFollower(v: number, side: number, remaining: number, planned: number): void {
    const w = this.#w
    const { follower: f, followerGap: gap, followerBlocks } = this.#look
    const speed = w.spd[f]!
    if (!followerBlocks) {
      this.#advise(f, this.#safeBehind(f, gap, planned, w.dec[v]!, 0))
      return
    }
    this.#askedAt[f] = w.step
    this.#askedSide[f] = side
    if (planned - speed >= PASSING_SPEED && (secureGap(w, f, speed, planned, w.dec[v]!) - gap) / remaining < planned - speed) {
      this.#advise(f, planned - PASSING_SPEED)
      return
    }
    const b = w.dec[f]!
    const slowed = Math.max(0, speed - b * w.dt)
    const afterOneSecond = Math.max(0, speed - b)
    const dv = planned - afterOneSecond
    const opened = gap + dv
    const secure = secureGap(w, f, afterOneSecond, planned, w.dec[v]!)
    if (opened > 0 && opened >= secure) this.#advise(f, this.#safeBehind(f, gap, planned, w.dec[v]!, slowed))
    else if (dv > 0 && dv * remaining > secure - opened + 0.1) this.#advise(f, slowed)
    else {
      const pass = Math.max(speed, w.spd[v]! + PASSING_SPEED)
      this.#advise(f, pass)
      const distance = Math.max(0, gap + w.len[v]! + w.gap0[v]! + w.len[f]! + secureGap(w, v, planned, pass, b))
      this.#advise(v, Math.max(pass - distance / remaining, w.spd[v]! - w.dec[v]! * w.dt))
    }
  }

  /** Speed of f behind somebody who drives `vLeader` in the coming step, at least `least`. */
  #safeBehind(f: number, gap: number, vLeader: number, bLeader: number, least: number): number {
    const { dt } = this.#w
    const bold = Math.max(least, this.#follow(f, gap + vLeader * dt, vLeader, bLeader))
    return Math.max(least, this.#follow(f, gap + (vLeader - bold) * dt, vLeader, bLeader))
  }

  #follow(v: number, gap: number, vLeader: number, bLeader: number): number {
    const w = this.#w
    if (w.krauss) return kraussFollow(gap, vLeader, bLeader, w.dec[v]!, w.tau[v]!, w.dt)
    return idmFollow(w.spd[v]!, gap, vLeader, w.desired(v, w.strip[v]!), w.idm[v]!)
  }

  /** Advice that ordinary braking cannot follow is ignored. */
  #advise(v: number, speed: number): void {
    const w = this.#w
    if (speed < Math.max(0, w.spd[v]! - w.dec[v]! * w.dt) - 1e-9) return
    if (speed < w.advice[v]!) w.advice[v] = speed
  }
}
