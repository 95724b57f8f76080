import assert from 'node:assert/strict'
import { SUNDAY_S } from '../../testing/records.ts'
import { refuses, same, type StoreSuite, times } from './suite.ts'

export function publicationCases({ test }: StoreSuite): void {
  test('gives the snapshot of a network that was kept last, also after the clock was put back, and lets old ones go', async (store, own) => {
    const snapshot = (i: number) => ({ id: `${own}-${i}`, network: own, computed_at: 1000 + i, document: { i } })
    for (const i of [1, 3, 2]) await store.snapshots.put(snapshot(i))
    same(await store.snapshots.latest(own), snapshot(2))
    same(await store.snapshots.get(`${own}-1`), snapshot(1))
    assert.equal(await store.snapshots.latest(`${own}-unknown`), undefined)
    same(await store.snapshots.between(own, 1001, 1003), [snapshot(1), snapshot(2)])
    same(await store.snapshots.between(`${own}-unknown`, 0, 9999), [])
    await refuses('store.conflict', () => store.snapshots.put(snapshot(3)))
    assert.equal(await store.snapshots.tend(1003), 2)
    assert.equal(await store.snapshots.get(`${own}-2`), undefined)
    same(await store.snapshots.latest(own), snapshot(3))
    assert.equal(await store.snapshots.tend(1004), 1)
  })
  test('keeps screens and what was sent to them, what was sent last first, also after the clock was put back', async (store, own) => {
    const screen = { id: own, network: own, name: '屏', kind: 'mixed' as const, settings: { rows: 2 } }
    same(await store.screens.put(screen, 0), { ...screen, version: 1 })
    same(await store.screens.list(own), [{ ...screen, version: 1 }])
    same(await store.screens.get(own), { ...screen, version: 1 })
    const message = (i: number) => ({ id: `${own}-${i}`, screen: own, sent_at: SUNDAY_S + i, expires_at: SUNDAY_S + 60, content: ['慢行'], basis: { age_s: i } })
    for (const i of times(4, (i) => i)) await store.screens.log(message(i))
    await store.screens.log({ ...message(2), acknowledged_at: SUNDAY_S + 9, read_back: 'same', approver: 'li' })
    same(await store.screens.messages(own, 3), [message(3), { ...message(2), acknowledged_at: SUNDAY_S + 9, read_back: 'same', approver: 'li' }, message(1)])
    await store.screens.log(message(-3600))
    same(await store.screens.messages(own, 2), [message(-3600), message(3)])
    assert.deepEqual(await store.screens.messages(`${own}-unknown`, 3), [])
  })
}
