import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkChange } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { Pattern } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { ProgressionModel } from '../progression/index.ts'
import { laneGroupState } from '../capacity/index.ts'
import { type ArterialOptions, arterial } from '../testing/arterial.ts'
import { checkOffsets, solveOffsets } from '../tables/index.ts'
import { areaClocks, areasAsTheyRun } from './clocks.ts'
import { NETWORK_DISPERSION, networkLayout } from './links.ts'
import { NetworkModel, planAlone, planNetwork, ratePatterns, type NetworkState } from './index.ts'
import { proveNetwork } from './certificate.ts'
import { areaTables, settleOffsets, withOffsets } from './offsets.ts'
import { partitionOf } from './partition.ts'

const C = 90

const made = (options: ArterialOptions = {}) => {
  const street = arterial({ lefts: 'protected', ...options })
  const ids = street.corridor.corridor.intersections
  const model = new NetworkModel(street.graph, ids, street.volumes, 12)
  const at = (offsets?: readonly number[]): CompiledSignal[] => ids.map((id, i) => {
    const pattern = street.running.get(id)!
    return compileSignal(street.graph.getSignal(id), { ...pattern, offset_s: offsets?.[i] ?? pattern.offset_s })
  })
  const together = ids.map(() => 0)
  return { street, ids, model, at, together }
}

const offsets = fc.array(fc.integer({ min: 0, max: C - 1 }), { minLength: 4, maxLength: 4 })
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0)

describe('NetworkModel', () => {
  it('says of a plain corridor what the progression model says, at real offsets and at half cycles', () => {
    for (const cycle_s of [90, [90, 90, 90, 90]] as const) {
      const { street, model, at, together } = made({ cycle_s })
      const corridor = new ProgressionModel(street.graph, street.corridor, street.volumes)
      for (const setting of [[0, 0, 0, 0], [3, 40, 71, 12], [10.5, 22.25, 80, 44]]) {
        const ours = model.evaluate(at(setting), together)
        expect(ours.settled).toBe(true)
        for (const { signal, served, passage } of corridor.evaluate(at(setting)).groups) {
          const own = ours.passages[signal]![ours.served[signal]!.findIndex(({ group }) => group.movements.join() === served.group.movements.join())]!
          expect(own.uniform_s).toBeCloseTo(passage.uniform_s, 3)
          expect(own.incremental_s).toBeCloseTo(passage.incremental_s, 3)
          expect(own.stops).toBeCloseTo(passage.stops, 3)
        }
      }
    }
  })

  it('has the mean of a platoon take the mean time of its way, and its head a little less', () => {
    const { street, ids } = made({})
    const { approaches } = networkLayout(street.graph, ids, street.volumes, NETWORK_DISPERSION)
    const streams = approaches.flatMap(({ link, streams: own }) => own.map((stream) => ({ ...stream, mean_s: stream.distance_m / (0.9 * street.graph.getLink(link).speed_mps) })))
    expect(streams.length).toBeGreaterThan(0)
    for (const { lag_s, spread_s, mean_s } of streams) {
      expect(lag_s + spread_s).toBeCloseTo(mean_s, 6)
      expect(lag_s).toBeLessThan(mean_s)
    }
  })

  it('lets out who comes in, or as many as can pass', () => {
    const { model, at, together } = made({ main: 1500 })
    fc.assert(fc.property(offsets, (setting) => {
      const state = model.evaluate(at(setting), together)
      state.passages.forEach((own, i) => own.forEach((passage, g) => {
        expect(sum(passage.departures)).toBeCloseTo(Math.min(passage.vehicles, 0.995 * state.served[i]![g]!.capacity_veh), 4)
      }))
    }), { numRuns: 10 })
  })

  it('does not change when all offsets turn together, and finds from a known state what it finds anew', () => {
    const { model, at, together } = made()
    fc.assert(fc.property(offsets, offsets, fc.integer({ min: 1, max: C - 1 }), (setting, other, turn) => {
      const cost = model.evaluate(at(setting), together).cost
      expect(model.evaluate(at(setting.map((offset) => (offset + turn) % C)), together).cost).toBeCloseTo(cost, 4)
      expect(model.evaluate(at(setting), together, model.evaluate(at(other), together)).cost).toBeCloseTo(cost, 4)
    }), { numRuns: 10 })
  })

  it('spreads arrivals evenly between signals that keep different time', () => {
    const { model, at } = made()
    const apart = model.evaluate(at(), [0, 1, 2, 3])
    expect(model.evaluate(at([5, 50, 60, 70]), [0, 1, 2, 3]).cost).toBeCloseTo(apart.cost, 6)
    for (const approach of model.layout.approaches) {
      for (const g of approach.groups) {
        const { arrivals } = apart.passages[approach.signal]![g]!
        expect(Math.max(...arrivals) - Math.min(...arrivals)).toBeLessThan(1e-6)
      }
    }
  })

  it('refuses signals without timing, named twice, and none at all', () => {
    const { street, ids, model, at } = made()
    expect(() => model.evaluate(at().slice(1), [0, 0, 0, 0])).toThrow('signal S1 of the network has no timing')
    expect(() => new NetworkModel(street.graph, [ids[0]!, ids[0]!], street.volumes, 12)).toThrow('signal S1 is named twice')
    expect(() => new NetworkModel(street.graph, [], street.volumes, 12)).toThrow('no signal to coordinate')
  })
})

