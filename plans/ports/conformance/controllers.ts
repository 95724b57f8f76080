import assert from 'node:assert/strict'
import { deploymentOf, deviceOf, SUNDAY_S } from '../../testing/records.ts'
import type { WireEntry } from '../controllers.ts'
import { CLOSED_STATES } from '../deployments.ts'
import { findWireBreak } from '../wire-chain.ts'
import { allAtOnce, refuses, same, type StoreSuite, times } from './suite.ts'

const message = (device: string, i: number): WireEntry => ({ time_s: SUNDAY_S + i / 10, device, direction: i % 2 === 0 ? 'sent' : 'received', hex: `0${i % 10}ff`, ...(i % 3 === 0 ? { note: '密码 hidden' } : {}) })

export function controllerCases({ test }: StoreSuite): void {
  test('keeps controllers by network, and what was accepted of them while they are there', async (store, own) => {
    await store.devices.put(deviceOf(`${own}-b`, { network: own }), 0)
    await store.devices.put(deviceOf(`${own}-a`, { network: own, settings: { 方案: [1, null] }, enabled: false }), 0)
    same((await store.devices.list(own)).map(({ id }) => id), [`${own}-a`, `${own}-b`])
    same(await store.devices.get(`${own}-a`), deviceOf(`${own}-a`, { network: own, settings: { 方案: [1, null] }, enabled: false, version: 1 }))
    assert.equal(await store.devices.accepted(`${own}-a`), undefined)
    const baseline = { device: `${own}-a`, read_at: SUNDAY_S, hash: 'x', config: { groups: [], conflicts: [], intergreens: [], slots: [] }, image: { '1.3': '7' }, mode: 'free' as const }
    await store.devices.accept(`${own}-a`, { baseline: { ...baseline, hash: 'old' }, by: 'li', at: SUNDAY_S })
    await store.devices.accept(`${own}-a`, { baseline, by: 'wang', at: SUNDAY_S + 1 })
    same(await store.devices.accepted(`${own}-a`), { baseline, by: 'wang', at: SUNDAY_S + 1 })
    await refuses('store.conflict', () => store.devices.remove(`${own}-a`, 2))
    await store.devices.remove(`${own}-a`, 1)
    assert.deepEqual([await store.devices.get(`${own}-a`), await store.devices.accepted(`${own}-a`), (await store.devices.list(own)).length], [undefined, undefined, 1])
    assert.equal((await store.devices.put(deviceOf(`${own}-a`, { network: own }), 0)).version, 2)
  })
  test('counts the writes of a day to a controller', async (store, own) => {
    same(await store.devices.writes(own), { writes: 0 })
    await allAtOnce(times(5, () => () => store.devices.countWrite(own, '2026-11-22')))
    await store.devices.noteChange(own, SUNDAY_S)
    same(await store.devices.writes(own), { writes: 5, day: '2026-11-22', changed_s: SUNDAY_S })
    await store.devices.countWrite(own, '2026-11-23')
    same(await store.devices.writes(own), { writes: 1, day: '2026-11-23', changed_s: SUNDAY_S })
  })
  test('lets one of many write to a controller, with a token that only grows', async (store, own) => {
    const ask = (owner: string, now: number, more: object = {}) => store.devices.lock({ device: own, deployment: 'd', owner, now, until_s: now + 60, ...more })
    const { done } = await allAtOnce(times(6, (i) => () => ask(`p${i}`, 1000)))
    const [first] = done.filter((lock) => lock !== undefined)
    assert.deepEqual([done.filter((lock) => lock !== undefined).length, first?.token], [1, 1])
    same(await ask(first!.owner, 1030), { ...first, until_s: 1090 })
    assert.equal(await ask('other', 1089), undefined)
    assert.equal(await ask(first!.owner, 1089, { deployment: 'e' }), undefined)
    same(await ask(first!.owner, 1100), { ...first, until_s: 1160 })
    const second = await ask('other', 1160)
    assert.equal(second?.token, 2)
    await store.devices.unlock(first!)
    same(await store.devices.holder(own), second)
    assert.equal((await ask('emergency', 1161, { force: true }))?.token, 3)
    assert.equal((await ask('emergency', 1162, { force: true }))?.token, 4)
    await store.devices.unlock({ device: own, token: 4 })
    assert.equal((await ask('next', 1163))?.token, 5)
    assert.equal(await store.devices.holder(`${own}-unknown`), undefined)
  })
  test('finds deployments by what they are about, and those that somebody must look after', async (store, own) => {
    await store.deployments.insert(deploymentOf(`${own}-1`, { network: own, device: 'a', run: 'x', created_at: SUNDAY_S + 2 }))
    await store.deployments.insert(deploymentOf(`${own}-2`, { network: own, device: 'b', run: 'x', plan: 'q', state: 'LEASED', created_at: SUNDAY_S + 1 }))
    for (const state of CLOSED_STATES) await store.deployments.insert(deploymentOf(`${own}-${state}`, { network: own, run: 'y', state, created_at: SUNDAY_S }))
    const found = async (filter: Parameters<typeof store.deployments.list>[0]) => (await store.deployments.list({ network: own, ...filter }, { limit: 10 })).items.map(({ id }) => id.slice(own.length + 1))
    assert.deepEqual([await found({ run: 'x' }), await found({ device: 'a' }), await found({ plan: 'q' }), await found({ state: 'LEASED' }), (await found({})).length], [['1', '2'], ['1'], ['2'], ['2'], 2 + CLOSED_STATES.length])
    assert.deepEqual((await store.deployments.open(own)).map(({ id }) => id), [`${own}-2`, `${own}-1`])
    assert.ok((await store.deployments.open()).length >= 2)
    await store.deployments.update(deploymentOf(`${own}-2`, { network: own, device: 'b', run: 'x', state: 'REVERTED', created_at: 5, version: 40, sentences: ['红灯'] }), 1)
    same(await store.deployments.get(`${own}-2`), deploymentOf(`${own}-2`, { network: own, device: 'b', run: 'x', state: 'REVERTED', created_at: SUNDAY_S + 1, version: 2, sentences: ['红灯'] }))
    assert.deepEqual((await store.deployments.open(own)).map(({ id }) => id), [`${own}-1`])
    assert.equal(await store.deployments.get(`${own}-3`), undefined)
  })
  test('chains what went over the wire, so that nothing can be changed or left out unseen', async (store, own) => {
    await store.deployments.insert(deploymentOf(own))
    assert.equal(await store.deployments.appendWire(own, []), undefined)
    await allAtOnce(times(4, (i) => () => store.deployments.appendWire(own, times(i + 1, (k) => message(own, 10 * i + k)))))
    const entries = await store.deployments.wire(own, 0, 100)
    assert.deepEqual(entries.map(({ seq }) => seq), times(10, (i) => i + 1))
    assert.equal(findWireBreak(entries), undefined)
    same(await store.deployments.appendWire(own, []), { seq: 10, hash: entries[9]!.hash })
    same(await store.deployments.wire(own, 4, 3), entries.slice(4, 7))
    assert.equal(findWireBreak(entries.slice(4), entries[3]), undefined)
    assert.match(findWireBreak(entries.filter(({ seq }) => seq !== 5)) ?? '', /message 5 .* is missing/)
    assert.match(findWireBreak(entries.map((one) => (one.seq === 5 ? { ...one, hex: '00' } : one))) ?? '', /message 5 .* is not what was written/)
  })
}
