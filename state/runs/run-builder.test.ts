import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MatchedFix } from '../matching/matched-fix.ts'
import { LinkSpeeds } from './link-speeds.ts'
import { RunBuilder, type RunBuilderOptions, type RunCounts } from './run-builder.ts'
import type { Run } from './run.ts'
import { drive, LINE_A, LINE_B, madeUpStreet, SPEED } from './testing.ts'

const graph = madeUpStreet()

function build(fixes: readonly MatchedFix[], options: RunBuilderOptions = {}): { runs: Run[]; counts: RunCounts } {
  const runs: Run[] = []
  const builder = new RunBuilder(graph, { noise_m: 1, ...options }, (run) => runs.push(run))
  for (const fix of fixes) builder.push(fix)
  builder.end()
  return { runs, counts: builder.counts }
}

/** Gaussian by Box and Muller, from a counter. */
function noisy(fixes: MatchedFix[], sigma: number, seed: number): MatchedFix[] {
  let state = seed
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return fixes.map((fix) => ({ ...fix, position_m: Math.max(0, fix.position_m + sigma * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())) }))
}

describe('runs of a drive without a halt', () => {
  const { runs } = build(drive('a', 1000, []))

  it('cross every signal once, at the very second, and pass the node with one way on', () => {
    expect(runs.map(({ movement }) => movement)).toEqual([0, 2])
    expect(runs[0]!.crossing_s).toBeCloseTo(1000 + LINE_A / SPEED, 9)
    expect(runs[1]!.crossing_s).toBeCloseTo(1000 + LINE_B / SPEED, 9)
  })

  it('have no delay, no stop, and arrive when they cross', () => {
    for (const run of runs) {
      expect(run.control_delay_s).toBeCloseTo(0, 9)
      expect(run).toMatchObject({ stops: [], departure_s: undefined, blocked: false, whole: true, running_mps: SPEED })
      expect(run.arrival_s).toBe(run.crossing_s)
    }
  })

  it('see the frame of the second line from 40 m beyond the first', () => {
    expect(runs[1]!.start_m).toBeCloseTo(-(LINE_B - LINE_A - 40), 9)
    expect(runs[1]!.in_s).toBeCloseTo(runs[0]!.out_s, 9)
  })
})

describe('runs with a halt', () => {
  it('have the halt as delay and as stop, and would have arrived without it', () => {
    const { runs } = build(drive('a', 0, [{ at_m: LINE_A - 25, for_s: 42 }]))
    const [first, second] = runs
    expect(first!.control_delay_s).toBeCloseTo(42, 0)
    expect(first!.stops).toHaveLength(1)
    expect(first!.stops[0]!.s_m).toBeCloseTo(-25, 0)
    expect(Math.abs(first!.stops[0]!.duration_s - 42)).toBeLessThan(1.5)
    expect(Math.abs(first!.departure_s! - (37.5 + 42))).toBeLessThan(1.5)
    expect(Math.abs(first!.arrival_s - LINE_A / SPEED)).toBeLessThan(0.5)
    expect(second!.control_delay_s).toBeCloseTo(0, 0)
  })

  it('take two halts near each other and soon after as one, far ones as two', () => {
    const near = build(drive('a', 0, [{ at_m: 370, for_s: 20 }, { at_m: 380, for_s: 20 }])).runs[0]!
    const far = build(drive('a', 0, [{ at_m: 300, for_s: 20 }, { at_m: 380, for_s: 20 }])).runs[0]!
    expect(near.stops).toHaveLength(1)
    expect(far.stops).toHaveLength(2)
  })

  it('find the delay from fixes every 3, 10 and 30 s, with speeds and without', () => {
    for (const interval_s of [3, 10, 30]) {
      for (const speeds of [true, false]) {
        const { runs } = build(drive('a', 0, [{ at_m: LINE_B - 12, for_s: 65 }], { interval_s, speeds }))
        const run = runs.find(({ movement }) => movement === 2)!
        expect(Math.abs(run.control_delay_s - 65), `${interval_s} ${speeds}`).toBeLessThan(interval_s === 30 ? 13 : 3)
        expect(run.stops).toHaveLength(1)
        expect(Math.abs(run.crossing_s - (LINE_B / SPEED + 65)), `${interval_s} ${speeds}`).toBeLessThan(4)
      }
    }
  })

  it('cross after the halt, wherever noise puts those who stand first in the queue', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { runs } = build(noisy(drive(`v${seed}`, 0, [{ at_m: LINE_B - 2, for_s: 40 }], { interval_s: 3 }), 5, seed), { noise_m: 5 })
      const run = runs.find(({ movement }) => movement === 2)!
      expect(run.crossing_s).toBeGreaterThan(LINE_B / SPEED + 38)
      expect(run.stops[0]!.s_m).toBeLessThan(0)
    }
  })

  it('are blocked where it stands beyond the line, and not where it stands before it', () => {
    expect(build(drive('a', 0, [{ at_m: LINE_A + 30, for_s: 12 }])).runs[0]!.blocked).toBe(true)
    expect(build(drive('a', 0, [{ at_m: LINE_A - 30, for_s: 12 }])).runs[0]!.blocked).toBe(false)
    expect(build(drive('a', 0, [{ at_m: LINE_A + 120, for_s: 12 }])).runs[0]!.blocked).toBe(false)
  })
})

