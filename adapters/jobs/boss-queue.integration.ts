import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../plans/ports/store.ts'
import { openStore } from '../store/open-store.ts'
import { openPostgres } from '../store/postgres.ts'
import { startPostgres, type TestPostgres } from '../store/testing.ts'
import { bossQueue } from './boss-queue.ts'
import { queueConformance } from './conformance.ts'

let postgres: TestPostgres
let store: Store
const clock = { now: () => Date.now() / 1000 }
const pace = { watch_ms: 50, report_ms: 5, again_ms: 5 }

beforeAll(async () => {
  postgres = await startPostgres()
  store = await openStore({ url: postgres.url })
})
afterAll(async () => {
  await store.close()
  postgres.remove()
})

describe('the queue over PostgreSQL', () => {
  queueConformance('it', () => ({ jobs: store.jobs, queue: () => bossQueue({ url: postgres.url, jobs: store.jobs, clock, pace }) }), it)

  it('does a job that was sent before the clock of the database was put back by an hour', async () => {
    const boss = bossQueue({ url: postgres.url, jobs: store.jobs, clock, pace })
    const database = openPostgres(postgres.url)
    try {
      boss.handle('early', async () => ({}))
      const id = await boss.send('early', {}, { by: 'mia' })
      // What pg-boss takes for now.
      const [{ was }] = await database.query<{ was: string }>("SELECT pg_get_functiondef('greenwave_jobs.job_now'::regproc) AS was") as [{ was: string }]
      await database.exec("CREATE OR REPLACE FUNCTION greenwave_jobs.job_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() - interval '1 hour' $$")
      await boss.start()
      await expect.poll(async () => (await store.jobs.get(id))?.state, { timeout: 20_000 }).toBe('done')
      await database.exec(was)
    } finally {
      await boss.stop(0)
      await database.close()
    }
  })

  it('does every corridor of a night once, however often workers are killed', async () => {
    const boss = bossQueue({ url: postgres.url, jobs: store.jobs, clock, pace })
    const day = '2026-11-23'
    const corridors = Array.from({ length: 30 }, (_, i) => `corridor-${i}`)
    const workers = new Set<ChildProcess>()
    const begin = (): ChildProcess => {
      const worker = spawn(process.execPath, ['dist/bench/night-worker.js', postgres.url, '300'], { stdio: ['ignore', 'ignore', 'inherit'] })
      workers.add(worker)
      worker.once('exit', () => workers.delete(worker))
      return worker
    }
    try {
      const ids = await Promise.all(corridors.map((corridor) => boss.send('night', { network: 'town', corridor, day }, { by: 'greenwave', once: `${corridor} ${day}` })))
      let [first] = [begin(), begin()]
      // Seeded moments: the same run of luck every time, as far as the machine lets it.
      let [kills, seed] = [0, 7]
      const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
      const started = Date.now()
      for (;;) {
        await new Promise((resolve) => { setTimeout(resolve, 800 + 1500 * random()) })
        const nights = await store.nights.list('town', day)
        if (nights.length === corridors.length || Date.now() - started > 120_000) break
        if (kills < 4) {
          first.kill('SIGKILL')
          kills++
          first = begin()
        }
      }
      const nights = await store.nights.list('town', day)
      expect(kills).toBeGreaterThan(1)
      expect(nights.map(({ corridor }) => corridor).sort()).toEqual([...corridors].sort())
      for (const id of ids) await expect.poll(async () => (await store.jobs.get(id))?.state, { timeout: 20_000 }).toBe('done')
      // A job was begun again only because its worker had died.
      const attempts = await Promise.all(ids.map(async (id) => ((await store.jobs.get(id))!.result as { attempt: number }).attempt))
      expect(attempts.filter((attempt) => attempt > 1).length).toBeLessThanOrEqual(kills)
    } finally {
      for (const worker of workers) worker.kill('SIGKILL')
      await boss.stop(0)
    }
  })
})
