import { describe, expect, it } from 'vitest'
import { drawArrivals as arrivals, textKey, type Arrival } from './arrivals.ts'
import { createDraws } from './draws.ts'

const SEEDS = 400
const drawArrivals = (seed: number, at: number, vph: number, lanes: number, from_s: number, until_s: number): Arrival[] => arrivals(createDraws(seed), at, vph, lanes, from_s, until_s)
const place = textKey('entry')
const numbers = (vph: number, lanes: number): number[] => Array.from({ length: SEEDS }, (_, seed) => drawArrivals(seed, place, vph, lanes, 0, 900).length)

describe('drawArrivals', () => {
  it('brings the expected number on average, light or dense, and varies less than Poisson', () => {
    for (const [vph, lanes] of [[20, 1], [400, 1], [1500, 2], [2300, 1], [9000, 2]] as const) {
      const drawn = numbers(vph, lanes)
      const expected = vph / 4
      const mean = drawn.reduce((a, b) => a + b, 0) / SEEDS
      const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / (SEEDS - 1)
      expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(expected / SEEDS))
      // Four standard errors of a variance estimate: 4 sqrt(2 / 400).
      expect(variance / expected).toBeLessThan(1.29)
    }
  })

  it('starts as if it had always gone on: as many in the first minute as in any', () => {
    let [first, last] = [0, 0]
    for (let seed = 0; seed < SEEDS; seed++) {
      for (const { depart_s } of drawArrivals(seed, place, 1800, 1, 0, 900)) {
        if (depart_s < 60) first++
        if (depart_s >= 840) last++
      }
    }
    for (const count of [first, last]) expect(Math.abs(count - 30 * SEEDS)).toBeLessThan(4 * Math.sqrt(30 * SEEDS))
  })

  it('draws other vehicles at another place and with another seed, and none at no flow', () => {
    const times = (seed: number, at: string): number[] => drawArrivals(seed, textKey(at), 500, 1, 0, 900).map(({ depart_s }) => depart_s)
    expect(times(1, 'a')).toEqual(times(1, 'a'))
    expect(times(1, 'a')).not.toEqual(times(2, 'a'))
    expect(times(1, 'a')).not.toEqual(times(1, 'b'))
    expect(drawArrivals(1, place, 0, 1, 0, 900)).toEqual([])
    const vehicles = drawArrivals(1, place, 2000, 2, 0, 3600).map(({ vehicle }) => vehicle)
    expect(new Set(vehicles).size).toBe(vehicles.length)
  })
})
