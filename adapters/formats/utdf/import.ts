// A scenario from a UTDF file (Synchro), with the turning counts of a day if there are any.
import { basename } from 'node:path'
import { emptyDemand } from '../../../model/demand.ts'
import type { Demand } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Period, Scenario } from '../../../model/scenario.ts'
import { importCounts } from '../counts/index.ts'
import { readApproaches } from './approaches.ts'
import type { Approach } from './approaches.ts'
import { readControls } from './control.ts'
import { detectCorridors, nameBySignals, namedCorridor } from './corridors.ts'
import type { UtdfDocument } from './document.ts'
import { buildJunctions } from './junctions.ts'
import type { Junctions, JunctionsInput } from './junctions.ts'
import { layOutNetwork, squareLengths } from './layout.ts'
import { listNotes } from './notes.ts'
import { readController } from './phases.ts'
import type { ControllerTiming } from './phases.ts'
import { readUtdf } from './read.ts'
import { buildSignal } from './right-of-way.ts'
import { collectRoads, fillDistances, placeNodes } from './roads.ts'
import { readUnits } from './units.ts'
import type { FieldUnits } from './units.ts'

export interface UtdfImportOptions {
  /** Turning counts, CSV. */
  counts?: string
  /** Intersection of each site of the counts, where the volumes do not tell. */
  countsMap?: Readonly<Record<string, string>>
  /** Signals in outbound order; without it corridors are found. */
  corridor?: readonly string[]
  /** UTDF does not say; right is assumed. */
  drivingSide?: Network['driving_side']
  /** IANA name; UTDF does not say. */
  timeZone?: string
  name?: string
}

/**
 * Imports a combined UTDF file of version 6 to 8.
 * Out: the scenario (SI) and notes on all that was assumed, corrected or not understood.
 * Throws GreenwaveError (input.*, network.signal, corridor.disconnected) with file, line and value.
 */
export async function importUtdf(path: string, options: UtdfImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const document = await readUtdf(path)
  const { notes } = document
  const { network, junctions, timings, approaches, units } = buildNetwork(document, options)
  const graph = new RoadGraph(network)
  const patterns = new Map(timings.map((timing) => [timing.id, timing.pattern]))
  const found = detectCorridors(graph, patterns)
  const counted = options.counts === undefined ? undefined : await importCounts(options.counts, { network, design: junctions.volumes, map: options.countsMap ?? {}, notes })
  const demand = counted?.demand ?? designDemand(junctions)
  for (const [id, name] of counted?.names ?? []) nameJunction(network, id, name)
  const chosen = options.corridor === undefined ? found : [namedCorridor(graph, options.corridor, found)]
  const corridors = nameBySignals(chosen, network)
  listNotes(document, timings, options.timeZone)
  const control = readControls({ document, approaches, links: network.links, units }, timings)
  const scenario: Scenario = {
    scenario: {
      format: 'greenwave.scenario/1', name: options.name ?? basename(path).replace(/\.csv$/i, ''), time_zone: options.timeZone ?? 'UTC',
      coordinate_reference: network.coordinate_reference, corridors, periods: periodsOf(demand), import_notes: notes,
    },
    network,
    demand,
    timing: {
      format: 'greenwave.timing/1',
      plans: [{ id: 'running', name: 'Plan in the file', patterns: timings.map((timing) => timing.pattern) }],
      schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'running' }],
      ...(control.length === 0 ? {} : { control }),
    },
  }
  return { scenario, notes }
}

/** Names from the counts, where the network file has none. */
function nameJunction(network: Network, id: string, name: string): void {
  const node = network.nodes.find((candidate) => candidate.id === id)
  if (node !== undefined) node.name ??= name
  const signal = network.signals.find((candidate) => candidate.nodes.includes(id))
  if (signal !== undefined) signal.name ??= name
}

function buildNetwork(document: UtdfDocument, options: UtdfImportOptions): { network: Network; junctions: Junctions; timings: ControllerTiming[]; approaches: ReadonlyMap<string, Approach[]>; units: FieldUnits } {
  const { notes } = document
  const driving_side = options.drivingSide ?? 'right'
  const units = readUnits(document)
  const approaches = new Map<string, Approach[]>()
  for (const set of document.lanes?.values() ?? []) {
    const list = readApproaches(document, set, notes, driving_side)
    if (list.length > 0) approaches.set(set.id, list)
    else notes.push({ kind: 'not-understood', place: { file: document.file, line: set.line, element: `intersection ${set.id}` }, message: 'has no approach with lanes and was left out' })
  }
  if (approaches.size === 0) throw new GreenwaveError('input.value', 'no intersection has an approach with lanes', { file: document.file })
  const timings = readTimings(document, approaches)
  const byNode = new Map(timings.flatMap((timing) => timing.nodes.map((node) => [node, timing] as const)))
  const roads = collectRoads(document, approaches, units)
  fillDistances(document, roads, units, notes)
  const places = placeNodes(document, roads, units, notes)
  const controllers = new Map([...byNode].map(([node, timing]) => [node, timing.id]))
  const drawing = { document, roads, places, approaches, controllers, units, notes }
  const layout = layOutNetwork(drawing)
  const input: JunctionsInput = { document, layout, approaches, timings: byNode, units, driving_side, notes }
  const junctions = buildJunctions(input)
  const lengths = throughLengths(junctions)
  squareLengths(drawing, layout, (link) => lengths.get(link))
  const signals = buildSignals(input, timings, junctions)
  const network: Network = {
    format: 'greenwave.network/1', name: basename(document.file), driving_side,
    coordinate_reference: { kind: 'local' }, nodes: layout.nodes, links: layout.links, movements: junctions.movements, connections: junctions.connections, signals,
    provenance: `UTDF file ${basename(document.file)}; lane-to-lane paths and stop lines are drawn from lanes and turns, not surveyed`,
  }
  return { network, junctions, timings, approaches, units }
}

