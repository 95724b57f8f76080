import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { LaneCount, SignalEvent } from '../../../model/feed.ts'
import { feedOf, healthOf, stateOf, SUNDAY_S } from '../../testing/records.ts'
import { DAY_S } from '../feed-days.ts'
import type { Batch, MatchedRow } from '../observations.ts'
import type { Store } from '../store.ts'
import { allAtOnce, gather, refuses, same, type StoreSuite, times } from './suite.ts'

const row = (vehicle: string, time_s: number, part: Partial<MatchedRow> = {}): MatchedRow => ({ vehicle, time_s, lon: 9.1, lat: 48.7, ...part })
const batch = (feed: string, id: string, fixes: readonly MatchedRow[], part: Partial<Batch> = {}): Batch => ({ feed, id, received_s: SUNDAY_S, health: healthOf(fixes.length), fixes, ...part })
const order = (a: { time_s: number; vehicle: string }, b: { time_s: number; vehicle: string }): number => a.time_s - b.time_s || Buffer.compare(Buffer.from(a.vehicle), Buffer.from(b.vehicle))
const allFixes = (store: Store, network: string) => gather(store.observations.fixes(network, 0, 4e9))

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const figure = fc.double({ noNaN: true, noDefaultInfinity: true })
const word = fc.oneof(fc.string({ minLength: 1, maxLength: 6 }), fc.constantFrom('\\', '\\N', '\t', '\n', 'a\\b', '京A🚕', '\r\n', '\\.'))
const fix: fc.Arbitrary<MatchedRow> = fc.record({
  vehicle: word.filter((text) => !text.includes('\0')), time_s: fc.double({ min: SUNDAY_S - DAY_S, max: SUNDAY_S + DAY_S, noNaN: true }), lon: fc.double({ min: -180, max: 180, noNaN: true }),
  lat: fc.double({ min: -90, max: 90, noNaN: true }), link: optional(word.filter((text) => !text.includes('\0'))), position_m: optional(figure), offset_m: optional(figure), speed_mps: optional(figure), heading_deg: optional(figure),
})

export function observationCases(suite: StoreSuite): void {
  streams(suite)
  once(suite)
  tending(suite)
  minutes(suite)
}

function streams({ test }: StoreSuite): void {
  test('gives fixes back as they came, by time, over days', async (store, own) => {
    let n = 0
    await fc.assert(fc.asyncProperty(fc.array(fix, { maxLength: 12 }), async (fixes) => {
      const name = `${own}-${n++}`
      await store.feeds.put(feedOf(name, name), 0)
      assert.equal(await store.observations.append(batch(name, '1', fixes)), 'stored')
      same((await allFixes(store, name)).map(({ vehicle, time_s }) => ({ vehicle, time_s })), fixes.map(({ vehicle, time_s }) => ({ vehicle, time_s })).sort(order))
      const inAnyOrder = (rows: readonly MatchedRow[]): string[] => rows.map((one) => JSON.stringify(Object.entries(one).filter(([key, value]) => key !== 'feed' && value !== undefined).sort())).sort()
      assert.deepEqual(inAnyOrder(await allFixes(store, name)), inAnyOrder(JSON.parse(JSON.stringify(fixes)) as MatchedRow[]))
    }), { numRuns: 12 })
  })
  test('gives the fixes of one network from an instant until before another, with their feeds', async (store, own) => {
    for (const [feed, network] of [['a', own], ['b', own], ['c', `${own}-other`]] as const) {
      await store.feeds.put(feedOf(`${own}${feed}`, network), 0)
      await store.observations.append(batch(`${own}${feed}`, '1', times(4, (i) => row(feed, SUNDAY_S + i))))
    }
    const rows = await gather(store.observations.fixes(own, SUNDAY_S + 1, SUNDAY_S + 3))
    assert.deepEqual(rows.map(({ vehicle, time_s, feed }) => [vehicle, time_s - SUNDAY_S, feed]), [['a', 1, `${own}a`], ['b', 1, `${own}b`], ['a', 2, `${own}a`], ['b', 2, `${own}b`]])
    assert.deepEqual(await gather(store.observations.fixes(`${own}-unknown`, 0, 4e9)), [])
  })
  test('streams many fixes in pieces, however unevenly they lie in time', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const instants = [...times(6000, () => 10), ...times(3000, (i) => 20 + i / 100), ...times(3, (i) => 20_000 + 20_000 * i)]
    await store.observations.append(batch(own, '1', instants.map((s, i) => row(`v${i}`, SUNDAY_S + s))))
    const pieces: number[] = []
    let last = 0
    let seen = 0
    for await (const piece of store.observations.fixes(own, SUNDAY_S, SUNDAY_S + DAY_S)) {
      pieces.push(piece.length)
      for (const { time_s } of piece) {
        assert.ok(time_s >= last)
        last = time_s
        seen++
      }
    }
    assert.equal(seen, instants.length)
    assert.ok(pieces.length > 1, `all ${seen} rows came in one piece`)
  })
  test('keeps controller events and lane counts', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const events: SignalEvent[] = times(5, (i) => ({ device: `d${i % 2}`, time_s: SUNDAY_S + DAY_S * (i % 2) + i / 10, event: 82, parameter: i }))
    const nothing = { lane: undefined, vehicles: undefined, occupancy: undefined, speed_mps: undefined }
    const counts: LaneCount[] = [
      { ...nothing, sensor: 's', time_s: SUNDAY_S, period_s: 60 },
      { sensor: 's', lane: '1', time_s: SUNDAY_S + 60, period_s: 60, vehicles: 0, occupancy: 0, speed_mps: 13.25, class: 'bus', lengths_m: [0, 5.5] },
    ]
    await store.observations.append({ feed: own, id: '1', received_s: SUNDAY_S, health: healthOf(7), events, counts })
    same(await gather(store.observations.events(own, 0, 4e9)), [...events].sort((a, b) => a.time_s - b.time_s))
    same(await gather(store.observations.counts(own, 0, 4e9)), counts)
    assert.deepEqual(await gather(store.observations.counts(own, SUNDAY_S, SUNDAY_S)), [])
  })
}

