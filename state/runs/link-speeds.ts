// Time and way of vehicles on links, and the harmonic mean speed that follows: total way over total time. Beside it the sums
// that its interval needs, and what free speed is learned from: passages at night.
import type { LocalTime } from '../../model/local-time.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import type { Instant, Metres, MetresPerSecond, Seconds } from '../../model/units.ts'

/** Local hours in which traffic is free, 22:00 to 06:00. */
const NIGHT_FROM_S = 22 * 3600
const NIGHT_UNTIL_S = 6 * 3600
/** Passages before a free speed is believed, and the percentile that it is. */
const LEAST_PASSAGES = 30
const FREE_SHARE = 0.85
/** Speeds are counted by half metres per second. */
const STEP_MPS = 0.5
const STEPS = 100
/** 90 %, two-sided. */
const Z = 1.645

/** n, way, time, way squared, time squared, way times time. */
const SUMS = 6

export class LinkSpeeds {
  readonly #local: LocalTime | undefined
  readonly #sums: Float64Array
  readonly #night = new Map<number, Uint32Array>()

  /** Without a zone no night is known and no free speed learned. */
  constructor(links: number, local?: LocalTime) {
    this.#local = local
    this.#sums = new Float64Array(links * SUMS)
  }

  /** One vehicle's passage of a link, or of a part of it. */
  add(link: number, way_m: Metres, time_s: Seconds, at_s: Instant): void {
    if (!(way_m > 0 && time_s > 0)) return
    const sums = this.#sums
    const k = link * SUMS
    sums[k]!++
    sums[k + 1]! += way_m
    sums[k + 2]! += time_s
    sums[k + 3]! += way_m * way_m
    sums[k + 4]! += time_s * time_s
    sums[k + 5]! += way_m * time_s
    if (this.#local === undefined) return
    const time = this.#local.timeOfDay(at_s)
    if (time >= NIGHT_UNTIL_S && time < NIGHT_FROM_S) return
    let counts = this.#night.get(link)
    if (counts === undefined) this.#night.set(link, counts = new Uint32Array(STEPS))
    counts[Math.min(STEPS - 1, Math.floor(way_m / time_s / STEP_MPS))]!++
  }

  passages(link: number): number {
    return this.#sums[link * SUMS] ?? 0
  }

  /** Harmonic mean speed; the interval is that of a ratio of sums over passages (Cochran 1977, section 6.3). */
  speed(link: number): Estimate {
    const [n, way, time, way2, time2, both] = this.#sums.subarray(link * SUMS, link * SUMS + SUMS) as unknown as [number, number, number, number, number, number]
    if (!(n > 0)) return { value: null, low: null, high: null }
    const pace = time / way
    if (n < 2) return { value: 1 / pace, low: null, high: null }
    const variance = ((n / (n - 1)) * Math.max(0, time2 - 2 * pace * both + pace * pace * way2)) / (way * way)
    const half = Z * (1 + 1.5 / n) * Math.sqrt(variance)
    return { value: 1 / pace, low: 1 / (pace + half), high: pace > half ? 1 / (pace - half) : null }
  }

  /** 85th percentile of passages at night, capped by the limit; undefined until there are enough. */
  learnedFreeSpeed(link: number, limit_mps: MetresPerSecond): MetresPerSecond | undefined {
    const counts = this.#night.get(link)
    const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0
    if (counts === undefined || total < LEAST_PASSAGES) return undefined
    let below = 0
    let k = 0
    while (below + counts[k]! < FREE_SHARE * total) below += counts[k++]!
    return Math.min(limit_mps, (k + (FREE_SHARE * total - below) / counts[k]!) * STEP_MPS)
  }
}
