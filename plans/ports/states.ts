// Traffic state by day, live state by minute, and the worklist of places.
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { Instant } from '../../model/units.ts'
import type { Page, PageRequest } from './store.ts'

/** What one link was like in one minute, from the vehicles seen then. */
export interface LinkMinute {
  link: string
  /** Begin of the minute. */
  time_s: Instant
  /** Harmonic mean; absent without vehicles. */
  speed_mps?: number
  travel_time_s?: number
  /** Travel time over free travel time. */
  index?: number
  vehicles: number
}

export interface StateStore {
  /** The state of one local day (`2026-11-22`), frozen; written again by a later run of the same day. */
  putDay(network: string, day: string, state: TrafficState): Promise<void>
  day(network: string, day: string): Promise<TrafficState | undefined>
  /** Days that have a state, newest first. */
  days(network: string, limit: number): Promise<string[]>
  /** The same link and minute again replaces what was said of it. */
  putMinutes(network: string, minutes: readonly LinkMinute[]): Promise<void>
  /** By time, then link. */
  minutes(network: string, from_s: Instant, until_s: Instant, links?: readonly string[]): Promise<LinkMinute[]>
  /** Minutes of UTC days that end before the instant go; answers how many days went. */
  tend(before: Instant): Promise<number>
}

export interface TreatmentStore {
  /** By id. */
  list(network: string, page: PageRequest): Promise<Page<PlaceCard & { version: number }>>
  get(network: string, id: string): Promise<(PlaceCard & { version: number }) | undefined>
  put(network: string, card: PlaceCard, expected: number): Promise<PlaceCard & { version: number }>
}
