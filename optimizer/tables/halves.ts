/**
 * Offsets on tables by two halves that need not know each other: one searches for good offsets, one proves what none can beat.
 * Whoever drives them, in turns or on two threads, gets one answer of both.
 */
import { modulo } from '../../model/units.ts'
import { gapShare } from '../certified.ts'
import { type Circle, createCircle, mirror } from './convolve.ts'
import { eliminate, restore, type Step } from './eliminate.ts'
import { costOf, surroundingsOf, type Surroundings } from './field.ts'
import { LowerBound } from './lower-bound.ts'
import { listPairs, type Pair, type Pairs } from './pairs.ts'
import type { OffsetAnswer, OffsetCertificate, OffsetLoop, OffsetOptions, OffsetTables } from './problem.ts'
import { OffsetSearch } from './search.ts'

/** Tables without the signals that leave exactly, as both halves take them. */
export interface ReducedTables {
  readonly tables: OffsetTables
  readonly pairs: Pairs
  readonly circle: Circle
  readonly steps: readonly Step[]
  readonly core: readonly Pair[]
  readonly field: Surroundings
  readonly whole: Surroundings
  /** What all offsets cost beside the core. */
  readonly outside: number
}

/** Throws `input.value` for tables that are no tables. */
export function reduceTables(tables: OffsetTables): ReducedTables {
  const pairs = listPairs(tables)
  const circle = createCircle(pairs.cycle)
  const { steps, pairs: core } = eliminate(circle, pairs)
  return {
    tables, pairs, circle, steps, core,
    field: surroundingsOf(pairs.cycle, pairs.nodes, core),
    whole: surroundingsOf(pairs.cycle, pairs.nodes, pairs.pairs),
    outside: pairs.constant + lastingCosts(steps),
  }
}

/** Good offsets, better with every step. The same seed, starts, guides and steps find the same. */
export class SearchHalf {
  readonly #reduced: ReducedTables
  readonly #search: OffsetSearch
  readonly #starts: readonly Int32Array[]
  #guides: readonly Float64Array[] | undefined
  #followed = 0
  /** Work that went into following guides and into all else since there are any: half and half. */
  #following = 0
  #shaking = 0

