// Who comes up to a connection that others yield to. Rewritten every step from the state before the step; a vehicle that
// will not pass its line (red, no room, blocked by one that does not go) is not listed, nor is anybody behind it.
import { findReservation } from './reservations.ts'
import { YELLOW_DECELERATION } from './parameters.ts'
import { RED, YELLOW, YELLOW_PERMISSIVE } from './signals.ts'
import type { World } from './world.ts'

/** Look-ahead of those who yield: seconds at present speed and a constant for those who accelerate, m. */
const HORIZON_S = 8
const HORIZON_M = 40

export function listComing(w: World): void {
  const { p } = w
  for (const c of w.comingTouched) w.comingHead[c] = -1
  w.comingTouched.length = 0
  w.comingCount = 0
  for (let lane = 0; lane < p.lanes; lane++) {
    const count = w.count[lane]!
    if (count === 0 || p.laneWatch[lane] === Infinity) continue
    for (let i = 0; i < count; i++) {
      const v = w.at(lane, i)
      const horizon = HORIZON_M + HORIZON_S * w.spd[v]!
      const rest = p.length[lane]! - w.pos[v]!
      if (rest + p.laneWatch[lane]! > horizon) break
      if (!follow(w, v, lane, w.leg[v]!, rest, horizon)) break
    }
  }
  for (let c = 0; c < p.connections; c++) {
    const strip = p.lanes + c
    if (w.count[strip] === 0) continue
    const to = p.connTo[c]!
    const v = w.at(strip, 0)
    const rest = p.length[strip]! - w.pos[v]! + p.length[to]!
    const horizon = HORIZON_M + HORIZON_S * w.spd[v]!
    if (rest + p.laneWatch[to]! > horizon || w.count[to]! > 0) continue
    follow(w, v, to, w.leg[v]! + 1, rest, horizon)
  }
}

/** Lists v on the connections ahead within the horizon; false if it does not pass the first line. */
function follow(w: World, v: number, firstLane: number, firstLeg: number, firstRest: number, horizon: number): boolean {
  const { p } = w
  let lane = firstLane
  let leg = firstLeg
  let rest = firstRest
  for (let junction = 0; junction < 4; junction++) {
    if (w.book.legLast[leg] === 1) return true
    const c = w.nextConnection(lane, leg)
    if (c < 0 || !means(w, v, c, rest)) return junction > 0
    if (p.connWatched[c] === 1) list(w, v, c, rest)
    const to = p.connTo[c]!
    rest += p.length[p.lanes + c]! + p.length[to]!
    if (rest + p.laneWatch[to]! > horizon || w.count[to]! > 0) return true
    lane = to
    leg++
  }
  return true
}

function means(w: World, v: number, c: number, rest: number): boolean {
  const shows = w.signals.shows[c]!
  if (shows === RED) return findReservation(w, c, v) >= 0
  if (shows === YELLOW || shows === YELLOW_PERMISSIVE) {
    const speed = w.spd[v]!
    if (rest >= (speed * speed) / (2 * YELLOW_DECELERATION)) return findReservation(w, c, v) >= 0
  }
  return w.keptOut[v] === 0
}

function list(w: World, v: number, c: number, rest: number): void {
  const k = w.comingCount++
  if (k >= w.comingVehicle.length) {
    const [next, vehicle, distance] = [w.comingNext, w.comingVehicle, w.comingDistance]
    w.comingNext = new Int32Array(2 * k)
    w.comingVehicle = new Int32Array(2 * k)
    w.comingDistance = new Float64Array(2 * k)
    w.comingNext.set(next)
    w.comingVehicle.set(vehicle)
    w.comingDistance.set(distance)
  }
  if (w.comingHead[c] === -1) w.comingTouched.push(c)
  w.comingVehicle[k] = v
  w.comingDistance[k] = rest
  w.comingNext[k] = w.comingHead[c]!
  w.comingHead[c] = k
}
