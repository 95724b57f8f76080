// Who comes up to a connection that others yield to, and when. Every driver that means to pass its line announces, while
// speeds are planned, when it will reach the line and leave the connection; drivers that have to yield decide afterwards,
// so that the order in which lanes are planned cannot matter. The times are those of SUMO 1.15 (MSVehicle's drive items).
import { brakeDistance, stopWithin } from './car-following.ts'
import { HALTING } from './parameters.ts'
import { PROTECTED, RED, YELLOW, YELLOW_PERMISSIVE } from './signals.ts'
import { hasTailOn } from './tails.ts'
import type { World } from './world.ts'

/** When a vehicle reaches the line of a connection and leaves the connection with its rear; s and m/s. */
export interface Arrival {
  arrive: number
  leave: number
  speed: number
  leaveSpeed: number
  /** Speed at the line if it brakes from now on. */
  braking: number
}

export const newArrival = (): Arrival => ({ arrive: 0, leave: 0, speed: 0, leaveSpeed: 0, braking: 0 })

export function clearApproaches(w: World): void {
  for (let i = 0; i < w.comingTouchedCount; i++) w.comingHead[w.comingTouched[i]!] = -1
  w.comingTouchedCount = 0
  w.comingCount = 0
}

/**
 * Fills `out` for a vehicle that may drive `pass` in this step and reaches, `seen` ahead, the line of connection c or its
 * waiting place, with `length` metres of the connection to drive. `slowing`: it has to yield and comes up so slowly that
 * it can still stop. It gets faster over the last `run` metres, those of the last lane, but not than `behind`, its speed
 * behind who is on that.
 */
export function arrivalAt(w: World, v: number, c: number, seen: number, pass: number, length: number, slowing: boolean, run: number, behind: number, out: Arrival): void {
  const a = w.acc[v]!
  const b = w.dec[v]!
  const top = w.top[v]!
  const visibility = w.p.connVisibility[c]!
  let speed = Math.min(Math.sqrt(pass * pass + 2 * a * run), top, behind)
  if (slowing && seen > visibility && brakeDistance(w.spd[v]!, b, w.dt) < seen) {
    const visible = stopWithin(visibility, b, 0, w.dt)
    speed = Math.min(speed, Math.sqrt(visible * visible + 2 * a * visibility))
  }
  out.speed = speed
  out.arrive = w.now + timeTo(seen, pass, speed, speed >= pass ? a : -b)
  out.leaveSpeed = Math.min(Math.sqrt(speed * speed + 2 * a * length), w.desired(v, w.p.lanes + c))
  out.leave = out.arrive + (length + w.len[v]!) / Math.max(0.5 * (speed + out.leaveSpeed), 0.1)
  out.braking = brakedSpeed(seen, pass, speed, b, w.tau[v]!, w.dt)
}

/** Seconds to cover a distance, changing from one speed to another first. */
function timeTo(seen: number, from: number, to: number, acc: number): number {
  const t1 = (to - from) / acc
  const d1 = (t1 * (to + from)) / 2
  if (seen >= d1) return t1 + (seen - d1) / Math.max(from, to, 0.1)
  return (-from + Math.sqrt(Math.max(0, from * from + 2 * acc * seen))) / acc
}

function brakedSpeed(seen: number, pass: number, speed: number, b: number, tau: number, dt: number): number {
  if (seen >= brakeDistance(pass, b, dt) + pass * tau) return 0
  if (seen < pass * tau) return speed
  const square = pass * pass - 2 * b * (seen - pass * tau)
  return Math.min(speed, square > 0 ? Math.sqrt(square) : b)
}

/** Over how many of the `seen` metres to the line of connection c a vehicle gets faster: by SUMO's rules, those on the last lane. */
export const runTo = (w: World, c: number, seen: number): number => (w.sumo ? Math.min(seen, w.p.length[w.p.connFrom[c]!]!) : seen)

/** How the times of an announcement are to be worked out, when somebody asks for them: a sum of these. */
const PENDING = 1
export const SLOWING = 2
/** It leaves the connection no sooner than those ahead and across let it. */
export const LEAVES_BEHIND = 4

/**
 * v will pass the line to connection c, `seen` ahead, unless it has to yield (`slowing`); it may drive `world.bound` in
 * this step. Gives the number of the announcement.
 */
export function announce(w: World, v: number, c: number, seen: number, slowing: boolean, leavesBehind: boolean): number {
  const k = w.comingCount++
  if (k >= w.comingVehicle.length) w.growApproaches()
  if (w.comingHead[c] === -1) w.comingTouched[w.comingTouchedCount++] = c
  w.comingVehicle[k] = v
  w.comingDistance[k] = seen
  w.comingPass[k] = w.bound
  w.comingBehind[k] = w.sumo ? w.behind : Infinity
  w.comingPending[k] = PENDING + (slowing ? SLOWING : 0) + (leavesBehind ? LEAVES_BEHIND : 0)
  w.comingNext[k] = w.comingHead[c]!
  w.comingHead[c] = k
  return k
}

export function setArrival(w: World, k: number, arrival: Arrival): void {
  w.comingPending[k] = 0
  w.comingArrive[k] = arrival.arrive
  w.comingLeave[k] = arrival.leave
  w.comingSpeed[k] = arrival.speed
  w.comingLeaveSpeed[k] = arrival.leaveSpeed
  w.comingBraking[k] = arrival.braking
}

/**
 * Announces those on the lane before connection c who have not looked as far as its line, or stand behind somebody who
 * does not pass it: SUMO's vehicles say when they reach their next junction from any distance. Asked for once a step.
 */
export function announceFar(w: World, c: number): void {
  const { p } = w
  if (w.farAsked[c] === w.step + 1) return
  w.farAsked[c] = w.step + 1
  const shows = w.signals.shows[c]!
  if (shows === RED || shows === YELLOW || shows === YELLOW_PERMISSIVE) return
  const slowing = shows !== PROTECTED && p.connYields[c] === 1
  const lane = p.connFrom[c]!
  const tail = hasTailOn(w, lane)
  for (let i = w.count[lane]! - 1; i >= 0; i--) {
    const v = w.at(lane, i)
    const leg = w.leg[v]!
    if (w.saidAt[v] === w.step + 1 || w.next[v]! < HALTING || w.stopLeg[v] === leg || w.book.legLast[leg] === 1 || w.nextConnection(lane, leg) !== c) continue
    const k = announce(w, v, c, p.length[lane]! - w.pos[v]!, slowing, false)
    w.comingPass[k] = w.next[v]!
    w.comingBehind[k] = i > 0 || tail ? w.next[v]! : Infinity
  }
}
