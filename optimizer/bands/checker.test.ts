import { describe, expect, test } from 'vitest'
import { checkBands, verifyBandPlan } from './checker.ts'
import { type BandPlan, type BandProblem, FREE_DIVISION, type Window } from './problem.ts'

function window(start_s: number, length_s: number, clearance_s = 0): Window {
  return { start_s, length_s, clearance_s }
}

/** Signals 100 m apart at 10 m/s; one pattern each. */
function problemOf(greens: readonly { outbound: Window[]; inbound: Window[] }[], cycle_s = 100): BandProblem {
  const travel = { distance_m: 100, speed_min_mps: 10, speed_max_mps: 10, speed_target_mps: 10, dwell_min_s: 0, dwell_max_s: 0 }
  return {
    cycle_s,
    directions: 'both',
    division: FREE_DIVISION,
    signals: greens.map((green, i) => ({ id: `S${i + 1}`, patterns: [{ id: 'only', ...green }] })),
    links: greens.slice(1).map(() => ({ outbound: travel, inbound: travel })),
  }
}

function planOf(offsets_s: number[], outbound_s = 0, inbound_s = 0): BandPlan {
  const times = offsets_s.slice(1).map(() => 10)
  return { cycle_s: 100, patterns: offsets_s.map(() => 'only'), offsets_s, travel_times_s: { outbound: times, inbound: times }, outbound_s, inbound_s }
}

describe('the geometric checker', () => {
  test('intersects greens seen along the band and names the signals that cut it', () => {
    const problem = problemOf([
      { outbound: [window(0, 40)], inbound: [window(0, 40)] },
      { outbound: [window(0, 40)], inbound: [window(0, 40)] },
    ])
    const { outbound, inbound } = checkBands(problem, planOf([0, 25]))
    expect(outbound.width_s).toBeCloseTo(25, 9)
    expect(outbound.start_s).toEqual([15, 25])
    expect(outbound.limited_by).toEqual([{ signal: 'S1', edge: 'trailing' }, { signal: 'S2', edge: 'leading' }])
    expect(inbound.width_s).toBeCloseTo(5, 9)
    expect(inbound.start_s).toEqual([35, 25])
  })

  test('lets a queue clear before the band arrives', () => {
    const problem = problemOf([{ outbound: [window(0, 40, 6)], inbound: [window(0, 40)] }])
    const { outbound } = checkBands(problem, planOf([90]))
    expect(outbound.width_s).toBeCloseTo(34, 9)
    expect(outbound.start_s[0]).toBeCloseTo(96, 9)
    expect(outbound.limited_by).toEqual([{ signal: 'S1', edge: 'both' }])
  })

  test('takes the better of two greens in a cycle, over the seam of the circle', () => {
    const problem = problemOf([
      { outbound: [window(0, 20), window(50, 20)], inbound: [window(0, 20), window(50, 20)] },
      { outbound: [window(95, 30)], inbound: [window(0, 20)] },
    ])
    expect(checkBands(problem, planOf([0, 0])).outbound.width_s).toBeCloseTo(15, 9)
    expect(checkBands(problem, planOf([0, 60])).outbound.width_s).toBeCloseTo(20, 9)
  })

  test('never joins two greens that touch, and never cuts a green that never ends', () => {
    const touching = problemOf([{ outbound: [window(0, 20), window(20, 20)], inbound: [window(0, 100)] }])
    const { outbound, inbound } = checkBands(touching, planOf([0]))
    expect(outbound.width_s).toBeCloseTo(20, 9)
    expect(inbound.width_s).toBeCloseTo(100, 9)
    expect(inbound.limited_by).toEqual([])
  })

  test('reports no band where greens never meet', () => {
    const problem = problemOf([
      { outbound: [window(0, 30)], inbound: [window(0, 30)] },
      { outbound: [window(0, 30)], inbound: [window(0, 30)] },
    ])
    expect(checkBands(problem, planOf([0, 60])).outbound).toEqual({ width_s: 0, start_s: [], limited_by: [] })
  })
})

describe('verifyBandPlan', () => {
  const problem = problemOf([
    { outbound: [window(0, 40)], inbound: [window(0, 40)] },
    { outbound: [window(0, 40)], inbound: [window(0, 40)] },
  ])

  test('accepts the figures of the geometry', () => {
    expect(verifyBandPlan(problem, planOf([0, 25], 25, 5)).outbound.width_s).toBeCloseTo(25, 9)
  })

  test('refuses a claim that is off by more than a millionth of the cycle', () => {
    expect(() => verifyBandPlan(problem, planOf([0, 25], 25.001, 5))).toThrow('the plan claims 25.001 s outbound but its offsets give 25 s')
  })

  test('refuses an offset that the controller cannot take', () => {
    expect(() => verifyBandPlan(problem, planOf([0, 24.5], 25.5, 5.5))).toThrow('signal S2: offset 24.5 s is not a multiple of 1 s')
    expect(() => verifyBandPlan(problem, planOf([0, 125], 25, 5))).toThrow('signal S2: offset 125 s is not in the cycle')
  })

  test('refuses travel times that no permitted speed drives', () => {
    const slow = { ...planOf([0, 25], 28, 5), travel_times_s: { outbound: [13], inbound: [10] } }
    expect(() => verifyBandPlan(problem, slow)).toThrow('link S1 to S2, outbound: travel time 13 s is outside 10 to 10 s')
  })

  test('refuses a pattern that the signal does not have', () => {
    expect(() => verifyBandPlan(problem, { ...planOf([0, 25]), patterns: ['only', 'lag'] })).toThrow('signal S2 has no pattern lag')
  })

  test('refuses travel times for another number of links', () => {
    expect(() => verifyBandPlan(problem, { ...planOf([0, 25]), travel_times_s: { outbound: [], inbound: [10] } })).toThrow(
      'the plan has 0 outbound travel times for 2 signals',
    )
  })
})
