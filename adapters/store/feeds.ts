import type { FeedHealth, FeedIssue } from '../../model/feed.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import { addHealth, addIssues } from '../../plans/ports/feed-days.ts'
import type { BatchRecord, FeedRecord, FeedStore } from '../../plans/ports/observations.ts'
import type { Sql } from './database.ts'
import { documentOf, present, textOf, written } from './rows.ts'

const COLUMNS = 'id, network, kind, format, settings, enabled, version, created_at'
type FeedRow = Omit<FeedRecord, 'settings'> & { settings: string }
const feedOf = (row: FeedRow): FeedRecord => ({ ...row, settings: documentOf(row.settings) })

export const feedStore = (sql: Sql, clock: Clock): FeedStore => ({
  async list(network) {
    return (await sql.query<FeedRow>(`SELECT ${COLUMNS} FROM feed WHERE NOT removed AND network = coalesce($1, network) ORDER BY id`, [network ?? null])).map(feedOf)
  },
  async get(id) {
    const [row] = await sql.query<FeedRow>(`SELECT ${COLUMNS} FROM feed WHERE id = $1 AND NOT removed`, [id])
    return row === undefined ? undefined : feedOf(row)
  },
  put: ({ id, network, kind, format, settings, enabled }, expected) => sql.atomically(async (own) => {
    const values = [id, network, kind, format, textOf(settings), enabled]
    // One that was removed comes back with a version that it never had.
    const rows = expected === 0
      ? await own.query<FeedRow>(`
          INSERT INTO feed (id, network, kind, format, settings, enabled, version, created_at) VALUES ($1, $2, $3, $4, $5::json, $6, 1, $7)
          ON CONFLICT (id) DO UPDATE SET network = $2, kind = $3, format = $4, settings = $5::json, enabled = $6, version = feed.version + 1, created_at = $7, removed = false
          WHERE feed.removed RETURNING ${COLUMNS}`, [...values, clock.now()])
      : await own.query<FeedRow>(`
          UPDATE feed SET network = $2, kind = $3, format = $4, settings = $5::json, enabled = $6, version = version + 1
          WHERE id = $1 AND NOT removed AND version = $7 RETURNING ${COLUMNS}`, [...values, expected])
    return feedOf(await written(own, rows, `feed "${id}"`, expected, { from: 'feed', where: 'id = $1 AND NOT removed', key: [id] }))
  }),
  async remove(id, expected) {
    const rows = await sql.query('UPDATE feed SET removed = true WHERE id = $1 AND NOT removed AND version = $2 RETURNING id', [id, expected])
    await written(sql, rows, `feed "${id}"`, expected, { from: 'feed', where: 'id = $1 AND NOT removed', key: [id] })
  },
  async health(id, from_day) {
    const from = parseDay(from_day) ?? 0
    const kept = await sql.query<{ day: number; health: string }>('SELECT day, health FROM feed_day WHERE feed = $1 AND day >= $2', [id, from])
    const days = new Map(kept.map(({ day, health }) => [day, documentOf<FeedHealth>(health)]))
    for (const { day, health } of await batchHealth(sql, 'feed = $1 AND day >= $2', [id, from])) {
      const before = days.get(day)
      days.set(day, before === undefined ? health : addHealth(before, health))
    }
    return [...days].sort(([a], [b]) => a - b).map(([day, health]) => ({ day: formatDay(day), health }))
  },
})

interface HealthRow {
  feed: string
  day: number
  read: number
  accepted: number
  from_s: number | null
  until_s: number | null
  refused: string | null
}

/** Health of the batches that meet a condition, added up by feed and day. */
export async function batchHealth(sql: Sql, where: string, params: readonly unknown[]): Promise<{ feed: string; day: number; health: FeedHealth }[]> {
  const sums = await sql.query<HealthRow>(`
    SELECT feed, day, sum(read)::float8 AS read, sum(accepted)::float8 AS accepted, min(from_s) AS from_s, max(until_s) AS until_s,
      (array_agg(refused ORDER BY received_s DESC, id DESC) FILTER (WHERE refused IS NOT NULL))[1] AS refused
    FROM batch WHERE ${where} GROUP BY feed, day`, params)
  const issues = await sql.query<{ feed: string; day: number; issue: string }>(`
    SELECT feed, day, json_build_object('verdict', verdict, 'cause', cause, 'records', sum(records), 'example', (array_agg(example ORDER BY received_s, id))[1]) AS issue
    FROM batch, json_to_recordset(issues) AS issue (verdict text, cause text, records float8, example text)
    WHERE issues IS NOT NULL AND ${where} GROUP BY feed, day, verdict, cause`, params)
  return sums.map(({ feed, day, ...row }) => {
    const own = addIssues(issues.filter((one) => one.feed === feed && one.day === day).map(({ issue }) => documentOf<FeedIssue>(issue)))
    return { feed, day, health: { source: feed, issues: own, ...present<Omit<FeedHealth, 'source' | 'issues'>>(row as never) } }
  })
}

export async function findBatch(sql: Sql, feed: string, id: string): Promise<BatchRecord | undefined> {
  const [found] = await sql.query<Omit<HealthRow, 'feed' | 'day'> & { received_s: number; issues: string | null; content: string | null }>('SELECT received_s, read, accepted, from_s, until_s, refused, issues, content FROM batch WHERE feed = $1 AND id = $2', [feed, id])
  if (found === undefined) return undefined
  const { received_s, issues, content, ...row } = found
  return { received_s, ...(content === null ? {} : { content }), health: { source: feed, issues: issues === null ? [] : documentOf<FeedIssue[]>(issues), ...present<Omit<FeedHealth, 'source' | 'issues'>>(row as never) } }
}
