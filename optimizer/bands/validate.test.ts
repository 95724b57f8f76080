import { expect, test } from 'vitest'
import { type BandProblem, FREE_DIVISION, solveBands } from './index.ts'

const TRAVEL = { distance_m: 300, speed_min_mps: 10, speed_max_mps: 14, speed_target_mps: 12, dwell_min_s: 0, dwell_max_s: 0 }
const GREEN = { start_s: 0, length_s: 30, clearance_s: 0 }

function problem(change: Partial<BandProblem> = {}): BandProblem {
  const signal = (id: string): BandProblem['signals'][number] => ({ id, patterns: [{ id: 'p', outbound: [GREEN], inbound: [GREEN] }] })
  return {
    cycle_s: 90,
    signals: [signal('A'), signal('B')],
    links: [{ outbound: TRAVEL, inbound: TRAVEL }],
    directions: 'both',
    division: FREE_DIVISION,
    ...change,
  }
}

function withWindow(change: Partial<typeof GREEN>): BandProblem {
  const { signals } = problem()
  return problem({ signals: [signals[0], { id: 'B', patterns: [{ id: 'p', outbound: [{ ...GREEN, ...change }], inbound: [GREEN] }] }] })
}

function withTravel(change: Partial<typeof TRAVEL>): BandProblem {
  return problem({ links: [{ outbound: TRAVEL, inbound: { ...TRAVEL, ...change } }] })
}

test.each<[string, BandProblem]>([
  ['cycle_s must be positive, got NaN', problem({ cycle_s: Number.NaN })],
  ['a band needs at least one signal, got none', problem({ signals: [] })],
  ['2 signals need 1 links, got 0', problem({ links: [] })],
  ['signal B, pattern p, outbound: window start_s must be finite, got NaN', withWindow({ start_s: Number.NaN })],
  ['signal B, pattern p, outbound: window length_s must be above 0 and at most the cycle 90, got -3', withWindow({ length_s: -3 })],
  ['window length_s must be above 0 and at most the cycle 90, got 91', withWindow({ length_s: 91 })],
  ['clearance_s must not be negative, got -1', withWindow({ clearance_s: -1 })],
  ['link A to B, inbound: distance_m must not be negative, got -5', withTravel({ distance_m: -5 })],
  ['link A to B, inbound: speeds must satisfy 0 < min <= max, got 15 and 14 m/s', withTravel({ speed_min_mps: 15 })],
  ['link A to B, inbound: speed_target_mps must be positive, got 0', withTravel({ speed_target_mps: 0 })],
  ['link A to B, inbound: dwells must satisfy 0 <= min <= max, got 2 and 0 s', withTravel({ dwell_min_s: 2 })],
  ['link A to B has no inbound travel', problem({ links: [{ outbound: TRAVEL }] })],
  ['signal A has no pattern', problem({ signals: [{ id: 'A', patterns: [] }, problem().signals[1]] })],
  ['signal A has no inbound green window in any pattern', problem({ signals: [{ id: 'A', patterns: [{ id: 'p', outbound: [GREEN], inbound: [] }] }, problem().signals[1]] })],
  ['signal A, pattern p, outbound: windows at 0 s and 20 s overlap; join them', problem({ signals: [{ id: 'A', patterns: [{ id: 'p', outbound: [GREEN, { ...GREEN, start_s: 20 }], inbound: [GREEN] }] }, problem().signals[1]] })],
  ['signal A: current_offset_s must be finite, got Infinity', problem({ signals: [{ ...problem().signals[0], current_offset_s: Number.POSITIVE_INFINITY }, problem().signals[1]] })],
  ['signal A: offset_step_s must lie in 0..90, got -1', problem({ signals: [{ ...problem().signals[0], offset_step_s: -1 }, problem().signals[1]] })],
  ['inbound_per_outbound must be positive, got 0', problem({ division: { kind: 'ratio', inbound_per_outbound: 0 } })],
  ['band weights must not be negative and not both zero, got 0 and 0', problem({ division: { kind: 'weighted', outbound: 0, inbound: 0 } })],
])('a broken problem is refused: %s', (sentence, broken) => {
  expect(() => solveBands(broken)).toThrow(sentence)
})

test('a one-way problem needs neither inbound greens nor inbound travel', () => {
  const oneWay = problem({
    directions: 'outbound',
    signals: [{ id: 'A', patterns: [{ id: 'p', outbound: [GREEN], inbound: [] }] }, problem().signals[1]],
    links: [{ outbound: TRAVEL }],
  })
  const solution = solveBands(oneWay)
  expect(solution).toMatchObject({ outbound_s: 30, inbound_s: 0, serves: 'outbound' })
  expect(solution.travel_times_s.inbound).toEqual([])
})
