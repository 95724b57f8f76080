import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import type { Scope } from '../plans/ports/people.ts'
import { timingRoutes } from './routes/timings.ts'
import { newKey } from './security/secrets.ts'
import { bearer, closeWorlds, world as openWorld } from './testing.ts'

afterEach(closeWorlds)

const AVENUE = join(import.meta.dirname, '..', 'scenarios', 'nanhu-avenue')
const SIGNAL = '1'
const TIMING = `/api/v1/networks/town/signals/${SIGNAL}/timing`

async function cabinet(rate_per_minute = 1000) {
  const world = await openWorld([timingRoutes], { settings: { rate_per_minute } })
  await world.store.networks.put('town', (await readScenario(AVENUE)).scenario, 'x', 0)
  const keyFor = async (scope: Scope): Promise<string> => {
    const { id, secret, hash } = newKey()
    await world.store.people.putKey({ id, name: 'a cabinet', secret_hash: hash, scopes: [scope], created_at: 0, created_by: 'x' })
    return secret
  }
  const secret = await keyFor({ do: 'cabinet', network: 'town', signal: SIGNAL })
  const ask = (headers: Record<string, string>) => world.server.inject({ url: TIMING, headers })
  const tag = String((await ask(bearer(secret))).headers['etag'])
  return { ...world, secret, keyFor, ask, tag }
}

describe('a cabinet that has what it must run', () => {
  it('is told so the short way, with the tag and what is left of its requests', async () => {
    const { ask, secret, tag, server } = await cabinet()
    const answer = await ask({ ...bearer(secret), 'if-none-match': `"other", W/${tag}` })
    expect([answer.statusCode, answer.body]).toEqual([304, ''])
    expect(answer.headers).toMatchObject({ 'etag': tag, 'cache-control': 'private, no-cache', 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '998' })
    // What protects pages is for answers with something in them.
    expect(answer.headers).not.toHaveProperty('content-security-policy')
    expect(await server.service.metrics.getSingleMetricAsString('greenwave_http_request_duration_seconds')).toContain('status="304"')
  })

  it('gets it the long way when it has another version, or asks for the first time', async () => {
    const { ask, secret, tag } = await cabinet()
    for (const headers of [bearer(secret), { ...bearer(secret), 'if-none-match': '"other"' }]) expect((await ask(headers)).headers).toMatchObject({ 'etag': tag, 'content-security-policy': expect.any(String) })
  })

  it('is refused as everybody is: without a key, with a wrong, foreign, revoked or expired one, and when it asks too often', async () => {
    const { ask, secret, tag, keyFor, store, server, at } = await cabinet(60)
    const seen = { 'if-none-match': tag }
    const status = async (headers: Record<string, string>) => (await ask({ ...headers, ...seen })).statusCode
    expect(await status({})).toBe(401)
    const foreign = await keyFor({ do: 'cabinet', network: 'town', signal: 'another' })
    expect([await status(bearer(foreign)), await status(bearer(foreign))]).toEqual([403, 403])
    const [id, proof] = [secret.slice(0, 21), secret.slice(21)]
    expect(await status(bearer(`${id}${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`))).toBe(401)
    expect(await status(bearer(secret))).toBe(304)
    const key = (await store.people.key(secret.slice(4, 20)))!
    at.now += 10
    await store.people.putKey({ ...key, expires_at: at.now - 1 })
    server.service.keys.forget(key.id)
    expect(await status(bearer(secret))).toBe(401)
    await store.people.putKey(key)
    server.service.keys.forget(key.id)
    expect([await status(bearer(secret)), await status(bearer(secret))]).toEqual([304, 304])
    const often = await Promise.all(Array.from({ length: 70 }, () => status(bearer(secret))))
    expect(new Set(often)).toEqual(new Set([304, 429]))
    expect(often.filter((one) => one === 304)).toHaveLength(56)
  })
})
