import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import { arterial } from '../testing/arterial.ts'
import { borderTables, joinAreas } from './borders.ts'
import { type NetworkTables, proveNetwork } from './certificate.ts'
import { NetworkModel, planNetwork, ratePatterns } from './index.ts'

/** Two signals at 60 s, then two at 90 s, on a one-way street: after 30 s the platoons of the first meet the second anew. */
const CYCLES = [60, 60, 90, 90]
const AREAS = [0, 0, 1, 1]

const street = (cycle_s: readonly number[], one_way = true) => {
  const made = arterial({ lefts: 'protected', cycle_s, one_way })
  const ids = [...made.running.keys()]
  const model = new NetworkModel(made.graph, ids, made.volumes, 12)
  const at = (offsets: readonly number[]): CompiledSignal[] => ids.map((id, i) => compileSignal(made.graph.getSignal(id), { ...made.running.get(id)!, offset_s: offsets[i]! }))
  return { ...made, ids, model, at }
}

const table = (seconds: number) => fc.array(fc.integer({ min: 0, max: 50 }), { minLength: seconds, maxLength: seconds }).map((values) => Float64Array.from(values))

/** A triangle of cycle 4, a pair of cycle 6; borders repeat after 2 s. */
const networks: fc.Arbitrary<NetworkTables> = fc.record({
  first: fc.tuple(table(4), table(4), table(4)), second: fc.tuple(table(6), table(6)), borders: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 3, max: 4 }), fc.boolean(), table(2)), { maxLength: 5 }),
}).map(({ first, second, borders }) => ({
  areas: [
    { members: [0, 1, 2], tables: { cycle_s: 4, nodes: 3, edges: first.map((cost, k) => ({ from: k, to: (k + 1) % 3, cost })) } },
    { members: [3, 4], tables: { cycle_s: 6, nodes: 2, edges: second.map((cost, k) => ({ from: k, to: 1 - k, cost })) } },
  ],
  borders: borders.map(([a, b, back, cost]) => ({ from: back ? b : a, to: back ? a : b, period_s: 2, cost })),
}))

function costOf({ areas, borders }: NetworkTables, offsets: readonly number[]): number {
  const inside = areas.flatMap(({ members, tables: { cycle_s, edges } }) => edges.map(({ from, to, cost }) => cost[modulo(offsets[members[to]!]! - offsets[members[from]!]!, cycle_s)]!))
  return [...inside, ...borders.map(({ from, to, period_s, cost }) => cost[modulo(offsets[to]! - offsets[from]!, period_s)]!)].reduce((a, b) => a + b, 0)
}

/** Of all whole-second offsets; the first signal stays at 0, and turns of the other area count. */
function leastCost(tables: NetworkTables): number {
  let least = Infinity
  for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) for (let c = 0; c < 6; c++) for (let d = 0; d < 6; d++) least = Math.min(least, costOf(tables, [0, a, b, c, d]))
  return least
}

describe('the certificate of a network', () => {
  it('never claims more than the least that any offsets cost, across borders too', () => {
    fc.assert(fc.property(networks, fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 5, maxLength: 5 }), (tables, offsets) => {
      const proof = proveNetwork(tables, offsets, { rounds: 6 })
      expect(proof.value).toBeCloseTo(costOf(tables, offsets), 9)
      expect(proof.bound).toBeLessThanOrEqual(leastCost(tables) + 1e-9)
      expect(proof.best_value).toBeCloseTo(costOf(tables, proof.best_offsets_s), 9)
      expect(proof.areas.length).toBe(2)
    }), { numRuns: 40 })
  })

  it('is exact where every border is free to be at its least', () => {
    const cost = (values: number[]) => Float64Array.from(values)
    const tables: NetworkTables = {
      areas: [{ members: [0], tables: { cycle_s: 4, nodes: 1, edges: [] } }, { members: [1], tables: { cycle_s: 6, nodes: 1, edges: [] } }],
      borders: [{ from: 0, to: 1, period_s: 2, cost: cost([5, 1]) }, { from: 1, to: 0, period_s: 2, cost: cost([0, 3]) }],
    }
    expect(proveNetwork(tables, [0, 0], { rounds: 1 })).toMatchObject({ value: 5, bound: 4, borders: { value: 5, bound: 4 } })
    expect(proveNetwork(tables, [0, 3], { rounds: 1 })).toMatchObject({ value: 4, bound: 4 })
  })
})

