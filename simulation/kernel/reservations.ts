// Who goes first where paths cross or merge. A vehicle that can no longer stop before its line, or has decided to go,
// takes a rank from one running count. Of two vehicles that need the same place the lower rank goes first and the other
// stays able to stop before the place, so waiting inside junctions never runs in a circle. A turn that waits inside has
// a second rank, taken when it leaves its waiting place.
import { CROSSING, MERGING, YIELD_ONLY } from '../prepare.ts'
import { followSpeed, lastMomentStop, stopSpeed } from './driver.ts'
import { gapBehindFoe, settleAcross } from './leaving.ts'
import { HALTING, YIELD_LINE_M } from './parameters.ts'
import { DRIVING, type World } from './world.ts'

/** Added to the rank of those who stand behind a turn that waits inside. */
const HELD_RANK = 2 ** 40
/** Distance kept to a place that belongs to somebody else, m. */
const CLEARANCE_M = 0.3

export function findReservation(w: World, c: number, v: number): number {
  const held = w.held[v]!
  if (held === 0) return -1
  const latest = w.latest[v]!
  if (w.resConnection[latest] === c) return latest
  if (held === 1) return -1
  const list = w.reserved[c]!
  for (let i = 0; i < list.length; i++) if (w.resVehicle[list[i]!] === v) return list[i]!
  return -1
}

/** v will pass connection c, whose line is `distance` ahead; with `waits` it may stop at the waiting place inside. */
export function reserve(w: World, c: number, v: number, distance: number, waits: boolean): number {
  settleAcross(w, c)
  const id = w.resFree.pop() ?? w.resVehicle.length
  w.resVehicle[id] = v
  w.resConnection[id] = c
  w.resLine[id] = w.odo[v]! + distance
  w.resRank[id] = ++w.rank
  w.resRank2[id] = waits ? Infinity : w.rank
  const room = w.len[v]! + w.gap0[v]!
  w.resPromise[id] = room
  w.promised[w.p.connTo[c]!]! += room
  w.reserved[c]!.push(id)
  w.active.push(id)
  w.held[v]!++
  w.latest[v] = id
  countForFoes(w, c, 1)
  return id
}

/** The vehicle leaves its waiting place for good. */
export function leaveWaitingPlace(w: World, id: number): void {
  settleAcross(w, w.resConnection[id]!)
  w.resRank2[id] = ++w.rank
  rankFollowers(w, id)
}

/** Who follows on the same connection (it could not stop in time) never has the older rank. */
function rankFollowers(w: World, id: number): void {
  const toLine = (r: number): number => w.resLine[r]! - w.odo[w.resVehicle[r]!]!
  const here = toLine(id)
  for (const other of w.reserved[w.resConnection[id]!]!) {
    if (other === id || toLine(other) <= here || w.resRank[other]! >= HELD_RANK) continue
    w.resRank[other] = ++w.rank
    if (w.resRank2[other] !== Infinity) w.resRank2[other] = w.rank
  }
}

/** The promise of room ends when the vehicle is on the exit lane. */
export function keepPromise(w: World, id: number): void {
  const to = w.p.connTo[w.resConnection[id]!]!
  w.promised[to] = Math.max(0, w.promised[to]! - w.resPromise[id]!)
  w.resPromise[id] = 0
}

export function withdraw(w: World, id: number): void {
  settleAcross(w, w.resConnection[id]!)
  keepPromise(w, id)
  const list = w.reserved[w.resConnection[id]!]!
  list.splice(list.indexOf(id), 1)
  const v = w.resVehicle[id]!
  w.resVehicle[id] = -1
  countForFoes(w, w.resConnection[id]!, -1)
  w.held[v]!--
  if (w.held[v] === 0) w.latest[v] = -1
  else if (w.latest[v] === id) w.latest[v] = w.active.find((other) => w.resVehicle[other] === v)!
}

function countForFoes(w: World, c: number, by: number): void {
  const { p } = w
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) w.foesIn[p.zoneFoe[z]!] = w.foesIn[p.zoneFoe[z]!]! + by
}

/** True for a vehicle that waits at a waiting place inside a junction, or stands behind one. */
function waitsInside(w: World, v: number): boolean {
  const strip = w.strip[v]!
  if (strip < w.p.lanes) return false
  const id = findReservation(w, strip - w.p.lanes, v)
  return id >= 0 && (w.resRank2[id] === Infinity || w.resRank[id]! >= HELD_RANK)
}

/** Rank of a vehicle inside a junction for the last place on its way, -1 for others. */
function lastRank(w: World, v: number): number {
  const strip = w.strip[v]!
  const id = strip < w.p.lanes ? -1 : findReservation(w, strip - w.p.lanes, v)
  return id < 0 ? -1 : w.resRank2[id]!
}

/**
 * Ranks agree with the order on the ground, with one exception: who could not stop before the line and now stands behind
 * a turn that waits inside has the older rank but must go later. It falls behind all others until it moves again.
 */
