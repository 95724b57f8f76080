// What is done to observations once a day: days that are over become cheap to search by place, old ones go.
import { formatDay } from '../../model/local-time.ts'
import { addHealth, DAY_S, dayOf, LATE_S } from '../../plans/ports/feed-days.ts'
import type { FeedHealth } from '../../model/feed.ts'
import type { Sql } from './database.ts'
import { batchHealth } from './feeds.ts'
import { lockUntilEnd, unlessLocked } from './locks.ts'
import { dropDay, listDays, partitionOf } from './partitions.ts'
import { documentOf, textOf } from './rows.ts'

/** One process at a time; nothing for those who come while another is at it. */
export async function tend(sql: Sql, now: number, keep_days: number): Promise<{ closed: string[]; dropped: string[] }> {
  const keep = dayOf(now) - keep_days
  await forgetBatches(sql, keep)
  const done = await sql.session((own) => unlessLocked(own, 'tend', async () => {
    const dropped = new Set<number>()
    for (const table of ['fix', 'signal_event', 'lane_count'] as const) {
      for (const day of await listDays(own, table)) if (day < keep && await dropDay(own, table, day)) dropped.add(day)
    }
    const closed: number[] = []
    for (const day of await listDays(own, 'fix')) if ((day + 1) * DAY_S + LATE_S <= now && await closeDay(own, day)) closed.push(day)
    return { closed: closed.map(formatDay), dropped: [...dropped].sort((a, b) => a - b).map(formatDay) }
  }))
  return done ?? { closed: [], dropped: [] }
}

/** False when the day was closed before. Rows that come later still find their way in, through the index. */
async function closeDay(sql: Sql, day: number): Promise<boolean> {
  const name = partitionOf('fix', day)
  const index = `${name}_place`
  const [found] = await sql.query<{ valid: boolean }>('SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)', [index])
  if (found?.valid === true) return false
  // Left behind by a process that was killed while it made it.
  if (found !== undefined) await sql.exec(`DROP INDEX ${index}`)
  // Rows that come late must not wait until the index stands; inside a transaction there is no other way.
  const concurrently = sql.kind === 'postgres' && !sql.inTransaction ? 'CONCURRENTLY' : ''
  await sql.exec(`CREATE INDEX ${concurrently} ${index} ON ${name} USING gist (ST_SetSRID(ST_MakePoint(lon, lat), 4326))`)
  await sql.query(`SELECT brin_summarize_new_values('${name}_time_s_idx')`)
  await sql.exec(`ANALYZE ${name}`)
  return true
}

/** The names of old batches go; their health is kept by day. */
async function forgetBatches(sql: Sql, keep: number): Promise<void> {
  await sql.atomically(async (own) => {
    await lockUntilEnd(own, 'tend')
    for (const { feed, day, health } of await batchHealth(own, 'day < $1', [keep])) {
      const [before] = await own.query<{ health: string }>('SELECT health FROM feed_day WHERE feed = $1 AND day = $2 FOR UPDATE', [feed, day])
      const sum = before === undefined ? health : addHealth(documentOf<FeedHealth>(before.health), health)
      await own.query('INSERT INTO feed_day (feed, day, health) VALUES ($1, $2, $3::json) ON CONFLICT (feed, day) DO UPDATE SET health = excluded.health', [feed, day, textOf(sum)])
    }
    await own.query('DELETE FROM batch WHERE day < $1', [keep])
  })
}
