// What became of plans that a night deployed: day by day against control movements elsewhere; and whether one must go back.
import type { Effect, FollowedDay } from '../../model/diagnosis.ts'
import type { MovementId } from '../../model/network.ts'
import { listCrossings, resolveCorridor } from '../../model/corridor.ts'
import { chooseControl, effectSentence, LEAST_DAYS, measureEffect } from '../effect/index.ts'
import type { PlanRecord } from '../ports/plans.ts'
import { getCorridor } from '../street.ts'
import { type DayFigures, medianOf } from './figures.ts'
import type { NightInput } from './input.ts'
import type { NightRules } from './rules.ts'
import { type NightPlanId, nightOfPlan } from './plan-ids.ts'

export interface Watched {
  plan: PlanRecord
  effect: Effect
  /** Of the effect, or of the return. */
  sentence: string
  /** Worse than nine of ten days before on the last two comparable days. */
  must_return: boolean
}

type Measure = 'delay_s' | 'stops'

/** `treated`: movements of corridors that other night plans changed meanwhile; they are no control. */
export function watchPlan(input: Pick<NightInput, 'graph' | 'scenario' | 'days' | 'day_type'>, plan: PlanRecord, treated: ReadonlySet<MovementId>, rules: NightRules): Watched | undefined {
  const night = nightOfPlan(plan.id)
  const span = spanOf(plan.period)
  if (night === undefined || span === undefined || night.day_type !== input.day_type) return undefined
  const site = along(input, plan.corridor)
  const before = input.days.filter(({ day }) => day < night.day)
  const weights = weightsOf(before, span)
  const control = chooseControl({ graph: input.graph, site, others: treated, weights, same_corridor: site })
  const own = [...site].flatMap((movement) => (weights.has(movement) ? [{ movement, weight: weights.get(movement)! }] : []))
  const follow = (measure: Measure): FollowedDay[] => input.days.flatMap((day): FollowedDay[] => {
    const value = meanOf(day, span, own, measure)
    return value === null ? [] : [{ day: day.day, delay_s: value, control_s: meanOf(day, span, control, measure) }]
  }).sort((a, b) => (a.day < b.day ? -1 : 1))
  // All days are of one type already.
  const effect = measureEffect({ days: follow('delay_s'), treated: night.day, kindOf: () => input.day_type })
  const worse = worseDays(follow('stops'), night, rules)
  const name = `${plan.corridor} ${plan.period}`
  if (worse === undefined) return { plan, effect, must_return: false, sentence: effectSentence(effect, `Delay in ${name}`) }
  return { plan, effect, must_return: true, sentence: `${name}: on ${worse.days.join(' and ')} vehicles stopped more often than on nine of ten days before${worse.controlled ? ', the change elsewhere taken off' : ''}.` }
}

/** The last two comparable days, where both are beyond the 90th percentile of the days before; ratios to the control where there is one. */
function worseDays(days: readonly FollowedDay[], { day: treated }: NightPlanId, rules: NightRules): { days: string[]; controlled: boolean } | undefined {
  const controlled = days.every(({ control_s }) => control_s !== null && control_s > 0)
  const figure = ({ delay_s, control_s }: FollowedDay): number => (controlled ? delay_s / control_s! : delay_s)
  const before = days.filter(({ day }) => day < treated).map(figure).sort((a, b) => a - b)
  const last = days.filter(({ day }) => day >= treated).slice(-2)
  if (before.length < rules.least_days || last.length < 2) return undefined
  // Linear between order statistics.
  const at = 0.9 * (before.length - 1)
  const limit = before[Math.floor(at)]! + (at - Math.floor(at)) * (before[Math.ceil(at)]! - before[Math.floor(at)]!)
  return last.every((day) => figure(day) > limit) ? { days: last.map(({ day }) => day), controlled } : undefined
}

/** Through movements of a corridor. */
export const along = ({ graph, scenario }: Pick<NightInput, 'graph' | 'scenario'>, corridor: string): Set<MovementId> =>
  new Set(listCrossings(resolveCorridor(graph, getCorridor(scenario.scenario, corridor))).flatMap(({ movements }) => movements.map(({ id }) => id)))

/** A plan in the same hours of which not enough days are known: another one now, and nobody could tell what either did. */
export function findUnmeasured(watched: readonly Watched[], period: Span): string | undefined {
  const found = watched.find(({ plan, effect }) => {
    const span = spanOf(plan.period)
    return span !== undefined && span.start_s < period.end_s && span.end_s > period.start_s && effect.days_after < LEAST_DAYS
  })
  return found === undefined ? undefined : `what plan "${found.plan.id}" does there is still being measured (${found.effect.days_after} of ${LEAST_DAYS} days)`
}

interface Span { start_s: number; end_s: number }

function spanOf(period: string): Span | undefined {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(period)
  if (match === null) return undefined
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number]
  return { start_s: a * 3600 + b * 60, end_s: c * 3600 + d * 60 }
}

/** The larger part of the row's time lies in the span. */
const inside = (row: Span, { start_s, end_s }: Span): boolean => 2 * (Math.min(row.end_s, end_s) - Math.max(row.start_s, start_s)) > row.end_s - row.start_s

/** Median vehicles seen, of days before: what does not change with the traffic of later days. */
function weightsOf(days: readonly DayFigures[], span: Span): Map<MovementId, number> {
  const seen = new Map<MovementId, number[]>()
  for (const day of days) {
    const own = new Map<MovementId, number>()
    for (const row of day.spans) if (inside(row, span)) own.set(row.movement, (own.get(row.movement) ?? 0) + row.seen)
    for (const [movement, count] of own) seen.set(movement, [...seen.get(movement) ?? [], count])
  }
  return new Map([...seen].map(([movement, counts]) => [movement, medianOf(counts)!] as const).filter(([, weight]) => weight > 0))
}

/** Share of the weight that must have been measured. */
const LEAST_SHARE = 0.8

function meanOf({ spans }: DayFigures, span: Span, movements: readonly { movement: MovementId; weight: number }[], measure: Measure): number | null {
  const sums = new Map<MovementId, { sum: number; seen: number }>()
  for (const row of spans) {
    const value = row[measure]
    if (value === null || row.seen === 0 || !inside(row, span)) continue
    const own = sums.get(row.movement) ?? { sum: 0, seen: 0 }
    sums.set(row.movement, { sum: own.sum + row.seen * value, seen: own.seen + row.seen })
  }
  let [sum, known, all] = [0, 0, 0]
  for (const { movement, weight } of movements) {
    all += weight
    const own = sums.get(movement)
    if (own === undefined) continue
    sum += (weight * own.sum) / own.seen
    known += weight
  }
  return known > 0 && known >= LEAST_SHARE * all ? sum / known : null
}
