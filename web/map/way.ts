// A corridor as it is being drawn: signals in order, those between two picks found on the way. Pure. Loaded when it is wanted: ways take the whole graph.
import { resolveCorridor, type ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { corridorBetween } from '../../model/find-corridor.ts'
import type { LinkId, Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor, ScenarioDocument } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import { NO_WAY, type Way } from './scene.ts'
import type { Streets } from './streets.ts'

/** What of the network it takes to find ways: lanes, lamps and paths are left out. */
export function graphOf(drawing: StreetDrawing): RoadGraph {
  const ends = new Map<string, readonly [number, number]>()
  for (const { from, to, points_m } of drawing.links) {
    if (!ends.has(from)) ends.set(from, points_m[0]!)
    if (!ends.has(to)) ends.set(to, points_m.at(-1)!)
  }
  const network: Network = {
    format: 'greenwave.network/1', name: drawing.name, driving_side: drawing.driving_side, coordinate_reference: drawing.coordinate_reference, connections: [],
    nodes: [...[...ends].map(([id, [x_m, y_m]]) => ({ id, source_id: id, kind: 'boundary' as const, x_m, y_m })), ...drawing.signals.map(({ id, at_m: [x_m, y_m] }) => ({ id: placeOf(id), source_id: id, kind: 'signal' as const, x_m, y_m }))],
    links: drawing.links.map(({ id, from, to, name, length_m, speed_mps, lanes }) => ({
      id, source_id: id, from, to, ...(name === undefined ? {} : { name }), length_m, speed_mps, lanes: Array.from({ length: lanes }, (_, index) => ({ index, width_m: 3.2, speed_mps, length_m })),
    })),
    movements: drawing.movements.map(({ id, from, to, turn, signal }) => ({ id, from, to, turn, node: drawing.links.find((link) => link.id === from)?.to ?? '', ...(signal === undefined ? {} : { signal }) })),
    signals: drawing.signals.map(({ id }) => ({ id, source_id: id, nodes: [placeOf(id)], groups: [], conflicts: [] })),
  }
  return new RoadGraph(network)
}

/** A node of its own, where the signal is drawn: a joined signal has several. */
const placeOf = (signal: SignalId): string => `at signal ${signal}`

export type Extended = { way: Way } | { problem: 'already' | 'no-way'; signal: SignalId }

/** With one signal more, and those that the quickest way passes between. */
export function extended(graph: RoadGraph, { signals }: Way, signal: SignalId): Extended {
  if (signals.includes(signal)) return { problem: 'already', signal }
  const last = signals.at(-1)
  if (last === undefined) return { way: { ...NO_WAY, signals: [signal] } }
  const at = (id: SignalId): readonly [number, number] => {
    const { x_m, y_m } = graph.graph.getNodeAttribute(placeOf(id), 'node')
    return [x_m, y_m]
  }
  try {
    const chain = corridorBetween(graph, at(last), at(signal)).corridor.intersections
    const next = (chain[0] === last ? chain : chain.toReversed()).slice(1)
    if (next.some((id) => signals.includes(id))) return { problem: 'no-way', signal }
    return { way: wayOf(graph, [...signals, ...next]) }
  } catch (error) {
    if (error instanceof GreenwaveError && error.code.startsWith('corridor.')) return { problem: 'no-way', signal }
    throw error
  }
}

/** Throws corridor.disconnected. */
export function wayOf(graph: RoadGraph, signals: readonly SignalId[]): Way {
  if (signals.length < 2) return { ...NO_WAY, signals }
  const { outbound, inbound } = resolveCorridor(graph, { id: 'drawn', name: '', intersections: [...signals] })
  const metres = (direction: ResolvedCorridor['outbound']): number => (direction?.legs ?? []).reduce((sum, { distance_m }) => sum + distance_m, 0)
  const between = (direction: ResolvedCorridor['outbound']): LinkId[] => (direction?.legs ?? []).flatMap(({ links }) => links)
  const there = outbound ?? inbound
  return { signals, links: [...new Set([...between(outbound), ...between(inbound)])], outbound_m: metres(there), ...(outbound === undefined || inbound === undefined ? {} : { inbound_m: metres(inbound) }) }
}

/** Of a corridor of the town. */
export function wayOfCorridor(drawing: StreetDrawing, { intersections }: Corridor): Way {
  try {
    return wayOf(graphOf(drawing), intersections)
  } catch (error) {
    // A corridor whose signals don't hang together is told of where it is planned.
    if (error instanceof GreenwaveError && error.code.startsWith('corridor.')) return { ...NO_WAY, signals: intersections }
    throw error
  }
}

/** By the streets that it mostly runs along; without such, by its first and its last signal. Empty before there are two. */
export function suggestedName({ links, signals: known }: Pick<Streets, 'links' | 'signals'>, { links: along, signals }: Way): string {
  if (signals.length < 2) return ''
  const metres = new Map<string, number>()
  let all_m = 0
  for (const id of along) {
    const { name, length_m = 0 } = links.get(id) ?? {}
    all_m += length_m
    if (name !== undefined) metres.set(name, (metres.get(name) ?? 0) + length_m)
  }
  const streets = [...metres].filter(([, m]) => m >= MAIN_SHARE * all_m).sort(([, a], [, b]) => b - a).map(([name]) => name)
  return (streets.length > 0 ? streets : [signals[0]!, signals.at(-1)!].map((id) => known.get(id)?.name ?? id)).join(' / ')
}

/** A street that makes up less of a corridor does not name it. */
const MAIN_SHARE = 0.3

/** With a corridor more; its id is made of its name and is not that of another. */
export function withCorridor<S extends { scenario: ScenarioDocument }>(scenario: S, name: string, signals: readonly SignalId[]): { scenario: S; corridor: Corridor } {
  const plain = name.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'corridor'
  const taken = new Set(scenario.scenario.corridors.map(({ id }) => id))
  let id = plain
  for (let n = 2; taken.has(id); n++) id = `${plain}-${n}`
  const corridor: Corridor = { id, name, intersections: [...signals] }
  return { corridor, scenario: { ...scenario, scenario: { ...scenario.scenario, corridors: [...scenario.scenario.corridors, corridor] } } }
}
