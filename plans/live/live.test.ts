import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../model/errors.ts'
import type { Fix } from '../../model/feed.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { makeTown } from '../../state/matching/testing/town.ts'
import type { Store } from '../ports/index.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { feedOf, healthOf, streetScenario } from '../testing/records.ts'
import { columnsOf, cutByVehicle, fixAt } from './fix-columns.ts'
import { freshnessOf } from './freshness.ts'
import { Ingest, type IngestLimits } from './ingest.ts'
import { LiveMatcher } from './live-matcher.ts'
import { LiveState } from './live-state.ts'
import { matchingHere } from './matching.ts'

const T = 1_795_420_800
const town = makeTown({ size: 3, seed: 1 })
const graph = new RoadGraph(town)

/** The longest link of the town and its ends. */
const long = town.links.reduce((best, link) => (link.length_m > best.length_m && link.shape_m!.length === 2 ? link : best), town.links.find(({ shape_m }) => shape_m!.length === 2)!)
const [[x0, y0], [x1, y1]] = [long.shape_m![0]!, long.shape_m!.at(-1)!]
const heading_deg = (90 - (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI + 360) % 360

/** Along the long link at a speed, every 3 s. */
const drive = (vehicle: string, from_s: number, speed_mps: number, count = 6): Fix[] => Array.from({ length: count }, (_, k) => {
  const share = (10 + k * 3 * speed_mps) / long.length_m
  return { vehicle, time_s: from_s + 3 * k, x_m: x0 + (x1 - x0) * share, y_m: y0 + (y1 - y0) * share, speed_mps, heading_deg }
})

const open: Ingest[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((ingest) => ingest.close(100))) })

async function world(limits: Partial<IngestLimits> = {}, part: Partial<Store['observations']> = {}) {
  const at = { now: T + 60, steady: 0 }
  const clock = { now: () => at.now }
  const steady = { now: () => at.steady }
  const store = memoryStore(clock)
  await store.networks.put('town', { ...streetScenario('town'), network: town }, 'x', 0)
  await store.feeds.put(feedOf('taxis', 'town'), 0)
  const begin = (): Ingest => {
    const ingest = new Ingest({ network: 'town', map: town, matching: matchingHere(graph), clock, steady, limits: { retry_ms: [1, 4], ...limits }, store: { states: store.states, observations: { ...store.observations, ...part } } })
    open.push(ingest)
    return ingest
  }
  const stored = async () => {
    const rows = []
    for await (const piece of store.observations.fixes('town', 0, Infinity)) rows.push(...piece)
    return rows
  }
  return { at, store, begin, ingest: begin(), stored }
}

const batchOf = (id: string, fixes: readonly Fix[], feed = 'taxis') => ({ feed, id, fixes: columnsOf(fixes), health: healthOf(fixes.length) })

