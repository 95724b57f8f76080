// Who goes first where paths cross or merge. A vehicle that can no longer stop before its line, or has decided to go,
// takes a rank from one running count. Of two vehicles that need the same place the lower rank goes first and the other
// stays able to stop before the place, so waiting inside junctions never runs in a circle. A turn that waits inside has
// a second rank, taken when it leaves its waiting place.
import { MERGING, YIELD_ONLY } from '../prepare.ts'
import { followSpeed, lastMomentStop } from './driver.ts'
import { DRIVING, type World } from './world.ts'

/** Distance kept to a place that belongs to somebody else, m. */
const CLEARANCE_M = 0.3

export function findReservation(w: World, c: number, v: number): number {
  const list = w.reserved[c]!
  for (let i = 0; i < list.length; i++) if (w.resVehicle[list[i]!] === v) return list[i]!
  return -1
}

/** v will pass connection c, whose line is `distance` ahead; with `waits` it may stop at the waiting place inside. */
export function reserve(w: World, c: number, v: number, distance: number, waits: boolean): number {
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
  return id
}

/** The vehicle leaves its waiting place for good. */
export function leaveWaitingPlace(w: World, id: number): void {
  w.resRank2[id] = ++w.rank
}

/** The promise of room ends when the vehicle is on the exit lane. */
export function keepPromise(w: World, id: number): void {
  const to = w.p.connTo[w.resConnection[id]!]!
  w.promised[to] = Math.max(0, w.promised[to]! - w.resPromise[id]!)
  w.resPromise[id] = 0
}

export function withdraw(w: World, id: number): void {
  keepPromise(w, id)
  const list = w.reserved[w.resConnection[id]!]!
  list.splice(list.indexOf(id), 1)
  w.resVehicle[id] = -1
}

/** Added to the rank of those who stand, once or twice: they keep their order among themselves. */
const STANDING_RANK = 2 ** 40

/**
 * A vehicle that stands on the junction must not hold up others for places it has not reached: it falls behind all that
 * move, further still if it stands behind a leader, whom nobody's rank can move. It takes a new rank when it moves again.
 * So a circle cannot close: of two standing vehicles the one that only waits for a rank comes before the one with a leader.
 */
function rerank(w: World, id: number, v: number): void {
  const rank = w.resRank[id]!
  if (w.haltedFor[v]! > w.dt) {
    const shift = w.heldByLeader[v] === 1 ? 2 * STANDING_RANK : STANDING_RANK
    w.resRank[id] = (rank % STANDING_RANK) + shift
    if (w.resRank2[id] !== Infinity) w.resRank2[id] = (w.resRank2[id]! % STANDING_RANK) + shift
  } else if (rank >= STANDING_RANK) {
    w.resRank[id] = ++w.rank
    if (w.resRank2[id] !== Infinity) w.resRank2[id] = w.rank
  }
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
  w.active.length = kept
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
export function boundByOthers(w: World, v: number, c: number, toLine: number, mine: number, v0: number): void {
  const { p } = w
  const end = p.zoneStart[c + 1]!
  for (let z = p.zoneStart[c]!; z < end; z++) {
    const list = w.reserved[p.zoneFoe[z]!]!
    if (list.length === 0 || p.zoneKind[z] === YIELD_ONLY) continue
    if (toLine + p.zoneTo[z]! + w.len[v]! < 0) continue
    const myRank = mine < 0 ? Infinity : rankAt(w, mine, c, p.zoneFrom[z]!)
    for (let i = 0; i < list.length; i++) boundByOther(w, v, z, list[i]!, toLine, myRank, v0)
  }
}

function boundByOther(w: World, v: number, z: number, id: number, toLine: number, myRank: number, v0: number): void {
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
  if (!itIsIn && (itsRank === Infinity || myRank < itsRank || (myRank === Infinity && itsRank >= STANDING_RANK))) return
  if (itIsIn && iAmIn && !merging && myRank < itsRank) return
  let speed = iAmIn ? 0 : lastMomentStop(w, v, distance - CLEARANCE_M)
  if (merging) {
    const myRest = distance + (p.zoneTo[z]! - p.zoneFrom[z]!)
    const itsRest = p.zoneFoeTo[z]! - front
    if (itIsIn && iAmIn && (myRest < itsRest || (myRest === itsRest && v < u))) return
    const gap = myRest - itsRest - w.len[u]! - w.gap0[v]!
    if (gap > 0 || iAmIn) speed = Math.max(speed, followSpeed(w, v, gap, u, v0))
  }
  if (speed < w.bound) {
    w.bound = speed
    w.binder = u
    w.boundToLeader = false
  }
}
