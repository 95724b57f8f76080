// Places worth avoiding now: runs of a corridor's segments that are shown congested, and whether they get longer.
import type { Publication, PublishedPlace } from '../../model/publication.ts'
import type { SnapshotInput } from './snapshot.ts'

const CONGESTED: ReadonlySet<string | null> = new Set(['congested', 'severe'])
/** A delay that changed by less than this share is the same. */
const STEADY = 0.15

type Place = SnapshotInput['places'][number]

/** Of a publication without places. Segments that belong to no corridor stand by themselves. */
export function congestedPlaces({ segments, corridors }: Publication): Omit<Place, 'trend'>[] {
  const byId = new Map(segments.map((segment) => [segment.id, segment]))
  const inCorridors = new Set(corridors.flatMap((corridor) => corridor.segments))
  const rows = [...corridors.map((corridor) => corridor.segments), ...segments.filter(({ id }) => !inCorridors.has(id)).map(({ id }) => [id])]
  const places: Omit<Place, 'trend'>[] = []
  for (const row of rows) {
    let run: string[] = []
    for (const id of [...row, undefined]) {
      if (id !== undefined && CONGESTED.has(byId.get(id)?.level ?? null)) run.push(id)
      else if (run.length > 0) {
        // Named after its head, behind which the queue grows.
        const head = byId.get(run.at(-1)!)!
        places.push({ id: `congested:${head.id}`, name: head.name, segments: run })
        run = []
      }
    }
  }
  return places
}

/** Places of this minute, worst first, with what the one before says of their growth. `now` is the publication with all of them. */
export function placesInOrder(now: Publication, before: Publication | undefined): Place[] {
  const earlier = new Map((before?.places ?? []).map((place) => [place.id, place]))
  return [...now.places].sort((a, b) => (b.delay_s ?? 0) - (a.delay_s ?? 0)).map(({ id, name, segments, delay_s }) => ({ id, name, segments, trend: trendOf(earlier.get(id)?.delay_s, delay_s) }))
}

function trendOf(before_s: number | null | undefined, now_s: number | null): PublishedPlace['trend'] {
  if (now_s === null || before_s === null) return 'unknown'
  // What was not congested a minute ago grows.
  if (before_s === undefined || now_s > before_s * (1 + STEADY)) return 'growing'
  return now_s < before_s * (1 - STEADY) ? 'shrinking' : 'stable'
}