describe('placing fixes as they come', () => {
  it('puts every fix of a drive on its link at once, at the place along it', () => {
    const placed = new LiveMatcher(graph).take('taxis', columnsOf(drive('a', T, 12)))
    expect([...placed.link].map((l) => town.links[l]?.id)).toEqual(Array(6).fill(long.id))
    for (let i = 0; i < 6; i++) expect(placed.places[4 * i]).toBeCloseTo(10 + 36 * i, 0)
    expect(placed.accepted).toBe(6)
  })

  it('sums the metres and seconds of the drive, and counts the vehicle once a minute', () => {
    const { links } = new LiveMatcher(graph).take('taxis', columnsOf(drive('a', T, 12)))
    expect(Array.from(links.subarray(2, 7), Math.round)).toEqual([180, 15, 1, 1, T + 15])
  })

  it('keeps a late fix without a place, leaves out what was said twice, and says so', () => {
    const matcher = new LiveMatcher(graph)
    const fixes = drive('a', T, 12)
    matcher.take('taxis', columnsOf([fixes[0]!, fixes[2]!]))
    const { link, accepted, issues } = matcher.take('taxis', columnsOf([fixes[1]!, fixes[2]!]))
    expect([...link]).toEqual([-1, -2])
    expect(accepted).toBe(1)
    expect(issues.map(({ verdict, cause, records }) => [verdict, cause, records])).toEqual([['drop', 'duplicate', 1], ['repair', 'late', 1]])
  })

  it('tells nothing of a fix that lies on no road', () => {
    expect([...new LiveMatcher(graph).take('taxis', columnsOf([{ ...drive('a', T, 12)[0]!, x_m: -900, y_m: -900 }])).link]).toEqual([-1])
  })

  it('finds the way between two links and the delay of the junction between them', () => {
    const movement = town.movements.findIndex(({ from, turn }) => from === long.id && turn !== 'u-turn')
    const to = graph.getLink(town.movements[movement]!.to)
    const [[u0, v0], [u1, v1]] = [to.shape_m![0]!, to.shape_m![1]!]
    const on = (time_s: number, share: number, speed_mps: number): Fix => ({ vehicle: 'a', time_s, x_m: u0 + (u1 - u0) * share, y_m: v0 + (v1 - v0) * share, speed_mps, heading_deg: (90 - (Math.atan2(v1 - v0, u1 - u0) * 180) / Math.PI + 360) % 360 })
    const before = drive('a', T, 12, 7)
    const end = before.at(-1)!
    const wait = Array.from({ length: 6 }, (_, k): Fix => ({ ...end, time_s: end.time_s + 5 * (k + 1), speed_mps: 0 }))
    const { movements } = new LiveMatcher(graph).take('taxis', columnsOf([...before, ...wait, on(end.time_s + 40, 0.1, 8), on(end.time_s + 43, 0.2, 10)]))
    expect([movements[0], movements[2]]).toEqual([movement, 1])
    // It stood for half a minute.
    expect(movements[3]).toBeGreaterThan(20)
    expect(movements[3]).toBeLessThan(45)
  })

  it('gives each part all fixes of its vehicles in their order, and loses none', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 99 })), { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (rows, parts) => {
      const all = columnsOf(rows.map(([vehicle, time_s]): Fix => ({ vehicle, time_s, x_m: 0, y_m: 0, speed_mps: undefined, heading_deg: undefined })))
      const cut = cutByVehicle(all, parts)
      const seen = cut.flatMap(({ columns, at }) => [...at].map((i, k) => [i, fixAt(columns, k)] as const)).sort(([a], [b]) => a - b)
      expect(seen.map(([, fix]) => fix)).toEqual(rows.map((_, i) => fixAt(all, i)))
      for (const { at } of cut) expect([...at]).toEqual([...at].sort((a, b) => a - b))
      const homes = new Map<string, number>()
      cut.forEach(({ columns }, part) => { for (const vehicle of columns.vehicles) expect(homes.set(vehicle, homes.get(vehicle) ?? part).get(vehicle)).toBe(part) })
    }), { numRuns: 60 })
  })
})

describe('the state of now', () => {
  const stateOf = (vehicles: number, speed: number): LiveState => {
    const state = new LiveState(town)
    const matcher = new LiveMatcher(graph)
    for (let v = 0; v < vehicles; v++) state.add(matcher.take('taxis', columnsOf(drive(`v${v}`, T, speed))))
    return state
  }

  it('tells speed, travel time and index of a link with enough vehicles', () => {
    const [link] = stateOf(3, 6).links(T + 30)
    expect(link).toMatchObject({ link: long.id, freshness: 'live', vehicles: 3, age_s: 15 })
    expect(link!.speed_mps).toBeCloseTo(6, 0)
    expect(link!.travel_time_s).toBeCloseTo(long.length_m / link!.speed_mps!, 6)
    expect(link!.index).toBeCloseTo(long.speed_mps / link!.speed_mps!, 6)
  })

  it('turns from live to ageing, old and grey, and grey has no figures', () => {
    const state = stateOf(3, 6)
    const at = (age: number) => state.links(T + 15 + age)[0]!
    expect([120, 121, 300, 301, 600].map((age) => at(age).freshness)).toEqual(['live', 'ageing', 'ageing', 'old', 'old'])
    expect(state.links(T + 15 + 601).every((link) => link.freshness === 'no-data' && link.speed_mps === undefined && link.index === undefined)).toBe(true)
  })

  it('is grey below the least number of vehicles, with the latency of its source in the age', () => {
    expect(stateOf(2, 6).links(T + 30)[0]).not.toHaveProperty('speed_mps')
    expect(stateOf(4, 6).links(T + 30, { least: 5 })[0]!.freshness).toBe('no-data')
    expect(stateOf(3, 6).links(T + 30, { latency_s: 200 })[0]).toMatchObject({ freshness: 'ageing', age_s: 215 })
    expect(freshnessOf(Number.NaN, 9)).toBe('no-data')
  })

  it('gives minutes as they changed, once', () => {
    const state = stateOf(1, 6)
    expect(state.takeMinutes()).toMatchObject([{ link: long.id, time_s: T, vehicles: 1 }])
    expect(state.takeMinutes()).toEqual([])
  })

  it('does not depend on the order in which sums come', () => {
    const matcher = new LiveMatcher(graph)
    const parts = [4, 8, 12].map((speed, v) => matcher.take('taxis', columnsOf(drive(`v${v}`, T + 60 * v, speed))))
    const [there, back] = [new LiveState(town), new LiveState(town)]
    parts.forEach((part) => there.add(part))
    parts.toReversed().forEach((part) => back.add(part))
    expect(back.links(T + 150)).toEqual(there.links(T + 150))
  })
})

