// Which signals form an arterial: chains of signals that through movements link, from end to end.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Movement, Network } from '../../../model/network.ts'
import type { RoadGraph } from '../../../model/road-graph.ts'
import type { Corridor } from '../../../model/scenario.ts'
import type { RingPattern, SignalId } from '../../../model/signal.ts'
import { resolveCorridor } from '../../../model/corridor.ts'

/** A street this long without a signal does not hold a platoon together, m (about a mile; Signal Timing Manual ch. 7). */
const LONGEST_GAP_M = 1700

/** Corridors of a network, the longest first; a chain of two counts only where nothing longer is found. */
export function detectCorridors(graph: RoadGraph, patterns: ReadonlyMap<SignalId, RingPattern>): Corridor[] {
  const { network } = graph
  const entries = network.movements.filter((movement) => movement.turn === 'through' && movement.signal !== undefined)
  const next = new Map<string, Movement>()
  const reached = new Set<string>()
  for (const movement of entries) {
    const onward = follow(graph, movement)
    if (onward === undefined) continue
    next.set(movement.id, onward)
    reached.add(onward.id)
  }
  const chains: Movement[][] = []
  const walked = new Set<string>()
  const starts = [...entries.filter((movement) => !reached.has(movement.id)), ...entries]
  for (const start of starts) {
    const chain: Movement[] = []
    for (let at: Movement | undefined = start; at !== undefined && !walked.has(at.id); at = next.get(at.id)) {
      walked.add(at.id)
      chain.push(at)
    }
    if (chain.length > 1) chains.push(chain)
  }
  const distinct = dropRepeats(chains.map((chain) => describeChain(graph, chain, patterns)))
  const long = distinct.filter((chain) => chain.signals.length > 2)
  const ordered = (long.length > 0 ? long : distinct).sort((a, b) => b.coordinated - a.coordinated || b.signals.length - a.signals.length || (a.signals.join() < b.signals.join() ? -1 : 1))
  return nameCorridors(ordered)
}

/** The through movement of the next signal that traffic of this one meets, if it goes straight on all the way. */
function follow(graph: RoadGraph, movement: Movement): Movement | undefined {
  let link = movement.to
  let distance = graph.getLink(link).length_m
  const seen = new Set<string>([link])
  while (distance <= LONGEST_GAP_M) {
    const onward = graph.listMovementsFrom(link).find((candidate) => candidate.turn === 'through')
    if (onward === undefined) return undefined
    if (onward.signal !== undefined) return onward
    link = onward.to
    if (seen.has(link)) return undefined
    seen.add(link)
    distance += graph.getLink(link).length_m
  }
  return undefined
}

interface Chain {
  signals: SignalId[]
  /** At how many of its signals the street is the coordinated one. */
  coordinated: number
  name: string | undefined
}

function describeChain(graph: RoadGraph, chain: Movement[], patterns: ReadonlyMap<SignalId, RingPattern>): Chain {
  const signals: SignalId[] = []
  for (const { signal } of chain) if (signal !== undefined && !signals.includes(signal)) signals.push(signal)
  const coordinated = chain.filter((movement) => graph.listConnections(movement.id).some((connection) =>
    (connection.groups ?? []).some(({ group }) => patterns.get(movement.signal ?? '')?.coordinated.includes(group) === true))).length
  const names = new Map<string, number>()
  for (const { from } of chain) {
    const { name } = graph.getLink(from)
    if (name !== undefined) names.set(name, (names.get(name) ?? 0) + 1)
  }
  const name = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0]
  return { signals: eastOrNorth(graph.network, chain) ? signals : signals.reverse(), coordinated, name }
}

/** Outbound is the way east, or north where the street runs rather north to south. */
function eastOrNorth(network: Network, chain: Movement[]): boolean {
  const at = (movement: Movement | undefined) => network.nodes.find((node) => node.id === movement?.node)
  const [first, last] = [at(chain[0]), at(chain.at(-1))]
  if (first === undefined || last === undefined) return true
  const [dx, dy] = [last.x_m - first.x_m, last.y_m - first.y_m]
  return Math.abs(dx) >= Math.abs(dy) ? dx >= 0 : dy >= 0
}

/** Both directions of a street give one chain each; what lies wholly within another is left out. */
function dropRepeats(chains: Chain[]): Chain[] {
  const kept: Chain[] = []
  for (const chain of [...chains].sort((a, b) => b.signals.length - a.signals.length || b.coordinated - a.coordinated)) {
    if (chain.signals.length < 2) continue
    if (!kept.some((other) => chain.signals.every((signal) => other.signals.includes(signal)))) kept.push(chain)
  }
  return kept
}

/** A corridor without a street name takes the street that the names of all its signals share ("Main St & First Ave"). */
export function nameBySignals(corridors: Corridor[], network: Network): Corridor[] {
  const names = new Map(network.signals.map((signal) => [signal.id, signal.name]))
  const taken = new Set(corridors.map(({ id }) => id))
  return corridors.map((corridor) => {
    if (!/^corridor-\d+$/.test(corridor.id)) return corridor
    const streets = corridor.intersections.map((id) => (names.get(id) ?? '').split(/\s+(?:&|@|and|at)\s+|\s*\/\s*/i).filter((street) => street !== ''))
    const name = streets[0]?.find((street) => streets.every((list) => list.includes(street)))
    const id = slug(name ?? '')
    if (name === undefined || id === '' || taken.has(id)) return corridor
    taken.add(id)
    return { ...corridor, id, name }
  })
}

const slug = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')

function nameCorridors(chains: Chain[]): Corridor[] {
  const taken = new Set<string>()
  return chains.map(({ signals, name }, i) => {
    const base = name === undefined ? `corridor-${i + 1}` : slug(name) || `corridor-${i + 1}`
    let id = base
    for (let n = 2; taken.has(id); n++) id = `${base}-${n}`
    taken.add(id)
    return { id, name: name ?? `Corridor ${i + 1}`, intersections: signals }
  })
}

/** The corridor that the user names. Throws corridor.disconnected or input.reference where it does not hold. */
export function namedCorridor(graph: RoadGraph, intersections: readonly SignalId[], found: Corridor[]): Corridor {
  const same = found.find((corridor) => corridor.intersections.join() === intersections.join())
  if (same !== undefined) return same
  for (const id of intersections) {
    if (!graph.network.signals.some((signal) => signal.id === id)) {
      throw new GreenwaveError('input.reference', `the corridor names signal "${id}", which the file does not have; it has ${graph.network.signals.slice(0, 12).map((signal) => signal.id).join(', ')}${graph.network.signals.length > 12 ? ' ...' : ''}`)
    }
  }
  const corridor: Corridor = { id: 'corridor-1', name: 'Corridor 1', intersections: [...intersections] }
  const resolved = resolveCorridor(graph, corridor)
  const names = (resolved.outbound ?? resolved.inbound)?.links.flatMap((link) => graph.getLink(link).name ?? []) ?? []
  const named = found.find((other) => intersections.every((id) => other.intersections.includes(id)))
  const name = named?.name ?? names[0]
  if (name === undefined) return corridor
  return { ...corridor, id: named?.id ?? slug(name), name }
}
