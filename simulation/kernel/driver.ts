// Speeds of one driver by the model of the run. Each lowers `world.bound`, and `world.binder` names who did it. A number
// with a fraction that is handed to a function costs an object on the heap: what the world knows is read from it.
import { brakeDistance, brakeTo, idmFollow, idmFree, idmStop, kraussFollow, neverReach, slowFor, stopWithin } from './car-following.ts'
import { EMERGENCY_DECELERATION, TURN_DECELERATION } from './parameters.ts'
import type { World } from './world.ts'

/** The speed reached with nothing in the way. */
export function freeSpeed(w: World, v: number): number {
  const speed = w.spd[v]!
  const v0 = w.top[v]!
  if (w.krauss) return Math.min(v0, speed + w.acc[v]! * w.dt)
  return idmFree(speed, v0, w.idm[v]!)
}

/** Speed behind a leader at a net gap. */
export function followSpeed(w: World, v: number, gap: number, leader: number, v0: number): number {
  const vLeader = w.spd[leader]!
  if (w.krauss) return kraussFollow(gap, vLeader, w.dec[leader]!, w.dec[v]!, w.tau[v]!, w.dt)
  const model = idmFollow(w.spd[v]!, gap, vLeader, v0, w.idm[v]!)
  // IDM alone may run into somebody who brakes harder than it expects; half of s0 is left as the last reserve.
  const speed = w.spd[v]!
  if (gap > speed * w.dt + (speed * speed) / EMERGENCY_DECELERATION) return model
  const hard = neverReach(gap + 0.5 * w.gap0[v]!, vLeader, EMERGENCY_DECELERATION, w.dt)
  return model < hard ? model : hard
}

/** `world.followed` is then the speed behind that leader, within one step of acceleration. */
export function boundByLeader(w: World, v: number, gap: number, leader: number): void {
  const speed = followSpeed(w, v, gap, leader, w.top[v]!)
  w.followed = w.krauss ? Math.min(speed, w.spd[v]! + w.acc[v]! * w.dt) : speed
  if (speed < w.bound) {
    w.bound = speed
    w.binder = leader
    w.boundToLeader = true
  }
}

/** Speed on the way to rest at a fixed place, softly. */
export function stopSpeed(w: World, v: number, gap: number): number {
  if (w.krauss) return stopWithin(gap, w.dec[v]!, w.dt, w.dt)
  const most = w.spd[v]! + w.acc[v]! * w.dt
  const far = gap > most * (2 * w.dt + most / w.dec[v]!)
  const hard = far ? most : stopWithin(gap, w.dec[v]!, w.dt, w.dt)
  const speed = idmStop(w.spd[v]!, gap, w.top[v]!, w.idm[v]!)
  // From standstill IDM alone would never cover the last bit.
  if (speed < 0.001 && w.spd[v]! < 0.001 && w.sumo) return Math.min(hard, w.acc[v]! * w.dt)
  return Math.min(hard, speed)
}

/** Coming to rest at a fixed place. */
export function boundByStop(w: World, v: number, gap: number, reason: number): void {
  const speed = stopSpeed(w, v, gap)
  if (speed < w.bound) {
    w.bound = speed
    w.binder = reason
    w.boundToLeader = false
  }
}

/** The most from which one can still stop before a place that will probably be free by then. */
export function lastMomentStop(w: World, v: number, gap: number): number {
  return stopWithin(gap, w.dec[v]!, w.dt, w.dt)
}

export function boundBySpeedAhead(w: World, v: number, distance: number, speed: number): void {
  // A limit asks nobody who keeps it already for less than itself.
  if (speed >= w.bound && w.spd[v]! <= speed) return
  const now = w.sumo ? freeSpeedAhead(w, v, distance, speed) : slowFor(distance, speed, TURN_DECELERATION, w.dt)
  if (now < w.bound) w.bound = now
}

/** As SUMO slows for a lower limit, never harder than with b. */
function freeSpeedAhead(w: World, v: number, distance: number, limit: number): number {
  const speed = w.spd[v]!
  const b = w.dec[v]!
  const least = speed - b * w.dt
  if (w.krauss) return Math.max(least, brakeTo(distance, limit, b, w.dt))
  const secure = limit * w.tau[v]! + (limit * limit) / w.twoRootAb[v]!
  if (speed <= limit) return distance < secure ? limit : Infinity
  const slowed = idmStop(speed, Math.max(distance, secure), w.top[v]!, w.idm[v]!)
  return Math.max(least, distance < secure ? Math.min(slowed, limit) : slowed)
}

/** Metres needed to stop at the type's own deceleration, from the next step on. */
export function stoppingDistance(w: World, v: number): number {
  return brakeDistance(w.spd[v]!, w.dec[v]!, w.dt)
}

/** True while a vehicle can still stop within `distance`; by SUMO's rules also who is that slow. */
export function canStop(w: World, v: number, distance: number): boolean {
  return distance > stoppingDistance(w, v) || (w.sumo && w.spd[v]! < w.dec[v]! * w.dt)
}

/** Seconds to cover a distance, accelerating from v to at most vTop (slowing to it counts as at once). */
export function timeToCover(d: number, v: number, a: number, vTop: number): number {
  if (d <= 0) return 0
  if (v >= vTop) return d / vTop
  const reachTop = (vTop * vTop - v * v) / (2 * a)
  if (d <= reachTop) return (Math.sqrt(v * v + 2 * a * d) - v) / a
  return (vTop - v) / a + (d - reachTop) / vTop
}
