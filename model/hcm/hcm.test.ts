import { describe, expect, it } from 'vitest'
import { backOfQueue, stopDelay } from './back-of-queue.ts'
import { controlDelay, incrementalDelay, initialQueueDelay, progressionFactor, saturationDegree, uniformDelay, upstreamFilter } from './delay.ts'

// The worked example of HCM chapters 19 and 31: one lane, 612 of 1800 veh/h, green 40 of 100 s.
const example = { cycle_s: 100, green_s: 40, volume_vph: 612, saturation_vph: 1800 }

describe('control delay', () => {
  it('gives d1 27.27 and d2 12.02 s for the example', () => {
    expect(uniformDelay(example)).toBeCloseTo(27.27, 2)
    expect(incrementalDelay(612, 720)).toBeCloseTo(12.02, 2)
    expect(controlDelay(example)).toBeCloseTo(39.3, 1)
  })

  it('is that of a group at 0.85 of its capacity', () => expect(saturationDegree(example)).toBeCloseTo(0.85, 9))

  it.each([[0.667, 33.82], [1, 27.27], [1.333, 20.78]])('makes progression with a platoon ratio of %f a uniform delay of %f s', (ratio, expected) =>
    expect(uniformDelay(example, ratio * 0.4)).toBeCloseTo(expected, 1))

  it('shrinks d1 with the share of arrivals on green, by arrival type', () => {
    const d1 = [1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2].map((ratio) => uniformDelay(example, ratio * 0.4))
    const table = [40.4, 33.8, 27.3, 20.8, 14.4, 8.1]
    d1.forEach((value, i) => expect(value).toBeCloseTo(table[i] as number, 0))
    expect(progressionFactor(example, (4 / 3) * 0.4)).toBeCloseTo(0.762, 3)
  })

  it('adds what a queue from before costs', () => {
    expect(initialQueueDelay(612, 720, 10)).toBeCloseTo(9.26, 2)
    expect(initialQueueDelay(800, 720, 10)).toBeCloseTo(50, 1)
    expect(initialQueueDelay(612, 720, 0)).toBe(0)
  })

  it('meters arrivals behind a busy signal', () => {
    expect([0.4, 0.6, 0.8, 0.9].map((x) => Math.round(upstreamFilter(x) * 100) / 100)).toEqual([0.92, 0.77, 0.5, 0.31])
    expect(upstreamFilter(2)).toBe(0.09)
  })
})

describe('back of queue', () => {
  it('gives 12.7 + 2.4 vehicles, 21.5 at 95 % and 0.89 stops in the example', () => {
    const queue = backOfQueue({ ...example, speed_limit_mps: 50 / 3.6 })
    expect(stopDelay(50 / 3.6)).toBeCloseTo(10.6, 1)
    expect(queue.q1).toBeCloseTo(12.7, 1)
    expect(queue.q2).toBeCloseTo(2.4, 1)
    expect(queue.p95).toBeCloseTo(21.5, 1)
    expect(queue.stops_per_vehicle).toBeCloseTo(0.89, 2)
  })

  it('grows with an initial queue and vanishes without red', () => {
    expect(backOfQueue({ ...example, speed_limit_mps: 14, initial_queue: 10 }).mean).toBeGreaterThan(backOfQueue({ ...example, speed_limit_mps: 14 }).mean + 1)
    expect(backOfQueue({ ...example, green_s: 100, speed_limit_mps: 14 }).q1).toBe(0)
  })

  it('has 15.1 vehicles on average in the example', () => expect(backOfQueue({ ...example, on_green: 0.4, speed_limit_mps: 50 / 3.6 }).mean).toBeCloseTo(15.1, 1))

  it('is that of one lane, and stops that of all, where lanes share flow and capacity evenly', () => {
    const [one, three] = [1, 3].map((lanes) => backOfQueue({ ...example, lanes, volume_vph: lanes * 612, saturation_vph: lanes * 1800, speed_limit_mps: 50 / 3.6 }))
    expect(three!.q1).toBeCloseTo(one!.q1, 9)
    // By chance three lanes overflow less than three times as much as one: 900 T (x - 1 + sqrt((x - 1)^2 + 8 k I x / (c T))).
    const d2 = 225 * (-0.15 + Math.sqrt(0.15 ** 2 + (4 * 0.85) / (3 * 720 * 0.25)))
    expect(three!.q2).toBeCloseTo((720 * d2) / 3600, 9)
    expect(three!.stops_per_vehicle).toBeCloseTo(3600 * (three!.q1 / (0.85 * 40 * 1800) + three!.q2 / (612 * 100)), 9)
    expect(three!.q2).toBeLessThan(one!.q2)
  })

  it('never has more vehicles that stop in a cycle than come in it, however short the red', () => {
    for (let green_s = 2; green_s < 60; green_s += 0.25) {
      for (let on_green = 0; on_green <= 1; on_green += 0.05) {
        const volume_vph = 0.95 * ((1800 * green_s) / 60)
        expect(backOfQueue({ cycle_s: 60, green_s, volume_vph, saturation_vph: 1800, on_green, speed_limit_mps: 14 }).q1).toBeLessThanOrEqual(volume_vph / 60 + 1e-9)
      }
    }
  })

  it('spreads a queue from before over the lanes', () => {
    const twice = { ...example, lanes: 2, volume_vph: 1224, saturation_vph: 3600, speed_limit_mps: 14 }
    expect(backOfQueue({ ...twice, initial_queue: 20 }).q3).toBeCloseTo(backOfQueue({ ...example, speed_limit_mps: 14, initial_queue: 10 }).q3, 9)
  })

  it('overflows less where chance adds less', () =>
    expect(backOfQueue({ ...example, k: 0.1, speed_limit_mps: 14 }).q2).toBeLessThan(backOfQueue({ ...example, speed_limit_mps: 14 }).q2 / 2))

  it('is nobody\'s where nobody comes', () => expect(backOfQueue({ ...example, volume_vph: 0, speed_limit_mps: 14 })).toMatchObject({ mean: 0, p95: 0, stops_per_vehicle: 0 }))
})
