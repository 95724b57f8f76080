// The audit's chain: what an entry's hash covers, and whether entries hold together.
import { hashOf } from './canonical.ts'
import type { AuditEntry } from './audit-log.ts'

/** What stands before the first entry. */
export const GENESIS = '0'.repeat(64)

/** Every audit-log builds its next entry with this. */
export function chainEntry(entry: Omit<AuditEntry, 'seq' | 'previous' | 'hash'>, last: Pick<AuditEntry, 'seq' | 'hash'> | undefined): AuditEntry {
  const { time_s, actor, action, subject_kind, subject, detail } = entry
  const body = { seq: (last?.seq ?? 0) + 1, time_s, actor, action, subject_kind, subject, detail, previous: last?.hash ?? GENESIS }
  return { ...body, hash: hashOf(body) }
}

/** The first thing that is wrong with entries in order, as a sentence; undefined when the chain holds. `last` is the entry before the first of them. */
export function findBreak(entries: readonly AuditEntry[], last?: Pick<AuditEntry, 'seq' | 'hash'>): string | undefined {
  let before = last
  for (const entry of entries) {
    const expected = chainEntry(entry, before)
    if (entry.seq !== expected.seq) return `entry ${expected.seq} is missing: ${entry.seq} stands in its place`
    if (entry.previous !== expected.previous) return `entry ${entry.seq} does not follow the one before it`
    if (entry.hash !== expected.hash) return `entry ${entry.seq} is not what was written`
    before = entry
  }
  return undefined
}
