import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { FollowedDay } from '../../model/diagnosis.ts'
import { formatDay, parseDay, weekdayOf } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { chooseControl } from './control.ts'
import { dayMeans, joinDays } from './day-means.ts'
import { discoveries, measureEffect, probabilityOf, welch } from './effect.ts'

const FIRST = parseDay('2026-03-02')!
/** Working days from a Monday on. */
const workdays = (n: number, from = FIRST): number[] => Array.from({ length: 3 * n }, (_, i) => from + i).filter((day) => weekdayOf(day) < 6).slice(0, n)
const TREATED = FIRST + 28
const AFTER = TREATED + 7

/** Park and Miller 1988, and a normal by the sum of twelve. */
function normals(seed: number): () => number {
  let state = seed
  return () => Array.from({ length: 12 }, () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647).reduce((sum, value) => sum + value, -6)
}

/** Days with a common swing of the whole town, own noise, and a true change after the treatment. */
function history(seed: number, { n = 10, change = 1, town = 0.1, own = 0.06, drift = 1 }): FollowedDay[] {
  const normal = normals(seed)
  const side = (days: readonly number[], by: number, swing: number): FollowedDay[] => days.map((day) => {
    const common = swing * Math.exp(town * normal())
    return { day: formatDay(day), delay_s: 40 * common * by * Math.exp(own * normal()), control_s: 30 * common * Math.exp(own * normal()) }
  })
  return [...side(workdays(n), 1, 1), ...side(workdays(n, AFTER), change, drift)]
}

const effectOf = (days: readonly FollowedDay[]) => measureEffect({ days, treated: formatDay(TREATED) })

describe('the effect of a treatment', () => {
  it('is the change less that of the control on the same days', () => {
    const days = history(7, { n: 15, change: 0.8, drift: 1.3 })
    const { change, control, verdict, days_before, days_after } = effectOf(days)
    expect([control, verdict, days_before, days_after]).toEqual([true, 'better', 15, 15])
    expect(change.low!).toBeLessThan(-0.2)
    expect(change.high!).toBeGreaterThan(-0.2)
    // Without the control the town's own rise hides it.
    expect(effectOf(days.map((day) => ({ ...day, control_s: null }))).verdict).not.toBe('better')
  })

  it('lies in its interval as often as it says, and is told seldom where there is none', () => {
    let [held, told] = [0, 0]
    const trials = 600
    for (let seed = 1; seed <= trials; seed++) {
      const { change, verdict } = effectOf(history(1000 + 37 * seed, { n: 8 }))
      if (change.low! <= 0 && change.high! >= 0) held++
      if (verdict !== 'cannot tell') told++
    }
    expect(held / trials).toBeGreaterThan(0.87)
    expect(held / trials).toBeLessThan(0.93)
    expect(told).toBe(trials - held)
  })

  it('says from how many days it cannot tell, and how small a change they would show', () => {
    const few = effectOf(history(3, { n: 4 }))
    expect(few).toMatchObject({ verdict: 'cannot tell', days_before: 4, days_after: 4, least_detectable: null })
    const [ten, twenty] = [10, 20].map((n) => effectOf(history(3, { n })).least_detectable!)
    expect(twenty).toBeLessThan(ten!)
    expect(ten).toBeLessThan(0.2)
  })

  it('leaves out the day of the treatment and the two after it, and days of another kind', () => {
    const days = history(5, { n: 6, change: 0.7 })
    const odd = { delay_s: 900, control_s: 1 }
    const noise = [TREATED, TREATED + 1, TREATED + 2].map((day) => ({ day: formatDay(day), ...odd }))
    const saturdays = [FIRST + 5, FIRST + 12].map((day) => ({ day: formatDay(day), ...odd }))
    expect(effectOf([...days, ...noise, ...saturdays])).toEqual(effectOf(days))
  })

  it('takes a baseline apart from the days for which the place was chosen, where there is one', () => {
    const days = history(9, { n: 15 })
    const bad = days.slice(0, 5).map((day) => ({ ...day, delay_s: day.delay_s * 2 }))
    const all = [...bad, ...days.slice(5)]
    const chosen = bad.at(-1)!.day
    const apart = measureEffect({ days: all, treated: formatDay(TREATED), chosen })
    expect(apart).toMatchObject({ baseline: 'separate', days_before: 10 })
    expect(effectOf(all)).toMatchObject({ baseline: 'choice', days_before: 15, verdict: 'better' })
    // The bad days alone, a third of all at twice the delay, make a gain of a fifth.
    expect(apart.change.value!).toBeGreaterThan(effectOf(all).change.value! + 0.15)
  })
})

