import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, authorization } from '../../deploy/cabinet-agent.mjs'
import { type Bundle, configHash, parseBundle, signBundle, timeText } from '../../adapters/controllers/pull/bundle.ts'
import { BODY, CONFIG, KEY, PUBLIC } from '../../adapters/controllers/pull/vectors.ts'
import { cabinetPost } from '../../plans/cabinet-post.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { KnownKeys } from '../security/known-keys.ts'
import { newKey } from '../security/secrets.ts'
import { CabinetDesk } from './desk.ts'
import { CabinetIdentity } from './identity.ts'
import { CabinetListener } from './listener.ts'

const KEYS: Record<string, string> = { 'cab-0001': randomBytes(32).toString('base64url'), 'cab-0002': randomBytes(32).toString('base64url') }
const open: CabinetListener[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((one) => one.stop())) })

const now = (): number => Date.now() / 1000

async function street() {
  const store = memoryStore({ now })
  const post = cabinetPost(store)
  for (const id of Object.keys(KEYS)) await store.devices.put({ id, network: 'town', signal: `of ${id}`, protocol: 'pull', settings: {}, enabled: true, version: 0 }, 0)
  const at = { watch: 0 }
  const desk = new CabinetDesk(store, post, () => at.watch)
  await desk.look()
  const keys = new KnownKeys(store.people)
  const identity = new CabinetIdentity({ macKey: (cabinet) => (KEYS[cabinet] === undefined ? undefined : Buffer.from(KEYS[cabinet], 'base64url')), key: (id) => keys.get(id), now, watch: () => performance.now() / 1000 })
  const failures: unknown[] = []
  const listener = new CabinetListener({ desk, post, identity, now, base_s: 60, onFailure: (error) => failures.push(error) })
  open.push(listener)
  await new Promise<void>((resolve) => { listener.server.listen(0, '127.0.0.1', resolve) })
  const base = `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}`
  const ask = (cabinet: string, headers: Record<string, string> = {}, as = cabinet): Promise<Response> =>
    fetch(`${base}/v1/cabinets/${cabinet}/timing`, { headers: { authorization: authorization({ cabinet: as, key: KEYS[as] ?? KEYS['cab-0002']!, method: 'GET', path: `/v1/cabinets/${cabinet}/timing` }), ...headers } })
  const tell = (cabinet: string, report: object, signed = JSON.stringify(report)): Promise<Response> => {
    const path = `/v1/cabinets/${cabinet}/report`
    return fetch(base + path, { method: 'POST', headers: { authorization: authorization({ cabinet, key: KEYS[cabinet]!, method: 'POST', path, body: signed }) }, body: JSON.stringify(report) })
  }
  const publish = async (bundleId: string, cabinet = 'cab-0001', watched_until_s = 0): Promise<Bundle> => {
    const bundle: Bundle = { ...parseBundle(BODY), cabinetId: cabinet, bundleId, baselineHash: configHash(CONFIG), notBefore: timeText(now() - 60), expiresAt: timeText(now() + 3600) }
    await post.publish({ ...signBundle(bundle, KEY), published_s: now(), watched_until_s })
    await desk.look()
    return bundle
  }
  return { store, post, desk, listener, base, ask, tell, publish, at, failures }
}