describe('ingest', () => {
  it('acknowledges a batch after its rows are stored, with what became of them', async () => {
    const { ingest, stored } = await world()
    const fixes = drive('a', T, 12)
    const result = await ingest.submit({ ...batchOf('b1', [...fixes, fixes[5]!]), health: healthOf(9, { accepted: 7, issues: [{ verdict: 'drop', cause: 'no-position', records: 2, example: 'x' }] }) })
    expect(result).toMatchObject({ batch: 'b1', outcome: 'stored', read: 9, accepted: 6 })
    expect(result.issues.map(({ cause, records }) => [cause, records])).toEqual([['no-position', 2], ['duplicate', 1]])
    expect((await stored()).map(({ vehicle, time_s, link }) => [vehicle, time_s, link])).toEqual(fixes.map(({ time_s }) => ['a', time_s, long.id]))
  })

  it('gives the first answer to the same batch again, on its way, afterwards and after a restart, and stores it once', async () => {
    const { ingest, begin, stored } = await world()
    const batch = batchOf('b1', drive('a', T, 12))
    const [first, second] = await Promise.all([ingest.submit(batch), ingest.submit(batch)])
    expect(second).toBe(first)
    expect(await ingest.submit(batch)).toBe(first)
    expect((await begin().submit(batch)).outcome).toBe('duplicate')
    expect(await stored()).toHaveLength(6)
  })

  it('refuses another batch under a name that was used, on its way, afterwards and after a restart, and gives the same one its first answer when its fixes are too old', async () => {
    const { ingest, begin, stored, store } = await world()
    const batch = { ...batchOf('b1', drive('a', T, 12)), content: 'one' }
    const other = { ...batchOf('b1', drive('b', T, 12)), content: 'other' }
    const refusal = { code: 'batch.other', message: expect.stringContaining('"b1"') as string }
    const first = ingest.submit(batch)
    await expect(ingest.submit(other)).rejects.toMatchObject(refusal)
    await first
    await expect(ingest.submit(other)).rejects.toMatchObject(refusal)
    const later = begin()
    await expect(later.submit(other)).rejects.toMatchObject(refusal)
    expect(await later.submit({ ...batchOf('b1', []), content: 'one' })).toEqual({ ...await first, outcome: 'duplicate' })
    expect(await stored()).toHaveLength(6)
    await store.observations.append({ feed: 'taxis', id: 'old', received_s: T, health: healthOf(3) })
    expect(await later.submit({ ...other, id: 'old' })).toMatchObject({ outcome: 'duplicate', accepted: 3 })
  })

  it('does not acknowledge while the store is away, tries again, and then does', async () => {
    let away = 3
    const real: { store?: Store } = {}
    const { ingest, store, stored } = await world({}, {
      appendAll: async (batches) => {
        if (away-- > 0) throw new GreenwaveError(away > 1 ? 'store.unreachable' : 'store.full', 'gone')
        return real.store!.observations.appendAll(batches)
      },
    })
    real.store = store
    const answers = await Promise.all([ingest.submit(batchOf('b1', drive('a', T, 12))), ingest.submit(batchOf('b2', drive('b', T, 12)))])
    expect(answers.map(({ outcome }) => outcome)).toEqual(['stored', 'stored'])
    expect(away).toBe(-1)
    expect(await stored()).toHaveLength(12)
  })

  it('takes no more when the oldest has waited for more than five seconds or too many wait, and takes again when they are stored', async () => {
    const gate: { open?: () => void; store?: Store } = {}
    const shut = new Promise<void>((resolve) => { gate.open = resolve })
    const { ingest, store, at } = await world({ fixes: 13 }, { appendAll: async (batches) => { await shut; return gate.store!.observations.appendAll(batches) } })
    gate.store = store
    const first = ingest.submit(batchOf('b1', drive('a', T, 12)))
    at.steady += 5
    // The clock is put on meanwhile: nobody has waited for an hour.
    at.now += 3600
    const second = ingest.submit(batchOf('b2', drive('b', T, 12)))
    at.steady += 0.1
    await expect(ingest.submit(batchOf('b3', drive('c', T, 12)))).rejects.toMatchObject({ code: 'service.busy' })
    at.steady -= 5.1
    const third = ingest.submit(batchOf('b3', drive('c', T, 12)))
    await expect(ingest.submit(batchOf('b4', drive('d', T, 12)))).rejects.toMatchObject({ code: 'service.busy' })
    expect(ingest.figures()).toMatchObject({ waiting_batches: 3, waiting_fixes: 18 })
    gate.open!()
    await Promise.all([first, second, third])
    expect(ingest.figures()).toEqual({ batches: 3, fixes: 18, waiting_batches: 0, waiting_fixes: 0, oldest_s: 0 })
    expect((await ingest.submit(batchOf('b4', drive('d', T, 12)))).outcome).toBe('stored')
  })

  it('stores the other batches of a commit when one is at fault', async () => {
    const { ingest, stored } = await world()
    const outcomes = await Promise.allSettled([ingest.submit(batchOf('b1', drive('a', T, 12))), ingest.submit(batchOf('b1', drive('a', T, 12), 'nobody')), ingest.submit(batchOf('b2', drive('b', T, 12)))])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'request.unknown' })
    expect(await stored()).toHaveLength(12)
  })

  it('refuses a feed whose speeds are in another unit, and goes on with the others', async () => {
    const { ingest, store } = await world()
    await store.feeds.put(feedOf('buses', 'town'), 0)
    const wrong = Array.from({ length: 130 }, (_, v) => drive(`w${v}`, T, 14).map((fix) => ({ ...fix, speed_mps: 14 * 3.6 }))).flat()
    await expect(ingest.submit(batchOf('b1', wrong))).rejects.toMatchObject({ code: 'input.value' })
    await expect(ingest.submit(batchOf('b2', drive('a', T, 12)))).rejects.toMatchObject({ code: 'input.value' })
    expect((await ingest.submit(batchOf('b1', drive('a', T, 12), 'buses'))).outcome).toBe('stored')
  })

  it('knows after a restart where vehicles were, and does not tell minutes of which it has seen a part', async () => {
    const { ingest, begin, at, store } = await world()
    await ingest.submit(batchOf('b1', ['a', 'b', 'c'].flatMap((vehicle) => drive(vehicle, T, 6))))
    await ingest.storeMinutes()
    const whole = await store.states.minutes('town', T, T + 60)
    expect(whole).toMatchObject([{ link: long.id, vehicles: 3 }])
    at.now = T + 100
    const again = begin()
    expect(await again.rebuild()).toBe(18)
    expect(again.state.links(at.now)).toEqual(ingest.state.links(at.now))
    // The way from before the restart to after it counts.
    await again.submit(batchOf('b2', ['a', 'b', 'c'].flatMap((vehicle) => drive(vehicle, T, 6, 8).slice(6))))
    expect(again.state.links(at.now)[0]).toMatchObject({ vehicles: 3, freshness: 'live' })
    at.now = T + 200
    const late = begin()
    await late.rebuild()
    await late.submit(batchOf('b3', drive('d', T, 6)))
    await late.storeMinutes()
    expect(await store.states.minutes('town', T, T + 60)).toEqual(whole)
  })

  it('knows after a restart also of streets where nobody was for minutes', async () => {
    const { ingest, begin, at } = await world()
    await ingest.submit(batchOf('b1', ['a', 'b', 'c'].flatMap((vehicle) => drive(vehicle, T, 6))))
    at.now = T + 400
    const again = begin()
    await again.rebuild()
    expect(again.state.links(at.now)).toEqual(ingest.state.links(at.now))
    expect(again.state.links(at.now)[0]).toMatchObject({ freshness: 'old' })
  })

  it('reads back no more after a restart than a start may cost', async () => {
    for (const [rebuild_fixes, read] of [[200_000, 36], [10, 18]] as const) {
      const { ingest, begin, at } = await world({ rebuild_fixes })
      await ingest.submit(batchOf('b1', ['a', 'b', 'c'].flatMap((vehicle) => drive(vehicle, T, 6))))
      at.now = T + 320
      await ingest.submit(batchOf('b2', ['d', 'e', 'f'].flatMap((vehicle) => drive(vehicle, T + 300, 6))))
      expect(await begin().rebuild()).toBe(read)
    }
  })
})
