import { expect, it } from 'vitest'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { feedOf, healthOf, streetScenario, SUNDAY_S } from '../../plans/testing/records.ts'
import type { PartContext } from './part.ts'
import { ClockDoubt, tendingPart } from './tending.ts'

const DAY_S = 86_400

it('lets nothing go by a clock that is far ahead of what feeds brought, says so, and goes on once they bring what is new', async () => {
  const time = { s: SUNDAY_S }
  const clock = { now: () => time.s }
  const store = memoryStore(clock)
  await store.networks.put('street', streetScenario(), 'x', 0)
  await store.feeds.put(feedOf('taxis', 'street'), 0)
  const heard = (time_s: number) => store.observations.append({ feed: 'taxis', id: String(time_s), received_s: time_s, health: healthOf(1), fixes: [{ vehicle: 'v', time_s, lon: 9, lat: 48 }] })
  const said: string[] = []
  const say = (_: object, sentence: string): void => { said.push(sentence) }
  const start = async (): Promise<string[]> => {
    const running = await tendingPart.start({ service: { store, clock }, configuration: { keep_days: 30 }, log: { info: say, warn: say, error: say } } as unknown as PartContext)
    await running!.stop(100)
    return said.splice(0)
  }
  const days = async (): Promise<number> => {
    let found = 0
    for await (const rows of store.observations.fixes('street', 0, 9e9)) found += rows.length
    return found
  }
  await heard(SUNDAY_S)
  expect(await start()).toEqual([])
  time.s += 400 * DAY_S
  expect(await start()).toEqual([expect.stringContaining('days ahead of the newest observation')])
  expect(await days()).toBe(1)
  await heard(time.s)
  expect(await start()).toEqual(['what is old was let go'])
  expect(await days()).toBe(1)
  expect(await store.observations.newestDay()).toBe('2027-12-27')
})

it('believes a clock after three days of doubt, so that what is old does not stay for ever where feeds are silent', () => {
  let steady_s = 1000
  const doubt = new ClockDoubt(() => steady_s)
  const now = SUNDAY_S + 40 * DAY_S
  expect(doubt.of(now, '2026-11-22')).toBe('2026-11-22')
  steady_s += 3 * DAY_S - 1
  expect(doubt.of(now, '2026-11-22')).toBe('2026-11-22')
  steady_s += 1
  expect(doubt.of(now, '2026-11-22')).toBeUndefined()
  expect([doubt.of(SUNDAY_S, undefined), doubt.of(SUNDAY_S + 3 * DAY_S, '2026-11-22')]).toEqual([undefined, undefined])
})
