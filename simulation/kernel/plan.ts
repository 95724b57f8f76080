// The speed of every vehicle for the coming step, from the state before it. Nothing moves here; what is written are
// the chosen speeds, reservations, and who waits for whom.
import { announce, clearApproaches } from './approach.ts'
import { boundByLeader, boundBySpeedAhead, boundByStop, freeSpeed, lastMomentStop } from './driver.ts'
import { mouth } from './lane-change.ts'
import { CREEPING, HALTING, RED_LINE_M, START_SHARE, STOOD_S, YELLOW_DECELERATION, YIELD_LINE_M } from './parameters.ts'
import { PURPOSE, uniform } from './random.ts'
import { boundByOthers, findReservation, withdraw } from './reservations.ts'
import { takesCriticalGap } from './gaps.ts'
import { decide, mayLeaveWaitingPlace, PASS, PASS_TO_WAITING, SLOW, UNDECIDED, yieldsInside } from './right-of-way.ts'
import { backOfLastOut, findTail, isOnJunction } from './tails.ts'
import { RED } from './signals.ts'
import { NOBODY, RED_LIGHT, type World } from './world.ts'

/** Only of those nearer to their line than this may somebody wait until they have left, m. */
const LEAVES_SOON_M = 25

/** Slower than a millimetre a second is standing. */
const STANDING = 0.001

/** Who may follow over the line: everybody, nobody (NOBODY), or, behind a turn that waits inside, those of its connection. */
const EVERYBODY = -2

/** Beyond this a standing obstacle does not move an IDM driver (desired gap over distance below a fifth), and nobody who yields minds me. */
const lookAhead = (w: World, v: number): number => {
  const speed = w.spd[v]!
  return 40 + 5 * speed + (speed * speed) / YELLOW_DECELERATION
}

/**
 * Plans everybody. First pass: those who do not have to yield choose their speed, and all who mean to pass a line announce
 * when. Second pass: those who have to yield decide, knowing all announcements.
 */
export function planSpeeds(w: World): void {
  w.deciding = false
  const previous = w.hadToWait
  w.hadToWait = w.hasToWait
  w.hasToWait = previous
  w.undecidedCount = 0
  w.dropEmpty()
  for (let k = 0; k < w.busyCount; k++) planStrip(w, w.busy[k]!)
  w.deciding = true
  for (let k = 0; k < w.undecidedCount; k++) {
    const [s, i] = [w.undecidedStrip[k]!, w.undecidedPlace[k]!]
    planVehicle(w, s, i, w.at(s, i), i > 0 ? w.at(s, i - 1) : -1, EVERYBODY)
  }
  // What was announced holds no longer once somebody has moved.
  clearApproaches(w)
}

function planStrip(w: World, s: number): void {
  const { ring } = w
  const standing = w.sumo ? HALTING : CREEPING
  const isLane = s < w.p.lanes
  const n = w.count[s]!
  const start = w.ringStart[s]!
  const mask = w.ringMask[s]!
  const head = w.head[s]!
  let leader = -1
  let aheadPasses: number = EVERYBODY
  let halting = -1
  let behind = 0
  for (let i = 0; i < n; i++) {
    const v = ring[start + ((head + i) & mask)]!
    w.undecided = false
    const stays = leader < 0 ? isLane && staysAtRed(w, s, v) : aheadPasses === NOBODY && staysBehind(w, s, v, leader)
    aheadPasses = stays ? NOBODY : planVehicle(w, s, i, v, leader, aheadPasses)
    if (w.undecided) {
      w.undecidedStrip[w.undecidedCount] = s
      w.undecidedPlace[w.undecidedCount++] = i
    }
    if (isLane) {
      if (w.spd[v]! < standing) {
        halting = v
        behind = 0
      } else behind += w.len[v]! + w.gap0[v]!
    }
    leader = v
  }
  if (isLane) {
    w.haltVehicle[s] = halting
    w.haltBehind[s] = behind
    if (halting >= 0) w.haltBack[s] = w.pos[halting]! - w.len[halting]!
  }
}

/** In the standing part of a queue nothing has changed since v found that it has to stand. */
function staysBehind(w: World, s: number, v: number, leader: number): boolean {
  if (w.spd[v] !== 0 || w.spd[leader] !== 0 || w.next[leader] !== 0 || w.waitsFor[v] !== leader || w.heldByLeader[v] === 0 || w.advice[v] !== Infinity) return false
  w.next[v] = 0
  w.hasToWait[v] = 0
  if (s < w.p.lanes && w.p.length[s]! - w.pos[v]! < lookAhead(w, v)) giveUpPlace(w, v, s)
  return true
}

