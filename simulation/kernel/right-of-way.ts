// May a vehicle pass the line it comes up to? Decided anew every step until it can no longer stop, when it takes a
// reservation. A decision that has become wrong is withdrawn as long as the vehicle can stop.
import { canStop, stoppingDistance } from './driver.ts'
import { findBlocker } from './gaps.ts'
import { EMERGENCY_DECELERATION, HALTING, SNEAKERS, START_REACTION_S, YELLOW_DECELERATION, YELLOW_REACTION_S } from './parameters.ts'
import { findBodyInTheWay, findReservation, findWaiterAhead, findWaitingSibling, leaveWaitingPlace, reserve, withdraw } from './reservations.ts'
import { findRoomBlocker } from './room.ts'
import { BY_RANK, PERMISSIVE, PROTECTED, RED, YELLOW, YELLOW_PERMISSIVE } from './signals.ts'
import { NOBODY, RED_LIGHT, type World } from './world.ts'

export const PASS = -10
/** Drives on as far as the waiting place inside the junction. */
export const PASS_TO_WAITING = -11
/** Not decided yet: it comes up slowly to where it can see. */
export const SLOW = -12
/** Has to yield, and others have not yet all said when they come: decided in the second pass. */
export const UNDECIDED = -13
// Any other answer: stop at the line because of that vehicle, of nobody, or of the red light.

/** Near its line a vehicle that stands there has made its full stop, m. */
const AT_LINE_M = 3

/** A turn slower than this share of the speed before it is braked for. */
const SLOW_TURN = 0.75

/** At yellow: true for a driver who stops, because that is comfortable or because the line is too far for what is left of the yellow. */
function stopsAtYellow(w: World, v: number, c: number, distance: number): boolean {
  const speed = w.spd[v]!
  if (w.sumo) return distance > stoppingDistance(w, v) || speed < w.dec[v]! * w.dt
  if (distance >= speed * YELLOW_REACTION_S + (speed * speed) / (2 * YELLOW_DECELERATION)) return true
  if (!canStop(w, v, distance)) return false
  // Decided before, or slowing for a turn anyway and so too late; who comes from a standing queue is not slowing.
  const turn = w.p.speed[w.p.lanes + c]!
  if (w.goes[v] === 2 || (speed > turn && turn < SLOW_TURN * w.p.speed[w.p.connFrom[c]!]!)) return true
  return distance > speed * (w.signals.until[c]! - w.now)
}

/**
 * Decides for vehicle v on leg `leg`, whose line to connection c lies `distance` ahead. `place` is its place in the lane, 0 first.
 */
export function decide(w: World, v: number, c: number, leg: number, distance: number, place: number): number {
  const { p } = w
  const shows = w.signals.shows[c]!
  const guarded = p.zoneStart[c + 1]! > p.zoneStart[c]!
  const mine = guarded ? findReservation(w, c, v) : -1
  let everyone = false
  if (shows === RED) {
    const speed = w.spd[v]!
    // Only who was on the way over the line and cannot stop by any means.
    if (w.goes[v] === 1 && distance < (speed * speed) / (2 * EMERGENCY_DECELERATION)) return pass(w, v, c, distance, mine, guarded)
    if (p.connTurnOnRed[c] === 1 && place === 0) {
      if (speed < HALTING && distance < AT_LINE_M) w.stoppedAtLine[v] = 1
      everyone = w.stoppedAtLine[v] === 1
    }
    if (!everyone) return stay(w, mine)
  } else if (shows === YELLOW || shows === YELLOW_PERMISSIVE) {
    if (stopsAtYellow(w, v, c, distance) && !(w.sneaker[v] === 1 && shows === YELLOW_PERMISSIVE)) return stay(w, mine)
    if (w.sneaker[v] === 0) return pass(w, v, c, distance, mine, guarded)
  }
  if (reacts(w, v, distance, place)) return RED_LIGHT
  if (!guarded) return PASS
  const yields = everyone || (shows !== PROTECTED && shows !== YELLOW && p.connYields[c] === 1)
  if (mine >= 0) return goOn(w, v, c, distance, mine, yields)
  let full = w.p.connKeepClear[c] === 0 || w.grantedUntil[v]! > w.now ? -1 : findRoomBlocker(w, v, c, leg, place)
  if (full === -1) full = findBodyInTheWay(w, c, v)
  if (full === -1 && place === 0) full = findWaitingSibling(w, c)
  w.keptOut[v] = full === -1 ? 0 : 1
  if (full !== -1 && canStop(w, v, distance)) return full === -2 ? RED_LIGHT : full
  if (!yields) {
    if (distance <= stoppingDistance(w, v) + 2 * w.spd[v]! * w.dt + 1) reserve(w, c, v, distance, false)
    return PASS
  }
  return everyone || p.connWaiting[c] === 0 ? decideAtLine(w, v, c, distance, everyone, shows, place) : decideToWait(w, v, c, distance)
}

