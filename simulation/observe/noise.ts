// Errors of sensors: counter-based, so that a stream does not depend on which others are observed, nor the traffic on any.
import { hash } from '../kernel/random.ts'

/** Purposes beyond those of drivers (kernel/random.ts) and pedestrians (signals/pedestrians.ts), so that no driver's draw is used twice. */
export const DRAW = { probe: 201, phase: 202, east: 203, north: 205, speed: 207, missed: 209, ghost: 210, ghostPlace: 211, ghostLane: 212, ghostSpeed: 213 } as const

/** Uniform in (0, 1). */
export const draw = (seed: number, object: number, count: number, purpose: number): number => (hash(seed, object, count, purpose) + 0.5) / 4294967296

/** Standard normal (Box and Muller 1958); uses `purpose` and the one after it. */
export const normalDraw = (seed: number, object: number, count: number, purpose: number): number =>
  Math.sqrt(-2 * Math.log(draw(seed, object, count, purpose))) * Math.cos(2 * Math.PI * draw(seed, object, count, purpose + 1))
