// Who did what, chained: each entry's hash covers the one before, so that nothing can be changed or taken out unseen.
import type { Instant } from '../../model/units.ts'
import type { Page, PageRequest } from './store.ts'

export interface AuditEntry {
  /** From 1, without gaps. */
  seq: number
  time_s: Instant
  /** Id of a person, `key:<id>` of a machine, or `greenwave` for what it does by itself. */
  actor: string
  /** For example `plan.approve`. */
  action: string
  subject_kind: string
  subject: string
  detail: Record<string, unknown>
  /** Hash of the entry before; 64 zeros for the first. */
  previous: string
  /** SHA-256 over the canonical JSON of all fields above. */
  hash: string
}

export interface AuditLog {
  /** The store gives seq, previous and hash; entries of concurrent writers stand in one order. */
  append(entry: Pick<AuditEntry, 'time_s' | 'actor' | 'action' | 'subject_kind' | 'subject' | 'detail'>): Promise<AuditEntry>
  /** Newest first. */
  list(filter: { subject?: string; actor?: string }, page: PageRequest): Promise<Page<AuditEntry>>
  /** In order, from the first. */
  all(): AsyncIterable<readonly AuditEntry[]>
}
