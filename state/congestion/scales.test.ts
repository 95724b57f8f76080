import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classify, getScale, SCALES, tpiOfSevereShare, tpiOfTimeRatio } from './scales.ts'

const of = (id: string, value: number, road?: string): string => classify(getScale(id), value, road).id

describe('scales of congestion', () => {
  it('put values on a boundary where the source puts them', () => {
    expect([40.1, 40, 15.1, 15].map((speed) => of('cn-speed-5', speed, 'arterial'))).toEqual(['free', 'mostly-free', 'moderate', 'severe'])
    expect([10, 10.1, 80, 80.1].map((delay) => of('hcm-delay-los', delay))).toEqual(['A', 'B', 'E', 'F'])
    expect([0, 2, 7.9, 8, 10].map((tpi) => of('tpi-10', tpi))).toEqual(['free', 'mostly-free', 'moderate', 'severe', 'severe'])
    expect([1.5, 1.51, 2.2, 2.21].map((index) => of('nav-delay-index', index))).toEqual(['free', 'slow', 'congested', 'severe'])
    expect([100, 60, 59.9, 15, 14.9].map((share) => of('aliyun-efficiency', share))).toEqual(['free', 'free', 'fair', 'slow', 'congested'])
    expect([0.71, 0.7, 0.3].map((ratio) => of('cn-speed-ratio-5', ratio))).toEqual(['free', 'mostly-free', 'severe'])
  })

  it('have a boundary between every two levels, in order', () => {
    for (const table of SCALES) {
      for (const limits of Object.values(table.boundaries)) {
        expect(limits.length).toBe(table.levels.length - 1)
        expect([...limits].sort((a, b) => (table.rising ? a - b : b - a))).toEqual(limits)
      }
    }
  })

  it('never call a worse value better', () => {
    fc.assert(fc.property(fc.constantFrom(...SCALES), fc.double({ min: 0, max: 200, noNaN: true }), fc.double({ min: 0, max: 200, noNaN: true }), (table, a, b) => {
      const road = Object.keys(table.boundaries)[0]
      const rank = (value: number): number => table.levels.indexOf(classify(table, value, road))
      const [low, high] = a < b ? [a, b] : [b, a]
      expect(table.rising ? rank(low) : -rank(low)).toBeLessThanOrEqual(table.rising ? rank(high) : -rank(high))
    }))
  })

  it('refuse what they do not have', () => {
    expect(() => getScale('tpi-11')).toThrow('"tpi-11"')
    expect(() => getScale('tpi-10', 9)).toThrow('version 9')
    expect(() => classify(getScale('cn-speed-5'), 30)).toThrow('expressway, arterial')
    expect(() => classify(getScale('tpi-10'), Number.NaN)).toThrow('no number')
  })
})

describe('the 0-10 index', () => {
  it('goes through its points and is linear between them', () => {
    expect([0, 0.04, 0.06, 0.11, 0.14, 0.19, 0.24, 1].map(tpiOfSevereShare)).toEqual([0, 2, 3, 6, 8, 9, 10, 10].map((tpi) => expect.closeTo(tpi, 9) as number))
    expect([0.9, 1, 1.3, 2.2, 9].map(tpiOfTimeRatio)).toEqual([0, 0, 2, 8, 10].map((tpi) => expect.closeTo(tpi, 9) as number))
  })
})
