import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Datum } from '../../../model/feed.ts'
import { findProjection } from '../../../model/projection.ts'
import { toWgs84 } from '../datum.ts'
import { CELLS_PER_DEGREE, CellProjection } from './cell-projection.ts'

const exactly = (datum: Exclude<Datum, 'scenario'>, zone: number) => {
  const projection = findProjection({ kind: 'projected', projection: `+proj=utm +zone=${zone}` })!
  return (lon: number, lat: number): [number, number] => projection.fromLonLat(...toWgs84(datum, lon, lat))
}

describe('metres between the corners of cells', () => {
  it.each([['wgs84', 51], ['gcj02', 51], ['bd09', 51], ['wgs84', 1], ['wgs84', 32]] as const)('are the exact ones to two centimetres at most: %s, zone %i', (datum, zone) => {
    const exact = exactly(datum, zone)
    const cells = new CellProjection(exact, CELLS_PER_DEGREE[datum])
    const middle = 6 * zone - 183
    fc.assert(fc.property(fc.double({ min: middle - 3, max: middle + 3, noNaN: true }), fc.double({ min: -60, max: 60, noNaN: true }), (lon, lat) => {
      cells.place(lon, lat)
      const [x, y] = exact(lon, lat)
      expect(Math.hypot(cells.x - x, cells.y - y)).toBeLessThan(datum === 'bd09' ? 0.02 : 0.005)
    }), { numRuns: 2000 })
  })

  it('are exact in the cells that the edge of GCJ-02 cuts', () => {
    const exact = exactly('gcj02', 53)
    const cells = new CellProjection(exact, CELLS_PER_DEGREE.gcj02)
    for (const lon of [137.8341, 137.8346, 137.8348, 137.8349]) {
      cells.place(lon, 35.0004)
      expect([cells.x, cells.y]).toEqual(exact(lon, 35.0004))
    }
  })

  it('do not depend on what was asked before', () => {
    const [one, other] = [new CellProjection(exactly('gcj02', 51), CELLS_PER_DEGREE.gcj02), new CellProjection(exactly('gcj02', 51), CELLS_PER_DEGREE.gcj02)]
    for (let i = 0; i < 100_000; i++) other.place(121 + (i % 317) / 300, 31 + (i % 211) / 200)
    for (let i = 0; i < 1000; i++) {
      const [lon, lat] = [121 + i / 997, 31 + i / 1009]
      one.place(lon, lat)
      other.place(lon, lat)
      expect([one.x, one.y]).toEqual([other.x, other.y])
    }
  })
})
