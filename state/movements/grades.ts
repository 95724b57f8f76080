// How far a figure of probes may be trusted.
import type { Estimate, Grade } from '../../model/traffic-state.ts'
import type { Seconds } from '../../model/units.ts'

/** Days of probes that grade C asks for. */
const DAYS = 5
/** Half width of the interval of delay that retiming and diagnosis can use: that of a median error of 6 %, in share and at least in s. */
const TARGET_SHARE = 0.15
const TARGET_S: Seconds = 2

/** C: five days or more and an interval within target. D: fewer days, or up to twice as wide. E: wider, or none. */
export function gradeOf({ value, low, high }: Estimate, days: number): Grade {
  if (value === null || low === null || high === null) return 'E'
  const width = (high - low) / 2 / Math.max(TARGET_S, TARGET_SHARE * value)
  if (width <= 1) return days >= DAYS ? 'C' : 'D'
  return width <= 2 ? 'D' : 'E'
}
