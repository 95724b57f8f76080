import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../model/evaluation.ts'
import { compare, compareMovements } from './compare.ts'
import { meanCi, studentT } from './statistics.ts'

describe('studentT', () => {
  it('gives the values of the table', () => {
    const table: [number, number][] = [[1, 12.706], [2, 4.303], [4, 2.776], [5, 2.571], [9, 2.262], [14, 2.145], [19, 2.093], [29, 2.045], [120, 1.98], [100_000, 1.96]]
    for (const [freedom, t] of table) expect(studentT(freedom)).toBeCloseTo(t, 3)
  })
})

describe('meanCi', () => {
  it('gives no interval for one run, and skips runs without a value', () => {
    expect(meanCi([7])).toEqual({ mean: 7, ci95: null })
    expect(meanCi([Number.NaN, 4, 6])).toEqual(meanCi([4, 6]))
    expect(meanCi([4, 6]).ci95).toBeCloseTo(12.706, 3)
    expect(meanCi([3, 3, 3])).toEqual({ mean: 3, ci95: 0 })
  })
})

/** An evaluation of which only the delay per seed matters. */
function withDelays(delays: number[], gridlocked_runs = 0): Evaluation {
  const none = { mean: 0, ci95: null }
  const direction = { vehicles: 0, travel_time_s: none, stops: none, delay_s: none, share_at_most_one_stop: none }
  return {
    runs: delays.length, seeds: delays.map((_, i) => i), gridlocked_runs, completed_share: 1, travel_time_s: none, delay_s: none, stops: none, insertion_delay_s: none,
    corridor: { outbound: direction, inbound: direction }, movements: [], vehicle_updates: 0, cpu_s: 0,
    per_seed: delays.map((delay_s, seed) => ({ seed, delay_s, travel_time_s: Number.NaN, stops: Number.NaN, corridor_stops: Number.NaN, corridor_delay_s: Number.NaN, corridor_travel_time_s: Number.NaN })),
  }
}

const A = [41.2, 43.5, 39.8, 42.1, 44, 40.6]
const B = [37.9, 40.8, 37.2, 38.1, 41, 38.3]

/** The same with one movement of 360 vehicles an hour. */
function withMovement(delays: (number | null)[], gridlocked_runs = 0): Evaluation {
  const known = delays.filter((delay) => delay !== null)
  const delay_s = known.length === 0 ? Number.NaN : known.reduce((sum, delay) => sum + delay, 0) / known.length
  return {
    ...withDelays(delays.map(() => 0), gridlocked_runs),
    movements: [{ movement: 'm', from: 'a', to: 'b', from_link: 'a', to_link: 'b', signal: 's', on_corridor: true, volume_vph: 360, delay_s, stops: 0.5, queue_p95_m: 20, level_of_service: 'C', delay_by_seed_s: delays }],
  }
}

describe('compareMovements', () => {
  it('pairs the runs of a movement by seed', () => {
    const [found] = compareMovements(withMovement(A), withMovement(B))
    expect(found).toMatchObject({ movement: 'm', verdict: 'better' })
    expect(found!.delay_s.difference.mean).toBeCloseTo(-2.98, 2)
    expect(found!.delay_s.difference.mean + found!.delay_s.difference.ci95!).toBeCloseTo(-2.35, 2)
    expect(found!.total_veh_h).toBeCloseTo(-0.298, 3)
    const reordered = withMovement(B.toReversed())
    reordered.seeds.reverse()
    // Sums in another order differ in their last digits.
    const { difference } = compareMovements(withMovement(A), reordered)[0]!.delay_s
    expect(difference.mean).toBeCloseTo(found!.delay_s.difference.mean, 9)
    expect(difference.ci95).toBeCloseTo(found!.delay_s.difference.ci95!, 9)
  })

  it('leaves out runs in which nobody passed, and decides nothing on one pair or on runs of which only the mean was kept', () => {
    expect(compareMovements(withMovement([40, null, 42]), withMovement([30, 31, 32]))[0]!.delay_s).toMatchObject({ before: 41, after: 31 })
    expect(compareMovements(withMovement([40, null]), withMovement([30, 31]))[0]).toMatchObject({ verdict: 'undecided', delay_s: { difference: { mean: -9.5, ci95: null } } })
    const old = withMovement(B)
    delete old.movements[0]!.delay_by_seed_s
    expect(compareMovements(withMovement(A), old)[0]).toMatchObject({ verdict: 'undecided', delay_s: { difference: { ci95: null } } })
  })

  it('puts where nobody gets through any more first, and calls nothing better where more runs gridlock', () => {
    const [a, b] = [withMovement(A), withMovement(B)]
    a.movements.push({ ...a.movements[0]!, movement: 'stuck' })
    // As a store gives it back.
    b.movements.push({ ...b.movements[0]!, movement: 'stuck', delay_s: null as never, delay_by_seed_s: [null, null, null, null, null, null] })
    expect(compareMovements(a, b).map(({ movement, verdict }) => [movement, verdict])).toEqual([['stuck', 'undecided'], ['m', 'better']])
    expect(compareMovements(withMovement(A), withMovement(B, 1))[0]!.verdict).toBe('undecided')
  })
})

describe('compare', () => {
  it('judges the differences per seed', () => {
    const [found, ...others] = compare(withDelays(A), withDelays(B))
    expect(others).toEqual([])
    expect(found).toMatchObject({ measure: 'delay_s', verdict: 'better' })
    expect(found!.difference.mean).toBeCloseTo(-2.98, 2)
    expect(found!.difference.mean - found!.difference.ci95!).toBeCloseTo(-3.62, 2)
    expect(found!.difference.mean + found!.difference.ci95!).toBeCloseTo(-2.35, 2)
    expect(found!.percent).toBeCloseTo((100 * -17.9) / 251.2, 9)
    expect(compare(withDelays(B), withDelays(A))[0]!.verdict).toBe('worse')
  })

  it('pairs by seed, not by place, and leaves out seeds that one of them lacks', () => {
    const shuffled = withDelays(B)
    shuffled.per_seed.reverse().pop()
    const [found] = compare(withDelays(A), shuffled)
    expect(found!.difference.mean).toBeCloseTo(B.slice(1).reduce((sum, b, i) => sum + b - A[i + 1]!, 0) / 5, 9)
  })

  it('is undecided where the interval holds 0 or one seed is all there is', () => {
    expect(compare(withDelays([40, 41, 42]), withDelays([41, 40, 42.1]))[0]!.verdict).toBe('undecided')
    expect(compare(withDelays([40]), withDelays([20]))[0]).toMatchObject({ verdict: 'undecided', difference: { mean: -20, ci95: null } })
  })

  it('calls nothing better in a plan that gridlocks more often', () => {
    expect(compare(withDelays(A), withDelays(B, 1))[0]!.verdict).toBe('undecided')
    expect(compare(withDelays(A, 1), withDelays(B, 1))[0]!.verdict).toBe('better')
    expect(compare(withDelays(B), withDelays(A, 1))[0]!.verdict).toBe('worse')
  })

  it('knows that more vehicles with at most one stop is better', () => {
    const shares = (values: number[]): Evaluation => ({ ...withDelays(values), per_seed: withDelays(values).per_seed.map((entry, i) => ({ ...entry, delay_s: Number.NaN, share_at_most_one_stop: values[i]! })) })
    expect(compare(shares([0.4, 0.5, 0.45]), shares([0.7, 0.8, 0.77]))[0]).toMatchObject({ measure: 'share_at_most_one_stop', verdict: 'better' })
  })
})
