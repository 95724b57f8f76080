// Errors of estimates against the truth over movements: median, 90th percentile, and how often intervals held the truth.
import type { Estimate } from '../../model/traffic-state.ts'

export interface Scored {
  error: number
  naive: number
  /** Undefined where there is no interval. */
  covered: boolean | undefined
  signed: number
  /** Of the truth of those who were seen. */
  sampled: number
}

/** `relative`: as a share of the truth, else as a difference. */
export function scoreOf({ value, low, high }: Estimate, truth: number, naive: number | undefined, relative: boolean, sampled = Number.NaN): Scored | undefined {
  if (value === null || !(truth > 0 || !relative)) return undefined
  const scale = relative ? truth : 1
  return {
    signed: (value - truth) / scale, error: Math.abs(value - truth) / scale, naive: naive === undefined ? Number.NaN : Math.abs(naive - truth) / scale, sampled: Math.abs(sampled - truth) / scale,
    covered: low === null || high === null ? undefined : low <= truth && truth <= high,
  }
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
}

/** Median, P90, bias (median of signed), medians of naive and sampled, coverage, number; as percent. */
export function summary(scores: readonly Scored[]): string[] {
  const percent = (value: number): string => (Number.isNaN(value) ? '–' : (100 * value).toFixed(1))
  const held = scores.filter(({ covered }) => covered !== undefined)
  return [
    percent(quantile(scores.map(({ error }) => error), 0.5)), percent(quantile(scores.map(({ error }) => error), 0.9)), percent(quantile(scores.map(({ signed }) => signed), 0.5)),
    percent(quantile(scores.map(({ naive }) => naive), 0.5)), percent(quantile(scores.map(({ sampled }) => sampled), 0.5)), held.length === 0 ? '–' : percent(held.filter(({ covered }) => covered).length / held.length), String(scores.length),
  ]
}
