// Executes the chosen speeds: everybody moves, then those past the end of their strip go over to the next, however many
// short strips that takes.
import { HALTING, MOVING_AGAIN, STOPPED } from './parameters.ts'
import type { Meter } from './meter.ts'
import { findReservation, keepPromise, reserve } from './reservations.ts'
import { yieldsInside } from './right-of-way.ts'
import { GONE, type World } from './world.ts'
import { lastLink } from '../trip-table.ts'

export function moveAll(w: World, meter: Meter): void {
  for (let k = 0; k < w.busyCount; k++) {
    const s = w.busy[k]!
    advance(w, meter, s, w.count[s]!)
  }
  // Strips that are entered join the list and get their turn.
  for (let k = 0; k < w.busyCount; k++) {
    const s = w.busy[k]!
    const length = w.p.length[s]!
    while (w.count[s]! > 0 && w.pos[w.at(s, 0)]! >= length) transfer(w, meter, s)
  }
  driveOn(w, meter)
}

/** Lanes shorter than a step: who came onto one from a connection and is past its end already goes on in the same step. */
function driveOn(w: World, meter: Meter): void {
  const { overrun, p } = w
  for (let k = 0; k < overrun.length; k++) {
    const lane = overrun[k]!
    while (w.count[lane]! > 0 && w.pos[w.at(lane, 0)]! >= p.length[lane]!) {
      const c = w.nextConnection(lane, w.leg[w.at(lane, 0)]!)
      transfer(w, meter, lane)
      if (c < 0) continue
      const strip = p.lanes + c
      while (w.count[strip]! > 0 && w.pos[w.at(strip, 0)]! >= p.length[strip]!) transfer(w, meter, strip)
    }
  }
  if (overrun.length > 0) overrun.length = 0
}

function advance(w: World, meter: Meter, s: number, n: number): void {
  const { dt, now, pos, spd, next, odo, top, loss, stood, dwellUntil, haltedFor, wasMoving, exitAt, stopLeg, leg } = w
  const { closeAt } = meter
  const ring = w.ring
  const [start, mask, head] = [w.ringStart[s]!, w.ringMask[s]!, w.head[s]!]
  const isLane = s < w.p.lanes
  let leaves = false
  for (let i = 0; i < n; i++) {
    const v = ring[start + ((head + i) & mask)]!
    const speed = next[v]!
    spd[v] = speed
    const dx = speed * dt
    const x = pos[v]! + dx
    pos[v] = x
    const travelled = odo[v]! + dx
    odo[v] = travelled
    if (dwellUntil[v]! <= now) loss[v] = loss[v]! + dt * (1 - speed / top[v]!)
    if (speed < STOPPED) {
      if (wasMoving[v] === 1) {
        wasMoving[v] = 0
        w.stops[v]!++
      }
      if (speed < HALTING) {
        haltedFor[v] = haltedFor[v]! + dt
        if (dwellUntil[v]! <= now) stood[v] = stood[v]! + dt
      } else haltedFor[v] = 0
    } else {
      haltedFor[v] = 0
      if (speed > MOVING_AGAIN) wasMoving[v] = 1
    }
    if (travelled >= closeAt[v]!) meter.close(v)
    if (x >= exitAt[v]!) leaves = true
    if (isLane && stopLeg[v] === leg[v]) halt(w, v)
  }
  w.updates += n
  if (leaves) {
    for (let i = w.count[s]! - 1; i >= 0; i--) {
      const v = w.at(s, i)
      if (w.pos[v]! < w.exitAt[v]!) continue
      w.leaveAt(s, i)
      depart(w, meter, v, 0)
    }
  }
}

/** Planned halts: begins when the vehicle stands at the place, ends after its time. */
function halt(w: World, v: number): void {
  const { trips } = w
  const stop = w.nextStop(v)
  if (stop < 0) return
  if (w.dwellUntil[v]! > w.now) return
  const begun = w.dwellUntil[v]! > -Infinity
  if (begun) {
    w.dwellUntil[v] = -Infinity
    w.stopIndex[v]!++
    const next = w.nextStop(v)
    w.stopLeg[v] = next < 0 ? -1 : w.book.firstLeg[v]! + trips.stop_leg[next]!
    return
  }
  // Where the place cannot be reached (a queue stands on it, or the lane was not), it is served from close by.
  const near = Math.abs(w.pos[v]! - trips.stop_position_m[stop]!)
  if (w.spd[v]! < HALTING && (near < 2 || (near < 30 && w.haltedFor[v]! > 30))) w.dwellUntil[v] = w.now + trips.stop_duration_s[stop]!
}

function transfer(w: World, meter: Meter, s: number): void {
  const { p } = w
  const v = w.at(s, 0)
  const over = w.pos[v]! - p.length[s]!
  w.leaveFront(s)
  const time = w.now + w.dt - (w.spd[v]! > 0.01 ? over / w.spd[v]! : 0)
  if (w.isLane(s)) {
    const leg = w.leg[v]!
    if (w.book.legLast[leg] === 1) {
      depart(w, meter, v, over)
      return
    }
    const c = w.nextConnection(s, leg)
    w.sibling[v] = w.lastOut[s]! >= 0 && w.lastOutConnection[s] !== c ? w.lastOut[s]! : -1
    w.siblingLine[v] = w.lastOutLine[s]!
    w.lastOut[s] = v
    w.lastOutConnection[s] = c
    w.lastOutLine[s] = w.odo[v]! - over
    w.stoppedAtLine[v] = 0
    w.sneaker[v] = 0
    w.goes[v] = 0
    w.yieldingSince[v] = 0
    w.keptOut[v] = 0
    meter.passLine(v, c, time)
    w.pos[v] = over
    w.enter(p.lanes + c, v)
    // Long steps: over the line before the decision was due.
    if (p.zoneStart[c + 1]! > p.zoneStart[c]! && findReservation(w, c, v) < 0) reserve(w, c, v, -over, p.connWaiting[c]! > 0 && yieldsInside(w, c))
    return
  }
  const c = s - p.lanes
  const to = p.connTo[c]!
  if (p.zoneStart[c + 1]! > p.zoneStart[c]!) {
    const mine = findReservation(w, c, v)
    if (mine >= 0) keepPromise(w, mine)
  }
  const leg = ++w.leg[v]!
  w.yieldingSince[v] = 0
  w.sibling[v] = -1
  w.pos[v] = over
  w.enter(to, v)
  if (over >= p.length[to]!) w.overrun.push(to)
  if (w.book.legLast[leg] === 1) w.exitAt[v] = exitPosition(w, v, to)
  meter.enterLink(v, leg, time)
  if (w.pos[v]! >= w.exitAt[v]!) {
    const i = findIn(w, to, v)
    w.leaveAt(to, i)
    depart(w, meter, v, 0)
  }
}

function findIn(w: World, strip: number, v: number): number {
  for (let i = w.count[strip]! - 1; i >= 0; i--) if (w.at(strip, i) === v) return i
  return -1
}

function depart(w: World, meter: Meter, v: number, over: number): void {
  const time = w.now + w.dt - (w.spd[v]! > 0.01 ? over / w.spd[v]! : 0)
  meter.leave(v, time)
  w.state[v] = GONE
  w.strip[v] = -1
  w.completed++
  w.driving--
}


/** Where a trip ends on its last link; one that had to give up its destination drives to the end of another. */
function exitPosition(w: World, v: number, lane: number): number {
  const { trips } = w
  const exit = trips.arrive_position_m[v]!
  return !Number.isNaN(exit) && lastLink(trips, v) === w.p.laneLink[lane] ? exit : Infinity
}
