// Batches over NATS between processes of the built service, on PostgreSQL: processes and the broker are killed and stopped, senders send again what was
// not acknowledged. What was answered by 200 or 202 must be there once, in the end.
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { openStore } from '../../adapters/store/index.ts'
import { startPostgres, type TestPostgres } from '../../adapters/store/testing.ts'
import { STREAM } from '../../adapters/streams/nats/index.ts'
import { hasNats, startNatsServer, type TestNats } from '../../adapters/streams/nats/testing.ts'
import type { Store } from '../../plans/ports/store.ts'
import { feedOf, streetScenario } from '../../plans/testing/records.ts'
import { Serving, until } from '../../test/serving.ts'
import { newKey } from '../security/secrets.ts'

const FIXES = 50
const NETWORKS = ['north', 'south']
let postgres: TestPostgres
let nats: TestNats
let store: Store
let secret: string
let database = 0

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.remove())
beforeEach(async () => {
  nats = await startNatsServer()
  const url = postgres.createDatabase(`own${++database}`)
  store = await openStore({ url })
  const key = newKey()
  secret = key.secret
  for (const network of NETWORKS) {
    await store.networks.put(network, streetScenario(), 'x', 0)
    await store.feeds.put({ ...feedOf(`taxis-${network}`, network), settings: { datum: 'wgs84' } }, 0)
  }
  await store.people.putKey({ id: key.id, name: 'radio', secret_hash: key.hash, scopes: NETWORKS.map((network) => ({ do: 'feed', feed: `taxis-${network}` })), created_at: 0, created_by: 'x' })
})
afterEach(async () => {
  await Serving.endAll()
  await store.close()
  await nats.remove()
})

const begin = (roles: string): Promise<Serving> => Serving.start(['--roles', roles, '--nats', nats.url, '--db', `postgres://postgres@127.0.0.1:${postgres.port}/own${database}`], { GREENWAVE_RATE_PER_MINUTE: '1000000' })

const t0 = Math.floor(Date.now() / 1000) - 300
const bodyOf = (batch: number): string => Array.from({ length: FIXES }, (_, v) => `${JSON.stringify({ vehicle_id: `v${v}`, time: t0 + batch, x: 500_010 + 2 * batch + v, y: -5, speed: 2, heading_deg: 90 })}\n`).join('')

/** Statuses of one sending; 0 where nobody answered. */
async function post(web: Serving, network: string, batch: number, body: string | Uint8Array = bodyOf(batch)): Promise<{ status: number; body: Record<string, unknown> }> {
  try {
    return await web.ask('POST', `/api/v1/feeds/taxis-${network}/batches/b${batch}`, body, { 'authorization': `Bearer ${secret}`, 'content-type': 'application/x-ndjson' })
  } catch (error) {
    if (error instanceof TypeError) return { status: 0, body: {} }
    throw error
  }
}

/** Two senders a network, batch after batch, until each is answered by 200 or 202; counts the answers. */
async function sendAll(web: () => Serving, batches: number, acknowledged: { now: number }): Promise<Record<number, number>> {
  const answers: Record<number, number> = {}
  await Promise.all(NETWORKS.flatMap((network) => [0, 1].map(async (sender) => {
    for (let batch = sender; batch < batches; batch += 2) {
      for (;;) {
        const { status, body } = await post(web(), network, batch)
        answers[status] = (answers[status] ?? 0) + 1
        if (status === 200 || status === 202) break
        if (status !== 0 && status !== 503) throw new Error(`${status} ${JSON.stringify(body)}`)
        await new Promise((resolve) => { setTimeout(resolve, 50) })
      }
      acknowledged.now++
      await chance()
    }
  })))
  return answers
}

async function stored(network: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  for await (const rows of store.observations.fixes(network, 0, Infinity)) for (const { vehicle, time_s } of rows) seen.set(`${vehicle} ${time_s}`, (seen.get(`${vehicle} ${time_s}`) ?? 0) + 1)
  return seen
}

/** Every fix once, within half a minute. */
async function expectAllOnce(batches: number): Promise<void> {
  for (const network of NETWORKS) {
    await until(async () => (await stored(network)).size === batches * FIXES, 30_000).catch(() => {})
    const seen = await stored(network)
    expect([network, seen.size, [...seen.values()].filter((times) => times !== 1)]).toEqual([network, batches * FIXES, []])
  }
}

