import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import type { Timing } from '../../model/scenario.ts'
import type { SignalAudit } from '../../model/traffic-state.ts'
import { countedStreet } from '../../test/counted-street.ts'
import { Measurement } from '../measurement.ts'
import type { RunSource } from '../movements/measure.ts'
import { FirstKnown } from '../signals/first-known.ts'
import { PlanClock } from '../signals/plan-clock.ts'
import { auditSignals, type AuditResult } from './index.ts'
import { coherenceAt, logChance, spectrumOf } from './periodogram.ts'
import { discharge, fixedCycles, randomOf, type DischargeOptions } from './testing/discharge.ts'

const DAY_S = 86_400
const MIDNIGHT = 978_307_200
const local = new LocalTime('UTC')
const noTiming: Timing = { format: 'greenwave.timing/1', plans: [], schedule: [] }
const street = countedStreet(['s'])
const through = (graph = street): number[] => graph.network.movements.flatMap(({ signal, turn }, m) => (signal !== undefined && turn === 'through' ? [m] : []))
const around = (difference: number, cycle: number): number => ((difference % cycle) + 1.5 * cycle) % cycle - cycle / 2
const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

interface Scene {
  seed?: number
  cycle_s?: number
  offset_s?: number
  days?: number
  hours?: [number, number]
  clockAt?: (day: number) => number
  cycles_s?: number[]
  options?: Partial<DischargeOptions>
  volume_vph?: number
}

/** Both streets of one signal: the main one green from 0, the side street from half of the cycle, each for 35 % of it. */
function scene({ seed = 1, cycle_s = 90, offset_s = 0, days = 1, hours = [7, 9], clockAt = () => 0, cycles_s, options = {}, volume_vph = 500 }: Scene): RunSource {
  const [from_s, until_s] = [MIDNIGHT + hours[0] * 3600, MIDNIGHT + (days - 1) * DAY_S + hours[1] * 3600]
  const source = discharge({
    seed, from_s, until_s, penetration: 0.1, interval_s: 3, cycles_s: cycles_s ?? fixedCycles(cycle_s, offset_s, from_s, until_s, (time_s) => clockAt((time_s - MIDNIGHT) / DAY_S)),
    movements: through().map((movement, k) => ({ movement, green_from_s: k % 2 === 0 ? 0 : cycle_s / 2, green_s: 0.35 * cycle_s, volume_vph })), ...options,
  })
  const seen = (time_s: number): boolean => (time_s % DAY_S) / 3600 >= hours[0] && (time_s % DAY_S) / 3600 < hours[1]
  return { listMovements: () => source.listMovements(), listRuns: (movement) => source.listRuns(movement).filter(({ crossing_s }) => seen(crossing_s)) }
}

const audit = (source: RunSource): AuditResult => auditSignals(street, source, { timing: noTiming, local })

/** One movement of 550 vehicles an hour for two hours, at sixty signals of different cycles. */
function sixty(penetration: number, interval_s: number): { exact: number; error_s: number[]; covered: number } {
  const result = { exact: 0, error_s: [] as number[], covered: 0 }
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomOf(seed)
    const cycle_s = 60 + Math.floor(91 * random())
    const offset_s = cycle_s * random()
    const [row] = audit(scene({ seed, cycle_s, offset_s, options: { penetration, interval_s, movements: [{ movement: through()[0]!, green_from_s: 0, green_s: 0.35 * cycle_s, volume_vph: 550 }] } })).signals
    if (row?.cycle_s !== cycle_s || row.green_start_s === null) continue
    const error = around(row.green_start_s - offset_s, cycle_s)
    result.exact++
    result.error_s.push(error)
    if (Math.abs(error) <= row.green_start_error_s!) result.covered++
  }
  return result
}

