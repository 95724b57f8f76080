import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { isolatedDelay } from '../capacity/index.ts'
import { cycleTask, listSplits } from '../corridor/cycle-task.ts'
import { DEFAULT_OPTIONS } from '../corridor/options.ts'
import { PlatoonModel } from '../corridor/profile.ts'
import { streetOf } from '../corridor/street.ts'
import { type Arterial, arterial, type ArterialOptions } from '../testing/arterial.ts'
import { delayFigures, movementFigures, queueProfiles } from './figures.ts'
import { clocksOf, findGrid } from './grid.ts'
import { progressionLosers } from './losers.ts'
import { type Progression, ProgressionModel } from './progression.ts'

const C = 90

function made(options: ArterialOptions = {}): { street: Arterial; model: ProgressionModel; at: (offsets?: readonly number[]) => CompiledSignal[]; run: (offsets?: readonly number[]) => Progression } {
  const street = arterial(options)
  const model = new ProgressionModel(street.graph, street.corridor, street.volumes)
  const at = (offsets?: readonly number[]): CompiledSignal[] => [...street.running.values()].map((pattern, i) => compileSignal(street.graph.getSignal(pattern.signal), { ...pattern, offset_s: offsets?.[i] ?? pattern.offset_s }))
  return { street, model, at, run: (offsets) => model.evaluate(at(offsets)) }
}

const offsets = fc.array(fc.double({ min: 0, max: C, noNaN: true }), { minLength: 4, maxLength: 4 })

