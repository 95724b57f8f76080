// A process that takes batches into PostgreSQL is killed again and again; its sender sends again what was not acknowledged.
import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../../adapters/store/testing.ts'
import { openStore } from '../../adapters/store/index.ts'
import { feedOf, streetScenario } from '../../plans/testing/records.ts'
import { newKey } from '../security/secrets.ts'

const CHILD = `
  import { openStore } from './adapters/store/index.js'
  import { buildServer } from './api/server.js'
  import { batchRoutes } from './api/routes/batches.js'
  const clock = { now: () => Date.now() / 1000 }
  const store = await openStore({ url: process.env.URL })
  const jobs = { handle() {}, send: async () => 'none', cancel: async () => false, start: async () => {}, stop: async () => {} }
  const server = await buildServer({ store, jobs, clock, version: '0', routes: [batchRoutes], settings: { rate_per_minute: 1e6 } })
  await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
  console.log(server.server.address().port)
`
const KILLS = 6
const BATCHES = 150
const FIXES = 100
let postgres: TestPostgres
let child: ChildProcess | undefined

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => {
  child?.kill('SIGKILL')
  postgres?.remove()
})

async function begin(): Promise<number> {
  const own = spawn(process.execPath, ['--input-type=module', '-e', CHILD], { cwd: 'dist', env: { ...process.env, URL: postgres.url, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  child = own
  return new Promise((resolve, reject) => {
    own.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())))
    own.once('exit', (code) => reject(new Error(`the child ended with ${code}`)))
  })
}

describe('a killed ingest', () => {
  it('has stored every acknowledged fix exactly once', async () => {
    const store = await openStore({ url: postgres.url })
    await store.networks.put('street', streetScenario(), 'x', 0)
    await store.feeds.put({ ...feedOf('taxis', 'street'), settings: { datum: 'wgs84' } }, 0)
    const { id, secret, hash } = newKey()
    await store.people.putKey({ id, name: 'radio', secret_hash: hash, scopes: [{ do: 'feed', feed: 'taxis' }], created_at: 0, created_by: 'x' })

    let port = await begin()
    let refused = 0
    const t0 = Math.floor(Date.now() / 1000) - 300
    const bodyOf = (batch: number): string => Array.from({ length: FIXES }, (_, v) => JSON.stringify({ vehicle_id: `v${v}`, time: t0 + 2 * batch, x: 500_010 + 5 * batch + v, y: -5, speed: 2.5, heading_deg: 90 })).join('\n') + '\n'
    const send = async (batch: number): Promise<void> => {
      for (;;) {
        try {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/feeds/taxis/batches/b${batch}`, { method: 'POST', headers: { 'authorization': `Bearer ${secret}`, 'content-type': 'application/x-ndjson' }, body: bodyOf(batch) })
          if (answer.status === 200) return
          if (answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`)
        } catch (error) {
          if (!(error instanceof TypeError)) throw error
        }
        refused++
        await new Promise((resolve) => { setTimeout(resolve, 20) })
      }
    }
    let acknowledged = 0
    let next = 0
    const senders = Array.from({ length: 4 }, async () => {
      while (next < BATCHES) {
        await send(next++)
        acknowledged++
      }
    })
    const killing = (async () => {
      for (let k = 1; k <= KILLS; k++) {
        // In the middle of some batch, after a share of all that is different every time.
        await until(() => acknowledged >= (BATCHES * k) / (KILLS + 2))
        await new Promise((resolve) => { setTimeout(resolve, Math.random() * 15) })
        child!.removeAllListeners('exit')
        child!.kill('SIGKILL')
        port = await begin()
      }
    })()
    await Promise.all([...senders, killing])

    const seen = new Map<string, number>()
    for await (const rows of store.observations.fixes('street', 0, Infinity)) for (const { vehicle, time_s } of rows) seen.set(`${vehicle} ${time_s}`, (seen.get(`${vehicle} ${time_s}`) ?? 0) + 1)
    expect(acknowledged).toBe(BATCHES)
    expect(refused).toBeGreaterThan(0)
    expect(seen.size).toBe(BATCHES * FIXES)
    expect([...seen.values()].filter((times) => times !== 1)).toEqual([])
    await store.close()
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 1) })
}