describe('border tables', () => {
  it('hold what the network model says when both areas are reckoned on one clock', () => {
    const { model, at } = street(CYCLES)
    for (const offsets of [[0, 0, 0, 0], [5, 50, 60, 70], [10, 7, 41, 3]]) {
      const apart = model.evaluate(at(offsets), AREAS)
      const together = model.evaluate(at(offsets), [0, 0, 0, 0])
      const { tables, by_chance } = borderTables(model, apart)
      expect([tables.map(({ from, to, period_s }) => [from, to, period_s]), by_chance]).toEqual([[[1, 2, 30]], 0])
      const [{ cost }] = tables as [(typeof tables)[0]]
      expect(cost[modulo(offsets[2]! - offsets[1]!, 30)]).toBeCloseTo(together.costs[2]! - apart.costs[2]!, 4)
      expect(Math.max(...cost) - Math.min(...cost)).toBeGreaterThan(0)
    }
  })

  it('are the same wherever the plan stands that they are filled from, on a street without loops', () => {
    const { model, at } = street(CYCLES)
    const [one, other] = [[0, 20, 0, 0], [0, 20, 47, 47]].map((offsets) => borderTables(model, model.evaluate(at(offsets), AREAS)).tables[0]!.cost)
    one!.forEach((value, phi) => { expect(other![phi]).toBeCloseTo(value, 4) })
  })

  it('are not made where cycles never meet again, nor for a signal by itself: chance is all there is', () => {
    const { model, at } = street([89, 89, 97, 97])
    expect(borderTables(model, model.evaluate(at([0, 0, 0, 0]), AREAS))).toEqual({ tables: [], by_chance: 1 })
    const alone = street(CYCLES)
    expect(borderTables(alone.model, alone.model.evaluate(alone.at([0, 0, 0, 0]), [0, 0, -1, 1]))).toMatchObject({ tables: [], by_chance: 2 })
  })
})

describe('areas that keep time all the same', () => {
  const row: [number, number][] = [[0, 1], [1, 2], [2, 3]]

  it('are one where their cycles are equal, half or double and a street lies between them', () => {
    expect(joinAreas(row, [60, 60, 120, 120], [0, 0, 1, 1])).toEqual([0, 0, 0, 0])
    expect(joinAreas(row, [60, 60, 60, 60], [2, 1, 0, 3])).toEqual([0, 0, 0, 0])
    expect(joinAreas(row, [60, 60, 90, 90], [0, 0, 1, 1])).toEqual([0, 0, 1, 1])
    expect(joinAreas([[0, 1], [2, 3]], [60, 60, 60, 60], [0, 0, 1, 1])).toEqual([0, 0, 1, 1])
    expect(joinAreas(row, [60, 60, 60, 60], [0, -1, 0, -1])).toEqual([0, -1, 0, -1])
  })

  it('leave no border between equal cycles in a plan, and the proof counts every street', () => {
    const { graph, running, volumes } = street(CYCLES, false)
    const input = { graph, running, volumes, options: { cycle_min_s: 60, cycle_max_s: 90, proof_rounds: 4 } }
    const rated = ratePatterns(input, [])
    const { coverage, certificate, areas } = rated
    expect(areas.map(({ cycle_s }) => cycle_s)).toEqual([90, 60])
    expect(coverage).toMatchObject({ signals: 4, inside: 4, borders: 2, by_chance: 0 })
    expect(certificate.value).toBeCloseTo(areas.reduce((sum, own) => sum + own.certificate.value, coverage.border_value), 9)
    expect(certificate.bound).toBeCloseTo(areas.reduce((sum, own) => sum + own.certificate.bound, coverage.border_bound), 9)
    expect(coverage.best_in_tables).toBeGreaterThanOrEqual(certificate.bound - 1e-9)
    expect(coverage.best_in_model).toBeGreaterThan(0)
    const planned = planNetwork(input)
    expect(planned.coverage.inside + planned.coverage.borders + planned.coverage.by_chance).toBe(6)
    const cycles = new Map(planned.patterns.map(({ signal, cycle_s }) => [signal, cycle_s]))
    planned.areas.forEach(({ signals }, k) => planned.areas.slice(k + 1).forEach((other) => {
      expect(Math.max(...signals.map((id) => cycles.get(id)!))).not.toBe(Math.max(...other.signals.map((id) => cycles.get(id)!)))
    }))
  })
})
