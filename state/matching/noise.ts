// How noisy a source is, learned from what was matched surely: sigma of the position error (median absolute offset from the
// carriageway) and beta of the detours (difference of way and straight line, by the interval between fixes), after Newson and
// Krumm 2009. Robust, bounded, and slow to move, so that an hour of bad fixes does not undo a day of good ones. Beta is the mean
// of the differences, which is the likeliest scale of an exponential, not their median over ln 2: most traffic goes straight on,
// the median sees nothing else, and a beta learned from it forbids turning (measured: 0.3 to 1 point fewer fixes right).
import type { Metres, Seconds } from '../../model/units.ts'

/** Scale of a normal distribution over its median absolute deviation. */
const MAD_SCALE = 1.4826
/** Before anything was learned: receivers in cars about 4 m, phones between houses 6 to 12 m. */
const START_SIGMA_M = 7
const SIGMA_RANGE_M = [2, 25] as const
/** Interval classes, and beta to begin with. */
const CLASSES: readonly { until_s: Seconds; beta_m: Metres }[] = [
  { until_s: 3, beta_m: 8 }, { until_s: 10, beta_m: 15 }, { until_s: 30, beta_m: 30 }, { until_s: Infinity, beta_m: 60 },
]
/** Learned beta only widens, and by no more than this factor. */
const BETA_FACTOR = 3
/** Samples between two looks, and after which older ones count half. */
const LOOK_EVERY = 500
const HALVE_AT = 50_000
const BIN_M = 0.25
const BINS = 400

export class SourceNoise {
  sigma_m: Metres = START_SIGMA_M
  readonly beta_m: Metres[] = CLASSES.map(({ beta_m }) => beta_m)
  readonly #offsets = new Histogram()
  readonly #detours = CLASSES.map(() => new Histogram())
  #width2 = 0

  classOf(dt_s: Seconds): number {
    return dt_s <= 3 ? 0 : dt_s <= 10 ? 1 : dt_s <= 30 ? 2 : 3
  }

  /** Of a sure fix: metres off the middle of a carriageway of this width. */
  learnOffset(offset_m: Metres, width_m: Metres): void {
    this.#width2 += (width_m * width_m - this.#width2) / Math.min(this.#offsets.seen + 1, HALVE_AT)
    if (!this.#offsets.add(Math.abs(offset_m))) return
    // Vehicles spread evenly over the width: their variance is width^2 / 12.
    const variance = (MAD_SCALE * this.#offsets.median()) ** 2 - this.#width2 / 12
    this.sigma_m = Math.min(SIGMA_RANGE_M[1], Math.max(SIGMA_RANGE_M[0], Math.sqrt(Math.max(0, variance))))
  }

  /** Between two sure fixes: by how much the way differs from the straight line. */
  learnDetour(dt_s: Seconds, difference_m: Metres): void {
    const c = this.classOf(dt_s)
    const histogram = this.#detours[c]!
    if (!histogram.add(Math.abs(difference_m))) return
    const start = CLASSES[c]!.beta_m
    this.beta_m[c] = Math.min(start * BETA_FACTOR, Math.max(start, histogram.mean()))
  }
}

/** Counts in bins of a quarter of a metre; older samples fade. */
class Histogram {
  seen = 0
  readonly #bins = new Float64Array(BINS)
  #weight = 0

  /** True when it is time to look again. */
  add(value: number): boolean {
    this.#bins[Math.min(BINS - 1, Math.floor(value / BIN_M))]!++
    this.#weight++
    this.seen++
    if (this.#weight >= HALVE_AT) {
      for (let b = 0; b < BINS; b++) this.#bins[b]! /= 2
      this.#weight /= 2
    }
    return this.seen % LOOK_EVERY === 0
  }

  mean(): number {
    let sum = 0
    for (let b = 0; b < BINS; b++) sum += this.#bins[b]! * (b + 0.5) * BIN_M
    return sum / this.#weight
  }

  median(): number {
    let below = 0
    for (let b = 0; b < BINS; b++) {
      const here = this.#bins[b]!
      if (below + here >= this.#weight / 2) return (b + (here > 0 ? (this.#weight / 2 - below) / here : 0)) * BIN_M
      below += here
    }
    return BINS * BIN_M
  }
}
