import { describe, expect, test } from 'vitest'
import { checkBands, verifyBandPlan } from './checker.ts'
import { type BandDivision, type BandProblem, EQUAL_BANDS, FREE_DIVISION, solveBands } from './index.ts'
import { randomCorridor } from './instances/corridors.ts'
import { valueOf } from './plan.ts'
import { Rater } from './rating.ts'

const DIVISIONS: readonly BandDivision[] = [EQUAL_BANDS, FREE_DIVISION, { kind: 'weighted', outbound: 2, inbound: 1 }]

/** Objective by the independent checker, for problems whose speeds are fixed (s). */
function checkedValue(problem: BandProblem, offsets: number[], patterns: number[]): number {
  const times = problem.links.map(({ outbound }) => (outbound ? outbound.distance_m / outbound.speed_min_mps : 0))
  const { outbound, inbound } = checkBands(problem, {
    cycle_s: problem.cycle_s,
    patterns: patterns.map((p, i) => problem.signals[i].patterns[p].id),
    offsets_s: offsets,
    travel_times_s: { outbound: times, inbound: times },
    outbound_s: 0,
    inbound_s: 0,
  })
  return valueOf(problem, outbound.width_s, inbound.width_s)
}

/** Best objective over every whole-second offset and pattern, by enumeration (s). */
function bruteForce(problem: BandProblem, fixedSpeeds: boolean): number {
  const rater = new Rater(problem)
  const rate = (offsets: number[], patterns: number[]): number =>
    fixedSpeeds ? checkedValue(problem, offsets, patterns) : rater.rate({ offsets, patterns }).value
  const n = problem.signals.length
  let best = 0
  const visit = (offsets: number[], patterns: number[]): void => {
    const i = offsets.length
    if (i === n) {
      best = Math.max(best, rate(offsets, patterns))
      return
    }
    for (let p = 0; p < problem.signals[i].patterns.length; p++) {
      for (let k = 0; k < (i === 0 ? 1 : problem.cycle_s); k++) visit([...offsets, k], [...patterns, p])
    }
  }
  visit([], [])
  return best
}

describe('the whole-second plan', () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))('equals enumeration on a tiny lattice (seed %i)', (seed) => {
    const shape = {
      cycle_s: 17 + (seed % 6),
      division: DIVISIONS[seed % 3],
      patterns: 2,
      speed_share: seed % 2 === 0 ? 0 : 0.08,
      double_green_share: seed % 4 === 0 ? 0.6 : 0,
    }
    const directions = (['both', 'both', 'both', 'outbound', 'inbound'] as const)[seed % 5]
    const problem = { ...randomCorridor(3, seed, shape), directions }
    const { certificate } = solveBands(problem, { closure_nodes: 200_000 })
    expect(certificate.proven).toBe(true)
    const best = bruteForce(problem, shape.speed_share === 0)
    expect(certificate.value_s).toBeCloseTo(best, 5)
    expect(certificate.bound_s).toBeGreaterThan(best - 1e-6)
  })

  test('comes within 2 s of the real optimum on six-signal corridors, checked', () => {
    for (let seed = 0; seed < 40; seed++) {
      const shape = { cycle_s: 90 + seed, division: DIVISIONS[seed % 3], patterns: 4, speed_share: 0.05 * (seed % 2), double_green_share: 0 }
      const problem = randomCorridor(6, seed, shape)
      const solution = solveBands(problem)
      expect(solution.certificate.real_optimum_s - solution.certificate.value_s).toBeLessThan(1.5)
      verifyBandPlan(problem, solution)
    }
  })

  test('keeps the plan in the street where no other has wider bands or sits more firmly', () => {
    const problem = randomCorridor(6, 3, { cycle_s: 100, division: EQUAL_BANDS, patterns: 1, speed_share: 0, double_green_share: 0 })
    const first = solveBands(problem)
    const turned = first.offsets_s.map((offset) => (offset + 37) % 100)
    const street = { ...problem, signals: problem.signals.map((s, i) => ({ ...s, current_offset_s: turned[i] })) }
    expect(solveBands(street).offsets_s).toEqual(turned)
  })

  test('starts at offset 0 where no offsets are known', () => {
    const problem = randomCorridor(4, 9, { cycle_s: 80, division: FREE_DIVISION, patterns: 4, speed_share: 0, double_green_share: 0 })
    const unknown = { ...problem, signals: problem.signals.map(({ id, patterns }) => ({ id, patterns })) }
    expect(solveBands(unknown).offsets_s[0]).toBe(0)
  })

  test.each([0.1, 2, 5])('takes only offsets that a step of %f s allows', (offset_step_s) => {
    const problem = randomCorridor(5, 4, { cycle_s: 93, division: FREE_DIVISION, patterns: 2, speed_share: 0.05, double_green_share: 0 })
    const stepped = { ...problem, signals: problem.signals.map((s) => ({ ...s, offset_step_s })) }
    const solution = solveBands(stepped)
    for (const offset of solution.offsets_s) expect(Math.abs(offset / offset_step_s - Math.round(offset / offset_step_s))).toBeLessThan(1e-6)
    expect(solution.certificate.gap_s).toBeLessThan(2 * offset_step_s + 1e-6)
  })

  test('loses half a second each way to rounding at 10.5 s of fixed travel, and says so', () => {
    const travel = { distance_m: 105, speed_min_mps: 10, speed_max_mps: 10, speed_target_mps: 10, dwell_min_s: 0, dwell_max_s: 0 }
    const green = [{ start_s: 0, length_s: 10, clearance_s: 0 }]
    const problem: BandProblem = {
      cycle_s: 21,
      signals: ['A', 'B'].map((id) => ({ id, patterns: [{ id: 'p', outbound: green, inbound: green }] })),
      links: [{ outbound: travel, inbound: travel }],
      directions: 'both',
      division: FREE_DIVISION,
    }
    const { certificate, outbound_s, inbound_s } = solveBands(problem)
    expect(certificate.real_optimum_s).toBeCloseTo(20, 6)
    expect([outbound_s, inbound_s]).toEqual([9.5, 9.5])
    expect(certificate.proven).toBe(true)
    expect(certificate.method).toBe('ring-reach, integer closure')
  })
})
