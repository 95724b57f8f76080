import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arterial } from '../testing/arterial.ts'
import { listDayPeriods, segmentDay, type SegmentTask, type SlotVolumes } from './index.ts'

/** Every set of breaks there is. */
function tryAll({ slots, cost, change_cost, least, most }: SegmentTask): Map<number, number> {
  const best = new Map([[1, cost(0, slots)]])
  for (let set = 1; set < 2 ** slots; set++) {
    const breaks = Array.from({ length: slots }, (_, i) => i).filter((i) => (set >> i) & 1)
    if (breaks.length < 2 || breaks.length > most) continue
    const lengths = breaks.map((start, i) => (breaks[(i + 1) % breaks.length]! - start + slots) % slots)
    if (lengths.some((length) => length < least)) continue
    const total = breaks.reduce((sum, start, i) => sum + cost(start, lengths[i]!), 0) + breaks.length * change_cost
    best.set(breaks.length, Math.min(best.get(breaks.length) ?? Infinity, total))
  }
  return best
}

/** Squared distance from the mean: what a period costs when its plan fits the mean. */
const spread = (values: readonly number[]) => (start: number, length: number): number => {
  const own = Array.from({ length }, (_, i) => values[(start + i) % values.length]!)
  const mean = own.reduce((a, b) => a + b, 0) / length
  return own.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

describe('segmentDay', () => {
  it('finds what trying every division finds, for each number of periods', () => {
    fc.assert(fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 11 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 200 }),
      (values, least, most, change_cost) => {
        const task: SegmentTask = { slots: values.length, cost: spread(values), change_cost, least: Math.min(least, values.length), most }
        const { curve, best } = segmentDay(task)
        const expected = tryAll(task)
        expect(curve.map(({ periods }) => periods)).toEqual([...expected.keys()].sort((a, b) => a - b))
        for (const { periods, total } of curve) expect(total).toBeCloseTo(expected.get(periods)!, 6)
        expect(best.total).toBeCloseTo(Math.min(...expected.values()), 6)
      },
    ), { numRuns: 150 })
  })

  it('gives segments that cover the day once, keep the least length and cost what is said', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 6, maxLength: 24 }), fc.integer({ min: 1, max: 4 }), (values, least) => {
      const slots = values.length
      for (const { periods, cost, segments } of segmentDay({ slots, cost: spread(values), change_cost: 1, least, most: 6 }).curve) {
        expect(segments).toHaveLength(periods)
        expect(segments.flatMap(({ start, length }) => Array.from({ length }, (_, i) => (start + i) % slots)).sort((a, b) => a - b)).toEqual(values.map((_, i) => i))
        expect(segments.every(({ length }) => length >= least)).toBe(true)
        expect(segments.reduce((sum, segment) => sum + segment.cost, 0)).toBeCloseTo(cost, 9)
      }
    }), { numRuns: 50 })
  })

  it('moves the breaks with the day, so that midnight is a time like any other', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 12, maxLength: 12 }), fc.integer({ min: 1, max: 11 }), (values, shift) => {
      const turned = values.map((_, i) => values[(i + shift) % 12]!)
      const [a, b] = [values, turned].map((own) => segmentDay({ slots: 12, cost: spread(own), change_cost: 30, least: 2, most: 4 }).best.total)
      expect(b).toBeCloseTo(a!, 9)
    }), { numRuns: 50 })
  })

  it('buys no change that costs more than it brings', () => {
    const values = [...Array<number>(12).fill(10), ...Array<number>(12).fill(20)]
    const at = (change_cost: number): number => segmentDay({ slots: 24, cost: spread(values), change_cost, least: 2, most: 8 }).best.periods
    // One plan for all costs 24 x 25; two plans cost two changes.
    expect([at(299), at(301)]).toEqual([2, 1])
  })

  it('refuses a day that cannot be cut so', () => {
    expect(() => segmentDay({ slots: 4, cost: () => 0, change_cost: 0, least: 5, most: 2 })).toThrow(RangeError)
  })
})

describe('listDayPeriods', () => {
  const street = arterial({})
  /** An hour with this share of the street's own volumes; hours keep the test quick. */
  const slot = (share: number): SlotVolumes => new Map([...street.volumes].map(([movement, volume]) => [movement, volume * share]))
  const day = (shareAt: (hour: number) => number | undefined): SlotVolumes[] => Array.from({ length: 24 }, (_, hour) => {
    const share = shareAt(hour)
    return share === undefined ? undefined : slot(share)
  })
  const periods = (slots: readonly SlotVolumes[], options = {}) => listDayPeriods({ ...street, slots, slot_s: 3600 }, options)

  it('gives the peak a period of its own, with a longer cycle, and lets the night run past midnight', () => {
    const found = periods(day((hour) => (hour >= 7 && hour < 10 ? 1.25 : 0.25)), { change_cost_vh: 0.05 })
    expect(found.periods.map(({ start_s, end_s }) => [start_s / 3600, end_s / 3600])).toEqual([[7, 10], [10, 31]])
    expect(found.periods[0]!.cycle_s).toBeGreaterThan(found.periods[1]!.cycle_s)
    expect(found.periods.map(({ id }) => id)).toEqual(['07:00-10:00', '10:00-07:00'])
    expect(found.unknown).toBe(0)
  })

  it('leaves an even day whole', () => {
    const found = periods(day(() => 0.6))
    expect(found.periods).toHaveLength(1)
    expect(found.periods[0]!.cost_vh).toBeCloseTo(0, 9)
  })

  it('says what each further period would buy, never less with more of them', () => {
    const { curve } = periods(day((hour) => [0.25, 1.25, 0.5, 1.1][Math.floor(hour / 6)]!))
    expect(curve.map((each) => each.periods)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    for (const [i, { cost_vh }] of curve.entries()) if (i > 0) expect(cost_vh).toBeLessThanOrEqual(curve[i - 1]!.cost_vh + 1e-9)
    expect(curve[1]!.cost_vh).toBeLessThan(curve[0]!.cost_vh)
  })

  it('lays the day of plans that are cheap to change into, and says the changes in the total', () => {
    const slots = day((hour) => (hour >= 7 && hour < 10 ? 1.25 : 0.25))
    const cheap = periods(slots, { changeCost: () => 0.05 })
    expect(cheap.periods.map(({ start_s, end_s }) => [start_s / 3600, end_s / 3600])).toContainEqual([7, 10])
    for (const { periods: count, cost_vh, total_vh } of cheap.curve) expect(total_vh - cost_vh).toBeCloseTo(count === 1 ? 0 : 0.05 * count, 9)
    // A change into the long cycle that costs more than a day of the short one is not made.
    const dear = periods(slots, { changeCost: (_from: unknown, { cycle_s }: { cycle_s: number }) => (cycle_s > 60 ? 1e6 : 0) })
    expect(dear.periods).toHaveLength(1)
    // A fixed cost of every signal comes on top.
    const both = periods(slots, { changeCost: () => 0.05, change_cost_vh: 0.1 })
    expect(both.curve[1]!.total_vh).toBeCloseTo(cheap.curve[1]!.total_vh + 2 * 0.1 * street.corridor.corridor.intersections.length, 6)
  })

  it('counts the times of which nothing is known, and plans for those of which something is', () => {
    const found = periods(day((hour) => (hour >= 10 && hour < 12 ? 0.8 : undefined)))
    expect(found.unknown).toBe(22)
    expect(found.periods).toHaveLength(1)
  })
})