describe('street tables', () => {
  it('hold for a pair of signals exactly what the model says at every offset', () => {
    const { model, at, together } = made({ spacing_m: [320], one_way: true })
    const state = model.evaluate(at([0, 0]), together)
    const { tables } = areaTables(model, state, 0)
    const costs = Array.from({ length: C }, (_, phi) => model.evaluate(at([0, phi]), together).cost)
    const table = Array.from({ length: C }, (_, phi) => tables.edges.reduce((all, { from, to, cost }) => all + cost[modulo((to - from) * phi, C)]!, 0))
    const rest = costs[0]! - table[0]!
    costs.forEach((cost, phi) => { expect(table[phi]! + rest).toBeCloseTo(cost, 4) })
  })

  it('are solved to the optimum on a one-way street: it has no loop', () => {
    const { model, at, together } = made({ one_way: true })
    const { tables } = areaTables(model, model.evaluate(at(), together), 0)
    const { value, bound, proven } = solveOffsets(tables)
    expect([proven, checkOffsets(tables, solveOffsets(tables)).bound]).toEqual([true, bound])
    expect(value).toBeCloseTo(tables.edges.reduce((all, { cost }) => all + Math.min(...cost), 0), 6)
    const state = model.evaluate(at(), together)
    const { value: own, bound: least } = proveNetwork({ areas: [areaTables(model, state, 0)], borders: [] }, state.compiled.map(({ offset_s }) => offset_s), { rounds: 4 })
    expect(own).toBeGreaterThan(least)
  })

  it('end never worse than they began, in the full model', () => {
    const { model, at, together } = made()
    fc.assert(fc.property(offsets, (setting) => {
      const start = model.evaluate(at(setting), together)
      const end = settleOffsets(model, start, 0, { rounds: 3, stride: 3, sweeps: 1 })
      expect(end.cost).toBeLessThanOrEqual(start.cost)
      expect(model.evaluate(end.compiled, together).cost).toBeCloseTo(end.cost, 4)
    }), { numRuns: 3 })
  })

  it('leave a lone signal where it is', () => {
    const { model, at } = made()
    const state: NetworkState = model.evaluate(at(), [0, 1, 2, 3])
    expect(settleOffsets(model, state, 0, { rounds: 2, stride: 1, sweeps: 1 })).toBe(state)
    expect(withOffsets(model, state, [0], [7]).cost).toBeCloseTo(state.cost, 6)
  })
})

describe('areas', () => {
  it('as they run hold a cycle with its half and double, and leave the free alone', () => {
    expect(areasAsTheyRun([110, 55, 110, 80, 40, 97], [false, false, false, false, false, true])).toEqual([0, 0, 0, 1, 1, -1])
  })

  it('have one clock each, and refuse cycles without a common multiple', () => {
    expect(areaClocks([110, 55, 80], [0, 0, -1]).map(({ cycle_s, repeats }) => [cycle_s, repeats])).toEqual([[110, 1], [110, 2], [80, 1]])
    expect(() => areaClocks([97, 101], [0, 0])).toThrow('no common multiple')
  })

  it('part where another cycle saves more than the border loses, and only there', () => {
    const alone = [[10, 10, 10, 10], [14, 14, 4, 4]]
    const gains = (middle: number) => [0, 1].map(() => [{ from: 0, to: 1, gain: 6 }, { from: 1, to: 2, gain: middle }, { from: 2, to: 3, gain: 6 }])
    expect(partitionOf({ cycles_s: [60, 90], alone, gains: gains(1) }).labels).toEqual([0, 0, 1, 1])
    expect(new Set(partitionOf({ cycles_s: [60, 90], alone, gains: gains(30) }).labels).size).toBe(1)
  })
})

