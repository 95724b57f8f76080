import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DayTask, planDay } from './index.ts'

/** Every way to give each slot a plan. */
function tryAll({ delay, changeCost, least, most }: DayTask): Map<number, number> {
  const [plans, slots] = [delay.length, delay[0]!.length]
  const best = new Map<number, number>()
  for (let code = 0; code < plans ** slots; code++) {
    const day = Array.from({ length: slots }, (_, t) => Math.floor(code / plans ** t) % plans)
    const starts = day.flatMap((plan, t) => (plan === day.at(t - 1) ? [] : [t]))
    const periods = Math.max(1, starts.length)
    if (periods > most || starts.some((start, i) => ((starts[(i + 1) % starts.length]! - start + slots - 1) % slots) + 1 < least)) continue
    const total = day.reduce((sum, plan, t) => sum + delay[plan]![t]!, 0) + starts.reduce((sum, t) => sum + changeCost(day.at(t - 1)!, day[t]!, t), 0)
    best.set(periods, Math.min(best.get(periods) ?? Infinity, total))
  }
  return best
}

const tasks = fc.record({
  slots: fc.integer({ min: 2, max: 7 }), plans: fc.integer({ min: 1, max: 3 }), least: fc.integer({ min: 1, max: 3 }), most: fc.integer({ min: 1, max: 5 }),
  figures: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 28, maxLength: 28 }), changes: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 63, maxLength: 63 }),
}).map(({ slots, plans, least, most, figures, changes }): DayTask => ({
  delay: Array.from({ length: plans }, (_, p) => Float64Array.from({ length: slots }, (_each, t) => figures[7 * p + t]!)),
  changeCost: (from, to, slot) => changes[9 * slot + 3 * from + to]!, least: Math.min(least, slots), most,
}))

describe('planDay', () => {
  it('finds what trying every day finds, for each number of periods, whatever each change costs between whom and when', () => {
    fc.assert(fc.property(tasks, (task) => {
      const { curve, best } = planDay(task)
      const expected = tryAll(task)
      expect(curve.map(({ periods, total }) => [periods, total])).toEqual([...expected].sort(([a], [b]) => a - b))
      expect(best.total).toBe(Math.min(...expected.values()))
    }), { numRuns: 150 })
  })

  it('gives runs that cover the day once, last long enough, change at every break and cost what is said', () => {
    fc.assert(fc.property(tasks, (task) => {
      const slots = task.delay[0]!.length
      for (const { periods, cost, total, runs } of planDay(task).curve) {
        expect(runs).toHaveLength(periods)
        expect(runs.flatMap(({ start, length }) => Array.from({ length }, (_, i) => (start + i) % slots)).sort((a, b) => a - b)).toEqual(Array.from({ length: slots }, (_, t) => t))
        expect(runs.every(({ length, plan }, i) => length >= task.least && (periods === 1 || plan !== runs.at(i - 1)!.plan))).toBe(true)
        expect(runs.reduce((sum, { start, length, plan }) => sum + Array.from({ length }, (_, i) => task.delay[plan]![(start + i) % slots]!).reduce((a, b) => a + b, 0), 0)).toBe(cost)
        const changes = periods === 1 ? 0 : runs.reduce((sum, { start, plan }, i) => sum + task.changeCost(runs.at(i - 1)!.plan, plan, start), 0)
        expect(cost + changes).toBe(total)
      }
    }), { numRuns: 150 })
  })

  it('goes by way of a plan that is easy to reach where a direct change costs more than it brings', () => {
    const delay = [[0, 0, 0, 9, 9, 9], [9, 9, 5, 5, 5, 5], [9, 9, 9, 0, 0, 0]].map((own) => Float64Array.from(own))
    const day = (direct: number): number[] => planDay({ delay, changeCost: (from, to) => (Math.abs(from - to) === 2 ? direct : 1), least: 1, most: 4 }).best.runs.map(({ plan }) => plan)
    expect(day(1)).toEqual([0, 2])
    const around = day(50)
    expect(around.length).toBeGreaterThan(2)
    expect(around.every((plan, i) => Math.abs(plan - around.at(i - 1)!) === 1)).toBe(true)
  })

  it('refuses a day that cannot be laid so', () => {
    expect(() => planDay({ delay: [new Float64Array(4)], changeCost: () => 0, least: 5, most: 2 })).toThrow(RangeError)
  })
})
