/**
 * A very large neighbourhood: signals that form no loop among themselves move all at once, to the offsets that are best of all
 * while every other signal stays. Exact, by dynamic programming from the leaves of each tree to its root.
 */
import { costsAt, type Surroundings } from './field.ts'

export class ForestMove {
  readonly #field: Surroundings
  readonly #root: Int32Array
  readonly #isIn: Uint8Array
  readonly #costs: (Float64Array | undefined)[]
  readonly #choices: (Int16Array | undefined)[]
  readonly #message: Float64Array
  readonly #twice: Float64Array

  constructor(field: Surroundings) {
    const count = field.around.length
    this.#field = field
    this.#root = new Int32Array(count)
    this.#isIn = new Uint8Array(count)
    this.#costs = Array.from({ length: count })
    this.#choices = Array.from({ length: count })
    this.#message = new Float64Array(field.cycle)
    this.#twice = new Float64Array(2 * field.cycle)
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
      if (k > 0) offsets[node] = this.#choices[node]![offsets[parent.get(node)!]!]!
      else {
        const costs = this.#costs[node]!
        let best = offsets[node]!
        for (let θ = 0; θ < C; θ++) if (costs[θ]! < costs[best]!) best = θ
        offsets[node] = best
      }
    }
  }

  /** message[x] = least over θ of cost(θ) + table(θ − x), and which θ it was. */
  #send(node: number, above: number): void {
    const C = this.#field.cycle
    const { table } = this.#field.around[node]!.find(({ node: other }) => other === above)!
    const costs = this.#costs[node]!
    const choices = (this.#choices[node] ??= new Int16Array(C))
    const twice = this.#twice
    twice.set(table)
    twice.set(table, C)
    for (let x = 0; x < C; x++) {
      let least = Infinity, choice = 0
      const from = C - x
      for (let θ = 0; θ < C; θ++) {
        const cost = costs[θ]! + twice[from + θ]!
        if (cost < least) {
          least = cost
          choice = θ
        }
      }
      this.#message[x] = least
      choices[x] = choice
    }
  }
}