describe('a cabinet that fetches its timings', () => {
  it('gets nothing before there is anything, then the bundle with its signature, then that nothing changed', async () => {
    const { ask, publish } = await street()
    expect((await ask('cab-0001')).status).toBe(204)
    await publish('42')
    const first = await ask('cab-0001')
    expect([first.status, first.headers.get('content-type'), first.headers.get('x-gw-next-poll')]).toEqual([200, 'application/vnd.greenwave.timing+json', '60'])
    const taken = accept({ body: await first.text(), jws: first.headers.get('x-gw-signature')!, cabinet: 'cab-0001', keys: { 'test-1': PUBLIC }, last: '41', now: Date.now(), config: CONFIG })
    expect(taken.bundle?.bundleId).toBe('42')
    const again = await ask('cab-0001', { 'if-none-match': first.headers.get('etag')! })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', first.headers.get('etag')])
    expect(Math.abs(Date.parse(again.headers.get('date')!) - Date.now())).toBeLessThan(5000)
    await publish('43')
    expect((await ask('cab-0001', { 'if-none-match': first.headers.get('etag')! })).status).toBe(200)
  })

  it('is told to come often while somebody watches', async () => {
    const { ask, publish, listener } = await street()
    await publish('42', 'cab-0001', now() + 600)
    listener.looked()
    expect((await ask('cab-0001')).headers.get('x-gw-next-poll')).toBe('5')
    await publish('42', 'cab-0002')
    expect((await ask('cab-0002')).headers.get('x-gw-next-poll')).toBe('60')
  })

  it('may wait for news, and has them at once', async () => {
    const { ask, publish } = await street()
    await publish('42')
    const etag = (await ask('cab-0001')).headers.get('etag')!
    expect((await ask('cab-0001', { 'if-none-match': etag, 'prefer': 'wait=1' })).status).toBe(304)
    const waiting = ask('cab-0001', { 'if-none-match': etag, 'prefer': 'respond-async, wait=25' })
    await new Promise((resolve) => { setTimeout(resolve, 100) })
    await publish('43')
    expect((await waiting).headers.get('etag')).not.toBe(etag)
  })

  it('is turned away with the proof of another, with a changed body, with the same proof again, and with a wrong clock', async () => {
    const { ask, tell, publish, base, listener } = await street()
    await publish('42')
    expect((await ask('cab-0001', {}, 'cab-0002')).status).toBe(401)
    expect((await fetch(`${base}/v1/cabinets/cab-0001/timing`)).status).toBe(401)
    const report = { bundleId: '42', state: 'STORED', level: 2, clock: { source: 'ntp' } }
    expect((await tell('cab-0001', report, JSON.stringify({ ...report, level: 1 }))).status).toBe(401)
    const path = '/v1/cabinets/cab-0001/timing'
    const proof = authorization({ cabinet: 'cab-0001', key: KEYS['cab-0001']!, method: 'GET', path })
    const again = async (): Promise<number> => (await fetch(base + path, { headers: { authorization: proof } })).status
    expect([await again(), await again()]).toEqual([200, 401])
    expect(listener.counts.replayed).toBe(1)
    for (const [off, status] of [[-70, 409], [70, 409], [-50, 200], [50, 200]] as const) {
      const skewed = authorization({ cabinet: 'cab-0001', key: KEYS['cab-0001']!, method: 'GET', path, now: Date.now() + off * 1000 })
      expect([off, (await fetch(base + path, { headers: { authorization: skewed } })).status]).toEqual([off, status])
    }
  })

  it('reports on bundles that it was given, and on no others', async () => {
    const { tell, publish, post } = await street()
    await publish('42')
    const report = { bundleId: '42', state: 'STORED', level: 2, clock: { source: 'ntp', skewMs: 12 } }
    expect((await tell('cab-0001', report)).status).toBe(202)
    expect((await tell('cab-0001', { ...report, bundleId: '0', config: CONFIG })).status).toBe(202)
    const { count, last, config } = await post.told('cab-0001')
    expect([count, last?.bundle_id, JSON.parse(config!.text).config]).toEqual([2, '0', CONFIG])
    expect((await tell('cab-0001', { ...report, bundleId: '41' })).status).toBe(409)
    expect((await tell('cab-0001', { ...report, state: 'FINE' })).status).toBe(400)
    expect((await tell('cab-0001', { ...report, reason: 'x'.repeat(300_000) })).status).toBe(413)
    expect((await post.told('cab-0001')).count).toBe(2)
  })

  it('is gone once it was switched off, and unknown once it was taken away', async () => {
    const { store, ask, desk, at } = await street()
    await store.devices.put({ ...(await store.devices.get('cab-0001'))!, enabled: false }, 1)
    at.watch += 10
    await desk.look()
    expect((await ask('cab-0001')).status).toBe(410)
    await store.devices.remove('cab-0001', 2)
    at.watch += 10
    await desk.look()
    expect((await ask('cab-0001')).status).toBe(404)
  })

  it('comes in with a key of the service for its signal, not with one for another', async () => {
    const { store, base, publish } = await street()
    await publish('42')
    const keyFor = async (signal: string): Promise<string> => {
      const { id, secret, hash } = newKey()
      await store.people.putKey({ id, name: 'cabinet', secret_hash: hash, scopes: [{ do: 'cabinet', network: 'town', signal }], created_at: 0, created_by: 'x' })
      return secret
    }
    const status = async (key: string): Promise<number> => (await fetch(`${base}/v1/cabinets/cab-0001/timing`, { headers: { authorization: `Bearer ${key}` } })).status
    expect([await status(await keyFor('of cab-0001')), await status(await keyFor('of cab-0002')), await status(newKey().secret)]).toEqual([200, 401, 401])
  })

  it('is asked for patience when it asks too often', async () => {
    const { ask, publish } = await street()
    await publish('42')
    const etag = (await ask('cab-0001')).headers.get('etag')!
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask('cab-0001', { 'if-none-match': etag })))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask('cab-0002')).status).toBe(204)
  })

  it('never gets an older bundle published after a newer one', async () => {
    const { publish } = await street()
    await publish('42')
    await expect(publish('42')).rejects.toThrow(/not above 42/)
    await expect(publish('9')).rejects.toThrow(/not above 42/)
  })
})