async function messagesIn(stream: string): Promise<number> {
  const connection = await connect({ servers: nats.url.replace('nats://', '') })
  try {
    return (await (await jetstreamManager(connection)).streams.info(stream)).state.messages
  } finally {
    await connection.close()
  }
}

/** The wire is cut in the middle of whatever runs. */
async function killAndBegin(who: { now: Serving }, roles: string): Promise<void> {
  await who.now.end('SIGKILL')
  who.now = await begin(roles)
}
const chance = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, Math.random() * 200) })

describe.skipIf(!hasNats)('batches over NATS', () => {
  it('are stored by another process, each once, told by 200, and shown by the one that was asked; what can not be believed is laid aside', async () => {
    const [web] = await Promise.all([begin('web'), begin('ingest')])
    await until(async () => (await post(web, 'north', 0)).status === 200, 60_000)
    expect((await post(web, 'north', 0)).body).toMatchObject({ outcome: 'duplicate', accepted: FIXES })
    const bad = await post(web, 'north', 1, gzipSync('cut short').subarray(0, 20))
    expect([bad.status, bad.body['code']]).toEqual([400, 'request.malformed'])
    // Its name is used up.
    expect(await post(web, 'north', 1)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('cannot be unpacked') as string } })
    expect([await messagesIn(STREAM.batches), await messagesIn(STREAM.dead)]).toEqual([0, 1])
    await web.logIn()
    expect((await web.ask('GET', '/api/v1/feeds/taxis-north/batches/b0')).body).toMatchObject({ outcome: 'stored', accepted: FIXES })
    expect((await web.ask('GET', '/api/v1/feeds/taxis-north/batches/b1')).status).toBe(422)
    expect((await web.ask('GET', '/api/v1/feeds/taxis-north/batches/b2')).status).toBe(404)
    expect((await web.ask('GET', '/api/v1/networks/north/live')).body).toMatchObject({ links: [{ link: 'east', vehicles: FIXES }] })
    expect((await web.ask('GET', '/metrics')).body['text']).toMatch(/greenwave_stream_messages\{stream="dead"\} 1/)
  })

  it('are neither lost nor doubled where those who bring them, those who store them and the broker are killed', async () => {
    const web = { now: await begin('web') }
    const stores = [{ now: await begin('ingest') }, { now: await begin('ingest') }]
    const acknowledged = { now: 0 }
    const batches = 80
    const all = batches * NETWORKS.length
    const sending = sendAll(() => web.now, batches, acknowledged)
    const deeds = [() => killAndBegin(stores[0]!, 'ingest'), () => killAndBegin(web, 'web'), async () => { await nats.kill(); await nats.start() }, () => killAndBegin(stores[1]!, 'ingest')]
    const done: Promise<void>[] = []
    for (const [k, deed] of deeds.entries()) {
      await until(() => acknowledged.now >= (all * (k + 1)) / (deeds.length + 2))
      await chance()
      // Not waited for: senders and the other processes go on meanwhile.
      done.push(deed())
    }
    await Promise.all(done)
    const answers = await sending
    expect((answers[0] ?? 0) + (answers[503] ?? 0)).toBeGreaterThan(0)
    await expectAllOnce(batches)
    expect(await messagesIn(STREAM.dead)).toBe(0)
  })

  it('wait with their senders while the broker is away, which is said, and go on after it', async () => {
    const [web, ingest] = await Promise.all([begin('web'), begin('ingest')])
    await until(async () => (await post(web, 'north', 0)).status === 200, 60_000)
    const sending = sendAll(() => web, 40, { now: 0 })
    await chance()
    await nats.stop()
    for (const service of [web, ingest]) {
      await until(async () => (await service.ask('GET', '/readyz')).status === 503, 10_000)
      expect((await service.ask('GET', '/readyz')).body).toMatchObject({ reasons: [{ what: 'stream', reason: expect.stringMatching(/^NATS at 127\.0\.0\.1:\d+ cannot be used/) as string }] })
    }
    expect(await post(web, 'north', 99)).toMatchObject({ status: 503, body: { code: 'stream.unreachable' } })
    await new Promise((resolve) => { setTimeout(resolve, 10_000) })
    await nats.start()
    await Promise.all([web.ready(30_000), ingest.ready(30_000)])
    await sending
    await expectAllOnce(40)
  })
})
