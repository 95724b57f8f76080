// The road as a graph (graphology): nodes joined by links, and what can be looked up in it.
import { MultiDirectedGraph } from 'graphology'
import { EarliestFirst } from './earliest-first.ts'
import { GreenwaveError } from './errors.ts'
import type { Connection, Link, LinkId, Movement, MovementId, Network, NetworkNode, NodeId, Point } from './network.ts'
import type { Signal, SignalId } from './signal.ts'
import { travelTime } from './units.ts'

interface NodeAttributes { node: NetworkNode }
interface LinkAttributes { link: Link }

/** Look-ups over one network; build once, read often. The document stays the single source of values. */
export class RoadGraph {
  readonly network: Network
  readonly graph: MultiDirectedGraph<NodeAttributes, LinkAttributes>
  readonly #movements = new Map<MovementId, Movement>()
  readonly #movementsFrom = new Map<LinkId, Movement[]>()
  readonly #movementsInto = new Map<LinkId, Movement[]>()
  readonly #connections = new Map<MovementId, Connection[]>()
  readonly #signals = new Map<SignalId, Signal>()
  readonly #signalOfNode = new Map<NodeId, Signal>()
  readonly #movementsOfSignal = new Map<SignalId, Movement[]>()

  constructor(network: Network) {
    this.network = network
    this.graph = new MultiDirectedGraph<NodeAttributes, LinkAttributes>()
    for (const node of network.nodes) this.graph.addNode(node.id, { node })
    for (const link of network.links) this.graph.addEdgeWithKey(link.id, link.from, link.to, { link })
    for (const movement of network.movements) {
      this.#movements.set(movement.id, movement)
      push(this.#movementsFrom, movement.from, movement)
      push(this.#movementsInto, movement.to, movement)
      if (movement.signal !== undefined) push(this.#movementsOfSignal, movement.signal, movement)
    }
    for (const connection of network.connections) push(this.#connections, connection.movement, connection)
    for (const signal of network.signals) {
      this.#signals.set(signal.id, signal)
      for (const node of signal.nodes) this.#signalOfNode.set(node, signal)
    }
  }

  getLink(id: LinkId): Link {
    if (!this.graph.hasEdge(id)) throw new GreenwaveError('input.reference', `the network has no link "${id}"`)
    return this.graph.getEdgeAttribute(id, 'link')
  }

  getMovement(id: MovementId): Movement {
    const movement = this.#movements.get(id)
    if (movement === undefined) throw new GreenwaveError('input.reference', `the network has no movement "${id}"`)
    return movement
  }

  getSignal(id: SignalId): Signal {
    const signal = this.#signals.get(id)
    if (signal === undefined) throw new GreenwaveError('input.reference', `the network has no signal "${id}"`)
    return signal
  }

  findSignalOfNode(node: NodeId): Signal | undefined {
    return this.#signalOfNode.get(node)
  }

  /** Signal that governs a movement, by its own word. */
  findSignalOfMovement(movement: Movement): Signal | undefined {
    return movement.signal === undefined ? undefined : this.#signals.get(movement.signal)
  }

  findMovement(from: LinkId, to: LinkId): Movement | undefined {
    return this.listMovementsFrom(from).find((movement) => movement.to === to)
  }

  listMovementsFrom(link: LinkId): Movement[] {
    return this.#movementsFrom.get(link) ?? []
  }

  listMovementsInto(link: LinkId): Movement[] {
    return this.#movementsInto.get(link) ?? []
  }

  listConnections(movement: MovementId): Connection[] {
    return this.#connections.get(movement) ?? []
  }

  listMovementsOfSignal(id: SignalId): Movement[] {
    return this.#movementsOfSignal.get(id) ?? []
  }

  /** Links that end at the stop lines of a signal. */
  listApproaches(id: SignalId): Link[] {
    const from = new Set(this.listMovementsOfSignal(id).map((movement) => movement.from))
    return [...from].map((link) => this.getLink(link))
  }

  /** Direction of travel at the end of a link (where it meets its stop line) or at its start, radians from east, anticlockwise. */
  heading(id: LinkId, at: 'start' | 'end'): number {
    const link = this.getLink(id)
    const node = (which: NodeId): Point => {
      const { x_m, y_m } = this.graph.getNodeAttribute(which, 'node')
      return [x_m, y_m]
    }
    const shape = link.shape_m !== undefined && link.shape_m.length > 1 ? link.shape_m : [node(link.from), node(link.to)]
    const [a, b] = (at === 'end' ? shape.slice(-2) : shape.slice(0, 2)) as [Point, Point]
    return Math.atan2(b[1] - a[1], b[0] - a[0])
  }

  /** Mean length of the paths of a movement across its node, m. */
  movementLength(id: MovementId): number {
    const connections = this.listConnections(id)
    if (connections.length === 0) return 0
    return connections.reduce((sum, connection) => sum + connection.length_m, 0) / connections.length
  }

  /**
   * Quickest chains of links from `start` (included) to every link reached before a stop line in `goals`, at the
   * speed limits. A chain ends where it reaches a goal and never passes a link for which `blocked` is true. Once a goal is
   * found, others are looked for within `detour` of it: its time times `ratio` plus `extra_s`; absent = anywhere.
   */
  quickestChains(start: LinkId, goals: ReadonlySet<LinkId>, blocked: (link: Link) => boolean, detour?: { ratio: number; extra_s: number }): Map<LinkId, { links: LinkId[]; time_s: number }> {
    const found = new Map<LinkId, { links: LinkId[]; time_s: number }>()
    const done = new Set<LinkId>()
    const first = this.getLink(start)
    const open = new EarliestFirst<ChainEntry>()
    open.push(0, { link: first, time_s: travelTime(first.length_m, first.speed_mps), previous: undefined })
    let longest_s = Infinity
    while (found.size < goals.size) {
      const entry = open.pop()
      if (entry === undefined || entry.time_s > longest_s) break
      if (done.has(entry.link.id)) continue
      done.add(entry.link.id)
      if (goals.has(entry.link.id)) {
        found.set(entry.link.id, { links: linksOf(entry), time_s: entry.time_s })
        if (detour !== undefined) longest_s = Math.min(longest_s, entry.time_s * detour.ratio + detour.extra_s)
        continue
      }
      if (blocked(entry.link)) continue
      for (const movement of this.listMovementsFrom(entry.link.id)) {
        if (movement.turn === 'u-turn' || done.has(movement.to)) continue
        const next = this.getLink(movement.to)
        const crossing = this.movementLength(movement.id) / next.speed_mps
        const time_s = entry.time_s + crossing + travelTime(next.length_m, next.speed_mps)
        open.push(time_s, { link: next, time_s, previous: entry })
      }
    }
    return found
  }
}

/** A link that a chain reached, and the way there. */
interface ChainEntry {
  link: Link
  time_s: number
  previous: ChainEntry | undefined
}

function linksOf(entry: ChainEntry): LinkId[] {
  const links: LinkId[] = []
  for (let at: ChainEntry | undefined = entry; at !== undefined; at = at.previous) links.push(at.link.id)
  return links.reverse()
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