describe('cycle and green from starts of queues', () => {
  it.each([[3, 0.03, 59, 0.8], [3, 0.05, 59, 0.6], [3, 0.1, 60, 0.5], [10, 0.03, 59, 1.5], [10, 0.05, 59, 1.2], [10, 0.1, 60, 1]])('a fix every %d s of a share of %d of the vehicles, two hours: at least %d of 60 cycles exact, green start within %d s', (interval_s, penetration, exact, most) => {
    const found = sixty(penetration, interval_s)
    expect(found.exact).toBeGreaterThanOrEqual(exact)
    expect(rms(found.error_s)).toBeLessThan(most)
    expect(found.covered / found.exact).toBeGreaterThan(0.85)
  })

  it('the length of green comes from who still passed and who had to stop', () => {
    const errors = [1, 2, 3, 4, 5].flatMap((seed) => audit(scene({ seed, hours: [7, 19] })).signals.map(({ green_s }) => green_s! - 0.35 * 90))
    expect(errors).toHaveLength(20)
    expect(rms(errors)).toBeLessThan(1.5)
  })

  it('a later start of the whole cycle moves every green by as much, and nothing else', () => {
    const [before, after] = [0, 17].map((offset_s) => audit(scene({ offset_s, options: { from_s: MIDNIGHT + 25_200 + offset_s, until_s: MIDNIGHT + 32_400 + offset_s } })).signals)
    before!.forEach((row, k) => expect(around(after![k]!.green_start_s! - row.green_start_s! - 17, 90)).toBeCloseTo(0, 0))
    expect(after!.map(({ cycle_s }) => cycle_s)).toEqual(before!.map(({ cycle_s }) => cycle_s))
  })

  it('gives the same answer whatever the order of movements', () => {
    const source = scene({})
    const turned: RunSource = { ...source, listMovements: () => source.listMovements().toReversed() }
    const byMovement = (rows: readonly SignalAudit[]): SignalAudit[] => [...rows].sort((a, b) => (a.movement < b.movement ? -1 : 1))
    expect(byMovement(audit(turned).signals)).toEqual(byMovement(audit(source).signals))
  })

  it('few starts give no figure', () => {
    for (const row of audit(scene({ hours: [7, 7.3], options: { penetration: 0.03 } })).signals) expect(row).toMatchObject({ cycle_s: null, green_start_s: null, green_s: null, verdict: 'unknown' })
  })

  it('nothing observed is no row', () => {
    expect(audit({ listMovements: () => [], listRuns: () => [] }).signals).toEqual([])
  })
})

describe('signals without a fixed cycle', () => {
  /** Cycles between 75 and 125 % of the mean, as vehicles call them. */
  const called = (seed: number, from_s: number, until_s: number): number[] => {
    const random = randomOf(seed)
    const cycles: number[] = []
    for (let t = from_s - 200; t < until_s + 300; t += 95 * (0.75 + 0.5 * random())) cycles.push(t)
    return cycles
  }

  it('of forty actuated signals none is given a cycle, in an hour as in a day', () => {
    const rows = Array.from({ length: 40 }, (_, seed) => audit(scene({ seed, hours: [7, seed < 10 ? 21 : 8], cycle_s: 95, cycles_s: called(seed, MIDNIGHT + 25_200, MIDNIGHT + 75_600) })).signals).flat()
    expect(rows.length).toBeGreaterThan(150)
    expect(rows.filter(({ cycle_s }) => cycle_s !== null)).toEqual([])
    expect(rows.filter(({ verdict }) => verdict === 'actuated').length).toBeGreaterThan(80)
  })

  it('times at random keep to some cycle of the band by chance as seldom as is said', () => {
    let [seldom, rounds] = [0, 400]
    for (let round = 0; round < rounds; round++) {
      const random = randomOf(round + 1000)
      if (logChance([Array.from({ length: 13 }, () => 3600 * random())], 40 + 160 * random()) < Math.log(0.05)) seldom++
    }
    expect(seldom / rounds).toBeLessThan(0.08)
    expect(seldom / rounds).toBeGreaterThan(0.02)
  })
})

