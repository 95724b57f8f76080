import { describe, expect, it } from 'vitest'
import type { Estimate, MovementState } from '../../model/traffic-state.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { street } from '../../test/street.ts'
import { SLOT_S, volumeOf, type RadarMeasures } from '../radar/index.ts'
import { anchorPenetration, FlowFilter, fuseEstimates, laneFactors, QueueFilter, withRadar } from './index.ts'

const around = (value: number, share: number): Estimate => ({ value, low: value * Math.exp(-share), high: value * Math.exp(share) })
const NONE: Estimate = { value: null, low: null, high: null }

/** Park and Miller 1988. */
function generator(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
function poisson(mean: number, random: () => number): number {
  let [n, product] = [-1, 1]
  const limit = Math.exp(-mean)
  do {
    product *= random()
    n++
  } while (product > limit)
  return n
}

describe('two estimates as one', () => {
  it('lie nearer to the surer one and are surer than both', () => {
    const { value, low, high } = fuseEstimates(around(100, 0.05), around(106, 0.2))
    expect(value).toBeGreaterThan(100)
    expect(value).toBeLessThan(101)
    expect(high! / low!).toBeLessThan(Math.exp(0.1))
  })

  it('are the known one where the other is missing', () => {
    expect(fuseEstimates(NONE, around(7, 0.1))).toEqual(around(7, 0.1))
    expect(fuseEstimates(around(7, 0.1), NONE)).toEqual(around(7, 0.1))
    expect(fuseEstimates(NONE, NONE)).toEqual(NONE)
  })

  it('are less sure where they contradict each other', () => {
    const { low, high } = fuseEstimates(around(100, 0.05), around(200, 0.05))
    expect(high! / low!).toBeGreaterThan(Math.exp(0.3))
  })
})

describe('penetration where radar counts', () => {
  const slots = [{ slot: 10, count: 100, observed_s: 300 }, { slot: 11, count: 120, observed_s: 300 }, { slot: 12, count: 9, observed_s: 30 }]

  it('is the share of probes among the vehicles of the same minutes, those left out that radar saw in part', () => {
    const crossings = [...Array.from({ length: 11 }, (_, i) => 10 * SLOT_S + i * 40), 12 * SLOT_S + 5, 99 * SLOT_S]
    const { value, low, high } = anchorPenetration({ slots }, SLOT_S, crossings)
    expect(value).toBeCloseTo(11 / 220, 9)
    expect(low!).toBeLessThan(0.04)
    expect(high!).toBeGreaterThan(0.06)
    expect(anchorPenetration({ slots }, SLOT_S, crossings.slice(0, 4))).toEqual(NONE)
  })
})

describe('flow of a day', () => {
  it('follows a day that differs from the usual one better than the usual profile and than single counts', () => {
    const random = generator(3)
    const [errors, naive, single]: [number[], number[], number[]] = [[], [], []]
    let [covered, steps] = [0, 0]
    for (let day = 0; day < 40; day++) {
      const filter = new FlowFilter()
      let log = 0.25 * (random() + random() + random() + random() - 2) * Math.sqrt(3)
      for (let k = 0; k < 24; k++) {
        const profile = 400 + 20 * k
        log = 0.9 * log + Math.sqrt(1 - 0.81) * 0.25 * (random() + random() + random() + random() - 2) * Math.sqrt(3)
        const flow = profile * Math.exp(log)
        if (k > 0) filter.step()
        const count = poisson(flow / 12, random)
        filter.countRadar(count, profile, 300)
        const { value, low, high } = filter.flow(profile)
        errors.push(Math.abs(value! / flow - 1))
        naive.push(Math.abs(profile / flow - 1))
        single.push(Math.abs((count * 12) / flow - 1))
        covered += Number(low! <= flow && flow <= high!)
        steps++
      }
    }
    const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length
    expect(mean(errors)).toBeLessThan(0.8 * mean(naive))
    expect(mean(errors)).toBeLessThan(0.8 * mean(single))
    expect(covered / steps).toBeGreaterThan(0.86)
    expect(covered / steps).toBeLessThan(0.95)
  })

  it('learns little from no probes among few that were expected, much from no vehicle under a radar', () => {
    const [few, many] = [new FlowFilter(), new FlowFilter()]
    few.countProbes(0, 400, 0.03, 300)
    many.countRadar(0, 400, 300)
    expect(few.flow(400).value!).toBeGreaterThan(360)
    expect(many.flow(400).value!).toBeLessThan(200)
  })
})

describe('queue of a movement', () => {
  it('is what radar sees where it sees the tail', () => {
    const filter = new QueueFilter(10, 4, 2)
    filter.see(16)
    expect(filter.queue().value!).toBeCloseTo(10 + (6 * 16) / 17, 9)
  })

  it('is longer where it reaches beyond the range, and as expected where it was expected beyond anyway', () => {
    const [short, long] = [new QueueFilter(10, 4, 2), new QueueFilter(40, 4, 2)]
    short.atLeast(20)
    long.atLeast(20)
    expect(short.queue().value!).toBeGreaterThan(20)
    expect(short.queue().value!).toBeLessThan(23)
    expect(long.queue().value!).toBeCloseTo(40, 3)
  })

  it('has the mean and the spread of a normal distribution that is cut off', () => {
    const filter = new QueueFilter(0.5, 1, 0)
    filter.atLeast(0.5)
    expect(filter.queue().value!).toBeCloseTo(0.5 + Math.sqrt(2 / Math.PI), 6)
    expect(filter.queue().high! - filter.queue().value!).toBeCloseTo(1.645 * Math.sqrt(1 - 2 / Math.PI), 5)
  })
})

describe('biases of counters', () => {
  it('are found from what goes in and comes out', () => {
    const random = generator(5)
    const balances = Array.from({ length: 96 }, () => {
      const [a, b] = [poisson(150, random), poisson(120, random)]
      return { into: [{ counter: 'a', count: a }, { counter: 'b', count: b }], out: [{ counter: 'c', count: Math.round(0.9 * (a + b)) }] }
    })
    const factors = laneFactors(balances)
    expect((factors.get('c')! * 0.9) / factors.get('a')!).toBeCloseTo(1, 1)
    expect(factors.get('c')!).toBeGreaterThan(factors.get('a')!)
    for (const factor of factors.values()) expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.15 + 1e-12)
  })

  it('are none where counts agree', () => {
    const factors = laneFactors([{ into: [{ counter: 'a', count: 100 }], out: [{ counter: 'b', count: 100 }] }])
    expect(factors.get('a')).toBeCloseTo(1, 9)
  })
})

