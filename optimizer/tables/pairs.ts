/** Tables as pairs of signals: parallel edges added, signals with fixed offsets joined to one, input checked. */
import { GreenwaveError } from '../../model/errors.ts'
import { modulo } from '../../model/units.ts'
import type { OffsetTables } from './problem.ts'

export interface Pair {
  /** u < v; table[φ], φ = offset of v − offset of u. */
  readonly u: number
  readonly v: number
  readonly table: Float64Array
}

export interface Pairs {
  readonly cycle: number
  readonly nodes: number
  readonly pairs: readonly Pair[]
  /** What the offsets cannot change: edges of a signal with itself and between fixed signals. */
  readonly constant: number
  /** The signal that stands for all fixed ones, or −1. */
  readonly anchor: number
}

/** Throws `input.value` where the tables are not what they say. */
export function listPairs(tables: OffsetTables): Pairs {
  const C = tables.cycle_s
  refuseBadSizes(tables)
  const shifts = tables.fixed ?? new Map<number, number>()
  const anchor = shifts.size === 0 ? -1 : Math.min(...shifts.keys())
  const found = new Map<number, Pair>()
  let constant = 0
  for (const [k, { from, to, cost }] of tables.edges.entries()) {
    refuseBadEdge(tables, k)
    const fromShift = shifts.get(from), toShift = shifts.get(to)
    const a = fromShift === undefined ? from : anchor
    const b = toShift === undefined ? to : anchor
    const turn = (toShift ?? 0) - (fromShift ?? 0)
    if (a === b) {
      constant += cost[modulo(turn, C)]!
      continue
    }
    const [u, v] = a < b ? [a, b] : [b, a]
    const key = u * tables.nodes + v
    let pair = found.get(key)
    if (!pair) found.set(key, (pair = { u, v, table: new Float64Array(C) }))
    for (let φ = 0; φ < C; φ++) pair.table[a < b ? φ : modulo(-φ, C)]! += cost[modulo(φ + turn, C)]!
  }
  return { cycle: C, nodes: tables.nodes, pairs: [...found.values()], constant, anchor }
}

function refuseBadSizes({ cycle_s, nodes, fixed }: OffsetTables): void {
  if (!Number.isInteger(cycle_s) || cycle_s < 1) throw bad(`the cycle must be whole seconds, at least 1, not ${cycle_s}`)
  if (!Number.isInteger(nodes) || nodes < 1) throw bad(`there must be at least one signal, not ${nodes}`)
  for (const [node, offset] of fixed ?? []) {
    if (!isSignal(node, nodes)) throw bad(`signal ${node} with a fixed offset is none of 0 to ${nodes - 1}`)
    if (!Number.isInteger(offset)) throw bad(`the fixed offset of signal ${node} must be whole seconds, not ${offset}`)
  }
}

function refuseBadEdge({ cycle_s, nodes, edges }: OffsetTables, k: number): void {
  const { from, to, cost } = edges[k]!
  for (const node of [from, to]) if (!isSignal(node, nodes)) throw bad(`edge ${k} goes to signal ${node}, which is none of 0 to ${nodes - 1}`)
  if (cost.length !== cycle_s) throw bad(`edge ${k} has ${cost.length} costs for a cycle of ${cycle_s} s`)
  const wrong = cost.findIndex((x) => !Number.isFinite(x))
  if (wrong >= 0) throw bad(`edge ${k} costs ${cost[wrong]} at ${wrong} s; costs must be finite`)
}

const isSignal = (node: number, nodes: number): boolean => Number.isInteger(node) && node >= 0 && node < nodes

const bad = (sentence: string): GreenwaveError => new GreenwaveError('input.value', `Offset tables: ${sentence}`)
