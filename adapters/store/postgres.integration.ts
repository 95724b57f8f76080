import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../plans/ports/index.ts'
import { storeConformance } from '../../plans/ports/conformance.ts'
import { feedOf, healthOf, planOf, streetScenario, SUNDAY_S } from '../../plans/testing/records.ts'
import { backup, restore } from './backup.ts'
import { sqlState } from './database.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { openStore } from './open-store.ts'
import { openPostgres } from './postgres.ts'
import { startPostgres, type TestPostgres } from './testing.ts'
import { Wire } from '../../test/wire.ts'

let postgres: TestPostgres
let store: Store
/** A second, empty database on the same server. */
let first: string

/** A killed server's children need a moment to notice. */
function restart(): void {
  for (let attempt = 1; ; attempt++) {
    try {
      postgres.start()
      return
    } catch (error) {
      if (attempt === 10) throw error
      execFileSync('sleep', ['1'])
    }
  }
}

beforeAll(async () => {
  postgres = await startPostgres()
  store = await openStore({ url: postgres.url })
  first = postgres.createDatabase('first')
})
afterAll(async () => {
  await store?.close()
  postgres?.remove()
})

describe('the store on PostgreSQL', () => {
  storeConformance('postgres', () => store, it)
})

const row = (vehicle: string, time_s: number) => ({ vehicle, time_s, lon: 9.1, lat: 48.7 })
const batch = (feed: string, id: string, rows: number, begin = SUNDAY_S) => ({ feed, id, received_s: SUNDAY_S, health: healthOf(rows), fixes: Array.from({ length: rows }, (_, i) => row(`v${i}`, begin + i / 100)) })
const entry = { time_s: SUNDAY_S, actor: 'wang', action: 'plan.approve', subject_kind: 'plan', subject: 'x', detail: {} }

