// Orders of phases and offsets together, on tables that know both: signals that form no loop among themselves move all at once,
// to the orders and offsets that are best of all while every other signal stays (dynamic programming from the leaves of each tree to
// its root). Exact where the streets between the signals form no loop, else as good as the last of several forests.
import { mulberry32, shuffled } from '../bands/instances/random.ts'
import { type Circle, convolve, createCircle, minimumOf, mirror, placeOfMinimum } from '../tables/convolve.ts'

/** Both ways between two signals: `cost[p][q][φ]` where `u` runs its order p and `v` its order q, φ = (offset[v] − offset[u]) mod cycle. */
export interface OrderPair {
  u: number
  v: number
  cost: readonly (readonly Float64Array[])[]
}

/** Vehicles (veh·h/h); signals are numbered from 0, their orders too. */
export interface OrderTables {
  cycle_s: number
  /** By signal and order: what it costs wherever its offset is. */
  own: readonly ArrayLike<number>[]
  /** Each pair of signals at most once. */
  pairs: readonly OrderPair[]
}

export interface OrderSetting {
  orders: readonly number[]
  /** Whole seconds in [0, cycle). */
  offsets_s: readonly number[]
}

export interface ForestEffort {
  /** Forests tried in a row without a gain before the search ends. */
  patience: number
  seed: number
  goOn?: () => boolean
}

/** An improvement by less is rounding. */
const SAME = 1e-9

/** In: tables and a setting. Out: one that costs no more in them. */
export function searchOrders(tables: OrderTables, start: OrderSetting, effort: ForestEffort): OrderSetting {
  const field = new OrderField(tables)
  const random = mulberry32(effort.seed)
  let best = start
  let cost = field.costOf(best)
  let idle = 0
  while (idle < effort.patience && effort.goOn?.() !== false) {
    const { setting, whole } = field.moveForest(best, shuffled([...tables.own.keys()], random))
    const next = field.costOf(setting)
    if (next < cost - SAME) {
      best = setting
      cost = next
      idle = 0
    } else idle += 1
    // A forest of all signals has found what is best of all.
    if (whole) break
  }
  return best
}

/** What lies around a signal: cost[k][other's order][φ], φ = own offset − the other's. */
interface Neighbour {
  node: number
  cost: readonly (readonly Float64Array[])[]
}

export class OrderField {
  readonly #tables: OrderTables
  readonly #around: Neighbour[][]
  readonly #circle: Circle

  constructor(tables: OrderTables) {
    this.#tables = tables
    this.#around = tables.own.map(() => [])
    this.#circle = createCircle(tables.cycle_s)
    for (const { u, v, cost } of tables.pairs) {
      this.#around[v]?.push({ node: u, cost: transposed(cost) })
      this.#around[u]?.push({ node: v, cost: cost.map((row) => row.map((table) => mirror(table, new Float64Array(table.length)))) })
    }
  }

  costOf({ orders, offsets_s }: OrderSetting): number {
    const { own, pairs, cycle_s } = this.#tables
    const alone = own.reduce((sum, costs, i) => sum + (costs[orders[i] as number] as number), 0)
    return pairs.reduce((sum, { u, v, cost }) => sum + (tableOf(cost, orders[u], orders[v])[difference(offsets_s[v] as number, offsets_s[u] as number, cycle_s)] as number), alone)
  }

  /** What signal `i` costs with an order at every offset while all others stay. */
  costsAt(i: number, order: number, { orders, offsets_s }: OrderSetting, stays: (node: number) => boolean = () => true): Float64Array {
    const { own, cycle_s } = this.#tables
    const costs = new Float64Array(cycle_s).fill(own[i]?.[order] as number)
    for (const { node, cost } of this.#around[i] as Neighbour[]) {
      if (!stays(node)) continue
      const table = tableOf(cost, order, orders[node])
      for (let t = 0, phi = difference(0, offsets_s[node] as number, cycle_s); t < cycle_s; t++, phi = phi + 1 === cycle_s ? 0 : phi + 1) costs[t] = (costs[t] as number) + (table[phi] as number)
    }
    return costs
  }