/** The first in a queue takes a moment to see the green. */
function reacts(w: World, v: number, distance: number, place: number): boolean {
  if (w.sumo) return false
  if (w.goes[v] !== 2 || place > 0 || w.spd[v]! > HALTING || distance > AT_LINE_M) {
    w.greenSeen[v] = Infinity
    return false
  }
  if (w.greenSeen[v] === Infinity) w.greenSeen[v] = w.now
  return w.now < w.greenSeen[v]! + START_REACTION_S - 1e-6
}

/** Too late to stop, or decided. A turn that has to yield still waits at its place inside. */
function pass(w: World, v: number, c: number, distance: number, mine: number, guarded: boolean): number {
  if (!guarded) return PASS
  const yields = w.p.connWaiting[c]! > 0 && yieldsInside(w, c)
  const id = mine >= 0 ? mine : reserve(w, c, v, distance, yields)
  return goOn(w, v, c, distance, id, yields)
}

function stay(w: World, mine: number): number {
  if (mine >= 0) withdraw(w, mine)
  return RED_LIGHT
}

function goOn(w: World, v: number, c: number, distance: number, mine: number, yields: boolean): number {
  if (w.resRank2[mine] !== Infinity) return PASS
  return mayLeaveWaitingPlace(w, v, c, distance, mine, yields) ? PASS : PASS_TO_WAITING
}

/** The turn at its waiting place (`toLine` negative once inside) goes when there is a gap, or when its green has ended. */
export function mayLeaveWaitingPlace(w: World, v: number, c: number, toLine: number, mine: number, yields: boolean): boolean {
  const shows = w.signals.shows[c]!
  const inside = toLine < 0
  // In order: the one behind never has the older rank.
  if (isBehindWaiting(w, v, c)) return false
  const waiter = findWaiterAhead(w, c, v, mine, toLine)
  if (waiter !== -1) {
    w.binder = waiter
    return false
  }
  if (!yields || (inside && shows === RED)) {
    leaveWaitingPlace(w, mine)
    return true
  }
  if (toLine + w.p.connWaiting[c]! > w.p.connVisibility[c]!) return false
  if (!w.deciding) {
    w.undecided = true
    return false
  }
  const blocker = findBlocker(w, v, c, toLine, false)
  if (blocker !== -1) {
    w.binder = blocker
    if (w.yieldingSince[v] === 0 && w.spd[v]! < HALTING) w.yieldingSince[v] = w.now
    return false
  }
  leaveWaitingPlace(w, mine)
  return true
}

function isBehindWaiting(w: World, v: number, c: number): boolean {
  const strip = w.p.lanes + c
  let leader = -1
  for (let i = 0; i < w.count[strip]!; i++) {
    const u = w.at(strip, i)
    if (u === v) break
    leader = u
  }
  if (leader < 0) return false
  const id = findReservation(w, c, leader)
  return id >= 0 && w.resRank2[id] === Infinity
}

function decideToWait(w: World, v: number, c: number, distance: number): number {
  if (distance > stoppingDistance(w, v) + 2 * w.spd[v]! * w.dt + 1) return PASS_TO_WAITING
  const mine = reserve(w, c, v, distance, true)
  return mayLeaveWaitingPlace(w, v, c, distance, mine, true) ? PASS : PASS_TO_WAITING
}

function decideAtLine(w: World, v: number, c: number, distance: number, everyone: boolean, shows: number, place: number): number {
  if (distance > w.p.connVisibility[c]! && canStop(w, v, distance)) return SLOW
  if (w.p.connStop[c]! > 0 && w.stoppedAtLine[v] === 0 && canStop(w, v, distance)) {
    if (w.spd[v]! >= HALTING || w.haltedFor[v] === 0 || distance > AT_LINE_M) return NOBODY
    w.stoppedAtLine[v] = 1
  }
  if (!w.deciding) {
    w.undecided = true
    return UNDECIDED
  }
  const blocker = findBlocker(w, v, c, distance, everyone)
  if (blocker === NOBODY || !canStop(w, v, distance)) {
    reserve(w, c, v, distance, false)
    return PASS
  }
  if (w.spd[v]! < HALTING) {
    if (w.yieldingSince[v] === 0) w.yieldingSince[v] = w.now
    if (shows === PERMISSIVE && place < SNEAKERS) w.sneaker[v] = 1
  }
  return blocker
}

/** True while a connection shows a state in which v has to yield inside the junction too. */
export function yieldsInside(w: World, c: number): boolean {
  const shows = w.signals.shows[c]!
  return (shows === PERMISSIVE || shows === YELLOW_PERMISSIVE || shows === BY_RANK || shows === RED) && w.p.connYields[c] === 1
}
