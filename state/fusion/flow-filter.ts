// Flow of a movement in steps of five minutes: a profile over the day times a factor of this day, which wanders (AR(1) of its
// logarithm) and which counts correct (Kalman 1960, on the logarithm of the flow).
import type { Estimate } from '../../model/traffic-state.ts'
import type { Seconds } from '../../model/units.ts'
import { countVariance } from '../radar/index.ts'

export interface FlowFilterOptions {
  /** Correlation of the day's factor from step to step. */
  rho: number
  /** Standard deviation of its logarithm between days. */
  day_sigma: number
}

export const FLOW_DEFAULTS: FlowFilterOptions = { rho: 0.9, day_sigma: 0.25 }
const Z = 1.645

export class FlowFilter {
  readonly #options: FlowFilterOptions
  /** Of the logarithm of the factor. */
  #mean = 0
  #variance: number

  constructor(options: Partial<FlowFilterOptions> = {}) {
    this.#options = { ...FLOW_DEFAULTS, ...options }
    this.#variance = this.#options.day_sigma ** 2
  }

  /** A step later. */
  step(): void {
    const { rho, day_sigma } = this.#options
    this.#mean *= rho
    this.#variance = rho ** 2 * this.#variance + (1 - rho ** 2) * day_sigma ** 2
  }

  /** Radar counted in `observed_s` of a step whose profile is `profile_vph`. */
  countRadar(count: number, profile_vph: number, observed_s: Seconds): void {
    this.#count(count, (profile_vph * observed_s) / 3600, countVariance(count))
  }

  /** Probes seen, of which `penetration` of all vehicles are some. */
  countProbes(probes: number, profile_vph: number, penetration: number, observed_s: Seconds): void {
    this.#count(probes, (profile_vph * penetration * observed_s) / 3600, probes)
  }

  /** Flow now. */
  flow(profile_vph: number): Estimate {
    const half = Z * Math.sqrt(this.#variance)
    const at = (log: number): number => profile_vph * Math.exp(log)
    return { value: at(this.#mean), low: at(this.#mean - half), high: at(this.#mean + half) }
  }

  /** Where little is expected the logarithm of a count says little: the Poisson likelihood is met by its slope and curvature (one step of Newton's method). */
  #count(count: number, expected: number, variance: number): void {
    if (!(expected > 0)) return
    const over = count > 0 ? Math.max(1, variance / count) : 1
    let x = this.#mean
    for (let i = 0; i < 5; i++) {
      const level = expected * Math.exp(x)
      x += ((this.#mean - x) / this.#variance + (count - level) / over) / (1 / this.#variance + level / over)
    }
    this.#variance = 1 / (1 / this.#variance + (expected * Math.exp(x)) / over)
    this.#mean = x
  }
}
