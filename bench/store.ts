/**
 * What does it cost to keep observations? Batches of fixes appended by the store (their names kept once, each batch one commit) beside plain COPY of
 * the same rows into a table without an index, commit by commit, on PostgreSQL (with fsync) and on the embedded database. Every row is counted again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Database } from '../adapters/store/database.ts'
import { migrate } from '../adapters/store/migrate.ts'
import { storeOn } from '../adapters/store/open-store.ts'
import { openPglite } from '../adapters/store/pglite.ts'
import { openPostgres } from '../adapters/store/postgres.ts'
import { startPostgres } from '../adapters/store/testing.ts'
import type { Batch, MatchedRow } from '../plans/ports/observations.ts'
import { cpuOfPostgres } from './cpu.ts'
import { formatTable } from './table.ts'

const OPTIONS = { batches: { type: 'string', default: '40' }, rows: { type: 'string', default: '5000' }, at: { type: 'string', default: 'postgres,pglite' } } as const
const COLUMNS = 'source, time_s, lon, lat, position_m, offset_m, speed_mps, heading_deg, vehicle, link'
/** 2026-11-23 08:00 UTC. */
const BEGIN_S = 1_795_420_800

interface Timed {
  how: string
  rows: number
  wall_s: number
  /** Of this process, and of the server's where there is one. */
  client_s: number
  server_s: number | undefined
  right: boolean
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const batches = Array.from({ length: Number(values.batches) }, (_, i) => makeBatch(i, Number(values.rows)))
  let wrong = 0
  for (const at of values.at.split(',')) {
    const timed = at === 'pglite' ? await onPglite(batches) : await onPostgres(batches)
    console.log(`${at}: ${batches.length} batches of ${values.rows} fixes`)
    console.log(formatTable(['how', 'rows/s', 'of plain COPY', 'client µs/row', 'server µs/row', 'answers'], timed.map((one) => rowOf(one, timed[0]!))))
    wrong += timed.filter(({ right }) => !right).length
  }
  return wrong === 0 ? 0 : 1
}

const rowOf = ({ how, rows, wall_s, client_s, server_s, right }: Timed, plain: Timed): string[] => [
  how, Math.round(rows / wall_s).toLocaleString('en'), `${((rows / wall_s) / (plain.rows / plain.wall_s)).toFixed(2)}`, ((client_s / rows) * 1e6).toFixed(1),
  server_s === undefined ? '-' : ((server_s / rows) * 1e6).toFixed(1), right ? 'right' : 'WRONG',
]

/** As a feed brings them: a few thousand vehicles, each a few metres on from batch to batch. */
function makeBatch(batch: number, rows: number): Batch {
  const fixes = Array.from({ length: rows }, (_, i): MatchedRow => {
    const share = ((i * 2_654_435_761 + batch * 40_503) % 2 ** 32) / 2 ** 32
    return {
      vehicle: `veh-${i % 4000}`, time_s: BEGIN_S + batch + Math.round(share * 1000) / 1000, lon: Math.round((120.7 + share * 0.1) * 1e7) / 1e7, lat: Math.round((30.7 + share * 0.07) * 1e7) / 1e7,
      link: `link-${Math.floor(share * 14_000)}`, position_m: Math.round(share * 3000) / 10, offset_m: Math.round(share * 40) / 10, speed_mps: Math.round(share * 160) / 10, heading_deg: Math.round(share * 360),
    }
  })
  return { feed: 'probes', id: `batch-${batch}`, received_s: BEGIN_S + batch, health: { source: 'probes', read: rows, accepted: rows, issues: [] }, fixes }
}

const lineOf = (row: MatchedRow): string => `1\t${row.time_s}\t${row.lon}\t${row.lat}\t${row.position_m}\t${row.offset_m}\t${row.speed_mps}\t${row.heading_deg}\t${row.vehicle}\t${row.link}\n`

async function onPostgres(batches: readonly Batch[]): Promise<Timed[]> {
  const postgres = await startPostgres({ fsync: true, settings: { shared_buffers: '256MB', max_wal_size: '2GB' } })
  const database = openPostgres(postgres.url)
  try {
    return await compare(database, batches, () => cpuOfPostgres(postgres.directory))
  } finally {
    await database.close()
    postgres.remove()
  }
}

async function onPglite(batches: readonly Batch[]): Promise<Timed[]> {
  const directory = mkdtempSync(join(tmpdir(), 'greenwave-bench-store-'))
  const database = await openPglite(directory)
  try {
    return await compare(database, batches, () => undefined)
  } finally {
    await database.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function compare(database: Database, batches: readonly Batch[], serverCpu: () => number | undefined): Promise<Timed[]> {
  await migrate(database)
  const store = storeOn(database, { now: () => BEGIN_S })
  const rows = batches.reduce((sum, { fixes }) => sum + fixes!.length, 0)
  const timed: Timed[] = []
  const time = async (how: string, work: () => Promise<void>, count: () => Promise<number>, expected = rows): Promise<void> => {
    const [cpu, server, begin] = [process.cpuUsage(), serverCpu(), performance.now()]
    await work()
    const wall_s = (performance.now() - begin) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const after = serverCpu()
    timed.push({ how, rows: expected, wall_s, client_s: (user + system) / 1e6, server_s: server === undefined || after === undefined ? undefined : after - server, right: (await count()) === expected })
  }
  const countIn = async (table: string): Promise<number> => (await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]!.n
  for (const network of ['warm', 'one', 'four', 'two']) await store.feeds.put({ id: network, network, kind: 'probes', format: 'ndjson', settings: {}, enabled: true }, 0)
  const texts = batches.map(({ fixes }) => fixes!.map(lineOf).join(''))
  await database.exec('CREATE TABLE plain (source integer, time_s float8, lon float8, lat float8, position_m float8, offset_m float8, speed_mps float8, heading_deg float8, vehicle text, link text)')
  await store.observations.append({ ...batches[0]!, feed: 'warm' })
  await database.copyFrom(`plain (${COLUMNS})`, [texts[0]!])
  await database.exec('TRUNCATE plain')
  const fixesOf = (feed: string) => countIn(`fix JOIN source ON source.number = fix.source WHERE feed = '${feed}'`)
  await time('plain COPY, text ready, no index', async () => {
    for (const text of texts) await database.copyFrom(`plain (${COLUMNS})`, [text])
  }, () => countIn('plain'))
  await time('append, one batch a commit', async () => {
    for (const batch of batches) await store.observations.append({ ...batch, feed: 'one' })
  }, () => fixesOf('one'))
  await time('appendAll, four batches a commit', async () => {
    for (let i = 0; i < batches.length; i += 4) await store.observations.appendAll(batches.slice(i, i + 4).map((batch) => ({ ...batch, feed: 'four' })))
  }, () => fixesOf('four'))
  await time('append, two writers', async () => {
    const write = async (rest: number): Promise<void> => {
      for (const [i, batch] of batches.entries()) if (i % 2 === rest) await store.observations.append({ ...batch, feed: 'two' })
    }
    await Promise.all([write(0), write(1)])
  }, () => fixesOf('two'))
  await time('append again: nothing is stored', async () => {
    for (const batch of batches) await store.observations.append({ ...batch, feed: 'one' })
  }, () => fixesOf('one'))
  let seen = 0
  await time('read by time', async () => {
    for await (const piece of store.observations.fixes('one', BEGIN_S, BEGIN_S + 86_400)) seen += piece.length
  }, async () => seen)
  return timed
}
