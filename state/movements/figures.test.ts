import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrivalProfile } from './arrival-profile.ts'
import { drawTogether, spreadOf } from './ensemble.ts'
import { gradeOf } from './grades.ts'
import { meanInterval, shareInterval, sumsOf, t90 } from './intervals.ts'
import { uniform } from './testing.ts'

describe('intervals', () => {
  it('use the quantiles of t that tables print', () => {
    for (const [freedom, t] of [[1, 6.314], [2, 2.92], [5, 2.015], [10, 1.812], [30, 1.697], [1000, 1.646]] as const) expect(t90(freedom)).toBeCloseTo(t, 2)
  })

  it('hold the mean of signal delays 86 to 94 times of 100 from 20 vehicles on, and better than t', () => {
    const draw = uniform(3)
    const all = Array.from({ length: 5000 }, () => (draw() < 0.75 ? 3 * draw() : 80 * draw()))
    const truth = all.reduce((sum, x) => sum + x, 0) / all.length
    for (const n of [20, 60, 200]) {
      let [held, plain] = [0, 0]
      for (let k = 0; k < 2000; k++) {
        const sums = sumsOf(Array.from({ length: n }, () => all[Math.floor(draw() * all.length)]!))
        const { low, high } = meanInterval(sums, 0)
        if (low! <= truth && truth <= high!) held++
        if (Math.abs(sums.mean - truth) <= t90(n - 1) * Math.sqrt(sums.variance / n)) plain++
      }
      expect(held / 2000).toBeGreaterThan(0.86)
      expect(held / 2000).toBeLessThan(0.94)
      if (n === 20) expect(Math.abs(held / 2000 - 0.9)).toBeLessThan(Math.abs(plain / 2000 - 0.9))
    }
  })

  it('shrink to the value where every vehicle was seen', () => {
    expect(meanInterval(sumsOf([1, 5, 9]), 1)).toEqual({ value: 5, low: 5, high: 5 })
    const { low, high } = shareInterval(30, 100, 0.999)
    expect(high! - low!).toBeLessThan(0.01)
  })

  it('contain their value, and shares stay shares', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.99, noNaN: true }), (n, part, share) => {
      const { value, low, high } = shareInterval(Math.round(part * n), n, share)
      expect(low!).toBeGreaterThanOrEqual(0)
      expect(low!).toBeLessThanOrEqual(value!)
      expect(high!).toBeGreaterThanOrEqual(value!)
      expect(high!).toBeLessThanOrEqual(1)
    }))
    expect(shareInterval(0, 0, 0)).toEqual({ value: null, low: null, high: null })
  })
})

describe('figures drawn to their kind', () => {
  it('all become alike where chance explains how they differ, and stay where it does not', () => {
    const alike = drawTogether([9, 11, 10, 10.5, 9.5, 10, 9.8, 10.2].map((mean) => ({ mean, variance: 4, origin: 0, scale: 1 })))
    expect(Math.max(...alike.map(({ value }) => value)) - Math.min(...alike.map(({ value }) => value))).toBeLessThan(0.5)
    const unlike = drawTogether([10, 30, 50, 70, 90, 110, 130].map((mean) => ({ mean, variance: 1, origin: 0, scale: 1 })))
    unlike.forEach(({ value }, i) => expect(Math.abs(value - (10 + 20 * i))).toBeLessThan(0.1))
  })

  it('move by one standard error at most, so that an outlier stays one', () => {
    const drawn = drawTogether([...Array.from({ length: 20 }, (_, i) => ({ mean: 10 + (i % 3) / 10, variance: 1, origin: 0, scale: 1 })), { mean: 16, variance: 1, origin: 0, scale: 1 }])
    expect(drawn.at(-1)!.value).toBeGreaterThanOrEqual(15)
    expect(drawn.at(-1)!.variance).toBe(1)
  })

  it('stay as they are where there are fewer than six', () => {
    expect(drawTogether([1, 2, 3].map((mean) => ({ mean, variance: 9, origin: 0, scale: 1 }))).map(({ value }) => value)).toEqual([1, 2, 3])
  })

  it('have the spread that they were made with', () => {
    const draw = uniform(11)
    const normal = (): number => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw())
    const spreads = Array.from({ length: 60 }, () => spreadOf(Array.from({ length: 60 }, () => ({ ratio: 1 + 0.3 * normal() + 0.2 * normal(), variance: 0.04 }))))
    expect(spreads.reduce((sum, x) => sum + x, 0) / 60).toBeCloseTo(0.09, 1.5)
  })
})

describe('arrival profile', () => {
  it('adds up to one and has its crest where the platoon comes, around the end of the cycle too', () => {
    for (const at of [50, 99, 1]) {
      const profile = arrivalProfile(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? at : (i * 7.3) % 100)), 100)!
      expect(profile.share.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9)
      expect(profile.bin_s).toBe(2)
      const apart = Math.abs(profile.share.indexOf(Math.max(...profile.share)) - Math.floor(at / 2))
      expect(Math.min(apart, 50 - apart)).toBeLessThanOrEqual(2)
    }
  })

  it('is not made of a few arrivals', () => {
    expect(arrivalProfile([1, 2, 3], 100)).toBeUndefined()
  })
})

describe('grades', () => {
  it('ask for five days and a narrow interval', () => {
    expect(gradeOf({ value: 40, low: 36, high: 44 }, 5)).toBe('C')
    expect(gradeOf({ value: 40, low: 36, high: 44 }, 4)).toBe('D')
    expect(gradeOf({ value: 40, low: 30, high: 50 }, 20)).toBe('D')
    expect(gradeOf({ value: 40, low: 20, high: 60 }, 20)).toBe('E')
    expect(gradeOf({ value: null, low: null, high: null }, 20)).toBe('E')
  })
})