function rerank(w: World, id: number, v: number): void {
  const rank = w.resRank[id]!
  if (rank < HELD_RANK && w.haltedFor[v]! <= w.dt) return
  const leader = w.waitsFor[v]!
  if (w.haltedFor[v]! > w.dt && w.heldByLeader[v] === 1 && leader >= 0 && waitsInside(w, leader)) {
    if (rank < HELD_RANK) w.resRank[id] = rank + HELD_RANK
    if (w.resRank2[id]! < HELD_RANK) w.resRank2[id] = w.resRank2[id]! + HELD_RANK
  } else if (rank < HELD_RANK && w.haltedFor[v]! > w.dt && w.heldByLeader[v] === 1 && leader >= 0 && lastRank(w, leader) > rank) {
    // It came up behind a turn that had left its waiting place, or tried to, when that got its last rank.
    w.resRank[id] = ++w.rank
    if (w.resRank2[id] !== Infinity) w.resRank2[id] = w.rank
    rankFollowers(w, id)
  } else if (rank >= HELD_RANK && w.haltedFor[v] === 0) {
    w.resRank[id] = ++w.rank
    if (w.resRank2[id] !== Infinity) w.resRank2[id] = w.rank
    rankFollowers(w, id)
  }
}

/** Stands behind a turn that waits inside: nobody has to wait for it at a place that it has not reached. */
export const isHeld = (w: World, id: number): boolean => w.resRank[id]! >= HELD_RANK

/** The turn from the same lane that waits inside and blocks the way to connection c, or -1. */
export function findWaitingSibling(w: World, c: number): number {
  const lane = w.p.connFrom[c]!
  const u = w.lastOut[lane]!
  if (u < 0 || w.lastOutConnection[lane] === c || w.strip[u] !== w.p.lanes + w.lastOutConnection[lane]!) return -1
  if (w.odo[u]! - w.lastOutLine[lane]! - w.len[u]! > w.p.connDiverge[c]!) return -1
  const id = findReservation(w, w.lastOutConnection[lane]!, u)
  return id >= 0 && w.resRank2[id] === Infinity ? u : -1
}

/**
 * Somebody stands in a place that connection c leads through, or waits inside for a gap with such a place still to clear:
 * who went in now would have an older rank than that one's last, and block the junction for all.
 */
export function findBodyInTheWay(w: World, c: number, v: number): number {
  if (w.foesIn[c] === 0) return -1
  const { p } = w
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
    const foe = p.zoneFoe[z]!
    const list = w.reserved[foe]!
    if (list.length === 0 || p.zoneKind[z] === YIELD_ONLY) continue
    for (let i = 0; i < list.length; i++) {
      const id = list[i]!
      const u = w.resVehicle[id]!
      if (u === v) continue
      const front = w.odo[u]! - w.resLine[id]!
      if (front - w.len[u]! >= p.zoneFoeTo[z]!) continue
      if (w.resRank2[id] === Infinity && p.zoneFoeFrom[z]! < p.connWaiting[foe]!) return u
      if (p.zoneKind[z] === CROSSING && w.haltedFor[u]! > w.dt && front > p.zoneFoeFrom[z]!) return u
    }
  }
  return -1
}

/**
 * Who waits inside for a gap, on ground that v, leaving its own waiting place, has still to pass and may not pass before
 * that one; or -1. v would get the older rank of the two and block the way for those whom the other waits for.
 */
export function findWaiterAhead(w: World, c: number, v: number, mine: number, toLine: number): number {
  const { p } = w
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
    const foe = p.zoneFoe[z]!
    const list = w.reserved[foe]!
    if (list.length === 0 || p.zoneKind[z] === YIELD_ONLY || p.zoneFoeFrom[z]! >= p.connWaiting[foe]!) continue
    if (toLine + p.zoneTo[z]! + w.len[v]! < 0) continue
    const iAmIn = toLine + p.zoneFrom[z]! < 0
    for (let i = 0; i < list.length; i++) {
      const id = list[i]!
      const u = w.resVehicle[id]!
      if (u === v || w.resRank2[id] !== Infinity) continue
      const front = w.odo[u]! - w.resLine[id]!
      if (front - w.len[u]! >= p.zoneFoeTo[z]!) continue
      if (front <= p.zoneFoeFrom[z]! && (iAmIn || rankAt(w, mine, c, p.zoneFrom[z]!) < w.resRank[id]!)) continue
      return u
    }
  }
  return -1
}

/** Frees what lies behind the vehicles. */
export function sweepReservations(w: World): void {
  let kept = 0
  for (let i = 0; i < w.active.length; i++) {
    const id = w.active[i]!
    const v = w.resVehicle[id]!
    if (v >= 0) {
      const back = w.odo[v]! - w.resLine[id]! - w.len[v]!
      if (w.state[v] !== DRIVING || back > w.p.length[w.p.lanes + w.resConnection[id]!]!) withdraw(w, id)
      else rerank(w, id, v)
    }
    if (w.resVehicle[id]! >= 0) w.active[kept++] = id
    else w.resFree.push(id)
  }
  if (kept < w.active.length) w.active.length = kept
}

