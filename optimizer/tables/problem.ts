/**
 * Offsets on tables: minimise Σ_e cost_e((offset[to] − offset[from]) mod cycle) over whole-second offsets (Hillier; MITROP).
 * Whatever is proven holds in this table model; how well tables describe a street is for whoever fills them.
 */
import type { Certified } from '../certified.ts'

/** What a street between two signals costs at each difference of their offsets. */
export interface TableEdge {
  readonly from: number
  readonly to: number
  /** cost[φ], φ = (offset[to] − offset[from]) mod cycle, whole seconds; any unit, the same for all edges. */
  readonly cost: Float64Array
}

export interface OffsetTables {
  /** Common cycle, whole seconds. */
  readonly cycle_s: number
  /** Signals are 0 … nodes − 1; they need not be connected. */
  readonly nodes: number
  /** Several edges between two signals add up. */
  readonly edges: readonly TableEdge[]
  /** Offsets that may not move (s). */
  readonly fixed?: ReadonlyMap<number, number>
}

/** A closed walk over signals; part k is taken from the costs between signals k and k + 1 (the last and the first). */
export interface OffsetLoop {
  readonly nodes: readonly number[]
  /** parts[k][φ], φ = (offset of the next signal − offset of signal k) mod cycle. */
  readonly parts: readonly Float64Array[]
}

/** Several loops at once; a part is taken from the costs between its two signals. */
export interface OffsetRegion {
  /** All its signals: minimised over in this order, one after another, none has more than three others left that share a cost with it. */
  readonly order: readonly number[]
  /** part[φ], φ = (offset of `to` − offset of `from`) mod cycle. */
  readonly pairs: readonly { readonly from: number; readonly to: number; readonly part: Float64Array }[]
}

/**
 * Splits the costs: what loops and regions take away from a pair of signals is missing there. The sum of the minima of all
 * loops, of all regions and of all that is left of each pair is at most the cost of any offsets, however the costs were split.
 * A pair without an edge costs nothing, and may lend and borrow all the same. Signals with fixed offsets count as one signal,
 * named by the lowest of them, whose offset is 0.
 */
export interface OffsetCertificate {
  readonly loops: readonly OffsetLoop[]
  readonly regions?: readonly OffsetRegion[]
}

/** `value` is what the offsets cost, and no offsets cost less than `bound`. */
export interface OffsetAnswer extends Certified {
  /** Offset of every signal, 0 … cycle − 1. */
  readonly offsets_s: Int32Array
  readonly certificate: OffsetCertificate
}

export interface OffsetOptions {
  readonly seed?: number
  /** Offsets to begin with (s), for instance those in the street: the answer is never worse. */
  readonly starts?: readonly (readonly number[])[]
  /** Asked between steps; false ends the search. Without it `rounds` ends it. */
  readonly goOn?: () => boolean
  /** Rounds of search and bound without `goOn`, or at most with it. */
  readonly rounds?: number
  /** A gap of this share of the value counts as closed. */
  readonly tolerance?: number
  /** Ends, proven or not, once the gap is this share of the bound. */
  readonly target_gap?: number
}
