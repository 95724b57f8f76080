import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkBands } from './checker.ts'
import { bandBound, type BandProblem, EQUAL_BANDS, FREE_DIVISION, feasibleAtLeast, solveBands, type Window } from './index.ts'
import { randomCorridor } from './instances/corridors.ts'

const RUNS = { numRuns: 60, seed: 20_261_122 }

const corridors = fc
  .record({
    n: fc.integer({ min: 2, max: 7 }),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    cycle_s: fc.integer({ min: 60, max: 150 }),
    division: fc.constantFrom(EQUAL_BANDS, FREE_DIVISION, { kind: 'ratio' as const, inbound_per_outbound: 0.7 }, { kind: 'weighted' as const, outbound: 1, inbound: 3 }),
    patterns: fc.integer({ min: 1, max: 4 }),
    speed_share: fc.constantFrom(0, 0.03, 0.1),
    double_green_share: fc.constantFrom(0, 0.3),
  })
  .map(({ n, seed, ...shape }) => randomCorridor(n, seed, shape))

test('turning all offsets by a constant changes no band', () => {
  fc.assert(
    fc.property(corridors, fc.integer({ min: 1, max: 149 }), (problem, turn) => {
      const plan = solveBands(problem, { closure_nodes: 0 })
      const offsets_s = plan.offsets_s.map((offset) => (offset + turn) % problem.cycle_s)
      const turned = checkBands(problem, { ...plan, offsets_s })
      expect(turned.outbound.width_s).toBeCloseTo(plan.outbound_s, 9)
      expect(turned.inbound.width_s).toBeCloseTo(plan.inbound_s, 9)
    }),
    RUNS,
  )
})

test('the band lies inside a green of every signal', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      const plan = solveBands(problem, { closure_nodes: 0 })
      problem.signals.forEach((signal, i) => {
        const pattern = signal.patterns.find(({ id }) => id === plan.patterns[i])
        for (const [direction, width] of [['outbound', plan.outbound_s], ['inbound', plan.inbound_s]] as const) {
          const start = plan.band_start_s[direction][i]
          if (start === undefined) continue
          const holds = ({ start_s, length_s, clearance_s }: Window): boolean => {
            const ahead = (((start - plan.offsets_s[i] - start_s + 1e-7) % problem.cycle_s) + 2 * problem.cycle_s) % problem.cycle_s
            return ahead >= clearance_s - 1e-6 && ahead + width <= length_s + 1e-6
          }
          expect(pattern?.[direction].some(holds)).toBe(true)
        }
      })
    }),
    RUNS,
  )
})

test('more speed range never narrows the best band', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      const links = problem.links.map(({ outbound, inbound }) => ({
        outbound: outbound && { ...outbound, speed_max_mps: outbound.speed_max_mps * 1.07 },
        inbound: inbound && { ...inbound, speed_min_mps: inbound.speed_min_mps * 0.95 },
      }))
      expect(bandBound({ ...problem, links })).toBeGreaterThan(bandBound(problem) - 1e-6)
    }),
    RUNS,
  )
})

test('walking the corridor the other way swaps the bands', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      expect(bandBound(reversed(problem))).toBeCloseTo(bandBound(problem), 5)
    }),
    RUNS,
  )
})

function reversed(problem: BandProblem): BandProblem {
  const { division } = problem
  return {
    ...problem,
    division:
      division.kind === 'weighted'
        ? { kind: 'weighted', outbound: division.inbound, inbound: division.outbound }
        : { kind: 'ratio', inbound_per_outbound: 1 / division.inbound_per_outbound },
    signals: problem.signals.toReversed().map((signal) => ({
      ...signal,
      patterns: signal.patterns.map(({ id, outbound, inbound }) => ({ id, outbound: inbound, inbound: outbound })),
    })),
    links: problem.links.toReversed().map(({ outbound, inbound }) => ({ outbound: inbound, inbound: outbound })),
  }
}

test('the whole-second plan never beats the real optimum, and its travel times are drivable', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      const plan = solveBands(problem)
      expect(plan.certificate.value_s).toBeLessThan(plan.certificate.real_optimum_s + 1e-6 * problem.cycle_s)
      expect(plan.certificate.bound_s).toBeLessThan(plan.certificate.real_optimum_s + 1e-5 * problem.cycle_s)
      problem.links.forEach((link, i) => {
        for (const direction of ['outbound', 'inbound'] as const) {
          const travel = link[direction]
          const speed = plan.speeds_mps[direction][i]
          expect(speed).toBeGreaterThan((travel?.speed_min_mps ?? 0) - 1e-4)
          expect(speed).toBeLessThan((travel?.speed_max_mps ?? 0) + 1e-4)
        }
      })
    }),
    RUNS,
  )
})

test('a value is feasible exactly up to the bound', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      const bound = bandBound(problem)
      expect(feasibleAtLeast(problem, bound - 1e-6)).toBe(true)
      expect(feasibleAtLeast(problem, bound + 1e-4)).toBe(false)
    }),
    RUNS,
  )
})

test('the same problem gives the same plan', () => {
  fc.assert(
    fc.property(corridors, (problem) => {
      expect(solveBands(problem)).toEqual(solveBands(structuredClone(problem)))
    }),
    { ...RUNS, numRuns: 15 },
  )
})
