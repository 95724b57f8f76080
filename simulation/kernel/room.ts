// Keep clear: is there room beyond a junction for one more vehicle, counting those already promised a place?
import { HALTING, YELLOW_DECELERATION } from './parameters.ts'
import { BY_RANK, PROTECTED, RED } from './signals.ts'
import type { World } from './world.ts'

/** Short links looked through. */
const DEPTH = 3
/** On links shorter than this the vehicles on it must fit even if they all come to stand, m. */
const SHORT_LINK_M = 60
/** The same by SUMO's rules, only where the paths of others are crossed, m. */
const SHORT_BY_SUMO_M = 100
/** Room that stays free in a ring when somebody enters it: for one vehicle, and this share of the ring, m. */
const BUBBLE_M = 7.5
const BUBBLE_SHARE = 0.1

/** The vehicle that leaves no room, or -1 where v, with `place` vehicles before it on its lane, fits behind connection c of leg `leg`. -2: a red light holds a short link. */
export function findRoomBlocker(w: World, v: number, c: number, leg: number, place: number): number {
  const ring = w.p.stripRing[w.p.connTo[c]!]!
  if (ring >= 0) {
    // Inside a ring that nobody crosses everybody follows the one ahead: it may fill up, and does not lock.
    if (w.p.stripRing[w.p.lanes + c] === ring) {
      if (w.p.ringPlain[ring] === 1) return -1
    } else if (isRingFull(w, v, ring)) return lastInRing(w, v, c, ring)
  }
  if (w.sumo) {
    const stander = findStanding(w, v, c, leg, place)
    if (stander !== -1) return stander
    // Most lanes answer no at once; who has a place promised there is asked last.
    const full = findOverfull(w, v, c, leg)
    return full === -1 || w.p.connCrossed[c] === 1 || hasCrosserTo(w, w.p.connTo[c]!) ? full : -1
  }
  const need = w.len[v]! + w.gap0[v]!
  let lane = w.p.connTo[c]!
  let at = leg + 1
  let room = 0
  for (let depth = 0; depth < DEPTH; depth++) {
    const halting = w.haltVehicle[lane]!
    const length = w.p.length[lane]!
    const promised = w.promised[lane]!
    if (halting >= 0) {
      const speed = w.spd[halting]!
      const credit = speed * w.tau[v]! + (speed * speed) / (2 * YELLOW_DECELERATION)
      if (room + w.haltBack[lane]! + credit - w.haltBehind[lane]! - promised < need) return halting === v ? -1 : halting
    }
    const last = w.last(lane)
    const left = room + length - promised - w.load[lane]!
    if (length < SHORT_LINK_M && length > need && last >= 0 && last !== v && left < need) return last
    if (left >= need || room + length >= need || w.book.legLast[at] === 1) return -1
    // A link shorter than the vehicle: it must be able to drive on from there.
    const next = w.nextConnection(lane, at)
    if (next < 0) return -1
    if (w.signals.shows[next] === RED) return promised > 0 || last >= 0 ? (last >= 0 && last !== v ? last : -2) : -1
    room = Math.max(0, left)
    lane = w.p.connTo[next]!
    at++
  }
  return -1
}

/** Whether v, who comes from outside or sets off here, would leave too little room for a ring to turn; an empty one takes anybody. */
export function isRingFull(w: World, v: number, ring: number): boolean {
  const { p } = w
  let taken = 0
  for (let k = p.ringStripStart[ring]!; k < p.ringStripStart[ring + 1]!; k++) taken += w.load[p.ringStrip[k]!]!
  for (let k = p.ringEntryStart[ring]!; k < p.ringEntryStart[ring + 1]!; k++) {
    const c = p.ringEntry[k]!
    if (p.zoneStart[c + 1]! > p.zoneStart[c]!) for (const id of w.reserved[c]!) taken += w.resPromise[id]!
    else taken += w.load[p.lanes + c]!
  }
  const need = w.len[v]! + w.gap0[v]!
  return taken > 0 && taken + need + Math.max(need, BUBBLE_M, BUBBLE_SHARE * p.ringLength[ring]!) > p.ringLength[ring]!
}

