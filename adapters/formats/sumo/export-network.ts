// A network of any origin as plain XML for netconvert: nodes, edges, connections and traffic lights, so that SUMO can run
// our plans on it. Lengths are ours, whatever the drawing says; turn pockets become edges of their own.
import { compileSignal } from '../../../model/compile.ts'
import type { Connection, Link, Network, NetworkNode, Point } from '../../../model/network.ts'
import type { Pattern } from '../../../model/signal.ts'
import { displayPhases, linkDisplays } from './display.ts'
import { laneJoins, partsOf, pointAlong } from './edge-parts.ts'
import type { EdgePart } from './edge-parts.ts'
import { SumoNames } from './sumo-names.ts'
import { decimal, tag, XML_HEAD } from './write-xml.ts'

export interface SumoPlainNetwork {
  /** Texts of the files that netconvert reads with -n, -e, -x and -i. */
  files: { nod: string; edg: string; con: string; tll: string }
  /** Further arguments for netconvert. */
  options: string[]
  /** The same network with the link indices that SUMO will use; export plans with this one. */
  network: Network
  /** SUMO's edges of each link, in order of travel. */
  edges: Map<string, EdgePart[]>
}

export interface ExportNetworkOptions {
  /** Programs to start with; a signal without one shows green without priority to everybody. */
  patterns?: readonly Pattern[]
}

const NODE_TYPES: Record<NetworkNode['kind'], string> = {
  'signal': 'traffic_light', 'priority': 'priority', 'right-before-left': 'right_before_left', 'boundary': 'priority',
}
/** Length of a placeholder phase for a signal without a program, s. */
const PLACEHOLDER_S = 90

export function exportSumoNetwork(network: Network, options: ExportNetworkOptions = {}): SumoPlainNetwork {
  const names = { node: new SumoNames(), edge: new SumoNames(), light: new SumoNames() }
  const edges = new Map(network.links.map((link) => [link.id, partsOf(link, names.edge.of(link.id))]))
  const indexed = withLinkIndices(network, names.light)
  return {
    files: {
      nod: file('nodes', nodeLines(network, edges, names)),
      edg: file('edges', network.links.flatMap((link) => edgeLines(network, link, edges.get(link.id) ?? [], names))),
      con: file('connections', connectionLines(indexed, edges)),
      tll: file('tlLogics', lightLines(indexed, edges, options.patterns ?? [])),
    },
    options: ['--no-turnarounds', 'true', '--tls.discard-loaded', 'false', ...(crossingPermissive(network) ? ['--tls.ignore-internal-junction-jam', 'true'] : []), ...(network.driving_side === 'left' ? ['--lefthand', 'true'] : [])],
    network: indexed,
    edges,
  }
}

/**
 * Whether turns from different approaches that cross each other yield in the same green, lefts from two streets for example.
 * netconvert then makes both wait for each other, and SUMO refuses every program that shows them green together.
 */
function crossingPermissive(network: Network): boolean {
  const from = new Map(network.movements.map((movement) => [movement.id, movement.from]))
  const permissive = (connection: Connection): string[] => (connection.groups ?? []).flatMap(({ group, right_of_way }) => (right_of_way === 'permissive' ? [group] : []))
  const byId = new Map(network.connections.map((connection) => [connection.id, connection]))
  return network.connections.some((connection) => connection.yields_to.some((id) => {
    const other = byId.get(id)
    return other !== undefined && from.get(other.movement) !== from.get(connection.movement) && permissive(other).some((group) => permissive(connection).includes(group))
  }))
}

const file = (root: string, lines: readonly string[]): string => `${XML_HEAD}<${root}>\n${lines.map((line) => `    ${line}\n`).join('')}</${root}>\n`

/** Numbers the connections of each signal, in the order of the network. */
function withLinkIndices(network: Network, names: SumoNames): Network {
  const signalOf = new Map(network.movements.map((movement) => [movement.id, movement.signal]))
  const next = new Map<string, number>()
  const connections = network.connections.map((connection): Connection => {
    const signal = signalOf.get(connection.movement)
    if (signal === undefined) return { ...connection, source: undefined }
    const index = next.get(signal) ?? 0
    next.set(signal, index + 1)
    return { ...connection, source: { traffic_light: signal, link_index: index } }
  })
  // Pedestrians have no links in the exported network: their groups keep no link indices.
  const signals = network.signals.map((signal) => ({
    ...signal, source_id: names.of(signal.id),
    groups: signal.groups.map((group) => ({ ...group, source_id: undefined })),
  }))
  return { ...network, connections, signals }
}

type Names = Record<'node' | 'edge' | 'light', SumoNames>

const splitNode = (part: EdgePart): string => `${part.edge}.start`

