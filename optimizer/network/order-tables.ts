// What each street between two coordinated signals costs at every difference of their offsets and in every order of their phases, with the
// platoons that would leave in that order if all came as they do in a given state. Vehicles (veh·h/h).
import { modulo } from '../../model/units.ts'
import type { Clock } from '../progression/grid.ts'
import { pass, type Passage, type ServedGroup } from '../progression/served-group.ts'
import type { Choice } from './choices.ts'
import type { Approach } from './links.ts'
import { arriving, filterOf, type NetworkModel, type NetworkState } from './model.ts'
import type { OrderPair, OrderTables } from './order-search.ts'
import { costOfShape, sampled, shifted, total } from './tables.ts'

/** A signal in one of its orders: its lane groups, and what would leave it. */
interface Ordered {
  served: readonly ServedGroup[]
  passages: readonly Passage[]
}

export interface Filling {
  /** Seconds between table entries that are reckoned, not interpolated. */
  stride: number
  /** Only streets from or to these are filled, by the number of the signal among the members. */
  about?: (member: number) => boolean
}

/**
 * In: members of one area, by their number at the model, and the orders of each, the one of the state first. Out: tables with signals as in `members`.
 * With the orders and offsets of the state the tables of a stop line together are what it costs.
 */
export function orderTables(model: NetworkModel, state: NetworkState, members: readonly number[], orders: readonly (readonly Choice[])[], { stride, about = () => true }: Filling): OrderTables {
  const place = new Map(members.map((i, k) => [i, k]))
  const clock = state.clocks[members[0] as number] as Clock
  const ordered = members.map((i, k) => (orders[k] as Choice[]).map((choice, order) => (order === 0 ? { served: state.served[i], passages: state.passages[i] } as Ordered : inOrder(model, state, i, choice))))
  const own = orders.map((choices) => new Float64Array(choices.length))
  const pairs = new Map<string, { u: number; v: number; cost: Float64Array[][] }>()
  for (const approach of model.layout.approaches) {
    const to = place.get(approach.signal)
    if (to === undefined || ![approach.signal, ...approach.streams.map(({ signal }) => signal)].some((i) => about(place.get(i) ?? -1))) continue
    const at = new StopLine(model, state, approach, ordered[to] as Ordered[])
    const senders = at.senders.filter((from) => place.has(from))
    if (senders.length === 0) at.evenly().forEach((cost, order) => { (own[to] as Float64Array)[order] = ((own[to] as Float64Array)[order] as number) + cost })
    for (const sender of senders) {
      const from = place.get(sender) as number
      if (!about(from) && !about(to)) continue
      const [u, v] = [Math.min(from, to), Math.max(from, to)]
      const pair = pairs.get(`${u} ${v}`) ?? { u, v, cost: emptyTables(ordered, u, v, clock) }
      pairs.set(`${u} ${v}`, pair)
      ;(ordered[from] as Ordered[]).forEach((leaving, p) => at.tables(sender, leaving.passages, stride).forEach((table, q) => {
        const into = (from === u ? pair.cost[p]?.[q] : pair.cost[q]?.[p]) as Float64Array
        for (let phi = 0; phi < table.length; phi++) {
          const t = from === u ? phi : modulo(-phi, table.length)
          into[t] = (into[t] as number) + (table[phi] as number)
        }
      }))
    }
  }
  return { cycle_s: Math.round(clock.cycle_s), own, pairs: [...pairs.values()] satisfies OrderPair[] }
}

const emptyTables = (ordered: readonly (readonly Ordered[])[], u: number, v: number, { cycle_s }: Clock): Float64Array[][] =>
  (ordered[u] as Ordered[]).map(() => (ordered[v] as Ordered[]).map(() => new Float64Array(Math.round(cycle_s))))

/** All come as they do in the state; who leaves when is reckoned anew. */
function inOrder(model: NetworkModel, state: NetworkState, i: number, { compiled }: Choice): Ordered {
  const clock = state.clocks[i] as Clock
  const served = model.serve(compiled, i, clock)
  const passages = [...(state.passages[i] as Passage[])]
  for (const approach of model.layout.approaches) {
    if (approach.signal !== i) continue
    const filter = filterOf(state.served, approach)
    for (const g of approach.groups) {
      const { arrivals, vehicles } = passages[g] as Passage
      passages[g] = pass(served[g] as ServedGroup, arrivals, vehicles, filter, clock.step_s)
    }
  }
  return { served, passages }
}

