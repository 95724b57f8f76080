import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Run } from './run.ts'
import { RunStore } from './run-store.ts'

const run = (vehicle: string, crossing_s: number, more: Partial<Run> = {}): Run => ({
  vehicle, movement: 3, start_m: -300, whole: true, in_s: crossing_s - 40, crossing_s, out_s: crossing_s + 4, running_mps: 13, control_delay_s: 15.5,
  stops: [{ time_s: crossing_s - 25, s_m: -21.5, duration_s: 20 }], departure_s: crossing_s - 5, arrival_s: crossing_s - 22, blocked: false, interval_s: 3, posterior: 0.9, ...more,
})

describe('RunStore', () => {
  it('gives back what it was given, in order of crossing', () => {
    const store = new RunStore()
    const late = run('b', 1_790_000_300.25, { stops: [], departure_s: undefined, blocked: true, whole: false })
    store.push(late)
    store.push(run('a', 1_790_000_100))
    const [first, second] = store.listRuns(3)
    expect(first!.crossing_s).toBe(1_790_000_100)
    expect(second).toMatchObject({ crossing_s: late.crossing_s, stops: [], departure_s: undefined, blocked: true, whole: false, movement: 3 })
    expect(first!.stops[0]!.time_s).toBeCloseTo(1_790_000_075, 3)
    expect(first).toMatchObject({ start_m: -300, control_delay_s: 15.5, blocked: false, whole: true })
    expect(store.listRuns(3, 1_790_000_100, 1_790_000_200)).toHaveLength(1)
    expect(store.listRuns(4)).toEqual([])
    expect(store.listMovements()).toEqual([3])
  })

  it('keeps the same runs in whatever order they come, whole cycles of them, and no more than it may', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 60, maxLength: 200 }), fc.integer({ min: 10, max: 50 }), (times, most) => {
      const cycleOf = (_: number, time: number): number => Math.floor(time / 100)
      const runs = times.map((time, i) => run(`v${i}`, time))
      const fill = (list: Run[]): RunStore => {
        const store = new RunStore({ runs_per_movement: most, cycleOf })
        for (const each of list) store.push(each)
        return store
      }
      const [one, other] = [fill(runs), fill([...runs].reverse())]
      expect(other.listRuns(3)).toEqual(one.listRuns(3))
      expect(one.size).toBeLessThanOrEqual(most)
      expect(one.seen(3)).toBe(times.length)
      const kept = new Set(one.listRuns(3).map(({ crossing_s }) => cycleOf(3, crossing_s)))
      for (const cycle of kept) expect(one.listRuns(3).filter(({ crossing_s }) => cycleOf(3, crossing_s) === cycle)).toHaveLength(times.filter((time) => cycleOf(3, time) === cycle).length)
    }), { numRuns: 50 })
  })

  it('lets runs that stay stand for those that do not: weights bring the number back', () => {
    const store = new RunStore({ runs_per_movement: 2000, cycleOf: (_, time) => Math.floor(time / 90) })
    for (let i = 0; i < 40_000; i++) store.push(run(`v${i}`, i * 30))
    expect(store.weight(3)).toBeGreaterThan(8)
    expect((store.size * store.weight(3)) / 40_000).toBeGreaterThan(0.9)
    expect((store.size * store.weight(3)) / 40_000).toBeLessThan(1.1)
  })

  it('gives one by one, and counts, what it lists; of a part of the day only what crossed in it', () => {
    const store = new RunStore()
    for (let i = 0; i < 50; i++) store.push(run(`v${i}`, (i * 7919) % 5000))
    expect([...store.eachRun(3)]).toEqual(store.listRuns(3))
    expect([store.countRuns(3), store.countRuns(4), [...store.eachRun(4)].length]).toEqual([50, 0, 0])
    const part = store.within((time) => time >= 1000 && time < 3000)
    expect(part.listRuns(3)).toEqual(store.listRuns(3, 1000, 3000))
    expect([...part.eachRun(3)]).toEqual(part.listRuns(3))
    expect(part.countRuns(3)).toBe(part.listRuns(3).length)
    expect(part.listRuns(3).length).toBeGreaterThan(10)
  })

  it('says how many runs came, how many it keeps, and of how many movements it left some out', () => {
    const store = new RunStore({ runs_per_movement: 100 })
    for (let i = 0; i < 500; i++) store.push({ ...run(`v${i}`, i * 900), movement: i % 10 === 0 ? 1 : 2 })
    expect(store.totals()).toEqual({ seen: 500, kept: store.size, thinned: 1 })
    expect(store.size).toBeLessThan(160)
  })

  it('holds no more than it may of all movements together; those with most give way', () => {
    const store = new RunStore({ runs: 3000, cycleOf: (_, time) => Math.floor(time / 90) })
    for (let i = 0; i < 20_000; i++) store.push({ ...run(`v${i}`, i * 30), movement: i % 40 === 0 ? 1 : 2 })
    expect(store.size).toBeLessThanOrEqual(3000)
    expect([store.weight(1), store.seen(1), store.listRuns(1).length]).toEqual([1, 500, 500])
    const estimate = store.listRuns(2).length * store.weight(2)
    expect(estimate / 19_500).toBeGreaterThan(0.9)
    expect(estimate / 19_500).toBeLessThan(1.1)
  })
})