/** Nothing has changed for the first at a red light since it found, standing, that it has to stand. */
function staysAtRed(w: World, s: number, v: number): boolean {
  const c = w.restsAt[v]!
  if (c < 0 || w.spd[v] !== 0 || w.signals.shows[c] !== RED || w.p.connTurnOnRed[c] === 1 || w.held[v] !== 0) return false
  const leg = w.leg[v]!
  if (w.nextConnection(s, leg) !== c || w.stopLeg[v] === leg || findTail(w, s, c) >= 0) return false
  w.next[v] = 0
  w.hasToWait[v] = 1
  w.goes[v] = 2
  w.waitsFor[v] = RED_LIGHT
  w.heldByLeader[v] = 0
  w.hurry[v] = 0
  w.advice[v] = Infinity
  return true
}

/** Speed of the i-th vehicle of a strip; who may pass the line behind it. */
function planVehicle(w: World, s: number, i: number, v: number, leader: number, aheadPasses: number): number {
  // Behind somebody IDM is never faster than with nothing ahead.
  w.bound = leader >= 0 && !w.krauss ? Infinity : freeSpeed(w, v)
  w.binder = NOBODY
  w.boundToLeader = false
  w.hasToWait[v] = 0
  w.restsAt[v] = -1
  w.behind = Infinity
  if (leader >= 0) {
    boundByLeader(w, v, w.pos[leader]! - w.len[leader]! - w.pos[v]! - w.gap0[v]!, leader)
    w.behind = w.followed
  }
  const rest = w.p.length[s]! - w.pos[v]!
  let passes: number = NOBODY
  if (s >= w.p.lanes) planInside(w, v, s, rest, leader >= 0)
  else if (rest < lookAhead(w, v) && (aheadPasses === EVERYBODY || (aheadPasses >= 0 && aheadPasses === w.nextConnection(s, w.leg[v]!)))) {
    passes = walk(w, v, s, w.leg[v]!, rest, i, i > 0)
    if (i === 0 && w.spd[v] === 0 && w.binder === RED_LIGHT && w.bound <= STANDING) w.restsAt[v] = w.nextConnection(s, w.leg[v]!)
  } else {
    if (w.stopLeg[v]! >= 0) boundByHalt(w, v, w.leg[v]!, rest - w.p.length[s]!)
    finish(w, v)
    if (w.next[v]! < HALTING && leader >= 0) giveUpPlace(w, v, s)
    return passes
  }
  finish(w, v)
  // Slow behind somebody: as SUMO sees it, it will probably not get over the next line either.
  const chosen = w.next[v]!
  if (w.sumo && s < w.p.lanes && chosen < w.dec[v]! && chosen < w.spd[v]! + w.acc[v]! * w.dt - 0.01 && w.boundToLeader && w.book.legLast[w.leg[v]!] === 0) w.hasToWait[v] = 1
  return passes
}

/** Who had decided to pass and now stands behind somebody who does not, keeps nobody waiting for it. */
function giveUpPlace(w: World, v: number, lane: number): void {
  const c = w.nextConnection(lane, w.leg[v]!)
  const mine = c >= 0 && w.reserved[c]!.length > 0 ? findReservation(w, c, v) : -1
  if (mine < 0) return
  withdraw(w, mine)
  w.goes[v] = 0
}

/** Whose tail is still in the way at the end of a lane, `rest` ahead, though its front is on another way. */
function boundByTail(w: World, v: number, lane: number, leg: number, rest: number): void {
  if (w.lastOut[lane]! < 0) return
  const u = findTail(w, lane, w.nextConnection(lane, leg))
  if (u < 0 || u === v) return
  boundByLeader(w, v, rest + backOfLastOut(w, lane) - w.gap0[v]!, u)
  if (backOfLastOut(w, lane) < 0) w.behind = Math.min(w.behind, w.followed)
}

