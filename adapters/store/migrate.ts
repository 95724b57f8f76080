// Brings a database to what this version needs: each migration in a transaction of its own, with its checksum, by one process at a time.
import { GreenwaveError } from '../../model/errors.ts'
import { sha256 } from '../../plans/ports/canonical.ts'
import { type Database, type Sql, sqlState } from './database.ts'
import { lockUntilEnd } from './locks.ts'
import { type Migration, MIGRATIONS } from './migrations/index.ts'

interface Applied {
  number: number
  name: string
  checksum: string
}

/**
 * Answers the numbers that were applied now. Throws `store.version` for a database that a newer version has migrated, or in which a migration
 * was another one than ours.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<number[]> {
  const applied: number[] = []
  if (pending(await listApplied(database), migrations).length === 0) return applied
  for (;;) {
    const number = await database.tx((sql) => applyNext(sql, migrations))
    if (number === undefined) return applied
    applied.push(number)
  }
}

async function listApplied(sql: Sql): Promise<Applied[]> {
  const [{ there } = { there: false }] = await sql.query<{ there: boolean }>(`SELECT to_regclass('migration') IS NOT NULL AS there`)
  return there ? sql.query<Applied>('SELECT number, name, checksum FROM migration ORDER BY number') : []
}

/** Those that are not applied yet, after those that are were found to be ours. */
function pending(applied: readonly Applied[], migrations: readonly Migration[]): Migration[] {
  for (const { number, name, checksum } of applied) {
    const ours = migrations.find((migration) => migration.number === number)
    if (ours === undefined) throw new GreenwaveError('store.version', `the database has migration ${number} (${name}); this version of greenwave ends at ${migrations.at(-1)?.number ?? 0}`)
    if (sha256(ours.sql) !== checksum) throw new GreenwaveError('store.version', `migration ${number} (${name}) of the database is not the one that this version of greenwave knows`)
  }
  return migrations.filter(({ number }) => applied.every((one) => one.number !== number))
}

async function applyNext(sql: Sql, migrations: readonly Migration[]): Promise<number | undefined> {
  await lockUntilEnd(sql, 'migrate')
  await sql.exec('CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())')
  const [next] = pending(await listApplied(sql), migrations)
  if (next === undefined) return undefined
  try {
    await sql.exec(next.sql)
  } catch (error) {
    throw unfit(error, next)
  }
  await sql.query('INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)', [next.number, next.name, sha256(next.sql)])
  return next.number
}

/** What an administrator of the database must do first. */
function unfit(error: unknown, { number, name }: Migration): unknown {
  if (!(error instanceof Error) || !['42501', '0A000', '58P01'].includes(sqlState(error) ?? '')) return error
  return new GreenwaveError('store.unfit', `migration ${number} (${name}) was refused by the database: ${error.message}`, undefined, error)
}
