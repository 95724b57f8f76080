// Finds the corridor that a person means: the signals along a street of a given name, or between two points. Metres.
import { resolveCorridor, type ResolvedCorridor } from './corridor.ts'
import { GreenwaveError } from './errors.ts'
import { distance } from './lines.ts'
import type { Link, LinkId, Point } from './network.ts'
import type { RoadGraph } from './road-graph.ts'
import type { Corridor } from './scenario.ts'
import type { SignalId } from './signal.ts'
import { travelTime } from './units.ts'

/** A corridor that was found, and what else there was: other parts of the same street, signals left at its side. */
export interface FoundCorridor {
  corridor: Corridor
  /** Sentences for the reader; empty where nothing was left out. */
  remarks: string[]
}

/** Names that differ only in case, accents, and spaces are one street. */
const folded = (name: string): string => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll(/\s+/g, ' ').trim()

const MOST_NAMED = 8
/** Short links inside a junction often have no name; the street goes on behind them. */
const NAMELESS_M = 80
/** A point farther from every signal than this names none of them. */
const FARTHEST_M = 1000

/**
 * Signals along the links of a name, in order along the street; where the name is on several streets or branches, the
 * longest connected chain. Throws corridor.unknown with names that resemble it, corridor.disconnected where fewer than two
 * signals hang together.
 */
export function corridorByStreet(graph: RoadGraph, name: string): FoundCorridor {
  const wanted = folded(name)
  const named = graph.network.links.filter((link) => link.name !== undefined && folded(link.name) === wanted)
  if (named.length === 0) throw new GreenwaveError('corridor.unknown', `no link has the name "${name}"; ${resembling(graph, wanted)}`)
  const onStreet = new Set(named.map(({ id }) => id))
  const along = signalsAlong(graph, named)
  const edges = named.flatMap((link) => nextSignals(graph, link, onStreet))
  const chains = components(along, edges).map((part) => longestChain(graph, part, edges)).filter((chain) => chain.length > 1)
  chains.sort((a, b) => b.length - a.length || chainLength(graph, b) - chainLength(graph, a) || (a.join() < b.join() ? -1 : 1))
  const best = chains.map((chain) => outboundOrder(graph, chain)).find((chain) => chain !== undefined)
  if (best === undefined) {
    throw new GreenwaveError('corridor.disconnected', `${name} has ${along.size === 0 ? 'no signal' : `${along.size} signal(s), ${listed([...along])}, none of which leads to another along the street`}; a corridor needs at least 2`)
  }
  const left = [...along].filter((id) => !best.includes(id))
  const remarks = left.length === 0 ? [] : [`${left.length} more signal(s) on ${name} are on other parts or branches of it: ${listed(left)}`]
  return { corridor: { id: 'corridor-1', name: named[0]?.name as string, intersections: best }, remarks }
}

/**
 * The quickest chain of signals from the one nearest to a point to the one nearest to another. Throws corridor.unknown where
 * no signal is within a kilometre, corridor.disconnected where nothing leads from one to the other.
 */
export function corridorBetween(graph: RoadGraph, from: Point, to: Point): FoundCorridor {
  const [start, end] = [nearestSignal(graph, from), nearestSignal(graph, to)]
  if (start.id === end.id) throw new GreenwaveError('corridor.disconnected', `both points are nearest to signal ${start.id}; a corridor needs 2`)
  const chain = quickestSignals(graph, start.id, end.id) ?? quickestSignals(graph, end.id, start.id)?.reverse()
  if (chain === undefined) throw new GreenwaveError('corridor.disconnected', `no links lead from signal ${start.id} to signal ${end.id}, nor back`)
  const names = chainNames(graph, chain)
  return {
    corridor: { id: 'corridor-1', name: names ?? `${chain[0]} - ${chain.at(-1)}`, intersections: chain },
    remarks: [start, end].filter(({ distance_m }) => distance_m > 50).map(({ id, distance_m }) => `signal ${id} is ${Math.round(distance_m)} m from the point that was named`),
  }
}

function listed(names: readonly string[]): string {
  return names.length <= MOST_NAMED ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
}

/** Names that hold a word of the wanted one, or the most frequent names. */
function resembling(graph: RoadGraph, wanted: string): string {
  const counts = new Map<string, number>()
  for (const { name } of graph.network.links) if (name !== undefined && name !== '') counts.set(name, (counts.get(name) ?? 0) + 1)
  if (counts.size === 0) return 'the links of this network have no names'
  const score = (name: string): number => likeness(folded(name), wanted)
  const near = [...counts].map(([name, links]) => ({ name, links, score: score(name) })).sort((a, b) => b.score - a.score || b.links - a.links || (a.name < b.name ? -1 : 1))
  const alike = near.filter((entry) => entry.score > 0.4)
  return alike.length > 0 ? `there is ${listed(alike.map(({ name }) => name))}` : `its streets are ${listed(near.sort((a, b) => b.links - a.links || (a.name < b.name ? -1 : 1)).map(({ name }) => name))}`
}

