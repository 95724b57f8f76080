import assert from 'node:assert/strict'
import { streetScenario } from '../../testing/records.ts'
import { hashOf } from '../canonical.ts'
import { refuses, same, type StoreSuite } from './suite.ts'

export function networkCases({ test }: StoreSuite): void {
  test('keeps every version of a network', async (store, own) => {
    const [first, second] = [streetScenario('first'), streetScenario('second')]
    const record = await store.networks.put(own, first, 'wang', 0)
    assert.deepEqual([record.id, record.name, record.time_zone, record.version, record.hash], [own, 'first', 'Europe/Berlin', 1, hashOf(first)])
    assert.equal((await store.networks.put(own, second, 'wang', 1)).version, 2)
    same(await store.networks.scenario(own), second)
    same(await store.networks.scenario(own, 1), first)
    assert.equal(await store.networks.scenario(own, 3), undefined)
    assert.equal(await store.networks.scenario(`${own}-unknown`), undefined)
    assert.equal((await store.networks.get(own))?.name, 'second')
    assert.ok((await store.networks.list()).some(({ id, version }) => id === own && version === 2))
  })
  test('keeps the version of a network that is put again unchanged', async (store, own) => {
    await store.networks.put(own, streetScenario(), 'wang', 0)
    for (const expected of [0, 1]) assert.equal((await store.networks.put(own, streetScenario(), 'wang', expected)).version, 1)
    await refuses('store.conflict', () => store.networks.put(own, streetScenario('other'), 'wang', 0))
    assert.equal(await store.networks.scenario(own, 2), undefined)
  })
  test('finds the links of the newest version that touch a box', async (store, own) => {
    await store.networks.put(own, streetScenario('street', ['a', 'b', 'c']), 'wang', 0)
    // A kilometre is 0.00899 degrees there: the nodes stand at 9, 9.00899, 9.01797 and 9.02696 degrees east.
    assert.deepEqual(await store.networks.linksWithin(own, [8.9, -0.1, 9.1, 0.1]), ['a', 'b', 'c'])
    assert.deepEqual(await store.networks.linksWithin(own, [9.011, -0.001, 9.012, 0.001]), ['b'])
    assert.deepEqual(await store.networks.linksWithin(own, [9.001, -0.001, 9.012, 0.001]), ['a', 'b'])
    assert.deepEqual(await store.networks.linksWithin(own, [9.011, 0.0005, 9.012, 0.001]), [])
    await store.networks.put(own, streetScenario('shorter', ['a']), 'wang', 1)
    assert.deepEqual(await store.networks.linksWithin(own, [8.9, -0.1, 9.1, 0.1]), ['a'])
    assert.deepEqual(await store.networks.linksWithin(`${own}-unknown`, [8.9, -0.1, 9.1, 0.1]), [])
  })
  test('finds no link by place in a local drawing', async (store, own) => {
    const drawing = streetScenario()
    drawing.network.coordinate_reference = { kind: 'local' }
    await store.networks.put(own, drawing, 'wang', 0)
    assert.deepEqual(await store.networks.linksWithin(own, [-180, -90, 180, 90]), [])
  })
}
