// What is published: one document a minute that page, wall, signs and reports share, so that no two of them contradict each other.
// What is not known is grey, and every figure carries its age, its number of vehicles and its grade.
import type { LinkId } from './network.ts'
import type { Grade } from './traffic-state.ts'
import type { Instant, Metres, MetresPerSecond, Seconds } from './units.ts'

/** How fresh a value is: up to 2 min, up to 5 min, up to 10 min; then, or with too few vehicles, there is none. */
export type Freshness = 'live' | 'ageing' | 'old' | 'no-data'

/** Nothing that the public sees has fewer vehicles behind it. */
export const LEAST_PUBLISHED_VEHICLES = 5

/** The scale that levels refer to; a document keeps its own when a later version comes. */
export interface PublishedScale {
  id: string
  version: number
  status: 'verified' | 'vendor' | 'secondary' | 'unverified'
}

/** What is usual at this time on such a day; said as "typical", never as "now". */
export interface TypicalTime {
  travel_time_s: Seconds
  low_s: Seconds
  high_s: Seconds
}

/** One stretch of road as it is shown. */
export interface SegmentCondition {
  id: string
  name: string
  links: LinkId[]
  length_m: Metres
  freshness: Freshness
  /** Level of the scale; null is grey. */
  level: string | null
  /** Since when it has been shown so; null where it is grey. */
  since: Instant | null
  /** Changes of the level within the last hour; the calm of the display rests on them. */
  changes: Instant[]
  /** Travel time over free travel time. */
  index: number | null
  speed_mps: MetresPerSecond | null
  /** Of the whole segment; null where a part of it is not known. */
  travel_time_s: Seconds | null
  /** Share of the length with data. */
  coverage: number
  /** Of the oldest value behind it, the source's own delay included; null without data. */
  age_s: Seconds | null
  /** The fewest behind any value of its links; null without data. */
  vehicles: number | null
  grade: Grade | null
  /** A closure or an incident stands on it. */
  closed: boolean
  incident: boolean
}

/** One direction of a corridor as it is shown. */
export interface CorridorCondition {
  id: string
  name: string
  segments: string[]
  length_m: Metres
  freshness: Freshness
  index: number | null
  travel_time_s: Seconds | null
  typical: TypicalTime | null
  coverage: number
  age_s: Seconds | null
  grade: Grade | null
}

/** A closure, works or an incident, as somebody answers for it. */
export interface PublicNotice {
  id: string
  kind: 'closure' | 'works' | 'restriction' | 'accident' | 'breakdown' | 'obstruction'
  text: string
  links: LinkId[]
  from: Instant
  until: Instant | null
  approver: string
}

/** A congested place that is worth avoiding. */
export interface PublishedPlace {
  id: string
  name: string
  segments: string[]
  length_m: Metres
  /** Of a vehicle through its segments, against free travel. */
  delay_s: Seconds | null
  trend: 'growing' | 'stable' | 'shrinking' | 'unknown'
}

/** The document. */
export interface Publication {
  format: 'greenwave.publication/1'
  id: string
  network: string
  network_version: number
  computed_at: Instant
  scale: PublishedScale
  /** Definition of free speed; indices of different ones are not compared. */
  free_speed: string
  index: number | null
  coverage: number
  /** Of the oldest value shown; null where all is grey. */
  age_s: Seconds | null
  segments: SegmentCondition[]
  corridors: CorridorCondition[]
  places: PublishedPlace[]
  notices: PublicNotice[]
}
