import { describe, expect, it } from 'vitest'
import { clockOf, fromShown, spanOf, toShown, UNITS } from './unit-values.ts'

describe('units on the screen', () => {
  it.each([['speed', 'metric', 10, 36], ['speed', 'imperial', 44.704, 100], ['distance', 'imperial', 304.8, 1000], ['long-distance', 'imperial', 1609.344, 1], ['long-distance', 'metric', 1500, 1.5]] as const)(
    'show %s in %s: %d as %d', (quantity, units, si, shown) => {
      expect(toShown(quantity, units, si)).toBeCloseTo(shown, 9)
    })

  it('give back what was typed in them', () => {
    for (const units of UNITS) for (const quantity of ['speed', 'distance', 'long-distance', 'acceleration'] as const) expect(fromShown(quantity, units, toShown(quantity, units, 12.5))).toBeCloseTo(12.5, 9)
  })

  it('say how long ago in the unit that a person would', () => {
    expect([89, 91, 5000, 7200, 90_000, 200_000].map(spanOf)).toEqual([
      { value: 89, unit: 'second' }, { value: 2, unit: 'minute' }, { value: 83, unit: 'minute' }, { value: 2, unit: 'hour' }, { value: 25, unit: 'hour' }, { value: 2, unit: 'day' },
    ])
  })

  it('never say sixty seconds where a minute is meant', () => {
    expect([59.6, 119.7, 125].map(clockOf)).toEqual(['1:00', '2:00', '2:05'])
  })
})
