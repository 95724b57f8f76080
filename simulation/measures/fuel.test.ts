import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { circles, findConsumption, hbefa3, type Hbefa3Class } from './fuel.ts'

describe('the reduced fuel models of CIRCLES', () => {
  it.each([[0, 0, 0.1271], [5, 1, 0.9094], [13.89, 0, 0.5662], [13.89, 1, 2.155], [13.89, -0.15, 0.449], [13.89, -1, 0], [3, -1, 0.1271]])(
    'give a midsize car at %f m/s and %f m/s2 %f g/s', (v, a, expected) => expect(circles('midsize').fuel(v, a)).toBeCloseTo(expected, 4))

  it.each([['compact', 13.89, 0, 0.4316], ['compact', 13.89, 1, 1.9554], ['van', 13.89, 0, 1.2757], ['van', 13.89, 0.5, 4.4062], ['tractor', 13.89, 0, 2.4729], ['tractor', 13.89, 0.5, 13.2281]] as const)(
    'give a %s at %f m/s and %f m/s2 %f g/s', (kind, v, a, expected) => expect(circles(kind).fuel(v, a)).toBeCloseTo(expected, 3))

  it('burn in litres an hour at idle and per 100 km at 50 km/h what their authors print', () => {
    const per100 = (kind: Parameters<typeof circles>[0]): number => (circles(kind).fuel(13.89, 0) / 13.89 / circles(kind).density) * 1e5
    expect([per100('compact'), per100('midsize'), per100('van'), per100('tractor')].map((x) => Math.round(x * 10) / 10)).toEqual([4.2, 5.5, 11, 21.3])
    const idle = circles('midsize')
    expect((idle.fuel(0, 0) * 3600) / idle.density).toBeCloseTo(0.62, 2)
  })

  it('make one stop from 50 km/h cost a midsize car about 12 g beyond cruising', () => {
    const { fuel } = circles('midsize')
    const dt = 0.01
    let [extra, v] = [0, 13.89]
    for (; v > 0; v -= 2 * dt) extra += (fuel(v, -2) - (fuel(13.89, 0) * v) / 13.89) * dt
    for (v = 0; v < 13.89; v += 1.3 * dt) extra += (fuel(v, 1.3) - (fuel(13.89, 0) * v) / 13.89) * dt
    expect(extra).toBeCloseTo(12.1, 0)
  })

  it('are never negative', () => {
    const property = fc.property(fc.constantFrom('compact' as const, 'midsize' as const, 'van' as const, 'tractor' as const), fc.double({ min: 0, max: 40, noNaN: true }), fc.double({ min: -9, max: 5, noNaN: true }),
      (kind, v, a) => circles(kind).fuel(v, a) >= 0)
    expect(() => fc.assert(property)).not.toThrow()
  })
})

describe('HBEFA3 as SUMO has it', () => {
  it('meets SUMO', () => {
    const car = hbefa3('PC_G_EU4')
    expect(car.co2(0, 0) * 1000).toBeCloseTo(2624.7, 1)
    expect(car.fuel(0, 0) * 1000).toBeCloseTo(837.2, 1)
    expect(car.co2(13.89, 1) * 1000).toBeCloseTo(5957.7, 0)
    expect(hbefa3('HDV_D_EU6').fuel(13.89, 0.5) * 1000).toBeCloseTo(8733, 0)
  })

  it.each(['PC_G_EU4', 'HDV_D_EU6', 'Bus'] as Hbefa3Class[])('burns nothing in a %s that coasts', (kind) => {
    const { fuel } = hbefa3(kind)
    const limit = -(0.108 + 0.01298 * 10)
    expect(fuel(10, limit - 1e-6)).toBe(0)
    expect(fuel(10, limit + 1e-6)).toBeGreaterThan(0)
    expect(fuel(2, -0.05187 * 2 - 1e-6)).toBe(0)
    expect(fuel(0.4, -3)).toBeGreaterThan(0)
    // Up a slope of one degree the engine has to pull for longer.
    expect(hbefa3(kind, 1).fuel(10, limit - 0.05)).toBeGreaterThan(0)
  })
})

describe('the choice of a model', () => {
  it('does not pretend to know buses by CIRCLES, nor bicycles at all', () => {
    expect(findConsumption('circles', { vehicle_class: 'bus' })).toBeUndefined()
    expect(findConsumption('hbefa3', { vehicle_class: 'bus' })).toBeDefined()
    expect(findConsumption('hbefa3', { vehicle_class: 'bicycle' })).toBeUndefined()
    expect(findConsumption('circles', { vehicle_class: 'truck' })!.fuel(0, 0)).toBe(0.2384)
  })
})
