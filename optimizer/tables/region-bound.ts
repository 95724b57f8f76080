/**
 * The loop bound with larger pieces: the costs of pairs are split among regions instead of loops, and a region visited takes what
 * others left, then leaves what each difference of a pair costs there at least to regions that come later. Within a region
 * this goes down the tree of its elimination, with least costs above and below kept exact. The bound never falls.
 */
import { minimumOf } from './convolve.ts'
import type { Pair } from './pairs.ts'
import type { OffsetRegion } from './problem.ts'
import type { Region } from './regions.ts'
import { type Bucket, leastOver, passUp, type Room, roomFor, totalOf } from './bucket.ts'

/** A pair at the bucket of the signal that leaves first. */
interface Held {
  readonly pair: number
  /** Which of the bucket's neighbours is at the other end. */
  readonly at: number
  /** Whether the pair's table counts from the leaving signal to the other. */
  readonly along: boolean
  /** As the pair's table. */
  readonly part: Float64Array
}

interface Place {
  readonly bucket: Bucket
  readonly held: readonly Held[]
  readonly children: readonly Place[]
}

interface Tree {
  readonly region: Region
  readonly roots: readonly Place[]
  readonly parts: ReadonlyMap<number, Float64Array>
  least: number
}

export class RegionBound {
  readonly #rest: readonly Float64Array[]
  readonly #marginals: readonly Float64Array[]
  readonly #pairs: readonly Pair[]
  readonly #trees: Tree[]
  /** First and last region of each pair. */
  readonly #first: Int32Array
  readonly #last: Int32Array
  readonly #room: Room
  readonly #own: Float64Array

  /** `rest` and `marginals` go on from the loops; `parts[k]` what region k has of its pairs so far, φ as in their tables. */
  constructor(cycle: number, pairs: readonly Pair[], regions: readonly Region[], loops: { rest: readonly Float64Array[]; marginals: readonly Float64Array[]; parts: readonly ReadonlyMap<number, Float64Array>[] }) {
    this.#pairs = pairs
    this.#rest = loops.rest
    this.#marginals = loops.marginals
    this.#room = roomFor(cycle)
    this.#own = new Float64Array(cycle)
    this.#first = new Int32Array(pairs.length).fill(-1)
    this.#last = new Int32Array(pairs.length).fill(-1)
    for (const [k, region] of regions.entries()) {
      for (const pair of region.pairs) {
        if (this.#first[pair]! < 0) this.#first[pair] = k
        this.#last[pair] = k
      }
    }
    this.#trees = regions.map((region, k) => this.#plant(region, loops.parts[k]!))
  }

  get bound(): number {
    let sum = 0
    for (const left of this.#rest) sum += minimumOf(left)
    for (const { least } of this.#trees) sum += least
    return sum
  }

  /** Of a sweep: times that a table of cycle² entries is gone through, roughly. */
  get work(): number {
    const C = this.#own.length
    let sum = 0
    for (const { region } of this.#trees) for (const { near } of region.order) sum += near.length > 2 ? PASSES * C : PASSES
    return sum
  }

  certificate(): OffsetRegion[] {
    return this.#trees.map(({ region, parts }) => ({
      order: region.order.map(({ node }) => node),
      pairs: region.pairs.map((pair) => ({ from: this.#pairs[pair]!.u, to: this.#pairs[pair]!.v, part: parts.get(pair)!.slice() })),
    }))
  }

  /** Visits every region once; false when it was asked to stop before. */
  sweep(forward: boolean, goOn: () => boolean): boolean {
    const count = this.#trees.length
    for (let k = 0; k < count; k++) {
      if (!goOn()) return false
      const at = forward ? k : count - 1 - k
      const tree = this.#trees[at]!
      for (const root of tree.roots) this.#visit(root, (pair) => (forward ? this.#last[pair]! > at : this.#first[pair]! < at))
      tree.least = tree.roots.reduce((sum, { bucket }) => sum + bucket.up[0]!, 0)
    }
    return true
  }

  #plant(region: Region, parts: ReadonlyMap<number, Float64Array>): Tree {
    const places = new Map<number, Place & { readonly held: Held[]; readonly children: Place[] }>()
    const roots: Place[] = []
    const cycle = this.#own.length
    for (const { node, near } of region.order) places.set(node, { bucket: { node, near, up: new Float64Array(cycle ** Math.max(0, near.length - 1)), below: [] }, held: [], children: [] })
    const rank = new Map(region.order.map(({ node }, k) => [node, k]))
    for (const pair of region.pairs) {
      const { u, v } = this.#pairs[pair]!
      const [node, other] = rank.get(u)! < rank.get(v)! ? [u, v] : [v, u]
      const { bucket, held } = places.get(node)!
      held.push({ pair, at: bucket.near.indexOf(other), along: node === u, part: parts.get(pair)! })
    }
    for (const { node, near } of region.order) {
      const place = places.get(node)!
      const above = near[0] === undefined ? undefined : places.get(near[0])!
      if (above === undefined) roots.push(place)
      else {
        above.children.push(place)
        above.bucket.below.push(place.bucket)
      }
      this.#fill(place)
      passUp(this.#room, place.bucket)
    }
    return { region, roots, parts, least: roots.reduce((sum, { bucket }) => sum + bucket.up[0]!, 0) }
  }

  /** Tables of the bucket out of the parts and of what came up. */
  #fill({ bucket, held }: Place): void {
    totalOf(this.#room, bucket)
    for (const { at, along, part } of held) this.#room.addSingle(at, part, along, 1)
  }

  #visit(place: Place, givesOn: (pair: number) => boolean, above?: Float64Array): void {
    const { bucket, held, children } = place
    for (const { pair, part } of held) {
      const rest = this.#rest[pair]!
      for (let φ = 0; φ < rest.length; φ++) part[φ]! += rest[φ]!
      rest.fill(0)
    }
    this.#fill(place)
    const giving = held.filter(({ pair }) => givesOn(pair))
    for (const one of giving) this.#give(bucket, one, above)
    for (const child of children) {
      this.#visit(child, givesOn, this.#fromAbove(place, child, above))
      // There is one room for all: those below have used it.
      this.#fill(place)
    }
    passUp(this.#room, bucket)
  }

  #fromAbove(place: Place, child: Place, above: Float64Array | undefined): Float64Array | undefined {
    const rest = child.bucket.near.slice(1)
    if (rest.length === 0) return undefined
    const out = new Float64Array(child.bucket.up.length)
    leastOver(this.#room, place.bucket, rest.map((node) => place.bucket.near.indexOf(node)), above, out)
    for (let k = 0; k < out.length; k++) out[k]! -= child.bucket.up[k]!
    return out
  }

  #give(bucket: Bucket, { pair, at, along, part }: Held, above: Float64Array | undefined): void {
    const own = this.#own
    leastOver(this.#room, bucket, [at], above, own)
    const least = minimumOf(own)
    for (let φ = 0; φ < own.length; φ++) own[φ]! -= least
    this.#room.addSingle(at, own, true, -GIVEN)
    const rest = this.#rest[pair]!, seen = this.#marginals[pair]!
    const C = own.length
    for (let φ = 0; φ < C; φ++) {
      const x = own[along || φ === 0 ? φ : C - φ]!
      seen[φ] = x
      part[φ]! -= GIVEN * x
      rest[φ]! += GIVEN * x
    }
  }
}

/** Of what each difference costs at least, the share that goes on: all of it would leave nothing for the pairs that come after. */
const GIVEN = 0.6
/** Up once, down once, and once for what goes on. */
const PASSES = 3
