// Gap acceptance: may a vehicle that has to yield go now? Its critical gap when it stands, else the time it needs to be
// clear plus a margin; against everyone who comes up to a path that goes first, and everyone already on it.
import { MERGING, YIELD_ONLY } from '../prepare.ts'
import { timeToCover } from './driver.ts'
import { CRITICAL_GAP_S, HALTING, IMPATIENCE_S, TIME_MARGIN_S, TURN_ON_RED_GAP_S } from './parameters.ts'
import { findReservation, isHeld, rankAt } from './reservations.ts'
import { BY_RANK } from './signals.ts'
import type { World } from './world.ts'

/** Slower than this a driver takes the gap from a standstill, m/s. */
const STANDING_START = 1
/** Two who wait for each other: how long until the one that waited longer goes, s; at equal roads and elsewhere. */
const EQUAL_PATIENCE_S = 2
const PATIENCE_S = 15
/** Merging behind somebody who moves at least this fast is plain car following, m/s. */
const FLOWING = 1

/** Who keeps v from going over connection c (line `toLine` ahead), or -1 for nobody. `everyone`: turn on red. */
export function findBlocker(w: World, v: number, c: number, toLine: number, everyone: boolean): number {
  if (w.grantedUntil[v]! > w.now) return -1
  const { p } = w
  const top = w.desired(v, p.lanes + c)
  const end = p.zoneStart[c + 1]!
  for (let z = p.zoneStart[c]!; z < end; z++) {
    if (p.zoneYield[z] === 0 && !everyone) continue
    const foe = p.zoneFoe[z]!
    const list = w.reserved[foe]!
    for (let i = 0; i < list.length; i++) {
      if (w.resVehicle[list[i]!] !== v && isInTheWay(w, v, z, list[i]!, toLine, top)) return w.resVehicle[list[i]!]!
    }
    let k = w.comingHead[foe]!
    if (k < 0) continue
    const need = neededTime(w, v, c, z, toLine, top, everyone)
    for (; k >= 0; k = w.comingNext[k]!) {
      const u = w.comingVehicle[k]!
      if (u === v || findReservation(w, foe, u) >= 0) continue
      const arrives = timeToCover(w.comingDistance[k]! + p.zoneFoeFrom[z]!, w.spd[u]!, w.acc[u]!, w.desired(u, w.strip[u]!))
      if (arrives < need && !goesAfterMe(w, v, u, c)) return u
    }
  }
  return -1
}

function neededTime(w: World, v: number, c: number, z: number, toLine: number, top: number, everyone: boolean): number {
  const clear = timeToCover(toLine + w.p.zoneTo[z]! + w.len[v]!, w.spd[v]!, w.acc[v]!, top)
  const standing = w.spd[v]! < STANDING_START
  if (everyone) return Math.max(TURN_ON_RED_GAP_S, clear)
  if (w.signals.shows[c] !== BY_RANK && w.p.connTurn[c] === 1) return standing ? Math.max(CRITICAL_GAP_S, clear) : Math.min(CRITICAL_GAP_S, clear + TIME_MARGIN_S)
  const waited = w.yieldingSince[v]! > 0 ? w.now - w.yieldingSince[v]! : 0
  // An impatient driver counts on the other one to brake a little.
  return (clear + TIME_MARGIN_S) * (1 - 0.5 * Math.min(1, waited / IMPATIENCE_S))
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
  const itsTop = Math.max(w.desired(u, w.strip[u]!), 1)
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
