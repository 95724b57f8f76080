// Orders of phases for the least delay: where the model of a signal allows others than the street's, they compete together with the
// offsets on tables that know both, in turns with offsets alone, until nothing is gained. What decides is the full model, and a new order
// must be worth learning: drivers and walkers know the old one.
import type { CompiledSignal } from '../../model/plan.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { nameOrder } from '../splits/index.ts'
import type { Choice, SignalChoices } from './choices.ts'
import type { NetworkModel, NetworkState } from './model.ts'
import { type Effort, settleOffsets } from './offsets.ts'
import { OrderField, type OrderSetting, type OrderTables, searchOrders } from './order-search.ts'
import { type Filling, orderTables } from './order-tables.ts'

export interface OrderChange {
  signal: SignalId
  /** Phases of a ring with dashes, rings with strokes, barriers as bars: `1-2/5-6 | 4/8`. */
  from: string
  to: string
  /** Vehicles that would wait more with this signal in its old order at the offset that is then best for it, all others as planned. */
  gain: number
}

/** A plan, and what its new orders are worth. */
export interface OrderedPlan {
  /** By signal of the model. */
  patterns: Pattern[]
  state: NetworkState
  /** Signals that may run other orders than they came with. */
  open: number
  changes: OrderChange[]
}

/** A new order must save this share of what its signal costs. */
const WORTH_SHARE = 0.01

/** Fillings of the tables; changes of a barrier group at a time add up over them. */
const ROUNDS = 4
const STRIDE = 4
const PATIENCE = 6
const SEED = 1
const AFTER: Effort = { rounds: 1, stride: 3, sweeps: 0 }
const LAST: Effort = { rounds: 2, stride: 1, sweeps: 1 }

/** An improvement by a smaller share is none. */
const SAME = 1e-7

/** How many signals of a plan may run other orders than they do. */
export const countOpen = (choices: readonly SignalChoices[], { patterns, state }: Pick<OrderedPlan, 'patterns' | 'state'>): number =>
  patterns.filter((pattern, i) => (state.areas[i] as number) >= 0 && (choices[i] as SignalChoices).ordersOf({ pattern, compiled: state.compiled[i] as CompiledSignal }).length > 1).length

/** In: a plan of whole-second offsets. Out: one of the same cycles and splits that costs no more in the full model, every new order worth its change. */
export function settleOrders(model: NetworkModel, choices: readonly SignalChoices[], { patterns, state }: Pick<OrderedPlan, 'patterns' | 'state'>, goOn?: () => boolean): OrderedPlan {
  const orders = patterns.map((pattern, i) => {
    const own = { pattern, compiled: state.compiled[i] as CompiledSignal }
    return (state.areas[i] as number) < 0 ? [own] : (choices[i] as SignalChoices).ordersOf(own)
  })
  const search = new OrderDescent(model, orders, state, goOn)
  for (const area of new Set(state.areas)) if (area >= 0) search.settle(area)
  return { patterns: search.chosen.map((order, i) => (orders[i] as Choice[])[order]!.pattern), state: search.state, open: orders.filter((own) => own.length > 1).length, changes: search.changes() }
}

/** What one signal would cost the whole in another order. */
interface Trial {
  i: number
  order: number
  offset_s: number
  /** In the tables, beside what it has. */
  gain: number
}

class OrderDescent {
  state: NetworkState
  /** By signal: the number of its order; 0 is the one that it came with. */
  chosen: number[]
  readonly #model: NetworkModel
  readonly #orders: readonly (readonly Choice[])[]
  /** By signal, what a new order must save. */
  readonly #worth: number[]
  readonly #goOn: (() => boolean) | undefined

  constructor(model: NetworkModel, orders: readonly (readonly Choice[])[], start: NetworkState, goOn: (() => boolean) | undefined) {
    this.#model = model
    this.#orders = orders
    this.#worth = Array.from(start.costs, (cost) => WORTH_SHARE * cost)
    this.#goOn = goOn
    this.state = start
    this.chosen = orders.map(() => 0)
  }

