// Lane changes after the move, link by link: because the route needs another lane (strategic, with help from those who
// are asked for a gap), or because another lane is faster, which at a standstill balances the queues.
// Distances and thresholds follow SUMO's LC2013 (Erdmann 2014).
import { brakeDistance, kraussFollow } from './car-following.ts'
import { followSpeed } from './driver.ts'
import { behindIsFree } from './insert.ts'
import { HALTING, TURN_DECELERATION } from './parameters.ts'
import { findReservation } from './reservations.ts'
import type { World } from './world.ts'

/** Seconds of driving within which a change becomes urgent; twice that to the left, where one has to overtake. */
const URGENT_S = 10
/** Accumulated gain at which a driver changes for speed. */
const GAIN_THRESHOLD = 0.2
/** Slowing to let somebody in or to find a gap, m/s2. */
const COURTESY_DECELERATION = 2
/** More than the least gap, so that the change does not hang on rounding, m. */
const SPARE_M = 0.3
/** A pocket's length is that of its full width; before it the lane widens over this length at least, m: 25 ft. */
const TAPER_M = 7.6
/** Room of a vehicle in a queue, m. */
const QUEUE_SPACE_M = 7.5
/** Standing side by side for so long before two exchange their lanes, s: time to see each other's indicators. */
const AGREE_AFTER_S = 3
/** Changes for speed need at least this long on the new lane, s. */
const WORTHWHILE_S = 20

export function changeLanes(w: World): void {
  const { p } = w
  for (let link = 0; link < p.links; link++) {
    const [first, end] = [p.linkLane[link]!, p.linkLane[link + 1]!]
    if (end - first < 2) continue
    for (let lane = first; lane < end; lane++) {
      for (let i = 0; i < w.count[lane]!; ) {
        const v = w.at(lane, i)
        if (w.changedAt[v] !== w.step && consider(w, v, lane, first, end)) {
          w.leaveAt(lane, i)
          continue
        }
        i++
      }
    }
  }
}

/** Changes v if it wants to and can; it is then on both lanes and the caller takes it from the old one. */
function consider(w: World, v: number, lane: number, first: number, end: number): boolean {
  const { p } = w
  const x = w.pos[v]!
  const speed = w.spd[v]!
  w.steady[v] = speed > w.steady[v]! ? speed : w.steady[v]! + (speed - w.steady[v]!) * 0.1 * w.dt
  if (x < w.len[v]! || w.dwellUntil[v]! > w.now) return false
  const leg = w.leg[v]!
  const table = w.book.legTable[leg]!
  const rest = p.length[lane]! - x
  const c = w.book.next[table + lane - first]!
  if (rest < 60 && c >= 0 && w.reserved[c]!.length > 0 && findReservation(w, c, v) >= 0) return false
  let offset: number = w.book.offset[table + lane - first]!
  let reach: number = w.book.reach[table + lane - first]!
  const stop = w.stopLeg[v] === leg ? w.nextStop(v) : -1
  const stopLane = stop < 0 ? 0 : w.trips.stop_lane[stop]!
  if (stop >= 0 && first + stopLane < end && w.book.reach[table + stopLane]! >= 0) {
    offset = first + stopLane - lane
    if (offset !== 0) reach = w.trips.stop_position_m[stop]!
  }
  if (offset !== 0) return strategic(w, v, lane, offset, reach)
  return stop < 0 && ((w.step + v) & 1) === 0 && forSpeed(w, v, lane, first, end, table)
}

/** Where v can be on a lane: at a pocket with its front inside and the rest in the taper. */
function mouth(w: World, v: number, lane: number): number {
  const start = w.p.laneStart[lane]!
  return start === 0 ? w.len[v]! : start + Math.max(0, w.len[v]! - TAPER_M)
}

/** Distance within which a needed change is urgent. */
function urgency(w: World, v: number, offset: number, speed: number = w.steady[v]!): number {
  return URGENT_S * speed * (offset > 0 ? 2 : 1) + 2 * (w.len[v]! + w.gap0[v]!)
}

