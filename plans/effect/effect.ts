// What a treatment did: days after it against days before, less what happened at the control on the same days (difference in
// differences, logarithms of delay). The day is the unit: vehicles of one day share its weather and its demand, so that
// trips as units would give intervals that hold the truth far too seldom. Interval: Welch (1947) with Satterthwaite's
// degrees of freedom.
import type { Effect, FollowedDay } from '../../model/diagnosis.ts'
import { parseDay, weekdayOf } from '../../model/local-time.ts'
import { studentT } from '../../simulation/batch/index.ts'

export interface EffectRequest {
  days: readonly FollowedDay[]
  /** Local date of the treatment; it and the two days after it belong to neither side. */
  treated: string
  /** When the place was chosen for being bad: days up to then are a biased baseline, used only where later ones are too few. */
  chosen?: string
  /** Share of intervals that may miss the truth: 0.1 by default, as with every estimate of a traffic state; 0.05 is usual for what is published. */
  miss?: number
  /** Tell no change below the least detectable one: among those that few days tell, the small ones are mostly exaggerated. */
  detectable_only?: boolean
  /** Kind of a local date; by default `weekday` and `weekend`. Days of one kind are compared: holidays are neither. */
  kindOf?: (day: string) => string
}

/** Fewer days on a side say nothing. */
export const LEAST_DAYS = 5
/** Drivers learn, controllers are trimmed. */
const TRANSITION_DAYS = 2
const PROBABILITY = 0.1
/** Sum of the normal quantiles of 5 % two-sided and 80 % power. */
const DETECTABLE = 2.8
/** A queue that nobody waits in has no logarithm. */
const LEAST_DELAY_S = 0.1

export function measureEffect({ days, treated, chosen, miss = PROBABILITY, detectable_only = false, kindOf = weekKind }: EffectRequest): Effect {
  const at = parseDay(treated)!
  const numbered = days.map((day): Numbered => ({ ...day, n: parseDay(day.day)!, kind: kindOf(day.day) }))
  const after = numbered.filter(({ n }) => n > at + TRANSITION_DAYS)
  const all = numbered.filter(({ n }) => n < at)
  const late = chosen === undefined ? all : all.filter(({ n }) => n > parseDay(chosen)!)
  const enough = chosen !== undefined && alike(late, after)[0].length >= LEAST_DAYS
  const [before, later] = alike(enough || chosen === undefined ? late : all, after)
  const base = { days_before: before.length, days_after: later.length, baseline: enough ? 'separate' as const : 'choice' as const }
  const none = { value: null, low: null, high: null }
  if (before.length < LEAST_DAYS || later.length < LEAST_DAYS) {
    return { ...base, delay_s: none, change: none, least_detectable: null, control: false, probability: null, verdict: 'cannot tell' }
  }
  const controlled = [before, later].every((side) => side.filter(({ control_s }) => control_s !== null).length >= LEAST_DAYS)
  const [b, a] = [before, later].map((side) => (controlled ? side.filter(({ control_s }) => control_s !== null) : side)) as [Numbered[], Numbered[]]
  const { difference, error, freedom } = welch(b.map((day) => logged(day, controlled)), a.map((day) => logged(day, controlled)))
  const half = error > 0 ? studentT(freedom, miss) * error : 0
  const share = (log: number): number => Math.exp(log) - 1
  const was = mean(b.map(({ delay_s }) => delay_s))
  const change = { value: share(difference), low: share(difference - half), high: share(difference + half) }
  const least_detectable = share(DETECTABLE * error)
  const told = !detectable_only || Math.abs(change.value) >= least_detectable
  return {
    ...base, days_before: b.length, days_after: a.length, change, control: controlled, least_detectable, probability: error > 0 ? probabilityOf(Math.abs(difference) / error, freedom) : null,
    delay_s: { value: was * change.value, low: was * change.low, high: was * change.high }, verdict: told && change.high < 0 ? 'better' : told && change.low > 0 ? 'worse' : 'cannot tell',
  }
}

type Numbered = FollowedDay & { n: number; kind: string }

const weekKind = (day: string): string => (weekdayOf(parseDay(day)!) < 6 ? 'weekday' : 'weekend')

/** Days of one kind that both sides have enough of; of a kind that both have where there is none. Weekdays first: they are most alike. */
function alike(before: readonly Numbered[], after: readonly Numbered[]): [Numbered[], Numbered[]] {
  const count = (kind: string): number => Math.min(...[before, after].map((side) => side.filter((day) => day.kind === kind).length))
  const kinds = [...new Set(before.map(({ kind }) => kind))].filter((kind) => count(kind) > 0).sort((a, b) => Number(b === 'weekday') - Number(a === 'weekday') || count(b) - count(a) || (a < b ? -1 : 1))
  const used = kinds.find((kind) => count(kind) >= LEAST_DAYS) ?? kinds[0]
  return [before.filter(({ kind }) => kind === used), after.filter(({ kind }) => kind === used)]
}

const logged = ({ delay_s, control_s }: FollowedDay, controlled: boolean): number => Math.log(Math.max(LEAST_DELAY_S, delay_s)) - (controlled ? Math.log(Math.max(LEAST_DELAY_S, control_s!)) : 0)

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Of independent samples with variances of their own. `freedom` at least 1. */
export function welch(before: readonly number[], after: readonly number[]): { difference: number; error: number; freedom: number } {
  const [b, a] = [before, after].map((values) => {
    const middle = mean(values)
    return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length
  }) as [number, number]
  const freedom = b + a > 0 ? (b + a) ** 2 / (b ** 2 / (before.length - 1) + a ** 2 / (after.length - 1)) : before.length + after.length - 2
  return { difference: mean(after) - mean(before), error: Math.sqrt(b + a), freedom: Math.max(1, freedom) }
}

/** Student's t beyond `t` on both sides: with x = √freedom tan θ its density is cos θ to the power of freedom less 1. */
export function probabilityOf(t: number, freedom: number): number {
  const integral = (from: number): number => {
    // Simpson's rule.
    const [panels, width] = [400, (Math.PI / 2 - from) / 400]
    let sum = 0
    for (let i = 0; i <= panels; i++) sum += (i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2) * Math.max(0, Math.cos(from + i * width)) ** (freedom - 1)
    return (sum * width) / 3
  }
  return integral(Math.atan(t / Math.sqrt(freedom))) / integral(0)
}

/** Effects that stand where many were looked at: at most a tenth of them is expected to be chance (Benjamini & Hochberg 1995). */
export function discoveries<T extends { probability: number | null }>(effects: readonly T[], rate = 0.1): T[] {
  const told = effects.filter(({ probability }) => probability !== null).sort((a, b) => a.probability! - b.probability!)
  const last = told.findLastIndex(({ probability }, i) => probability! <= (rate * (i + 1)) / told.length)
  return told.slice(0, last + 1)
}
