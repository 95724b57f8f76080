import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { MatchedRow } from '../ports/observations.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { feedOf, healthOf } from '../testing/records.ts'
import { figuresOf } from './figures.ts'
import { freezeDay } from './freeze.ts'

it('measures a day once from what its feeds brought, and finds the same however late more comes', async () => {
  const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))
  const store = memoryStore({ now: () => 0 })
  const network = await store.networks.put('town', scenario, 'engineer', 0)
  await store.feeds.put(feedOf('taxis', 'town'), 0)
  const begin = new LocalTime(network.time_zone).instant(parseDay('2026-11-24')!, 8 * 3600)
  const [from, to] = ['1', '2'].map((id) => scenario.network.nodes.find((node) => node.id === scenario.network.signals.find((signal) => signal.id === id)!.nodes[0])!)
  // Cars drive from the first junction to the second at 10 m/s; the drawing has no degrees, so that metres stand for them.
  const length = Math.hypot(to!.x_m - from!.x_m, to!.y_m - from!.y_m)
  const drive = (vehicle: string, start_s: number): MatchedRow[] => Array.from({ length: Math.floor(length / 30) }, (_, i) => {
    const share = (i * 30) / length
    return { vehicle, time_s: start_s + 3 * i, lon: from!.x_m + share * (to!.x_m - from!.x_m), lat: from!.y_m + share * (to!.y_m - from!.y_m), speed_mps: 10 }
  })
  const bring = (id: string, fixes: MatchedRow[]) => store.observations.append({ feed: 'taxis', id, received_s: begin, health: healthOf(fixes.length), fixes })
  const ask = (day: string) => freezeDay(store, { network, scenario, day, signal: new AbortController().signal })
  expect(await ask('2026-11-24')).toBeUndefined()
  await bring('first', Array.from({ length: 5 }, (_, i) => drive(`car ${i}`, begin + 200 * i)).flat())
  const state = (await ask('2026-11-24'))!
  expect(state.days).toEqual(['2026-11-24'])
  expect(state.feeds[0]).toMatchObject({ source: 'taxis', accepted: 5 * Math.floor(length / 30) })
  expect(state.links.some(({ probes }) => probes >= 5)).toBe(true)
  await bring('late', drive('late car', begin + 3600))
  const again = (await ask('2026-11-24'))!
  expect(again).toEqual(state)
  expect(figuresOf('2026-11-24', again).hash).toBe(figuresOf('2026-11-24', state).hash)
  expect(await ask('2026-11-25')).toBeUndefined()
})
