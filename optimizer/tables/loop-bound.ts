/**
 * The loop bound: costs are split among loops, and the sum of the least cost of each loop and of what is left of each pair is a
 * lower bound for any split. The split is improved pair by pair, forward and backward through the network: a pair takes from
 * its loops what each of its differences costs there at least, and gives it to the loops that come later (sequential
 * reparametrisation: Kolmogorov, "A new look at reweighted message passing", 2015). The bound never falls.
 */
import { type Circle, convolve, minimumOf, mirror } from './convolve.ts'
import { pairNumber } from './loops.ts'
import type { Pair } from './pairs.ts'
import type { OffsetLoop } from './problem.ts'

interface Loop {
  readonly nodes: readonly number[]
  readonly pairs: readonly number[]
  /** Whether the loop passes the pair from its lower signal to its higher. */
  readonly along: readonly boolean[]
  /** In the direction of the loop. */
  readonly parts: readonly Float64Array[]
  /** First and last of its pairs in the order of the sweep. */
  first: number
  last: number
}

interface Use {
  readonly loop: number
  readonly at: number
}

export class LoopBound {
  /** What is left of each pair, φ as in its table. */
  readonly rest: Float64Array[]
  /** What each difference of a pair cost at least, in all loops and alone, when a sweep last came by: guides to good offsets. */
  readonly marginals: Float64Array[]
  readonly #circle: Circle
  readonly #order: readonly number[]
  readonly #rank: Int32Array
  readonly #loops: Loop[] = []
  readonly #uses: Use[][]
  readonly #numberOf: Map<string, number>
  readonly #others: Float64Array
  readonly #taken: Float64Array

  /** `order` lists the pairs as a sweep visits them. */
  constructor(circle: Circle, pairs: readonly Pair[], order: readonly number[]) {
    this.#circle = circle
    this.#order = order
    this.#rank = new Int32Array(pairs.length)
    for (const [k, pair] of order.entries()) this.#rank[pair] = k
    this.rest = pairs.map(({ table }) => table.slice())
    this.marginals = this.rest.map((left) => left.slice())
    this.#uses = pairs.map(() => [])
    this.#numberOf = new Map(pairs.map(({ u, v }, k) => [`${u} ${v}`, k]))
    this.#others = new Float64Array(circle.cycle)
    this.#taken = new Float64Array(circle.cycle)
  }

  /** A new loop has no part yet: the bound stays. */
  add(nodes: readonly number[]): void {
    const next = nodes.map((_, k) => nodes[(k + 1) % nodes.length]!)
    const pairs = nodes.map((node, k) => pairNumber(this.#numberOf, node, next[k]!))
    for (const [at, pair] of pairs.entries()) this.#uses[pair]!.push({ loop: this.#loops.length, at })
    const ranks = pairs.map((pair) => this.#rank[pair]!)
    this.#loops.push({
      nodes,
      pairs,
      along: nodes.map((node, k) => node < next[k]!),
      parts: nodes.map(() => new Float64Array(this.#circle.cycle)),
      first: Math.min(...ranks),
      last: Math.max(...ranks),
    })
  }

  get bound(): number {
    let sum = 0
    for (const left of this.rest) sum += minimumOf(left)
    for (const loop of this.#loops) sum += this.#leastOf(loop)
    return sum
  }

  /** Of a sweep: times that a table of cycle² entries is gone through, roughly. */
  get work(): number {
    return this.#loops.reduce((sum, { nodes: { length } }) => sum + length * Math.max(1, length - 2), 0)
  }

  certificate(): OffsetLoop[] {
    return this.#loops.map(({ nodes, parts }) => ({ nodes: [...nodes], parts: parts.map((part) => part.slice()) }))
  }

  /** Pairs of each loop, and what it has of each, φ as in the pair's table. */
  shares(): { pairs: readonly number[]; parts: readonly Float64Array[] }[] {
    return this.#loops.map(({ pairs, along, parts }) => ({ pairs, parts: parts.map((part, at) => (along[at] ? part.slice() : mirror(part, new Float64Array(part.length)))) }))
  }

  /** Visits every pair once. */
  sweep(forward: boolean): void {
    const count = this.#order.length
    for (let k = 0; k < count; k++) {
      const pair = this.#order[forward ? k : count - 1 - k]!
      if (this.#uses[pair]!.length > 0) this.#visit(pair, forward)
    }
  }

  /** Afterwards what is left of a pair is what its differences cost at least in all loops and alone. */
  #collect(pair: number): void {
    for (const { loop, at } of this.#uses[pair]!) this.#take(this.#loops[loop]!, at)
  }

  #visit(pair: number, forward: boolean): void {
    this.#collect(pair)
    const rank = this.#rank[pair]!
    let before = 0, after = 0
    for (const { loop } of this.#uses[pair]!) {
      const { first, last } = this.#loops[loop]!
      if ((forward ? first : last) !== rank) before++
      if ((forward ? last : first) !== rank) after++
    }
    const share = 1 / Math.max(before, after, 1)
    const rest = this.rest[pair]!
    this.marginals[pair]!.set(rest)
    for (const { loop, at } of this.#uses[pair]!) {
      const { first, last, along, parts } = this.#loops[loop]!
      if ((forward ? last : first) === rank) continue
      addTurned(parts[at]!, rest, share, along[at]!)
    }
    const left = 1 - after * share
    for (let φ = 0; φ < rest.length; φ++) rest[φ]! *= left
  }

  /** Moves the min-marginal of one pair out of a loop, whose least cost is 0 at every difference afterwards. */
  #take(loop: Loop, at: number): void {
    const part = loop.parts[at]!
    mirror(this.#costOfOthers(loop, at), this.#taken)
    const rest = this.rest[loop.pairs[at]!]!
    const C = part.length
    for (let φ = 0; φ < C; φ++) {
      const along = loop.along[at]! || φ === 0 ? φ : C - φ
      rest[along]! += part[φ]! + this.#taken[φ]!
      part[φ] = -this.#taken[φ]!
    }
  }

  /** out[x] = least cost of the other pairs of the loop when they add up to x. */
  #costOfOthers({ parts }: Loop, at: number): Float64Array {
    const n = parts.length
    const out = this.#others
    if (n === 2) {
      out.set(parts[1 - at]!)
      return out
    }
    convolve(this.#circle, parts[(at + 1) % n]!, parts[(at + 2) % n]!, out)
    for (let k = 3; k < n; k++) convolve(this.#circle, out, parts[(at + k) % n]!, out)
    return out
  }

  #leastOf(loop: Loop): number {
    const others = this.#costOfOthers(loop, 0)
    const part = loop.parts[0]!
    let least = Infinity
    for (let φ = 0; φ < part.length; φ++) least = Math.min(least, part[φ]! + others[φ === 0 ? 0 : part.length - φ]!)
    return least
  }
}

/** part += share · rest, seen in the direction of the loop. */
function addTurned(part: Float64Array, rest: Float64Array, share: number, along: boolean): void {
  const C = part.length
  if (along) for (let φ = 0; φ < C; φ++) part[φ]! += share * rest[φ]!
  else {
    part[0]! += share * rest[0]!
    for (let φ = 1; φ < C; φ++) part[φ]! += share * rest[C - φ]!
  }
}
