/** Search for good offsets: moves of single signals, of blocks and of whole forests, from many starts, here and there anew. */
import { mulberry32, shuffled } from '../bands/instances/random.ts'
import { costOf, descend, LEAST_GAIN, shiftBlocks, type Surroundings } from './field.ts'
import { ForestMove } from './forest.ts'

/** Signals of a region that is searched anew, and those in its middle that begin elsewhere. */
const REGION = [12, 60] as const
const MIDDLE = [1, 9] as const

export class OffsetSearch {
  readonly best: Int32Array
  value: number
  /** So far: times that a table of cycle² entries was gone through, roughly. */
  work = 0
  readonly #field: Surroundings
  readonly #forest: ForestMove
  readonly #random: () => number

  constructor(field: Surroundings, seed: number) {
    this.#field = field
    this.#forest = new ForestMove(field)
    this.#random = mulberry32(seed)
    this.best = new Int32Array(field.around.length)
    this.value = costOf(field, this.best)
  }

  /** Improves a start and keeps it, or what it has better than the best so far. */
  tryStart(start: Int32Array, forests = 6): void {
    const offsets = start.slice()
    const { members } = this.#field
    descend(this.#field, offsets, members)
    for (let k = 0; k < forests; k++) this.#move(offsets, members)
    descend(this.#field, offsets, members)
    this.#keep(offsets)
    const mixed = this.best.slice()
    shiftBlocks(this.#field, mixed, offsets)
    this.#keep(mixed)
  }

  randomStart(): Int32Array {
    return this.best.map(() => Math.floor(this.#random() * this.#field.cycle))
  }

  /**
   * Offsets in the order of `order`, each the best for the neighbours before it at costs `guides` instead of the tables:
   * guides[pair][φ], φ as in the pair's table.
   */
  follow(guides: readonly Float64Array[], order: readonly number[]): Int32Array {
    const { cycle: C, around, pairs } = this.#field
    const offsets = new Int32Array(this.best.length)
    const isSet = new Uint8Array(offsets.length)
    for (const node of order) {
      let best = 0, least = Infinity
      for (let θ = 0; θ < C; θ++) {
        let cost = 0
        for (const { node: other, pair } of around[node]!) {
          if (!isSet[other]) continue
          const φ = pairs[pair]!.v === node ? θ - offsets[other]! : offsets[other]! - θ
          cost += guides[pair]![φ < 0 ? φ + C : φ]!
        }
        if (cost < least) [least, best] = [cost, θ]
      }
      offsets[node] = best
      isSet[node] = 1
    }
    return offsets
  }

  /** Some signals next to each other begin elsewhere, and the region around them is searched again; kept unless it is worse. */
  shake(): void {
    const { members, cycle } = this.#field
    if (members.length === 0) return
    const region = this.#region(members[this.#below(members.length)]!, REGION[0] + this.#below(REGION[1] - REGION[0]))
    const before = region.map((node) => this.best[node]!)
    const cost = this.#costOfRegion(region)
    const middle = MIDDLE[0] + this.#below(MIDDLE[1] - MIDDLE[0])
    const together = this.#random() < 0.5
    const shift = this.#below(cycle)
    for (const node of region.slice(0, middle)) this.best[node] = together ? (this.best[node]! + shift) % cycle : this.#below(cycle)
    // Those that begin elsewhere stay out of the first forest: the others come to them.
    for (let k = 0; k < 3; k++) this.#move(this.best, k === 0 ? region.slice(middle) : region)
    this.#settle(region, before, cost)
  }

  #move(offsets: Int32Array, nodes: readonly number[]): void {
    this.#forest.move(offsets, shuffled(nodes, this.#random))
    this.work += nodes.length
  }

  #settle(region: readonly number[], before: readonly number[], cost: number): void {
    if (this.#costOfRegion(region) <= cost - LEAST_GAIN) {
      this.value = costOf(this.#field, this.best)
      return
    }
    for (const [k, node] of region.entries()) this.best[node] = before[k]!
  }

  #keep(offsets: Int32Array): void {
    const value = costOf(this.#field, offsets)
    if (value >= this.value - LEAST_GAIN) return
    this.best.set(offsets)
    this.value = value
  }

  /** Costs of all tables at the region. */
  #costOfRegion(region: readonly number[]): number {
    const { cycle: C, around } = this.#field
    const inside = new Set(region)
    let sum = 0
    for (const node of region) {
      for (const { node: other, table } of around[node]!) {
        const φ = this.best[node]! - this.best[other]!
        sum += table[φ < 0 ? φ + C : φ]! * (inside.has(other) ? 0.5 : 1)
      }
    }
    return sum
  }

  #region(center: number, size: number): number[] {
    const region = [center]
    const seen = new Set(region)
    for (const node of region) {
      for (const { node: other } of this.#field.around[node]!) {
        if (region.length >= size) return region
        if (!seen.has(other)) region.push(other)
        seen.add(other)
      }
    }
    return region
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}
