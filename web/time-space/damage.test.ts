import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damageOf, marksByKey, type Box, type Mark } from './damage.ts'

const LAYER: Box = { a0: 0, b0: 0, a1: 100, b1: 100 }
const box = fc.record({ a: fc.double({ min: -20, max: 110, noNaN: true }), b: fc.double({ min: -20, max: 110, noNaN: true }), w: fc.double({ min: 0.5, max: 30, noNaN: true }), h: fc.double({ min: 0.5, max: 30, noNaN: true }) })
  .map(({ a, b, w, h }): Box => ({ a0: a, b0: b, a1: a + w, b1: b + h }))
/** What looks the same is at the same place. */
const marks = fc.uniqueArray(fc.record({ key: fc.integer({ min: 0, max: 30 }).map(String), box }), { selector: ({ key }) => key, maxLength: 12 })
const contains = (outer: Box, { a, b }: { a: number; b: number }): boolean => a >= outer.a0 && a <= outer.a1 && b >= outer.b0 && b <= outer.b1
const middle = ({ a0, b0, a1, b1 }: Box): { a: number; b: number } => ({ a: (Math.max(a0, 0) + Math.min(a1, 100)) / 2, b: (Math.max(b0, 0) + Math.min(b1, 100)) / 2 })
const seen = ({ a0, b0, a1, b1 }: Box): boolean => a1 > 0 && b1 > 0 && a0 < 100 && b0 < 100

describe('what has to be painted anew', () => {
  it('is nothing where nothing changed', () => {
    fc.assert(fc.property(marks, (all) => {
      expect(damageOf(marksByKey(all), marksByKey([...all].reverse()), LAYER, 1)).toEqual([])
    }))
  })

  it('holds whatever came or went, lies on whole pixels within the layer, and paints no pixel twice', () => {
    fc.assert(fc.property(marks, marks, fc.constantFrom(1, 1.5, 2), (was, is, ratio) => {
      const known = new Map(was.map((mark) => [mark.key, mark]))
      // A key that stays says that it looks as before, where it was before.
      const now: Mark[] = is.map((mark) => known.get(mark.key) ?? mark)
      const damage = damageOf(marksByKey(was), marksByKey(now), LAYER, ratio)
      const keys = new Set(now.map(({ key }) => key))
      for (const mark of [...now.filter(({ key }) => !known.has(key)), ...was.filter(({ key }) => !keys.has(key))]) {
        if (seen(mark.box)) expect(damage.some((one) => contains(one, middle(mark.box)))).toBe(true)
      }
      for (const [i, one] of damage.entries()) {
        expect([one.a0, one.b0, one.a1, one.b1].every((px) => px >= 0 && px <= 100 && Math.abs(px * ratio - Math.round(px * ratio)) < 1e-9)).toBe(true)
        for (const other of damage.slice(i + 1)) expect(one.a1 < other.a0 || other.a1 < one.a0 || one.b1 < other.b0 || other.b1 < one.b0).toBe(true)
      }
    }))
  })

  it('is the whole layer where most of it changed', () => {
    expect(damageOf(new Map(), marksByKey([{ key: 'x', box: { a0: 0, b0: 0, a1: 100, b1: 80 } }]), LAYER, 1)).toEqual([LAYER])
  })
})
