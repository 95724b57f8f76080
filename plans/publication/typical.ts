// What is usual on a corridor at this time of day: from the measured days of the same kind, never from today.
import type { LinkId, Network } from '../../model/network.ts'
import type { TypicalTime } from '../../model/publication.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { travelTime, type TimeOfDay } from '../../model/units.ts'
import { quantile } from '../../state/statistics.ts'
import type { PublishedStreets } from './streets.ts'

/** Days below which nothing is called usual. */
export const LEAST_DAYS = 3

/** By corridor; absent where a link of it is not known on enough days. The middle one of the days, and the range that leaves out a tenth at each end. */
export function typicalTimes({ segments, corridors }: PublishedStreets, network: Network, days: readonly TrafficState[], time: TimeOfDay): Map<string, TypicalTime> {
  const linksOf = new Map(segments.map(({ id, links }) => [id, links]))
  const free_s = new Map(network.links.map(({ id, length_m, speed_mps }) => [id, travelTime(length_m, speed_mps)]))
  const indices = days.map((day) => indicesAt(day, time))
  const found = new Map<string, TypicalTime>()
  for (const { id, segments: own } of corridors) {
    const links = own.flatMap((segment) => linksOf.get(segment) ?? [])
    const times = indices.map((index) => links.reduce((sum, link) => sum + (free_s.get(link) ?? NaN) * (index.get(link) ?? NaN), 0)).filter((time_s) => Number.isFinite(time_s) && time_s > 0).sort((a, b) => a - b)
    if (times.length >= LEAST_DAYS) found.set(id, { travel_time_s: quantile(times, 0.5), low_s: quantile(times, 0.1), high_s: quantile(times, 0.9) })
  }
  return found
}

function indicesAt({ periods, links }: TrafficState, time: TimeOfDay): Map<LinkId, number> {
  const period = periods.find(({ start_s, end_s }) => start_s <= time && time < end_s)
  if (period !== undefined) return new Map(period.links.map(({ link, index }) => [link, index]))
  return periods.length > 0 ? new Map() : new Map(links.flatMap(({ link, index }): [LinkId, number][] => (index === null ? [] : [[link, index]])))
}
