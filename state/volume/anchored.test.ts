import { describe, expect, it } from 'vitest'
import { drawNormal } from '../matching/testing/draw.ts'
import { joinShares } from './anchored.ts'

const P = 0.05
const TRIALS = 4000

interface Case { probes: number; passed: number; anchor: number; order: number }

/**
 * Volumes of one movement in many trials: its probes differ from their share by chance, and a radar knows so of those that `passed`
 * it; errors of both shares are as they are told. Means of squared errors of logarithms, and how often 90 % intervals hold.
 */
function play({ probes, passed, anchor, order }: Case): { joined: number; anchored: number; alone: number; held: number } {
  const chance = 1 / probes
  const sampling = (1 - passed) * chance
  let [joined, anchored, alone, held] = [0, 0, 0, 0]
  for (let k = 0; k < TRIALS; k++) {
    const unknown = Math.sqrt(sampling) * drawNormal(1, k, 0, 1)
    const known = Math.sqrt(chance - sampling) * drawNormal(1, k, 0, 2)
    // Those that passed are weighed by what the radar counted, so their chance is in the anchored share.
    const far = { value: P * Math.exp(known + anchor * drawNormal(1, k, 0, 3)), error: anchor, sampling }
    const own = { value: P * Math.exp(order * drawNormal(1, k, 0, 4)), error: order }
    const share = joinShares(far, own, chance)!
    const of = (value: number): number => unknown + known - Math.log(value / P)
    joined += of(share.value) ** 2 / TRIALS
    anchored += of(far.value) ** 2 / TRIALS
    alone += of(own.value) ** 2 / TRIALS
    held += Number(Math.abs(of(share.value)) < 1.645 * Math.sqrt(share.sampling! + share.error ** 2)) / TRIALS
  }
  return { joined, anchored, alone, held }
}

describe('a volume by counts elsewhere and by the order of leaving', () => {
  it('is no worse than by either, whichever is the better known, and lies in its interval nine times in ten', () => {
    for (const probes of [30, 100, 1000]) for (const passed of [0, 0.5, 0.9]) for (const anchor of [0.03, 0.1]) for (const order of [0.15, 0.3]) {
      const { joined, anchored, alone, held } = play({ probes, passed, anchor, order })
      expect(joined).toBeLessThan(1.03 * Math.min(anchored, alone))
      expect(held).toBeGreaterThan(0.88)
      expect(held).toBeLessThan(0.97)
    }
  })

  it('leans on the counts where most of its vehicles passed the radar, however sure the order of leaving is of the share of all', () => {
    const { joined, alone } = play({ probes: 100, passed: 0.9, anchor: 0.03, order: 0.02 })
    expect(joined).toBeLessThan(0.4 * alone)
    const few = play({ probes: 20, passed: 0.9, anchor: 0.1, order: 0.02 })
    expect(few.joined).toBeLessThan(0.95 * few.anchored)
  })

  it('is told by the one that there is', () => {
    const share = { value: P, error: 0.1 }
    expect(joinShares(undefined, share, 0.01)).toEqual(share)
    expect(joinShares({ ...share, sampling: 0 }, undefined, 0)).toEqual({ ...share, sampling: 0 })
    expect(joinShares(undefined, undefined, 0)).toBeUndefined()
  })
})