function once({ test }: StoreSuite): void {
  test('stores a batch once, however often and from how many sides it comes at once', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const send = () => store.observations.append(batch(own, 'the one', times(20, (i) => row(`v${i}`, SUNDAY_S + i))))
    const { done, refused } = await allAtOnce(times(6, () => send))
    assert.deepEqual([done.filter((answer) => answer === 'stored').length, done.length, refused], [1, 6, []])
    assert.equal(await send(), 'duplicate')
    assert.equal((await allFixes(store, own)).length, 20)
    assert.ok(await store.observations.has(own, 'the one'))
    assert.equal(await store.observations.has(own, 'another'), false)
  })
  test('tells what became of a batch, also of one that was refused', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const refused = { source: own, read: 3, accepted: 0, issues: [], refused: 'no vehicle has a name' }
    const health = healthOf(7)
    await store.observations.append({ feed: own, id: 'good', received_s: SUNDAY_S + 0.25, health, content: 'abc', fixes: [row('v', SUNDAY_S)] })
    await store.observations.append({ feed: own, id: 'bad', received_s: SUNDAY_S, health: refused })
    same(await store.observations.find(own, 'good'), { received_s: SUNDAY_S + 0.25, content: 'abc', health: { ...health, source: own } })
    same(await store.observations.find(own, 'bad'), { received_s: SUNDAY_S, health: refused })
    assert.equal(await store.observations.find(own, 'another'), undefined)
  })
  test('stores many batches in one commit, each once, in whatever order others bring them', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const batches = times(10, (i) => batch(own, `b${i}`, [row(`v${i}`, SUNDAY_S + i * 20_000)]))
    const [forwards, backwards] = await Promise.all([store.observations.appendAll([...batches, batches[0]!]), store.observations.appendAll([...batches].reverse())])
    assert.equal([...forwards, ...backwards].filter((answer) => answer === 'stored').length, 10)
    assert.equal(forwards.at(-1), 'duplicate')
    same((await allFixes(store, own)).map(({ vehicle }) => vehicle), times(10, (i) => `v${i}`))
    assert.deepEqual(await store.observations.appendAll([]), [])
  })
  test('writes nothing of a commit of which one batch is broken or of an unknown feed', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const good = batch(own, 'good', [row('v', SUNDAY_S)])
    const bad: [Parameters<typeof refuses>[0], Batch][] = [
      ['request.unknown', batch(`${own}-unknown`, '1', [])], ['input.value', batch(own, 'nan', [row('v', Number.NaN)])], ['input.value', batch(own, 'inf', [row('v', SUNDAY_S, { speed_mps: Infinity })])],
      ['input.value', batch(own, 'nul', [row('a\0b', SUNDAY_S)])], ['input.value', { ...batch(own, 'far', []), events: [{ device: 'd', time_s: Number.POSITIVE_INFINITY, event: 1, parameter: 1 }] }],
    ]
    for (const [code, broken] of bad) await refuses(code, () => store.observations.appendAll([good, broken]))
    assert.equal(await store.observations.has(own, 'good'), false)
    assert.deepEqual(await allFixes(store, own), [])
    await store.feeds.remove(own, 1)
    await refuses('request.unknown', () => store.observations.append(good))
  })
  test('takes a batch back with the transaction that brought it', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    await assert.rejects(store.tx(async ({ observations }) => {
      assert.equal(await observations.append(batch(own, '1', [row('v', SUNDAY_S - 900 * DAY_S)])), 'stored')
      throw new Error('no')
    }))
    assert.equal(await store.observations.append(batch(own, '1', [row('v', SUNDAY_S - 900 * DAY_S)])), 'stored')
    assert.equal((await allFixes(store, own)).length, 1)
  })
  test('adds the health of a feed up by day', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    const late = { verdict: 'drop', cause: 'late', records: 2, example: 'first' } as const
    const healths = [
      healthOf(10, { accepted: 8, issues: [late], from_s: 5, until_s: 9 }), healthOf(4, { from_s: 3, until_s: 6, issues: [{ ...late, records: 3, example: 'second' }, { ...late, verdict: 'repair', records: 1 }] }), healthOf(1),
    ]
    for (const [i, health] of healths.entries()) await store.observations.append({ feed: own, id: `${i}`, received_s: SUNDAY_S + i * (DAY_S - 1) * 0.6, health })
    await store.observations.append({ feed: own, id: 'refused', received_s: SUNDAY_S + DAY_S, health: healthOf(0, { refused: 'no header' }) })
    await store.observations.append({ feed: own, id: '0', received_s: SUNDAY_S, health: healthOf(1000) })
    const sunday = { source: own, read: 14, accepted: 12, issues: [{ ...late, records: 5 }, { ...late, verdict: 'repair', records: 1 }], from_s: 3, until_s: 9 }
    same(await store.feeds.health(own, '2026-11-22'), [{ day: '2026-11-22', health: sunday }, { day: '2026-11-23', health: { source: own, read: 1, accepted: 1, issues: [], refused: 'no header' } }])
    assert.deepEqual((await store.feeds.health(own, '2026-11-23')).map(({ day }) => day), ['2026-11-23'])
    assert.deepEqual(await store.feeds.health(own, '2026-11-24'), [])
  })
}