describe('ProgressionModel', () => {
  it('gives the same delay as the planner, where offsets are whole seconds', () => {
    const { graph, corridor, running, volumes } = arterial({ one_way: true })
    const street = streetOf(graph, corridor, running, volumes)
    const task = cycleTask(street, listSplits(street, DEFAULT_OPTIONS), C, 0.9)
    const planner = new PlatoonModel(street, C, task.choices)
    const model = new ProgressionModel(graph, corridor, volumes)
    const lag = (metres: number): number => (0.8 * metres) / (14 * 0.95)
    for (const turns of [[0, 0, 0], [20, 41, 63], [45, 45, 45]]) {
      // So that platoons arrive at whole seconds.
      const setting = [320, 250, 480].reduce<number[]>((list, metres, i) => [...list, list.at(-1)! + lag(metres) + turns[i]!], [0])
      const compiled = task.choices.map((own, i) => ({ ...own[0]!.compiled, offset_s: setting[i]! % C }))
      const ours = model.evaluate(compiled)
      const mains = ours.groups.filter(({ main, signal }) => main && signal > 0)
      // d2 behind a signal upstream is scaled there and reckoned anew here.
      const delay = mains.reduce((sum, { passage, served }) => sum + (passage.uniform_s * served.group.volume_vph) / 3600, 0)
      const random = mains.reduce((sum, { passage, served }) => sum + (passage.incremental_s * served.group.volume_vph) / 3600, 0)
      const theirs = planner.evaluate(setting, [0, 0, 0, 0]).through_delay
      expect(Math.abs(delay + random - theirs) / theirs).toBeLessThan(0.03)
    }
  })

  it('gives the uniform and incremental delay of HCM where arrivals are even', () => {
    const { groups } = made({ lefts: 'protected' }).run()
    for (const { served, passage, direction, signal } of groups) {
      if (direction !== undefined || served.group.opposing !== undefined) continue
      expect(passage.uniform_s + passage.incremental_s, `${signal} ${served.group.movements.join()}`).toBeCloseTo(isolatedDelay(C, served.group, served.state), 0)
    }
    expect(groups.some(({ direction }) => direction === undefined)).toBe(true)
  })

  it('does not change when all offsets turn together', () => {
    const { run } = made()
    fc.assert(fc.property(offsets, fc.double({ min: 0, max: C, noNaN: true }), (setting, turn) => {
      const [one, two] = [delayFigures(run(setting)), delayFigures(run(setting.map((offset) => offset + turn)))]
      expect(two.delay_s_per_veh).toBeCloseTo(one.delay_s_per_veh, 6)
      expect(two.arrivals_on_green.inbound).toBeCloseTo(one.arrivals_on_green.inbound, 6)
    }), { numRuns: 15 })
  })

  it('reckons after a change what a fresh model reckons', () => {
    const used = made({ lefts: 'both' })
    const fresh = (setting: readonly number[]): unknown => delayFigures(made({ lefts: 'both' }).run(setting))
    fc.assert(fc.property(offsets, (setting) => { expect(delayFigures(used.run(setting))).toEqual(fresh(setting)) }), { numRuns: 15 })
  })

  it('loses nobody on the way and lets no share leave 0 to 1', () => {
    const { run } = made({ main: 900 })
    fc.assert(fc.property(offsets, (setting) => {
      for (const { passage, served } of run(setting).groups) {
        const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0)
        expect(sum(passage.arrivals)).toBeCloseTo(passage.vehicles, 9)
        // Full groups keep their queue just below capacity.
        expect(sum(passage.departures)).toBeCloseTo(Math.min(passage.vehicles, 0.995 * served.capacity_veh), 9)
        expect(passage.on_green).toBeGreaterThanOrEqual(0)
        expect(passage.on_green).toBeLessThanOrEqual(1 + 1e-9)
        expect(passage.uniform_s).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(passage.stops)).toBe(true)
      }
    }), { numRuns: 15 })
  })

  it('lets a platoon that comes on green pass, and holds one that comes on red', () => {
    const { run } = made({ one_way: true, spacing_m: [420] })
    const delays = Array.from({ length: C }, (_, offset) => delayFigures(run([0, offset])))
    const best = delays.reduce((a, b) => (b.through_delay_s_per_veh < a.through_delay_s_per_veh ? b : a))
    const worst = delays.reduce((a, b) => (b.through_delay_s_per_veh > a.through_delay_s_per_veh ? b : a))
    expect(best.arrivals_on_green.outbound).toBeGreaterThan(worst.arrivals_on_green.outbound)
    expect(best.through_stops_per_veh).toBeLessThan(worst.through_stops_per_veh)
  })

  it('moves smoothly with an offset of fractions of a second', () => {
    const { run } = made()
    const at = (offset: number): number => delayFigures(run([0, offset, 40, 70])).delay_s_per_veh
    for (let offset = 0; offset < C; offset += 7) expect(Math.abs(at(offset + 0.1) - at(offset))).toBeLessThan(0.15)
  })

  it('sends less downstream from a signal that is overfull', () => {
    const { street, model, at } = made({ main: 2600 })
    const groups = model.evaluate(at()).groups
    const through = groups.find(({ signal, served }) => signal === 1 && served.group.movements.includes('S2.Et'))!
    expect(groups[0]!.served.state.saturation).toBeGreaterThan(1)
    expect(through.passage.vehicles).toBeLessThan((street.volumes.get('S2.Et')! / 3600) * C)
  })

  it('takes signals at half the cycle', () => {
    const { clocks, apart } = made({ cycle_s: [90, 90, 45, 90], lefts: 'permissive' }).run()
    expect([clocks.map(({ repeats }) => repeats), apart]).toEqual([[1, 1, 2, 1], []])
    expect(findGrid([90, 97.3])).toBeUndefined()
    const grid = findGrid([87.5, 43.75])!
    expect([grid.steps % 2, grid.step_s * grid.steps]).toEqual([0, 87.5])
  })

  it('follows platoons within rows of signals that have a common cycle, and takes even arrivals between them', () => {
    const { run, street } = made({ cycle_s: [90, 90, 97.3, 97.3] })
    const all = run()
    expect(all.apart).toEqual([{ direction: 'outbound', from: 'S2', to: 'S3' }, { direction: 'inbound', from: 'S3', to: 'S2' }])
    expect(all.clocks.map(({ row }) => row)).toEqual([0, 0, 1, 1])
    fc.assert(fc.property(offsets, fc.double({ min: 0, max: 90, noNaN: true }), (setting, turn) => {
      const [first, rest] = [setting.slice(0, 2), setting.slice(2)]
      const delays = (one: readonly number[]): number[] => run(one).groups.map(({ passage }) => passage.uniform_s)
      // A row turned as a whole against the other changes nobody's delay.
      const [one, two] = [delays(setting), delays([...first.map((offset) => offset + turn), ...rest])]
      for (const [i, delay] of two.entries()) expect(delay).toBeCloseTo(one[i]!, 6)
    }), { numRuns: 8 })
    // One signal turned within its row does.
    expect(delayFigures(run([0, 30, 0, 0])).through_delay_s_per_veh).not.toBeCloseTo(delayFigures(run([0, 0, 0, 0])).through_delay_s_per_veh, 3)
    const figures = delayFigures(all)
    for (const value of [figures.delay_s_per_veh, figures.stops_per_veh, figures.arrivals_on_green.outbound]) expect(value).toBeGreaterThan(0)
    // Behind the gap the first stop line is met as if the street began there.
    const first = all.groups.find(({ served, signal }) => signal === 2 && served.group.movements.includes('S3.Et'))!
    expect(first.passage.uniform_s).toBeCloseTo(first.served.even.uniform_s, 6)
    expect(movementFigures(all)).toHaveLength(street.volumes.size)
  })

  it('sends no more over a gap than the overfull signal before it serves', () => {
    const { street, run } = made({ main: 2600, cycle_s: [90, 97.3, 97.3, 97.3] })
    const second = run().groups.find(({ signal, served }) => signal === 1 && served.group.movements.includes('S2.Et'))!
    expect(second.passage.vehicles).toBeLessThan((street.volumes.get('S2.Et')! / 3600) * 97.3)
  })

  it('gives every signal a clock in which its own cycle is a whole part', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(45, 60, 75, 80, 90, 120), fc.double({ min: 30, max: 700, noNaN: true })), { minLength: 1, maxLength: 8 }), (cycles) => {
      const clocks = clocksOf(cycles)
      expect(clocks).toHaveLength(cycles.length)
      for (const [i, { cycle_s, steps, step_s, repeats, row }] of clocks.entries()) {
        expect([steps % repeats, Math.abs(cycle_s / repeats - cycles[i]!) < 0.01 * cycles[i]!, Math.abs(steps * step_s - cycle_s) < 1e-6]).toEqual([0, true, true])
        const before = clocks[i - 1]
        expect(before === undefined ? row === 0 : row === before.row ? cycle_s === before.cycle_s : row === before.row + 1).toBe(true)
      }
    }))
  })

  it('says who waits longer, and nobody where nothing changed', () => {
    const { model, at, street } = made()
    const before = model.evaluate(at())
    expect(progressionLosers(before, before)).toEqual([])
    const longer = [...street.running.values()].map((pattern) => (pattern.kind === 'rings' && pattern.signal === 'S2' ? { ...pattern, barriers: pattern.barriers.map(({ rings }, b) => ({ rings: rings.map((ring) => ring.map((phase) => ({ ...phase, split_s: phase.split_s + (b === 1 ? -4 : phase.phase === '2' || phase.phase === '6' ? 4 : 0) }))) })) } : pattern))
    const after = model.evaluate(longer.map((pattern) => compileSignal(street.graph.getSignal(pattern.signal), pattern)))
    const losers = progressionLosers(before, after)
    expect(losers.length).toBeGreaterThan(0)
    expect(losers.every(({ signal }) => signal === 'S2' || signal === 'S1' || signal === 'S3')).toBe(true)
    expect(losers.some(({ kind }) => kind === 'side-street')).toBe(true)
  })
})

describe('figures', () => {
  it('lists every movement once, with queues between their edges', () => {
    const { run, street } = made()
    const progression = run()
    const rows = movementFigures(progression)
    expect(new Set(rows.map(({ movement }) => movement)).size).toBe(rows.length)
    expect(rows.length).toBe([...street.volumes].length)
    const profiles = queueProfiles(progression)
    expect(profiles.length).toBe(8)
    for (const { front_m, back_m } of profiles) {
      front_m.forEach((front, t) => expect(back_m[t]).toBeGreaterThanOrEqual(front))
      expect(Math.min(...back_m)).toBe(0)
    }
    expect(Math.max(...profiles[0]!.back_m)).toBeGreaterThan(10)
  })
})