  settle(area: number): void {
    const members = this.state.areas.flatMap((own, i) => (own === area ? [i] : []))
    if (members.length < 2 || members.every((i) => (this.#orders[i] as Choice[]).length < 2)) return
    const before = this.state
    for (let round = 0; round < ROUNDS && this.#goOn?.() !== false; round++) if (!this.#improve(area, members)) break
    while (this.#takeBack(members));
    if (this.state === before) return
    this.state = settleOffsets(this.#model, this.state, area, this.#effort(LAST))
    while (this.#takeBack(members));
  }

  /** Every new order, and what it saves. */
  changes(): OrderChange[] {
    const name = (i: number, order: number): string => {
      const { pattern } = (this.#orders[i] as Choice[])[order] as Choice
      return pattern.kind === 'rings' ? nameOrder(pattern) : ''
    }
    return [...new Set(this.state.areas)].flatMap((area) => {
      const members = this.state.areas.flatMap((own, i) => (own === area ? [i] : []))
      return this.#backwards(members).map(({ i, back }) => ({
        signal: this.#model.layout.ids[i] as SignalId, from: name(i, 0), to: name(i, this.chosen[i] as number), gain: back.cost - this.state.cost,
      }))
    })
  }

  #effort(effort: Effort): Effort {
    return this.#goOn === undefined ? effort : { ...effort, goOn: this.#goOn }
  }

  /** With what new orders must be worth. */
  #total(state: NetworkState, chosen: readonly number[]): number {
    return chosen.reduce((sum, order, i) => sum + (order === 0 ? 0 : (this.#worth[i] as number)), state.cost)
  }

  #improve(area: number, members: readonly number[]): boolean {
    const options = members.map((i) => this.#near(i))
    const { tables, setting } = this.#tables(members, options, { stride: STRIDE })
    const answer = searchOrders(tables, setting, { patience: PATIENCE, seed: SEED, ...(this.#goOn === undefined ? {} : { goOn: this.#goOn }) })
    if (answer === setting) return false
    const chosen = [...this.chosen]
    members.forEach((i, k) => { chosen[i] = (options[k] as number[])[answer.orders[k] as number] as number })
    const moved = this.#placed(chosen, members, answer.offsets_s)
    if (this.#offer(settleOffsets(this.#model, moved, area, this.#effort(AFTER)), chosen)) return true
    return this.#improveSingly(members, options, tables, setting)
  }

  /** Where all at once is too much for the platoons that the tables were filled with: signal by signal. */
  #improveSingly(members: readonly number[], options: readonly number[][], tables: OrderTables, setting: OrderSetting): boolean {
    const field = new OrderField(tables)
    const trials = members.flatMap((i, k): Trial[] => {
      const now = field.costsAt(k, 0, setting)[setting.offsets_s[k] as number] as number
      return (options[k] as number[]).slice(1).map((order, o) => ({ i, order, ...bestOf(field.costsAt(k, o + 1, setting), now) }))
    })
    let found = false
    for (const { i, order, offset_s } of trials.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain)) {
      if (this.#goOn?.() === false) break
      const chosen = this.chosen.with(i, order)
      if (this.#offer(this.#placed(chosen, [i], [offset_s]), chosen)) found = true
    }
    return found
  }

  #offer(state: NetworkState, chosen: number[]): boolean {
    if (this.#total(state, chosen) >= this.#total(this.state, this.chosen) - SAME * this.state.cost) return false
    this.state = state
    this.chosen = chosen
    return true
  }

  /** Orders that differ in one barrier group from what a signal has, which comes first, and the one it came with. */
  #near(i: number): number[] {
    const own = this.#orders[i] as Choice[]
    const now = this.chosen[i] as number
    const parts = (order: number): string[] => {
      const { pattern } = own[order] as Choice
      return pattern.kind === 'rings' ? nameOrder(pattern).split(' | ') : []
    }
    const at = parts(now)
    return [now, ...own.flatMap((_, order) => (order !== now && (order === 0 || parts(order).filter((part, b) => part !== at[b]).length === 1) ? [order] : []))]
  }

  /** In: orders of each member, the chosen one first. */
  #tables(members: readonly number[], options: readonly number[][], filling: Filling): { tables: OrderTables; setting: OrderSetting } {
    const filled = orderTables(this.#model, this.state, members, members.map((i, k) => (options[k] as number[]).map((order) => (this.#orders[i] as Choice[])[order] as Choice)), filling)
    const own = filled.own.map((costs, k) => Array.from(costs, (cost, o) => cost + ((options[k] as number[])[o] === 0 ? 0 : (this.#worth[members[k] as number] as number))))
    return { tables: { ...filled, own }, setting: { orders: members.map(() => 0), offsets_s: members.map((i) => modulo(Math.round(this.state.compiled[i]?.offset_s as number), filled.cycle_s)) } }
  }

  #placed(chosen: readonly number[], members: readonly number[], offsets_s: readonly number[]): NetworkState {
    const compiled = [...this.state.compiled]
    members.forEach((i, k) => {
      const own = chosen[i] === this.chosen[i] ? (compiled[i] as CompiledSignal) : ((this.#orders[i] as Choice[])[chosen[i] as number] as Choice).compiled
      compiled[i] = { ...own, offset_s: modulo(offsets_s[k] as number, own.cycle_s) }
    })
    return this.#model.evaluate(compiled, this.state.areas, this.state)
  }

  /** New orders with the state that each would leave if it alone were taken back, the least worth first. */
  #backwards(members: readonly number[]): { i: number; back: NetworkState }[] {
    if (members.every((i) => this.chosen[i] === 0)) return []
    const options = members.map((i) => (this.chosen[i] === 0 ? [0] : [this.chosen[i] as number, 0]))
    const { tables, setting } = this.#tables(members, options, { stride: 1, about: (k) => (options[k] ?? []).length > 1 })
    const field = new OrderField(tables)
    return members.flatMap((i, k) => {
      if (this.chosen[i] === 0) return []
      const { offset_s } = bestOf(field.costsAt(k, 1, setting), 0)
      return [{ i, back: this.#placed(this.chosen.with(i, 0), [i], [offset_s]) }]
    }).sort((a, b) => a.back.cost - b.back.cost)
  }

  #takeBack(members: readonly number[]): boolean {
    const [least] = this.#backwards(members)
    return least !== undefined && this.#offer(least.back, this.chosen.with(least.i, 0))
  }
}

function bestOf(costs: Float64Array, now: number): Pick<Trial, 'offset_s' | 'gain'> {
  let offset_s = 0
  for (let t = 1; t < costs.length; t++) if ((costs[t] as number) < (costs[offset_s] as number)) offset_s = t
  return { offset_s, gain: now - (costs[offset_s] as number) }
}
