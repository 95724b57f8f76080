// What is shown: snapshots that page, wall, signs and reports share, and the screens.
import type { Instant } from '../../model/units.ts'

/** One moment's publication; never changes. */
export interface Snapshot {
  id: string
  network: string
  computed_at: Instant
  /** As `the publication` makes it. */
  document: unknown
}

export interface SnapshotStore {
  /** Throws `store.conflict` for an id that is taken. */
  put(snapshot: Snapshot): Promise<void>
  /** The one that was put last, whatever the clock said then. */
  latest(network: string): Promise<Snapshot | undefined>
  get(id: string): Promise<Snapshot | undefined>
  /** Computed from then on and before the end, oldest first. */
  between(network: string, from_s: Instant, until_s: Instant): Promise<Snapshot[]>
  /** Those before go. */
  tend(before: Instant): Promise<number>
}

export interface ScreenRecord {
  id: string
  network: string
  name: string
  kind: 'panel' | 'text' | 'mixed' | 'speed-plate' | 'kiosk'
  /** Place, size, segments, templates, adapter. */
  settings: Record<string, unknown>
  version: number
}

/** What was sent to a screen, on which data, and what the screen said to it. */
export interface ScreenMessage {
  id: string
  screen: string
  sent_at: Instant
  expires_at: Instant
  content: unknown
  /** Ages, numbers and grades of the data behind it. */
  basis: unknown
  approver?: string
  acknowledged_at?: Instant
  read_back?: 'same' | 'different' | 'not-possible'
}

export interface ScreenStore {
  list(network?: string): Promise<ScreenRecord[]>
  get(id: string): Promise<ScreenRecord | undefined>
  put(screen: Omit<ScreenRecord, 'version'>, expected: number): Promise<ScreenRecord>
  /** The same id again replaces it: acknowledged, read back. */
  log(message: ScreenMessage): Promise<void>
  /** Newest first. */
  messages(screen: string, limit: number): Promise<ScreenMessage[]>
}
