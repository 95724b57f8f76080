import assert from 'node:assert/strict'
import { feedOf, planOf, SUNDAY_S } from '../../testing/records.ts'
import { refuses, same, type StoreSuite, times } from './suite.ts'

const entry = (subject: string) => ({ time_s: SUNDAY_S, actor: 'wang', action: 'plan.approve', subject_kind: 'plan', subject, detail: {} })

export function transactionCases({ test }: StoreSuite): void {
  test('takes everything back when a transaction fails, and says why as it was said', async (store, own) => {
    const why = new Error('the light went out')
    await assert.rejects(store.tx(async (stores) => {
      await stores.plans.insert(planOf(own))
      await stores.audit.append(entry(own))
      await stores.events.append({ time_s: SUNDAY_S, kind: 'plan.changed', network: own, body: null })
      assert.equal((await stores.plans.get(own))?.id, own)
      throw why
    }), (error) => error === why)
    assert.equal(await store.plans.get(own), undefined)
    assert.equal((await store.audit.list({ subject: own }, { limit: 5 })).items.length, 0)
  })
  test('gives a claim once to one process, and again after it was released', async (store, own) => {
    const claim = (await store.claim(own))!
    assert.equal(await store.claim(own), claim)
    const other = (await store.claim(`${own} 2`))!
    await claim.release()
    await claim.release()
    assert.deepEqual([claim.held, other.held], [false, true])
    const again = (await store.claim(own))!
    assert.deepEqual([again.held, claim.held], [true, false])
    await Promise.all([again, other].map((one) => one.release()))
  })
  test('answers what a transaction answers, once all of it is there', async (store, own) => {
    assert.equal(await store.tx(async (stores) => {
      await stores.plans.insert(planOf(own))
      await stores.audit.append(entry(own))
      return 7
    }), 7)
    assert.equal((await store.plans.get(own))?.id, own)
    assert.equal((await store.audit.list({ subject: own }, { limit: 5 })).items.length, 1)
  })
  test('shows nothing of a transaction to others before its end', async (store, own) => {
    let inside = (): void => {}
    const began = new Promise<void>((resolve) => { inside = resolve })
    const work = store.tx(async (stores) => {
      await stores.plans.insert(planOf(own, { network: own }))
      inside()
      await new Promise((resolve) => { setTimeout(resolve, 30) })
      await stores.plans.insert(planOf(`${own}-2`, { network: own }))
    })
    await began
    const { items } = await store.plans.list({ network: own }, { limit: 5 })
    assert.notEqual(items.length, 1, 'half of a transaction was seen')
    await work
  })
  test('loses no change of transactions that read and write the same at once', async (store, own) => {
    const raise = () => store.tx(async ({ schedules }) => {
      const { version, entries } = await schedules.get(own, 'main')
      await schedules.put(own, 'main', [...entries, { day_type: 'weekday', start_s: version }], version)
    })
    await Promise.all(times(8, raise))
    const { version, entries } = await store.schedules.get(own, 'main')
    assert.equal(version, 8)
    same(entries.map(({ start_s }) => start_s), [0, 1, 2, 3, 4, 5, 6, 7])
  })
  test('keeps two transactions from deciding on what the other changes', async (store, own) => {
    await Promise.all(times(2, (i) => store.plans.insert(planOf(`${own}-${i}`, { network: own, stage: 'scheduled' }))))
    const retireUnlessLast = (i: number) => store.tx(async ({ plans }) => {
      const { items } = await plans.list({ network: own, stage: 'scheduled' }, { limit: 10 })
      const plan = items.find(({ id }) => id === `${own}-${i}`)
      if (items.length > 1 && plan !== undefined) await plans.update({ ...plan, stage: 'retired' }, plan.version)
    })
    await Promise.all([retireUnlessLast(0), retireUnlessLast(1)])
    assert.equal((await store.plans.list({ network: own, stage: 'scheduled' }, { limit: 10 })).items.length, 1)
  })
  test('goes on with a transaction in which a conflict was caught', async (store, own) => {
    await store.plans.insert(planOf(own))
    await store.tx(async (stores) => {
      await refuses('store.conflict', () => stores.plans.insert(planOf(own)))
      await refuses('store.conflict', () => stores.plans.update(planOf(own), 9))
      await stores.feeds.put(feedOf(own, own), 0)
    })
    assert.equal((await store.feeds.get(own))?.version, 1)
  })
  test('refuses a transaction inside a transaction, and its own use beside the one that is open', async (store, own) => {
    await refuses('internal', () => store.tx(() => store.tx(async () => {})))
    await refuses('internal', () => store.tx(() => store.plans.get(own)))
    await store.ping()
  })
}