describe('clocks and plans that change', () => {
  const verdicts = (rows: readonly SignalAudit[]): string[] => [...new Set(rows.map(({ verdict }) => verdict))]

  it.each([0.5, -3])('a clock that drifts by %d s a day is found with its rate', (rate) => {
    const { signals } = audit(scene({ days: 10, hours: [7, 12], clockAt: (day) => rate * day, options: { penetration: 0.04 } }))
    expect(verdicts(signals)).toEqual(['drifting'])
    for (const { drift_s_per_day } of signals) expect(Math.abs(drift_s_per_day! - rate)).toBeLessThan(0.1)
  })

  it('a clock set by 2 s is found within four hours, with the hour', () => {
    const { signals } = audit(scene({ days: 2, hours: [6, 22], clockAt: (day) => (day >= 1.75 ? 2 : 0), options: { penetration: 0.05 } }))
    expect(verdicts(signals)).toEqual(['plan-changed'])
    for (const { sentence } of signals) expect(sentence).toMatch(/green came [12]\.\d s later from 2001-01-02 (17|18|19):/)
  })

  it('twenty days of a signal that keeps its plan raise no alarm', () => {
    const rows = [1, 2, 3, 4].flatMap((seed) => audit(scene({ seed, days: 5, hours: [6, 20], options: { penetration: 0.04 } })).signals)
    expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => 'fixed'))
    for (const { drift_s_per_day } of rows) expect(Math.abs(drift_s_per_day!)).toBeLessThan(0.2)
  })

  it('cycles by hours of the day are told apart without a schedule', () => {
    const cycles: number[] = []
    for (let day = 0; day < 3; day++) {
      for (let t = 5 * 3600; t < 23 * 3600;) {
        cycles.push(MIDNIGHT + day * DAY_S + t)
        t += t > 7 * 3600 && t < 10 * 3600 ? 120 : 90
      }
    }
    const { signals } = audit(scene({ days: 3, hours: [6, 22], cycles_s: cycles, options: { penetration: 0.06 } }))
    for (const row of signals) {
      expect(row).toMatchObject({ cycle_s: 90, verdict: 'plan-changed' })
      expect(row.sentence).toContain('120 s from 07:00, 90 s from 10:00')
    }
  })

  it('cycles that run on over midnight are no drift', () => {
    const cycles: number[] = []
    for (let t = MIDNIGHT; t < MIDNIGHT + 6 * DAY_S; t += 77) cycles.push(t)
    for (const row of audit(scene({ days: 5, hours: [7, 14], cycle_s: 77, cycles_s: cycles })).signals) {
      expect(row).toMatchObject({ cycle_s: 77, verdict: 'fixed' })
      expect(Math.abs(row.drift_s_per_day!)).toBeLessThan(0.2)
    }
  })
})

