import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTimeOfDay, modulo, parseTimeOfDay } from './units.ts'

describe('the place of a time in its cycle', () => {
  it('lies at or above 0 and below the cycle, whole cycles away from the time', () => {
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 300 }), (time, cycle) => {
      const place = modulo(time, cycle)
      expect(place).toBeGreaterThanOrEqual(0)
      expect(place).toBeLessThan(cycle)
      const turns = (time - place) / cycle
      expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-9)
    }))
  })

  it('is 0 for a time a hair before the start of a cycle, which would round to the cycle itself', () => {
    expect(modulo(-1e-17, 90)).toBe(0)
  })

  it('stays no number where the time is none', () => {
    expect(modulo(Number.NaN, 90)).toBeNaN()
  })
})

describe('a time of day', () => {
  it('reads back as it was written', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 86_399 }), (time) => {
      expect(parseTimeOfDay(formatTimeOfDay(time))).toBe(time)
    }))
  })
})
