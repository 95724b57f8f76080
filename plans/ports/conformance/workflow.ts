import assert from 'node:assert/strict'
import type { PeriodLook } from '../nights.ts'
import { jobOf, nightOf, planOf } from '../../testing/records.ts'
import { allAtOnce, refuses, same, type StoreSuite, times } from './suite.ts'

export function workflowCases({ test }: StoreSuite): void {
  test('finds plans by network, corridor and stage', async (store, own) => {
    await store.plans.insert(planOf(`${own}-1`, { network: own, corridor: 'a', stage: 'draft' }))
    await store.plans.insert(planOf(`${own}-2`, { network: own, corridor: 'b', stage: 'approved', approver: 'li' }))
    const found = async (filter: Parameters<typeof store.plans.list>[0]) => (await store.plans.list({ network: own, ...filter }, { limit: 10 })).items.map(({ id }) => id)
    assert.deepEqual([await found({}), await found({ corridor: 'a' }), await found({ stage: 'approved' }), await found({ corridor: 'a', stage: 'approved' })], [[`${own}-2`, `${own}-1`], [`${own}-1`], [`${own}-2`], []])
    same(await store.plans.get(`${own}-2`), planOf(`${own}-2`, { network: own, corridor: 'b', stage: 'approved', approver: 'li' }))
    assert.equal(await store.plans.get(`${own}-3`), undefined)
  })
  test('keeps the schedule of a corridor in its order', async (store, own) => {
    assert.deepEqual(await store.schedules.get(own, 'main'), { version: 0, entries: [] })
    const entries = [{ day_type: 'weekday', start_s: 61_200, plan: 'x' }, { day_type: 'holiday', start_s: 0 }] as const
    same(await store.schedules.put(own, 'main', entries, 0), { version: 1, entries })
    same(await store.schedules.get(own, 'main'), { version: 1, entries })
    assert.equal((await store.schedules.get(own, 'side')).version, 0)
  })
  test('records a corridor\'s night once, whoever comes first', async (store, own) => {
    const { done, refused } = await allAtOnce(times(6, (i) => () => store.nights.record(nightOf(own, 'main', { sentences: [`worker ${i}`], plans: ['p'] }))))
    assert.deepEqual([done.filter(Boolean).length, done.length, refused], [1, 6, []])
    const first = await store.nights.get(own, 'main', '2026-11-22')
    assert.equal(await store.nights.record(nightOf(own, 'main', { verdict: 'failed' })), false)
    same(await store.nights.get(own, 'main', '2026-11-22'), first)
    await store.nights.record(nightOf(own, 'avenue'))
    const looks: PeriodLook[] = [{ period: '07:00-09:00', day_type: 'weekday', measured: '2026-11-22', basis: 'b'.repeat(64), volumes_vph: [120.5, 0] }]
    await store.nights.record(nightOf(own, 'avenue', { day: '2026-11-23', looks }))
    assert.deepEqual((await store.nights.list(own, '2026-11-22')).map(({ corridor }) => corridor), ['avenue', 'main'])
    same((await store.nights.get(own, 'avenue', '2026-11-23'))!.looks, looks)
    assert.equal(await store.nights.lastDay(own, '2026-11-23'), '2026-11-23')
    assert.equal(await store.nights.lastDay(own, '2026-11-22'), '2026-11-22')
    assert.equal(await store.nights.lastDay(`${own}-unknown`, '9999-12-31'), undefined)
    assert.equal(await store.nights.get(own, 'side', '2026-11-22'), undefined)
  })
  test('changes a job until it has ended, and no more', async (store, own) => {
    await store.jobs.insert(jobOf(own, { kind: own }))
    await refuses('store.conflict', () => store.jobs.insert(jobOf(own)))
    assert.ok(await store.jobs.update(own, { state: 'running', progress: 0.5, label: '一半', updated_at: 5 }))
    same(await store.jobs.get(own), jobOf(own, { kind: own, state: 'running', progress: 0.5, label: '一半', updated_at: 5 }))
    const { done } = await allAtOnce(times(4, (i) => () => store.jobs.update(own, { state: 'done', result: { i } })))
    assert.equal(done.filter(Boolean).length, 1)
    assert.equal(await store.jobs.update(own, { state: 'cancelled' }), false)
    assert.equal((await store.jobs.get(own))?.state, 'done')
    assert.equal(await store.jobs.update(`${own}-unknown`, { label: 'x' }), false)
    assert.deepEqual((await store.jobs.list({ kind: own, state: 'done' }, { limit: 5 })).items.map(({ id }) => id), [own])
    assert.deepEqual((await store.jobs.list({ kind: own, state: 'queued' }, { limit: 5 })).items, [])
  })
}
