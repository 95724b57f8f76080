import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkChange } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { listSequences, nameOrder } from '../splits/index.ts'
import { type ArterialOptions, arterial } from '../testing/arterial.ts'
import { SignalChoices } from './choices.ts'
import { NetworkModel, planNetwork, ratePatterns, type NetworkPlanInput } from './index.ts'
import { areaTables } from './offsets.ts'
import { OrderField, type OrderPair, type OrderSetting, type OrderTables, searchOrders } from './order-search.ts'
import { orderTables } from './order-tables.ts'
import { settleOrders } from './orders.ts'

const C = 90

const made = (options: ArterialOptions = {}) => {
  const street = arterial(options)
  const ids = street.corridor.corridor.intersections
  const model = new NetworkModel(street.graph, ids, street.volumes, 12)
  const choices = ids.map((id, i) => new SignalChoices(street.graph, street.running.get(id)!, model.layout.laneGroups[i]!, 0.9))
  const patterns = ids.map((id) => street.running.get(id)!)
  const state = model.evaluate(patterns.map((pattern) => compileSignal(street.graph.getSignal(pattern.signal), pattern)), ids.map(() => 0))
  const input: NetworkPlanInput = { graph: street.graph, running: street.running, volumes: street.volumes, options: { cycle_min_s: C, cycle_max_s: C, proof_rounds: 2 } }
  return { street, ids, model, choices, patterns, state, input }
}

const orderOf = (pattern: Pattern): string => (pattern.kind === 'rings' ? nameOrder(pattern) : '')

/** Small enough to try every setting. */
const CYCLE = 4
const entry = fc.integer({ min: 0, max: 20 })
const tablesOf = (links: readonly [number, number][], counts: readonly number[]): fc.Arbitrary<OrderTables> => {
  const table = fc.array(entry, { minLength: CYCLE, maxLength: CYCLE }).map((values) => Float64Array.from(values))
  const grid = (u: number, v: number) => fc.array(fc.array(table, { minLength: counts[v]!, maxLength: counts[v]! }), { minLength: counts[u]!, maxLength: counts[u]! })
  return fc.record({
    cycle_s: fc.constant(CYCLE),
    own: fc.tuple(...counts.map((count) => fc.array(entry, { minLength: count, maxLength: count }))),
    pairs: fc.tuple(...links.map(([u, v]) => grid(u, v).map((cost): OrderPair => ({ u, v, cost })))),
  })
}

function* settings(counts: readonly number[]): Generator<OrderSetting> {
  const [count, ...others] = counts
  if (count === undefined) {
    yield { orders: [], offsets_s: [] }
    return
  }
  for (const rest of settings(others)) for (let order = 0; order < count; order++) for (let offset = 0; offset < CYCLE; offset++) yield { orders: [order, ...rest.orders], offsets_s: [offset, ...rest.offsets_s] }
}

const leastOf = (tables: OrderTables, counts: readonly number[]): number => {
  const field = new OrderField(tables)
  return Math.min(...[...settings(counts)].map((setting) => field.costOf(setting)))
}

