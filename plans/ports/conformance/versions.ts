import assert from 'node:assert/strict'
import { cardOf, deploymentOf, deviceOf, feedOf, personOf, planOf, streetScenario } from '../../testing/records.ts'
import type { Store } from '../store.ts'
import { allAtOnce, refuses, type StoreSuite, times } from './suite.ts'

/** Everything that is written with the version that the writer saw. Each write differs, so that none can pass for a repetition. */
const VERSIONED: Record<string, (store: Store, own: string, expected: number, i: number) => Promise<unknown>> = {
  'network': (store, own, expected, i) => store.networks.put(own, streetScenario(`street ${expected} ${i}`), 'wang', expected),
  'feed': (store, own, expected, i) => store.feeds.put({ ...feedOf(own, own), settings: { i } }, expected),
  'schedule': (store, own, expected, i) => store.schedules.put(own, 'main', [{ day_type: 'weekday', start_s: i }], expected),
  'person': (store, own, expected, i) => store.people.put(personOf(own, { name: `${i}` }), expected),
  'place': (store, own, expected, i) => store.treatments.put(own, cardOf(own, { name: `${i}` }), expected),
  'setting': (store, own, expected, i) => store.settings.put(own, { i }, expected),
  'screen': (store, own, expected, i) => store.screens.put({ id: own, network: own, name: `${i}`, kind: 'text', settings: {} }, expected),
  'controller': (store, own, expected, i) => store.devices.put(deviceOf(own, { settings: { i } }), expected),
  'deployment': (store, own, expected, i) => (expected === 0 ? store.deployments.insert(deploymentOf(own, { by: `${i}` })) : store.deployments.update(deploymentOf(own, { by: `${i}` }), expected)),
  'plan': (store, own, expected, i) => (expected === 0 ? store.plans.insert(planOf(own, { reason: `${i}` })) : store.plans.update(planOf(own, { reason: `${i}` }), expected)),
}

export function versionCases({ test }: StoreSuite): void {
  for (const [what, write] of Object.entries(VERSIONED)) {
    test(`lets one of many writers of a ${what} win who saw the same version`, async (store, own) => {
      for (const expected of [0, 1, 2]) {
        const { done, refused } = await allAtOnce(times(6, (i) => () => write(store, own, expected, i)))
        assert.deepEqual([done.length, refused], [1, times(5, () => 'store.conflict')], `${done.length} won at version ${expected}; refused: ${refused.join(', ')}`)
      }
      await refuses('store.conflict', () => write(store, own, 2, 9))
      await refuses('store.conflict', () => write(store, own, 9, 9))
      await refuses('store.conflict', () => write(store, `${own}-unknown`, 1, 9))
    })
  }
  test('raises a plan\'s version by one with every change and keeps when it was made', async (store, own) => {
    await store.plans.insert(planOf(own, { created_at: 1000 }))
    await store.plans.update(planOf(own, { version: 40, created_at: 2000, stage: 'checked', updated_at: 2000 }), 1)
    const plan = await store.plans.get(own)
    assert.deepEqual([plan?.version, plan?.created_at, plan?.updated_at, plan?.stage], [2, 1000, 2000, 'checked'])
  })
  test('gives a feed that comes back after its removal a version that it never had', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    await refuses('store.conflict', () => store.feeds.remove(own, 2))
    await store.feeds.remove(own, 1)
    assert.equal(await store.feeds.get(own), undefined)
    assert.deepEqual(await store.feeds.list(own), [])
    await refuses('store.conflict', () => store.feeds.remove(own, 1))
    assert.equal((await store.feeds.put(feedOf(own, own), 0)).version, 2)
    assert.equal((await store.feeds.list(own)).length, 1)
  })
}
