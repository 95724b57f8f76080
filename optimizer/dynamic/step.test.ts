import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { Pattern, RingPattern } from '../../model/signal.ts'
import { arterial } from '../testing/arterial.ts'
import { listMoves } from './moves.ts'
import { isAlike, offsetDifference, stepToward } from './step.ts'

const LIMITS = { offset_s: 3, split_s: 4 }
const RANGE = { offset_s: 20, split_s: 10, split_loss: 1 }

/** A pattern some moves away from the street's, as a seed draws them. */
function wandered(timing: 'rings' | 'stages', draws: readonly number[]): { from: Pattern; to: Pattern; greens: (pattern: Pattern) => number[]; broken: (pattern: Pattern) => number } {
  const { graph, running } = arterial({ timing, lefts: 'protected', cycle_s: 110 })
  const [first] = running.values()
  const signal = graph.getSignal(first!.signal)
  let to = first!
  for (const draw of draws) {
    const moves = listMoves(signal, to, first!, RANGE)
    to = moves[draw % moves.length]!
  }
  const greens = (pattern: Pattern): number[] => compileSignal(signal, pattern).groups.map(({ green_windows_s }) => green_windows_s.reduce((sum, [start, end]) => sum + end - start, 0))
  return { from: first!, to, greens, broken: (pattern) => checkPattern(signal, pattern).length }
}

const draws = fc.array(fc.nat(1000), { minLength: 1, maxLength: 25 })
const timings = fc.constantFrom('rings' as const, 'stages' as const)

describe('stepToward', () => {
  it('moves no offset and no green by more than the limits, and keeps every rule on the way', () => {
    fc.assert(fc.property(timings, draws, (timing, list) => {
      const { from, to, greens, broken } = wandered(timing, list)
      const step = stepToward(from, to, LIMITS)
      expect(broken(from)).toBe(0)
      expect(broken(step)).toBe(0)
      expect(Math.abs(offsetDifference(from.offset_s, step.offset_s, from.cycle_s))).toBeLessThanOrEqual(LIMITS.offset_s)
      const [a, b] = [greens(from), greens(step)]
      a.forEach((green, g) => expect(Math.abs(b[g]! - green)).toBeLessThanOrEqual(LIMITS.split_s + 1e-9))
    }), { numRuns: 60 })
  })

  it('never shrinks a green below its lengths at both ends', () => {
    fc.assert(fc.property(timings, draws, (timing, list) => {
      const { from, to, greens } = wandered(timing, list)
      const [a, b, between] = [greens(from), greens(to), greens(stepToward(from, to, LIMITS))]
      a.forEach((green, g) => expect(between[g]!).toBeGreaterThanOrEqual(Math.min(green, b[g]!) - 1e-9))
    }), { numRuns: 60 })
  })

  it('arrives, and after as many steps as the farthest needs', () => {
    fc.assert(fc.property(timings, draws, (timing, list) => {
      const { from, to } = wandered(timing, list)
      let at = from
      let steps = 0
      for (; JSON.stringify(at) !== JSON.stringify(to) && steps < 100; steps++) at = stepToward(at, to, LIMITS)
      expect(at).toEqual(to)
      expect(steps).toBeLessThanOrEqual(Math.ceil(Math.max(RANGE.offset_s / LIMITS.offset_s, (2 * RANGE.split_s) / (LIMITS.split_s / 2))))
    }), { numRuns: 40 })
  })

  it('goes the shorter way round the cycle', () => {
    const { from } = wandered('rings', [0])
    const at = { ...from, offset_s: 1 }
    expect(stepToward(at, { ...from, offset_s: 108 }, LIMITS).offset_s).toBe(108)
    expect(stepToward(at, { ...from, offset_s: 100 }, LIMITS).offset_s).toBe(108)
  })

  it('refuses a pattern of another cycle or sequence', () => {
    const { from } = wandered('rings', [0])
    const rings = from as RingPattern
    const turned: Pattern = { ...rings, barriers: [...rings.barriers].reverse() }
    expect(isAlike(from, turned)).toBe(false)
    expect(() => stepToward(from, turned, LIMITS)).toThrow('signal S1 cannot go step by step')
    expect(() => stepToward(from, { ...from, cycle_s: 100 }, LIMITS)).toThrow('another cycle')
  })
})

describe('listMoves', () => {
  it('stays in range of the schedule, with every minimum kept', () => {
    fc.assert(fc.property(timings, draws, (timing, list) => {
      const { from, to, greens, broken } = wandered(timing, list)
      expect(broken(to)).toBe(0)
      expect(Math.abs(offsetDifference(from.offset_s, to.offset_s, from.cycle_s))).toBeLessThanOrEqual(RANGE.offset_s)
      // A green may be of two phases or stages, each of which has its range.
      const [a, b] = [greens(from), greens(to)]
      a.forEach((green, g) => expect(Math.abs(b[g]! - green)).toBeLessThanOrEqual(2 * RANGE.split_s))
    }), { numRuns: 40 })
  })
})
