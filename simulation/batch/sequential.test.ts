import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normal } from '../kernel/random.ts'
import { DEFAULT_RULE, errorAtLook, judgeSequentially, listLooks, type SequentialRule, type SequentialVerdict } from './sequential.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Looks until it is decided, as a batch would; `value` gives the difference of a seed. */
function run(rule: SequentialRule, value: (seed: number) => number): { verdict: SequentialVerdict; seeds: number } {
  for (const n of listLooks(rule)) {
    const state = judgeSequentially(rule, range(n).map(value))
    if (state.decided) return state
  }
  throw new Error('the last look decides')
}

/** Share of `trials` tests with the verdict, where differences are normal. */
function share(rule: SequentialRule, difference: number, deviation: number, trials: number): Record<SequentialVerdict, number> & { seeds: number } {
  const counts = { 'better': 0, 'no-worse': 0, 'worse': 0, 'undecided': 0, 'seeds': 0 }
  for (let trial = 0; trial < trials; trial++) {
    const { verdict, seeds } = run(rule, (seed) => difference + deviation * normal(trial, seed))
    counts[verdict] += 1 / trials
    counts.seeds += seeds / trials
  }
  return counts
}

const TRIALS = 4000
/** Three standard errors above a share of 5 %. */
const AT_MOST = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / TRIALS)

describe('judgeSequentially', () => {
  it('looks at a few places that end with the last seed', () => {
    expect(listLooks(DEFAULT_RULE)).toEqual([5, 8, 12, 18, 30])
    expect(listLooks({ ...DEFAULT_RULE, most_seeds: 5 })).toEqual([5])
    fc.assert(fc.property(fc.integer({ min: 3, max: 20 }), fc.nat(500), (least_seeds, more) => {
      const looks = listLooks({ ...DEFAULT_RULE, least_seeds, most_seeds: least_seeds + more })
      expect(looks.at(-1)).toBe(least_seeds + more)
      expect([...looks].sort((a, b) => a - b)).toEqual(looks)
      expect(looks[0]).toBeGreaterThanOrEqual(least_seeds)
    }))
  })

  it('calls a plan better or worse than one like it in at most 5 % of comparisons, however much runs scatter', () => {
    for (const deviation of [0.1, 2, 50]) {
      const found = share(DEFAULT_RULE, 0, deviation, TRIALS)
      expect(found.better + found.worse).toBeLessThan(AT_MOST)
    }
    // And it is no idle test: it spends a good part of the error that it may.
    const wide = share({ ...DEFAULT_RULE, threshold: 0 }, 0, 1, TRIALS)
    expect(wide.better + wide.worse).toBeGreaterThan(0.02)
    expect(wide.better + wide.worse).toBeLessThan(AT_MOST)
  })

  it('keeps nearly all of its error for the last look where it is told to, and errs no more', () => {
    const late = { ...DEFAULT_RULE, least_seeds: 4, most_seeds: 10, threshold: 0, spending: 'late' as const }
    const levels = listLooks(late).map((n) => errorAtLook(late, n)!)
    expect(levels.reduce((sum, level) => sum + level, 0)).toBeCloseTo(0.05, 12)
    expect(levels.at(-1)).toBeCloseTo(0.045, 12)
    expect(errorAtLook(late, 5)).toBeUndefined()
    expect(errorAtLook({ ...late, most_seeds: 4 }, 4)).toBe(0.05)
    const like = share(late, 0, 1, TRIALS)
    expect(like.better + like.worse).toBeGreaterThan(0.02)
    expect(like.better + like.worse).toBeLessThan(AT_MOST)
    // A plain gain needs no more than the first look or two; a small one is found as often as by all seeds at once, or nearly.
    expect(share(late, -10, 1, 500)).toMatchObject({ better: expect.closeTo(1, 9) as number, seeds: expect.closeTo(4, 0) as number })
    expect(share(late, -1, 1, TRIALS).better).toBeGreaterThan(share({ ...late, least_seeds: 10 }, -1, 1, TRIALS).better - 0.05)
  })

  it('calls a plan no worse that is worse by the threshold in at most 5 % of comparisons', () => {
    for (const deviation of [0.5, 2, 10]) {
      const found = share(DEFAULT_RULE, DEFAULT_RULE.threshold, deviation, TRIALS)
      expect(found.better + found['no-worse']).toBeLessThan(AT_MOST)
    }
  })

  it('stops at the first look at a clear difference and goes on to the last at none', () => {
    const clear = share(DEFAULT_RULE, -10, 1, 500)
    expect(clear.better).toBeCloseTo(1, 9)
    expect(clear.seeds).toBeLessThan(5.1)
    const weak = share(DEFAULT_RULE, -1, 2, 2000)
    expect(weak.better).toBeGreaterThan(0.4)
    expect(share({ ...DEFAULT_RULE, threshold: 0 }, 0, 1, 500).seeds).toBeGreaterThan(28)
  })

  it('ends a comparison of a plan with itself at once, as no worse', () => {
    expect(judgeSequentially(DEFAULT_RULE, [0, 0, 0, 0, 0])).toEqual({ verdict: 'no-worse', decided: true, seeds: 5, difference: 0, half_width: 0 })
  })

  it('finds a plan that gridlocks more often neither better nor no worse, and looks on', () => {
    const better = [-10, -11, -10, -9, -10]
    expect(judgeSequentially(DEFAULT_RULE, better)).toMatchObject({ verdict: 'better', decided: true })
    expect(judgeSequentially(DEFAULT_RULE, better, { before: 0, after: 1 })).toMatchObject({ verdict: 'undecided', decided: false })
    expect(judgeSequentially(DEFAULT_RULE, better, { before: 1, after: 1 })).toMatchObject({ verdict: 'better', decided: true })
    expect(judgeSequentially(DEFAULT_RULE, better.map((d) => -d), { before: 0, after: 1 })).toMatchObject({ verdict: 'worse', decided: true })
  })

  it('refuses a look that was not planned and a rule that makes no sense', () => {
    expect(() => judgeSequentially(DEFAULT_RULE, [1, 2, 3, 4, 5, 6])).toThrow('looks after 5, 8, 12, 18, 30 seeds, not after 6')
    expect(() => judgeSequentially({ ...DEFAULT_RULE, alpha: 0 }, [])).toThrow('the error rate is 0')
    expect(() => judgeSequentially({ ...DEFAULT_RULE, least_seeds: 2 }, [])).toThrow('begins after 2 seeds')
    expect(() => judgeSequentially({ ...DEFAULT_RULE, most_seeds: 4 }, [])).toThrow('may take 4 seeds')
    expect(() => judgeSequentially({ ...DEFAULT_RULE, threshold: Number.NaN }, [])).toThrow('the threshold is NaN')
  })
})
