// Intervals that hold the truth with 90 %. The truth is the mean over all vehicles that passed, of which probes are a sample:
// the variance of a mean is (1 - p) s^2 / n, whatever the vehicles' dependence on each other (Cochran 1977, sections 2.6, 3.2).
import type { Estimate } from '../../model/traffic-state.ts'

/** A figure with the square of its standard error. */
export interface Measured {
  value: number
  variance: number
}

export const UNKNOWN: Readonly<Estimate> = { value: null, low: null, high: null }

/** Normal quantile of the upper 5 %. */
export const Z90 = 1.6449

/** Quantile of Student's t for the upper 5 %; expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5), exact for 1 and 2. */
export function t90(freedom: number): number {
  if (freedom <= 1) return 6.3138
  if (freedom <= 2) return 2.92
  const [z, v] = [Z90, freedom]
  return z + (z ** 3 + z) / (4 * v) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v * v) + (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3)
}

export interface Sums {
  n: number
  mean: number
  /** Squared standard deviation, of the sample. */
  variance: number
  skewness: number
  /** Square of what the mean is off besides, by what it was corrected with. */
  extra?: number
}

export function sumsOf(values: readonly number[]): Sums {
  const n = values.length
  const mean = values.reduce((sum, x) => sum + x, 0) / n
  let [second, third] = [0, 0]
  for (const x of values) {
    second += (x - mean) ** 2
    third += (x - mean) ** 3
  }
  return { n, mean, variance: n > 1 ? second / (n - 1) : 0, skewness: second > 0 ? (third / n) / (second / n) ** 1.5 : 0 }
}

/**
 * Limits of a mean of a skewed quantity, from its standard error and the quantile of t. Hall's (1992) monotone cubic
 * transformation takes the skewness of what was averaged out of the t statistic.
 */
export function skewedLimits(mean: number, error: number, quantile: number, skewness: number, n: number): [low: number, high: number] {
  const root = Math.sqrt(n)
  const at = (q: number): number => (Math.abs(skewness) < 1e-6 ? q : ((3 * root) / skewness) * (Math.cbrt(1 + skewness * (q / root - skewness / (6 * n))) - 1))
  return [mean - error * at(quantile), mean - error * at(-quantile)]
}

/** How many values what a kind says of spread and skewness is worth where a sample is small, and how sure the spread is then. */
export const SPREAD_WORTH = 20
export const FREEDOM_WORTH = 4
export const SKEWNESS_WORTH = 12

/** Mean over all vehicles of which these were seen; `share`: of the vehicles that were seen. At small n its skewness says little. */
export function meanInterval({ n, mean, variance, skewness, extra = 0 }: Sums, share: number): Estimate {
  if (n === 0) return { ...UNKNOWN }
  if (n < 3) return { value: mean, low: null, high: null }
  const [low, high] = skewedLimits(mean, Math.sqrt(((1 - share) * variance) / n + extra), t90(n - 1), (skewness * n) / (n + SKEWNESS_WORTH), n)
  return { value: mean, low, high }
}

/**
 * Share of all vehicles that passed, of which `n` were seen and `yes` of them counted: the interval of Agresti and Coull (1998)
 * with the variance of a finite population. Counts may be fractions, as a belief's are.
 */
export function shareInterval(yes: number, n: number, share: number): Estimate {
  if (!(n > 0)) return { ...UNKNOWN }
  const p = yes / n
  // Sampled without replacement, n vehicles say as much of the rest as n / (1 - share) would of infinitely many.
  const m = n / Math.max(1 - share, 1e-3)
  const all = m + Z90 * Z90
  const middle = (p * m + (Z90 * Z90) / 2) / all
  const half = Z90 * Math.sqrt((middle * (1 - middle)) / all)
  return { value: p, low: Math.max(0, Math.min(p, middle - half)), high: Math.min(1, Math.max(p, middle + half)) }
}
