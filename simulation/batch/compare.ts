// Is one plan better than another? Both ran with the same seeds, so the differences per seed are judged (paired t).
import type { Evaluation, MovementDifference, MovementMeasures, PairedDifference } from '../../model/evaluation.ts'
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

/**
 * Movements that both evaluations know, those that lose most vehicle-hours first, those that gain most last. Delays are those of all vehicles
 * of all runs, as everywhere; the half width is that of the differences run by run. Where runs were kept without their delays, or one pair is
 * all there is, it is null and nothing is decided.
 */
export function compareMovements(before: Evaluation, after: Evaluation): MovementDifference[] {
  const failed = after.gridlocked_runs > before.gridlocked_runs
  const earlier = new Map(before.movements.map((one) => [one.movement, one]))
  return after.movements.flatMap((now): MovementDifference[] => {
    const was = earlier.get(now.movement)
    if (was === undefined || (was.volume_vph === 0 && now.volume_vph === 0)) return []
    const delay_s = pairedDelay(before, after, was, now)
    const found = verdict(delay_s.difference, false)
    const { movement, from, to, name, signal, on_corridor } = now
    const volume_vph = (was.volume_vph + now.volume_vph) / 2
    return [{
      movement, from, to, ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }), on_corridor, volume_vph, delay_s,
      stops: { before: was.stops, after: now.stops }, queue_p95_m: { before: was.queue_p95_m, after: now.queue_p95_m }, level_of_service: { before: was.level_of_service, after: now.level_of_service },
      total_veh_h: (delay_s.difference.mean * volume_vph) / 3600, verdict: failed && found === 'better' ? 'undecided' : found,
    }]
  }).sort((a, b) => ranked(b) - ranked(a) || (a.movement < b.movement ? -1 : 1))
}

/** Where nobody gets through after, nobody loses more. */
const ranked = ({ total_veh_h, delay_s }: MovementDifference): number => (Number.isFinite(total_veh_h) ? total_veh_h : Number.isFinite(delay_s.after) ? -Infinity : Infinity)

function pairedDelay(before: Evaluation, after: Evaluation, was: MovementMeasures, now: MovementMeasures): MovementDifference['delay_s'] {
  const pairs = before.seeds.flatMap((seed, i) => {
    const [x, y] = [was.delay_by_seed_s?.[i], now.delay_by_seed_s?.[after.seeds.indexOf(seed)]]
    return typeof x === 'number' && typeof y === 'number' ? [{ x, y }] : []
  })
  // A store keeps what is no number as null.
  const [x, y] = [was, now].map(({ delay_s }): number => (delay_s as number | null) ?? Number.NaN) as [number, number]
  return { before: x, after: y, difference: { mean: y - x, ci95: meanCi(pairs.map((pair) => pair.y - pair.x)).ci95 } }
}

function verdict({ mean: difference, ci95 }: PairedDifference['difference'], moreIsBetter: boolean): PairedDifference['verdict'] {
  if (ci95 === null || Math.abs(difference) <= ci95) return 'undecided'
  return difference > 0 === moreIsBetter ? 'better' : 'worse'
}
