import { describe, expect, it } from 'vitest'
import { leftCapacity, opposingQueueTime, permissiveSaturation } from './permissive-left.ts'
import { busFactor, heavyGradeFactor, laneSaturation, parkingFactor, utilisationFactor, widthFactor } from './saturation.ts'

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
