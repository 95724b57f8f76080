// Quickest routes at free travel times over the lanes that a vehicle class may use, for trips that name only where they
// start and end. Costs as SUMO counts them: edges and internal lanes at their speed limits, plus 1.5 s for an internal
// lane without priority that no traffic light governs (its option weights.minor-penalty).
import type { SumoEdge, SumoNet } from './net-document.ts'
import type { SumoPath } from './paths.ts'
import { isRoad } from './read-net.ts'
import { mayUse } from './vehicle-classes.ts'

const MINOR_PENALTY_S = 1.5
/** Alternatives of a trip that take no longer than this share of the quickest are driven as well. */
const NEAR_QUICKEST = 1.1
/** Trees of predecessors that are kept, in entries; 4 bytes each. */
const KEPT_ENTRIES = 16_000_000
/** Capitals and "=" aside, SUMO writes links without priority in small letters. */
const MINOR_STATES = new Set(['m', '=', 's', 'w', 'Z'])

interface ClassGraph {
  /** Travel time of each edge, s; infinite where the class may not drive. */
  edgeTime: Float64Array
  /** Outgoing arcs of edge i are first[i] to first[i + 1]. */
  first: Int32Array
  target: Int32Array
  time: Float64Array
}

export class Router {
  /** Links in the order of the network document. */
  readonly edges: SumoEdge[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly #paths: readonly SumoPath[]
  readonly #adjacent: ReadonlySet<number>
  readonly #graphs = new Map<string, ClassGraph>()
  readonly #trees = new Map<string, Int32Array>()

  constructor(net: SumoNet, paths: readonly SumoPath[]) {
    this.edges = [...net.edges.values()].filter((edge) => isRoad(edge.function))
    this.indexOf = new Map(this.edges.map((edge, i) => [edge.id, i]))
    this.#paths = paths
    this.#adjacent = new Set(paths.map(({ connection }) => this.#arc(this.#index(connection.from), this.#index(connection.to))))
  }

  /** Whether a connection leads from one edge to the other. */
  connects(from: number, to: number): boolean {
    return this.#adjacent.has(this.#arc(from, to))
  }

  /** Edges from `from` to `to`, both included, or undefined where no way leads there. */
  findRoute(from: number, to: number, vehicleClass: string, maxSpeed: number): number[] | undefined {
    const tree = this.#tree(from, vehicleClass, maxSpeed)
    if (from === to) return [from]
    if ((tree[to] ?? -1) === -1) return undefined
    const route = [to]
    for (let at = to; at !== from; ) {
      at = tree[at] ?? from
      route.push(at)
    }
    return route.reverse()
  }

  /**
   * The quickest way between each edge where a trip may begin and each where it may end, over the edges between in their order; those that take
   * at most a tenth longer than the quickest of all, which comes first. None where no way leads there.
   */
  findTrips(from: readonly number[], via: readonly number[], to: readonly number[], vehicleClass: string, maxSpeed: number): number[][] {
    const { edgeTime } = this.#graph(vehicleClass, maxSpeed)
    const ways = from.flatMap((first) => to.flatMap((last) => {
      const links = this.#findOver([first, ...via, last], vehicleClass, maxSpeed)
      return links === undefined ? [] : [{ links, time: (edgeTime[first] ?? Infinity) + this.#timeOf(links, vehicleClass, maxSpeed) }]
    })).sort((a, b) => a.time - b.time)
    return ways.filter(({ time }, i) => i === 0 || time <= NEAR_QUICKEST * (ways[0]?.time ?? 0)).map(({ links }) => links)
  }

  #findOver(stations: readonly number[], vehicleClass: string, maxSpeed: number): number[] | undefined {
    const links = stations.slice(0, 1)
    for (const to of stations.slice(1)) {
      const part = this.findRoute(links.at(-1) as number, to, vehicleClass, maxSpeed)
      if (part === undefined) return undefined
      links.push(...part.slice(1))
    }
    return links
  }

  /** Seconds from the end of the first edge of a way to the end of its last. */
  #timeOf(way: readonly number[], vehicleClass: string, maxSpeed: number): number {
    const { edgeTime, first, target, time } = this.#graph(vehicleClass, maxSpeed)
    return way.slice(1).reduce((sum, edge, i) => {
      const before = way[i] as number
      for (let arc = first[before] ?? 0; arc < (first[before + 1] ?? 0); arc++) if (target[arc] === edge) return sum + (time[arc] ?? 0) + (edgeTime[edge] ?? Infinity)
      return Infinity
    }, 0)
  }

  #index(id: string): number {
    return this.indexOf.get(id) ?? -1
  }

