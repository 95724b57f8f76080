// Keep clear: is there room beyond a junction for one more vehicle, counting those already promised a place?
import { YELLOW_DECELERATION } from './parameters.ts'
import { RED } from './signals.ts'
import type { World } from './world.ts'

/** Short links looked through. */
const DEPTH = 3
/** On links shorter than this the vehicles on it must fit even if they all come to stand, m. */
const SHORT_LINK_M = 60
/** Who joins a short link from the side leaves this much room, so that a ring of them can still turn, m. */
const BUBBLE_M = 7.5

/** The vehicle that leaves no room, or -1 where v fits behind connection c of leg `leg`. -2: a red light holds a short link. */
export function findRoomBlocker(w: World, v: number, c: number, leg: number, yields: boolean): number {
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
