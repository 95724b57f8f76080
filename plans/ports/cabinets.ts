// Between who writes timings for cabinets and who answers them: the bundle that lies ready, and what the cabinet last told.
import type { Instant } from '../../model/units.ts'

export interface PublishedBundle {
  cabinet: string
  /** u64 as decimal text; only grows. */
  bundle_id: string
  /** Canonical bytes as text. */
  body: string
  /** Hex, SHA-256 of the body. */
  etag: string
  /** Detached JWS. */
  signature: string
  published_s: Instant
  /** Until then the cabinet is asked to come often, because somebody watches. */
  watched_until_s: Instant
}

/** One report as it came, already found whole. */
export interface CabinetReport {
  received_s: Instant
  bundle_id: string
  text: string
}

export interface CabinetTold {
  /** Counts the reports. */
  count: number
  last?: CabinetReport
  /** The last one that had the cabinet's configuration. */
  config?: CabinetReport
}

export interface CabinetPost {
  bundle(cabinet: string): Promise<PublishedBundle | undefined>
  /** Ids of the last bundles of a cabinet, the newest last. */
  ids(cabinet: string): Promise<readonly string[]>
  /** Throws `store.conflict` for an id that is not above the last. */
  publish(bundle: PublishedBundle): Promise<void>
  /** Asks the cabinet to come often until then. Nothing happens before its first bundle: until that it tells with every poll. */
  watch(cabinet: string, until_s: Instant): Promise<void>
  told(cabinet: string): Promise<CabinetTold>
  report(cabinet: string, report: CabinetReport, hasConfig: boolean): Promise<void>
}

/** Kind of the event that says that a cabinet has a new bundle; its body is `{ cabinet }`. */
export const BUNDLE_EVENT = 'cabinet.bundle'