/** Rank that counts for a place which begins `from` metres after the line. */
export function rankAt(w: World, id: number, c: number, from: number): number {
  const waiting = w.p.connWaiting[c]!
  return waiting > 0 && from >= waiting ? w.resRank2[id]! : w.resRank[id]!
}

/**
 * Lowers the bound of v for the places that others hold on connection c, whose line lies `toLine` ahead (negative inside).
 * `mine` is v's own reservation or -1.
 */
export function boundByOthers(w: World, v: number, c: number, toLine: number, mine: number): void {
  if (w.foesIn[c] === 0) return
  const { p } = w
  const end = p.zoneStart[c + 1]!
  for (let z = p.zoneStart[c]!; z < end; z++) {
    const list = w.reserved[p.zoneFoe[z]!]!
    if (list.length === 0 || p.zoneKind[z] === YIELD_ONLY) continue
    if (toLine + p.zoneTo[z]! + w.len[v]! < 0) continue
    const myRank = mine < 0 ? Infinity : rankAt(w, mine, c, p.zoneFrom[z]!)
    for (let i = 0; i < list.length; i++) boundByOther(w, v, z, list[i]!, toLine, myRank)
  }
}

function boundByOther(w: World, v: number, z: number, id: number, toLine: number, myRank: number): void {
  const { p } = w
  const u = w.resVehicle[id]!
  if (u === v) return
  const front = w.odo[u]! - w.resLine[id]!
  const back = front - w.len[u]!
  if (back >= p.zoneFoeTo[z]!) return
  const itIsIn = front > p.zoneFoeFrom[z]!
  const distance = toLine + p.zoneFrom[z]!
  const iAmIn = distance < 0
  const itsRank = rankAt(w, id, p.zoneFoe[z]!, p.zoneFoeFrom[z]!)
  const merging = p.zoneKind[z] === MERGING
  if (iAmIn && !itIsIn) return
  if (!itIsIn && (itsRank === Infinity || myRank < itsRank || (myRank === Infinity && isHeld(w, id)))) return
  if (itIsIn && iAmIn && !merging && myRank < itsRank) return
  if (w.sumo && !iAmIn) {
    if (front < 0) return
    lower(w, speedBehind(w, v, u, gapBehindFoe(w, v, z, toLine, back), toLine, merging ? -1 : distance), u)
    return
  }
  let speed = iAmIn ? 0 : lastMomentStop(w, v, distance - CLEARANCE_M)
  if (merging) {
    const myRest = distance + (p.zoneTo[z]! - p.zoneFrom[z]!)
    const itsRest = p.zoneFoeTo[z]! - front
    if (itIsIn && iAmIn && (myRest < itsRest || (myRest === itsRest && v < u))) return
    const gap = myRest - itsRest - w.len[u]! - w.gap0[v]!
    if (gap > 0 || iAmIn) speed = Math.max(speed, followSpeed(w, v, gap, u, w.top[v]!))
  }
  lower(w, speed, u)
}

function lower(w: World, speed: number, u: number): void {
  if (speed >= w.bound) return
  w.bound = speed
  w.binder = u
  w.boundToLeader = false
}

/**
 * As SUMO's vehicles mind one that is on the junction: follow it where it leaves a gap, else stay before the line; before a
 * crossing place (`distance` ahead, -1 = merging) drive up to it, or so as to reach it when the other has left it.
 */
function speedBehind(w: World, v: number, u: number, gap: number, toLine: number, distance: number): number {
  const speed = gap >= 0 ? followSpeed(w, v, gap, u, w.top[v]!) : stopSpeed(w, v, Math.max(0, toLine - YIELD_LINE_M))
  if (distance < 0) return speed
  const room = distance - w.gap0[v]!
  const time = (distance - gap) / Math.max(w.spd[u]!, HALTING)
  const now = w.spd[v]!
  const final = Math.max(now, (2 * room) / time - now)
  return Math.max(speed, Math.min(now + (w.dt * (final - now)) / time, stopSpeed(w, v, room)))
}

/** Whether nobody stands in a place that v, on its connection, has still to pass; then it may go before all who are not in one. */
export function takeLowestRank(w: World, v: number): boolean {
  const { p } = w
  const c = w.strip[v]! - p.lanes
  const id = c < 0 ? -1 : findReservation(w, c, v)
  if (id < 0) return false
  const x = w.pos[v]!
  for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
    if (p.zoneKind[z] === YIELD_ONLY || x > p.zoneTo[z]! + w.len[v]!) continue
    for (const other of w.reserved[p.zoneFoe[z]!]!) {
      const front = w.odo[w.resVehicle[other]!]! - w.resLine[other]!
      if (front > p.zoneFoeFrom[z]! && front - w.len[w.resVehicle[other]!]! < p.zoneFoeTo[z]!) return false
    }
  }
  w.lowestRank--
  w.resRank[id] = w.lowestRank
  w.resRank2[id] = w.lowestRank
  return true
}