describe('against the plan', () => {
  const green = (signal: string, offset_s: number): Timing['plans'][number]['patterns'][number] => ({
    kind: 'stages', signal, cycle_s: 90, offset_s, offset_reference: 'begin_of_green', coordinated: ['main'],
    stages: [{ id: 'a', green: ['main'], duration_s: 45 }, { id: 'b', green: ['side'], duration_s: 45 }],
  }) as Timing['plans'][number]['patterns'][number]

  /** Six signals in a row; the fourth runs 4 s late; drivers respond after 1.8 s. */
  it('a signal that is late is named, and the response of drivers is learned from the others', () => {
    const graph = countedStreet(['s', 's', 's', 's', 's', 's'])
    const timing: Timing = { ...noTiming, plans: [{ id: 'p', patterns: graph.network.signals.map(({ id }, k) => green(id, 10 * k)) }] }
    const planned = new PlanClock(graph.network, timing, local)
    const own = through(graph)
    const sources = new Map(own.map((movement) => {
      const k = graph.network.signals.findIndex(({ id }) => id === graph.network.movements[movement]!.signal)
      const start = planned.find(movement, MIDNIGHT + 30_000)!
      const [from_s, until_s] = [MIDNIGHT + 25_200, MIDNIGHT + 32_400]
      const cycles_s = fixedCycles(90, ((start.start_s - MIDNIGHT) % 90) + (k === 3 ? 4 : 0), from_s, until_s)
      return [movement, discharge({ seed: 5, from_s, until_s, penetration: 0.1, interval_s: 3, cycles_s, motion_s: 1.8, movements: [{ movement, green_from_s: 0, green_s: start.end_s - start.start_s, volume_vph: 500 }] })]
    }))
    const source: RunSource = { listMovements: () => own, listRuns: (movement) => sources.get(movement)!.listRuns(movement) }
    const { signals, response } = auditSignals(graph, source, { timing, local, planned })
    expect(response.motion_s.signals).toBe(6)
    expect(Math.abs(response.motion_s.value - 1.8)).toBeLessThan(0.4)
    const late = signals.filter(({ signal }) => signal === graph.network.signals[3]!.id)
    expect(late).toHaveLength(4)
    for (const row of late) {
      expect(Math.abs(row.planned!.difference_s! - 4)).toBeLessThan(0.8)
      expect(row.sentence).toContain('s later than planned')
    }
    for (const row of signals) if (!late.includes(row)) expect(Math.abs(row.planned!.difference_s!)).toBeLessThan(0.9)
  })

  it('without any plan, arrivals on green are told by the greens that the audit found', () => {
    const measurement = new Measurement({ graph: street, timing: noTiming, local, scenario: 'street', periods: [] })
    const source = scene({ hours: [7, 12] })
    for (const movement of source.listMovements()) for (const run of source.listRuns(movement)) measurement.store.push(run)
    const { state } = measurement.finish()
    expect(state.signals.map(({ verdict }) => verdict)).toEqual(['fixed', 'fixed', 'fixed', 'fixed'])
    expect(state.movements).toHaveLength(4)
    // Random arrivals: green of 31.5 s and 3 s after it, of 90 s.
    for (const { arrival_on_green: { value } } of state.movements) expect(Math.abs(value! - 34.5 / 90)).toBeLessThan(0.08)
  })

  it('the clock of the audit answers where the plan cannot, and not before', () => {
    const { clock } = audit(scene({ offset_s: 20, hours: [7, 12] }))
    const first = new FirstKnown([{ find: () => undefined, cycle: () => 60 }, clock])
    fc.assert(fc.property(fc.double({ min: MIDNIGHT + 25_200, max: MIDNIGHT + 43_000, noNaN: true }), (time_s) => {
      const found = first.find(through()[0]!, time_s)!
      expect(found.start_s <= time_s && time_s < found.next_s && found.end_s < found.next_s).toBe(true)
      expect(Math.abs(around(found.start_s - MIDNIGHT - 20, 90))).toBeLessThan(1)
      expect(first.cycle(through()[0]!, time_s)).toBe(90)
    }), { numRuns: 50 })
    expect(clock.find(9999, MIDNIGHT)).toBeUndefined()
    expect(first.cycle(9999, MIDNIGHT)).toBe(60)
    const plan = { find: () => ({ start_s: 1, end_s: 2, next_s: 3 }), cycle: () => 2 }
    expect(new FirstKnown([plan, clock]).find(through()[0]!, MIDNIGHT + 30_000)).toEqual({ start_s: 1, end_s: 2, next_s: 3 })
  })
})

describe('the periodogram', () => {
  it('by turning phasors is what sines and cosines give', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 7200, noNaN: true }), { minLength: 2, maxLength: 30 }), fc.integer({ min: 0, max: 1400 }), (times, k) => {
      const { first_hz, step_hz, coherence } = spectrumOf([times], 7200)
      expect(coherence[k]).toBeCloseTo(coherenceAt([times], 1 / (first_hz + k * step_hz)), 6)
    }))
  })
})