describe('searchOrders', () => {
  const effort = { patience: 6, seed: 1 }

  it('finds the orders and offsets of least cost of all where no streets form a loop', () => {
    const counts = [2, 2, 1, 3]
    fc.assert(fc.property(tablesOf([[0, 1], [1, 2], [1, 3]], counts), (tables) => {
      const found = searchOrders(tables, { orders: [0, 0, 0, 0], offsets_s: [0, 0, 0, 0] }, effort)
      expect(new OrderField(tables).costOf(found)).toBe(leastOf(tables, counts))
    }), { numRuns: 6 })
  })

  it('costs no more than its start where they do, and never less than anything can', () => {
    const counts = [2, 2, 2]
    fc.assert(fc.property(tablesOf([[0, 1], [1, 2], [0, 2]], counts), fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 3, maxLength: 3 }), (tables, orders) => {
      const field = new OrderField(tables)
      const start = { orders, offsets_s: [3, 1, 2] }
      const cost = field.costOf(searchOrders(tables, start, effort))
      expect(cost).toBeLessThanOrEqual(field.costOf(start))
      expect(cost).toBeGreaterThanOrEqual(leastOf(tables, counts))
    }), { numRuns: 20 })
  })

  it('says of a signal at every offset what the whole then costs more or less', () => {
    fc.assert(fc.property(tablesOf([[0, 1], [1, 2]], [2, 2, 2]), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: CYCLE - 1 }), (tables, i, order, t) => {
      const field = new OrderField(tables)
      const setting = { orders: [0, 1, 0], offsets_s: [1, 3, 2] }
      const next = { orders: setting.orders.with(i, order), offsets_s: setting.offsets_s.with(i, t) }
      const change = field.costsAt(i, order, setting)[t]! - field.costsAt(i, setting.orders[i]!, setting)[setting.offsets_s[i]!]!
      expect(change).toBeCloseTo(field.costOf(next) - field.costOf(setting), 9)
    }), { numRuns: 30 })
  })
})

describe('order tables', () => {
  it('hold in the orders of the state what the tables of its streets hold', () => {
    const { model, state, choices, patterns } = made({ spacing_m: [320, 250] })
    const orders = patterns.map((pattern, i) => choices[i]!.ordersOf({ pattern, compiled: state.compiled[i]! }))
    const tables = orderTables(model, state, [0, 1, 2], orders, { stride: 1 })
    const { tables: streets } = areaTables(model, state, 0)
    for (const { u, v, cost } of tables.pairs) {
      for (let phi = 0; phi < C; phi += 7) {
        const both = streets.edges.reduce((sum, edge) => sum + (edge.from === u && edge.to === v ? edge.cost[phi]! : edge.from === v && edge.to === u ? edge.cost[modulo(-phi, C)]! : 0), 0)
        expect(cost[0]![0]![phi]).toBeCloseTo(both, 6)
      }
    }
    const some = orderTables(model, state, [0, 1, 2], orders, { stride: 1, about: (k) => k === 0 })
    expect(some.pairs).toEqual(tables.pairs.filter(({ u }) => u === 0))
    expect(some.pairs).toHaveLength(1)
    const setting = { orders: [0, 0, 0], offsets_s: state.compiled.map(({ offset_s }) => offset_s) }
    expect(new OrderField(tables).costOf(setting)).toBeCloseTo(state.cost, 4)
  })

  it('foretell what the model says of another order, at its own stop lines and at those it sends to', () => {
    const { model, state, choices, patterns, street } = made({ spacing_m: [320] })
    const orders = patterns.map((pattern, i) => choices[i]!.ordersOf({ pattern, compiled: state.compiled[i]! }))
    const tables = orderTables(model, state, [0, 1], orders, { stride: 1 })
    const turned = orders[1]!.findIndex(({ pattern }) => orderOf(pattern) === '2-1/5-6 | 4/8')
    expect(turned).toBeGreaterThan(0)
    const own = compileSignal(street.graph.getSignal('S2'), orders[1]![turned]!.pattern)
    const after = model.evaluate([state.compiled[0]!, { ...own, offset_s: state.compiled[1]!.offset_s }], [0, 0])
    const offsets_s = state.compiled.map(({ offset_s }) => offset_s)
    expect(new OrderField(tables).costOf({ orders: [0, turned], offsets_s })).toBeCloseTo(after.cost, 4)
  })
})

