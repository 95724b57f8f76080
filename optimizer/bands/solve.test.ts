import { describe, expect, test } from 'vitest'
import { bandBound, type BandProblem, type BandSignal, EQUAL_BANDS, FREE_DIVISION, solveBands, type Window } from './index.ts'
import { randomCorridor } from './instances/corridors.ts'

function window(start_s: number, length_s: number, clearance_s = 0): Window[] {
  return [{ start_s, length_s, clearance_s }]
}

function signal(id: string, outbound: Window[], inbound: Window[]): BandSignal {
  return { id, patterns: [{ id: 'only', outbound, inbound }] }
}

/** Signals `time_s` of fixed travel apart at 10 m/s, C = 100 s. */
function corridor(signals: readonly BandSignal[], time_s: number, change: Partial<BandProblem> = {}): BandProblem {
  const travel = { distance_m: 10 * time_s, speed_min_mps: 10, speed_max_mps: 10, speed_target_mps: 10, dwell_min_s: 0, dwell_max_s: 0 }
  const links = signals.slice(1).map(() => ({ outbound: travel, inbound: travel }))
  return { cycle_s: 100, signals, links, directions: 'both', division: EQUAL_BANDS, ...change }
}

/** Lags that no two-way band survives: ψ must step by 40 s a link, these greens force 0, 60, 70. */
const KILLED = corridor([0, 60, 70].map((lag, i) => signal(String(i + 1), window(0, 22), window(lag, 22))), 20)

describe('solveBands', () => {
  test('gives a single signal its whole greens', () => {
    expect(solveBands(corridor([signal('A', window(5, 40, 2), window(50, 30))], 20))).toMatchObject({ outbound_s: 38, inbound_s: 30, offsets_s: [0] })
  })

  test('gives the one-way plan where no two-way band exists, at no value for a ratio', () => {
    const solution = solveBands(KILLED)
    expect(solution.certificate.value_s).toBe(0)
    expect(solution.outbound_s + solution.inbound_s).toBeCloseTo(22, 6)
    expect(solution.serves).not.toBe('both')
    expect(bandBound(KILLED)).toBe(0)
  })

  test('prefers the one-way plan where weights value it more than any two-way band', () => {
    const free = { ...KILLED, division: FREE_DIVISION }
    expect(bandBound(free)).toBeCloseTo(22, 6)
    const heavy = solveBands({ ...KILLED, division: { kind: 'weighted', outbound: 1, inbound: 3 } })
    expect(heavy).toMatchObject({ serves: 'inbound', outbound_s: 0 })
    expect(heavy.certificate).toMatchObject({ proven: true })
    expect(heavy.certificate.value_s).toBeCloseTo(66, 6)
    expect(heavy.band_start_s.outbound).toEqual([])
  })

  test('fills the direction without weight as far as it costs nothing', () => {
    const signals = [signal('A', window(0, 40), window(0, 40)), signal('B', window(0, 40), window(0, 40))]
    const solution = solveBands(corridor(signals, 10, { division: { kind: 'weighted', outbound: 1, inbound: 0 } }))
    expect(solution.outbound_s).toBeCloseTo(40, 6)
    expect(solution.inbound_s).toBeCloseTo(20, 6)
  })

  test('serves nothing where queues fill the only green', () => {
    const jammed = corridor([signal('A', window(0, 20, 25), window(0, 20, 25)), signal('B', window(0, 20), window(0, 20))], 20)
    expect(solveBands(jammed)).toMatchObject({ serves: 'none', outbound_s: 0, inbound_s: 0 })
  })

  test('lets a signal that never turns red limit nothing', () => {
    const open = window(0, 100)
    const signals = [signal('A', window(0, 40), window(0, 40)), signal('B', open, open), signal('C', window(0, 40), window(0, 40))]
    const solution = solveBands(corridor(signals, 25))
    expect([solution.outbound_s, solution.inbound_s]).toEqual([40, 40])
    expect(solution.limited_by.outbound.map((limit) => limit.signal)).not.toContain('B')
    expect(solveBands(corridor([signal('A', open, open), signal('B', open, open)], 25)).outbound_s).toBe(100)
  })

  test('uses a dwell range where the speed is fixed', () => {
    const signals = [signal('A', window(0, 30), window(0, 30)), signal('B', window(0, 30), window(0, 30))]
    const base = corridor(signals, 20)
    const bus = { distance_m: 200, speed_min_mps: 10, speed_max_mps: 10, speed_target_mps: 10, dwell_min_s: 0, dwell_max_s: 40 }
    const solution = solveBands({ ...base, links: [{ outbound: bus, inbound: bus }] })
    expect([solution.outbound_s, solution.inbound_s]).toEqual([30, 30])
    expect(solution.dwells_s.outbound[0] + solution.dwells_s.inbound[0]).toBeCloseTo(60, 6)
    expect(solution.speeds_mps.outbound[0]).toBeCloseTo(10, 9)
  })

  test('skips a pattern without green in one direction', () => {
    const patterns = [
      { id: 'closed', outbound: window(0, 60), inbound: [] },
      { id: 'open', outbound: window(0, 30), inbound: window(10, 30) },
    ]
    const solution = solveBands(corridor([{ id: 'A', patterns }, signal('B', window(0, 30), window(0, 30))], 20))
    expect(solution.patterns[0]).toBe('open')
    expect(solution.serves).toBe('both')
  })

  test('takes a cycle that is no whole number of steps', () => {
    const problem = randomCorridor(5, 2, { cycle_s: 91.5, division: FREE_DIVISION, patterns: 4, speed_share: 0, double_green_share: 0 })
    const solution = solveBands(problem)
    for (const offset of solution.offsets_s) expect(Number.isInteger(offset)).toBe(true)
    expect(solution.certificate.gap_s).toBeLessThan(2)
  })

  test('mixes controllers of whole and of tenth seconds', () => {
    const problem = randomCorridor(5, 7, { cycle_s: 90, division: EQUAL_BANDS, patterns: 2, speed_share: 0, double_green_share: 0 })
    const mixed = { ...problem, signals: problem.signals.map((s, i) => ({ ...s, offset_step_s: i % 2 === 0 ? 1 : 0.1 })) }
    expect(solveBands(mixed).certificate.value_s).toBeGreaterThan(solveBands(problem).certificate.value_s - 1e-6)
  })

  test('names the signals that limit the bands, and centres the band in the greens of the others', () => {
    const signals = [signal('A', window(0, 40), window(0, 40)), signal('B', window(0, 25), window(0, 25)), signal('C', window(0, 40), window(0, 40))]
    const solution = solveBands(corridor(signals, 50))
    expect(solution.outbound_s).toBe(25)
    expect(solution.limited_by.outbound).toEqual([{ signal: 'B', edge: 'both' }])
  })
})
