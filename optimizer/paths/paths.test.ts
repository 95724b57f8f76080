import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runsOf } from '../../test/runs.ts'
import { loadHighsSolver } from '../solver/highs.ts'
import { checkPaths } from './checker.ts'
import { randomPaths } from './instances.ts'
import { pathModel } from './milp.ts'
import type { PathProblem, PathSolution } from './problem.ts'
import { valueOf } from './rate.ts'
import { solvePaths } from './solve.ts'
import { tracksOf } from './tracks.ts'

const shape = { signals: 4, cycle_s: 60, patterns: 2, turning: 1, speed_share: 0.1, modes: true }

/** Every offset and pattern, the first signal held. */
function bruteForce(problem: PathProblem): number {
  const tracks = tracksOf(problem)
  const setting = { offsets: problem.signals.map(() => 0), patterns: problem.signals.map(() => 0) }
  let best = 0
  const descend = (i: number): void => {
    if (i === problem.signals.length) { best = Math.max(best, valueOf(tracks, setting, problem.cycle_s, problem.least_band_s)); return }
    for (let pattern = 0; pattern < problem.signals[i]!.patterns.length; pattern++) {
      setting.patterns[i] = pattern
      for (let offset = 0; offset < (i === 0 ? 1 : problem.cycle_s); offset++) { setting.offsets[i] = offset; descend(i + 1) }
    }
  }
  descend(0)
  return best
}

describe('solvePaths', () => {
  it('finds what trying every plan finds, proves it, and the checker agrees', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 10, max: 24 }), fc.boolean(), (seed, signals, cycle_s, modes) => {
      const problem = { ...randomPaths({ ...shape, signals, cycle_s, modes, speed_share: seed % 3 === 0 ? 0 : 0.15 }, seed), least_band_s: seed % 4 }
      const solution = solvePaths(problem)
      expect(checkPaths(problem, solution)).toEqual([])
      expect(solution.certificate.proven).toBe(true)
      expect(solution.certificate.value).toBeCloseTo(bruteForce(problem), 5)
    }), { numRuns: runsOf(40) })
  })

  it('bounds the optimum from both sides when its effort ends early, and says so', () => {
    const problem = randomPaths({ ...shape, cycle_s: 40 }, 5)
    const whole = solvePaths(problem)
    expect(whole.certificate.proven).toBe(true)
    for (const labels of [0, 3, 40]) {
      const early = solvePaths(problem, { labels, restarts: 0 })
      expect(checkPaths(problem, early)).toEqual([])
      expect(early.certificate.value).toBeLessThanOrEqual(whole.certificate.value + 1e-6)
      expect(early.certificate.bound).toBeGreaterThanOrEqual(whole.certificate.value - 1e-6)
    }
    expect(solvePaths(problem, { goOn: () => false }).certificate.stopped).toBe('effort')
    expect(solvePaths(problem)).toEqual(whole)
  })

  it('agrees with a mixed-integer model that HiGHS solves', async () => {
    const solver = await loadHighsSolver()
    for (let seed = 1; seed <= runsOf(4); seed++) {
      const problem = randomPaths({ ...shape, signals: 3, cycle_s: 24, patterns: 1, modes: seed % 2 === 0 }, seed)
      const witness = solver.solve(pathModel(problem))
      expect(witness.status).toBe('optimal')
      expect(solvePaths(problem).certificate.value).toBeCloseTo(witness.objective, 2)
    }
  })

  it('refuses certificates that were tampered with', () => {
    const problem = randomPaths({ ...shape, cycle_s: 40, modes: false }, 3)
    const solution = solvePaths(problem)
    const { certificate, bands, offsets_s } = solution
    const wide = bands.findIndex(({ width_s, fronts_s }) => width_s > 0 && fronts_s.length > 1)
    const withBand = (change: Partial<PathSolution['bands'][number]>): PathSolution => ({ ...solution, bands: bands.map((band, i) => (i === wide ? { ...band, ...change } : band)) })
    const own = bands[wide]!
    for (const tampered of [
      { ...solution, certificate: { ...certificate, value: certificate.value + 1 } },
      { ...solution, certificate: { ...certificate, bound: certificate.bound + 900, gap: 900 } },
      { ...solution, certificate: { ...certificate, proven: !certificate.proven } },
      { ...solution, offsets_s: offsets_s.map((offset, i) => (i === 1 ? offset + 0.5 : offset)) },
      { ...solution, patterns: solution.patterns.map(() => 'other') },
      withBand({ width_s: own.width_s + 1 }), withBand({ fronts_s: own.fronts_s.map((front) => front + 30) }), withBand({ fronts_s: own.fronts_s.map((front, i) => front + 60 * i) }), withBand({ path: 'nobody' }),
    ]) expect(checkPaths(problem, tampered)).not.toEqual([])
  })

  it('gives a bus its dwell: the band of the bus stands still as long as its stop allows', () => {
    const green = (start_s: number, length_s: number) => [{ id: 'only', windows: { go: [{ start_s, length_s, clearance_s: 0 }] } }]
    const link = { distance_m: 300, speed_min_mps: 10, speed_target_mps: 10, speed_max_mps: 10, dwell_min_s: 15, dwell_max_s: 20 }
    const problem: PathProblem = {
      cycle_s: 60, least_band_s: 0, signals: [{ id: 'A', patterns: green(0, 20) }, { id: 'B', patterns: green(10, 20) }],
      paths: [{ id: 'bus', name: 'Line 1', mode: 'bus', persons_h: 300, steps: [{ signal: 0, movement: 'go' }, { signal: 1, movement: 'go' }], links: [link] }],
    }
    const { bands, certificate } = solvePaths(problem)
    expect(bands[0]?.width_s).toBe(20)
    expect(bands[0]!.fronts_s[1]! - bands[0]!.fronts_s[0]!).toBeGreaterThanOrEqual(45)
    expect(certificate).toMatchObject({ value: 6000, bound: 6000, proven: true })
  })

  it('says in a sentence what it cannot take', () => {
    const problem = randomPaths(shape, 1)
    const [first] = problem.paths
    expect(() => solvePaths({ ...problem, cycle_s: 59.5 })).toThrow('whole seconds')
    expect(() => solvePaths({ ...problem, paths: [{ ...first!, steps: first!.steps.map((step) => ({ ...step, signal: 0 })) }] })).toThrow('turns back')
    expect(() => solvePaths({ ...problem, paths: [first!, first!] })).toThrow('two paths have the id outbound')
    expect(() => solvePaths({ ...problem, paths: [{ ...first!, persons_h: Number.NaN }] })).toThrow('persons/h')
  })
})