describe('orders of a signal', () => {
  it('are those that its model allows for all its streets, keep every rule, and fill nobody more', () => {
    const { street, choices, patterns, state } = made()
    patterns.forEach((pattern, i) => {
      const own = choices[i]!.ordersOf({ pattern, compiled: state.compiled[i]! })
      expect(own[0]!.pattern).toBe(pattern)
      expect(own.map((choice) => orderOf(choice.pattern)).sort()).toEqual(pattern.kind === 'rings' ? listSequences(street.graph, street.graph.getSignal(pattern.signal), pattern, ['2', '6', '4', '8']).map(nameOrder).sort() : [])
      for (const { pattern: turned } of own) expect(checkChange(street.graph, [turned], street.running)).toEqual([])
    })
  })

  it('are the street\'s alone where the order is not free, where a turner would be trapped, and in stages', () => {
    for (const options of [{ sequence_free: false }, { lefts: 'both' }, { timing: 'stages' }] as const) {
      const { choices, patterns, state, input } = made({ ...options, spacing_m: [320] })
      patterns.forEach((pattern, i) => { expect(choices[i]!.ordersOf({ pattern, compiled: state.compiled[i]! })).toHaveLength(1) })
      const result = planNetwork(input)
      expect(result.orders).toEqual({ open: 0, searched: true, changes: [] })
    }
  })
})

describe('settleOrders', () => {
  it('ends never worse than it began in the full model, every new order worth what it takes to learn', () => {
    const { model, choices, patterns, state } = made({ spacing_m: [320, 250] })
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: C - 1 }), { minLength: 3, maxLength: 3 }), (offsets) => {
      const start = { patterns, state: model.evaluate(state.compiled.map((timed, i) => ({ ...timed, offset_s: offsets[i]! })), state.areas) }
      const end = settleOrders(model, choices, start)
      expect(end.state.cost).toBeLessThanOrEqual(start.state.cost)
      expect(model.evaluate(end.state.compiled, state.areas).cost).toBeCloseTo(end.state.cost, 4)
      for (const { signal, from, to, gain } of end.changes) {
        const i = patterns.findIndex((pattern) => pattern.signal === signal)
        expect([orderOf(patterns[i]!), orderOf(end.patterns[i]!)]).toEqual([from, to])
        expect(gain).toBeGreaterThanOrEqual(0.01 * start.state.costs[i]! - 1e-6)
      }
      const changed = new Set(end.changes.map(({ signal }) => signal))
      patterns.forEach((pattern, i) => { if (!changed.has(pattern.signal)) expect(orderOf(end.patterns[i]!)).toBe(orderOf(pattern)) })
    }), { numRuns: 2 })
  })

  it('leaves signals alone that keep time with nobody', () => {
    const { model, choices, patterns, state } = made()
    const alone = model.evaluate(state.compiled, [-1, -1, -1, -1])
    expect(settleOrders(model, choices, { patterns, state: alone })).toEqual({ patterns, state: alone, open: 0, changes: [] })
  })
})

describe('a plan of the network', () => {
  it('saves more in new orders than in those of the street, by the rules, and has the plan without them at hand', () => {
    const { street, input } = made({ spacing_m: [320, 250, 480] })
    const [free, kept] = [planNetwork(input), planNetwork({ ...input, options: { ...input.options, orders: false } })]
    const { orders } = free
    expect(orders.changes.length).toBeGreaterThan(0)
    expect(free.after.cost).toBeLessThan(0.97 * kept.after.cost)
    expect(checkChange(street.graph, free.patterns, street.running)).toEqual([])
    expect([orders.street!.patterns, orders.street!.cost]).toEqual([kept.patterns, kept.after.cost])
    expect(orders.street!.plan().after.cost).toBe(kept.after.cost)
    expect(kept.orders).toEqual({ open: 4, searched: false, changes: [] })
    const seconds = (pattern: Pattern): unknown => (pattern.kind === 'rings' ? pattern.barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase, split_s }) => `${phase} ${split_s}`).sort())) : [])
    const before = new Map<SignalId, Pattern>(kept.patterns.map((pattern) => [pattern.signal, pattern]))
    for (const pattern of free.patterns) expect(seconds(pattern)).toEqual(seconds(before.get(pattern.signal)!))
    expect(free.certificate.bound).toBeLessThanOrEqual(free.certificate.value)
    expect(ratePatterns(input, free.patterns).after.cost).toBeCloseTo(free.after.cost, 4)
  })
})
