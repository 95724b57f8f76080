// Routes over roads. CityFlow takes the roads of a flow as points to pass and fills the gaps by the shortest length
// (Router::updateShortestPath of its source); of equal ways the one over earlier roads of the file is taken.
import type { Link, Movement } from '../../../model/network.ts'

/** Ways that are kept, each some hundred bytes; a flow file names few pairs again and again. */
const KEPT_WAYS = 50_000

export class RoadRoutes {
  readonly #index: ReadonlyMap<string, number>
  readonly #length: Float64Array
  readonly #next: number[][]
  readonly #ways = new Map<number, number[] | undefined>()

  /** Links and the movements between them, both as the network has them. */
  constructor(links: readonly Link[], movements: readonly Movement[]) {
    this.#index = new Map(links.map(({ id }, i) => [id, i]))
    this.#length = Float64Array.from(links, ({ length_m }) => length_m)
    this.#next = links.map(() => [])
    for (const { from, to } of movements) this.#next[this.#index.get(from) ?? -1]?.push(this.#index.get(to) ?? -1)
    for (const list of this.#next) list.sort((a, b) => a - b)
  }

  /** Number of a road; undefined for one that the network does not have. */
  findRoad(id: string): number | undefined {
    return this.#index.get(id)
  }

  /** All roads from the first to the last of `points`, and how many had to be added. Undefined where no way leads on. */
  fill(points: readonly number[]): { roads: number[]; added: number } | undefined {
    const roads = points.slice(0, 1)
    let added = 0
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1] as number, points[i] as number]
      if (from === to) continue
      const way = this.#next[from]?.includes(to) === true ? [to] : this.#way(from, to)
      if (way === undefined) return undefined
      for (const road of way) roads.push(road)
      added += way.length - 1
    }
    return { roads, added }
  }

  /** Roads after `from` up to `to`. */
  #way(from: number, to: number): number[] | undefined {
    const key = from * this.#next.length + to
    if (!this.#ways.has(key)) {
      if (this.#ways.size >= KEPT_WAYS) this.#ways.clear()
      this.#ways.set(key, this.#search(from, to))
    }
    return this.#ways.get(key)
  }

  #search(from: number, to: number): number[] | undefined {
    const cost = new Map<number, number>([[from, 0]])
    const previous = new Map<number, number>()
    const done = new Set<number>()
    const open = new Queue()
    open.push(0, from)
    while (open.size > 0) {
      const at = open.pop()
      if (at === to) return trace(previous, from, to)
      if (done.has(at)) continue
      done.add(at)
      for (const road of this.#next[at] ?? []) {
        const total = (cost.get(at) ?? 0) + (this.#length[road] ?? 0)
        if (total >= (cost.get(road) ?? Infinity)) continue
        cost.set(road, total)
        previous.set(road, at)
        open.push(total, road)
      }
    }
    return undefined
  }
}

function trace(previous: ReadonlyMap<number, number>, from: number, to: number): number[] {
  const way = [to]
  for (let at = previous.get(to); at !== undefined && at !== from; at = previous.get(at)) way.push(at)
  return way.reverse()
}

/** Binary heap of (cost, road), the lowest first; equal costs by road. */
class Queue {
  readonly #entries: [cost: number, road: number][] = []

  get size(): number {
    return this.#entries.length
  }

  push(cost: number, road: number): void {
    let i = this.#entries.push([cost, road]) - 1
    while (i > 0 && this.#before(i, (i - 1) >> 1)) {
      this.#swap(i, (i - 1) >> 1)
      i = (i - 1) >> 1
    }
  }

  pop(): number {
    const [first, last] = [this.#entries[0] as [number, number], this.#entries.pop() as [number, number]]
    if (this.#entries.length === 0) return first[1]
    this.#entries[0] = last
    for (let i = 0; ; ) {
      const children = [2 * i + 1, 2 * i + 2].filter((child) => child < this.#entries.length)
      const least = children.reduce((best, child) => (this.#before(child, best) ? child : best), i)
      if (least === i) return first[1]
      this.#swap(i, least)
      i = least
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#entries[a] as [number, number], this.#entries[b] as [number, number]]
    return x[0] < y[0] || (x[0] === y[0] && x[1] < y[1])
  }

  #swap(a: number, b: number): void {
    const held = this.#entries[a] as [number, number]
    this.#entries[a] = this.#entries[b] as [number, number]
    this.#entries[b] = held
  }
}
