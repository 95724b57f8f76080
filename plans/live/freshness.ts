// How fresh what is known of a place is, and so whether it may be shown as now.
import { LEAST_PUBLISHED_VEHICLES, type Freshness } from '../../model/publication.ts'
import type { Seconds } from '../../model/units.ts'

/** Age up to which something is live, ageing, old. */
export const FRESH_S = { live: 120, ageing: 300, old: 600 } as const
/** In which vehicles are counted. */
export const COUNT_S = 600
/** Vehicles below which nothing is told: on screens of those who run the service, and to the public. */
export const LEAST_VEHICLES = { internal: 3, public: LEAST_PUBLISHED_VEHICLES } as const

/** `age_s` since the newest measurement, the latency of its source included; `vehicles` in the last ten minutes. */
export function freshnessOf(age_s: Seconds, vehicles: number, least: number = LEAST_VEHICLES.internal): Freshness {
  if (vehicles < least || !(age_s <= FRESH_S.old)) return 'no-data'
  return age_s <= FRESH_S.live ? 'live' : age_s <= FRESH_S.ageing ? 'ageing' : 'old'
}
