import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { cardOf, stateOf } from '../testing/records.ts'
import { corridorEffect, measureWorklist } from './index.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))
const PERIOD = scenario.scenario.periods[0]!.id
const CHANGED = '2026-11-09'
const movements = scenario.network.movements.filter(({ signal }) => signal !== undefined).map(({ id }) => id)

/** Every movement loses `delay` seconds on that day. */
const dayState = (day: string, delay: number): TrafficState => stateOf({
  days: [day], movements: movements.map((movement) => ({ movement, from: 'a', to: 'b', control_delay_s: { value: delay, low: null, high: null }, volume_vph: { value: 100, low: null, high: null }, arrival_on_green: { value: null, low: null, high: null }, probes: 9 })) as never,
})
/** Working days around the change: 40 s before, `after` then, with a swing that is no trend. */
const days = (after: number): Map<string, TrafficState> => new Map(Array.from({ length: 56 }, (_, i) => parseDay(CHANGED)! - 28 + i).filter((day) => (day + 3) % 7 < 5).map((day): [string, TrafficState] => {
  const date = formatDay(day)
  return [date, dayState(date, (date < CHANGED ? 40 : after) * (1 + 0.05 * Math.sin(3 * day)))]
}))

describe('a change on a corridor', () => {
  const tell = (states: Map<string, TrafficState>, changes: object = {}) => corridorEffect({ scenario, corridor: 'nanhu-avenue', changed: CHANGED, days: [...states.keys()], state: async (day) => states.get(day), ...changes })

  it('is told by its days before and after, as large as it was', async () => {
    const told = await tell(days(30))
    expect(told).toMatchObject({ corridor: 'nanhu-avenue', period: PERIOD, effect: { verdict: 'better' } })
    expect(told.effect.change.value).toBeCloseTo(-0.25, 1)
    expect(told.effect.change.low!).toBeLessThan(-0.25)
    expect(told.effect.change.high!).toBeGreaterThan(-0.25)
    expect(told.sentence).toMatch(/^Delay on nanhu-avenue, .* fell by /)
  })

  it('cannot be told where nothing happened, or from few days', async () => {
    expect((await tell(days(40))).effect.verdict).toBe('cannot tell')
    const few = new Map([...days(30)].slice(16, 24))
    expect((await tell(few)).sentence).toContain('cannot tell')
    expect((await tell(new Map())).effect).toMatchObject({ verdict: 'cannot tell', days_before: 0, days_after: 0 })
  })

  it('is refused for a day that is none, an unknown period, an unknown corridor', async () => {
    await expect(tell(days(30), { changed: '2026-02-30' })).rejects.toThrow('must be a date')
    await expect(tell(days(30), { period: 'night' })).rejects.toThrow('no period "night"')
    await expect(tell(days(30), { corridor: 'nowhere' })).rejects.toThrow('nowhere')
  })
})

describe('the worklist', () => {
  it('gets each measured day once, and a treated card its effect when there are days enough', async () => {
    const store = memoryStore({ now: () => 0 })
    await store.networks.put('town', scenario, 'x', 0)
    const follow = { period: PERIOD, movements: [{ movement: movements[0]!, weight: 1 }], control: [], days: [] }
    await store.treatments.put('town', cardOf('place', { status: 'treated', follow, history: [{ status: 'found', date: '2026-10-01', by: 'x' }, { status: 'treated', date: CHANGED, by: 'x' }] }), 0)
    await store.treatments.put('town', cardOf('other'), 0)
    const states = days(30)
    for (const [day, state] of states) {
      await store.states.putDay('town', day, state)
      expect(await measureWorklist(store, 'town', day)).toEqual(['place'])
      expect(await measureWorklist(store, 'town', day)).toEqual([])
    }
    const card = (await store.treatments.get('town', 'place'))!
    expect(card.status).toBe('measured')
    expect(card.effect).toMatchObject({ verdict: 'better' })
    expect(card.follow!.days).toHaveLength(states.size)
    expect(await measureWorklist(store, 'town', '2020-01-01')).toEqual([])
  })
})