function nodeLines(network: Network, edges: ReadonlyMap<string, EdgePart[]>, names: Names): string[] {
  const lightOf = new Map(network.signals.flatMap((signal) => signal.nodes.map((node) => [node, names.light.of(signal.id)] as const)))
  const own = network.nodes.map((node) => {
    const light = lightOf.get(node.id)
    return tag('node', { id: names.node.of(node.id), x: node.x_m, y: node.y_m, type: light === undefined && node.kind === 'signal' ? 'priority' : NODE_TYPES[node.kind], tl: light })
  })
  const splits = network.links.flatMap((link) => (edges.get(link.id) ?? []).slice(1).map((part) => {
    const [x, y] = pointAlong(lineOf(network, link), part.start_m / link.length_m)
    return tag('node', { id: splitNode(part), x, y, type: 'priority' })
  }))
  return [...own, ...splits]
}

const nodeIndex = new WeakMap<Network, Map<string, NetworkNode>>()

function findNode(network: Network, id: string): NetworkNode | undefined {
  const index = nodeIndex.get(network) ?? new Map(network.nodes.map((node) => [node.id, node]))
  nodeIndex.set(network, index)
  return index.get(id)
}

function lineOf(network: Network, link: Link): Point[] {
  const ends = [link.from, link.to].map((id): Point => {
    const node = findNode(network, id)
    return [node?.x_m ?? 0, node?.y_m ?? 0]
  })
  const inner = (link.shape_m ?? []).slice(1, -1)
  return [ends[0] as Point, ...inner, ends[1] as Point]
}

function edgeLines(network: Network, link: Link, parts: readonly EdgePart[], names: Names): string[] {
  return parts.flatMap((part, i) => {
    const next = parts[i + 1]
    const shape = parts.length === 1 && (link.shape_m?.length ?? 0) > 2 ? lineOf(network, link).map((point) => point.map(decimal).join(',')).join(' ') : undefined
    const head = tag('edge', {
      id: part.edge,
      from: i === 0 ? names.node.of(link.from) : splitNode(part),
      to: next === undefined ? names.node.of(link.to) : splitNode(next),
      priority: link.priority ?? 1, numLanes: part.lanes.length, speed: link.speed_mps, length: part.end_m - part.start_m, name: link.name, shape,
    }, false)
    const lanes = part.lanes.map((index, position) => {
      const lane = link.lanes[index]
      return `    ${tag('lane', { index: position, speed: lane?.speed_mps, width: lane?.width_m, allow: lane?.allow?.join(' '), disallow: lane?.allow === undefined ? lane?.disallow?.join(' ') : undefined })}`
    })
    return [head, ...lanes, '</edge>']
  })
}

interface Join {
  connection: Connection
  attributes: Record<string, string | number>
}

/** Connections at nodes, between the last part of the entering link and the first part of the leaving one. */
function joins(network: Network, edges: ReadonlyMap<string, EdgePart[]>): Join[] {
  const movements = new Map(network.movements.map((movement) => [movement.id, movement]))
  return network.connections.flatMap((connection) => {
    const movement = movements.get(connection.movement)
    const [from, to] = [edges.get(movement?.from ?? '')?.at(-1), edges.get(movement?.to ?? '')?.[0]]
    if (from === undefined || to === undefined) return []
    const fromLane = from.lanes.indexOf(connection.from_lane)
    // A connection may lead into a pocket only where the pocket already exists; else into its neighbour.
    const nearest = to.lanes.reduce((best, lane) => (Math.abs(lane - connection.to_lane) < Math.abs(best - connection.to_lane) ? lane : best), to.lanes[0] ?? 0)
    return [{ connection, attributes: { from: from.edge, to: to.edge, fromLane, toLane: to.lanes.indexOf(nearest) } }]
  })
}

function connectionLines(network: Network, edges: ReadonlyMap<string, EdgePart[]>): string[] {
  const atNodes = joins(network, edges).map(({ attributes }) => tag('connection', attributes))
  const atSplits = [...edges.values()].flatMap((parts) => parts.slice(1).flatMap((part, i) => {
    const before = parts[i] as EdgePart
    return laneJoins(before, part).map(([fromLane, toLane]) => tag('connection', { from: before.edge, to: part.edge, fromLane, toLane }))
  }))
  return [...new Set([...atNodes, ...atSplits])]
}

function lightLines(network: Network, edges: ReadonlyMap<string, EdgePart[]>, patterns: readonly Pattern[]): string[] {
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const running = new Map(patterns.map((pattern) => [pattern.signal, pattern]))
  const programs = network.signals.flatMap((signal) => {
    const links = linkDisplays(network, signal)
    const pattern = running.get(signal.id)
    const compiled = pattern === undefined ? undefined : compileSignal(signal, pattern)
    const phases = compiled === undefined ? [{ duration_s: PLACEHOLDER_S, state: 'g'.repeat(links.length) }] : displayPhases(compiled, links)
    return [
      tag('tlLogic', { id: signal.source_id, type: 'static', programID: '0', offset: compiled?.offset_s ?? 0 }, false),
      ...phases.map(({ duration_s, state }) => `    ${tag('phase', { duration: duration_s, state })}`),
      '</tlLogic>',
    ]
  })
  const links = joins(network, edges).flatMap(({ connection, attributes }) => {
    const signal = byId.get(connection.source?.traffic_light ?? '')
    return signal === undefined ? [] : [tag('connection', { ...attributes, tl: signal.source_id, linkIndex: connection.source?.link_index })]
  })
  return [...programs, ...links]
}
