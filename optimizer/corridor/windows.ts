// Usable windows of a signal in one direction, in its local clock: the displayed green, neither cut by start-up loss nor
// lengthened by yellow, the same at every signal. Several stop lines under one signal are met one after another, so
// their greens are intersected, shifted by the time between them.
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import { common, greensOf, piecesOf, windowsOf } from '../capacity/index.ts'
import type { Window } from '../bands/index.ts'
import { greenGroups, type Street, type Way } from './street.ts'

export function directionWindows(street: Street, way: Way, signal: number, compiled: CompiledSignal, speed_share: number): GreenWindow[] {
  const cycle = compiled.cycle_s
  let after = 0
  let open: GreenWindow[] | undefined
  for (const stop of way.stops) {
    if (stop.signal !== signal) continue
    if (open !== undefined) after += stop.distance_m / (stop.speed_limit_mps * speed_share)
    const groups = greenGroups(street.graph, stop.movement.id)
    // A crossing that no group governs is always open.
    const green = groups.length === 0 ? [[0, cycle] as GreenWindow] : greensOf(compiled, groups)
    const seen = piecesOf(green.map(([start, end]): GreenWindow => [start - after, end - after]), cycle)
    open = open === undefined ? seen : common(open, seen)
  }
  return windowsOf(piecesOf(open ?? [], cycle), cycle)
}

/** At most half a green may be kept for the queue: beyond that no platoon could be carried and the queue is the problem. */
const MOST_CLEARANCE = 0.5

export function clearedWindows(windows: readonly GreenWindow[], clearance_s: number): Window[] {
  return windows.map(([start, end]) => ({ start_s: start, length_s: end - start, clearance_s: Math.min(clearance_s, MOST_CLEARANCE * (end - start)) }))
}
