// How much traffic a day of the demo town has: two peaks, a quiet night, and days and quarter-hours that differ by chance.
import { uniform } from '../../simulation/kernel/random.ts'

const HOUR_S = 3600
/** Centre, width and height of the peaks; the second one is the other way round. */
const MORNING = { at_s: 8 * HOUR_S, wide_s: 1.1 * HOUR_S } as const
const EVENING = { at_s: 18 * HOUR_S, wide_s: 1.4 * HOUR_S } as const
/** Least share of the busiest hour: so low that nights differ, so high that the map of a demo is not empty and its index is told within minutes of a restart. */
const NIGHT = 0.3
const DAYTIME = 0.58
/** Of those who drive to work, so many come back the other way. */
const RETURN = 0.62

const bell = (time_s: number, { at_s, wide_s }: { at_s: number; wide_s: number }): number => Math.exp(-0.5 * ((time_s - at_s) / wide_s) ** 2)
/** From 0 to 1 around a time. */
const rise = (time_s: number, at_s: number): number => 1 / (1 + Math.exp(-(time_s - at_s) / (0.4 * HOUR_S)))

/** Share of the busiest hour; `inward` into town in the morning. */
export function shareOfPeak(time_s: number, inward: boolean): number {
  const day = NIGHT + (DAYTIME - NIGHT) * rise(time_s, 6.4 * HOUR_S) * (1 - rise(time_s, 21.3 * HOUR_S))
  const [in_morning, in_evening] = inward ? [1, RETURN] : [RETURN, 1]
  return Math.min(1, day + (1 - DAYTIME) * (bell(time_s, MORNING) * in_morning + bell(time_s, EVENING) * in_evening))
}

export const QUARTER_S = 900
const DRAW = { day: 311, quarter: 312 } as const

/** Factor on the demand of a quarter-hour of a day: no two are alike. */
export function growthOf(seed: number, day: number, start_s: number): number {
  const ofDay = 0.94 + 0.12 * uniform(seed, day, 0, DRAW.day)
  return ofDay * (0.9 + 0.2 * uniform(seed, day, Math.floor(start_s / QUARTER_S), DRAW.quarter))
}
