import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Store } from '../plans/ports/store.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { SignalTimings } from './signal-timings.ts'

let store: Store
let reads: number
let away: boolean
let watch_s: number
let timings: SignalTimings
const clock = { now: () => 1_800_000_000 }

beforeEach(async () => {
  store = memoryStore(clock)
  await store.networks.put('town', (await readScenario(join(import.meta.dirname, '..', 'scenarios', 'nanhu-avenue'))).scenario, 'engineer', 0)
  reads = 0
  away = false
  watch_s = 0
  const ask = <T>(answer: () => Promise<T>): Promise<T> => {
    reads++
    return away ? Promise.reject(new GreenwaveError('store.unreachable', 'the database is away')) : answer()
  }
  timings = new SignalTimings({
    clock, watch: () => watch_s,
    stores: {
      ...store, networks: { ...store.networks, get: (id) => ask(() => store.networks.get(id)) }, schedules: { ...store.schedules, get: (network, corridor) => ask(() => store.schedules.get(network, corridor)) },
      events: { ...store.events, since: (seq, limit) => ask(() => store.events.since(seq, limit)) },
    },
  })
})

describe('the timing of a signal', () => {
  it('is read once, however often cabinets ask within a second', async () => {
    const first = await timings.get('town', '1')
    const after_first = reads
    for (let i = 0; i < 1000; i++) expect(await timings.get('town', '1')).toBe(first)
    expect(reads).toBe(after_first)
  })

  it('is asked for anew when the log tells of a change, and not when it tells of something else', async () => {
    const first = await timings.get('town', '1')
    await store.events.append({ time_s: 0, kind: 'plan.changed', network: 'town', body: { action: 'plan.draft' } })
    watch_s += 2
    expect(await timings.get('town', '1')).toBe(first)
    await store.events.append({ time_s: 0, kind: 'schedule.changed', network: 'town', body: { corridor: 'nanhu-avenue' } })
    watch_s += 2
    const again = await timings.get('town', '1')
    expect(again).not.toBe(first)
    expect(again.tag).toBe(first.tag)
  })

  it('is found anew after the clock was put back to before it was found', async () => {
    let now = 1_800_000_000
    const own = new SignalTimings({ stores: store, clock: { now: () => now } })
    const first = await own.get('town', '1')
    now += 5
    expect(await own.get('town', '1')).toBe(first)
    now -= 3600
    expect(await own.get('town', '1')).not.toBe(first)
  })

  it('is asked for anew each minute, whatever the log says', async () => {
    const first = await timings.get('town', '1')
    watch_s += 61
    expect(await timings.get('town', '1')).not.toBe(first)
  })

  it('stands for a minute while the database is away, then says so', async () => {
    const first = await timings.get('town', '1')
    away = true
    watch_s += 30
    expect(await timings.get('town', '1')).toBe(first)
    watch_s += 31
    await expect(timings.get('town', '1')).rejects.toThrow('the database is away')
    away = false
    expect((await timings.get('town', '1')).tag).toBe(first.tag)
  })

  it('is not there for a signal or network that is not', async () => {
    await expect(timings.get('town', '99')).rejects.toMatchObject({ code: 'request.unknown' })
    await expect(timings.get('nowhere', '1')).rejects.toMatchObject({ code: 'request.unknown' })
  })
})
