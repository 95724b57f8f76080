// Offsets on tables by coordinate moves, bounded by what each street alone would cost at best.
import { modulo } from '../../model/units.ts'
import type { StreetTable } from './tables.ts'

export interface OffsetTables {
  cycle_s: number
  nodes: number
  edges: readonly StreetTable[]
}

export interface OffsetAnswer {
  offsets_s: Int32Array
  value: number
  bound: number
  gap: number
  proven: boolean
}

const MOST_SWEEPS = 100

export function solveOffsets({ cycle_s: C, nodes, edges }: OffsetTables, options: { starts?: readonly (readonly number[])[]; rounds?: number } = {}): OffsetAnswer {
  const offsets = Int32Array.from(options.starts?.[0] ?? Array.from({ length: nodes }, () => 0))
  const at = Array.from({ length: nodes }, (_, i) => edges.filter(({ from, to }) => from === i || to === i))
  const costs = new Float64Array(C)
  for (let sweep = 0, moved = true; moved && sweep < MOST_SWEEPS; sweep++) {
    moved = false
    for (let i = 0; i < nodes; i++) {
      costs.fill(0)
      for (const { from, to, cost } of at[i] as StreetTable[]) {
        const other = offsets[from === i ? to : from] as number
        for (let t = 0; t < C; t++) costs[t] = (costs[t] as number) + (cost[from === i ? modulo(other - t, C) : modulo(t - other, C)] as number)
      }
      let best = offsets[i] as number
      for (let t = 0; t < C; t++) if ((costs[t] as number) < (costs[best] as number) - 1e-9) best = t
      if (best !== offsets[i]) { offsets[i] = best; moved = true }
    }
  }
  const value = edges.reduce((sum, { from, to, cost }) => sum + (cost[modulo((offsets[to] as number) - (offsets[from] as number), C)] as number), 0)
  const bound = edges.reduce((sum, { cost }) => sum + cost.reduce((a, b) => Math.min(a, b), Infinity), 0)
  return { offsets_s: offsets, value, bound, gap: value - bound, proven: value - bound <= 1e-9 * Math.abs(value) }
}