/** Share of letter pairs that two names have in common (Dice's coefficient), 0 to 1; one inside the other is very alike. */
function likeness(a: string, b: string): number {
  if (a.includes(b) || b.includes(a)) return 0.9
  const pairs = (text: string): string[] => Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2))
  const left = pairs(a)
  const [all, rest] = [left.length + Math.max(0, b.length - 1), pairs(b)]
  let common = 0
  for (const pair of left) {
    const at = rest.indexOf(pair)
    if (at < 0) continue
    rest.splice(at, 1)
    common++
  }
  return all === 0 ? 0 : (2 * common) / all
}

/** Signals whose stop lines, or whose exits, are on the links. */
function signalsAlong(graph: RoadGraph, links: readonly Link[]): Set<SignalId> {
  return new Set(links.flatMap(({ id }) => [...graph.listMovementsFrom(id), ...graph.listMovementsInto(id)]).flatMap(({ signal }) => (signal === undefined ? [] : [signal])))
}

interface Edge { from: SignalId; to: SignalId; time_s: number }

/** From the signal that a link leaves, along links of the street, to the signals at the next stop lines. */
function nextSignals(graph: RoadGraph, link: Link, onStreet: ReadonlySet<LinkId>): Edge[] {
  const sources = new Set(graph.listMovementsInto(link.id).flatMap(({ signal }) => (signal === undefined ? [] : [signal])))
  if (sources.size === 0) return []
  const isStopLine = (other: Link): boolean => graph.listMovementsFrom(other.id).some(({ signal }) => signal !== undefined)
  const goals = new Set([...onStreet].filter((id) => isStopLine(graph.getLink(id))))
  const chains = graph.quickestChains(link.id, goals, (other) => isStopLine(other) || !(onStreet.has(other.id) || (other.name === undefined && other.length_m <= NAMELESS_M)))
  return [...chains].flatMap(([last, { time_s }]) => graph.listMovementsFrom(last).flatMap(({ signal }) =>
    (signal === undefined ? [] : [...sources].filter((from) => from !== signal).map((from) => ({ from, to: signal, time_s })))))
}

/** Connected sets of signals, whatever the direction of the edges. */
function components(signals: ReadonlySet<SignalId>, edges: readonly Edge[]): SignalId[][] {
  const neighbours = new Map<SignalId, SignalId[]>([...signals].map((id) => [id, []]))
  for (const { from, to } of edges) {
    neighbours.get(from)?.push(to)
    neighbours.get(to)?.push(from)
  }
  const seen = new Set<SignalId>()
  return [...signals].flatMap((start) => {
    if (seen.has(start)) return []
    const part = [start]
    seen.add(start)
    for (const at of part) for (const next of neighbours.get(at) ?? []) if (!seen.has(next)) { seen.add(next); part.push(next) }
    return [part]
  })
}

/** The longest of the shortest chains between two signals of a part: a street that forks is followed along its longest branch. */
function longestChain(graph: RoadGraph, part: readonly SignalId[], edges: readonly Edge[]): SignalId[] {
  const inPart = new Set(part)
  const own = new Map<SignalId, Map<SignalId, number>>()
  for (const { from, to, time_s } of edges) {
    if (!inPart.has(from)) continue
    for (const [a, b] of [[from, to], [to, from]] as const) {
      const known = own.get(a) ?? new Map<SignalId, number>()
      known.set(b, Math.min(known.get(b) ?? Infinity, time_s))
      own.set(a, known)
    }
  }
  const far = (start: SignalId): SignalId[] => {
    const chains = shortestChains(start, own)
    return [...chains.values()].sort((a, b) => b.length - a.length || chainLength(graph, b) - chainLength(graph, a))[0] ?? [start]
  }
  // Twice to the farthest: the longest way through a tree, and a good one through a street with parallel parts.
  const end = far(part[0] as SignalId).at(-1) as SignalId
  return far(end)
}

/** By the number of signals least skipped: neighbours only, in order of time. */
function shortestChains(start: SignalId, edges: ReadonlyMap<SignalId, ReadonlyMap<SignalId, number>>): Map<SignalId, SignalId[]> {
  const done = new Map<SignalId, SignalId[]>()
  const open = [{ at: start, time_s: 0, chain: [start] }]
  while (open.length > 0) {
    open.sort((a, b) => a.time_s - b.time_s)
    const entry = open.shift() as (typeof open)[number]
    if (done.has(entry.at)) continue
    done.set(entry.at, entry.chain)
    for (const [next, time_s] of edges.get(entry.at) ?? []) if (!done.has(next)) open.push({ at: next, time_s: entry.time_s + time_s, chain: [...entry.chain, next] })
  }
  return done
}