  constructor(reduced: ReducedTables, { seed, starts }: Pick<OffsetOptions, 'seed' | 'starts'> = {}) {
    this.#reduced = reduced
    this.#search = new OffsetSearch(reduced.field, seed ?? 1)
    this.#starts = (starts ?? []).map((start) => relativeStart(reduced.tables, reduced.pairs, start))
    for (const start of this.#starts) this.#search.tryStart(start)
    this.#search.tryStart(new Int32Array(reduced.pairs.nodes))
  }

  /** What the best offsets so far cost. */
  get value(): number {
    return this.#search.value + this.#reduced.outside
  }

  /** So far: times that a table of cycle² entries was gone through, roughly. */
  get work(): number {
    return this.#search.work
  }

  /**
   * Begins anew where the guides of the other half lead, and with half of all work from here on does so again, each time from another signal.
   * Guides may change meanwhile: they only say where to look.
   */
  follow(guides: readonly Float64Array[]): void {
    this.#guides = guides
    const before = this.work
    this.#search.tryStart(this.#search.follow(guides, breadthFirst(this.#reduced.field, this.#followed++)))
    this.#following += this.work - before
  }

  /** One attempt, some milliseconds. */
  step(): void {
    if (this.#guides !== undefined && this.#following < this.#shaking) return this.follow(this.#guides)
    const before = this.work
    this.#search.shake()
    if (this.#guides !== undefined) this.#shaking += this.work - before
  }

  /** Of all signals, 0 … cycle − 1: never worse than a start. */
  offsets(): Int32Array {
    const { tables, pairs, steps, whole } = this.#reduced
    const offsets = this.#search.best.slice()
    restore(pairs.cycle, steps, offsets)
    return placed(tables, pairs, [offsets, ...this.#starts].reduce((a, b) => (costOf(whole, b) < costOf(whole, a) ? b : a)))
  }
}

/** What no offsets can beat, higher with every step. The same values and steps prove the same. */
export class BoundHalf {
  readonly #reduced: ReducedTables
  readonly #lower: LowerBound

  constructor(reduced: ReducedTables) {
    this.#reduced = reduced
    this.#lower = new LowerBound(reduced.circle, reduced.pairs.nodes, reduced.core, orderOfSweep(reduced.field))
  }

  get bound(): number {
    return this.#lower.bound + this.#reduced.outside
  }

  /** Of the step before, as of the search. */
  get work(): number {
    return this.#lower.work
  }

  /** What each difference of a pair costs at least: they lead the search to good offsets. */
  get guides(): readonly Float64Array[] {
    return this.#lower.marginals
  }

  /** One round; `value` is what the best offsets known cost, and says what is left to gain. */
  step(value: number, goOn: () => boolean): void {
    this.#lower.raise(value - this.bound, goOn)
  }

  certificate(): OffsetCertificate {
    const { loops, regions } = this.#lower.certificate()
    return { loops: [...triangles(this.#reduced.steps), ...loops], ...(regions === undefined ? {} : { regions }) }
  }
}

const DEFAULT_TOLERANCE = 1e-6

/** Whether nothing, or no more than is asked for, is left between value and bound. */
export const isNearEnough = (value: number, bound: number, { tolerance, target_gap }: Pick<OffsetOptions, 'tolerance' | 'target_gap'>): boolean =>
  value - bound <= (tolerance ?? DEFAULT_TOLERANCE) * Math.abs(value) || (target_gap !== undefined && Number.isFinite(bound) && value - bound <= target_gap * Math.abs(bound))

/** One answer of what the halves found and proved. */
export function joinHalves(tables: OffsetTables, offsets_s: Int32Array, proof: { bound: number; certificate: OffsetCertificate }, tolerance = DEFAULT_TOLERANCE): OffsetAnswer {
  const { cycle_s, edges } = tables
  const value = edges.reduce((sum, { from, to, cost }) => sum + cost[modulo(offsets_s[to]! - offsets_s[from]!, cycle_s)]!, 0)
  const bound = Math.min(value, proof.bound)
  const gap = value - bound
  const proven = gap <= tolerance * Math.abs(value)
  return { offsets_s, value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', certificate: proof.certificate }
}

/** Signals as they are reached from one of them, in each part of the network from its first. */
function breadthFirst({ members, around }: Surroundings, start: number): number[] {
  const seen = new Set<number>()
  const nodes: number[] = []
  // The golden section spreads starts evenly, however many there are.
  const first = members[Math.floor(((start * 0.618034) % 1) * members.length)]
  for (const root of first === undefined ? members : [first, ...members]) {
    if (seen.has(root)) continue
    seen.add(root)
    nodes.push(root)
    for (let k = nodes.length - 1; k < nodes.length; k++) {
      for (const { node } of around[nodes[k]!]!) {
        if (!seen.has(node)) nodes.push(node)
        seen.add(node)
      }
    }
  }
  return nodes
}

/** Pairs by their later signal in breadth. */
function orderOfSweep(field: Surroundings): number[] {
  const place = new Map(breadthFirst(field, 0).map((node, k) => [node, k]))
  const later = field.pairs.map(({ u, v }) => Math.max(place.get(u)!, place.get(v)!))
  const earlier = field.pairs.map(({ u, v }) => Math.min(place.get(u)!, place.get(v)!))
  return [...field.pairs.keys()].sort((a, b) => later[a]! - later[b]! || earlier[a]! - earlier[b]!)
}

/** Signals with one neighbour always reach the least of their table; with two, the joint table carries all. */
const lastingCosts = (steps: readonly Step[]): number => steps.reduce((sum, { joint, tables }) => (joint ? sum : sum + Math.min(...tables[0]!)), 0)

/** A signal that left between two neighbours is a loop that costs 0: what its tables cost, the joint table has lent. */
function triangles(steps: readonly Step[]): OffsetLoop[] {
  const loops: OffsetLoop[] = []
  for (const { node, neighbours, tables, joint } of steps) {
    if (!joint) continue
    const C = joint.length
    const back = mirror(joint, new Float64Array(C)).map((x) => -x)
    loops.push({ nodes: [neighbours[0]!, node, neighbours[1]!], parts: [tables[0]!, mirror(tables[1]!, new Float64Array(C)), back] })
  }
  return loops
}

/** Fixed signals turned back by their offsets, so that all of them are the anchor. */
function relativeStart({ fixed, nodes }: OffsetTables, { cycle, anchor }: Pairs, start: readonly number[]): Int32Array {
  const turn = anchor < 0 ? 0 : (start[anchor] ?? 0) - fixed!.get(anchor)!
  return Int32Array.from({ length: nodes }, (_, node) => (fixed?.has(node) ? 0 : modulo(Math.round(start[node] ?? 0) - turn, cycle)))
}

/** Offsets of all signals: the anchor at 0, fixed signals where they are. */
function placed({ fixed }: OffsetTables, { cycle, anchor }: Pairs, offsets: Int32Array): Int32Array {
  const turn = anchor < 0 ? 0 : offsets[anchor]!
  return offsets.map((θ, node) => modulo(fixed?.get(node) ?? θ - turn, cycle))
}
