// Keep clear: is there room beyond a junction for one more vehicle, counting those already promised a place?
import { YELLOW_DECELERATION } from './parameters.ts'
import { BY_RANK, PROTECTED, RED } from './signals.ts'
import type { World } from './world.ts'

/** Short links looked through. */
const DEPTH = 3
/** On links shorter than this the vehicles on it must fit even if they all come to stand, m. */
const SHORT_LINK_M = 60
/** Who joins a short link from the side leaves this much room, so that a ring of them can still turn, m. */
const BUBBLE_M = 7.5

/** The vehicle that leaves no room, or -1 where v, with `place` vehicles before it on its lane, fits behind connection c of leg `leg`. -2: a red light holds a short link. */
export function findRoomBlocker(w: World, v: number, c: number, leg: number, yields: boolean, place: number): number {
  if (w.sumo) return findStanding(w, v, c, leg, place)
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
    if (length < SHORT_LINK_M && length > need && last >= 0 && last !== v && left < need + (yields ? BUBBLE_M : 0)) return last
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
    space -= w.load[p.lanes + via]!
    const lane = p.connTo[via]!
    const last = w.last(lane)
    let stander = -1
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

const isOpen = (w: World, c: number): boolean => w.signals.shows[c] === PROTECTED || (w.signals.shows[c] === BY_RANK && w.p.connYields[c] === 0)
