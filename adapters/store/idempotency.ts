import { type IdempotencyStore, type IdempotentAnswer, KEEP_REQUESTS_S, REQUEST_LEASE_S, takenOver } from '../../plans/ports/idempotency.ts'
import type { Sql } from './database.ts'
import { documentOf, textOf } from './rows.ts'

const KEY = 'actor = $1 AND route = $2 AND key = $3'
/** Begun by whoever asks, and not taken over since. */
const MINE = `${KEY} AND begun_at = $4 AND answer IS NULL`

export const idempotencyStore = (sql: Sql): IdempotencyStore => ({
  async begin({ key, actor, route, body_hash, now }) {
    // Old keys of others go as well, a few at a time, so that they need nobody to tend them.
    await sql.query('DELETE FROM idempotency WHERE (actor, route, key) IN (SELECT actor, route, key FROM idempotency WHERE begun_at <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)', [now - KEEP_REQUESTS_S])
    for (;;) {
      const begun = await sql.query(`
        INSERT INTO idempotency AS old (actor, route, key, body_hash, begun_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (actor, route, key) DO UPDATE SET body_hash = $4, begun_at = $5, answer = NULL
        WHERE old.begun_at <= $6 OR (old.answer IS NULL AND old.begun_at NOT BETWEEN $7 AND $8) RETURNING key`,
        [actor, route, key, body_hash, now, now - KEEP_REQUESTS_S, now - REQUEST_LEASE_S, now + REQUEST_LEASE_S])
      if (begun.length > 0) return 'new'
      const [known] = await sql.query<{ body_hash: string; answer: string | null }>(`SELECT body_hash, answer FROM idempotency WHERE ${KEY}`, [actor, route, key])
      // Abandoned between the two statements.
      if (known === undefined) continue
      if (known.body_hash !== body_hash) return 'other'
      return known.answer === null ? 'running' : documentOf<IdempotentAnswer>(known.answer)
    }
  },
  async finish({ key, actor, route, begun_at }, answer) {
    const mine = await sql.query(`UPDATE idempotency SET answer = $5::json WHERE ${MINE} RETURNING key`, [actor, route, key, begun_at, textOf(answer)])
    if (mine.length === 0) throw takenOver(key)
  },
  async abandon({ key, actor, route, begun_at }) {
    await sql.query(`DELETE FROM idempotency WHERE ${MINE}`, [actor, route, key, begun_at])
  },
})
