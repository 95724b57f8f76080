import assert from 'node:assert/strict'
import fc from 'fast-check'
import { planOf, SUNDAY_S } from '../../testing/records.ts'
import type { ServiceEvent } from '../event-log.ts'
import { findBreak, GENESIS } from '../chain.ts'
import { gather, same, type StoreSuite, times } from './suite.ts'

const entry = (subject: string, i: number) => ({ time_s: SUNDAY_S + i / 3, actor: `a${i % 3}`, action: 'plan.approve', subject_kind: 'plan', subject, detail: { i, why: '绿波 \0 \uD83D' } })

export function logCases({ test }: StoreSuite): void {
  test('numbers events upwards and gives them again from any of them', async (store, own) => {
    const before = await store.events.last()
    const written: ServiceEvent[] = []
    for (let i = 0; i < 5; i++) written.push(await store.events.append({ time_s: SUNDAY_S + i, kind: 'job.progress', ...(i === 0 ? {} : { network: own }), body: { i } }))
    assert.ok(written.every(({ seq }, i) => seq > (written[i - 1]?.seq ?? before)))
    assert.equal(await store.events.last(), written[4]!.seq)
    same(await store.events.since(before, 100), written)
    same(await store.events.since(written[1]!.seq, 2), written.slice(2, 4))
    assert.deepEqual(await store.events.since(written[4]!.seq, 100), [])
  })
  test('shows no event to a reader after a later one, however many write at once', async (store, own) => {
    let after = await store.events.last()
    const seen: number[] = []
    let writing = true
    const read = async (): Promise<void> => {
      for (let last = false; !last;) {
        last = !writing
        const events = await store.events.since(after, 1000)
        for (const { seq, network } of events) if (network === own) seen.push(seq)
        after = events.at(-1)?.seq ?? after
      }
    }
    const reader = read()
    const write = (i: number) => store.tx(async (stores) => {
      const event = await stores.events.append({ time_s: SUNDAY_S, kind: 'x', network: own, body: i })
      await new Promise((resolve) => { setTimeout(resolve, 5 * (i % 3)) })
      return event.seq
    })
    const single = (i: number) => store.events.append({ time_s: SUNDAY_S, kind: 'x', network: own, body: i }).then(({ seq }) => seq)
    const written = await Promise.all(times(10, (i) => (i % 2 === 0 ? write(i) : single(i))))
    writing = false
    await reader
    assert.deepEqual(seen, written.sort((a, b) => a - b))
  })
  test('lets old events go and numbers on after them', async (store, own) => {
    const old = await store.events.append({ time_s: 1000, kind: 'old', network: own, body: null })
    assert.equal(await store.events.tend(1001), 1)
    assert.ok((await store.events.append({ time_s: SUNDAY_S, kind: 'new', network: own, body: null })).seq > old.seq)
  })
  test('chains audit entries without a gap under writers at once, alone and in transactions', async (store, own) => {
    const alone = (i: number) => store.audit.append(entry(own, i))
    const together = (i: number) => store.tx(async (stores) => {
      await stores.plans.insert(planOf(`${own}-${i}`))
      const first = await stores.audit.append(entry(own, i))
      await stores.events.append({ time_s: SUNDAY_S, kind: 'plan.changed', network: own, body: i })
      return first
    })
    const failing = (i: number) => store.tx(async (stores) => {
      await stores.audit.append(entry(own, i))
      throw new Error('taken back')
    }).catch(() => undefined)
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(alone, together, failing), { minLength: 4, maxLength: 10 }), async (writers) => {
      const before = (await store.audit.list({ subject: own }, { limit: 1000 })).items.length
      const written = await Promise.all(writers.map((write, i) => write(before * 100 + i)))
      const all = await gather(store.audit.all())
      assert.equal(findBreak(all), undefined)
      assert.equal(all[0]?.previous, GENESIS)
      assert.equal(all.filter(({ subject }) => subject === own).length, before + written.filter((one) => one !== undefined).length)
    }), { numRuns: 3 })
  })
  test('finds audit entries by subject and by actor, and notices one that was changed', async (store, own) => {
    for (let i = 0; i < 6; i++) await store.audit.append(entry(own, i))
    const bySubject = (await store.audit.list({ subject: own }, { limit: 10 })).items
    assert.deepEqual(bySubject.map(({ detail }) => detail.i), [5, 4, 3, 2, 1, 0])
    same(bySubject[0]?.detail, entry(own, 5).detail)
    assert.deepEqual((await store.audit.list({ subject: own, actor: 'a1' }, { limit: 10 })).items.map(({ detail }) => detail.i), [4, 1])
    const [newest, before] = bySubject as [typeof bySubject[number], typeof bySubject[number]]
    assert.equal(findBreak([newest], before), undefined)
    assert.match(findBreak([{ ...newest, actor: 'mallory' }], before) ?? '', /is not what was written/)
    assert.match(findBreak([newest], bySubject[2]) ?? '', /is missing/)
  })
}