  /** Signals join the forest as they come in `sequence`, unless they would close a loop. `whole`: all of them did. */
  moveForest(setting: OrderSetting, sequence: readonly number[]): { setting: OrderSetting; whole: boolean } {
    const inside = this.#choose(sequence)
    const orders = [...setting.orders]
    const offsets_s = [...setting.offsets_s]
    const seen = new Set<number>()
    for (const root of sequence) {
      if (!inside.has(root) || seen.has(root)) continue
      this.#solveTree(root, inside, seen, setting, { orders, offsets_s })
    }
    return { setting: { orders, offsets_s }, whole: inside.size === setting.orders.length }
  }

  #choose(sequence: readonly number[]): Set<number> {
    const root = new Map<number, number>()
    const find = (node: number): number => {
      let at = node
      while (root.get(at) !== at) at = root.get(at) as number
      return at
    }
    for (const node of sequence) {
      const roots = (this.#around[node] as Neighbour[]).flatMap(({ node: other }) => (root.has(other) ? [find(other)] : []))
      if (new Set(roots).size < roots.length) continue
      root.set(node, node)
      for (const other of roots) root.set(other, node)
    }
    return new Set(root.keys())
  }

  #solveTree(root: number, inside: ReadonlySet<number>, seen: Set<number>, setting: OrderSetting, into: { orders: number[]; offsets_s: number[] }): void {
    const { own, cycle_s } = this.#tables
    const parent = new Map<number, Neighbour | undefined>([[root, undefined]])
    seen.add(root)
    for (const node of parent.keys()) {
      for (const { node: other } of this.#around[node] as Neighbour[]) {
        if (!inside.has(other) || seen.has(other)) continue
        seen.add(other)
        parent.set(other, (this.#around[other] as Neighbour[]).find((up) => up.node === node))
      }
    }
    const tree = [...parent.keys()]
    const stays = (node: number): boolean => !inside.has(node)
    const costs = new Map(tree.map((node) => [node, Array.from(own[node] as ArrayLike<number>, (_, order) => this.costsAt(node, order, setting, stays))]))
    const message = new Float64Array(cycle_s)
    for (const node of [...tree].reverse()) {
      const up = parent.get(node)
      if (up === undefined) continue
      costs.get(up.node)?.forEach((above, q) => {
        const least = new Float64Array(cycle_s).fill(Infinity)
        costs.get(node)?.forEach((below, p) => {
          // Table by own offset − the parent's; the convolution asks for the parent's − own.
          convolve(this.#circle, below, mirror(tableOf(up.cost, p, q), message), message)
          for (let t = 0; t < cycle_s; t++) if ((message[t] as number) < (least[t] as number)) least[t] = message[t] as number
        })
        for (let t = 0; t < cycle_s; t++) above[t] = (above[t] as number) + (least[t] as number)
      })
    }
    for (const node of tree) {
      const up = parent.get(node)
      const reached = (costs.get(node) as Float64Array[]).map((below, p) => (up === undefined ? below : this.#beside(below, tableOf(up.cost, p, into.orders[up.node]), into.offsets_s[up.node] as number)))
      const least = reached.map(minimumOf)
      const order = least.indexOf(Math.min(...least))
      into.orders[node] = order
      into.offsets_s[node] = placeOfMinimum(reached[order] as Float64Array)
    }
  }

  /** Costs by the own offset, with the street to a parent whose offset is known. */
  #beside(below: Float64Array, table: Float64Array, parent_s: number): Float64Array {
    const { cycle_s } = this.#tables
    return below.map((cost, t) => cost + (table[difference(t, parent_s, cycle_s)] as number))
  }
}

const difference = (later_s: number, earlier_s: number, cycle_s: number): number => (later_s - earlier_s + cycle_s) % cycle_s

const tableOf = (cost: readonly (readonly Float64Array[])[], p: number | undefined, q: number | undefined): Float64Array => cost[p as number]?.[q as number] as Float64Array

const transposed = (cost: readonly (readonly Float64Array[])[]): Float64Array[][] => (cost[0] ?? []).map((_, q) => cost.map((row) => row[q] as Float64Array))
