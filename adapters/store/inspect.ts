// A look at a database from outside, for whoever sets the service up: nothing is changed.
import { MIGRATIONS } from './migrations/index.ts'
import { openPostgres } from './postgres.ts'

export interface Inspection {
  /** Major and minor, as the server says it. */
  server: string
  version_num: number
  /** Version that is installed, or could be; absent where PostGIS is not on the server. */
  postgis?: { available: string; installed?: string }
  /** May this user create tables? */
  may_create: boolean
  /** Numbers of migrations; empty in a new database. */
  migrations: number[]
  /** The number at which this version ends. */
  ours: number
  /** Clock of the server less the one of this computer, s; half of the time on the way is taken off. */
  clock_ahead_s: number
  size_bytes: number
}

/** Throws `store.unreachable`. */
export async function inspectPostgres(url: string): Promise<Inspection> {
  const database = openPostgres(url, { connections: 1 })
  try {
    await database.query('SELECT 1')
    const asked = Date.now()
    const [clock] = await database.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 AS now')
    const answered = Date.now()
    const [about] = await database.query<{ server: string; version_num: number; may_create: boolean; size: number; migrated: boolean }>(`
      SELECT current_setting('server_version') AS server, current_setting('server_version_num')::int AS version_num, has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        pg_database_size(current_database()) AS size, to_regclass('migration') IS NOT NULL AS migrated`)
    const [postgis] = await database.query<{ available: string; installed: string | null }>(`SELECT default_version AS available, installed_version AS installed FROM pg_available_extensions WHERE name = 'postgis'`)
    const applied = about!.migrated ? await database.query<{ number: number }>('SELECT number FROM migration ORDER BY number') : []
    return {
      server: about!.server, version_num: about!.version_num, may_create: about!.may_create, size_bytes: about!.size, migrations: applied.map(({ number }) => number), ours: MIGRATIONS.at(-1)?.number ?? 0,
      clock_ahead_s: clock!.now - (asked + answered) / 2000,
      ...(postgis === undefined ? {} : { postgis: { available: postgis.available, ...(postgis.installed === null ? {} : { installed: postgis.installed }) } }),
    }
  } finally {
    await database.close()
  }
}