/** Days of 1980, before those of all other cases. */
const OLD_S = 3653 * DAY_S

function tending({ test }: StoreSuite): void {
  test('closes days that are over and lets old ones go, with the names of their batches but not with their health', async (store, own) => {
    await store.feeds.put(feedOf(own, own), 0)
    for (let day = 0; day < 4; day++) {
      await store.observations.append(batch(own, `${day}`, [row(`v${day}`, OLD_S + day * DAY_S + 100)], { received_s: OLD_S + day * DAY_S, events: [{ device: 'd', time_s: OLD_S + day * DAY_S, event: 1, parameter: 1 }] }))
    }
    const now = OLD_S + 3 * DAY_S + 1800
    assert.deepEqual(await store.observations.tend(now, 30), { closed: ['1980-01-02', '1980-01-03'], dropped: [] })
    assert.deepEqual(await store.observations.tend(now + 1800, 2), { closed: ['1980-01-04'], dropped: ['1980-01-02'] })
    assert.deepEqual(await store.observations.tend(now + 1800, 2), { closed: [], dropped: [] })
    assert.ok((await store.observations.newestDay())! >= '1980-01-05')
    assert.deepEqual((await allFixes(store, own)).map(({ vehicle }) => vehicle), ['v1', 'v2', 'v3'])
    assert.deepEqual(await Promise.all(times(4, (day) => store.observations.has(own, `${day}`))), [false, true, true, true])
    assert.deepEqual((await store.feeds.health(own, '1980-01-01')).map(({ day, health }) => [day, health.read]), [['1980-01-02', 1], ['1980-01-03', 1], ['1980-01-04', 1], ['1980-01-05', 1]])
    assert.equal(await store.observations.append(batch(own, 'late', [row('late', OLD_S + DAY_S + 200)], { received_s: now })), 'stored')
    assert.deepEqual((await gather(store.observations.fixes(own, OLD_S + DAY_S, OLD_S + 2 * DAY_S))).map(({ vehicle }) => vehicle), ['v1', 'late'])
  })
}

function minutes({ test }: StoreSuite): void {
  test('keeps the state of days and gives the newest days first', async (store, own) => {
    for (const day of ['2026-11-20', '2026-11-22', '2026-11-21']) await store.states.putDay(own, day, stateOf({ days: [day] }))
    await store.states.putDay(own, '2026-11-21', stateOf({ coverage: 0.75 }))
    assert.deepEqual(await store.states.days(own, 2), ['2026-11-22', '2026-11-21'])
    same(await store.states.day(own, '2026-11-21'), stateOf({ coverage: 0.75 }))
    assert.equal(await store.states.day(own, '2026-11-19'), undefined)
  })
  test('keeps the minutes of links, the last word on each, and lets whole days go', async (store, own) => {
    const minute = (link: string, i: number, speed_mps?: number) => ({ link, time_s: OLD_S - 10 * DAY_S + i * 60, vehicles: i, ...(speed_mps === undefined ? {} : { speed_mps }) })
    await store.states.putMinutes(own, [minute('b', 0), minute('a', 0, 12.5), minute('a', 1), minute('a', 1440)])
    await store.states.putMinutes(own, [minute('b', 0, 7)])
    const all = () => store.states.minutes(own, 0, 4e9)
    same(await all(), [minute('a', 0, 12.5), minute('b', 0, 7), minute('a', 1), minute('a', 1440)])
    same(await store.states.minutes(own, OLD_S - 10 * DAY_S, OLD_S - 10 * DAY_S + 60, ['b', 'c']), [minute('b', 0, 7)])
    await refuses('input.value', () => store.states.putMinutes(own, [minute('c', 2, Number.NaN)]))
    assert.equal(await store.states.tend(OLD_S - 9 * DAY_S - 1), 0)
    assert.equal(await store.states.tend(OLD_S - 9 * DAY_S), 1)
    same(await all(), [minute('a', 1440)])
  })
}
