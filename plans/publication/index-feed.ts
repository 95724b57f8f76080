// What screens and navigation providers pull each minute: index, level and speed of segments and corridors, now and for the last minutes, each value
// with its age and its number of vehicles, all by the table that the document names.
import { LEAST_PUBLISHED_VEHICLES, type CorridorCondition, type Publication, type SegmentCondition } from '../../model/publication.ts'
import { FRESH_S } from '../live/freshness.ts'
import { LEAST_COVERAGE } from './snapshot.ts'

type FeedSegment = Omit<SegmentCondition, 'changes' | 'since' | 'links'>

export interface IndexMinute {
  publication: string
  /** RFC 3339, as all times of the feed. */
  computed_at: string
  scale: Publication['scale']
  index: number | null
  coverage: number
  segments: FeedSegment[]
  corridors: CorridorCondition[]
}

export interface IndexFeed extends IndexMinute {
  format: 'greenwave.index/1'
  network: string
  network_version: number
  free_speed: string
  /** Of the oldest value; null where all is grey. */
  age_s: number | null
  /** By which a value is called live, ageing, old, and the least number of vehicles and share of length behind one. */
  limits: { live_s: number; ageing_s: number; old_s: number; vehicles: number; coverage: number }
  /** Minutes before this one, oldest first, where they were asked for. */
  minutes: IndexMinute[]
}

export const indexFeed = (now: Publication, before: readonly Publication[]): IndexFeed => ({
  format: 'greenwave.index/1', network: now.network, network_version: now.network_version, free_speed: now.free_speed, age_s: now.age_s,
  limits: { live_s: FRESH_S.live, ageing_s: FRESH_S.ageing, old_s: FRESH_S.old, vehicles: LEAST_PUBLISHED_VEHICLES, coverage: LEAST_COVERAGE },
  ...minuteOf(now), minutes: before.map(minuteOf),
})

const minuteOf = ({ id, computed_at, scale, index, coverage, segments, corridors }: Publication): IndexMinute => ({
  publication: id, computed_at: new Date(computed_at * 1000).toISOString(), scale, index, coverage,
  segments: segments.map(({ changes: _changes, since: _since, links: _links, ...segment }) => segment), corridors,
})

export const INDEX_COLUMNS = ['computed_at', 'publication', 'scale', 'scale_version', 'kind', 'id', 'name', 'level', 'index', 'speed_mps', 'travel_time_s', 'length_m', 'coverage', 'freshness', 'age_s', 'vehicles', 'grade', 'closed', 'incident'] as const
export type IndexRow = Partial<Record<(typeof INDEX_COLUMNS)[number], string | number | boolean>>

/** One row a minute and thing, oldest first; what is not known is absent. The network's own row says nothing of age: each of its parts has its own. */
export const indexRows = (feed: IndexFeed): IndexRow[] => [...feed.minutes, feed].flatMap((minute) => {
  const { publication, computed_at, scale } = minute
  const head = { computed_at, publication, scale: scale.id, scale_version: scale.version }
  return [
    { ...head, kind: 'network', id: feed.network, coverage: minute.coverage, ...(minute.index === null ? {} : { index: minute.index }) },
    ...minute.corridors.map((one) => ({ ...head, kind: 'corridor', ...known(one) })),
    ...minute.segments.map((one) => ({ ...head, kind: 'segment', ...known(one) })),
  ]
})

const known = (of: FeedSegment | CorridorCondition): IndexRow => Object.fromEntries(Object.entries(of).filter(([key, value]) => value !== null && (INDEX_COLUMNS as readonly string[]).includes(key)))
