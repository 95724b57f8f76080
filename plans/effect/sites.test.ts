import { describe, expect, it } from 'vitest'
import type { FollowedDay } from '../../model/diagnosis.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import { measureEffect, type EffectRequest } from './effect.ts'
import { shrinkSites } from './sites.ts'
import { effectSentence } from './words.ts'

const MONDAY = parseDay('2026-03-02')!
const TREATED = MONDAY + 28

/** Park and Miller 1988, and a normal by Box and Muller. */
function normals(seed: number): () => number {
  let state = (seed * 69_621) % 2_147_483_647
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
}

/** Working days of delays with a swing of the whole town, noise of their own of 13 %, and a true change. */
function history(seed: number, n: number, change: number): FollowedDay[] {
  const normal = normals(seed)
  return [MONDAY, TREATED + 7].flatMap((from, side) => Array.from({ length: n }, (_, i) => {
    const town = Math.exp(0.08 * normal()) * (side === 0 ? 1 : 1.1)
    return { day: formatDay(from + 7 * Math.floor(i / 5) + (i % 5)), delay_s: 40 * town * (side === 0 ? 1 : change) * Math.exp(0.13 * normal()), control_s: 30 * town * Math.exp(0.05 * normal()) }
  }))
}
const effectOf = (days: readonly FollowedDay[], options: Partial<EffectRequest> = {}) => measureEffect({ days, treated: formatDay(TREATED), ...options })

describe('an interval of 95 %', () => {
  it.each([[10, 0.85], [20, 1]])('holds the true change in 95 of 100 histories: %i days a side, factor %f', (n, change) => {
    const trials = 400
    const held = Array.from({ length: trials }, (_, i) => effectOf(history(i + 1, n, change), { miss: 0.05 }).change).filter(({ low, high }) => low! <= change - 1 && high! >= change - 1).length
    // Three standard errors of a share over so many trials.
    expect(Math.abs(held / trials - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / trials))
  })

  it('is wider than one of 90 %, with the same middle', () => {
    const [wide, narrow] = [0.05, 0.1].map((miss) => effectOf(history(5, 10, 0.9), { miss }).change)
    expect(wide!.value).toBe(narrow!.value)
    expect(wide!.low!).toBeLessThan(narrow!.low!)
    expect(wide!.high!).toBeGreaterThan(narrow!.high!)
  })
})

describe('what is published', () => {
  it('is told from the least detectable change on only, which is found in four of five histories', () => {
    const trials = 250
    const least = Array.from({ length: 100 }, (_, i) => effectOf(history(i + 1, 10, 1)).least_detectable!).reduce((sum, one) => sum + one / 100, 0)
    // 2.8 standard errors of 14 % a day, ten days a side.
    expect(least).toBeGreaterThan(0.14)
    expect(least).toBeLessThan(0.22)
    let [found, told] = [0, 0]
    for (let i = 0; i < trials; i++) {
      if (effectOf(history(i + 1, 10, 1 / (1 + least)), { miss: 0.05 }).verdict === 'better') found++
      const strict = effectOf(history(i + 1, 10, 1), { miss: 0.05, detectable_only: true })
      if (strict.verdict !== 'cannot tell') told++
      if (strict.verdict !== 'cannot tell') expect(Math.abs(strict.change.value!)).toBeGreaterThanOrEqual(strict.least_detectable!)
    }
    expect(found / trials).toBeGreaterThan(0.72)
    expect(found / trials).toBeLessThan(0.88)
    expect(told / trials).toBeLessThan(0.05)
  })

  it('compares days of one kind by the calendar of the network', () => {
    const days = history(3, 10, 0.8)
    const feast = days.slice(0, 3).map(({ day }) => day)
    const wild = days.map((day) => (feast.includes(day.day) ? { ...day, delay_s: 500 } : day))
    const kindOf = (day: string): string => (feast.includes(day) ? 'holiday' : 'weekday')
    expect(effectOf(wild, { kindOf })).toEqual(effectOf(days.filter(({ day }) => !feast.includes(day))))
    expect(effectOf(wild).change.value!).toBeLessThan(effectOf(wild, { kindOf }).change.value! - 0.1)
  })

  it('has a sentence that says how sure', () => {
    expect(effectSentence(effectOf(history(1, 20, 0.7), { miss: 0.05 }), 'Delay')).toMatch(/^Delay fell by [\d.]+ % \(between -[\d.]+ % and -[\d.]+ %\) over 20 days after against 20 before, less the change of the control on the same days\.$/)
    expect(effectSentence(effectOf(history(1, 10, 1), { miss: 0.05 }), 'Delay')).toMatch(/^Delay: cannot tell\. .*they would tell a change of [\d.]+ %\.$/)
    expect(effectSentence(effectOf(history(1, 3, 1)), 'Delay')).toBe('Delay: cannot tell from 3 days after against 3 before.')
  })
})

describe('the worst of many places', () => {
  it('come back by themselves, and no further than the shrunk mean says', () => {
    const normal = normals(11)
    let [raw, drawn] = [0, 0]
    const towns = 10
    for (let town = 0; town < towns; town++) {
      // 200 places that differ by 15 %, days that differ by 15 %; nobody treats any.
      const truths = Array.from({ length: 200 }, () => 40 * Math.exp(0.15 * normal()))
      const days = (truth: number): number[] => Array.from({ length: 5 }, () => truth * Math.exp(0.15 * normal()))
      const sites = shrinkSites(truths.map((truth, i) => ({ site: String(i), days: days(truth) })))
      const worst = [...sites].sort((a, b) => b.mean - a.mean).slice(0, 20)
      const later = worst.reduce((sum, { site }) => sum + days(truths[Number(site)]!).reduce((a, b) => a + b, 0) / 5, 0)
      raw += later / worst.reduce((sum, one) => sum + one.mean, 0) - 1
      drawn += later / worst.reduce((sum, one) => sum + one.shrunk, 0) - 1
      expect(worst.every(({ returns, weight }) => returns < 0 && weight > 0.7 && weight < 0.95)).toBe(true)
    }
    expect(raw / towns).toBeLessThan(-0.03)
    expect(Math.abs(drawn / towns)).toBeLessThan(0.015)
  })

  it('keep their mean where days do not vary, and have that of all where places do not differ', () => {
    expect(shrinkSites([{ site: 'a', days: [10, 10] }, { site: 'b', days: [20, 20] }, { site: 'none', days: [] }])).toEqual([
      { site: 'a', mean: 10, shrunk: 10, weight: 1, returns: 0 }, { site: 'b', mean: 20, shrunk: 20, weight: 1, returns: 0 },
    ])
    expect(shrinkSites([{ site: 'a', days: [10, 20] }, { site: 'b', days: [20, 10] }]).map(({ shrunk, weight }) => [shrunk, weight])).toEqual([[15, 0], [15, 0]])
  })
})
