// Means and shares of many movements at once, with intervals: each from its own vehicles, drawn to its kind where those are few.
import type { Estimate } from '../../model/traffic-state.ts'
import { drawTogether, type Drawn } from './ensemble.ts'
import { FREEDOM_WORTH, meanInterval, shareInterval, SKEWNESS_WORTH, skewedLimits, SPREAD_WORTH, t90, UNKNOWN, type Measured, type Sums } from './intervals.ts'

/** Indices of movements of one kind. */
export type Group = readonly number[]

/** Kinds with fewer movements that have a figure are looked at alone. */
const LEAST_OF_KIND = 6

/**
 * `sums`: per movement, of its vehicles. `like`: what the mean is like up to a factor common to the kind; NaN where
 * unknown. `shares`: of the vehicles that were seen. `stays`: error that is left however many were seen.
 */
export function estimateMeans(sums: readonly Sums[], like: readonly number[], shares: readonly number[], groups: readonly Group[], stays: number): Estimate[] {
  const estimates = sums.map((sum, i) => meanInterval({ ...sum, extra: (sum.extra ?? 0) + stays ** 2 }, shares[i]!))
  for (const group of groups) {
    const members = group.filter((i) => sums[i]!.n > 0 && like[i]! > 0)
    if (members.length < LEAST_OF_KIND) continue
    const spread = kindSpread(members.map((i) => sums[i]!))
    const believed = members.map((i) => believe(sums[i]!, like[i]!, spread, members.reduce((sum, k) => sum + sums[k]!.mean, 0) / members.reduce((sum, k) => sum + like[k]!, 0)))
    const drawn = drawTogether(members.map((i, k) => ({ mean: sums[i]!.mean, variance: ((1 - shares[i]!) * believed[k]!.variance) / sums[i]!.n + (sums[i]!.extra ?? 0), origin: 0, scale: like[i]! })))
    members.forEach((i, k) => {
      estimates[i] = limits({ ...drawn[k]!, variance: drawn[k]!.variance + stays ** 2 }, believed[k]!)
    })
  }
  return estimates
}

/** Coefficient of variation, squared, and skewness that the kind shares. */
function kindSpread(all: readonly Sums[]): { relative: number; skewness: number } {
  let [variance, square, skewness, n] = [0, 0, 0, 0]
  for (const sums of all) {
    if (sums.n < 3) continue
    variance += (sums.n - 1) * sums.variance
    square += (sums.n - 1) * sums.mean * sums.mean
    skewness += sums.n * sums.skewness
    n += sums.n
  }
  return { relative: square > 0 ? variance / square : 1, skewness: n > 0 ? skewness / n : 0 }
}

/** Spread and skewness of a movement's vehicles: its own, and as much of the kind's as a few vehicles are worth. */
function believe(sums: Sums, like: number, { relative, skewness }: { relative: number; skewness: number }, ratio: number): Sums {
  const { n, mean } = sums
  const middle = Math.max(0, (n * mean + SPREAD_WORTH * ratio * like) / (n + SPREAD_WORTH))
  const freedom = n - 1 + SPREAD_WORTH
  return {
    n, mean, variance: ((n - 1) * sums.variance + SPREAD_WORTH * relative * middle * middle) / freedom,
    skewness: (n * sums.skewness + SKEWNESS_WORTH * skewness) / (n + SKEWNESS_WORTH),
  }
}

function limits({ value, variance }: Drawn, { n, skewness }: Sums): Estimate {
  const [low, high] = skewedLimits(value, Math.sqrt(variance), t90(n - 1 + FREEDOM_WORTH), skewness, n + SPREAD_WORTH)
  return { value, low, high }
}

/** `expected`: the share of arrivals at random, to which those of a kind are alike; NaN where unknown. */
export interface ShareCount {
  yes: number
  n: number
  expected: number
}

/** `assisted`: shares known better than from the counts, with their variance; those are not drawn any further. `stays`: their error left however many were seen. */
export function estimateShares(counts: readonly ShareCount[], shares: readonly number[], groups: readonly Group[], assisted: readonly (Measured | undefined)[], stays: number): Estimate[] {
  const estimates = counts.map(({ yes, n }, i): Estimate => {
    const known = assisted[i]
    if (known === undefined) return shareInterval(yes, n, shares[i]!)
    const p = Math.min(1, Math.max(0, known.value))
    // As many vehicles as would leave this variance.
    const middle = (yes + SPREAD_WORTH * p) / (n + SPREAD_WORTH)
    const worth = Math.max(middle * (1 - middle), 1e-4) / (known.variance + stays ** 2)
    return shareInterval(p * worth, worth, 0)
  })
  for (const group of groups) {
    const members = group.filter((i) => assisted[i] === undefined && counts[i]!.n > 0 && counts[i]!.expected > 0 && counts[i]!.expected < 1)
    if (members.length < LEAST_OF_KIND) continue
    const middle = members.map((i) => (counts[i]!.yes + SPREAD_WORTH * counts[i]!.expected) / (counts[i]!.n + SPREAD_WORTH))
    const drawn = drawTogether(members.map((i, k) => {
      const { yes, n, expected } = counts[i]!
      return { mean: yes / n, variance: ((1 - shares[i]!) * middle[k]! * (1 - middle[k]!)) / n, origin: expected, scale: Math.sqrt(expected * (1 - expected)) }
    }))
    members.forEach((i, k) => {
      const value = Math.min(1, Math.max(0, drawn[k]!.value))
      // As many vehicles as would leave this variance.
      const worth = (middle[k]! * (1 - middle[k]!)) / drawn[k]!.variance
      estimates[i] = shareInterval(value * worth, worth, 0)
    })
  }
  return estimates.map((estimate) => (estimate.value === null ? { ...UNKNOWN } : estimate))
}
