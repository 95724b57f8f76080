// What the simulation must have shown: a gain that is none by chance, and nobody who pays too much for it.
import type { MovementMeasures, PairedDifference } from '../../model/evaluation.ts'
import type { Grade } from '../../model/traffic-state.ts'
import { errorAtLook, type SequentialRule, studentT } from '../../simulation/batch/index.ts'
import type { PlanEvaluation } from '../ports/plans.ts'
import type { NightInput } from './input.ts'
import type { NightRules } from './rules.ts'

/** What decides; s per vehicle over all of the street. */
const MEASURE = 'delay_s'

export interface Gain {
  enough: boolean
  sentence: string
}

/** A plan that is plainly better or worse shows it in four seeds; the others have nearly all of the error left at the end. */
const LEAST_SEEDS = 4

/** How the simulation may end early; undefined where there are too few seeds for looking twice. */
export const earlyRule = ({ runs }: NightRules): SequentialRule | undefined =>
  runs > LEAST_SEEDS ? { alpha: 0.05, least_seeds: LEAST_SEEDS, most_seeds: runs, threshold: 1, spending: 'late' } : undefined

/** At least a share of the delay of now, and at least two standard errors; more where it was looked at early, so that all looks together err in 5 % at most. */
export function gainOf({ differences, runs }: PlanEvaluation, rules: NightRules): Gain {
  const found = differences.find(({ measure }) => measure === MEASURE)
  if (found === undefined || found.difference.ci95 === null) return { enough: false, sentence: 'The simulation told no difference.' }
  const { before, after, difference } = found
  const error = found.difference.ci95! / studentT(Math.max(1, runs - 1), 0.05)
  const rule = earlyRule(rules)
  const level = rule === undefined ? undefined : errorAtLook(rule, runs)
  const errors = Math.max(2, level === undefined ? 0 : studentT(runs - 1, level))
  const enough = found.verdict === 'better' && -difference.mean >= Math.max(rules.gain_share * before, errors * error)
  return { enough, sentence: `Simulated with ${runs} seeds: delay ${s(before)} now, ${s(after)} with the plan (${interval(found)}).` }
}

const s = (seconds: number): string => `${seconds.toFixed(1)} s`
const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)}`

function interval({ before, difference: { mean, ci95 } }: PairedDifference): string {
  const of = (value: number): string => (before > 0 ? `${signed((100 * value) / before)} %` : `${signed(value)} s`)
  return ci95 === null ? of(mean) : `${of(mean)}, with 95 % between ${of(mean - ci95)} and ${of(mean + ci95)}`
}

/** Who pays too much: approaches whose delay grows beyond the limit, queues that no longer fit. */
export function listVictims({ graph }: Pick<NightInput, 'graph'>, { before, after }: PlanEvaluation, rules: NightRules): string[] {
  const was = approachesOf(before.movements)
  const worse = [...approachesOf(after.movements)].flatMap(([link, now]) => {
    const then = was.get(link)
    if (then === undefined || now.delay_s - then.delay_s <= Math.max(rules.felt_s, rules.most_approach_share * then.delay_s)) return []
    return [`the delay of the approach ${now.name} grows from ${s(then.delay_s)} to ${s(now.delay_s)}`]
  })
  const queued = new Map(before.movements.map((row) => [row.movement, row.queue_p95_m]))
  const spilled = after.movements.flatMap(({ movement, from, from_link, queue_p95_m, signal }) => {
    const storage_m = graph.getLink(from_link).length_m
    return signal !== undefined && queue_p95_m > storage_m && (queued.get(movement) ?? 0) <= storage_m ? [`a queue no longer fits into ${from} (${Math.round(queue_p95_m)} m of ${Math.round(storage_m)} m)`] : []
  })
  return [...worse, ...new Set(spilled)]
}

/** Mean delay of each approach to a signal, by volume. */
function approachesOf(movements: readonly MovementMeasures[]): Map<string, { name: string; delay_s: number }> {
  const sums = new Map<string, { name: string; delay: number; volume: number }>()
  for (const { signal, from_link, from, volume_vph, delay_s } of movements) {
    if (signal === undefined || !(volume_vph > 0)) continue
    const own = sums.get(from_link) ?? { name: from, delay: 0, volume: 0 }
    sums.set(from_link, { name: from, delay: own.delay + volume_vph * delay_s, volume: own.volume + volume_vph })
  }
  return new Map([...sums].map(([link, { name, delay, volume }]) => [link, { name, delay_s: delay / volume }]))
}

const GOOD: ReadonlySet<Grade> = new Set<Grade>(['A', 'B', 'C'])
/** Of the corridor's vehicles: movements of less are not critical. */
const CRITICAL_SHARE = 0.02

/**
 * Movements of which too little is known to change signals without a person. One day alone never reaches grade C with probes; over the comparable days a
 * movement is known well enough where so many of them grade it D or better.
 */
export function listUnsure({ days, movements, graph }: Pick<NightInput, 'days' | 'movements' | 'graph'>, rules: NightRules): string[] {
  const planned = days.slice(0, rules.most_days)
  const seen = (movement: string): number => planned.reduce((sum, day) => sum + (day.seen.get(movement) ?? 0), 0)
  const all = movements.reduce((sum, movement) => sum + seen(movement), 0)
  const unsure = movements.filter((movement) => seen(movement) >= CRITICAL_SHARE * all).filter((movement) => {
    const grades = planned.flatMap((day) => day.grades.get(movement) ?? [])
    return !grades.some((grade) => GOOD.has(grade)) && grades.filter((grade) => grade === 'D').length < rules.least_days
  })
  if (unsure.length === 0) return []
  const names = unsure.slice(0, 3).map((movement) => graph.getMovement(movement).name ?? movement)
  return [`too little is known of ${unsure.length} busy ${unsure.length === 1 ? 'movement' : 'movements'} (${names.join(', ')}${unsure.length > 3 ? ', …' : ''})`]
}
