// From the minutes of one link to a value that may be shown, or none: age, vehicles, privacy.
import type { Freshness } from '../../model/publication.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { FRESH_S, freshnessOf, LEAST_VEHICLES } from '../live/freshness.ts'
import type { LinkMinute } from '../ports/states.ts'

const MINUTE_S = 60

const ORDER: readonly Freshness[] = ['live', 'ageing', 'old', 'no-data']
export const lessFresh = (a: Freshness, b: Freshness): Freshness => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b)

export interface LinkNow {
  freshness: Exclude<Freshness, 'no-data'>
  /** Harmonic mean over the vehicles. */
  speed_mps: number
  vehicles: number
  age_s: Seconds
}

/**
 * The newest minutes of a link that together have enough vehicles, none older than ten minutes. undefined where there is nothing to say:
 * never the last value, never a neighbour's. Minutes that have not ended are ahead of the clock and don't count. `latency_s`: what the
 * source itself is late.
 */
export function linkNow(minutes: readonly LinkMinute[], now: Instant, latency_s: Seconds = 0): LinkNow | undefined {
  const usable = minutes.filter(({ time_s, speed_mps, vehicles }) => {
    const age = now - time_s - MINUTE_S + latency_s
    return time_s + MINUTE_S <= now && age <= FRESH_S.old && vehicles > 0 && speed_mps !== undefined && Number.isFinite(speed_mps) && speed_mps > 0
  }).sort((a, b) => b.time_s - a.time_s)
  let [vehicles, slowness] = [0, 0]
  for (const minute of usable) {
    vehicles += minute.vehicles
    slowness += minute.vehicles / minute.speed_mps!
    if (vehicles >= LEAST_VEHICLES.public) break
  }
  const newest = usable[0]
  if (newest === undefined) return undefined
  const age_s = now - newest.time_s - MINUTE_S + latency_s
  const freshness = freshnessOf(age_s, vehicles, LEAST_VEHICLES.public)
  return freshness === 'no-data' ? undefined : { freshness, speed_mps: vehicles / slowness, vehicles, age_s }
}
