// Queue of a movement from cycle to cycle, vehicles: what is seen corrects what was expected. Who sees only a part of it (radar up to
// its range, a probe that is not the last) says that it is at least so long: the normal distribution cut off below (Tobin 1958).
import type { Estimate } from '../../model/traffic-state.ts'

/** Standard deviation of a tail within range. */
export const RADAR_SIGMA = 1
const Z = 1.645
/** Further out the tail of the normal distribution is its own asymptote. */
const FAR = 6

export class QueueFilter {
  readonly #wander: number
  #mean: number
  #variance: number

  /** Expected queue, its standard deviation, and how far it wanders from one cycle to the next. */
  constructor(mean: number, sigma: number, wander: number) {
    this.#mean = mean
    this.#variance = sigma ** 2
    this.#wander = wander
  }

  /** A cycle later, in which the expected queue changes by so many vehicles. */
  step(change = 0): void {
    this.#mean += change
    this.#variance += this.#wander ** 2
  }

  /** The tail was seen. */
  see(vehicles: number, sigma = RADAR_SIGMA): void {
    const gain = this.#variance / (this.#variance + sigma ** 2)
    this.#mean += gain * (vehicles - this.#mean)
    this.#variance *= 1 - gain
  }

  /** At least so many: beyond the range of the radar, or up to the last probe. */
  atLeast(vehicles: number): void {
    const sigma = Math.sqrt(this.#variance)
    const a = (vehicles - this.#mean) / sigma
    const lambda = hazard(a)
    this.#mean += sigma * lambda
    this.#variance *= Math.max(1e-6, 1 - lambda * (lambda - a))
  }

  queue(): Estimate {
    const half = Z * Math.sqrt(this.#variance)
    return { value: Math.max(0, this.#mean), low: Math.max(0, this.#mean - half), high: Math.max(0, this.#mean + half) }
  }
}

/** Density over upper tail of the standard normal distribution. */
function hazard(a: number): number {
  if (a > FAR) return a + 1 / a
  return Math.exp((-a * a) / 2) / Math.sqrt(2 * Math.PI) / upperTail(a)
}

/** Abramowitz and Stegun 1964, 26.2.17; within 1e-7. */
function upperTail(a: number): number {
  if (a < 0) return 1 - upperTail(-a)
  const t = 1 / (1 + 0.2316419 * a)
  const series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-a * a) / 2) / Math.sqrt(2 * Math.PI)) * series
}
