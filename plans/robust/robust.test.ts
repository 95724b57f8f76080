import { describe, expect, it } from 'vitest'
import { checkChange } from '../../model/check-plan.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import { arterial } from '../../optimizer/testing/arterial.ts'
import { robustPlan, tailMean } from './robust.ts'
import { type TrafficSampler, trafficSampler } from './samples.ts'

const street = arterial({ lefts: 'protected', spacing_m: [320], main: 1500, side: 500, turns: 120 })
const input = { ...street, options: { cycle_min_s: 60, cycle_max_s: 120 } }
const period = { start_s: 0, end_s: 3600 }
const quarters = [0, 1, 2, 3].map((k) => ({ id: `q${k}`, start_s: 900 * k, end_s: 900 * (k + 1) }))
const mean = street.volumes
const measured = (factors: readonly number[]): Demand => ({ ...emptyDemand(), intervals: quarters, volumes: [...mean].map(([movement, vph]) => ({ movement, volume_vph: factors.map((factor) => factor * vph) })) })

describe('samples of traffic', () => {
  it('draw whole intervals where they were measured, and say so', () => {
    const factors = [0.8, 1, 1.1, 1.1]
    const sampler = trafficSampler(street.graph, measured(factors), period, mean)
    expect(sampler.sentence).toContain('4 measured intervals')
    const [busy] = [...mean].filter(([, vph]) => vph > 0).map(([id]) => id)
    for (const { volumes } of sampler.sample(20, 3)) {
      const factor = volumes.get(busy!)! / mean.get(busy!)!
      expect(factors.some((each) => Math.abs(each - factor) < 1e-9)).toBe(true)
      for (const [id, vph] of mean) expect(volumes.get(id)).toBeCloseTo(factor * vph, 6)
    }
  })

  it('scatter around the mean where nobody measured, and are the same for the same seed', () => {
    const sampler = trafficSampler(street.graph, { ...measured([1, 1, 1, 1]), intervals: [{ id: 'h', ...period }], volumes: [...mean].map(([movement, vph]) => ({ movement, volume_vph: [vph] })) }, period, mean)
    expect(sampler.sentence).toContain('Nobody measured')
    expect(sampler.sample(5, 7)).toEqual(sampler.sample(5, 7))
    expect(sampler.sample(5, 7)).not.toEqual(sampler.sample(5, 8))
    const [id, vph] = [...mean].reduce((a, b) => (b[1] > a[1] ? b : a))
    const values = sampler.sample(400, 1).map(({ volumes }) => volumes.get(id)!)
    const average = values.reduce((a, b) => a + b, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1))
    expect(Math.abs(average / vph - 1)).toBeLessThan(0.03)
    expect(deviation / vph).toBeGreaterThan(0.1)
    expect(deviation / vph).toBeLessThan(0.16)
  })
})

describe('a robust plan', () => {
  /** Most days are quiet, some are far busier: the mean is no day at all. */
  const uneven: TrafficSampler = { ...trafficSampler(street.graph, measured([0.9, 0.9, 0.9, 1.3]), period, mean) }

  it('loses little at the mean traffic and nothing in the tail, on samples that it has not seen', () => {
    const found = robustPlan(input, [], uneven, { seed: 1, samples: 40 })
    expect(checkChange(street.graph, found.patterns, street.running)).toEqual([])
    expect(found.chosen.nominal_s).toBeLessThanOrEqual(found.nominal.nominal_s * 1.05 + 1e-9)
    expect(found.chosen.tail_s).toBeLessThan(found.nominal.tail_s)
    expect((found.chosen.mean_s + found.chosen.tail_s) / 2).toBeLessThan((found.nominal.mean_s + found.nominal.tail_s) / 2)
    expect(found.sentences[0]).toContain('are given up')
  })

  it('takes what runs where that is as good, because it changes nothing', () => {
    const first = robustPlan(input, [], uneven, { seed: 1, samples: 40 })
    const there = { ...input, running: new Map(first.patterns.map((pattern) => [pattern.signal, pattern])) }
    const again = robustPlan(there, [first.patterns], uneven, { seed: 2, samples: 40 })
    expect(again.change_s).toBeLessThanOrEqual(1)
  })

  it('counts the mean of the worst tenth', () => {
    expect(tailMean(Array.from({ length: 20 }, (_, i) => i))).toBe(18.5)
    expect(tailMean([3, 1])).toBe(3)
  })
})