function strategic(w: World, v: number, lane: number, offset: number, reach: number): boolean {
  const x = w.pos[v]!
  const step = offset > 0 ? 1 : -1
  const target = lane + step
  const occupied = w.count[lane + offset]! * QUEUE_SPACE_M
  const urgent = (reach - x - Math.min(occupied, w.p.length[lane]!)) / Math.abs(offset) < urgency(w, v, offset)
  if (x < mouth(w, v, target)) {
    if (urgent && w.p.laneStart[target]! > 0) followIntoPocket(w, v, target)
    return false
  }
  if (w.book.reach[w.book.legTable[w.leg[v]!]! + target - w.p.linkLane[w.p.laneLink[lane]!]!]! < 0) return false
  const ahead = placeIn(w, target, x)
  if (!urgent && expectedSpeed(w, v, target, ahead) < expectedSpeed(w, v, lane, placeOf(w, lane, v)) - 0.5) return false
  const blocker = findBlocking(w, v, target, ahead, urgent ? 0.3 : 1)
  if (blocker === -1) {
    move(w, v, target)
    return true
  }
  if (urgent && !exchange(w, v, lane, target, blocker)) askForGap(w, v, target, ahead, blocker)
  return false
}

/**
 * Two that stand side by side and want each other's lane agree by a look: both change at once, where neither touches
 * anybody else. Without it they hold up both lanes for good.
 */
