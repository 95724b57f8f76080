import { describe, expect, test } from 'vitest'
import { loadHighsSolver } from '../solver/highs.ts'
import { createJsLpSolver } from '../solver/js-lp.ts'
import { checkBands } from './checker.ts'
import { problemAtCycle, solveCycleRange } from './cycle-range.ts'
import { bandBound, type BandProblem, EQUAL_BANDS, solveBands } from './index.ts'
import {
  fixedSpeed,
  LITTLE_DISTANCES_FT_M,
  LITTLE_SLOWNESS_CHANGE,
  littleArterial,
  plainArterial,
  syntheticArterial,
  textbookArterial,
} from './instances/arterials.ts'
import { maxbandModel, type MaxbandOptions } from './milp.ts'
import { planOfAnswer } from './milp-answer.ts'

const highs = loadHighsSolver()
const CYCLES_55_75 = { cycle_min_s: 55, cycle_max_s: 75 }
const CYCLES_80_140 = { cycle_min_s: 80, cycle_max_s: 140 }

/** Band sum in cycles by the exact method, two-way, the plan checked. */
function sumAt(problem: BandProblem, cycle_s: number): number {
  const solution = solveBands(problemAtCycle({ ...problem, division: EQUAL_BANDS }, cycle_s))
  expect(solution.certificate.proven).toBe(true)
  return solution.certificate.value_s / cycle_s
}

/** Objective in cycles by the MILP; checker and solver agree. */
async function milpSum(problem: BandProblem, options: MaxbandOptions, name = 'highs'): Promise<{ sum: number; cycle_s: number }> {
  const solver = name === 'highs' ? await highs : createJsLpSolver()
  const layout = maxbandModel(problem, options)
  const { status, values, objective } = solver.solve(layout.model)
  expect(status).toBe('optimal')
  const plan = planOfAnswer(problem, layout, values)
  const checked = checkBands(problemAtCycle(problem, plan.cycle_s), plan)
  expect(checked.outbound.width_s).toBeGreaterThan(plan.outbound_s - 1e-6 * plan.cycle_s)
  expect(checked.inbound.width_s).toBeGreaterThan(plan.inbound_s - 1e-6 * plan.cycle_s)
  return { sum: objective, cycle_s: plan.cycle_s }
}

describe('Little 1966', () => {
  test.each([[55, 0.3449], [60, 0.3536], [65, 0.4692], [70, 0.3091], [75, 0.4245]])(
    'at fixed speed and C = %i s has the band sum %f with rounded metres',
    (cycle_s, sum) => expect(sumAt(littleArterial(fixedSpeed(15.24)), cycle_s)).toBeCloseTo(sum, 4),
  )

  test.each([[55, 0.3436], [60, 0.3533], [65, 0.4685], [70, 0.31], [75, 0.4233]])(
    'at fixed speed and C = %i s has the band sum %f with exact feet',
    (cycle_s, sum) => expect(sumAt(littleArterial(fixedSpeed(15.24), LITTLE_DISTANCES_FT_M), cycle_s)).toBeCloseTo(sum, 4),
  )

  test('without limits on speed change has the band sum 0.571031 at C = 55 s by both methods', async () => {
    const exact = solveCycleRange({ problem: littleArterial(), ...CYCLES_55_75, gap: 1e-6 })
    expect(exact.value).toBeCloseTo(0.571031, 6)
    expect(exact.cycle_s).toBeCloseTo(55, 6)
    const milp = await milpSum(littleArterial(), CYCLES_55_75)
    expect(milp.sum).toBeCloseTo(0.571031, 6)
  })

  test.each(['highs', 'javascript-lp-solver'])('with limits on speed change has equal bands of 0.28141 at C = 57.932 s by %s', async (name) => {
    const options = { ...CYCLES_55_75, slowness_change: LITTLE_SLOWNESS_CHANGE }
    const equal = await milpSum({ ...littleArterial(), division: EQUAL_BANDS }, options, name)
    expect(equal.sum / 2).toBeCloseTo(0.28141, 5)
    expect(equal.cycle_s).toBeCloseTo(57.932, 3)
    expect((await milpSum(littleArterial(), options, name)).sum).toBeCloseTo(equal.sum, 6)
  })
})