function planInside(w: World, v: number, strip: number, rest: number, hasLeader: boolean): void {
  const { p } = w
  const c = strip - p.lanes
  const x = w.pos[v]!
  const u = w.sibling[v]!
  if (u >= 0) {
    const back = w.odo[u]! - w.siblingLine[v]! - w.len[u]!
    if (isOnJunction(w, u) && back < p.connDiverge[c]!) boundByLeader(w, v, back - x - w.gap0[v]!, u)
    else w.sibling[v] = -1
  }
  if (p.zoneStart[c + 1]! > p.zoneStart[c]!) {
    const mine = findReservation(w, c, v)
    boundByOthers(w, v, c, -x, mine)
    if (mine >= 0 && w.resRank2[mine] === Infinity && !mayLeaveWaitingPlace(w, v, c, -x, mine, yieldsInside(w, c))) {
      boundByWaitingPlace(w, v, c, p.connWaiting[c]! - x)
    }
  }
  const to = p.connTo[c]!
  boundBySpeedAhead(w, v, rest, w.desired(v, to))
  let found = hasLeader
  if (!found) {
    const last = w.last(to)
    if (last >= 0) {
      boundByLeader(w, v, rest + w.pos[last]! - w.len[last]! - w.gap0[v]!, last)
      found = true
    }
  }
  const beyond = rest + p.length[to]!
  w.behind = Infinity
  if (!found && beyond < lookAhead(w, v)) walk(w, v, to, w.leg[v]! + 1, beyond, 0, false)
  else if (w.stopLeg[v] === w.leg[v]! + 1) boundByHalt(w, v, w.leg[v]! + 1, rest)
}

/** From the end of a lane, `rest` ahead, through junctions to the first leader or the end of sight; who may pass the first line behind it (see EVERYBODY). */
function walk(w: World, v: number, firstLane: number, firstLeg: number, firstRest: number, place: number, hasLeader: boolean): number {
  const { p } = w
  let lane = firstLane
  let leg = firstLeg
  let rest = firstRest
  let found = hasLeader
  let passes: number = EVERYBODY
  let announces = !w.deciding
  for (let first = true; ; first = false) {
    if (w.stopLeg[v] === leg) boundByHalt(w, v, leg, rest - p.length[lane]!)
    if (!found) boundByTail(w, v, lane, leg, rest)
    if (first && announces) w.saidAt[v] = w.step + 1
    if (w.book.legLast[leg] === 1) return passes
    const c = w.nextConnection(lane, leg)
    if (c < 0) {
      boundByLaneEnd(w, v, lane, leg, rest)
      return first ? NOBODY : passes
    }
    const answer = passLine(w, v, c, leg, rest, place, announces)
    if (answer !== PASS) announces = false
    if (first) w.hasToWait[v] = answer === PASS || answer === PASS_TO_WAITING ? 0 : 1
    if (first) w.goes[v] = answer === PASS ? 1 : answer === RED_LIGHT ? 2 : 0
    if (first) passes = answer === PASS ? EVERYBODY : answer === PASS_TO_WAITING ? c : NOBODY
    if (answer !== PASS && answer !== PASS_TO_WAITING) return passes
    const strip = p.lanes + c
    boundBySpeedAhead(w, v, rest, w.desired(v, strip))
    if (found) return passes
    rest = boundOnConnection(w, v, strip, rest)
    if (rest < 0) return passes
    const to = p.connTo[c]!
    boundBySpeedAhead(w, v, rest, w.desired(v, to))
    const last = w.last(to)
    if (last >= 0) {
      boundByLeader(w, v, rest + w.pos[last]! - w.len[last]! - w.gap0[v]!, last)
      found = true
    }
    leg++
    if (found || rest > lookAhead(w, v)) {
      if (w.stopLeg[v] === leg) boundByHalt(w, v, leg, rest)
      return passes
    }
    rest += p.length[to]!
    lane = to
    w.behind = Infinity
  }
}

/** Leader on a connection ahead; gives the distance to its end, or -1 where a leader was found. */
function boundOnConnection(w: World, v: number, strip: number, rest: number): number {
  const last = w.last(strip)
  if (last < 0) return rest + w.p.length[strip]!
  boundByLeader(w, v, rest + w.pos[last]! - w.len[last]! - w.gap0[v]!, last)
  return -1
}

/** Comes up to the waiting place ready to stop; where it can see that it has to, it stops softly. */
function boundByWaitingPlace(w: World, v: number, c: number, distance: number): void {
  if (distance <= w.p.connVisibility[c]! || w.sumo) boundByStop(w, v, Math.max(0, distance), w.binder)
  else w.bound = Math.min(w.bound, lastMomentStop(w, v, distance))
}

