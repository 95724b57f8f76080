// What the same rows cost without a service: PostgreSQL alone by COPY, and a row at a time as a simple script would.
import type { TestPostgres } from '../../adapters/store/testing.ts'
import { openPostgres } from '../../adapters/store/postgres.ts'
import type { MatchedRow } from '../../plans/ports/observations.ts'
import type { Store } from '../../plans/ports/store.ts'
import { cpuOfPostgres } from '../cpu.ts'
import { formatTable } from '../table.ts'

const COLUMNS = 'time_s, lon, lat, link, position_m, offset_m, speed_mps, heading_deg, vehicle'
const ROWS_A_COMMIT = 20_000
const MOST_SINGLE = 5000

/** A table of what the first so many stored rows cost. */
export async function comparePeers(store: Store, postgres: TestPostgres, most: number): Promise<string> {
  const rows: MatchedRow[] = []
  for await (const some of store.observations.fixes('town', 0, Infinity)) {
    for (const row of some) if (rows.length < most) rows.push(row)
    if (rows.length >= most) break
  }
  const database = openPostgres(postgres.url)
  const lines: string[][] = []
  const time = async (how: string, n: number, work: () => Promise<void>): Promise<void> => {
    const [cpu, server, begin] = [process.cpuUsage(), cpuOfPostgres(postgres.directory), performance.now()]
    await work()
    const wall_s = (performance.now() - begin) / 1000
    const { user, system } = process.cpuUsage(cpu)
    lines.push([how, Math.round(n / wall_s).toLocaleString('en'), ((user + system) / n).toFixed(1), (((cpuOfPostgres(postgres.directory) - server) / n) * 1e6).toFixed(1)])
  }
  try {
    await database.exec('CREATE TABLE plain (time_s float8, lon float8, lat float8, link text, position_m float8, offset_m float8, speed_mps float8, heading_deg float8, vehicle text)')
    const texts = Array.from({ length: Math.ceil(rows.length / ROWS_A_COMMIT) }, (_, k) => rows.slice(k * ROWS_A_COMMIT, (k + 1) * ROWS_A_COMMIT).map((row) => `${valuesOf(row).map((value) => value ?? '\\N').join('\t')}\n`).join(''))
    await time('plain COPY of the same rows, text ready, no index', rows.length, async () => {
      for (const text of texts) await database.copyFrom(`plain (${COLUMNS})`, [text])
    })
    const single = rows.slice(0, MOST_SINGLE)
    await time('INSERT, a row a statement, one transaction', single.length, () => database.tx(async (sql) => {
      for (const row of single) await sql.query(`INSERT INTO plain (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, valuesOf(row).map((value) => value ?? null))
    }))
  } finally {
    await database.close()
  }
  return formatTable(['without a service', 'rows/s', 'client µs/row', 'PostgreSQL µs/row'], lines)
}

const valuesOf = ({ time_s, lon, lat, link, position_m, offset_m, speed_mps, heading_deg, vehicle }: MatchedRow): (string | number | undefined)[] => [time_s, lon, lat, link, position_m, offset_m, speed_mps, heading_deg, vehicle]