describe('what was seen too little of', () => {
  it('does not count for delay: a vehicle first seen standing in the queue', () => {
    const fixes = drive('a', 0, [{ at_m: 380, for_s: 60 }]).filter(({ time_s }) => time_s > 60).map((fix, i) => (i === 0 ? { ...fix, first: true, route: [] } : fix))
    expect(build(fixes).runs.map(({ whole }) => whole)).toEqual([false, true])
  })

  it('counts where it drove freely when first seen, well before the line', () => {
    expect(build(drive('a', 0, [], { from_m: 250 })).runs[0]!.whole).toBe(true)
    expect(build(drive('a', 0, [], { from_m: 350 })).runs[0]!.whole).toBe(false)
  })

  it('gives no run where the trip ends within 40 m of the line', () => {
    const { runs, counts } = build(drive('a', 0, [], { to_m: LINE_A + 25 }))
    expect(runs).toEqual([])
    expect(counts.unfinished).toBe(1)
  })

  it('gives speeds but no run where the way is ambiguous', () => {
    const speeds = new LinkSpeeds(5)
    const { runs, counts } = build(drive('a', 0, [], { posterior: 0.6 }), { speeds })
    expect(runs).toEqual([])
    expect(counts.withheld).toBe(2)
    expect(speeds.speed(1).value).toBeCloseTo(SPEED, 6)
  })

  it('is counted: fixes out of order, ways that the network does not have', () => {
    const fixes = drive('a', 0, [])
    expect(build([fixes[0]!, fixes[2]!, fixes[1]!, fixes[2]!]).counts.out_of_order).toBe(2)
    expect(build([fixes[0]!, { ...fixes[5]!, link: 3, route: [3] }]).counts.broken).toBe(1)
  })

  it('is not joined over a silence of more than three minutes', () => {
    const fixes = drive('a', 0, [{ at_m: 300, for_s: 400 }]).filter(({ time_s }) => time_s < 35 || time_s > 420)
    expect(build(fixes).runs[0]!.whole).toBe(false)
  })
})

describe('the builder', () => {
  it('gives the same runs in whatever order the vehicles come, and however files are split', () => {
    fc.assert(fc.property(fc.array(fc.record({ at_m: fc.integer({ min: 50, max: 1000 }), for_s: fc.integer({ min: 1, max: 90 }), start: fc.integer({ min: 0, max: 300 }) }), { minLength: 2, maxLength: 6 }), (halts) => {
      const vehicles = halts.map(({ at_m, for_s, start }, i) => drive(`v${i}`, start, [{ at_m, for_s }], { interval_s: 1 + (i % 4) }))
      const sorted = (runs: Run[]): Run[] => runs.sort((a, b) => a.crossing_s - b.crossing_s || (a.vehicle < b.vehicle ? -1 : 1))
      const byVehicle = sorted(build(vehicles.flat()).runs)
      const byTime = sorted(build(vehicles.flat().sort((a, b) => a.time_s - b.time_s)).runs)
      const reversed = sorted(build([...vehicles].reverse().flat()).runs)
      expect(byTime).toEqual(byVehicle)
      expect(reversed).toEqual(byVehicle)
    }), { numRuns: 30 })
  })

  it('never says a crossing before the arrival, nor a time out of order', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1, 3, 10, 30), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 100, max: 839 }), fc.integer({ min: 0, max: 120 }), (seed, interval_s, sigma, at_m, for_s) => {
      for (const run of build(noisy(drive('a', 0, [{ at_m, for_s }], { interval_s, speeds: seed % 2 === 0 }), sigma, seed), { noise_m: Math.max(1, sigma) }).runs) {
        expect(run.in_s).toBeLessThanOrEqual(run.crossing_s)
        expect(run.crossing_s).toBeLessThanOrEqual(run.out_s)
        expect(run.arrival_s).toBeLessThanOrEqual(run.crossing_s)
        expect(run.control_delay_s).toBeGreaterThanOrEqual(-3)
        for (const stop of run.stops) expect(stop.s_m).toBeLessThan(0)
      }
    }), { numRuns: 300 })
  })

  it('follows no more vehicles than it may, ending the one not heard of longest', () => {
    const runs: Run[] = []
    const builder = new RunBuilder(graph, { most_vehicles: 1 }, (run) => runs.push(run))
    const [a, b] = [drive('a', 0, []), drive('b', 0, [])]
    for (let i = 0; i < 60; i++) for (const fix of [a[i]!, b[i]!]) builder.push(fix)
    builder.end()
    expect(runs.filter(({ whole }) => whole)).toEqual([])
  })
})

describe('speeds of links', () => {
  it('are total way over total time, so the harmonic mean of passages', () => {
    const speeds = new LinkSpeeds(5)
    build([...drive('a', 0, []), ...drive('b', 0, [{ at_m: 500, for_s: 22 }])], { speeds })
    // 220 m of link and junction, twice; once with 22 s of halt.
    expect(speeds.speed(1).value).toBeCloseTo(440 / (44 + 22), 6)
    expect(speeds.passages(1)).toBe(2)
    expect(speeds.speed(4).value).toBeNull()
  })
})
