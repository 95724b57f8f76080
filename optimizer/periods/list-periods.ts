// The times of day at which a corridor's plan should change, with what each further change would buy.
import type { Period } from '../../model/scenario.ts'
import { formatTimeOfDay, type TimeOfDay } from '../../model/units.ts'
import { dayDelays, type DayDelays, type DayInput, type SplitPlan } from './day-delays.ts'
import { planDay } from './plan-day.ts'
import { segmentDay } from './segment-day.ts'

export interface PeriodOptions {
  /** No period is shorter, s. */
  least_s: number
  /** Most periods of a day. */
  most: number
  /** What every change costs at each signal, veh·h; absent 2, two to three cycles in which the wave is broken, or 0 beside `changeCost`. */
  change_cost_vh?: number
  /** What the change from one plan to another at the start of a slot costs on the corridor, veh·h, beside that. */
  changeCost?: (from: SplitPlan, to: SplitPlan, slot: number) => number
}

export const DEFAULT_PERIODS: PeriodOptions = { least_s: 2700, most: 8 }

const CHANGE_COST_VH = 2

export interface DayPeriod extends Period {
  /** Of the corridor in this period, s; its exact plan may differ by some seconds. */
  cycle_s: number
  /** What it costs that one plan serves the whole period, veh·h. */
  cost_vh: number
}

export interface DayPeriods {
  /** In order; the last may end after midnight, then `end_s` is above a day. */
  periods: DayPeriod[]
  /** What the best division into so many periods costs: `cost_vh` without the changes, `total_vh` with them. */
  curve: { periods: number; cost_vh: number; total_vh: number; breaks_s: TimeOfDay[] }[]
  /** Quarters of an hour, or whatever the slots are, without measured volumes. */
  unknown: number
}

/** In: volumes by slot of one day. The cost of a slot is its delay under the period's plan above that under the plan that is best for it alone. */
export function listDayPeriods(input: DayInput, options: Partial<PeriodOptions> = {}): DayPeriods {
  const { least_s, most, changeCost, change_cost_vh = changeCost === undefined ? CHANGE_COST_VH : 0 } = { ...DEFAULT_PERIODS, ...options }
  const { slots, slot_s } = input
  const { plans, delay_vh } = dayDelays(input)
  const fixed = change_cost_vh * input.corridor.corridor.intersections.length
  const least = Math.ceil(least_s / slot_s)
  if (changeCost !== undefined && plans.length > 0) return laidDay(input, { plans, delay_vh }, { least, most, changeCost: (from, to, slot) => fixed + changeCost(plans[from]!, plans[to]!, slot) })
  const regret = regretSums(delay_vh, slots.length)
  const { curve, best } = segmentDay({
    slots: slots.length, least, most, change_cost: fixed,
    cost: (start, length) => bestFor(regret, start, length).cost,
  })
  return {
    periods: best.segments.map(({ start, length, cost }) => periodOf(start * slot_s, (start + length) * slot_s, plans[bestFor(regret, start, length).plan]?.cycle_s ?? 0, cost)),
    curve: curve.map(({ periods, cost, total, segments }) => ({ periods, cost_vh: cost, total_vh: total, breaks_s: periods === 1 ? [] : segments.map(({ start }) => start * slot_s) })),
    unknown: slots.filter((volumes) => volumes === undefined).length,
  }
}

const periodOf = (start_s: TimeOfDay, end_s: TimeOfDay, cycle_s: number, cost_vh: number): DayPeriod => ({ id: `${formatTimeOfDay(start_s)}-${formatTimeOfDay(end_s % 86_400)}`, start_s, end_s, cycle_s, cost_vh })

/** Where a change costs what it costs between two plans at that time. */
function laidDay({ slots, slot_s }: DayInput, { plans, delay_vh }: DayDelays, task: { least: number; most: number; changeCost: (from: number, to: number, slot: number) => number }): DayPeriods {
  const best_vh = leastOf(delay_vh, slots.length)
  const { curve, best } = planDay({ ...task, delay: delay_vh.map((own) => own.map((delay, t) => Math.max(0, delay - best_vh[t]!))) })
  const cost = (plan: number, start: number, length: number): number => Array.from({ length }, (_, i) => (start + i) % slots.length).reduce((sum, t) => sum + delay_vh[plan]![t]! - best_vh[t]!, 0)
  return {
    periods: best.runs.map(({ start, length, plan }) => periodOf(start * slot_s, (start + length) * slot_s, plans[plan]!.cycle_s, cost(plan, start, length))),
    curve: curve.map((each) => ({ periods: each.periods, cost_vh: each.cost, total_vh: each.total, breaks_s: each.periods === 1 ? [] : each.runs.map(({ start }) => start * slot_s) })),
    unknown: slots.filter((volumes) => volumes === undefined).length,
  }
}

const leastOf = (delays: readonly Float64Array[], slots: number): Float64Array => Float64Array.from({ length: slots }, (_, t) => delays.reduce((sum, own) => Math.min(sum, own[t]!), Infinity))

/** By plan: sums over the day laid twice in a row, so that a period may pass midnight. */
function regretSums(delays: readonly Float64Array[], slots: number): Float64Array[] {
  const least = leastOf(delays, slots)
  return delays.map((own) => {
    const sums = new Float64Array(2 * slots + 1)
    for (let t = 0; t < 2 * slots; t++) sums[t + 1] = sums[t]! + own[t % slots]! - least[t % slots]!
    return sums
  })
}

function bestFor(regret: readonly Float64Array[], start: number, length: number): { plan: number; cost: number } {
  let [plan, cost] = [0, regret.length === 0 ? 0 : Infinity]
  regret.forEach((sums, p) => {
    const own = sums[start + length]! - sums[start]!
    if (own < cost) [plan, cost] = [p, own]
  })
  return { plan, cost }
}
