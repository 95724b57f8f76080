// What part of the plane is shown: metres to pixels and back, moved and zoomed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barLength, boxOf, fitView, keptInView, panned, parseView, toMetres, toPixel, viewText, zoomed, type Size, type View } from './view.ts'

const metres = fc.double({ min: -50_000, max: 50_000, noNaN: true })
const place = fc.tuple(metres, metres)
const view: fc.Arbitrary<View> = fc.record({ x: metres, y: metres, scale: fc.double({ min: 0.001, max: 50, noNaN: true }) })
const size: fc.Arbitrary<Size> = fc.record({ width: fc.integer({ min: 200, max: 4000 }), height: fc.integer({ min: 150, max: 2200 }) })
const near = (a: readonly [number, number], b: readonly [number, number], within: number): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) <= within

describe('the part of the plane that is shown', () => {
  it('has its middle in the middle, the north above and the east to the right', () => {
    const [at, of]: [View, Size] = [{ x: 100, y: 50, scale: 2 }, { width: 800, height: 600 }]
    expect(toPixel(at, of, [100, 50])).toEqual([400, 300])
    expect(toPixel(at, of, [110, 60])).toEqual([420, 280])
    expect(toMetres(at, of, [420, 280])).toEqual([110, 60])
  })

  it('leads from metres to pixels and back', () => {
    expect(toMetres({ x: 3, y: -2, scale: 0.5 }, { width: 300, height: 200 }, [0, 0])).toEqual([-297, 198])
    fc.assert(fc.property(view, size, place, (at, of, point) => near(toMetres(at, of, toPixel(at, of, point)), point, 1e-6)))
  })

  it('keeps under the hand what the hand has taken, and under the pointer what is zoomed', () => {
    expect(panned({ x: 0, y: 0, scale: 2 }, 10, 20)).toEqual({ x: -5, y: 10, scale: 2 })
    fc.assert(fc.property(view, size, place, fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 })), fc.double({ min: 0.1, max: 10, noNaN: true }), (at, of, point, [right, down], factor) => {
      const [x, y] = toPixel(at, of, point)
      const moved = toPixel(panned(at, right, down), of, point)
      const pixel: [number, number] = [of.width / 3, of.height / 4]
      const under = toMetres(at, of, pixel)
      return near(moved, [x + right, y + down], 1e-4) && near(toPixel(zoomed(at, of, pixel, factor), of, under), pixel, 1e-4)
    }))
  })

  it('fits every place inside the margin, and comes no closer than to four pixels per metre', () => {
    fc.assert(fc.property(fc.array(place, { minLength: 1, maxLength: 8 }), size, (points, of) => {
      const fitted = fitView(boxOf(points), of, 40)
      return fitted.scale <= 4 && points.every((point) => { const [x, y] = toPixel(fitted, of, point); return x >= 40 - 1e-6 && x <= of.width - 40 + 1e-6 && y >= 40 - 1e-6 && y <= of.height - 40 + 1e-6 })
    }))
    expect(boxOf([])).toEqual({ low: [0, 0], high: [0, 0] })
  })

  it('follows places no farther than it must', () => {
    fc.assert(fc.property(view, size, fc.array(place, { minLength: 1, maxLength: 3 }), (at, of, points) => {
      const margin = 30
      const kept = keptInView(at, of, points, margin)
      const inside = (of_: View): boolean => points.every((point) => { const [x, y] = toPixel(of_, of, point); return x >= margin - 1e-3 && x <= of.width - margin + 1e-3 && y >= margin - 1e-3 && y <= of.height - margin + 1e-3 })
      // Who is in view already moves nothing; nothing zooms in.
      return inside(kept) && kept.scale <= at.scale && (!inside(at) || near([kept.x, kept.y], [at.x, at.y], 2e-3 / at.scale))
    }))
    const still: View = { x: 0, y: 0, scale: 1 }
    expect(keptInView(still, { width: 400, height: 300 }, [], 40)).toBe(still)
    expect(keptInView(still, { width: 400, height: 300 }, [[10, 10]], 40)).toBe(still)
    expect(keptInView(still, { width: 400, height: 300 }, [[170, 0]], 40)).toEqual({ x: 10, y: 0, scale: 1 })
  })

  it('stands in the address, and what is no view there is none', () => {
    expect(parseView(viewText({ x: 1234.56, y: -7.04, scale: 0.123456 }))).toEqual({ x: 1234.6, y: -7, scale: 0.1235 })
    for (const text of [null, undefined, '', '1,2', '1,2,3,4', 'a,b,c', '1,2,0', '1,2,1000', 'NaN,2,3', 'Infinity,0,1']) expect(parseView(text)).toBeUndefined()
  })

  it('has a bar of distance of a round length that fits', () => {
    expect([0.1, 1, 3].map((scale) => barLength(scale, 120))).toEqual([1000, 100, 20])
    fc.assert(fc.property(fc.double({ min: 0.001, max: 50, noNaN: true }), fc.integer({ min: 60, max: 300 }), (scale, most) => {
      const length = barLength(scale, most)
      const digits = Number((length / 10 ** Math.floor(Math.log10(length) + 1e-9)).toFixed(6))
      return length * scale <= most + 1e-6 && length * scale > most / 2.5 - 1e-6 && [1, 2, 5].includes(digits)
    }))
  })
})
