// Gap acceptance: may a vehicle that has to yield go now? Against everyone who has announced to pass a path that goes
// first. By rule of the field a permissive left at a signal takes a critical gap, and a turn on red that of HCM chapter
// 20; everything else compares times of arrival and leaving as SUMO 1.15 does (MSLink::blockedByFoe), impatience included.
import { MERGING, YIELD_ONLY } from '../prepare.ts'
import { announceFar, arrivalAt, runTo } from './approach.ts'
import { canStop, timeToCover } from './driver.ts'
import { CRITICAL_GAP_S, HALTING, IMPATIENCE_S, TIME_MARGIN_S, TURN_ON_RED_GAP_S } from './parameters.ts'
import { knowArrival, leaveBehind } from './leaving.ts'
import { findReservation, isHeld, rankAt } from './reservations.ts'
import { BY_RANK } from './signals.ts'
import type { World } from './world.ts'

/** Two who wait for each other: how long until the one that waited longer goes, s; at equal roads and elsewhere. */
const EQUAL_PATIENCE_S = 2
const PATIENCE_S = 15
/** Merging behind somebody who moves at least this fast is plain car following, m/s. */
const FLOWING = 1
/** A foe that would rather stop than go first comes this much later, s. */
const STOPS_FOR_ME_S = 30

/** By critical gap: permissive lefts at signals, and turns on red. */
export const takesCriticalGap = (w: World, c: number, everyone: boolean): boolean =>
  !w.sumo && (everyone || (w.p.connTurn[c] === 1 && w.signals.shows[c] !== BY_RANK))

/** Who keeps v from going over connection c (line `toLine` ahead), or -1 for nobody. `everyone`: turn on red. */
export function findBlocker(w: World, v: number, c: number, toLine: number, everyone: boolean): number {
  if (w.grantedUntil[v]! > w.now) return -1
  return takesCriticalGap(w, c, everyone) ? findInCriticalGap(w, v, c, toLine, everyone) : findInWindow(w, v, c, toLine, everyone)
}

// ---- times of arrival

function findInWindow(w: World, v: number, c: number, toLine: number, everyone: boolean): number {
  const { p, mine } = w
  const waiting = p.connWaiting[c]!
  const seen = Math.max(0, toLine + waiting)
  const run = !w.sumo || toLine < 0 ? seen : waiting > 0 ? waiting : runTo(w, c, seen)
  arrivalAt(w, v, c, seen, w.bound, p.length[p.lanes + c]! - waiting, false, run, w.sumo && toLine > 0 ? w.behind : Infinity, mine)
  leaveBehind(w, v, c, toLine, p.length[p.lanes + c]! - waiting, mine)
  // Who can no longer stop where it would have to wait counts on the others to brake.
  const impatience = seen > 0 && !canStop(w, v, seen) ? 1 : Math.min(1, Math.max(0, w.haltedFor[v]! - w.dt) / IMPATIENCE_S)
  const end = p.zoneStart[c + 1]!
  for (let z = p.zoneStart[c]!; z < end; z++) {
    if (p.zoneYield[z] === 0 && !everyone) continue
    const foe = p.zoneFoe[z]!
    const same = p.connTo[foe] === p.connTo[c]
    if (w.sumo) announceFar(w, foe)
    for (let k = w.comingHead[foe]!; k >= 0; k = w.comingNext[k]!) {
      const u = w.comingVehicle[k]!
      if (u === v) continue
      knowArrival(w, k, foe)
      if (blocks(w, v, k, same, impatience, p.connStop[c] === 2) && !goesAfterMe(w, v, u, c)) return u
    }
  }
  return -1
}

/** Does the approach k (times of another vehicle) keep v, with its own times in w.mine, from going first? */
function blocks(w: World, v: number, k: number, sameTarget: boolean, impatience: number, allWay: boolean): boolean {
  const { mine } = w
  const u = w.comingVehicle[k]!
  if (allWay) {
    const [its, my] = [w.haltedFor[u]!, w.haltedFor[v]!]
    if (my > its || (my === its && mine.arrive < w.comingArrive[k]!)) return false
  }
  let arrive = w.comingArrive[k]!
  let braking = w.comingBraking[k]!
  if (impatience > 0 && mine.arrive < arrive) {
    const delayed = arrivalIfBraking(w, u, k, impatience)
    arrive = (1 - impatience) * arrive + impatience * delayed.arrive
    braking = delayed.speed
  }
  const leave = w.comingLeave[k]!
  if (leave < mine.arrive) {
    const itsBrake = (w.comingLeaveSpeed[k]! * w.comingLeaveSpeed[k]!) / w.dec[u]!
    return sameTarget && (mine.arrive - leave < TIME_MARGIN_S || itsBrake <= (mine.speed * mine.speed) / w.dec[v]!)
  }
  if (arrive > mine.leave + TIME_MARGIN_S) return sameTarget && (mine.leaveSpeed * mine.leaveSpeed) / w.dec[v]! <= (braking * braking) / w.dec[u]!
  return true
}

const delayed = { arrive: 0, speed: 0 }

