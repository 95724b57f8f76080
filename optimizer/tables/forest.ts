/**
 * A very large neighbourhood: signals that form no loop among themselves move all at once, to the offsets that are best of all
 * while every other signal stays. Exact, by dynamic programming from the leaves of each tree to its root.
 */
import { type Circle, convolve, createCircle } from './convolve.ts'
import { costsAt, type Surroundings } from './field.ts'

export class ForestMove {
  readonly #field: Surroundings
  readonly #root: Int32Array
  readonly #isIn: Uint8Array
  readonly #costs: (Float64Array | undefined)[]
  readonly #message: Float64Array
  readonly #circle: Circle

  constructor(field: Surroundings) {
    const count = field.around.length
    this.#field = field
    this.#root = new Int32Array(count)
    this.#isIn = new Uint8Array(count)
    this.#costs = Array.from({ length: count })
    this.#message = new Float64Array(field.cycle)
    this.#circle = createCircle(field.cycle)
  }

  /** Signals of `order` join the forest as they come, unless they would close a loop; then the forest moves. */
  move(offsets: Int32Array, order: readonly number[]): void {
    const { around } = this.#field
    const forest = this.#choose(order)
    const parent = new Map<number, number>()
    for (const root of forest) {
      if (parent.has(root)) continue
      parent.set(root, -1)
      const tree = [root]
      for (const node of tree) {
        for (const { node: other } of around[node]!) {
          if (!this.#isIn[other] || parent.has(other)) continue
          parent.set(other, node)
          tree.push(other)
        }
      }
      this.#solve(offsets, tree, parent)
    }
    for (const node of forest) this.#isIn[node] = 0
  }

  #choose(order: readonly number[]): number[] {
    const { around } = this.#field
    const forest: number[] = []
    for (const node of order) {
      const roots: number[] = []
      let closes = false
      for (const { node: other } of around[node]!) {
        if (!this.#isIn[other]) continue
        const root = this.#find(other)
        if (roots.includes(root)) closes = true
        roots.push(root)
      }
      if (closes) continue
      this.#isIn[node] = 1
      this.#root[node] = node
      for (const root of roots) this.#root[root] = node
      forest.push(node)
    }
    return forest
  }

  #find(node: number): number {
    const root = this.#root
    while (root[node] !== node) node = root[node] = root[root[node]!]!
    return node
  }

  /** `tree` lists each signal after its parent. */
  #solve(offsets: Int32Array, tree: readonly number[], parent: ReadonlyMap<number, number>): void {
    const C = this.#field.cycle
    const stays = (node: number): boolean => !this.#isIn[node]
    for (const node of tree) costsAt(this.#field, offsets, node, (this.#costs[node] ??= new Float64Array(C)), stays)
    for (let k = tree.length - 1; k > 0; k--) {
      const node = tree[k]!
      const above = parent.get(node)!
      this.#send(node, above)
      const sum = this.#costs[above]!
      for (let θ = 0; θ < C; θ++) sum[θ]! += this.#message[θ]!
    }
    for (const [k, node] of tree.entries()) {
      if (k > 0) offsets[node] = this.#choice(node, parent.get(node)!, offsets[parent.get(node)!]!)
      else {
        const costs = this.#costs[node]!
        let best = offsets[node]!
        for (let θ = 0; θ < C; θ++) if (costs[θ]! < costs[best]!) best = θ
        offsets[node] = best
      }
    }
  }

  /** message[x] = least over θ of cost(θ) + table(θ − x). */
  #send(node: number, above: number): void {
    convolve(this.#circle, this.#costs[node]!, this.#tableSeenFrom(above, node), this.#message)
  }

  /** The θ that the message to `above` was of, the first of several; found anew, as one x of a cycle is asked for. */
  #choice(node: number, above: number, x: number): number {
    const C = this.#field.cycle
    const costs = this.#costs[node]!, table = this.#tableSeenFrom(above, node)
    let least = Infinity, choice = 0
    for (let θ = 0; θ < C; θ++) {
      const cost = costs[θ]! + table[x < θ ? x - θ + C : x - θ]!
      if (cost < least) [least, choice] = [cost, θ]
    }
    return choice
  }

  #tableSeenFrom(above: number, node: number): Float64Array {
    return this.#field.around[above]!.find(({ node: other }) => other === node)!.table
  }
}