/** An approach to a signal in each of its orders. */
class StopLine {
  readonly senders: readonly number[]
  readonly #state: NetworkState
  readonly #approach: Approach
  readonly #clock: Clock
  readonly #now = new Map<number, Float64Array>()
  readonly #evenly: Float64Array
  /** By order of the signal: what a shape of arrivals costs, what all that come now do, and the first order in which this approach has the same greens. */
  readonly #costs: { of: (shape: Float64Array) => number; whole: number; first: number }[]
  /** Of flows of a sender that were asked for. */
  readonly #known: { from: number; flow: Float64Array; tables: Float64Array[] }[] = []

  constructor(model: NetworkModel, state: NetworkState, approach: Approach, orders: readonly Ordered[]) {
    const { signal: to } = approach
    this.#state = state
    this.#approach = approach
    this.#clock = state.clocks[to] as Clock
    this.senders = [...new Set(approach.streams.map(({ signal }) => signal))].filter((from) => from !== to && state.clocks[from]?.row === this.#clock.row)
    this.#evenly = new Float64Array(this.#clock.steps).fill(approach.extra * this.#clock.step_s)
    for (const from of new Set(approach.streams.map(({ signal }) => signal))) if (!this.senders.includes(from)) this.#add(this.#evenly, from, state.passages)
    for (const from of this.senders) this.#now.set(from, this.#flow(from, state.passages))
    const all = total([this.#evenly, ...this.#now.values()])
    this.#costs = orders.map(({ served }, order) => {
      const of = costOfShape(model, { ...state, served: state.served.with(to, served) }, approach, this.#clock)
      const first = orders.findIndex((other, k) => k === order || approach.groups.every((g) => sameService(other.served[g] as ServedGroup, served[g] as ServedGroup)))
      return { of, whole: of(all), first }
    })
  }

  /** By order, where nobody sends platoons. */
  evenly(): number[] {
    return this.#costs.map(({ whole }) => whole)
  }

  /** By order: the part of the stop line's cost that is the sender's, by the difference of their offsets; all others come as now. */
  tables(from: number, passages: readonly Passage[], stride: number): Float64Array[] {
    const flow = this.#flow(from, this.#state.passages.with(from, passages))
    const known = this.#known.find((own) => own.from === from && isSame(own.flow, flow))
    if (known !== undefined) return known.tables
    const others = total([this.#evenly, ...this.senders.filter((other) => other !== from).map((other) => this.#now.get(other) as Float64Array)])
    const at = this.#offset(this.#approach.signal) - this.#offset(from)
    const tables: Float64Array[] = []
    this.#costs.forEach(({ of, whole, first }, order) => {
      const rest = whole * (1 - 1 / this.senders.length)
      tables.push(first < order ? tables[first] as Float64Array : sampled(this.#clock, stride, (phi) => of(shifted(others, flow, Math.round((at - phi) / this.#clock.step_s)))).map((value) => value - rest))
    })
    this.#known.push({ from, flow, tables })
    return tables
  }

  #offset(i: number): number {
    return this.#state.compiled[i]?.offset_s as number
  }

  #flow(from: number, passages: NetworkState['passages']): Float64Array {
    return this.#add(new Float64Array(this.#clock.steps), from, passages)
  }

  #add(into: Float64Array, from: number, passages: NetworkState['passages']): Float64Array {
    for (const stream of this.#approach.streams) {
      if (stream.signal !== from) continue
      const flow = arriving({ clocks: this.#state.clocks, passages }, stream, this.#clock, this.#offset(from) - this.#offset(this.#approach.signal))
      for (let t = 0; t < flow.length; t++) into[t] = (into[t] as number) + (flow[t] as number) * this.#approach.scale
    }
    return into
  }
}

/** Another order elsewhere at a signal leaves many greens where they are. */
const sameService = (a: ServedGroup, b: ServedGroup): boolean => a === b || (a.state.capacity_vph === b.state.capacity_vph && isSame(a.service, b.service))

const isSame = (a: Float64Array, b: Float64Array): boolean => a.every((value, t) => Math.abs(value - (b[t] as number)) < SAME)

/** Vehicles in a step. */
const SAME = 1e-12
