// Is one plan better than another? Both ran with the same seeds, so the differences per seed are judged (paired t).
import type { Evaluation, PairedDifference } from '../../model/evaluation.ts'
import { mean, meanCi } from './statistics.ts'

type Measure = Exclude<keyof Evaluation['per_seed'][number], 'seed'>

/** In the order in which they are read; more is better for shares only. */
const MEASURES: { measure: Measure; more_is_better?: true }[] = [
  { measure: 'corridor_stops' }, { measure: 'corridor_control_delay_s' }, { measure: 'corridor_delay_s' }, { measure: 'corridor_travel_time_s' },
  { measure: 'share_at_most_one_stop', more_is_better: true }, { measure: 'side_street_delay_s' },
  { measure: 'arrivals_on_green', more_is_better: true }, { measure: 'split_failure_share' },
  { measure: 'stops' }, { measure: 'control_delay_s' }, { measure: 'delay_s' }, { measure: 'travel_time_s' }, { measure: 'insertion_delay_s' },
  { measure: 'fuel_g' }, { measure: 'co2_g' },
]

/**
 * After minus before for every measure that both have, over the seeds that both have. `better` or `worse` only where the
 * 95 % interval excludes 0. A plan that gridlocks in more runs than the other is better in nothing: what the runs that went
 * through say about it is no measure of it.
 */
export function compare(before: Evaluation, after: Evaluation): PairedDifference[] {
  const failed = after.gridlocked_runs > before.gridlocked_runs
  return MEASURES.flatMap(({ measure, more_is_better }) => {
    const pairs = before.per_seed.flatMap((b) => {
      const [x, y] = [b[measure], after.per_seed.find(({ seed }) => seed === b.seed)?.[measure]]
      return x !== undefined && y !== undefined && Number.isFinite(x) && Number.isFinite(y) ? [{ x, y }] : []
    })
    if (pairs.length === 0) return []
    const [x, y] = [mean(pairs.map((pair) => pair.x)), mean(pairs.map((pair) => pair.y))]
    const difference = meanCi(pairs.map((pair) => pair.y - pair.x))
    const found = verdict(difference, more_is_better === true)
    return [{ measure, before: x, after: y, difference, percent: x === 0 ? 0 : (100 * difference.mean) / x, verdict: failed && found === 'better' ? 'undecided' as const : found }]
  })
}

function verdict({ mean: difference, ci95 }: PairedDifference['difference'], moreIsBetter: boolean): PairedDifference['verdict'] {
  if (ci95 === null || Math.abs(difference) <= ci95) return 'undecided'
  return difference > 0 === moreIsBetter ? 'better' : 'worse'
}
