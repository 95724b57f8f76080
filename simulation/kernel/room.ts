// Keep clear: is there room beyond a junction for one more vehicle, counting those already promised a place?
import { YELLOW_DECELERATION } from './parameters.ts'
import { RED } from './signals.ts'
import type { World } from './world.ts'

/** Short links looked through. */
const DEPTH = 3

/** The vehicle that leaves no room, or -1 where v fits behind connection c on leg `leg + 1`. -2: a red light holds the short link. */
export function findRoomBlocker(w: World, v: number, c: number, leg: number): number {
  const need = w.len[v]! + w.gap0[v]!
  let lane = w.p.connTo[c]!
  let at = leg + 1
  let room = 0
  for (let depth = 0; depth < DEPTH; depth++) {
    const halting = w.haltVehicle[lane]!
    const length = w.p.length[lane]!
    const promised = w.promised[lane]!
    if (halting >= 0) {
      const credit = (w.spd[halting]! * w.spd[halting]!) / (2 * YELLOW_DECELERATION)
      if (room + w.haltBack[lane]! + credit - w.haltBehind[lane]! - promised >= need) return -1
      return halting === v ? -1 : halting
    }
    if (room + length >= need || w.book.legLast[at] === 1) return -1
    // A link shorter than the vehicle: it must be able to drive on from there.
    const next = w.nextConnection(lane, at)
    if (next < 0) return -1
    const last = w.last(lane)
    if (w.signals.shows[next] === RED) return promised > 0 || last >= 0 ? (last >= 0 && last !== v ? last : -2) : -1
    room += Math.max(0, length - promised - occupied(w, lane))
    lane = w.p.connTo[next]!
    at++
  }
  return -1
}

function occupied(w: World, lane: number): number {
  let sum = 0
  for (let i = 0; i < w.count[lane]!; i++) {
    const u = w.at(lane, i)
    sum += w.len[u]! + w.gap0[u]!
  }
  return sum
}
