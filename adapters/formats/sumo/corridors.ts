// Finds corridors: chains of traffic lights that the main flows pass one after the other. Flows come from the vehicles'
// routes where there are any, else from the standing of the streets (lanes x speed) and straightness.
import type { Demand } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Link, Movement, Network } from '../../../model/network.ts'
import type { Corridor } from '../../../model/scenario.ts'
import type { SignalId } from '../../../model/signal.ts'

/** A chain goes on where at least this share of the flow that came along it goes on too. */
const LEAST_CONTINUING = 0.25
/** A town has hundreds of chains; the main ones are listed. */
const MOST_LISTED = 50
/** Signals further apart than this are no longer coordinated (STM 2nd ed. ch. 7 names about a mile). */
const FARTHEST_M = 1600

/** The corridor that the user names: traffic light ids in outbound order. */
export function namedCorridor(network: Network, wanted: string | readonly string[]): Corridor {
  const known = new Set(network.signals.map((signal) => signal.id))
  const ids = (typeof wanted === 'string' ? wanted.split(',') : [...wanted]).map((id) => id.trim()).filter((id) => id !== '')
  const text = ids.join(',')
  for (const id of ids) {
    if (!known.has(id)) throw new GreenwaveError('corridor.unknown', `the network has no traffic light "${id}"; it has ${[...known].slice(0, 20).join(', ')}`)
  }
  if (new Set(ids).size !== ids.length) throw new GreenwaveError('input.duplicate', `the corridor "${text}" names a traffic light twice`)
  if (ids.length < 2) throw new GreenwaveError('corridor.disconnected', `the corridor "${text}" has ${ids.length} traffic light(s); it needs at least 2`)
  return { id: 'corridor-1', name: streetName(network, ids) ?? 'corridor-1', intersections: ids }
}

/** Flow from signal to next signal, and over three in a row. */
interface Flows {
  pairs: Map<string, { from: SignalId; to: SignalId; flow: number }>
  triples: Map<string, number>
}

const key = (...ids: readonly SignalId[]): string => JSON.stringify(ids)

/** Largest first: by number of signals, then by flow. Every neighbouring pair belongs to at most one chain. */
export function findCorridors(network: Network, demand: Pick<Demand, 'routes' | 'vehicles'>): Corridor[] {
  const flows = demand.vehicles.depart_s.length > 0 ? routeFlows(network, demand) : streetFlows(network)
  const both = (a: SignalId, b: SignalId): number => (flows.pairs.get(key(a, b))?.flow ?? 0) + (flows.pairs.get(key(b, a))?.flow ?? 0)
  const through = (a: SignalId, b: SignalId, c: SignalId): number => (flows.triples.get(key(a, b, c)) ?? 0) + (flows.triples.get(key(c, b, a)) ?? 0)
  const neighbours = new Map<SignalId, Set<SignalId>>()
  for (const { from, to } of flows.pairs.values()) {
    neighbours.set(from, (neighbours.get(from) ?? new Set()).add(to))
    neighbours.set(to, (neighbours.get(to) ?? new Set()).add(from))
  }
  const ordered = [...flows.pairs.values()].sort((x, y) => both(y.from, y.to) - both(x.from, x.to) || key(x.from, x.to).localeCompare(key(y.from, y.to)))
  const used = new Set<string>()
  const chains: { chain: SignalId[]; flow: number }[] = []
  for (const { from, to } of ordered) {
    if (used.has(pairOf(from, to))) continue
    const chain = [from, to]
    const grow = (): boolean => {
      const [end, before] = [chain.at(-1) as SignalId, chain.at(-2) as SignalId]
      const next = [...(neighbours.get(end) ?? [])]
        .filter((id) => !chain.includes(id) && !used.has(pairOf(end, id)))
        .map((id) => ({ id, flow: through(before, end, id) }))
        .filter(({ flow }) => flow > 0 && flow >= LEAST_CONTINUING * both(before, end))
        .sort((x, y) => y.flow - x.flow || x.id.localeCompare(y.id))[0]
      if (next === undefined) return false
      chain.push(next.id)
      return true
    }
    while (grow());
    chain.reverse()
    while (grow());
    for (let i = 1; i < chain.length; i++) used.add(pairOf(chain[i - 1] as SignalId, chain[i] as SignalId))
    chains.push({ chain: outbound(chain, flows), flow: chain.slice(1).reduce((sum, id, i) => sum + both(chain[i] as SignalId, id), 0) / (chain.length - 1) })
  }
  chains.sort((a, b) => b.chain.length - a.chain.length || b.flow - a.flow)
  return chains.slice(0, MOST_LISTED).map(({ chain }, i) => ({ id: `corridor-${i + 1}`, name: streetName(network, chain) ?? `corridor-${i + 1}`, intersections: chain }))
}