describe('the textbook arterial of eight signals', () => {
  test.each([
    [34, 27.06], [38, 25.66], [42, 25.24], [46, 30.54], [48, 36.25], [49, 35.15], [50, 30.5], [52, 21.73], [54, 25.46],
  ])('at the spacing %i has %f per cent of band each way', (a, percent) => {
    expect((100 * sumAt(textbookArterial(), (20 * a) / 11.1)) / 2).toBeCloseTo(percent, 2)
  })

  test('is best at C = 87.27 s with 37.42 per cent, and at 87 s among whole seconds', () => {
    const best = solveCycleRange({ problem: textbookArterial(), cycle_min_s: 60, cycle_max_s: 100, gap: 1e-6 })
    expect(50 * best.value).toBeCloseTo(37.42, 1)
    expect(best.cycle_s).toBeCloseTo(87.27, 1)
    expect(50 * sumAt(textbookArterial(), 87)).toBeCloseTo(37.02, 2)
  })

  test('gains to 41.07 per cent at 87 s with speeds of plus or minus ten per cent', () => {
    expect(50 * sumAt(textbookArterial({ min: 9.99, target: 11.1, max: 12.21 }), 87)).toBeCloseTo(41.07, 2)
  })
})

describe('synthetic arterials', () => {
  test.each([[6, 1, 0.788089], [6, 2, 0.750624], [10, 1, 0.772651], [10, 2, 0.695924], [20, 1, 0.734508], [20, 2, 0.68359]])(
    'of %i signals, seed %i, reach %f over all cycles',
    (n, seed, value) => {
      const found = solveCycleRange({ problem: syntheticArterial(n, seed), ...CYCLES_80_140, gap: 1e-6 })
      expect(found.value).toBeLessThan(value + 2e-6)
      expect(found.bound).toBeGreaterThan(value - 1e-6)
    },
  )

  test.each([[40, 1, 0.645306], [40, 2, 0.6191], [80, 1, 0.6296], [80, 2, 0.649], [200, 1, 0.6144], [200, 2, 0.6055]])(
    'of %i signals, seed %i, reach %f within the gap of 1e-4',
    (n, seed, value) => {
      const found = solveCycleRange({ problem: syntheticArterial(n, seed), ...CYCLES_80_140, gap: 1e-4 })
      expect(Math.abs(found.value - value)).toBeLessThan(2e-4)
      const at = problemAtCycle(syntheticArterial(n, seed), found.cycle_s)
      expect(solveBands(at).certificate.value_s / found.cycle_s).toBeCloseTo(found.value, 6)
    },
  )

  test.each([[6, 1], [6, 2], [10, 1], [10, 2]])('of %i signals, seed %i, are the same to HiGHS', async (n, seed) => {
    const problem = syntheticArterial(n, seed)
    const exact = solveCycleRange({ problem, ...CYCLES_80_140, gap: 1e-6 })
    expect((await milpSum(problem, CYCLES_80_140)).sum).toBeCloseTo(exact.value, 5)
  })
})

describe('equal signals at equal distances', () => {
  const arterial = (n: number, green: number, f: number): BandProblem =>
    plainArterial(Array.from({ length: n }, () => green), Array.from({ length: n - 1 }, () => f * 1000), fixedSpeed(10))
  const equalBand = (n: number, green: number, f: number): number =>
    bandBound(problemAtCycle({ ...arterial(n, green, f), division: EQUAL_BANDS }, 100)) / 200

  test.each([2, 3, 5, 9])('half a cycle apart pass the whole green, %i signals', (n) => {
    expect(equalBand(n, 0.45, 0.5)).toBeCloseTo(0.45, 9)
  })

  test.each([2, 3, 5, 9])('a quarter apart lose a quarter, %i signals', (n) => {
    expect(equalBand(n, 0.45, 0.25)).toBeCloseTo(0.2, 9)
  })

  test.each([[2, 0.375], [3, 0.25], [4, 0.125], [7, 0.125]])('an eighth apart, %i signals, keep %f', (n, band) => {
    expect(equalBand(n, 0.5, 0.125)).toBeCloseTo(band, 9)
  })

  test('respect the short green of the other signal: greens .3/.6 and .6/.3 carry 0.60, not 0.75', () => {
    const window = (length_s: number): { start_s: number; length_s: number; clearance_s: number }[] => [{ start_s: 0, length_s, clearance_s: 0 }]
    const base = problemAtCycle(arterial(2, 0.5, 0.075), 100)
    const signals = [[30, 60], [60, 30]].map(([out, back], i) => ({
      id: String(i), offset_step_s: 0, patterns: [{ id: 'p', outbound: window(out), inbound: window(back) }],
    }))
    expect(bandBound({ ...base, signals })).toBeCloseTo(60, 6)
  })
})