describe('Welch', () => {
  it('agrees with a worked case', () => {
    // Variances 4.5 and 2 over 3 and 4 values: s² / n = 1.5 and 0.5.
    const { difference, error, freedom } = welch([10, 13, 14.2426406871], [20, 21.1547005384, 23, 20.8452994616])
    expect(difference).toBeCloseTo(21.25 - 12.4142135624, 6)
    expect(error).toBeGreaterThan(0)
    expect(freedom).toBeGreaterThan(2)
    expect(freedom).toBeLessThan(5)
    const same = welch([1, 2, 3, 4], [2, 3, 4, 5])
    expect(same.error).toBeCloseTo(Math.sqrt(2 * (5 / 3 / 4)), 12)
    expect(same.freedom).toBeCloseTo(6, 12)
  })

  it('has probabilities that fit the table of t', () => {
    expect(probabilityOf(2.228, 10)).toBeCloseTo(0.05, 3)
    expect(probabilityOf(1.812, 10)).toBeCloseTo(0.1, 3)
    expect(probabilityOf(12.706, 1)).toBeCloseTo(0.05, 3)
  })

  it('keeps of many effects those that chance would not give (Benjamini and Hochberg)', () => {
    const of = (...list: (number | null)[]): (number | null)[] => discoveries(list.map((probability) => ({ probability }))).map(({ probability }) => probability)
    expect(of(0.001, 0.9, 0.04, 0.06, null)).toEqual([0.001, 0.04, 0.06])
    expect(of(0.08, 0.09, 0.5)).toEqual([])
    expect(of()).toEqual([])
  })
})

describe('days of a place', () => {
  const row = (movement: string, day_delay_s: number) => ({ movement, from: 'a', to: 'b', control_delay_s: { value: null, low: null, high: null }, day_delay_s, arrival_on_green: { value: null, low: null, high: null }, probes: 3 })
  const followed = [{ movement: 'big', weight: 900 }, { movement: 'small', weight: 100 }]

  it('are means with fixed weights; a day without most of the place is none', () => {
    const daily = [{ day: '2026-03-03', movements: [row('big', 20)] }, { day: '2026-03-02', movements: [row('big', 10), row('small', 60), row('far', 30)] }, { day: '2026-03-04', movements: [row('small', 60)] }]
    expect(dayMeans(daily, followed, [{ movement: 'far', weight: 1 }])).toEqual([{ day: '2026-03-02', delay_s: 15, control_s: 30 }, { day: '2026-03-03', delay_s: 20, control_s: null }])
  })

  it('are joined once each, the later measurement standing', () => {
    const one = (day: string, delay_s: number): FollowedDay => ({ day, delay_s, control_s: null })
    expect(joinDays([one('b', 1), one('a', 1)], [one('b', 2)])).toEqual([one('a', 1), one('b', 2)])
  })
})

it('chooses a control that the treatment does not reach', async () => {
  const { scenario } = await readScenario('scenarios/nanhu-avenue')
  const graph = new RoadGraph(scenario.network)
  const ids = (signal: string): string[] => graph.listMovementsOfSignal(signal).map(({ id }) => id)
  const weights = new Map(scenario.network.movements.map(({ id }) => [id, 100]))
  const request = { graph, site: new Set(ids('3')), others: new Set<string>(), weights, same_corridor: new Set<string>() }
  const signals = (list: readonly { movement: string }[]): string[] => [...new Set(list.map(({ movement }) => graph.getMovement(movement).signal!))].sort()
  expect(signals(chooseControl(request))).toEqual(['1', '5', '6'])
  expect(signals(chooseControl({ ...request, others: new Set(ids('5')) }))).toEqual(['1', '6'])
  expect(chooseControl({ ...request, weights: new Map() })).toEqual([])
})
