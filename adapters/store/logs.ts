// Events and audit entries: numbered in the order in which they are committed. Whoever appends to either holds one lock to the end of its
// transaction, so that no reader finds a smaller number after a larger one, and no two wait for each other.
import type { AuditEntry, AuditLog } from '../../plans/ports/audit-log.ts'
import { chainEntry } from '../../plans/ports/chain.ts'
import type { EventLog, ServiceEvent } from '../../plans/ports/event-log.ts'
import type { Sql } from './database.ts'
import { lockUntilEnd } from './locks.ts'
import { documentOf, listPage, textOf } from './rows.ts'

type EventRow = Omit<ServiceEvent, 'body' | 'network'> & { body: string; network: string | null }
const eventOf = ({ seq, time_s, kind, network, body }: EventRow): ServiceEvent => ({ seq, time_s, kind, ...(network === null ? {} : { network }), body: documentOf(body) })

export const eventLog = (sql: Sql): EventLog => ({
  append: ({ time_s, kind, network, body }) => sql.atomically(async (own) => {
    const text = textOf(body)
    await lockUntilEnd(own, 'log')
    const [row] = await own.query<EventRow>(
      'INSERT INTO event (time_s, kind, network, body) VALUES ($1, $2, $3, $4::json) RETURNING seq, time_s, kind, network, body', [time_s, kind, network ?? null, text],
    )
    return eventOf(row!)
  }),
  since: async (seq, limit) => (await sql.query<EventRow>('SELECT seq, time_s, kind, network, body FROM event WHERE seq > $1 ORDER BY seq LIMIT $2', [seq, limit])).map(eventOf),
  async last() {
    const [row] = await sql.query<{ seq: number | null }>('SELECT max(seq) AS seq FROM event')
    return row?.seq ?? 0
  },
  tend: async (before) => (await sql.query('DELETE FROM event WHERE time_s < $1 RETURNING seq', [before])).length,
})

const AUDIT = 'seq, time_s, actor, action, subject_kind, subject, detail, previous, hash'
type AuditRow = Omit<AuditEntry, 'detail'> & { detail: string }
const entryOf = (row: AuditRow): AuditEntry => ({ ...row, detail: documentOf(row.detail) })
/** Entries in one piece of the whole. */
const PIECE = 1000

export const auditLog = (sql: Sql): AuditLog => ({
  append: (given) => sql.atomically(async (own) => {
    // As it will be read, or its hash would not be the one of what is kept.
    const detail = textOf(given.detail)
    await lockUntilEnd(own, 'log')
    const [head] = await own.query<{ seq: number; hash: string }>('SELECT seq, hash FROM audit_head FOR UPDATE')
    const entry = chainEntry({ ...given, detail: documentOf(detail) }, head)
    await own.query(
      `INSERT INTO audit (${AUDIT}) VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8, $9)`,
      [entry.seq, entry.time_s, entry.actor, entry.action, entry.subject_kind, entry.subject, detail, entry.previous, entry.hash],
    )
    await own.query('UPDATE audit_head SET seq = $1, hash = $2', [entry.seq, entry.hash])
    return entry
  }),
  list: ({ subject, actor }, page) => listPage<AuditRow, AuditEntry>(
    sql, page, { select: `SELECT ${AUDIT} FROM audit`, where: { subject, actor }, order: ['seq'], like: [0], newest: true, keyOf: ({ seq }) => [seq] }, entryOf,
  ),
  async *all() {
    for (let seq = 0; ;) {
      const piece = (await sql.query<AuditRow>(`SELECT ${AUDIT} FROM audit WHERE seq > $1 ORDER BY seq LIMIT ${PIECE}`, [seq])).map(entryOf)
      if (piece.length === 0) return
      yield piece
      seq = piece.at(-1)!.seq
    }
  },
})
