import assert from 'node:assert/strict'
import fc from 'fast-check'
import { feedOf, jobOf, personOf, planOf, stateOf, SUNDAY_S } from '../../testing/records.ts'
import { refuses, same, type StoreSuite } from './suite.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('绿波', '\0', '\uD83D', '\\N\t\n\r\'"', '__proto__ ', '🚦'))
const document = fc.dictionary(text, fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), text, fc.double({ noNaN: true, noDefaultInfinity: true }))).map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)

export function documentCases({ test }: StoreSuite): void {
  test('gives every document back as it was', async (store, own) => {
    let n = 0
    await fc.assert(fc.asyncProperty(document, async (settings) => {
      const id = `${own}-${n++}`
      await store.snapshots.put({ id, network: own, computed_at: SUNDAY_S, document: settings })
      same((await store.snapshots.get(id))?.document, settings)
    }), { numRuns: 25 })
  })
  test('keeps words of any language, and quotes, in ids and names', async (store, own) => {
    const id = `${own} 南湖大道'"\\;--🚦`
    const name = 'O\'Brien \t\n\\N "x" 王芳'
    await store.people.put(personOf(id, { login: id, name }), 0)
    assert.equal((await store.people.byLogin(id))?.name, name)
    await store.plans.insert(planOf(id, { reason: name }))
    assert.equal((await store.plans.get(id))?.reason, name)
  })
  test('keeps instants and figures to the last bit', async (store, own) => {
    const computed_at = SUNDAY_S + 0.123_456_7
    await store.snapshots.put({ id: own, network: own, computed_at, document: [0.1 + 0.2, 1e-300, -1.5e300, 2 ** 53] })
    const kept = await store.snapshots.get(own)
    assert.equal(kept?.computed_at, computed_at)
    assert.deepEqual(kept.document, [0.1 + 0.2, 1e-300, -1.5e300, 2 ** 53])
  })
  test('gives a setting back as it was last put, and none where none was', async (store, own) => {
    assert.equal(await store.settings.get(own), undefined)
    await store.settings.put(own, { published: true, days: ['2026-10-01'] }, 0)
    same(await store.settings.put(own, { published: false }, 1), { value: { published: false }, version: 2 })
    same(await store.settings.get(own), { value: { published: false }, version: 2 })
  })
  test('keeps null apart from nothing', async (store, own) => {
    await store.jobs.insert(jobOf(own, { input: null }))
    assert.deepEqual(await store.jobs.get(own), jobOf(own, { input: null }))
    await store.jobs.update(own, { state: 'done', result: null })
    assert.deepEqual(await store.jobs.get(own), jobOf(own, { input: null, state: 'done', result: null }))
  })
  test('refuses what no document can hold, and changes nothing', async (store, own) => {
    await refuses('input.value', () => store.feeds.put({ ...feedOf(own, own), settings: { places: [{ x_m: Number.NaN }] } }, 0))
    await refuses('input.value', () => store.states.putDay(own, '2026-11-22', stateOf({ coverage: Number.POSITIVE_INFINITY })))
    await refuses('input.value', () => store.plans.insert(planOf(own, { created_at: Number.NaN })))
    await refuses('input.value', () => store.plans.insert(planOf(`${own}\0`)))
    await refuses('input.value', () => store.plans.insert(planOf(own, { reason: '\uD83D' })))
    assert.equal(await store.feeds.get(own), undefined)
    assert.deepEqual(await store.states.days(own, 5), [])
    assert.equal(await store.plans.get(own), undefined)
  })
  test('hands out copies: what the reader does to them stays with the reader', async (store, own) => {
    const settings = { zone: 'UTC' }
    await store.feeds.put({ ...feedOf(own, own), settings }, 0)
    settings.zone = 'changed'
    const first = await store.feeds.get(own)
    first!.settings.zone = 'changed as well'
    assert.equal((await store.feeds.get(own))?.settings.zone, 'UTC')
  })
}
