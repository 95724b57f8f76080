// What every controller is to the simulation: it is told what its detectors saw, advances by tenths of a second and says
// what its groups show. Times inside are whole tenths ("ticks") of master time, so that nothing drifts.
import type { GroupId } from '../../model/signal.ts'

export const TICKS_PER_S = 10

/** Seconds to the nearest tenth. */
export const ticks = (seconds: number): number => Math.round(seconds * TICKS_PER_S)

export const SHOWS_RED = 0
export const SHOWS_YELLOW = 1
export const SHOWS_GREEN = 2

/** What the detectors of one signal saw since the last step, by phase (see `Controller.phases`). */
export interface Actuations {
  /** 1 while a detector that calls the phase is on, its delay over. */
  readonly calling: Uint8Array
  /** Tick at which a detector that extends the phase was on last; may be a fraction. */
  readonly lastOn: Float64Array
  /** Vehicles that reached a calling detector since the last step. */
  readonly arrivals: Int32Array
  /** 1 where a pedestrian pushed the button. */
  readonly pedestrians: Uint8Array
}

export function createActuations(phases: number): Actuations {
  return { calling: new Uint8Array(phases), lastOn: new Float64Array(phases).fill(-Infinity), arrivals: new Int32Array(phases), pedestrians: new Uint8Array(phases) }
}

/** How a controller kept to its cycle. */
export interface CycleCount {
  /** Yield points passed. */
  cycles: number
  /** Cycles that began out of step with the offset. */
  out_of_step: number
}

export interface Controller {
  /** All groups of the signal, in its order. */
  readonly groups: readonly GroupId[]
  /** What detectors call and extend: index in `Actuations`. */
  readonly phases: readonly GroupId[]
  /** Per group: SHOWS_RED, SHOWS_YELLOW or SHOWS_GREEN as of the last tick. */
  readonly shows: Uint8Array
  /** Per group: the tick at which its yellow ends, while it shows one. */
  readonly yellowEnd: Int32Array
  readonly count: CycleCount
  /** Begins at a tick as if it had run in step forever; free control begins in green. */
  startInStep(tick: number): void
  /** Begins in coordinated green (free: in its first greens), and gets in step from there. */
  startGreen(tick: number): void
  /** Whether another controller may take over from this tick on, by no more than yellow and red clearance. */
  canHandOver(tick: number): boolean
  /** Takes in what was seen since the last step; calls of detectors and buttons. */
  sense(seen: Actuations): void
  /** Advances to a tick; called for every tick in order. */
  advance(tick: number): void
}
