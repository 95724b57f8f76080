import { describe, expect, it } from 'vitest'
import { backOfQueue, stopDelay } from './back-of-queue.ts'
import { controlDelay, incrementalDelay, initialQueueDelay, progressionFactor, uniformDelay, upstreamFilter } from './delay.ts'
import { leftCapacity, opposingQueueTime, permissiveSaturation } from './permissive-left.ts'
import { busFactor, heavyGradeFactor, laneSaturation, parkingFactor, utilisationFactor, widthFactor } from './saturation.ts'

// The worked example of HCM chapters 19 and 31: one lane, 612 of 1800 veh/h, green 40 of 100 s.
const example = { cycle_s: 100, green_s: 40, volume_vph: 612, saturation_vph: 1800 }

describe('saturation flow', () => {
  it('follows the factors of HCM chapter 19', () => {
    expect(heavyGradeFactor(0.08, 0.02)).toBeCloseTo(0.9252, 6)
    expect(laneSaturation({ heavy_share: 0.08, grade: 0.02, lanes: 2 })).toBeCloseTo(1673.5, 0)
    expect(laneSaturation({ heavy_share: 0.08, grade: 0.02, lanes: 2, central_business_district: true })).toBeCloseTo(1506, 0)
    expect(laneSaturation({ turn: 'left' })).toBeCloseTo(1900 / 1.05, 9)
    expect(heavyGradeFactor(0.1, -0.03)).toBeCloseTo((100 - 7.9 + 6.21) / 100, 9)
  })

  it('knows narrow lanes, parking, buses and uneven use of lanes', () => {
    expect([2.9, 3.5, 4.2].map(widthFactor)).toEqual([0.96, 1, 1.04])
    expect(parkingFactor(2, 20)).toBeCloseTo((2 - 0.1 - 0.1) / 2, 9)
    expect(parkingFactor(1, 1000)).toBe(0.05)
    expect(busFactor(2, 10)).toBeCloseTo(0.98, 9)
    expect([1, 2, 3].map((n) => utilisationFactor('through', n))).toEqual([1, 0.952, 0.908])
    expect([utilisationFactor('left', 2), utilisationFactor('right', 2)]).toEqual([0.971, 0.885])
  })
})

describe('control delay', () => {
  it('gives d1 27.27 and d2 12.02 s for the example', () => {
    expect(uniformDelay(example)).toBeCloseTo(27.27, 2)
    expect(incrementalDelay(612, 720)).toBeCloseTo(12.02, 2)
    expect(controlDelay(example)).toBeCloseTo(39.3, 1)
  })

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

describe('permissive left turns', () => {
  it('have the saturation flow of gap acceptance', () => {
    expect([0, 200, 400, 600, 800, 1000].map((v) => Math.round(permissiveSaturation(v)))).toEqual([1440, 1201, 1000, 832, 690, 572])
    expect([200, 1000].map((v) => Math.round(permissiveSaturation(v, { critical_gap_s: 4.87, follow_up_s: 2.73 })))).toEqual([1084, 486])
  })

  it('wait for the opposing queue and get sneakers: 288 veh/h in the example', () => {
    const blocked = opposingQueueTime(90, 45, 600 / 1800)
    expect(blocked).toBeCloseTo(22.5, 9)
    expect(leftCapacity({ cycle_s: 90, unblocked_s: 45 - blocked, permissive_vph: permissiveSaturation(600) })).toBeCloseTo(288, 0)
    expect(opposingQueueTime(90, 45, 0.9)).toBe(45)
  })

  it('add a protected part', () => {
    expect(leftCapacity({ cycle_s: 90, protected_s: 9, protected_vph: 1800, unblocked_s: 0, permissive_vph: 800 })).toBeCloseTo(180 + 80, 9)
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
})
