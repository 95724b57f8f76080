import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uniformDelay } from '../capacity/index.ts'
import { arterial, type ArterialOptions } from '../testing/arterial.ts'
import { cycleTask, listSplits } from './cycle-task.ts'
import { refine, search } from './descent.ts'
import { DEFAULT_OPTIONS } from './options.ts'
import { PlatoonModel } from './profile.ts'
import { queue, type Served } from './served.ts'
import { streetOf } from './street.ts'

const C = 90

function modelOf(options: ArterialOptions = {}): { model: () => PlatoonModel; counts: number[] } {
  const { graph, corridor, running, volumes } = arterial(options)
  const street = streetOf(graph, corridor, running, volumes)
  const { choices } = cycleTask(street, listSplits(street, DEFAULT_OPTIONS), C, 0.9)
  return { model: () => new PlatoonModel(street, C, choices), counts: choices.map((own) => own.length) }
}

describe('queue', () => {
  it('gives the uniform delay of HCM where arrivals are even', () => {
    const service = Float64Array.from({ length: 100 }, (_, t) => (t >= 30 && t < 70 ? 0.5 : 0))
    const served: Served = { cars: 17, service, departures: new Float64Array(100), cost: 0, overflow: 0, saturation: 0.85 }
    const { area, stops } = queue(new Float64Array(100).fill(1), 100, served, Infinity, served.departures)
    // 612 of 1800 veh/h, 40 of 100 s: d1 27.27 s; area is vehicles in queue, delay times flow.
    expect(area / 0.17).toBeCloseTo(uniformDelay({ cycle_s: 100, green_s: 40, volume_vph: 612, saturation_vph: 1800 }), 1)
    expect(stops).toBeLessThanOrEqual(0.17 + 1e-9)
    expect(served.departures.reduce((a, b) => a + b, 0)).toBeCloseTo(17, 9)
  })

  it('counts nothing for nobody, and cars beyond the storage extra', () => {
    const service = Float64Array.from({ length: 10 }, (_, t) => (t < 5 ? 1 : 0))
    const served: Served = { cars: 0, service, departures: new Float64Array(10), cost: 0, overflow: 0, saturation: 0 }
    expect(queue(new Float64Array(10).fill(1), 10, served, Infinity)).toEqual({ area: 0, stops: 0, beyond: 0 })
    expect(queue(new Float64Array(10).fill(1), 10, { ...served, cars: 4 }, 1).beyond).toBeGreaterThan(0)
  })
})

describe('PlatoonModel', () => {
  it('remembers nothing between settings', () => {
    const { model } = modelOf({ lefts: 'both' })
    const used = model()
    const offsets = fc.array(fc.integer({ min: 0, max: C - 1 }), { minLength: 4, maxLength: 4 })
    fc.assert(fc.property(offsets, (setting) => {
      expect(used.evaluate(setting, [0, 0, 0, 0])).toEqual(model().evaluate(setting, [0, 0, 0, 0]))
    }), { numRuns: 20 })
  })

  it('does not change when all offsets turn together', () => {
    const { model } = modelOf()
    const one = model().evaluate([3, 17, 40, 80], [0, 0, 0, 0])
    const two = model().evaluate([13, 27, 50, 0], [0, 0, 0, 0])
    expect(two.total).toBeCloseTo(one.total, 9)
  })

  it('finds the offset near the travel time best for a one-way platoon', () => {
    const { model } = modelOf({ one_way: true, spacing_m: [420] })
    const used = model()
    const costs = Array.from({ length: C }, (_, offset) => used.evaluate([0, offset], [0, 0]).through_delay)
    const best = costs.indexOf(Math.min(...costs))
    // 420 m at 0.95 * 14 m/s: 31.6 s; the head of a dispersed platoon arrives after 0.8 of that.
    expect(best).toBeGreaterThanOrEqual(20)
    expect(best).toBeLessThanOrEqual(40)
    expect(costs[(best + 45) % C]).toBeGreaterThan(1.4 * (costs[best] as number))
  })

  it('is improved, never worsened, by searching, and refinement keeps what it must', () => {
    const { model, counts } = modelOf({ lefts: 'protected', spacing_m: [400, 230, 310, 520] })
    const start = { offsets: [0, 0, 0, 0, 0], patterns: [0, 0, 0, 0, 0] }
    const before = model().evaluate(start.offsets, start.patterns).total
    const found = search(model(), start, counts)
    expect(found.cost).toBeLessThan(before)
    expect(model().evaluate(found.setting.offsets, found.setting.patterns).total).toBeCloseTo(found.cost, 9)
    const kept = refine(model(), start, counts, ({ offsets }) => offsets[2] === 0)
    expect(kept.setting.offsets[2]).toBe(0)
    expect(kept.cost).toBeLessThanOrEqual(before)
  })
})
