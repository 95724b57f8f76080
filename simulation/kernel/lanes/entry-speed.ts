// How fast a vehicle may be when it appears at a place: by the vehicles ahead, the lines and limits within its braking
// distance, and those who come from behind. Rules of SUMO 1.15's insertion.
import { brakeDistance, idmFollow, idmStop, kraussFollow, slowFor, stopWithin } from '../car-following.ts'
import { RED_LINE_M } from '../parameters.ts'
import { BY_RANK, PROTECTED } from '../signals.ts'
import { backOfLastOut, findTail } from '../tails.ts'
import type { World } from '../world.ts'
import { behindIsFree, secureGap } from './secure-gap.ts'

/** An IDM driver enters at a speed at which a line ahead asks for less braking than this, m/s2. */
const CALM_M_PER_S2 = 1

/**
 * Speed at which v may enter a lane with its front at `position`, or -1 if it may not now. Wanted is `wanted`;
 * with `adjusts` a lower speed will do.
 */
export function entrySpeed(w: World, v: number, lane: number, position: number, wanted: number, adjusts: boolean): number {
  let speed = alongRoute(w, v, lane, w.p.length[lane]! - position, wanted, adjusts)
  if (speed < 0) return -1
  let i = w.count[lane]! - 1
  while (i >= 0 && w.pos[w.at(lane, i)]! < position) i--
  if (i >= 0) {
    const leader = w.at(lane, i)
    speed = behind(w, v, speed, w.pos[leader]! - w.len[leader]! - position - w.gap0[v]!, leader, adjusts)
    if (speed < 0) return -1
  } else {
    const tail = findTail(w, lane, w.nextConnection(lane, w.leg[v]!))
    if (tail >= 0) speed = behind(w, v, speed, w.p.length[lane]! - position + backOfLastOut(w, lane) - w.gap0[v]!, tail, adjusts)
    if (speed < 0) return -1
  }
  return behindIsFree(w, lane, i + 1, position - w.len[v]!, speed, w.dec[v]!) ? speed : -1
}

/** What lies ahead beyond the lane, whose end is `rest` away: as far as v needs to stop. */
function alongRoute(w: World, v: number, firstLane: number, rest: number, wanted: number, adjusts: boolean): number {
  const { p } = w
  const b = w.dec[v]!
  let speed = wanted
  let lane = firstLane
  let leg = w.leg[v]!
  let seen = rest
  while (seen < brakeDistance(speed, b, w.dt) + speed * w.tau[v]! + w.gap0[v]! && w.book.legLast[leg] === 0) {
    const c = w.nextConnection(lane, leg)
    if (c < 0 || !isOpen(w, c)) return lowered(speed, stopSpeed(w, v, speed, Math.max(0, c < 0 ? seen : seen - RED_LINE_M)), adjusts)
    for (const strip of [p.lanes + c, p.connTo[c]!]) {
      const leader = w.last(strip)
      if (leader >= 0) {
        speed = behind(w, v, speed, seen + w.pos[leader]! - w.len[leader]! - w.gap0[v]!, leader, adjusts)
        if (speed < 0) return -1
      }
      speed = lowered(speed, slowFor(seen, w.desired(v, strip), b, w.dt), adjusts)
      if (speed < 0) return -1
      seen += p.length[strip]!
    }
    lane = p.connTo[c]!
    leg++
  }
  return speed
}

/** Whether nobody has to be waited for before a connection, as far as can be told before v is there. */
function isOpen(w: World, c: number): boolean {
  const shows = w.signals.shows[c]!
  return shows === PROTECTED || (shows === BY_RANK && w.p.connYields[c] === 0)
}

const lowered = (speed: number, safe: number, adjusts: boolean): number => (safe >= speed ? speed : adjusts ? safe : speed > 0 ? -1 : speed)

/** The speed behind a leader at a net gap, or -1 where v may not enter. */
function behind(w: World, v: number, speed: number, gap: number, leader: number, adjusts: boolean): number {
  if (gap < 0) return -1
  const vLeader = w.spd[leader]!
  const bLeader = w.dec[leader]!
  if (w.krauss) return lowered(speed, kraussFollow(gap, vLeader, bLeader, w.dec[v]!, w.tau[v]!, w.dt), adjusts)
  if (gap >= secureGap(w, v, speed, vLeader, bLeader)) return speed
  return lowered(speed, idmFollow(speed, gap, vLeader, Math.max(speed, 0.1), w.idm[v]!), adjusts)
}

function stopSpeed(w: World, v: number, wanted: number, gap: number): number {
  if (w.krauss) return stopWithin(gap, w.dec[v]!, w.dt, w.dt)
  let before = wanted
  for (;;) {
    const speed = idmStop(before, gap, Math.max(wanted, 0.1), w.idm[v]!)
    if (before - speed < CALM_M_PER_S2 * w.dt || speed === 0) return Math.min(speed, wanted)
    before = speed
  }
}
