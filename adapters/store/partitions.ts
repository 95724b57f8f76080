// Tables by UTC day: a partition is there as soon as a row of its day comes, and goes as a whole.
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay } from '../../model/local-time.ts'
import { DAY_S } from '../../plans/ports/feed-days.ts'
import type { Sql } from './database.ts'
import { lockUntilEnd } from './locks.ts'

export type DayTable = 'fix' | 'signal_event' | 'lane_count' | 'link_minute'

/** From 1970 to the end of 9999: what a calendar can name. */
const LAST_DAY = 2_932_896
/** One commit that touches more days than a quarter has would make a partition for each: somebody's clock is broken. */
const DAYS_AT_ONCE = 100

export const partitionOf = (table: DayTable, day: number): string => `${table}_${formatDay(day).replaceAll('-', '')}`

/** Makes partitions that are not there yet. Throws `input.value` for days out of the calendar and for too many at once. */
export async function ensureDays(sql: Sql, wanted: ReadonlyMap<DayTable, ReadonlySet<number>>): Promise<void> {
  const names = new Map<string, { table: DayTable; day: number }>()
  for (const [table, days] of wanted) {
    if (days.size > DAYS_AT_ONCE) throw new GreenwaveError('input.value', `rows of ${days.size} days came at once, ${DAYS_AT_ONCE} are allowed; is the clock of the source right?`)
    for (const day of days) {
      if (!(day >= 0 && day <= LAST_DAY)) throw new GreenwaveError('input.value', `an instant of ${day * DAY_S} s since 1970 is on no day of the calendar`)
      names.set(partitionOf(table, day), { table, day })
    }
  }
  if ((await missing(sql, [...names.keys()])).length === 0) return
  await lockUntilEnd(sql, 'partition')
  for (const name of await missing(sql, [...names.keys()])) {
    const { table, day } = names.get(name)!
    // Attached rather than made as a partition: that would shut out the table's readers.
    await sql.exec(`
      CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
      ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${day * DAY_S}) TO (${(day + 1) * DAY_S})`)
  }
}

async function missing(sql: Sql, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  return (await sql.query<{ name: string }>('SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL ORDER BY name', [names])).map(({ name }) => name)
}

/** Days that have a partition, oldest first. */
export async function listDays(sql: Sql, table: DayTable): Promise<number[]> {
  const rows = await sql.query<{ day: string }>(
    `SELECT right(c.relname, 8) AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '${table}'::regclass ORDER BY 1`,
  )
  return rows.map(({ day }) => Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`) / (DAY_S * 1000))
}

/** Takes a day away. Waits for those who read it, but not so long that others must wait behind it: false then, and the next time is early enough. */
export async function dropDay(sql: Sql, table: DayTable, day: number): Promise<boolean> {
  try {
    await sql.query(`SELECT set_config('lock_timeout', '5s', ${sql.inTransaction})`)
    await sql.exec(`DROP TABLE IF EXISTS ${partitionOf(table, day)}`)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '55P03') || sql.inTransaction) throw error
    return false
  } finally {
    if (!sql.inTransaction) await sql.query(`SELECT set_config('lock_timeout', '0', false)`)
  }
}

/**
 * Tells the BRIN index of a day what came since it was last told: every slice that is read would look through all of that. The server does it by
 * itself after a minute or so, the embedded database never. Not while the day is being closed, which would have to be waited for.
 */
export async function summarize(sql: Sql, table: DayTable, day: number): Promise<void> {
  const name = partitionOf(table, day)
  await sql.query(`
    SELECT brin_summarize_new_values(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE i.indrelid = to_regclass($1) AND a.amname = 'brin' AND to_regclass($2) IS NULL`, [name, `${name}_place`])
}
