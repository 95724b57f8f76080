// What must hold for a network before anything computes with it. Importers check values where they read them (they
// know the line); this is the net under all of them, and under files edited by hand.
import { GreenwaveError } from './errors.ts'
import type { Connection, Link, Network } from './network.ts'
import type { Signal } from './signal.ts'

const quoted = (id: string): string => `"${id}"`

function requireUnique(kind: string, ids: readonly string[], file: string): Set<string> {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) throw new GreenwaveError('input.duplicate', `${kind} ${quoted(id)} is there twice`, { file })
    seen.add(id)
  }
  return seen
}

function requirePositive(value: number, what: string, element: string, file: string): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new GreenwaveError('input.value', `${what} is ${value}; it must be a positive number`, { file, element })
  }
}

function requireKnown(known: ReadonlySet<string>, id: string, what: string, element: string, file: string): void {
  if (!known.has(id)) throw new GreenwaveError('input.reference', `${what} ${quoted(id)} does not exist`, { file, element })
}

function validateLink(link: Link, nodes: ReadonlySet<string>, file: string): void {
  const element = `link ${quoted(link.id)}`
  requireKnown(nodes, link.from, 'node', element, file)
  requireKnown(nodes, link.to, 'node', element, file)
  requirePositive(link.length_m, 'length_m', element, file)
  requirePositive(link.speed_mps, 'speed_mps', element, file)
  if (link.lanes.length === 0) throw new GreenwaveError('input.value', 'it has 0 lanes; it needs at least 1', { file, element })
  link.lanes.forEach((lane, i) => {
    if (lane.index !== i) throw new GreenwaveError('input.value', `lane ${i} has index ${lane.index}; lanes are listed from the kerb, 0 upwards`, { file, element })
    requirePositive(lane.length_m, `length_m of lane ${i}`, element, file)
    requirePositive(lane.speed_mps, `speed_mps of lane ${i}`, element, file)
    requirePositive(lane.width_m, `width_m of lane ${i}`, element, file)
  })
}

function validateSignal(signal: Signal, nodes: ReadonlySet<string>, file: string): void {
  const element = `signal ${quoted(signal.id)}`
  if (signal.groups.length === 0) throw new GreenwaveError('network.signal', 'it has no phases or signal groups; it needs at least 1', { file, element })
  const groups = requireUnique(`group of ${element}`, signal.groups.map(({ id }) => id), file)
  for (const node of signal.nodes) requireKnown(nodes, node, 'node', element, file)
  for (const group of signal.groups) {
    for (const [what, value] of [['min_green_s', group.min_green_s], ['yellow_s', group.yellow_s], ['red_clearance_s', group.red_clearance_s]] as const) {
      if (!Number.isFinite(value) || value < 0) {
        throw new GreenwaveError('input.value', `${what} of group ${quoted(group.id)} is ${value}; it must be at least 0`, { file, element })
      }
    }
  }
  for (const [a, b] of signal.conflicts) for (const id of [a, b]) requireKnown(groups, id, 'group', `${element}, conflicts`, file)
  for (const overlap of signal.overlaps ?? []) {
    for (const id of [overlap.group, ...overlap.parents]) requireKnown(groups, id, 'group', `${element}, overlaps`, file)
  }
}

function validateConnection(connection: Connection, network: Index, file: string): void {
  const element = `connection ${quoted(connection.id)}`
  requireKnown(network.movements, connection.movement, 'movement', element, file)
  const movement = network.movementById.get(connection.movement)
  const [from, to] = [network.links.get(movement?.from ?? ''), network.links.get(movement?.to ?? '')]
  for (const [link, lane] of [[from, connection.from_lane], [to, connection.to_lane]] as const) {
    if (link !== undefined && (lane < 0 || lane >= link.lanes.length || !Number.isInteger(lane))) {
      throw new GreenwaveError('input.reference', `lane ${lane} does not exist on link ${quoted(link.id)} with ${link.lanes.length} lane(s)`, { file, element })
    }
  }
  if (!Number.isFinite(connection.length_m) || connection.length_m < 0) {
    throw new GreenwaveError('input.value', `length_m is ${connection.length_m}; it must be at least 0`, { file, element })
  }
  requirePositive(connection.speed_mps, 'speed_mps', element, file)
  for (const other of [...connection.conflicts_with, ...connection.yields_to]) requireKnown(network.connections, other, 'connection', element, file)
}

interface Index {
  movements: ReadonlySet<string>
  movementById: ReadonlyMap<string, Network['movements'][number]>
  connections: ReadonlySet<string>
  links: ReadonlyMap<string, Link>
}

/** Throws a GreenwaveError that names the element and the value; returns the network unchanged. */
export function validateNetwork(network: Network, file = 'network.json'): Network {
  const nodes = requireUnique('node', network.nodes.map(({ id }) => id), file)
  requireUnique('link', network.links.map(({ id }) => id), file)
  for (const link of network.links) validateLink(link, nodes, file)
  const links = new Map(network.links.map((link) => [link.id, link]))
  const linkIds = new Set(links.keys())
  requireUnique('signal', network.signals.map(({ id }) => id), file)
  for (const signal of network.signals) validateSignal(signal, nodes, file)
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  const signalIds = new Set(signals.keys())
  const movements = requireUnique('movement', network.movements.map(({ id }) => id), file)
  for (const movement of network.movements) {
    const element = `movement ${quoted(movement.id)}`
    requireKnown(linkIds, movement.from, 'link', element, file)
    requireKnown(linkIds, movement.to, 'link', element, file)
    requireKnown(nodes, movement.node, 'node', element, file)
    if (movement.signal !== undefined) requireKnown(signalIds, movement.signal, 'signal', element, file)
  }
  const connections = requireUnique('connection', network.connections.map(({ id }) => id), file)
  const movementById = new Map(network.movements.map((movement) => [movement.id, movement]))
  const index: Index = { movements, movementById, connections, links }
  for (const connection of network.connections) validateConnection(connection, index, file)
  validateService(network, signals, movementById, file)
  return network
}

/** Every signal group that connections name exists, and every phase serves a lane. */
function validateService(network: Network, signals: ReadonlyMap<string, Signal>, movements: Index['movementById'], file: string): void {
  const served = new Map<string, Set<string>>()
  for (const connection of network.connections) {
    const signal = signals.get(movements.get(connection.movement)?.signal ?? '')
    for (const { group } of connection.groups ?? []) {
      if (signal === undefined || !signal.groups.some(({ id }) => id === group)) {
        throw new GreenwaveError('input.reference', `signal group ${quoted(group)} does not exist`, { file, element: `connection ${quoted(connection.id)}` })
      }
      served.set(signal.id, (served.get(signal.id) ?? new Set()).add(group))
    }
  }
  for (const signal of signals.values()) {
    const parents = new Set((signal.overlaps ?? []).flatMap((overlap) => overlap.parents))
    for (const group of signal.groups) {
      const used = served.get(signal.id)?.has(group.id) === true || parents.has(group.id)
      if (!used && group.kind === 'vehicle') {
        throw new GreenwaveError('network.signal', `phase ${quoted(group.id)} serves no lane`, { file, element: `signal ${quoted(signal.id)}` })
      }
    }
  }
}