describe('planNetwork', () => {
  it('plans all signals, never worse than the street, in whole seconds, the same each time', () => {
    const { street } = made({ cycle_s: [90, 90, 100, 75] })
    const input = { graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: 84, cycle_max_s: 90 } }
    const result = planNetwork(input)
    expect(result.after.cost).toBeLessThanOrEqual(result.before.cost)
    expect(result.patterns.map(({ signal }) => signal)).toEqual([...street.running.keys()])
    for (const { offset_s, cycle_s } of result.patterns) expect([Number.isInteger(offset_s), offset_s < cycle_s]).toEqual([true, true])
    expect(result.certificate.bound).toBeLessThanOrEqual(result.certificate.value)
    expect(result.areas.flatMap(({ signals }) => signals).sort()).toEqual([...street.running.keys()].sort())
    expect(JSON.stringify(planNetwork(input).patterns)).toBe(JSON.stringify(result.patterns))
  })

  it('finds in a wide range of cycles what it finds in narrow ones, in light traffic', () => {
    const { street } = made({ main: 250 })
    const cost = (cycle_min_s: number, cycle_max_s: number): number => planNetwork({ graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s, cycle_max_s, proof_rounds: 1, orders: false } }).after.cost
    const narrow = [[30, 50], [52, 72], [74, 94], [96, 116]].flatMap(([from, to]) => {
      try {
        return [cost(from!, to!)]
      } catch {
        return []
      }
    })
    expect(narrow.length).toBeGreaterThan(1)
    expect(cost(30, 116)).toBeLessThan(1.02 * Math.min(...narrow))
  })

  it('leaves free signals as they are, and says when there is nothing to coordinate', () => {
    const { street, ids } = made()
    const input = { graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: 88, cycle_max_s: 90 } }
    expect(planNetwork({ ...input, free: new Set(['S2']) }).kept).toEqual(['S2'])
    expect(() => planNetwork({ ...input, free: new Set(ids) })).toThrow('none of the 4 signals keeps a common time')
    expect(() => planNetwork({ ...input, options: { cycle_min_s: 90, cycle_max_s: 80 } })).toThrow('the cycle range 90:80 s is empty')
  })

  it('gives each signal alone no more cost than a plan for it alone at any of the cycles', () => {
    const { street } = made({ cycle_s: [90, 90, 100, 75] })
    for (const [id, pattern] of street.running) {
      const input = { graph: street.graph, running: new Map([[id, pattern]]), volumes: street.volumes }
      const model = new NetworkModel(street.graph, [id], street.volumes, 12)
      const cost = (own: Pattern): number => model.evaluate([compileSignal(street.graph.getSignal(id), own)], [-1]).cost
      const [best] = planAlone({ ...input, options: { cycle_min_s: 70, cycle_max_s: 94 } })
      expect(checkChange(street.graph, [best!], street.running)).toEqual([])
      const others = [70, 82, 90, 94].map((cycle) => planNetwork({ ...input, options: { cycle_min_s: cycle, cycle_max_s: cycle } }).patterns[0]!).filter(({ cycle_s }) => cycle_s !== pattern.cycle_s)
      for (const other of others) expect(cost(best!)).toBeLessThanOrEqual(cost(other) + 1e-9)
    }
  })

  it('eases overfull signals in the model, and makes nobody overfull who was not', () => {
    const { street } = made({ main: 1500, side: 700, side_turns: 150, cycle_s: 80 })
    const options = { cycle_min_s: 80, cycle_max_s: 80, orders: false }
    const { eased: { signals, even }, patterns, after, model } = planNetwork({ graph: street.graph, running: street.running, volumes: street.volumes, options })
    expect(signals.length).toBeGreaterThan(0)
    expect(after.cost).toBeLessThan(0.99 * even!.cost)
    expect(even!.plan().after.cost).toBeCloseTo(even!.cost, 9)
    expect(checkChange(street.graph, patterns, street.running)).toEqual([])
    const fullness = (own: Pattern): number[] => {
      const i = model.layout.ids.indexOf(own.signal)
      const compiled = compileSignal(street.graph.getSignal(own.signal), own)
      return model.layout.laneGroups[i]!.map((group) => laneGroupState(compiled, group).saturation)
    }
    for (const [i, own] of patterns.entries()) {
      const was = fullness(even!.patterns[i]!)
      const changed = even!.patterns[i]!.signal === own.signal && fullness(own).some((x, g) => x > 0.9 + 1e-9 && was[g]! <= 0.9 + 1e-9)
      expect(changed).toBe(false)
    }
  })

  it('leaves signals that serve everybody evenly full', () => {
    const { street } = made()
    expect(planNetwork({ graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: 90, cycle_max_s: 90 } }).eased).toEqual({ signals: [] })
  })

  it('says where signals keep a cycle that nobody asked for', () => {
    const street = arterial({ spacing_m: [320, 250] })
    const at = (cycle_s: number) => planNetwork({ graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: cycle_s, cycle_max_s: cycle_s, proof_rounds: 1 } })
    const [kept, doubled] = [at(44), at(40)]
    expect([kept, doubled].map(({ patterns }) => patterns.map(({ cycle_s }) => cycle_s))).toEqual([[90, 90, 90], [80, 80, 80]])
    expect(kept.notes.at(-1)).toBe('3 signals keep their cycle of 90 s with new offsets: every cycle asked for, 44 to 44 s, costs more in the model.')
    expect(doubled.notes.filter((note) => note.includes('keep their cycle'))).toEqual([])
  })

  it('rates patterns from elsewhere as it rates its own', () => {
    const { street } = made({ cycle_s: [90, 90, 100, 75] })
    const input = { graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: 90, cycle_max_s: 90 } }
    const planned = planNetwork(input)
    const rated = ratePatterns(input, planned.patterns)
    expect(rated.patterns).toEqual(planned.patterns)
    expect(rated.after.cost).toBeCloseTo(planned.after.cost, 6)
    expect(rated.certificate.bound).toBeLessThanOrEqual(rated.certificate.value)
    expect(ratePatterns(input, []).after.cost).toBeCloseTo(planned.before.cost, 9)
  })
})
