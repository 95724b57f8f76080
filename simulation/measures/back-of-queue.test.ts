import { describe, expect, it } from 'vitest'
import { backOfQueue } from './back-of-queue.ts'

const flow = { lanes: 1, volume_vph: 612, saturation_flow_vphpl: 1800, cycle_s: 100, effective_green_s: 40, arrivals_on_green: 0.4, speed_limit_mps: 50 / 3.6 }

describe('back of queue by the HCM', () => {
  it('meets a worked example', () => {
    const found = backOfQueue(flow)
    expect(found.degree_of_saturation).toBeCloseTo(0.85, 9)
    expect(found.uniform_delay_s).toBeCloseTo(27.27, 2)
    expect(found.incremental_delay_s).toBeCloseTo(12.02, 2)
    expect(found.fully_stopped).toBeCloseTo(12.7, 1)
    expect(found.overflow).toBeCloseTo(2.4, 1)
    expect(found.mean_veh).toBeCloseTo(15.1, 1)
    expect(found.p95_veh).toBeCloseTo(21.5, 1)
    expect(found.stops_per_vehicle).toBeCloseTo(0.89, 2)
  })

  it.each([[0.667, 33.82], [1, 27.27], [1.333, 20.78]])('makes progression with a platoon ratio of %f a uniform delay of %f s', (ratio, expected) =>
    expect(backOfQueue({ ...flow, arrivals_on_green: ratio * 0.4 }).uniform_delay_s).toBeCloseTo(expected, 1))

  it('gives nobody a queue where nobody comes', () => expect(backOfQueue({ ...flow, volume_vph: 0 })).toMatchObject({ mean_veh: 0, p95_veh: 0, stops_per_vehicle: 0 }))
})
