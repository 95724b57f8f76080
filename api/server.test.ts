import { afterEach, describe, expect, it } from 'vitest'
import { ROLES } from '../plans/ports/people.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { auditRoutes } from './routes/audit.ts'
import { jobRoutes } from './routes/jobs.ts'
import { keyRoutes } from './routes/keys.ts'
import { peopleRoutes } from './routes/people.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { buildServer } from './server.ts'
import { bearer, closeWorlds, NO_JOBS, PASSWORD, world as openWorld } from './testing.ts'

afterEach(closeWorlds)
const world = () => openWorld([sessionRoutes, peopleRoutes, keyRoutes, auditRoutes, jobRoutes])

describe('logging in', () => {
  it('tells who is asking, by token and by cookie, until the session ends', async () => {
    const { server, tokens, at } = await world()
    const { token } = (await server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login: 'approver', password: PASSWORD } })).json<{ token: string }>()
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(token) })).json()).toMatchObject({ role: 'approver' })
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(tokens.engineer) })).json()).toEqual({ id: 'engineer', name: 'the engineer', kind: 'person', role: 'engineer' })
    expect((await server.inject({ url: '/api/v1/me', headers: { cookie: `greenwave_session=${tokens.engineer}` } })).statusCode).toBe(200)
    await server.inject({ method: 'DELETE', url: '/api/v1/sessions/current', headers: bearer(tokens.viewer) })
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(tokens.viewer) })).statusCode).toBe(401)
    at.now += 13 * 3600
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(tokens.engineer) })).statusCode).toBe(401)
  })

  it('answers a wrong password and an unknown login with the same words, and lets nobody guess on', async () => {
    const { server } = await world()
    const attempt = (login: string, password: string) => server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login, password } })
    const wrong = (await attempt('engineer', 'guess')).json<{ detail: string }>()
    expect(wrong).toMatchObject({ status: 401, code: 'request.unauthenticated' })
    expect((await attempt('nobody', 'guess')).json<{ detail: string }>().detail).toBe(wrong.detail)
    for (let i = 0; i < 4; i++) await attempt('engineer', 'guess')
    expect((await attempt('engineer', PASSWORD)).statusCode).toBe(429)
    expect((await attempt('approver', PASSWORD)).statusCode).toBe(201)
  })

  it('refuses a change that another site asks for with the cookie', async () => {
    const { server, tokens } = await world()
    const change = (headers: Record<string, string>) => server.inject({ method: 'DELETE', url: '/api/v1/sessions/current', headers: { cookie: `greenwave_session=${tokens.engineer}`, host: 'here', ...headers } })
    expect((await change({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await change({ origin: 'https://elsewhere.example' })).statusCode).toBe(403)
    expect((await change({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(204)
  })
})

describe('people and keys', () => {
  it('let administrators in and nobody else', async () => {
    const { server, tokens } = await world()
    const seen = await Promise.all(ROLES.map(async (role) => (await server.inject({ url: '/api/v1/people', headers: bearer(tokens[role]) })).statusCode))
    expect(seen).toEqual([403, 403, 403, 200])
    expect((await server.inject({ url: '/api/v1/people' })).statusCode).toBe(401)
  })

  it('add somebody once, however often the request comes', async () => {
    const { server, store, tokens } = await world()
    const add = (key: string | undefined, login: string) => server.inject({ method: 'POST', url: '/api/v1/people', headers: { ...bearer(tokens.administrator), ...(key === undefined ? {} : { 'idempotency-key': key }) }, payload: { login, name: 'New', role: 'viewer' } })
    expect((await add(undefined, 'new')).json()).toMatchObject({ status: 400, code: 'idempotency.missing' })
    const [first, second] = [await add('k1', 'new'), await add('k1', 'new')]
    expect([first.statusCode, second.statusCode]).toEqual([201, 201])
    expect(second.json()).toEqual(first.json())
    expect(second.headers['location']).toBe(first.headers['location'])
    expect((await add('k1', 'other')).json()).toMatchObject({ status: 422, code: 'idempotency.other' })
    expect((await store.people.list()).filter(({ login }) => login === 'new')).toHaveLength(1)
  })

  it('add somebody once, and say so when asked again, though the first answer got lost', async () => {
    let lost = 0
    const { server, store, tokens, at } = await openWorld([(built) => built.addHook('preSerialization', async (_request, _reply, payload) => {
      if (lost++ === 0) throw new Error('the process died between effect and answer')
      return payload
    }), peopleRoutes])
    const add = () => server.inject({ method: 'POST', url: '/api/v1/people', headers: { ...bearer(tokens.administrator), 'idempotency-key': 'k1' }, payload: { login: 'new', name: 'New', role: 'viewer' } })
    expect((await add()).statusCode).toBe(500)
    // Also long after anybody would believe that the first one still runs.
    at.now += 3600
    const again = await add()
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true'])
    expect((await store.people.list()).filter(({ login }) => login === 'new')).toMatchObject([{ id: again.json<{ id: string }>().id }])
  })

  it('change only what the writer saw, and end the sessions of who lost a right', async () => {
    const { server, tokens } = await world()
    const change = (tag: string | undefined, payload: object) => server.inject({ method: 'PATCH', url: '/api/v1/people/engineer', headers: { ...bearer(tokens.administrator), ...(tag === undefined ? {} : { 'if-match': tag }) }, payload })
    const tag = String((await server.inject({ url: '/api/v1/people/engineer', headers: bearer(tokens.administrator) })).headers['etag'])
    expect((await change(undefined, { role: 'viewer' })).statusCode).toBe(428)
    expect((await change(tag, { role: 'viewer' })).json()).toMatchObject({ role: 'viewer' })
    expect((await change(tag, { role: 'approver' })).json()).toMatchObject({ status: 412, code: 'store.conflict' })
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(tokens.engineer) })).statusCode).toBe(401)
  })

  it('keep the last administrator', async () => {
    const { server, tokens } = await world()
    const answer = await server.inject({ method: 'PATCH', url: '/api/v1/people/administrator', headers: { ...bearer(tokens.administrator), 'if-match': '"1"' }, payload: { disabled: true } })
    expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining('last administrator') })
  })

  it('show a key once, believe it until it is taken back, and leave no secret in the store', async () => {
    const { server, store, tokens } = await world()
    const added = await server.inject({ method: 'POST', url: '/api/v1/keys', headers: bearer(tokens.administrator), payload: { name: 'probe feed', scopes: [{ do: 'feed', feed: 'f1' }] } })
    const { secret, key } = added.json<{ secret: string; key: { id: string } }>()
    // A feed's key is believed, and may do nothing else.
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(secret) })).statusCode).toBe(403)
    expect(JSON.stringify(await store.people.keys())).not.toContain(secret)
    await server.inject({ method: 'DELETE', url: `/api/v1/keys/${key.id}`, headers: bearer(tokens.administrator) })
    expect((await server.inject({ url: '/api/v1/me', headers: bearer(secret) })).statusCode).toBe(401)
  })

  it('write every change into the audit, which holds', async () => {
    const { server, tokens } = await world()
    await server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login: 'engineer', password: PASSWORD } })
    await server.inject({ method: 'POST', url: '/api/v1/keys', headers: bearer(tokens.administrator), payload: { name: 'screen', scopes: [{ do: 'screen', screen: 's1' }] } })
    const { items } = (await server.inject({ url: '/api/v1/audit', headers: bearer(tokens.approver) })).json<{ items: { action: string; actor: string }[] }>()
    expect(items.map(({ action }) => action)).toEqual(['key.add', 'session.open'])
    expect((await server.inject({ url: '/api/v1/audit/verification', headers: bearer(tokens.approver) })).json()).toEqual({ intact: true, entries: 2 })
  })
})

describe('the server', () => {
  it('refuses a route that names no right', async () => {
    const clock = { now: () => 0 }
    await expect(buildServer({ store: memoryStore(clock), jobs: NO_JOBS, clock, version: '0', routes: [(server) => server.get('/open', async () => 'all of it')] })).rejects.toThrow('does not say who may use it')
  })

  it('names the place of a wrong value', async () => {
    const { server } = await world()
    const answer = await server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login: 7, extra: 1 } })
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ status: 422, code: 'request.invalid' })
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer)).toContain('/password')
  })
})