function exchange(w: World, v: number, lane: number, target: number, u: number): boolean {
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
  move(w, v, target)
  move(w, u, lane)
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

/** Before the mouth of a pocket: come no faster than lets v stop behind the last vehicle in it, or it drives past its turn. */
function followIntoPocket(w: World, v: number, pocket: number): void {
  const last = w.last(pocket)
  if (last < 0) return
  const gap = w.pos[last]! - w.len[last]! - w.pos[v]! - w.gap0[v]!
  if (gap < 0) return
  w.advice[v] = Math.min(w.advice[v]!, Math.max(followSpeed(w, v, gap, last, w.desired(v, pocket)), w.spd[v]! - TURN_DECELERATION * w.dt))
}

/** Number of vehicles of a lane that are ahead of x. */
function placeIn(w: World, lane: number, x: number): number {
  let [low, high] = [0, w.count[lane]!]
  while (low < high) {
    const middle = (low + high) >> 1
    if (w.pos[w.at(lane, middle)]! > x) low = middle + 1
    else high = middle
  }
  return low
}

/** Number of vehicles ahead of v on its own lane. */
function placeOf(w: World, lane: number, v: number): number {
  let i = placeIn(w, lane, w.pos[v]!)
  while (i < w.count[lane]! && w.at(lane, i) !== v) i++
  return i
}

/** Speed that v could drive on a lane behind the vehicle before place `ahead`. */
function expectedSpeed(w: World, v: number, lane: number, ahead: number): number {
  const v0 = w.desired(v, lane)
  if (ahead === 0) return v0
  const leader = w.at(lane, ahead - 1)
  const gap = w.pos[leader]! - w.len[leader]! - w.pos[v]! - w.gap0[v]!
  return gap < 0 ? 0 : Math.min(v0, kraussFollow(gap, w.spd[leader]!, w.dec[leader]!, w.dec[v]!, w.tau[v]!, w.dt))
}

/** Who makes a change unsafe: -1 nobody, -2 somebody beyond the lane. `headway`: share of its time gap a follower keeps. */
function findBlocking(w: World, v: number, target: number, ahead: number, headway: number): number {
  const { p, dt } = w
  const x = w.pos[v]!
  const speed = w.spd[v]!
  const brake = brakeDistance(speed, w.dec[v]!, dt)
  if (ahead > 0) {
    const leader = w.at(target, ahead - 1)
    const gap = w.pos[leader]! - w.len[leader]! - x - w.gap0[v]!
    if (gap < Math.max(0, brake + 0.3 * headway * speed - brakeDistance(w.spd[leader]!, w.dec[leader]!, dt))) return leader
  } else {
    const rest = p.length[target]! - x
    const u = w.lastOut[target]!
    if (u >= 0 && w.strip[u]! >= 0) {
      const gap = rest + w.odo[u]! - w.lastOutLine[target]! - w.len[u]! - w.gap0[v]!
      if (gap < Math.max(0, brake - brakeDistance(w.spd[u]!, w.dec[u]!, dt)) && gap > -p.length[target]!) return u
    }
  }
  if (ahead < w.count[target]!) {
    const follower = w.at(target, ahead)
    const gap = x - w.len[v]! - w.pos[follower]! - w.gap0[follower]!
    const need = brakeDistance(w.spd[follower]!, w.dec[follower]!, dt) + headway * w.tau[follower]! * w.spd[follower]! - brake
    if (gap < Math.max(0, need)) return follower
  } else if (!behindIsFree(w, target, ahead, x - w.len[v]!, speed)) return -2
  return -1
}

/** Urgent and blocked: the follower there lets v in, v falls back behind the leader there. */
function askForGap(w: World, v: number, target: number, ahead: number, blocker: number): void {
  if (w.spd[v]! < HALTING && blocker >= 0) w.waitsFor[v] = blocker
  const back = w.pos[v]! - w.len[v]!
  // Whoever is beside v or too near passes; the first one that can leave a gap is asked.
  for (let i = ahead; i < Math.min(ahead + 3, w.count[target]!); i++) {
    const f = w.at(target, i)
    const gap = back - w.pos[f]! - w.gap0[f]!
    if (gap < 0) continue
    const polite = Math.max(0, w.spd[f]! - COURTESY_DECELERATION * w.dt)
    w.advice[f] = Math.min(w.advice[f]!, Math.max(followSpeed(w, f, gap - SPARE_M, v, w.desired(f, target)), polite))
    break
  }
  if (ahead > 0 && blocker === w.at(target, ahead - 1)) {
    const gap = w.pos[blocker]! - w.len[blocker]! - w.pos[v]! - w.gap0[v]!
    const wish = gap > 0 ? followSpeed(w, v, gap, blocker, w.desired(v, target)) : 0
    w.advice[v] = Math.min(w.advice[v]!, Math.max(wish, w.spd[v]! - COURTESY_DECELERATION * w.dt))
  }
}

function forSpeed(w: World, v: number, lane: number, first: number, end: number, table: number): boolean {
  const here = expectedSpeed(w, v, lane, placeOf(w, lane, v))
  const v0 = w.desired(v, lane)
  const seconds = 2 * w.dt
  if (here >= v0) {
    w.wish[v] = w.wish[v]! * 0.5 ** seconds
    return false
  }
  // The side with the larger gain; left is positive.
  let [bestGain, bestTarget, bestAhead] = [0, -1, 0]
  for (const target of [lane - 1, lane + 1]) {
    if (target < first || target >= end || !isGoodLane(w, v, target, table + target - first)) continue
    const ahead = placeIn(w, target, w.pos[v]!)
    const there = expectedSpeed(w, v, target, ahead)
    const gain = (there - here) / Math.max(there, 10)
    if (gain > bestGain) [bestGain, bestTarget, bestAhead] = [gain, target, ahead]
  }
  if (bestTarget < 0) {
    w.wish[v] = w.wish[v]! * 0.8 ** seconds
    return false
  }
  const side = bestTarget > lane ? 1 : -1
  w.wish[v] = w.wish[v]! * side < 0 ? 0 : w.wish[v]! + side * seconds * bestGain
  const room = w.book.reach[table + bestTarget - first]! - w.pos[v]!
  if (Math.abs(w.wish[v]!) <= GAIN_THRESHOLD || room / Math.max(0.1, w.spd[v]!) < WORTHWHILE_S) return false
  if (findBlocking(w, v, bestTarget, bestAhead, 1) !== -1) return false
  move(w, v, bestTarget)
  return true
}

/** A lane from which the route can still be followed without an urgent change back. */
function isGoodLane(w: World, v: number, target: number, cell: number): boolean {
  const reach = w.book.reach[cell]!
  const x = w.pos[v]!
  if (reach < 0 || x < mouth(w, v, target)) return false
  const offset: number = w.book.offset[cell]!
  if (offset === 0) return true
  // Where the lane leads only elsewhere, there must be time to come back at the speed that it is taken for, not at that of the queue.
  const leadsOn = w.book.next[cell]! >= 0 || w.book.legLast[w.leg[v]!] === 1
  return (reach - x) / (Math.abs(offset) + 2) >= urgency(w, v, offset, leadsOn ? w.steady[v]! : w.desired(v, target))
}

function move(w: World, v: number, target: number): void {
  w.enter(target, v)
  w.changedAt[v] = w.step
  w.wish[v] = 0
  w.keptOut[v] = 0
  w.sneaker[v] = 0
  w.yieldingSince[v] = 0
  w.stoppedAtLine[v] = 0
}