/** Somebody in a full ring, as near beyond connection c as there is one; -2 where all of them are still on their way in. */
function lastInRing(w: World, v: number, c: number, ring: number): number {
  const { p } = w
  let found = w.last(p.connTo[c]!)
  for (let k = p.ringStripStart[ring]!; found < 0 && k < p.ringStripStart[ring + 1]!; k++) found = w.last(p.ringStrip[k]!)
  return found < 0 || found === v ? -2 : found
}

/** Has somebody a place on this lane promised whose way there crosses others'? Left without it he would block them. */
function hasCrosserTo(w: World, lane: number): boolean {
  const { p } = w
  for (let k = p.laneInStart[lane]!; k < p.laneInStart[lane + 1]!; k++) {
    const c = p.laneIn[k]!
    if (p.connCrossed[c] === 1 && w.reserved[c]!.length > 0) return true
  }
  return false
}

/**
 * Where others cross, SUMO's rule alone lets two opposite queues lock each other's turns
 * in. The last one on a lane of two vehicles or more that will not hold v too if all on their way there come to stand, -2
 * where they will before a red light, or -1.
 */
function findOverfull(w: World, v: number, c: number, leg: number): number {
  const lane = w.p.connTo[c]!
  const length = w.p.length[lane]!
  const last = w.last(lane)
  const need = w.len[v]! + w.gap0[v]!
  if (last === v || length > SHORT_BY_SUMO_M || length < 2 * need || length - w.promised[lane]! - w.load[lane]! >= need) return -1
  if (last >= 0) return last
  const next = w.book.legLast[leg + 1] === 1 ? -1 : w.nextConnection(lane, leg + 1)
  return next >= 0 && w.signals.shows[next] === RED ? -2 : -1
}

/** Normal lanes looked along, in vehicle lengths. */
const SIGHT_LENGTHS = 5

/**
 * As SUMO 1.15 keeps junctions clear: only where somebody stands or has to wait beyond, and as long as the room up to
 * there, less what is on its way into it, is shorter than the vehicle.
 */
function findStanding(w: World, v: number, c: number, leg: number, place: number): number {
  const { p } = w
  const from = p.connFrom[c]!
  let space = 0
  for (let i = 0; i < place; i++) {
    const u = w.at(from, i)
    space -= w.len[u]! + w.gap0[u]!
  }
  let via = c
  let at = leg + 1
  let seen = 0
  for (;;) {
    let stander = -1
    // Where nobody crosses, vehicles may stand between two lanes too.
    const isCrossed = via === c || (p.zoneStart[via + 1]! > p.zoneStart[via]! && p.connKeepClear[via] === 1)
    if (isCrossed) space -= w.load[p.lanes + via]!
    else {
      stander = lastStanding(w, p.lanes + via, v)
      space += stander < 0 ? p.length[p.lanes + via]! - w.load[p.lanes + via]! : w.pos[stander]! - w.len[stander]!
    }
    const lane = p.connTo[via]!
    const last = w.last(lane)
    if (stander >= 0) return space >= w.len[v]! + w.gap0[v]! ? -1 : stander
    if (last < 0 || last === v) space += p.length[lane]!
    else if (w.haltVehicle[lane]! >= 0 && w.haltVehicle[lane] !== v) {
      stander = w.haltVehicle[lane]!
      space += w.haltBack[lane]! - w.haltBehind[lane]!
    } else {
      space += p.length[lane]! - w.load[lane]!
      if (w.hadToWait[last] === 1) stander = last
    }
    const fits = space >= w.len[v]! + w.gap0[v]!
    if (stander >= 0) return fits ? -1 : stander
    seen += p.length[lane]!
    if (fits || seen > SIGHT_LENGTHS * w.len[v]! || w.book.legLast[at] === 1) return -1
    const next = w.nextConnection(lane, at)
    if (next < 0 || !isOpen(w, next)) return -1
    via = next
    at++
  }
}

/** The rearmost vehicle of a connection that stands, other than v; -1 where none does. */
function lastStanding(w: World, strip: number, v: number): number {
  for (let i = w.count[strip]! - 1; i >= 0; i--) {
    const u = w.at(strip, i)
    if (u !== v && w.spd[u]! < HALTING) return u
  }
  return -1
}

const isOpen = (w: World, c: number): boolean => w.signals.shows[c] === PROTECTED || (w.signals.shows[c] === BY_RANK && w.p.connYields[c] === 0)
