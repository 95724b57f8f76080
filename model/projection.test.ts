import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findProjection } from './projection.ts'

const utm32 = findProjection({ kind: 'projected', projection: '+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs', net_offset_m: [-100, 7] })!

describe('a projection', () => {
  it('puts the central meridian of UTM at 500 km, and the equator at 0', () => {
    const [x, y] = utm32.fromLonLat(9, 0)
    expect(x).toBeCloseTo(499_900, 6)
    expect(y).toBeCloseTo(7, 6)
  })

  it('meets published points: the Eiffel Tower in zone 31, and a quarter of the meridian', () => {
    const utm31 = findProjection({ kind: 'projected', projection: '+proj=utm +zone=31' })!
    const [x, y] = utm31.fromLonLat(2.294497, 48.858222)
    expect(x).toBeCloseTo(448_251.8, -1)
    expect(y).toBeCloseTo(5_411_932.7, -1)
    const meridian = findProjection({ kind: 'projected', projection: '+proj=tmerc +lon_0=9 +k=1' })!
    expect(meridian.fromLonLat(9, 90 - 1e-9)[1]).toBeCloseTo(10_001_965.729, 3)
  })

  it('undoes itself within a hundredth of a millimetre', () => {
    const property = fc.property(fc.double({ min: 5.5, max: 12.5, noNaN: true }), fc.double({ min: -70, max: 70, noNaN: true }), (lon, lat) => {
      const point = utm32.fromLonLat(lon, lat)
      const again = utm32.toLonLat(point)
      return Math.abs(again[0] - lon) < 1e-10 && Math.abs(again[1] - lat) < 1e-10
    })
    expect(() => fc.assert(property)).not.toThrow()
  })

  it.each([{ kind: 'local' as const }, { kind: 'projected' as const, projection: 'EPSG:28992' }, { kind: 'projected' as const, projection: '+proj=utm +zone=99' }])('is not guessed for %o', (reference) => expect(findProjection(reference)).toBeUndefined())
})