const pairOf = (a: SignalId, b: SignalId): string => (a < b ? key(a, b) : key(b, a))

/** Outbound is the direction of the larger flow. */
function outbound(chain: SignalId[], flows: Flows): SignalId[] {
  const total = (ids: readonly SignalId[]): number => ids.slice(1).reduce((sum, id, i) => sum + (flows.pairs.get(key(ids[i] as SignalId, id))?.flow ?? 0), 0)
  const reversed = [...chain].reverse()
  return total(reversed) > total(chain) ? reversed : chain
}

function add(flows: Flows, path: readonly SignalId[], flow: number): void {
  for (let i = 1; i < path.length; i++) {
    const [from, to] = [path[i - 1] as SignalId, path[i] as SignalId]
    const pair = flows.pairs.get(key(from, to)) ?? { from, to, flow: 0 }
    pair.flow += flow
    flows.pairs.set(key(from, to), pair)
    const before = path[i - 2]
    if (before !== undefined) flows.triples.set(key(before, from, to), (flows.triples.get(key(before, from, to)) ?? 0) + flow)
  }
}

function routeFlows(network: Network, demand: Pick<Demand, 'routes' | 'vehicles'>): Flows {
  const weights = Array.from(demand.routes, () => 0)
  for (const route of demand.vehicles.route) weights[route] = (weights[route] ?? 0) + 1
  const signalAt = new Map(network.movements.flatMap(({ from, to, signal }) => (signal === undefined ? [] : [[key(from, to), signal] as const])))
  const length = new Map(network.links.map((link) => [link.id, link.length_m]))
  const flows: Flows = { pairs: new Map(), triples: new Map() }
  demand.routes.forEach(({ links }, i) => {
    let path: SignalId[] = []
    let since = 0
    for (let j = 0; j + 1 < links.length; j++) {
      since += length.get(links[j] ?? '') ?? 0
      const signal = signalAt.get(key(links[j] ?? '', links[j + 1] ?? ''))
      if (signal === undefined) continue
      if (path.length > 0 && since > FARTHEST_M) {
        add(flows, path, weights[i] ?? 0)
        path = []
      }
      if (path.at(-1) !== signal) path.push(signal)
      since = 0
    }
    add(flows, path, weights[i] ?? 0)
  })
  return flows
}

/** Without routes: from every stop line straight on, along the street of the highest standing, to the next two signals. */
function streetFlows(network: Network): Flows {
  const links = new Map(network.links.map((link) => [link.id, link]))
  const from = new Map<string, Movement[]>()
  for (const movement of network.movements) from.set(movement.from, [...(from.get(movement.from) ?? []), movement])
  const flows: Flows = { pairs: new Map(), triples: new Map() }
  const starts = new Set(network.movements.filter(({ signal }) => signal !== undefined).map((movement) => movement.from))
  for (const start of starts) {
    const path: SignalId[] = []
    const seen = new Set<string>()
    let [at, since] = [links.get(start), 0]
    while (at !== undefined && !seen.has(at.id) && path.length < 3 && since <= FARTHEST_M) {
      seen.add(at.id)
      const next = straightOn(from.get(at.id) ?? [], links)
      if (next?.signal !== undefined && path.at(-1) !== next.signal) {
        path.push(next.signal)
        since = 0
        // A street that ends at a signal ends the chain: turning off is not the same arterial.
        if (next.turn !== 'through') break
      }
      at = next === undefined ? undefined : links.get(next.to)
      since += at?.length_m ?? 0
    }
    const standing = links.get(start)
    if (standing !== undefined) add(flows, path, capacityOf(standing))
  }
  return flows
}

const capacityOf = (link: Link): number => link.lanes.length * link.speed_mps

function straightOn(options: readonly Movement[], links: ReadonlyMap<string, Link>): Movement | undefined {
  const rank = (movement: Movement): number => {
    const to = links.get(movement.to)
    return (movement.turn === 'through' ? 1e6 : movement.turn === 'u-turn' ? -1e6 : 0) + (to === undefined ? 0 : capacityOf(to))
  }
  return [...options].sort((a, b) => rank(b) - rank(a))[0]
}

/** The street name that most links into the chain's signals carry. */
function streetName(network: Network, chain: readonly SignalId[]): string | undefined {
  const inChain = new Set(chain)
  const names = new Map<string, number>()
  const entering = new Set(network.movements.filter(({ signal }) => signal !== undefined && inChain.has(signal)).map((movement) => movement.from))
  for (const link of network.links) {
    if (link.name !== undefined && entering.has(link.id)) names.set(link.name, (names.get(link.name) ?? 0) + capacityOf(link))
  }
  return [...names].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0]?.[0]
}
