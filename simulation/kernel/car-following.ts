// Longitudinal models. Gaps are net: bumper to bumper less the standstill distance s0. m, s.
// IDM: Treiber, Hennecke, Helbing 2000, in sub-steps of 0.25 s. Krauss: Krauss 1998 in its Euler form with whole brake
// steps. Both as SUMO 1.15 computes them.
import type { VehicleType } from '../../model/demand.ts'

/** Distance covered from v until standstill in whole brake steps that start now. */
export function brakeDistance(v: number, b: number, dt: number): number {
  const step = b * dt
  const n = Math.floor(v / step)
  return dt * (n * v - (step * n * (n + 1)) / 2)
}

/** The largest speed from which a vehicle can still stop within `gap`, first driving `tau` on. */
export function stopWithin(gap: number, b: number, tau: number, dt: number): number {
  const h = gap - 0.001
  if (h <= 0) return 0
  const step = b * dt
  const root = Math.sqrt(dt * dt + 4 * (dt * ((2 * h) / step - tau) + tau * tau))
  const n = Math.floor(0.5 - (tau - 0.5 * root) / dt)
  const covered = 0.5 * n * (n - 1) * step * dt + n * step * tau
  return Math.max(0, n * step + (h - covered) / (n * dt + tau))
}

/** Highest speed that can never reach a leader, even if it brakes with b and so do I. */
export function neverReach(gap: number, vLeader: number, b: number, dt: number): number {
  const room = gap + Math.max(0, (vLeader * vLeader) / (2 * b) - (vLeader * dt) / 2)
  if (room <= 0) return 0
  return b * (Math.sqrt((dt * dt) / 4 + (2 * room) / b) - dt / 2)
}

/** What IDM knows of a type of vehicle, and the sub-steps of the run: one object, because each number handed to a function that is not inlined is put on the heap. */
export interface IdmDriver {
  readonly a: number
  /** 2 sqrt(a b). */
  readonly twoRootAb: number
  readonly tau: number
  readonly s0: number
  readonly passes: number
  /** Length of a sub-step, s. */
  readonly h: number
}

export function idmDriver(type: VehicleType, dt: number): IdmDriver {
  const passes = Math.max(1, Math.round(dt / 0.25))
  return { a: type.accel_mps2, twoRootAb: 2 * Math.sqrt(type.accel_mps2 * type.decel_mps2), tau: type.headway_s, s0: type.min_gap_m, passes, h: dt / passes }
}

/** IDM speed after a step behind a leader. */
export function idmFollow(v: number, gap: number, vLeader: number, v0: number, { a, twoRootAb, tau, s0, passes, h }: IdmDriver): number {
  let speed = v
  let g = gap + s0
  for (let i = 0; i < passes; i++) {
    const wish = speed * tau + (speed * (speed - vLeader)) / twoRootAb
    const s = (s0 + (wish > 0 ? wish : 0)) / (g > 0.001 ? g : 0.001)
    const r = speed / v0
    const r2 = r * r
    speed += a * (1 - r2 * r2 - s * s) * h
    if (speed < 0) speed = 0
    const closing = (speed - vLeader) * h
    if (closing > 0) g -= closing
  }
  return speed
}

/** IDM speed after a step with nothing ahead. */
export function idmFree(v: number, v0: number, { a, passes, h }: IdmDriver): number {
  let speed = v
  for (let i = 0; i < passes; i++) {
    const r = speed / v0
    const r2 = r * r
    speed += a * (1 - r2 * r2) * h
  }
  return speed > 0 ? speed : 0
}

/** IDM approach to a fixed point; comes to rest on it. */
export function idmStop(v: number, gap: number, v0: number, { a, twoRootAb, tau, passes, h }: IdmDriver): number {
  if (gap < 0.01) return 0
  let speed = v
  let g = gap
  for (let i = 0; i < passes; i++) {
    const s = (speed * tau + (speed * speed) / twoRootAb) / (g > 0.001 ? g : 0.001)
    const r = speed / v0
    const r2 = r * r
    speed += a * (1 - r2 * r2 - s * s) * h
    if (speed < 0) speed = 0
    g -= speed * h
  }
  return speed
}

/** Krauss: largest safe speed behind a leader, before acceleration limits and dawdling. */
export function kraussFollow(gap: number, vLeader: number, bLeader: number, b: number, tau: number, dt: number): number {
  return stopWithin(gap + brakeDistance(vLeader, Math.max(b, bLeader), dt), b, Math.max(tau, dt), dt)
}

/** Highest speed now, if at distance d the speed must be u and braking is at most b. */
export function slowFor(d: number, u: number, b: number, dt: number): number {
  if (d <= u * dt) return u
  const half = (b * dt) / 2
  return Math.sqrt(half * half + u * u + 2 * b * d) - half
}

/** Krauss: highest speed now, if the speed u must hold from distance d on, braking in whole steps (SUMO's freeSpeed). */
export function brakeTo(d: number, u: number, b: number, dt: number): number {
  const z = u * dt
  if (d < z) return u
  const beta = b * dt * dt
  const y = Math.max(0, ((Math.sqrt((beta + 2 * z) ** 2 + 8 * beta * d) - beta) / 2 - z) / beta)
  const m = Math.floor(y)
  const covered = ((m * m + m) * beta) / 2 + m * z + (y > m ? z : 0)
  return Math.max(0, d - covered) / ((m + 1) * dt) + m * b * dt + u
}