/** When a foe would come if it braked for me with a share of its deceleration (SUMO's impatient view). */
function arrivalIfBraking(w: World, u: number, k: number, impatience: number): typeof delayed {
  const [arrive, speed] = [w.comingArrive[k]!, w.comingSpeed[k]!]
  delayed.arrive = arrive
  delayed.speed = speed
  const now = w.now + w.dt
  const m = impatience * w.dec[u]!
  if (arrive - w.now < 1e-9 || (w.sumo ? Math.floor(arrive / w.dt) === Math.floor(w.mine.arrive / w.dt) : Math.abs(arrive - w.mine.arrive) < w.dt)) return delayed
  const mean = w.comingDistance[k]! / (arrive - w.now)
  const wanted = arrive - w.mine.arrive
  const rest = w.comingDistance[k]! - mean * (w.mine.arrive - now)
  if ((mean * mean) / (2 * m) <= rest) {
    delayed.arrive = arrive + STOPS_FOR_ME_S
    delayed.speed = 0
    return delayed
  }
  const root = 4 * (mean - wanted * m) ** 2 - 4 * wanted * wanted * m * m
  const x = (mean - wanted * m - 0.5 * Math.sqrt(Math.max(0, root))) / m
  delayed.arrive = arrive + x
  delayed.speed = Math.max(0, mean - (wanted + x) * m)
  return delayed
}

// ---- critical gaps

function findInCriticalGap(w: World, v: number, c: number, toLine: number, everyone: boolean): number {
  const { p } = w
  const top = w.desired(v, p.lanes + c)
  const end = p.zoneStart[c + 1]!
  const begins = everyone || p.connYieldLanes[c]! < 2 ? 0 : gapBegins(w, c)
  for (let z = p.zoneStart[c]!; z < end; z++) {
    if (p.zoneYield[z] === 0 && !everyone) continue
    const foe = p.zoneFoe[z]!
    const list = w.reserved[foe]!
    for (let i = 0; i < list.length; i++) {
      if (w.resVehicle[list[i]!] !== v && isInTheWay(w, v, z, list[i]!, toLine, top)) return w.resVehicle[list[i]!]!
    }
    let k = w.comingHead[foe]!
    if (k < 0) continue
    const need = neededTime(w, v, z, toLine, top, everyone) + begins
    for (; k >= 0; k = w.comingNext[k]!) {
      const u = w.comingVehicle[k]!
      if (u === v || findReservation(w, foe, u) >= 0) continue
      const arrives = timeToCover(w.comingDistance[k]! + p.zoneFoeFrom[z]!, w.spd[u]!, w.acc[u]!, w.top[u]!)
      if (arrives < need && !goesAfterMe(w, v, u, c)) return u
    }
  }
  return -1
}

/**
 * Across one lane a driver moves off while the last vehicle still passes, the next one in sight behind it. Across several
 * lanes the gap begins only when the last one has passed: seconds until it reaches the place.
 */
function gapBegins(w: World, c: number): number {
  const { p } = w
  let latest = 0
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
    if (p.zoneYield[z] === 0 || p.zoneKind[z] === YIELD_ONLY) continue
    const list = w.reserved[p.zoneFoe[z]!]!
    for (let i = 0; i < list.length; i++) {
      const u = w.resVehicle[list[i]!]!
      const rest = p.zoneFoeFrom[z]! - (w.odo[u]! - w.resLine[list[i]!]!)
      if (rest <= 0 || w.resRank2[list[i]!] === Infinity) continue
      latest = Math.max(latest, timeToCover(rest, w.spd[u]!, w.acc[u]!, Math.max(w.top[u]!, 1)))
    }
  }
  return latest
}

function neededTime(w: World, v: number, z: number, toLine: number, top: number, everyone: boolean): number {
  const clear = timeToCover(toLine + w.p.zoneTo[z]! + w.len[v]!, w.spd[v]!, w.acc[v]!, top)
  if (everyone) return Math.max(TURN_ON_RED_GAP_S, clear)
  return Math.max(CRITICAL_GAP_S, clear)
}

/** A vehicle that has already decided to cross: is it still in the place when I get there? */
function isInTheWay(w: World, v: number, z: number, id: number, toLine: number, top: number): boolean {
  const { p } = w
  if (p.zoneKind[z] === YIELD_ONLY) return false
  const u = w.resVehicle[id]!
  const front = w.odo[u]! - w.resLine[id]!
  const back = front - w.len[u]!
  if (back >= p.zoneFoeTo[z]!) return false
  if (rankAt(w, id, p.zoneFoe[z]!, p.zoneFoeFrom[z]!) === Infinity) return false
  // It stands before the place, held up by somebody else: it lets me go first (see reservations.ts).
  if (front <= p.zoneFoeFrom[z]! && isHeld(w, id)) return false
  const mine = timeToCover(toLine + p.zoneFrom[z]!, w.spd[v]!, w.acc[v]!, top)
  const itsTop = Math.max(w.top[u]!, 1)
  if (p.zoneKind[z] === MERGING) {
    if (front > p.zoneFoeFrom[z]! && w.spd[u]! > FLOWING) return false
    return timeToCover(p.zoneFoeFrom[z]! - front, w.spd[u]!, w.acc[u]!, itsTop) + TIME_MARGIN_S > mine
  }
  return timeToCover(p.zoneFoeTo[z]! - back, w.spd[u]!, w.acc[u]!, itsTop) > mine + 0.5 * TIME_MARGIN_S
}

/** Both stand and wait: the longer wait goes first, then the lower number. */
function goesAfterMe(w: World, v: number, u: number, c: number): boolean {
  const [mine, its] = [w.yieldingSince[v]!, w.yieldingSince[u]!]
  if (mine <= 0 || its <= 0 || w.spd[u]! > HALTING) return false
  if (w.now - mine < (w.p.connEqual[c] === 1 ? EQUAL_PATIENCE_S : PATIENCE_S)) return false
  return mine < its || (mine === its && v < u)
}
