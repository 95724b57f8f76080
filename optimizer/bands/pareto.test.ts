import { describe, expect, test } from 'vitest'
import { bandBound, type BandProblem, FREE_DIVISION, paretoFront } from './index.ts'
import { problemAtCycle } from './cycle-range.ts'
import { fixedSpeed, littleArterial } from './instances/arterials.ts'
import { randomCorridor } from './instances/corridors.ts'

function corridor(seed: number, double_green_share: number): BandProblem {
  return randomCorridor(3 + (seed % 5), seed, { cycle_s: 80 + seed, division: FREE_DIVISION, patterns: 3, speed_share: 0.05, double_green_share })
}

describe('the Pareto front of two bands', () => {
  test('of one window each way is the diagonal between the two caps', () => {
    const little = problemAtCycle(littleArterial(), 55)
    const front = paretoFront(little)
    expect(front).toHaveLength(2)
    expect(front[0].outbound_s / 55).toBeCloseTo(0.52, 6)
    expect((front[0].outbound_s + front[0].inbound_s) / 55).toBeCloseTo(0.571031, 6)
    expect(front[1].inbound_s / 55).toBeCloseTo(0.52, 6)
  })

  test('adds the one-way plans where giving up a direction gains', () => {
    const front = paretoFront(problemAtCycle(littleArterial(fixedSpeed(15.24)), 55))
    expect(front[0].outbound_s / 55).toBeCloseTo(0.52, 6)
    expect(front[0].inbound_s).toBe(0)
    expect(front[front.length - 1].outbound_s).toBe(0)
    const middle = front.slice(1, -1)
    for (const { outbound_s, inbound_s } of middle) expect((outbound_s + inbound_s) / 55).toBeCloseTo(0.3449, 4)
  })

  test.each(Array.from({ length: 20 }, (_, seed) => seed))('has only vertices that their own ratio attains and cannot beat (seed %i)', (seed) => {
    const problem = corridor(seed, seed % 2)
    const front = paretoFront(problem)
    for (const { outbound_s, inbound_s } of front) {
      if (outbound_s < 1e-3 || inbound_s < 1e-3) continue
      const ratio = { kind: 'ratio', inbound_per_outbound: inbound_s / outbound_s } as const
      expect(bandBound({ ...problem, division: ratio })).toBeCloseTo(outbound_s + inbound_s, 3)
    }
    for (let i = 1; i < front.length; i++) {
      expect(front[i].outbound_s).toBeLessThan(front[i - 1].outbound_s)
      expect(front[i].inbound_s).toBeGreaterThan(front[i - 1].inbound_s)
    }
  })

  test.each(Array.from({ length: 12 }, (_, seed) => seed))('holds the optimum of every weight (seed %i)', (seed) => {
    const problem = corridor(seed, seed % 2)
    const front = paretoFront(problem)
    for (const [outbound, inbound] of [[1, 1], [2, 1], [1, 5]]) {
      const best = Math.max(...front.map((p) => outbound * p.outbound_s + inbound * p.inbound_s))
      expect(best).toBeCloseTo(bandBound({ ...problem, division: { kind: 'weighted', outbound, inbound } }), 4)
    }
  })

  test('of a one-way problem is a single point', () => {
    const front = paretoFront({ ...corridor(4, 0), directions: 'inbound' })
    expect(front).toHaveLength(1)
    expect(front[0].outbound_s).toBe(0)
    expect(front[0].inbound_s).toBeGreaterThan(10)
  })
})
