/** Short independent loops of a network: a cycle basis out of shortest paths (Horton 1987), the faces of a grid among them. */
import type { Pair } from './pairs.ts'

/** From each signal paths are followed to about this many others; loops that need more come from a spanning tree. */
const NEAR = 80

/** Closed walks as lists of signals; as many as the network has independent loops. */
export function listLoops(nodes: number, pairs: readonly Pair[]): number[][] {
  const around: number[][] = Array.from({ length: nodes }, () => [])
  for (const [k, { u, v }] of pairs.entries()) {
    around[u]!.push(k)
    around[v]!.push(k)
  }
  const graph: Graph = { pairs, around }
  const trees = spanningLoops(graph)
  const short = shortLoops(graph).sort((a, b) => a.length - b.length)
  return independent(graph, [...short, ...trees.sort((a, b) => a.length - b.length)], trees.length)
}

interface Graph {
  readonly pairs: readonly Pair[]
  /** Pairs at each signal. */
  readonly around: readonly (readonly number[])[]
}

const otherEnd = ({ u, v }: Pair, node: number): number => (u === node ? v : u)

interface Tree {
  readonly order: number[]
  readonly parent: Map<number, number>
}

function grow({ pairs, around }: Graph, root: number, most: number): Tree {
  const parent = new Map([[root, -1]])
  const order = [root]
  for (let k = 0; k < order.length && order.length < most; k++) {
    for (const pair of around[order[k]!]!) {
      const next = otherEnd(pairs[pair]!, order[k]!)
      if (parent.has(next)) continue
      parent.set(next, order[k]!)
      order.push(next)
    }
  }
  return { order, parent }
}

/** The way up from a signal to the root, itself first. */
function wayUp({ parent }: Tree, from: number): number[] {
  const way: number[] = []
  for (let node = from; node >= 0; node = parent.get(node)!) way.push(node)
  return way
}

/** Loops that close a tree by one pair, if its two ways up meet in the root alone. */
function shortLoops(graph: Graph): number[][] {
  const seen = new Set<string>()
  const loops: number[][] = []
  for (const root of graph.around.keys()) {
    const tree = grow(graph, root, NEAR)
    for (const node of tree.order) {
      for (const pair of graph.around[node]!) {
        const other = otherEnd(graph.pairs[pair]!, node)
        if (node > other || !tree.parent.has(other) || tree.parent.get(other) === node || tree.parent.get(node) === other) continue
        const loop = [...wayUp(tree, node), ...wayUp(tree, other).toReversed().slice(1)]
        if (new Set(loop).size !== loop.length) continue
        const key = loop.toSorted((a, b) => a - b).join(' ')
        if (!seen.has(key)) loops.push(loop)
        seen.add(key)
      }
    }
  }
  return loops
}

/** One loop for each pair that a spanning forest leaves out. */
function spanningLoops(graph: Graph): number[][] {
  const reached = new Set<number>()
  const loops: number[][] = []
  for (const root of graph.around.keys()) {
    if (reached.has(root)) continue
    const tree = grow(graph, root, Infinity)
    for (const node of tree.order) reached.add(node)
    for (const node of tree.order) {
      for (const pair of graph.around[node]!) {
        const other = otherEnd(graph.pairs[pair]!, node)
        if (node > other || tree.parent.get(other) === node || tree.parent.get(node) === other) continue
        const [a, b] = [wayUp(tree, node), wayUp(tree, other)]
        while (a.length > 1 && b.length > 1 && a.at(-2) === b.at(-2)) {
          a.pop()
          b.pop()
        }
        loops.push([...a, ...b.toReversed().slice(1)])
      }
    }
  }
  return loops
}

/** The first loops of the list that are no sum of those before, until there are `wanted`. */
function independent({ pairs }: Graph, loops: readonly (readonly number[])[], wanted: number): number[][] {
  const numberOf = new Map(pairs.map(({ u, v }, k) => [`${u} ${v}`, k]))
  const byLowest = new Map<number, Set<number>>()
  const chosen: number[][] = []
  for (const loop of loops) {
    if (chosen.length >= wanted) break
    let rest = new Set(loop.map((node, k) => pairNumber(numberOf, node, loop[(k + 1) % loop.length]!)))
    let lowest = Math.min(...rest)
    for (let pivot = byLowest.get(lowest); pivot && rest.size > 0; pivot = byLowest.get(lowest)) {
      rest = symmetricDifference(rest, pivot)
      lowest = Math.min(...rest)
    }
    if (rest.size === 0) continue
    byLowest.set(lowest, rest)
    chosen.push([...loop])
  }
  return chosen
}

export const pairNumber = (numberOf: ReadonlyMap<string, number>, a: number, b: number): number => numberOf.get(a < b ? `${a} ${b}` : `${b} ${a}`)!

function symmetricDifference(a: ReadonlySet<number>, b: ReadonlySet<number>): Set<number> {
  const out = new Set(a)
  for (const x of b) if (!out.delete(x)) out.add(x)
  return out
}
