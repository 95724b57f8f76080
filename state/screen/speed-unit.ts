// Are the speeds of a feed in the unit that was declared? The way that speeds say is compared with the way that places say: with the
// wrong unit the median of their ratio is the factor between the two.
import type { Fix } from '../../model/feed.ts'
import type { Metres, Seconds } from '../../model/units.ts'

/** What a ratio near the factor means; each 12 % wide to both sides, which keeps them apart. */
const FACTORS: readonly (readonly [factor: number, meaning: string])[] = [
  [3.6, 'km/h taken for m/s'], [1 / 3.6, 'm/s taken for km/h'], [2.237, 'mph taken for m/s'], [1 / 2.237, 'm/s taken for mph'],
]
const WIDTH = 0.12
/** Comparisons at which the verdict is taken, and at the end of a small feed. */
const CHECKS = [400, 2000]
const FEWEST = 20
/** Within these a straight line is nearly the way driven, and noise is small against it. */
const LONGEST_S: Seconds = 30
const SHORTEST_M: Metres = 30

/** One vehicle's way by its speeds against its way by its places, stretch by stretch. */
export class Pace {
  #start: Fix | undefined
  #driven_m = 0

  begin(): void {
    this.#start = undefined
  }

  /** Adds the way between two fixes in a row; the ratio of a stretch that is long enough by now. */
  ratio(last: Fix, fix: Fix): number | undefined {
    if (last.speed_mps === undefined || fix.speed_mps === undefined || fix.time_s - (this.#start ?? last).time_s > LONGEST_S) {
      this.#start = undefined
      return undefined
    }
    if (this.#start === undefined) {
      this.#start = last
      this.#driven_m = 0
    }
    this.#driven_m += ((last.speed_mps + fix.speed_mps) / 2) * (fix.time_s - last.time_s)
    const [dx, dy] = [fix.x_m - this.#start.x_m, fix.y_m - this.#start.y_m]
    const distance = Math.sqrt(dx * dx + dy * dy)
    if (distance < SHORTEST_M) return undefined
    this.#start = fix
    const ratio = this.#driven_m / distance
    this.#driven_m = 0
    return ratio
  }
}

export class SpeedUnitCheck {
  /** One vehicle with a broken sensor must not decide for all. */
  static readonly MOST_PER_TRIP = 20
  readonly #ratios: number[] = []

  /** True once nothing more is looked at. */
  get isOver(): boolean {
    return this.#ratios.length >= CHECKS.at(-1)!
  }

  /** Says what is wrong, when it is time to look. */
  add(ratio: number): string | undefined {
    this.#ratios.push(ratio)
    return CHECKS.includes(this.#ratios.length) ? this.#verdict() : undefined
  }

  atEnd(): string | undefined {
    return this.#ratios.length >= FEWEST && !this.isOver ? this.#verdict() : undefined
  }

  #verdict(): string | undefined {
    const sorted = [...this.#ratios].sort((a, b) => a - b)
    const median = sorted[sorted.length >> 1]!
    const found = FACTORS.find(([factor]) => Math.abs(Math.log(median / factor)) < WIDTH)
    return found && `the speeds are ${median.toFixed(2)} times what the places say (median of ${sorted.length} stretches), as of ${found[1]}; declare the unit of speeds`
  }
}
