import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spreadLabels } from './labels.ts'
import { decimalStep, linearScale, multiples, timeStep } from './scale.ts'
import { columnsOf, shorten } from './text-width.ts'

// The same cases in every run.
fc.configureGlobal({ seed: 1 })

describe('labels and ticks', () => {
  it('leaves labels alone that have room', () => {
    expect(spreadLabels([10, 50, 90], 20, [0, 100])).toEqual([10, 50, 90])
  })

  it('pushes a crowd apart around its middle and keeps the order given', () => {
    expect(spreadLabels([52, 50, 48], 10, [0, 100])).toEqual([60, 50, 40])
  })

  it('keeps distance, order and bounds for any labels that fit', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -50, max: 350, noNaN: true }), { minLength: 1, maxLength: 12 }), (wanted) => {
      const placed = spreadLabels(wanted, 20, [0, 300])
      for (const place of placed) expect(place >= -1e-9 && place <= 300 + 1e-9).toBe(true)
      const sorted = [...placed].sort((a, b) => a - b)
      sorted.slice(1).forEach((place, i) => expect(place - (sorted[i] as number)).toBeGreaterThanOrEqual(20 - 1e-6))
      wanted.forEach((a, i) => wanted.forEach((b, j) => {
        if (a < b) expect(placed[i]).toBeLessThan(placed[j] as number)
      }))
    }))
  })

  it('chooses steps that read well on a clock and on a ruler', () => {
    expect([timeStep(400, 9), timeStep(100, 14), timeStep(7200, 6), timeStep(4, 10)]).toEqual([60, 10, 1800, 1])
    expect([decimalStep(46, 6), decimalStep(2230, 6), decimalStep(0.7, 5)]).toEqual([10, 500, 0.2])
    expect(multiples(61_210, 61_400, 60)).toEqual([61_260, 61_320, 61_380])
    expect(multiples(0, 1, 0.25)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })

  it('maps linearly onto a range that runs backwards', () => {
    const y = linearScale([0, 100], [300, 100])
    expect([y(0), y(50), y(100), y.density]).toEqual([300, 200, 100, 2])
  })

  it('counts Chinese characters as two columns and marks as none', () => {
    expect([columnsOf('南湖大道'), columnsOf('Ring 1'), columnsOf('e\u0301'), columnsOf('')]).toEqual([8, 6, 1, 0])
    expect(shorten('南湖大道 / Lakeside', 8)).toBe('南湖大…')
    expect(shorten('Mill Street', 11)).toBe('Mill Street')
  })
})
