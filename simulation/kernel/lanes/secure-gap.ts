// The net gap that one vehicle must have to another for the one behind to need no hard braking: condition of lane
// changes and of entries. Krauss: braking distances with the follower's headway before; IDM: its dynamic desired gap.
import { brakeDistance } from '../car-following.ts'
import type { World } from '../world.ts'

/** Those who come from behind an empty lane shorter than this count too, over so many links, m. */
const SHORT_LANE_M = 15
const LINKS_BACK = 6

/** Gap that `follower` at speed `v` needs behind somebody who drives `vLeader` and brakes with at most `bLeader`, m. */
export function secureGap(w: World, follower: number, v: number, vLeader: number, bLeader: number): number {
  const tau = w.tau[follower]!
  if (!w.krauss) {
    const gap = v * tau + (v * (v - vLeader)) / w.twoRootAb[follower]!
    return gap > 0 ? gap : 0
  }
  const b = w.dec[follower]!
  const gap = v * tau + brakeDistance(v, b, w.dt) - brakeDistance(vLeader, b > bLeader ? b : bLeader, w.dt)
  return gap > 0 ? gap : 0
}

/** Whether a vehicle that appears with its back at `back` and this speed leaves enough room to `u`, `distance` behind that back. */
export function leavesRoom(w: World, u: number, distance: number, speed: number, b: number): boolean {
  const gap = distance - w.gap0[u]!
  return gap >= 0 && gap >= secureGap(w, u, w.spd[u]!, speed, b)
}

/**
 * May somebody with his back at `back` of a lane, this speed and deceleration b, appear before vehicle `index` of the
 * lane or, where there is none, before those who come out of the junction?
 */
export function behindIsFree(w: World, lane: number, index: number, back: number, speed: number, b: number): boolean {
  if (index < w.count[lane]!) {
    const u = w.at(lane, index)
    return leavesRoom(w, u, back - w.pos[u]!, speed, b)
  }
  return comeIsFree(w, lane, back, speed, b, LINKS_BACK)
}

/** Whether somebody whose back is `back` metres beyond the start of a lane leaves room to those who come onto the lane. */
function comeIsFree(w: World, lane: number, back: number, speed: number, b: number, links: number): boolean {
  const { p } = w
  for (let k = p.laneInStart[lane]!; k < p.laneInStart[lane + 1]!; k++) {
    const c = p.laneIn[k]!
    const strip = p.lanes + c
    if (w.count[strip] !== 0) {
      const u = w.at(strip, 0)
      if (!leavesRoom(w, u, back + p.length[strip]! - w.pos[u]!, speed, b)) return false
      continue
    }
    const from = p.connFrom[c]!
    const distance = back + p.length[strip]! + p.length[from]!
    if (w.count[from] === 0) {
      // An empty lane shorter than a step hides nobody.
      if (links > 1 && p.length[from]! < SHORT_LANE_M && !comeIsFree(w, from, distance, speed, b, links - 1)) return false
      continue
    }
    // Who is about to come over the line.
    const u = w.at(from, 0)
    if (w.goes[u] !== 1 || w.nextConnection(from, w.leg[u]!) !== c) continue
    if (!leavesRoom(w, u, distance - w.pos[u]!, speed, b)) return false
  }
  return true
}
