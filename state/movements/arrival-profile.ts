// When in the cycle vehicles arrive: shares per bin from green start, smoothed over 9 s around the circle.
import { modulo, type Seconds } from '../../model/units.ts'

const SMOOTH_S: Seconds = 9
/** Longer cycles have bins of two seconds. */
const FINE_UP_TO_S: Seconds = 90
/** Fewer arrivals make no profile. */
const LEAST_ARRIVALS = 20

/** Shares add up to 1; undefined with fewer than 20 arrivals. */
export function arrivalProfile(phases_s: readonly number[], cycle_s: Seconds): { bin_s: Seconds; share: number[] } | undefined {
  if (phases_s.length < LEAST_ARRIVALS || !(cycle_s > SMOOTH_S)) return undefined
  const bins = Math.max(1, Math.round(cycle_s / (cycle_s > FINE_UP_TO_S ? 2 : 1)))
  const bin_s = cycle_s / bins
  const counts = Array.from({ length: bins }, () => 0)
  for (const phase of phases_s) counts[Math.min(bins - 1, Math.floor(modulo(phase, cycle_s) / bin_s))]!++
  const wide = SMOOTH_S / bin_s
  const whole = Math.floor((wide - 1) / 2)
  // What the kernel reaches of the bins at its two ends.
  const part = (wide - 1) / 2 - whole
  const share = counts.map((_, k) => {
    let sum = 0
    for (let d = -whole - 1; d <= whole + 1; d++) sum += counts[modulo(k + d, bins)]! * (Math.abs(d) > whole ? part : 1)
    return sum / (wide * phases_s.length)
  })
  return { bin_s, share }
}
