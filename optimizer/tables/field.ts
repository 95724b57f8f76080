/** Offsets of one network in a search: what they cost, and moves that never make them worse. */
import { minimumOf } from './convolve.ts'
import type { Pair } from './pairs.ts'

export interface Neighbour {
  readonly node: number
  readonly pair: number
  /** table[φ], φ = own offset − offset of the neighbour. */
  readonly table: Float64Array
}

/** Signals and tables as seen from each signal. */
export interface Surroundings {
  readonly cycle: number
  readonly pairs: readonly Pair[]
  /** Signals that have neighbours. */
  readonly members: readonly number[]
  readonly around: readonly (readonly Neighbour[])[]
}

export function surroundingsOf(cycle: number, nodes: number, pairs: readonly Pair[]): Surroundings {
  const around: Neighbour[][] = Array.from({ length: nodes }, () => [])
  for (const [pair, { u, v, table }] of pairs.entries()) {
    around[v]!.push({ node: u, pair, table })
    around[u]!.push({ node: v, pair, table: table.map((_, φ) => table[φ === 0 ? 0 : cycle - φ]!) })
  }
  return { cycle, pairs, around, members: [...around.keys()].filter((node) => around[node]!.length > 0) }
}

export function costOf({ cycle, pairs }: Surroundings, offsets: Int32Array): number {
  let sum = 0
  for (const { u, v, table } of pairs) {
    const φ = offsets[v]! - offsets[u]!
    sum += table[φ < 0 ? φ + cycle : φ]!
  }
  return sum
}

/** What a signal costs at each of its offsets, its neighbours where they are; only those that `counts` admits. */
export function costsAt({ cycle: C, around }: Surroundings, offsets: Int32Array, node: number, out: Float64Array, counts?: (node: number) => boolean): void {
  out.fill(0)
  for (const { node: other, table } of around[node]!) {
    if (counts && !counts(other)) continue
    const shift = offsets[other]!
    for (let φ = 0; φ < C - shift; φ++) out[φ + shift]! += table[φ]!
    for (let φ = C - shift; φ < C; φ++) out[φ + shift - C]! += table[φ]!
  }
}

/** Smaller gains are rounding. */
export const LEAST_GAIN = 1e-9

/** One signal after another to its best offset, until none gains. */
export function descend(field: Surroundings, offsets: Int32Array, nodes: Iterable<number>): void {
  const costs = new Float64Array(field.cycle)
  const waiting = new Set(nodes)
  for (const node of waiting) {
    waiting.delete(node)
    costsAt(field, offsets, node, costs)
    let best = offsets[node]!
    for (let θ = 0; θ < field.cycle; θ++) if (costs[θ]! < costs[best]! - (best === offsets[node] ? LEAST_GAIN : 0)) best = θ
    if (best === offsets[node]) continue
    offsets[node] = best
    for (const { node: other } of field.around[node]!) waiting.add(other)
  }
}

/**
 * A block of signals keeps its inner differences and moves as one by the best of all shifts, for every block of neighbours in
 * which two plans differ by the same: takes over from the second what is better there, and more.
 */
export function shiftBlocks(field: Surroundings, offsets: Int32Array, second: Int32Array): void {
  const { cycle: C, around } = field
  const difference = offsets.map((θ, node) => (second[node]! - θ + C) % C)
  const block = new Int32Array(offsets.length).fill(-1)
  const costs = new Float64Array(C)
  for (const seed of field.members) {
    if (block[seed]! >= 0) continue
    const inside = [seed]
    block[seed] = seed
    for (const node of inside) {
      for (const { node: other } of around[node]!) {
        if (block[other]! >= 0 || difference[other] !== difference[seed]) continue
        block[other] = seed
        inside.push(other)
      }
    }
    if (inside.length === field.members.length) continue
    costs.fill(0)
    for (const node of inside) {
      for (const { node: other, table } of around[node]!) {
        if (block[other] === seed) continue
        const φ = offsets[node]! - offsets[other]! + C
        for (let s = 0; s < C; s++) costs[s]! += table[(φ + s) % C]!
      }
    }
    const least = minimumOf(costs)
    if (least >= costs[0]! - LEAST_GAIN) continue
    const shift = costs.indexOf(least)
    for (const node of inside) offsets[node] = (offsets[node]! + shift) % C
  }
}