/** The line to connection c: stops before it or, if it may pass, minds those inside. */
function passLine(w: World, v: number, c: number, leg: number, rest: number, place: number, announces: boolean): number {
  const answer = decide(w, v, c, leg, rest, place)
  if (announces && w.p.connWatched[c] === 1 && isMeantToPass(answer)) announce(w, v, c, rest, answer !== PASS, rest < LEAVES_SOON_M)
  if (answer === PASS || answer === PASS_TO_WAITING) {
    if (w.p.zoneStart[c + 1]! > w.p.zoneStart[c]!) boundByOthers(w, v, c, rest, findReservation(w, c, v))
    if (answer === PASS_TO_WAITING) boundByWaitingPlace(w, v, c, rest + w.p.connWaiting[c]!)
    return answer
  }
  const line = answer === RED_LIGHT ? RED_LINE_M : YIELD_LINE_M
  if (answer === UNDECIDED) return answer
  if (answer === SLOW && takesCriticalGap(w, c, false)) {
    // It expects to go: as fast as lets it still stop, not with the care of a certain stop.
    const speed = lastMomentStop(w, v, rest - line)
    if (speed < w.bound) w.bound = speed
    return answer
  }
  boundByStop(w, v, rest > line ? rest - line : Math.max(0, rest - YIELD_LINE_M), answer === SLOW ? NOBODY : answer)
  return answer
}

const isMeantToPass = (answer: number): boolean => answer === PASS || answer === PASS_TO_WAITING || answer === SLOW || answer === UNDECIDED

/** A planned halt on leg `leg`; `before` is the distance to the start of its link (negative when on it). */
function boundByHalt(w: World, v: number, leg: number, before: number): void {
  if (w.stopLeg[v] !== leg) return
  const halt = w.nextStop(v)
  if (halt < 0) return
  const distance = before + w.trips.stop_position_m[halt]!
  if (distance > -1) boundByStop(w, v, Math.max(0, distance), NOBODY)
}

/** The lane does not lead where v wants to go: it stops, early enough to leave somebody from the next lane his way in. */
function boundByLaneEnd(w: World, v: number, lane: number, leg: number, rest: number): void {
  const link = w.p.laneLink[lane]!
  const offset = w.book.offset[w.book.legTable[leg]! + lane - w.p.linkLane[link]!]!
  // Those who go left stand further back than those who go right, so that two who want each other's lane never stand side by side.
  const back = offset > 0 ? w.len[v]! + w.gap0[v]! + 1 : 0
  const length = w.p.length[lane]!
  const place = length < 4 * back ? length - RED_LINE_M : Math.max(length - RED_LINE_M - back, Math.min(length - RED_LINE_M, mouthAside(w, v, lane, offset)))
  boundByStop(w, v, Math.max(0, rest - length + place), NOBODY)
}

/** From where v can enter the lane beside, and a little further; 0 where it need not go aside. */
function mouthAside(w: World, v: number, lane: number, offset: number): number {
  return offset === 0 ? 0 : mouth(w, v, lane + Math.sign(offset)) + 0.5
}

/** Whoever stands behind another does not creep after it: it starts when there is room to accelerate. One whose rear blocks a junction, or who is in a ring, moves up at once. */
const hesitates = (w: World, v: number, chosen: number): boolean =>
  w.haltedFor[v]! >= STOOD_S && w.heldByLeader[v] === 1 && chosen < START_SHARE * w.acc[v]! * w.dt && w.pos[v]! >= w.len[v]! && w.p.stripRing[w.strip[v]!]! < 0

function finish(w: World, v: number): void {
  const speed = w.spd[v]!
  let chosen = w.bound
  if (w.dwellUntil[v]! > w.now) chosen = 0
  if (w.krauss) {
    const a = w.acc[v]!
    const top = Math.max(0, Math.min(chosen, speed + a * w.dt, w.top[v]!))
    const least = Math.min(top, Math.max(0, speed - w.dec[v]! * w.dt))
    chosen = Math.max(least, top - w.sigma[v]! * w.dt * uniform(w.seed, v, w.step, PURPOSE.dawdle) * Math.min(a, top))
    if (w.hurry[v] === 1) chosen = (chosen + top) / 2
  }
  w.hurry[v] = 0
  if (!w.sumo && hesitates(w, v, chosen)) chosen = 0
  const advice = w.advice[v]!
  if (advice < chosen) chosen = Math.max(advice, Math.min(chosen, speed - w.dec[v]! * w.dt))
  w.advice[v] = Infinity
  w.next[v] = chosen > STANDING ? chosen : 0
  w.waitsFor[v] = w.binder
  w.heldByLeader[v] = w.boundToLeader ? 1 : 0
}