describe('the tables on PostgreSQL', () => {
  it('refuse to change or to lose an audit entry, whoever asks', async () => {
    await store.audit.append(entry)
    const database = openPostgres(postgres.url)
    for (const statement of ['UPDATE audit SET actor = \'mallory\'', 'DELETE FROM audit', 'TRUNCATE audit']) {
      await expect(database.exec(statement)).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('can only be added to') as string })
    }
    await database.close()
  })
  it('give what one process does at a time to one, and to another once that one is done, gone or cut off', async () => {
    const [one, other] = await Promise.all([openStore({ url: postgres.url }), openStore({ url: postgres.url })])
    const mine = (await one.claim('live town'))!
    expect([mine.held, await other.claim('live town'), (await other.claim('live village'))!.held]).toEqual([true, undefined, true])
    await mine.release()
    expect(((await other.claim('live town'))!).held).toBe(true)
    const database = openPostgres(postgres.url)
    const theirs = (await other.claim('live town'))!
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'greenwave claims'`)
    await vi.waitFor(() => expect(theirs.held).toBe(false))
    await vi.waitFor(async () => expect((await one.claim('live town'))?.held).toBe(true))
    expect(await other.claim('live town')).toBeUndefined()
    await one.close()
    await vi.waitFor(async () => expect((await other.claim('live town'))?.held).toBe(true))
    await Promise.all([other.close(), database.close()])
  })
  it('are migrated once by many processes that begin at the same time', async () => {
    const databases = Array.from({ length: 4 }, () => openPostgres(first, { connections: 1 }))
    const applied = await Promise.all(databases.map((database) => migrate(database)))
    // Whose turn comes next is not told by the order they began in.
    expect(applied.flat().sort((a, b) => a - b)).toEqual(MIGRATIONS.map(({ number }) => number))
    await Promise.all(databases.map((database) => database.close()))
  })
  it('refuse a version that is older than they are, and a migration that is not the one they know', async () => {
    const database = openPostgres(first)
    const next = { number: MIGRATIONS.length + 1, name: 'next', sql: 'CREATE TABLE next_one ()' }
    expect(await migrate(database, [...MIGRATIONS, next])).toEqual([next.number])
    await expect(migrate(database)).rejects.toMatchObject({ code: 'store.version', message: expect.stringContaining(`has migration ${next.number} (next)`) as string })
    await expect(migrate(database, [...MIGRATIONS, { ...next, sql: 'CREATE TABLE another_one ()' }])).rejects.toMatchObject({ code: 'store.version' })
    await expect(openStore({ url: first })).rejects.toMatchObject({ code: 'store.version' })
    await database.close()
  })
  it('keep nothing of a migration that fails', async () => {
    const database = openPostgres(postgres.createDatabase('half'))
    await expect(migrate(database, [...MIGRATIONS, { number: MIGRATIONS.length + 1, name: 'broken', sql: 'CREATE TABLE half (); SELECT 1 / 0' }])).rejects.toMatchObject({ code: '22012' })
    expect(await database.query(`SELECT to_regclass('half') AS half, to_regclass('plan') IS NOT NULL AS plan`)).toEqual([{ half: null, plan: true }])
    expect(await migrate(database)).toEqual([])
    await database.close()
  })
  it('have BRIN only while a day is hot, and find fixes by place through GIST once it is closed', async () => {
    const database = openPostgres(postgres.url)
    const methods = (name: string) => database.query<{ amname: string }>('SELECT DISTINCT amname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = $1::regclass ORDER BY 1', [name])
    await store.feeds.put(feedOf('closing', 'closing'), 0)
    await store.observations.append(batch('closing', '1', 3000))
    expect(await methods('fix_20261122')).toEqual([{ amname: 'brin' }])
    expect((await store.observations.tend(SUNDAY_S + 2 * 86_400, 40_000)).closed).toContain('2026-11-22')
    expect(await methods('fix_20261122')).toEqual([{ amname: 'brin' }, { amname: 'gist' }])
    const plan = await database.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT * FROM fix_20261122 WHERE ST_SetSRID(ST_MakePoint(lon, lat), 4326) && ST_MakeEnvelope(120, 30, 120.001, 30.001, 4326)')
    expect(plan.map((line) => line['QUERY PLAN']).join(' ')).toContain('fix_20261122_place')
    await database.close()
  })
  it('are all in a backup, which goes into an empty database and into no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenwave-backup-'))
    const file = join(folder, 'town.backup')
    await store.networks.put('kept', streetScenario(), 'wang', 0)
    await backup({ url: postgres.url }, file)
    await expect(restore(file, { url: postgres.url })).rejects.toMatchObject({ code: 'usage' })
    const url = postgres.createDatabase('restored')
    await restore(file, { url })
    const restored = await openStore({ url })
    expect(await restored.networks.get('kept')).toEqual(await store.networks.get('kept'))
    expect(await restored.networks.linksWithin('kept', [8.9, -0.1, 9.1, 0.1])).toEqual(['east', 'further-east'])
    expect((await restored.audit.append(entry)).seq).toBeGreaterThan(1)
    await restored.close()
    rmSync(folder, { recursive: true, force: true })
  })
})

describe('the store when PostgreSQL is in trouble', () => {
  it('says that the database is not there, at the start and later, and goes on by itself when it is back', async () => {
    await expect(openStore({ url: `postgres://postgres@127.0.0.1:1/none` })).rejects.toMatchObject({ code: 'store.unreachable', message: expect.stringContaining('127.0.0.1:1/none') as string })
    await expect(openStore({ url: `${postgres.url}-unknown` })).rejects.toMatchObject({ code: 'store.unreachable' })
    await store.plans.insert(planOf('before the stop'))
    postgres.stop()
    for (const work of [() => store.ping(), () => store.plans.get('x'), () => store.tx((stores) => stores.audit.append(entry)), () => store.observations.append(batch('x', 'x', 1))]) {
      await expect(work()).rejects.toMatchObject({ code: 'store.unreachable' })
    }
    postgres.start()
    await store.ping()
    expect((await store.plans.get('before the stop'))?.id).toBe('before the stop')
  })
  it('loses and doubles nothing that it acknowledged when the server is killed while batches come', async () => {
    await store.feeds.put(feedOf('killed', 'killed'), 0)
    const acknowledged: string[] = []
    const failures = new Set<string | undefined>()
    const feed = { sends: true }
    const send = async (sender: number): Promise<void> => {
      for (let i = 0; feed.sends; i++) {
        const id = `${sender}-${i}`
        // Until it was heard, as every sender does.
        for (let heard = false; !heard;) {
          try {
            await store.observations.append(batch('killed', id, 200))
            acknowledged.push(id)
            heard = true
          } catch (error) {
            failures.add((error as { code?: string }).code)
            await new Promise((resolve) => { setTimeout(resolve, 50) })
          }
        }
      }
    }
    const senders = [send(0), send(1), send(2)]
    for (let round = 0; round < 3; round++) {
      const before = acknowledged.length
      while (acknowledged.length < before + 4) await new Promise((resolve) => { setTimeout(resolve, 20) })
      postgres.kill()
      await new Promise((resolve) => { setTimeout(resolve, 300) })
      restart()
    }
    feed.sends = false
    await Promise.all(senders)
    expect([...failures]).toEqual(['store.unreachable'])
    let rows = 0
    for await (const piece of store.observations.fixes('killed', 0, 4e9)) rows += piece.length
    expect(acknowledged.length).toBeGreaterThan(3)
    expect(rows).toBe(200 * acknowledged.length)
  })
  it('gives up what hangs when the wire was cut and nobody was told, and goes on over a new one', async () => {
    const wire = await Wire.to(postgres.port)
    const far = await openStore({ url: postgres.url.replace(String(postgres.port), String(wire.port)) })
    try {
      await far.ping()
      await far.plans.list({}, { limit: 1 })
      wire.cut()
      const given_up = far.plans.list({}, { limit: 1 })
      given_up.catch(() => {})
      // As the keeper of the store does.
      while (await far.ping().then(() => false, () => true)) {
        if (await Promise.race([given_up.then(() => true, () => true), new Promise((resolve) => { setTimeout(resolve, 500, false) })])) break
      }
      await expect(given_up).rejects.toMatchObject({ code: 'store.unreachable' })
      wire.mend()
      await far.ping()
      await far.plans.list({}, { limit: 1 })
    } finally {
      wire.close()
      await far.close()
    }
  })
  it('says that the disk is full, keeps what was there, and goes on when there is room', async ({ skip }) => {
    // A small disk of its own for the database: only where we may mount one.
    const small = mkdtempSync(join(tmpdir(), 'greenwave-small-disk-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0777', 'tmpfs', small], { stdio: 'ignore' })
    } catch {
      rmSync(small, { recursive: true, force: true })
      skip('no right to mount a small disk')
    }
    const admin = openPostgres(postgres.url)
    const append = (id: string, rows: number) => store.observations.append(batch('full', id, rows, SUNDAY_S + 3 * 86_400))
    try {
      if (process.getuid?.() === 0) execFileSync('chown', ['postgres', small])
      await admin.exec(`CREATE TABLESPACE small LOCATION '${small}'`)
      await store.feeds.put(feedOf('full', 'full'), 0)
      await append('first', 10)
      await admin.exec('ALTER TABLE fix_20261125 SET TABLESPACE small')
      let full: unknown
      for (let i = 0; i < 60; i++) {
        full = await append(`b${i}`, 8000).then(() => undefined, (error: unknown) => error)
        if (full !== undefined) break
      }
      expect(full).toMatchObject({ code: 'store.full' })
      expect(sqlState(full)).toBe('53100')
      expect(await store.observations.has('full', 'first')).toBe(true)
      await admin.exec('ALTER TABLE fix_20261125 SET TABLESPACE pg_default')
      expect(await append('last', 8000)).toBe('stored')
      await admin.exec('DROP TABLESPACE small')
    } finally {
      await admin.close()
      execFileSync('umount', ['-l', small])
      rmSync(small, { recursive: true, force: true })
    }
  })
})
