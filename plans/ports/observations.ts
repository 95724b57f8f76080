// What feeds brought, as it was believed: matched fixes, controller events, lane counts; and who may bring it.
import type { FeedHealth, LaneCount, SignalEvent } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'

export type FeedKind = 'probes' | 'radar' | 'events' | 'counts' | 'speeds' | 'links' | 'turns'

export interface FeedRecord {
  id: string
  network: string
  kind: FeedKind
  /** As the decoders name it, for example `ndjson`. */
  format: string
  /** Datum, zone, unit, period, address of a broker: whatever the decoder asks for. */
  settings: Record<string, unknown>
  enabled: boolean
  /** Grows with every change. */
  version: number
  created_at: Instant
}

export interface FeedStore {
  list(network?: string): Promise<FeedRecord[]>
  get(id: string): Promise<FeedRecord | undefined>
  /** `expected` as for networks. */
  put(feed: Omit<FeedRecord, 'version' | 'created_at'>, expected: number): Promise<FeedRecord>
  /** Its rows stay until their days go. */
  remove(id: string, expected: number): Promise<void>
  /** Health since the feed exists, added up over its batches by the UTC day on which they came, oldest first. */
  health(id: string, from_day: string): Promise<{ day: string; health: FeedHealth }[]>
}

/** One fix as it was matched; without link where no road was near or two were as likely. */
export interface MatchedRow {
  vehicle: string
  time_s: Instant
  lon: number
  lat: number
  link?: string
  position_m?: number
  offset_m?: number
  speed_mps?: number
  heading_deg?: number
}

export interface Batch {
  feed: string
  /** Unique within its feed; the same again is stored once. */
  id: string
  /** Hash of what was sent, so that the same name with something else in it is found out. Without, everything under that name counts as the same. */
  content?: string
  received_s: Instant
  health: FeedHealth
  fixes?: readonly MatchedRow[]
  events?: readonly SignalEvent[]
  counts?: readonly LaneCount[]
}

/** What is known of a batch that came; `health.refused` where nothing of it was stored. */
export interface BatchRecord {
  received_s: Instant
  /** Batches of before greenwave kept it have none. */
  content?: string
  health: FeedHealth
}

/** `duplicate`: a batch of that name was there already, nothing was written; `find` tells whether it was the same. */
export type BatchOutcome = 'stored' | 'duplicate'

export interface ObservationLog {
  /** Rows and the batch's name in one commit; resolves after it. Throws `request.unknown` for a feed that is not there. */
  append(batch: Batch): Promise<BatchOutcome>
  /** Many batches in one commit, in order; faster. */
  appendAll(batches: readonly Batch[]): Promise<BatchOutcome[]>
  /** Whether a batch is there. */
  has(feed: string, batch: string): Promise<boolean>
  /** What became of a batch; undefined for one that never came or whose day is gone. */
  find(feed: string, batch: string): Promise<BatchRecord | undefined>
  /** By time; streams. */
  fixes(network: string, from_s: Instant, until_s: Instant): AsyncIterable<readonly (MatchedRow & { feed: string })[]>
  events(network: string, from_s: Instant, until_s: Instant): AsyncIterable<readonly SignalEvent[]>
  counts(network: string, from_s: Instant, until_s: Instant): AsyncIterable<readonly LaneCount[]>
  /** Newest UTC day of which there are observations; undefined where there are none. */
  newestDay(): Promise<string | undefined>
  /**
   * Makes UTC days that have been over for an hour cheap to search by place, and those of more than `keep_days` days ago go, with the names of
   * their batches; the health of a feed by day stays. Answers the days.
   */
  tend(now: Instant, keep_days: number): Promise<{ closed: string[]; dropped: string[] }>
}