describe('a table of movements with radar in it', () => {
  const graph = new RoadGraph(street())
  const measures = (movement: number, changes: Partial<RadarMeasures> = {}): RadarMeasures => ({
    movement, counted: 400, inferred: 0, two_wheelers: 0, observed_s: 3600, volume_vph: volumeOf(400, 3600), queue_max_m: around(50, 0.1), queue_p95_m: NONE, residual_vehicles: null, queues: 0,
    saturation_flow_vphpl: NONE, start_up_lost_s: null, green_use: null, wasted_green_s: null, until_s: 3600, slots: Array.from({ length: 12 }, (_, slot) => ({ slot, count: 400 / 12, observed_s: 300 })), ...changes,
  })
  const options = { crossingsOf: () => Array.from({ length: 40 }, (_, i) => i * 90), observed_s: 3600, until_s: 3700, dayOf: () => 0 }

  it('has movements that only radar saw, and nothing made up beside their counts', () => {
    const [only, ...rest] = withRadar(graph, [], [measures(0)], options)
    expect(rest).toEqual([])
    expect(only).toMatchObject({ counted: 400, method: 'radar', grade: 'B', control_delay_s: NONE, penetration: NONE, probes: 0, days: 1, age_s: 100 })
    expect(only!.volume_vph.value).toBe(400)
  })

  it('takes volume and penetration from the counts, and keeps the delay of probes', () => {
    const [alone] = withRadar(graph, [], [measures(0)], options)
    const probes: MovementState = { ...alone!, volume_vph: around(300, 0.3), penetration: around(0.15, 0.3), control_delay_s: around(30, 0.1), counted: 0, method: 'probes', volume_method: 'fused', grade: 'C', probes: 40 }
    const [both] = withRadar(graph, [probes], [measures(0)], options)
    expect(both).toMatchObject({ method: 'fused', volume_method: 'radar', grade: 'A', control_delay_s: probes.control_delay_s, counted: 400 })
    expect(both!.volume_vph.value!).toBeGreaterThan(370)
    expect(both!.penetration.value!).toBeLessThan(0.13)
    // A radar of one hour in ten does not tell the volume of all ten.
    const [long] = withRadar(graph, [probes], [measures(0)], { ...options, observed_s: 36_000 })
    expect(long).toMatchObject({ volume_vph: probes.volume_vph, volume_method: 'fused', counted: 400 })
  })
})
