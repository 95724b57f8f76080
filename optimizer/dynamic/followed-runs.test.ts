import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { ProgressionModel } from '../progression/index.ts'
import { arterial, type ArterialOptions } from '../testing/arterial.ts'
import { type FollowedWay, followRuns } from './followed-runs.ts'

const C = 90
const SPEED_MPS = 14

function made(options: ArterialOptions): { model: ProgressionModel; at: (offsets: readonly number[]) => CompiledSignal[]; follow: (offsets: readonly number[]) => FollowedWay[] } {
  const street = arterial(options)
  const model = new ProgressionModel(street.graph, street.corridor, street.volumes)
  const at = (offsets: readonly number[]): CompiledSignal[] => [...street.running.values()].map((pattern, i) => compileSignal(street.graph.getSignal(pattern.signal), { ...pattern, offset_s: ((offsets[i] ?? 0) + 10 * C) % C }))
  return { model, at, follow: (offsets) => followRuns(model.evaluate(at(offsets))) }
}

/** Few vehicles, so that nobody waits for anybody: who stops is a matter of the lamps. */
const LIGHT = { main: 40, turns: 1, side: 1, side_turns: 1, lefts: 'protected' } as const

describe('followRuns', () => {
  it('lets nearly everybody through with one stop where each green waits for those of the one before', () => {
    const spacing_m = [320, 250, 480]
    const wave = [0, ...spacing_m].map((_, i) => spacing_m.slice(0, i).reduce((sum, metres) => sum + metres / SPEED_MPS, 0))
    const [way] = made({ ...LIGHT, one_way: true, spacing_m }).follow(wave)
    expect(way!.at_most_one_stop).toBeGreaterThan(0.95)
  })

  it('stops those again who stopped, where the next signal turns red before them', () => {
    const { follow, model, at } = made({ ...LIGHT, one_way: true, spacing_m: [320] })
    const shares = Array.from({ length: C }, (_, offset) => follow([0, offset])[0]!.at_most_one_stop)
    // Stops at both signals are rarest and commonest as by the reds alone: who waits at the first starts with its green, all at once.
    const first = model.evaluate(at([0, 0])).groups.find(({ main, signal }) => main && signal === 0)!
    expect(Math.max(...shares)).toBeGreaterThan(0.98)
    expect(Math.min(...shares)).toBeLessThan(1 - 0.7 * first.passage.stops)
    expect(Math.min(...shares)).toBeGreaterThan(1 - first.passage.stops - 0.05)
  })

  it('gives shares that do not change when all offsets turn together', () => {
    const { follow } = made({})
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: C - 1 }), { minLength: 4, maxLength: 4 }), fc.integer({ min: 1, max: C - 1 }), (offsets, turn) => {
      const [here, there] = [follow(offsets), follow(offsets.map((offset) => offset + turn))]
      expect(here).toHaveLength(2)
      here.forEach(({ at_most_one_stop }, i) => {
        expect(at_most_one_stop).toBeGreaterThanOrEqual(0)
        expect(at_most_one_stop).toBeLessThanOrEqual(1 + 1e-9)
        expect(there[i]!.at_most_one_stop).toBeCloseTo(at_most_one_stop, 6)
      })
    }), { numRuns: 40 })
  })

  it('takes more traffic for more stops', () => {
    const shares = [300, 700, 1100, 1500].map((main) => made({ main }).follow([0, 20, 40, 60]).reduce((sum, way) => sum + way.at_most_one_stop, 0))
    shares.slice(1).forEach((share, i) => expect(share).toBeLessThan(shares[i]!))
  })

  it('lets runs arrive evenly where neighbours have no common cycle, whatever the offset', () => {
    const { follow } = made({ cycle_s: [90, 90, 71, 71] })
    const [a, b] = [follow([0, 20, 5, 30]), follow([0, 20, 25, 50])]
    a.forEach(({ at_most_one_stop }, i) => expect(b[i]!.at_most_one_stop).toBeCloseTo(at_most_one_stop, 6))
  })
})
