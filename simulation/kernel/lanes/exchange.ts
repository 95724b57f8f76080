// Two that stand side by side and want each other's lane agree by a look: both change at once, where neither touches
// anybody else. Without it they would hold up both lanes for good.
import { mouth, enterLane } from '../lane-change.ts'
import { findReservation } from '../reservations.ts'
import type { World } from '../world.ts'

/** Standing side by side for so long before two exchange their lanes, s: time to see each other's indicators. */
const AGREE_AFTER_S = 3

/** Exchanges v and u, who stands on `target` beside it, if u wants to v's lane and both fit. */
export function exchange(w: World, v: number, lane: number, target: number, u: number): boolean {
  if (u < 0 || w.strip[u] !== target || w.changedAt[u] === w.step || w.haltedFor[v]! < AGREE_AFTER_S || w.haltedFor[u]! < AGREE_AFTER_S) return false
  const { p } = w
  const first = p.linkLane[p.laneLink[lane]!]!
  const wanted: number = w.book.offset[w.book.legTable[w.leg[u]!]! + target - first]!
  if (Math.sign(wanted) !== Math.sign(lane - target) || w.pos[u]! < mouth(w, u, lane) || w.dwellUntil[u]! > w.now) return false
  const c = w.nextConnection(target, w.leg[u]!)
  if (c >= 0 && findReservation(w, c, u) >= 0) return false
  const [i, j] = [indexOf(w, lane, v), indexOf(w, target, u)]
  if (!fits(w, v, target, j) || !fits(w, u, lane, i)) return false
  w.leaveAt(lane, i)
  w.leaveAt(target, j)
  enterLane(w, v, target)
  enterLane(w, u, lane)
  return true
}

function indexOf(w: World, lane: number, v: number): number {
  let i = 0
  while (w.at(lane, i) !== v) i++
  return i
}

/** Whether v at its own position overlaps nobody on a lane when the one at `place` has gone. */
function fits(w: World, v: number, lane: number, place: number): boolean {
  if (place > 0) {
    const leader = w.at(lane, place - 1)
    if (w.pos[leader]! - w.len[leader]! < w.pos[v]!) return false
  }
  if (place + 1 >= w.count[lane]!) return true
  return w.pos[w.at(lane, place + 1)]! < w.pos[v]! - w.len[v]!
}