function placeOf(graph: RoadGraph, id: SignalId): Point {
  const nodes = graph.getSignal(id).nodes.map((node) => graph.graph.getNodeAttribute(node, 'node'))
  const mean = (value: (node: (typeof nodes)[number]) => number): number => nodes.reduce((sum, node) => sum + value(node), 0) / Math.max(1, nodes.length)
  return [mean(({ x_m }) => x_m), mean(({ y_m }) => y_m)]
}


const chainLength = (graph: RoadGraph, chain: readonly SignalId[]): number =>
  chain.slice(1).reduce((sum, id, i) => sum + distance(placeOf(graph, chain[i] as SignalId), placeOf(graph, id)), 0)

/** From west to east or from south to north, unless traffic can follow the street only the other way; undefined where it can neither way. */
function outboundOrder(graph: RoadGraph, chain: SignalId[]): SignalId[] | undefined {
  const [first, last] = [placeOf(graph, chain[0] as SignalId), placeOf(graph, chain.at(-1) as SignalId)]
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]]
  const forward = Math.abs(dx) >= Math.abs(dy) ? dx >= 0 : dy >= 0
  const ordered = forward ? chain : [...chain].reverse()
  const resolved = findResolved(graph, ordered)
  if (resolved === undefined) return undefined
  return resolved.outbound === undefined ? [...ordered].reverse() : ordered
}

function findResolved(graph: RoadGraph, intersections: SignalId[]): ResolvedCorridor | undefined {
  try {
    return resolveCorridor(graph, { id: 'corridor-1', name: '', intersections })
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'corridor.disconnected') return undefined
    throw error
  }
}

function nearestSignal(graph: RoadGraph, point: Point): { id: SignalId; distance_m: number } {
  const nearest = graph.network.signals.map(({ id }) => ({ id, distance_m: distance(point, placeOf(graph, id)) })).sort((a, b) => a.distance_m - b.distance_m || (a.id < b.id ? -1 : 1))[0]
  if (nearest === undefined) throw new GreenwaveError('corridor.unknown', 'the network has 0 signals; a corridor needs at least 2')
  if (nearest.distance_m > FARTHEST_M) {
    throw new GreenwaveError('corridor.unknown', `no signal lies within ${FARTHEST_M} m of ${point.map((value) => Math.round(value)).join(', ')}; the nearest, ${nearest.id}, is ${Math.round(nearest.distance_m)} m away`)
  }
  return nearest
}

/** Signals in the order in which the quickest way from one to another passes them; no signal twice. */
function quickestSignals(graph: RoadGraph, from: SignalId, to: SignalId): SignalId[] | undefined {
  const best = new Map<LinkId, number>()
  const queue: { link: Link; time_s: number; signals: SignalId[] }[] = []
  const push = (link: Link, time_s: number, signals: SignalId[]): void => {
    if ((best.get(link.id) ?? Infinity) <= time_s) return
    best.set(link.id, time_s)
    queue.push({ link, time_s, signals })
  }
  for (const movement of graph.listMovementsOfSignal(from)) {
    const link = graph.getLink(movement.to)
    push(link, travelTime(link.length_m, link.speed_mps), [from])
  }
  while (queue.length > 0) {
    const at = queue.reduce((lowest, entry, i) => (entry.time_s < (queue[lowest]?.time_s ?? Infinity) ? i : lowest), 0)
    const [entry] = queue.splice(at, 1) as [(typeof queue)[number]]
    if (entry.time_s > (best.get(entry.link.id) ?? Infinity)) continue
    for (const movement of graph.listMovementsFrom(entry.link.id)) {
      if (movement.turn === 'u-turn') continue
      const { signal } = movement
      const again = signal !== undefined && signal !== entry.signals.at(-1) && entry.signals.includes(signal)
      if (again) continue
      const signals = signal === undefined || signal === entry.signals.at(-1) ? entry.signals : [...entry.signals, signal]
      if (signal === to) return signals
      const next = graph.getLink(movement.to)
      push(next, entry.time_s + TURN_COST_S[movement.turn] + travelTime(next.length_m, next.speed_mps), signals)
    }
  }
  return undefined
}

/** A street is rather followed than left for a shorter way, s (as in `resolveCorridor`). */
const TURN_COST_S = { 'through': 0, 'left': 20, 'right': 15, 'u-turn': 120 } as const

/** The name that most metres of the way carry. */
function chainNames(graph: RoadGraph, chain: SignalId[]): string | undefined {
  const resolved = findResolved(graph, chain)
  const metres = new Map<string, number>()
  for (const { links } of (resolved?.outbound ?? resolved?.inbound)?.legs ?? []) {
    for (const link of links.map((id) => graph.getLink(id))) if (link.name !== undefined) metres.set(link.name, (metres.get(link.name) ?? 0) + link.length_m)
  }
  return [...metres].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0]
}
