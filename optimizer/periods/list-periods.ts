// The times of day at which a corridor's plan should change, with what each further change would buy.
import type { Period } from '../../model/scenario.ts'
import { formatTimeOfDay, type TimeOfDay } from '../../model/units.ts'
import { dayDelays, type DayInput } from './day-delays.ts'
import { segmentDay } from './segment-day.ts'

export interface PeriodOptions {
  /** No period is shorter, s. */
  least_s: number
  /** Most periods of a day. */
  most: number
  /** What one change costs at each signal, veh·h: two to three cycles in which the wave is broken. */
  change_cost_vh: number
}

export const DEFAULT_PERIODS: PeriodOptions = { least_s: 3600, most: 8, change_cost_vh: 2 }

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
  const { least_s, most, change_cost_vh } = { ...DEFAULT_PERIODS, ...options }
  const { slots, slot_s } = input
  const { cycles_s, delay_vh } = dayDelays(input)
  const regret = regretSums(delay_vh, slots.length)
  const { curve, best } = segmentDay({
    slots: slots.length, least: Math.ceil(least_s / slot_s), most, change_cost: change_cost_vh * input.corridor.corridor.intersections.length,
    cost: (start, length) => bestFor(regret, start, length).cost,
  })
  return {
    periods: best.segments.map(({ start, length, cost }) => {
      const [start_s, end_s] = [start * slot_s, (start + length) * slot_s]
      return { id: `${formatTimeOfDay(start_s)}-${formatTimeOfDay(end_s % 86_400)}`, start_s, end_s, cycle_s: cycles_s[bestFor(regret, start, length).plan] ?? 0, cost_vh: cost }
    }),
    curve: curve.map(({ periods, cost, total, segments }) => ({ periods, cost_vh: cost, total_vh: total, breaks_s: periods === 1 ? [] : segments.map(({ start }) => start * slot_s) })),
    unknown: slots.filter((volumes) => volumes === undefined).length,
  }
}

/** By plan: sums over the day laid twice in a row, so that a period may pass midnight. */
function regretSums(delays: readonly Float64Array[], slots: number): Float64Array[] {
  const least = Float64Array.from({ length: slots }, (_, t) => delays.reduce((sum, own) => Math.min(sum, own[t]!), Infinity))
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