/** Mean length of the paths of the through movement that enters each link, m. */
function throughLengths(junctions: Junctions): Map<string, number> {
  const entered = new Map(junctions.movements.filter(({ turn }) => turn === 'through').map(({ id, to }) => [id, to]))
  const paths = new Map<string, number[]>()
  for (const { movement, length_m } of junctions.connections) {
    const link = entered.get(movement)
    if (link !== undefined) paths.set(link, [...(paths.get(link) ?? []), length_m])
  }
  return new Map([...paths].map(([link, lengths]) => [link, lengths.reduce((a, b) => a + b, 0) / lengths.length]))
}

/** Nodes with a phase in [Lanes] or type 0 are signals; `Node 0`, `Node 1` ... join nodes under one controller. */
function readTimings(document: UtdfDocument, approaches: ReadonlyMap<string, Approach[]>): ControllerTiming[] {
  const owner = new Map<string, string>()
  for (const [id, set] of document.timeplans ?? []) {
    for (let i = 0; i < 8; i++) {
      const node = set.records.get(`node ${i}`)?.values.get('DATA')
      if (node === undefined || node === '0') continue
      const other = owner.get(node)
      if (other !== undefined && other !== id) throw new GreenwaveError('input.duplicate', `node ${node} is under the controllers ${other} and ${id}`, { file: document.file, line: set.line })
      owner.set(node, id)
    }
  }
  const nodes = new Map<string, string[]>()
  for (const [id, list] of approaches) {
    const phased = list.some(({ movements }) => movements.some((movement) => movement.protectedPhases.length + movement.permissivePhases.length > 0))
    const type = document.nodes?.get(id)?.type
    const signal = phased || type === '0' || document.timeplans?.has(id) === true
    if (!signal) continue
    const controller = document.timeplans?.has(id) === true ? id : owner.get(id) ?? id
    nodes.set(controller, [...(nodes.get(controller) ?? []), id])
  }
  requireLanes(document, nodes)
  return [...nodes].map(([id, own]) => readController(document, id, own, document.notes))
}

/** A timed signal that has no lanes anywhere is a broken file. */
function requireLanes(document: UtdfDocument, nodes: ReadonlyMap<string, string[]>): void {
  for (const [section, sets] of [['[Timeplans]', document.timeplans], ['[Phases]', document.phases]] as const) {
    for (const [id, set] of sets ?? []) {
      if (nodes.has(id)) continue
      throw new GreenwaveError('input.reference', `${section} has records of intersection ${id}, [Lanes] has none`, { file: document.file, line: set.line })
    }
  }
}

function buildSignals(input: JunctionsInput, timings: ControllerTiming[], junctions: Junctions): Network['signals'] {
  const controllerOf = new Map(timings.flatMap((timing) => timing.nodes.map((node) => [node, timing.id] as const)))
  const movements = new Map<string, Junctions['movements']>()
  const connections = new Map<string, Junctions['connections']>()
  const ownerOf = new Map<string, string>()
  for (const movement of junctions.movements) {
    const id = controllerOf.get(movement.node)
    if (id === undefined) continue
    ownerOf.set(movement.id, id)
    movements.set(id, [...(movements.get(id) ?? []), movement])
  }
  for (const connection of junctions.connections) {
    const id = ownerOf.get(connection.movement)
    if (id === undefined) continue
    const list = connections.get(id)
    if (list === undefined) connections.set(id, [connection])
    else list.push(connection)
  }
  const names = new Map(input.layout.nodes.map((node) => [node.id, node.name]))
  return timings.map((timing) => buildSignal(input, timing, movements.get(timing.id) ?? [], connections.get(timing.id) ?? [], names.get(timing.id)))
}

function designDemand(junctions: Junctions): Demand {
  return {
    ...emptyDemand(),
    intervals: [{ id: 'design', start_s: 0, end_s: 86_400 }],
    volumes: junctions.volumes.map(({ movement, volume_vph }) => ({ movement, volume_vph: [volume_vph] })),
  }
}

const periodsOf = (demand: Demand): Period[] => demand.intervals.map(({ id, start_s, end_s }) => ({ id, start_s, end_s }))
