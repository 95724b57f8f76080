/**
 * Signals with one or two neighbours leave the problem exactly: one neighbour, the signal takes its best difference; two, its
 * two tables become one between the neighbours by min-plus convolution. What stays is the core, in which every signal has three
 * or more neighbours, and often nothing stays.
 */
import { type Circle, convolve, mirror } from './convolve.ts'
import type { Pair, Pairs } from './pairs.ts'

/** A signal that left: given its neighbours, its offset minimises the sum of its tables. */
export interface Step {
  readonly node: number
  readonly neighbours: readonly number[]
  /** tables[k][φ], φ = offset of the signal − offset of neighbour k. */
  readonly tables: readonly Float64Array[]
  /** With two neighbours: joint[φ], φ = offset of the second − offset of the first. */
  readonly joint?: Float64Array
}

export interface Core {
  readonly pairs: readonly Pair[]
  /** In the order in which they left; undone from the last to the first. */
  readonly steps: readonly Step[]
}

export function eliminate(circle: Circle, { cycle, nodes, pairs, anchor }: Pairs): Core {
  const around: Map<number, Float64Array>[] = Array.from({ length: nodes }, () => new Map())
  for (const { u, v, table } of pairs) {
    around[u]!.set(v, table)
    around[v]!.set(u, mirror(table, new Float64Array(cycle)))
  }
  const waiting = around.flatMap((near, node) => (near.size > 0 && near.size <= 2 && node !== anchor ? [node] : []))
  const steps: Step[] = []
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const near = around[node]!
    if (near.size === 0) continue
    const neighbours = [...near.keys()]
    const tables = neighbours.map((other) => around[other]!.get(node)!)
    for (const other of neighbours) around[other]!.delete(node)
    near.clear()
    steps.push({ node, neighbours, tables, ...joinNeighbours(circle, around, neighbours, tables) })
    for (const other of neighbours) if (around[other]!.size > 0 && around[other]!.size <= 2 && other !== anchor) waiting.push(other)
  }
  const left: Pair[] = []
  for (const [u, near] of around.entries()) for (const [v, table] of near) if (u < v) left.push({ u, v, table })
  return { pairs: left, steps }
}

function joinNeighbours(circle: Circle, around: Map<number, Float64Array>[], [a, b]: readonly number[], tables: readonly Float64Array[]): { joint?: Float64Array } {
  if (a === undefined || b === undefined) return {}
  const C = circle.cycle
  const joint = new Float64Array(C)
  convolve(circle, tables[0]!, mirror(tables[1]!, new Float64Array(C)), joint)
  const sum = joint.slice()
  const before = around[a]!.get(b)
  if (before) for (let φ = 0; φ < C; φ++) sum[φ]! += before[φ]!
  around[a]!.set(b, sum)
  around[b]!.set(a, mirror(sum, new Float64Array(C)))
  return { joint }
}

/** Gives the signals that left their best offsets, the last first. */
export function restore(cycle: number, steps: readonly Step[], offsets: Int32Array): void {
  for (const { node, neighbours, tables } of steps.toReversed()) {
    let best = 0, least = Infinity
    for (let θ = 0; θ < cycle; θ++) {
      let cost = 0
      for (const [k, other] of neighbours.entries()) cost += tables[k]![(θ - offsets[other]! + cycle) % cycle]!
      if (cost < least) [best, least] = [θ, cost]
    }
    offsets[node] = best
  }
}
