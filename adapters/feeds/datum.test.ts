import fc from 'fast-check'
import * as gcoord from 'gcoord'
import { describe, expect, it } from 'vitest'
import { bd09FromGcj02, fromWgs84, gcj02FromBd09, gcj02FromWgs84, toWgs84, wgs84FromGcj02 } from './datum.ts'

/** Metres between two places a few hundred metres apart. */
function apart(a: readonly [number, number], b: readonly [number, number]): number {
  const scale = 111_320
  return Math.hypot((a[0] - b[0]) * scale * Math.cos((a[1] * Math.PI) / 180), (a[1] - b[1]) * scale)
}

// A kilometre inside the box: at its edge the transform jumps, and what jumps has no way back.
const inChina = fc.tuple(fc.double({ min: 72.1, max: 137.7, noNaN: true }), fc.double({ min: 0.9, max: 55.7, noNaN: true }))
const anywhere = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -85, max: 85, noNaN: true }))

type Crs = 'WGS84' | 'GCJ02' | 'BD09'
interface Oracle { transform(point: [number, number], from: unknown, to: unknown): [number, number] }
// Its types name no module; the default export is where they stand.
const oracle = ('default' in gcoord ? gcoord.default : gcoord) as unknown as Oracle & Record<Crs, unknown>

describe('the datum of a place', () => {
  it('comes back to within a millimetre, from GCJ-02 and from BD-09', () => {
    fc.assert(fc.property(inChina, ([lon, lat]) => {
      expect(apart(wgs84FromGcj02(...gcj02FromWgs84(lon, lat)), [lon, lat])).toBeLessThan(0.001)
      expect(apart(gcj02FromBd09(...bd09FromGcj02(lon, lat)), [lon, lat])).toBeLessThan(0.001)
      for (const datum of ['wgs84', 'gcj02', 'bd09'] as const) expect(apart(toWgs84(datum, ...fromWgs84(datum, lon, lat)), [lon, lat])).toBeLessThan(0.001)
    }), { numRuns: 3000 })
  })

  it('is the one that gcoord computes, both ways', () => {
    fc.assert(fc.property(inChina, ([lon, lat]) => {
      const of = (from: Crs, to: Crs): [number, number] => oracle.transform([lon, lat], oracle[from], oracle[to])
      expect(apart(gcj02FromWgs84(lon, lat), of('WGS84', 'GCJ02'))).toBeLessThan(0.001)
      expect(apart(bd09FromGcj02(lon, lat), of('GCJ02', 'BD09'))).toBeLessThan(0.001)
      expect(apart(wgs84FromGcj02(lon, lat), of('GCJ02', 'WGS84'))).toBeLessThan(2)
      // It stops earlier, and its closed inverse of BD-09 is an approximation.
      expect(apart(gcj02FromBd09(lon, lat), of('BD09', 'GCJ02'))).toBeLessThan(2)
    }), { numRuns: 1000 })
  })

  it('makes hundreds of metres in China and none elsewhere', () => {
    const peoplesSquare = [121.4737, 31.2304] as const
    const moved = apart(gcj02FromWgs84(...peoplesSquare), peoplesSquare)
    expect(moved).toBeGreaterThan(300)
    expect(moved).toBeLessThan(700)
    fc.assert(fc.property(anywhere, ([lon, lat]) => {
      if (lon < 72 || lon > 138 || lat < 0.8 || lat > 56) expect([gcj02FromWgs84(lon, lat), wgs84FromGcj02(lon, lat)]).toEqual([[lon, lat], [lon, lat]])
    }))
  })
})