  #arc(from: number, to: number): number {
    return from * this.edges.length + to
  }

  #tree(from: number, vehicleClass: string, maxSpeed: number): Int32Array {
    const key = `${vehicleClass} ${maxSpeed} ${from}`
    const known = this.#trees.get(key)
    if (known !== undefined) return known
    const graph = this.#graph(vehicleClass, maxSpeed)
    if ((this.#trees.size + 1) * this.edges.length > KEPT_ENTRIES) {
      const oldest = this.#trees.keys().next().value
      if (oldest !== undefined) this.#trees.delete(oldest)
    }
    const tree = shortestTree(graph, from)
    this.#trees.set(key, tree)
    return tree
  }

  #graph(vehicleClass: string, maxSpeed: number): ClassGraph {
    const key = `${vehicleClass} ${maxSpeed}`
    const graph = this.#graphs.get(key) ?? this.#build(vehicleClass, maxSpeed)
    this.#graphs.set(key, graph)
    return graph
  }

  #build(vehicleClass: string, maxSpeed: number): ClassGraph {
    const n = this.edges.length
    const edgeTime = new Float64Array(n).map((_, i) => {
      const lanes = this.edges[i]?.lanes.filter((lane) => mayUse(vehicleClass, lane)) ?? []
      return lanes.length === 0 ? Infinity : (lanes[0]?.length ?? 0) / Math.min(maxSpeed, Math.max(...lanes.map((lane) => lane.speed)))
    })
    const best = new Map<number, number>()
    for (const path of this.#paths) {
      const { connection } = path
      const [from, to] = [this.#index(connection.from), this.#index(connection.to)]
      const ends = [this.edges[from]?.lanes[connection.fromLane], this.edges[to]?.lanes[connection.toLane]]
      if (ends.some((lane) => lane === undefined || !mayUse(vehicleClass, lane))) continue
      const penalty = connection.tl === undefined && MINOR_STATES.has(connection.state) ? MINOR_PENALTY_S : 0
      const time = path.length / Math.min(maxSpeed, path.speed) + penalty
      const arc = this.#arc(from, to)
      best.set(arc, Math.min(best.get(arc) ?? Infinity, time))
    }
    const arcs = [...best].sort((a, b) => a[0] - b[0])
    const first = new Int32Array(n + 1)
    for (const [arc] of arcs) first[Math.floor(arc / n) + 1] = (first[Math.floor(arc / n) + 1] ?? 0) + 1
    for (let i = 0; i < n; i++) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0)
    return { edgeTime, first, target: Int32Array.from(arcs, ([arc]) => arc % n), time: Float64Array.from(arcs, ([, time]) => time) }
  }
}

/** Predecessor of each edge on the quickest way from the source; -1 where it can't be reached. */
function shortestTree(graph: ClassGraph, source: number): Int32Array {
  const n = graph.edgeTime.length
  const previous = new Int32Array(n).fill(-1)
  const cost = new Float64Array(n).fill(Infinity)
  const done = new Uint8Array(n)
  const heap = new Heap()
  cost[source] = graph.edgeTime[source] ?? Infinity
  if (Number.isFinite(cost[source])) heap.push(cost[source] ?? 0, source)
  while (heap.size > 0) {
    const at = heap.pop()
    if (done[at] === 1) continue
    done[at] = 1
    for (let i = graph.first[at] ?? 0; i < (graph.first[at + 1] ?? 0); i++) {
      const next = graph.target[i] ?? 0
      const total = (cost[at] ?? Infinity) + (graph.time[i] ?? 0) + (graph.edgeTime[next] ?? Infinity)
      if (total < (cost[next] ?? Infinity)) {
        cost[next] = total
        previous[next] = at
        heap.push(total, next)
      }
    }
  }
  return previous
}

/** Binary heap of (cost, edge); equal costs come out by edge, so that answers don't depend on the order of work. */
class Heap {
  readonly #costs: number[] = []
  readonly #edges: number[] = []

  get size(): number {
    return this.#edges.length
  }

  push(cost: number, edge: number): void {
    let i = this.#edges.length
    this.#costs.push(cost)
    this.#edges.push(edge)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) break
      this.#swap(i, parent)
      i = parent
    }
  }

  pop(): number {
    const top = this.#edges[0] ?? -1
    const [cost, edge] = [this.#costs.pop() ?? 0, this.#edges.pop() ?? -1]
    if (this.#edges.length === 0) return top
    this.#costs[0] = cost
    this.#edges[0] = edge
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < this.#edges.length && this.#before(left, least)) least = left
      if (right < this.#edges.length && this.#before(right, least)) least = right
      if (least === i) return top
      this.#swap(i, least)
      i = least
    }
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#costs[a] ?? 0) - (this.#costs[b] ?? 0)
    return difference < 0 || (difference === 0 && (this.#edges[a] ?? 0) < (this.#edges[b] ?? 0))
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#costs, this.#edges]) {
      const held = list[a] ?? 0
      list[a] = list[b] ?? 0
      list[b] = held
    }
  }
}
