// A publication as it is some time later, where no newer one has come: its values are older by then, and gone after ten minutes.
import type { Freshness, Publication, SegmentCondition } from '../../model/publication.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { FRESH_S, freshnessOf, LEAST_VEHICLES } from '../live/freshness.ts'
import { lessFresh } from './freshness.ts'

/** Publications come once a minute. */
export const PUBLISHED_EVERY_S = 60

/**
 * Whole minutes beyond the one that a publication is good for; a change of it is a change of what may be shown. One of the future was made before the
 * clock was put back: nobody knows how old it is, so it counts as too old.
 */
export function lagOf(publication: Publication, now: Instant): Seconds {
  if (publication.computed_at > now + PUBLISHED_EVERY_S) return FRESH_S.old + PUBLISHED_EVERY_S
  return Math.max(0, Math.floor((now - publication.computed_at) / PUBLISHED_EVERY_S) - 1) * PUBLISHED_EVERY_S
}

/** The same document while it is of this minute or the one before. An aggregate of which a part is gone is gone too: the rest would be another aggregate. */
export function agedPublication(publication: Publication, now: Instant): Publication {
  const lag = lagOf(publication, now)
  if (lag === 0) return publication
  const segments = publication.segments.map((segment) => agedSegment(segment, lag))
  const byId = new Map(segments.map((segment) => [segment.id, segment]))
  const gone = (ids: readonly string[], before: Publication['segments']): boolean => ids.some((id) => byId.get(id)?.freshness === 'no-data' && before.find((one) => one.id === id)?.freshness !== 'no-data')
  const known = segments.filter(({ freshness }) => freshness !== 'no-data')
  const whole = !gone(segments.map(({ id }) => id), publication.segments)
  return {
    ...publication, segments, index: whole ? publication.index : null, age_s: publication.age_s === null || known.length === 0 ? null : Math.max(...known.map(({ age_s }) => age_s!)),
    coverage: whole ? publication.coverage : known.reduce((sum, { length_m, coverage }) => sum + length_m * coverage, 0) / Math.max(1, segments.reduce((sum, { length_m }) => sum + length_m, 0)),
    corridors: publication.corridors.map((corridor) => {
      if (corridor.freshness === 'no-data') return corridor
      if (gone(corridor.segments, publication.segments)) return { ...corridor, freshness: 'no-data', index: null, travel_time_s: null, coverage: 0, age_s: null, grade: null }
      const freshness = corridor.segments.map((id) => byId.get(id)?.freshness ?? 'no-data').filter((one) => one !== 'no-data').reduce<Freshness>(lessFresh, 'live')
      return { ...corridor, freshness, age_s: corridor.age_s === null ? null : corridor.age_s + lag }
    }),
    places: publication.places.map((place) => (gone(place.segments, publication.segments) ? { ...place, delay_s: null, trend: 'unknown' } : place)),
    notices: publication.notices.filter(({ until }) => until === null || now < until),
  }
}

function agedSegment(segment: SegmentCondition, lag: Seconds): SegmentCondition {
  if (segment.freshness === 'no-data' || segment.age_s === null) return segment
  const age_s = segment.age_s + lag
  const freshness = age_s > FRESH_S.old ? 'no-data' : freshnessOf(age_s, segment.vehicles ?? 0, LEAST_VEHICLES.public)
  if (freshness !== 'no-data') return { ...segment, freshness, age_s }
  return { ...segment, freshness, level: null, since: null, index: null, speed_mps: null, travel_time_s: null, coverage: 0, age_s: null, vehicles: null, grade: null }
}
