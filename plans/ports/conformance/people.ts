import assert from 'node:assert/strict'
import { personOf, planOf, SUNDAY_S } from '../../testing/records.ts'
import { KEEP_REQUESTS_S, REQUEST_LEASE_S } from '../idempotency.ts'
import type { ApiKey } from '../people.ts'
import { allAtOnce, refuses, same, type StoreSuite, times } from './suite.ts'

export function peopleCases({ test }: StoreSuite): void {
  test('gives a login to one person', async (store, own) => {
    const { done, refused } = await allAtOnce(times(4, (i) => () => store.people.put(personOf(`${own}-${i}`, { login: own }), 0)))
    assert.deepEqual([done.length, refused], [1, times(3, () => 'store.conflict')])
    assert.equal((await store.people.byLogin(own))?.id, done[0]?.id)
    const other = await store.people.put(personOf(`${own}-other`), 0)
    await refuses('store.conflict', () => store.people.put({ ...other, login: own }, 1))
    assert.equal((await store.people.put({ ...other, role: 'approver', password_hash: 'x' }, 1)).version, 2)
    same(await store.people.byId(other.id), { ...other, role: 'approver', password_hash: 'x', version: 2 })
    assert.ok((await store.people.list()).some(({ id }) => id === other.id))
    assert.equal(await store.people.byLogin(`${own}-nobody`), undefined)
  })
  test('knows a session until it expires, is closed, or its person is disabled', async (store, own) => {
    const person = await store.people.put(personOf(own), 0)
    const session = (name: string) => ({ token_hash: `${own}${name}`, person: own, created_at: SUNDAY_S, expires_at: SUNDAY_S + 100 })
    for (const name of 'abc') await store.people.openSession(session(name))
    same(await store.people.session(`${own}a`, SUNDAY_S + 99), { session: session('a'), person })
    assert.equal(await store.people.session(`${own}a`, SUNDAY_S + 100), undefined)
    await store.people.closeSession(`${own}a`)
    assert.equal(await store.people.session(`${own}a`, SUNDAY_S), undefined)
    await store.people.put({ ...person, disabled: true }, 1)
    assert.equal(await store.people.session(`${own}b`, SUNDAY_S), undefined)
    await store.people.put({ ...person, disabled: false }, 2)
    assert.ok(await store.people.session(`${own}b`, SUNDAY_S))
    await store.people.closeSessions(own)
    assert.equal(await store.people.session(`${own}c`, SUNDAY_S), undefined)
  })
  test('keeps the keys of machines, revoked ones as well', async (store, own) => {
    const key: ApiKey = { id: own, secret_hash: 'a'.repeat(64), name: '雷达', scopes: [{ do: 'feed', feed: 'x' }, { do: 'metrics' }], created_by: 'wang', created_at: SUNDAY_S }
    await store.people.putKey(key)
    same(await store.people.key(own), key)
    await store.people.putKey({ ...key, revoked_at: SUNDAY_S + 1 })
    assert.equal((await store.people.key(own))?.revoked_at, SUNDAY_S + 1)
    assert.equal((await store.people.keys()).filter(({ id }) => id === own).length, 1)
    assert.equal(await store.people.key(`${own}-unknown`), undefined)
  })
  test('lets a request with a key begin once and answers its repetitions', async (store, own) => {
    const entry = { key: own, actor: 'wang', route: 'POST /plans', body_hash: 'h', now: SUNDAY_S, begun_at: SUNDAY_S }
    const { done } = await allAtOnce(times(5, () => () => store.idempotency.begin(entry)))
    assert.deepEqual(done.sort(), ['new', 'running', 'running', 'running', 'running'])
    assert.equal(await store.idempotency.begin({ ...entry, body_hash: 'another' }), 'other')
    assert.equal(await store.idempotency.begin({ ...entry, actor: 'li' }), 'new')
    assert.equal(await store.idempotency.begin({ ...entry, route: 'POST /feeds' }), 'new')
    const answer = { status: 201, headers: { location: '/plans/1' }, body: { id: '1' } }
    await store.idempotency.finish(entry, answer)
    same(await store.idempotency.begin({ ...entry, now: SUNDAY_S + KEEP_REQUESTS_S - 1 }), answer)
    await store.idempotency.abandon(entry)
    same(await store.idempotency.begin(entry), answer)
    assert.equal(await store.idempotency.begin({ ...entry, body_hash: 'another', now: SUNDAY_S + KEEP_REQUESTS_S }), 'new')
  })
  test('frees the key of a request that was abandoned or whose process died', async (store, own) => {
    const entry = { key: own, actor: 'wang', route: 'POST /plans', body_hash: 'h', now: SUNDAY_S, begun_at: SUNDAY_S }
    await store.idempotency.begin(entry)
    await store.idempotency.abandon(entry)
    assert.equal(await store.idempotency.begin({ ...entry, body_hash: 'another' }), 'new')
    assert.equal(await store.idempotency.begin({ ...entry, body_hash: 'another', now: SUNDAY_S + REQUEST_LEASE_S - 1 }), 'running')
    assert.equal(await store.idempotency.begin({ ...entry, now: SUNDAY_S + REQUEST_LEASE_S + 1 }), 'new')
    assert.equal(await store.idempotency.begin({ ...entry, now: SUNDAY_S + 2 }), 'running')
    // The clock was put back.
    assert.equal(await store.idempotency.begin({ ...entry, now: SUNDAY_S - 3600 }), 'new')
  })
  test('lets one of two take effect where a slow request was thought dead and begun anew', async (store, own) => {
    const entry = { key: own, actor: 'wang', route: 'POST /plans', body_hash: 'h', now: SUNDAY_S, begun_at: SUNDAY_S }
    const later = { ...entry, now: SUNDAY_S + REQUEST_LEASE_S + 1, begun_at: SUNDAY_S + REQUEST_LEASE_S + 1 }
    const answer = { status: 201, headers: {}, body: { id: '1' } }
    const takeEffect = (begun: typeof entry): Promise<void> => store.tx(async (stores) => {
      await stores.plans.insert(planOf(`${own}-${begun.begun_at}`))
      await stores.idempotency.finish(begun, answer)
    })
    assert.equal(await store.idempotency.begin(entry), 'new')
    assert.equal(await store.idempotency.begin(later), 'new')
    await refuses('idempotency.running', () => takeEffect(entry))
    await takeEffect(later)
    await refuses('idempotency.running', () => takeEffect(entry))
    await store.idempotency.abandon(entry)
    same(await store.idempotency.begin(later), answer)
    assert.equal(await store.plans.get(`${own}-${entry.begun_at}`), undefined)
    assert.equal((await store.plans.get(`${own}-${later.begun_at}`))?.id, `${own}-${later.begun_at}`)
  })
}
