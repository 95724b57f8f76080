// Whole numbers in a ring of stages with lower bounds on runs of neighbours: difference constraints on partial sums,
// solved exactly by longest paths (Bellman-Ford). A run over the end of the ring is its complement's upper bound.

/** Sum of variables from..to-1 is at least `least`; from >= to wraps over the end (from = to: the whole ring). */
export interface Run {
  from: number
  to: number
  least: number
}

/** Values with the given total that keep every bound, as small as possible from the front; undefined if there are none. */
export function solveChain(count: number, total: number, runs: readonly Run[]): number[] | undefined {
  const sums = new Float64Array(count + 1).fill(-Infinity)
  sums[0] = 0
  sums[count] = total
  const edges: [number, number, number][] = [[0, count, total], [count, 0, -total]]
  for (let i = 0; i < count; i++) edges.push([i, i + 1, 0])
  for (const { from, to, least } of runs) {
    if (from < to) edges.push([from, to, least])
    // total - (P_from - P_to) >= least
    else if (from > to) edges.push([from, to, least - total])
    else if (least > total) return undefined
  }
  for (let round = 0; round <= count + 1; round++) {
    let changed = false
    for (const [a, b, weight] of edges) {
      const sum = (sums[a] as number) + weight
      if (sum > (sums[b] as number) + 1e-9) {
        sums[b] = sum
        changed = true
      }
    }
    if (!changed) return Array.from({ length: count }, (_, i) => (sums[i + 1] as number) - (sums[i] as number))
  }
  return undefined
}
