import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawArrivals, textKey } from './arrivals.ts'
import { createDraws, DRAW, normalQuantile, permuted, speedDraw } from './draws.ts'

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1)
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('permuted', () => {
  it('takes every place once, for any number of places and any key', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 70 }), fc.integer(), (count, key) => {
      expect(range(count).map((i) => permuted(i, count, key)).sort((a, b) => a - b)).toEqual(range(count))
    }))
  })

  it('puts each place everywhere equally often over many keys', () => {
    const seen = range(10).map(() => 0)
    for (let key = 0; key < 10_000; key++) seen[permuted(3, 10, Math.imul(key, 0x9e3779b9))]!++
    // Five standard deviations of a count of 1000.
    for (const count of seen) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})

describe('normalQuantile', () => {
  it('gives the values of the table and is odd', () => {
    for (const [u, z] of [[0.5, 0], [0.8413447460685429, 1], [0.975, 1.959963984540054], [0.01, -2.326347874040841], [0.001, -3.090232306167813]] as const) {
      expect(normalQuantile(u)).toBeCloseTo(z, 7)
      expect(normalQuantile(1 - u)).toBeCloseTo(-z, 7)
    }
  })
})

describe('stratified draws', () => {
  const runs = (of: number, key: number): ReturnType<typeof createDraws>[] => range(of).map((index) => createDraws(index + 1, { index, of, key }))

  it('take one value from each part of the interval over the runs of a design', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), fc.integer(), fc.nat(1000), (of, key, vehicle, step) => {
      const parts = runs(of, key).map((draws) => Math.floor(draws.uniform(vehicle, step, DRAW.headway) * of))
      expect(parts.sort((a, b) => a - b)).toEqual(range(of))
    }))
  })

  it('leave one run what it was: speed factors of mean 0 and deviation 1, arrivals at the rate asked for', () => {
    const drawn = range(400).flatMap((key) => range(10).map((vehicle) => speedDraw(createDraws(7, { index: 2, of: 5, key }), vehicle)))
    expect(Math.abs(mean(drawn))).toBeLessThan(4 / Math.sqrt(4000))
    expect(Math.abs(variance(drawn) - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000))
    const counts = range(400).map((key) => drawArrivals(createDraws(7, { index: 2, of: 5, key }), textKey('a'), 400, 1, 0, 900).length)
    expect(Math.abs(mean(counts) - 100)).toBeLessThan(4 * Math.sqrt(100 / 400))
  })

  it('make the mean number of arrivals over ten runs scatter far less than independent runs do', () => {
    const demand = (draws: ReturnType<typeof createDraws>): number => ['a', 'b', 'c'].reduce((sum, place) => sum + drawArrivals(draws, textKey(place), 400, 1, 0, 900).length, 0)
    const stratified = range(60).map((key) => mean(runs(10, key).map(demand)))
    const plain = range(60).map((block) => mean(range(10).map((i) => demand(createDraws(1000 + 10 * block + i)))))
    // A ratio of variances with 59 degrees of freedom each lies above 0.5 once in 250 times where nothing changed.
    expect(variance(stratified) / variance(plain)).toBeLessThan(0.2)
  })
})
