import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streetScenario } from '../testing/records.ts'
import { cutLine, placedLinks, segmentsByLink, simplerLine, tileFeatures, TILE_MARGIN, worldOf, type PlacedLinks } from './tiles.ts'
import { snapshot } from './snapshot.ts'
import { inputOf, minute } from './testing.ts'

type Xy = readonly [number, number]
const lengthOf = (line: readonly Xy[]): number => line.reduce((sum, [x, y], i) => sum + (i === 0 ? 0 : Math.hypot(x - line[i - 1]![0], y - line[i - 1]![1])), 0)
/** Vertices within a few tiles of a place in the middle of the grid, at zoom 14. */
const Z = 14
const [X, Y] = [13_687, 6720]
const near = fc.double({ min: -1.5, max: 1.5, noNaN: true })
const wander = fc.array(fc.tuple(near, near), { minLength: 2, maxLength: 12 }).map((steps) => {
  const line: Xy[] = [[(X + 0.5) / 2 ** Z, (Y + 0.5) / 2 ** Z]]
  for (const [dx, dy] of steps) line.push([line.at(-1)![0] + dx / 4 / 2 ** Z, line.at(-1)![1] + dy / 4 / 2 ** Z])
  return line
})
const linksOf = (lines: Xy[][]): PlacedLinks => ({
  ids: lines.map((_, i) => `l${i}`), lines, boxes: Float64Array.from(lines.flatMap((line) => [Math.min(...line.map(([x]) => x)), Math.min(...line.map(([, y]) => y)), Math.max(...line.map(([x]) => x)), Math.max(...line.map(([, y]) => y))])),
})
const piecesOf = (features: ReturnType<typeof tileFeatures>): Xy[][] => features.flatMap(({ geometry }) => (geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates).map((piece) => piece.map((at) => worldOf(at))))

describe('tiles', () => {
  it('together have the whole length of every link, once without a margin', () => {
    fc.assert(fc.property(fc.array(wander, { minLength: 1, maxLength: 3 }), (lines) => {
      const placed = linksOf(lines)
      let length = 0
      for (let x = X - 8; x <= X + 8; x++) for (let y = Y - 8; y <= Y + 8; y++) length += piecesOf(tileFeatures(placed, [Z, x, y], new Map(), 0)).reduce((sum, piece) => sum + lengthOf(piece), 0)
      const whole = lines.reduce((sum, line) => sum + lengthOf(simplerLine(line, 0.5 / 256 / 2 ** Z)), 0)
      // Coordinates are rounded to a centimetre.
      expect(Math.abs(length - whole) * 2 ** Z).toBeLessThan(1e-3)
    }), { numRuns: 25 })
  })

  it('have nothing beyond their margin, and a link by the same id in each', () => {
    fc.assert(fc.property(fc.array(wander, { minLength: 1, maxLength: 3 }), (lines) => {
      for (const x of [X - 1, X, X + 1]) for (const feature of tileFeatures(linksOf(lines), [Z, x, Y], new Map())) {
        expect(feature.id).toMatch(/^l[012]$/)
        for (const piece of piecesOf([feature])) for (const [wx, wy] of piece) {
          expect(wx * 2 ** Z).toBeGreaterThan(x - TILE_MARGIN - 1e-4)
          expect(wx * 2 ** Z).toBeLessThan(x + 1 + TILE_MARGIN + 1e-4)
          expect(Math.abs(wy * 2 ** Z - Y - 0.5)).toBeLessThan(0.5 + TILE_MARGIN + 1e-4)
        }
      }
    }), { numRuns: 25 })
  })

  it('leave out no vertex that is further off than the tolerance', () => {
    fc.assert(fc.property(wander, fc.double({ min: 0, max: 0.5, noNaN: true }), (line, share) => {
      const simpler = simplerLine(line, share / 2 ** Z)
      expect([simpler[0], simpler.at(-1)]).toEqual([line[0], line.at(-1)])
      for (const [x, y] of line) {
        const off = Math.min(...simpler.slice(1).map(([bx, by], i) => {
          const [ax, ay] = simpler[i]!
          const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / Math.max(1e-30, (bx - ax) ** 2 + (by - ay) ** 2)))
          return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
        }))
        expect(off * 2 ** Z).toBeLessThanOrEqual(share + 1e-6)
      }
    }), { numRuns: 50 })
  })

  it('cut a line that leaves and comes back into pieces', () => {
    expect(cutLine([[0, 0.5], [2, 0.5], [2, 0.6], [0, 0.6]], [0, 0, 1, 1])).toEqual([[[0, 0.5], [1, 0.5]], [[1, 0.6], [0, 0.6]]])
    expect(cutLine([[-1, 2], [2, 2]], [0, 0, 1, 1])).toEqual([])
  })

  it('say of a link what its segment says, and nothing where it has none', () => {
    const placed = placedLinks(streetScenario('town', ['a', 'b', 'zz']).network)
    const [x, y] = worldOf([9.01, 0]).map((at) => Math.floor(at * 2 ** 12)) as [number, number]
    const published = snapshot(inputOf(['a', 'b'].map((link) => minute(link, 2))))
    const features = new Map([y - 1, y].flatMap((row) => tileFeatures(placed, [12, x, row], segmentsByLink(published))).map((one) => [one.id, one]))
    expect(features.get('a')!.properties).toEqual({ segment: 'west', level: 'congested', speed_mps: 7.5, index: 2, freshness: 'live', age_s: 0, vehicles: 6 })
    expect(features.get('zz')!.properties).toEqual({ segment: null, level: null, freshness: 'no-data' })
  })

  it('cannot be had of a local drawing', () => {
    expect(placedLinks({ ...streetScenario().network, coordinate_reference: { kind: 'local' } }).ids).toEqual([])
  })
})
