// Means and shares of many movements at once, with intervals: each from its own vehicles, drawn to its kind where those are few.
import type { Estimate } from '../../model/traffic-state.ts'
import { drawTogether, type Drawn } from './ensemble.ts'
import { FREEDOM_WORTH, meanInterval, shareInterval, SKEWNESS_WORTH, skewedLimits, SPREAD_WORTH, sumsOf, t90, UNKNOWN, type Sums } from './intervals.ts'

/** Indices of movements of one kind. */
export type Group = readonly number[]

/** Kinds with fewer movements that have a figure are looked at alone. */
const LEAST_OF_KIND = 6

/**
 * `values`: per movement, one of each vehicle. `like`: what the mean is like up to a factor common to the kind; NaN where
 * unknown. `shares`: of the vehicles that were seen.
 */
export function estimateMeans(values: readonly (readonly number[])[], like: readonly number[], shares: readonly number[], groups: readonly Group[]): Estimate[] {
  const sums = values.map(sumsOf)
  const estimates = sums.map((sum, i) => meanInterval(sum, shares[i]!))
  for (const group of groups) {
    const members = group.filter((i) => sums[i]!.n > 0 && like[i]! > 0)
    if (members.length < LEAST_OF_KIND) continue
    const spread = kindSpread(members.map((i) => sums[i]!))
    const believed = members.map((i) => believe(sums[i]!, like[i]!, spread, members.reduce((sum, k) => sum + sums[k]!.mean, 0) / members.reduce((sum, k) => sum + like[k]!, 0)))
    const drawn = drawTogether(members.map((i, k) => ({ mean: sums[i]!.mean, variance: ((1 - shares[i]!) * believed[k]!.variance) / sums[i]!.n, origin: 0, scale: like[i]! })))
    members.forEach((i, k) => {
      estimates[i] = limits(drawn[k]!, believed[k]!)
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

export function estimateShares(counts: readonly ShareCount[], shares: readonly number[], groups: readonly Group[]): Estimate[] {
  const estimates = counts.map(({ yes, n }, i) => shareInterval(yes, n, shares[i]!))
  for (const group of groups) {
    const members = group.filter((i) => counts[i]!.n > 0 && counts[i]!.expected > 0 && counts[i]!.expected < 1)
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
