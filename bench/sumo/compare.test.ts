import { describe, expect, it } from 'vitest'
import { geh } from '../../simulation/batch/statistics.ts'
import type { RunMeasures } from './check-case.ts'
import { changeOf, compareRuns, failedGates, sameDecision } from './compare.ts'

const HOUR = { from_s: 0, until_s: 3600 }

/** A run of two routes, `a` for even trips and `b` for odd ones, with these travel times. */
const runOf = (times: readonly number[], rest: Partial<RunMeasures> = {}): RunMeasures =>
  ({ travel_s: Float64Array.from(times), insertion_s: new Float64Array(times.length), entered: Float64Array.from([100, 900]), teleports: 0, gridlocked: false, ...rest })
const routesOf = (runs: readonly RunMeasures[]): string[][] => runs.map(({ travel_s }) => Array.from(travel_s, (_, i) => (i % 2 === 0 ? 'a' : 'b')))
const compare = (ours: readonly RunMeasures[], sumo: readonly RunMeasures[]): ReturnType<typeof compareRuns> => compareRuns(HOUR, routesOf(sumo), ours, sumo)

describe('the comparison with SUMO', () => {
  const sumo = [runOf([100, 200, 100, 200]), runOf([110, 190, 110, 190])]

  it('finds no fault with equal answers', () => {
    const comparison = compare(sumo, sumo)
    expect(comparison.difference).toEqual({ value: 0, ci95: 0 })
    expect(comparison.rmspe.weighted).toBe(0)
    expect(comparison.geh).toEqual({ share: 1, links: 2 })
    expect(failedGates(comparison)).toEqual([])
  })

  it('sees routes that are wrong where the mean is right', () => {
    const comparison = compare([runOf([150, 150, 150, 150]), runOf([150, 150, 150, 150])], sumo)
    expect(comparison.difference.value).toBeCloseTo(0)
    // Route a 150 for 105 s, route b 150 for 195 s.
    expect(comparison.rmspe.weighted).toBeCloseTo(Math.sqrt(((150 / 105 - 1) ** 2 + (150 / 195 - 1) ** 2) / 2))
    expect(failedGates(comparison)).toEqual(['routes'])
  })

  it('fails a mean travel time that is more than 5 % off, and one that is not a number', () => {
    expect(failedGates(compare(sumo.map(({ travel_s }) => runOf([...travel_s].map((time) => 1.049 * time))), sumo))).toEqual([])
    expect(failedGates(compare(sumo.map(({ travel_s }) => runOf([...travel_s].map((time) => 0.949 * time))), sumo))).toEqual(['travel time'])
    expect(failedGates(compare([runOf([NaN, NaN]), runOf([NaN, NaN])], [runOf([100, 200]), runOf([100, 200])]))).toEqual(['completed', 'travel time', 'routes'])
  })

  it('counts vehicles that never arrive, and gridlocks that SUMO has not', () => {
    const stuck = compare([runOf([100, 200, 100, NaN], { gridlocked: true }), sumo[1]!], sumo)
    expect(stuck.ours.completed).toBe(7 / 8)
    expect(failedGates(stuck)).toContain('completed')
    expect(failedGates(stuck)).toContain('gridlock')
    expect(failedGates(compare(sumo.map((run) => ({ ...run, gridlocked: true })), sumo.map((run) => ({ ...run, gridlocked: true }))))).toEqual([])
  })

  it('compares flows by GEH, per hour', () => {
    expect(geh(1000, 900)).toBeCloseTo(3.244, 3)
    expect(geh(0, 0)).toBe(0)
    const few = sumo.map((run) => ({ ...run, entered: Float64Array.from([100, 700]) }))
    expect(compare(few, sumo).geh.share).toBe(0.5)
    expect(failedGates(compare(few, sumo))).toEqual(['flows'])
    // The same counts in four hours are a quarter of the flow.
    expect(compareRuns({ from_s: 0, until_s: 14_400 }, routesOf(sumo), few, sumo).geh.share).toBe(1)
  })
})

describe('the decision between two plans', () => {
  it('is the change per seed', () => {
    const [first, second] = [[runOf([100, 200]), runOf([200, 400])], [runOf([90, 180]), runOf([180, 360])]]
    expect(changeOf(first, second).value).toBeCloseTo(-0.1)
    expect(changeOf(first, second).ci95).toBeCloseTo(0)
  })

  it('agrees within three points and with the same sign, where SUMO sees one', () => {
    const decide = (ours: number, sumo: number, ci95: number): boolean => sameDecision({ ours: { value: ours, ci95: 0.01 }, sumo: { value: sumo, ci95 } })
    expect(decide(-0.1, -0.128, 0.01)).toBe(true)
    expect(decide(-0.09, -0.128, 0.01)).toBe(false)
    expect(decide(0.005, -0.02, 0.01)).toBe(false)
    expect(decide(0.005, -0.02, 0.03)).toBe(true)
    expect(decide(0.005, -0.02, NaN)).toBe(false)
  })
})
