import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runsOf } from '../../test/runs.ts'
import { bandBound, type BandProblem, EQUAL_BANDS, FREE_DIVISION, type SignalPattern } from '../bands/index.ts'
import { randomCorridor } from '../bands/instances/corridors.ts'
import { onlySignals } from '../bands/parts.ts'
import { widened, withPatterns } from '../bands/remedies.ts'
import { conflictOf, conflictSentence, cycleSentence, listNextSteps, nextStepSentence, rankCycles } from './index.ts'

function pattern(id: string, lag_s: number, length_s = 22): SignalPattern {
  return { id, outbound: [{ start_s: 0, length_s, clearance_s: 0 }], inbound: [{ start_s: lag_s, length_s, clearance_s: 0 }] }
}

/** Signals 240 m apart at 12 m/s. */
function corridor(patterns: readonly SignalPattern[], cycle_s = 100, directions: BandProblem['directions'] = 'both'): BandProblem {
  const travel = { distance_m: 240, speed_min_mps: 12, speed_max_mps: 12, speed_target_mps: 12, dwell_min_s: 0, dwell_max_s: 0 }
  return {
    cycle_s, directions, division: directions === 'both' ? EQUAL_BANDS : FREE_DIVISION,
    signals: patterns.map((only, i) => ({ id: String(i + 1), patterns: [only] })),
    links: patterns.slice(1).map(() => ({ outbound: travel, inbound: travel })),
  }
}

/** Lags 0, 60, 20 are a perfect wave; at lag 70 the third signal meets neither of the others. */
const killed = corridor([pattern('lead', 0), pattern('lead', 60), pattern('lead', 70)])
const perfect = corridor([pattern('lead', 0), pattern('lead', 60), pattern('lead', 20)])

const drawn = fc.record({ n: fc.integer({ min: 2, max: 4 }), seed: fc.nat(1_000_000) })
  .map(({ n, seed }) => randomCorridor(n, seed, { cycle_s: 90, division: EQUAL_BANDS, patterns: 2, speed_share: seed % 2 === 0 ? 0 : 0.1, double_green_share: 0.1 }))

describe('the next steps of a corridor', () => {
  test('one way, a second of green counts only at the shortest green', () => {
    const steps = listNextSteps(corridor([pattern('a', 0, 30), pattern('a', 0, 25), pattern('a', 0, 40)], 100, 'outbound'))
    const greens = steps.filter(({ change }) => change.kind === 'green')
    expect(greens).toHaveLength(6)
    for (const { change, gain_s } of greens) expect(gain_s).toBeCloseTo(change.kind === 'green' && change.signal === '2' ? 1 : 0, 6)
    expect(nextStepSentence(steps[0]!)).toBe('1 s more green at the start at 2 gives 1 s of band')
  })

  test('offers the order that may not run now, first where it restores the wave', () => {
    const [best] = listNextSteps(killed, { forbidden_patterns: { 3: [pattern('lag', 20)] } })
    expect(best).toMatchObject({ change: { kind: 'pattern', signal: '3', pattern: 'lag' } })
    expect(best!.value_s).toBeCloseTo(44, 6)
  })

  test('a second of green takes no band away and gives no direction more than itself', () => {
    fc.assert(fc.property(drawn, (problem) => {
      const now = bandBound(problem)
      const steps = listNextSteps(problem)
      expect(steps.filter(({ change }) => change.kind === 'link-speed')).toHaveLength(2 * (problem.links.length + (problem.links.length > 1 ? 1 : 0)))
      for (const { change, gain_s, value_s } of steps) {
        expect(value_s - gain_s).toBeCloseTo(now, 6)
        if (change.kind !== 'green') continue
        expect(gain_s).toBeGreaterThanOrEqual(-1e-5)
        // Bands cut by the added second pass the old greens: no direction gains more than it.
        expect(gain_s).toBeLessThanOrEqual(2 + 1e-5)
      }
      expect(steps.map(({ gain_s }) => Math.round(gain_s * 1e6))).toEqual(steps.map(({ gain_s }) => Math.round(gain_s * 1e6)).toSorted((a, b) => b - a))
    }), { numRuns: runsOf(60) })
  })
})

describe('the cycles of a corridor', () => {
  test('are ranked by their share, and the sentence says where the taken one stands', () => {
    const open = [90, 100, 110].map((cycle_s) => ({ ...perfect, cycle_s }))
    const ranking = rankCycles(perfect, open)
    expect(ranking.cycles.map(({ cycle_s }) => cycle_s)).toEqual([90, 100, 110])
    expect(ranking).toMatchObject({ better: 0, best: { cycle_s: 100 } })
    expect(cycleSentence(ranking)).toMatch(/^C = 100 s can carry 44 s of band, 44 % of the cycle, the largest share of 3 cycles; the next is C = /)
    expect(cycleSentence(rankCycles(open[0]!, open))).toMatch(/cycles could carry more, C = 100 s the most with 44 %$/)
  })
})

describe('a conflict of signals', () => {
  test('is a pair where a pair suffices, and says what resolves it', () => {
    const found = conflictOf(killed, 1, { forbidden_patterns: { 3: [pattern('lag', 20)] }, other_cycles: [{ ...perfect, cycle_s: 101 }] })
    expect(found!.signals).toEqual(['2', '3'])
    expect(found!.resolutions).toContainEqual({ kind: 'pattern', signal: '3', pattern: 'lag' })
    expect(conflictSentence(found!)).toBe('signals 2 and 3 at C = 100 s leave no two-way band of 1 s; C >= 101 s or order lag at 3 or 8 s more green at the start at 3 or 8 s more green at the end at 3 does')
  })

  test('is none where the band is there, and a band of no width is not asked for', () => {
    expect(conflictOf(perfect, 22)).toBeUndefined()
    expect(conflictOf(perfect, 22.1)?.signals).toHaveLength(1)
    expect(() => conflictOf(perfect, 0)).toThrow('a band of 0 s cannot be asked for')
  })

  test('is left by no signal, and every green it offers is the least that helps', () => {
    fc.assert(fc.property(drawn, fc.integer({ min: 1, max: 40 }), (problem, least_s) => {
      const found = conflictOf(problem, least_s)
      const widest = (each: BandProblem): number => bandBound({ ...each, division: EQUAL_BANDS }) / 2
      expect(found === undefined).toBe(widest(problem) >= least_s - 1e-6)
      if (found === undefined) return
      const indices = found.signals.map((id) => problem.signals.findIndex((signal) => signal.id === id))
      expect(widest(onlySignals(problem, indices))).toBeLessThan(least_s + 1e-4)
      for (const resolution of found.resolutions) {
        if (resolution.kind !== 'green' || resolution.added_s === 1) continue
        const i = problem.signals.findIndex(({ id }) => id === resolution.signal)
        const fewer = problem.signals[i]!.patterns.map((each) => widened(each, resolution.added_s - 1, resolution.at, problem.cycle_s))
        expect(widest(withPatterns(problem, i, fewer))).toBeLessThan(least_s + 1e-4)
      }
      if (indices.length > 1) for (const i of indices) expect(widest(onlySignals(problem, indices.filter((k) => k !== i)))).toBeGreaterThanOrEqual(least_s - 1e-4)
    }), { numRuns: runsOf(80) })
  })
})
