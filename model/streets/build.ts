// From drawn streets to a network that can be simulated: links cut at stop lines, movements, paths, right of way, signals
// with a plan. Everything that the source did not say comes back as notes.
import { assumeSignal, type AssumedSignal, type UntimedJunction } from '../assume-signal.ts'
import type { ImportNote, Place } from '../errors.ts'
import { buildConnections, type Junction, type JunctionArm, type JunctionMovement } from '../junction.ts'
import type { Connection, Link, LinkId, Network, NetworkNode, NodeId } from '../network.ts'
import type { Pattern, Signal, SignalId } from '../signal.ts'
import { cutLinks } from './cut.ts'
import type { CutLink, DrawnMovement, DrawnNode, DrawnStreets, LaneMovement, NodeControl } from './drawn.ts'
import { isForCars, listTurns } from './turns.ts'

export interface BuildOptions {
  /** Cycle of assumed plans, s. */
  cycle_s?: number
  /**
   * The signal of a source that knows its timing, from the junctions (one or more nodes) that it governs; undefined = assume
   * one at each node.
   */
  signalOf?: (id: SignalId, junctions: readonly UntimedJunction[]) => { signal: Signal; connections: Connection[] } | undefined
}

/** Signals without a pattern among `patterns` are those of `signalOf`. */
export interface BuiltStreets extends Pick<Network, 'nodes' | 'links' | 'movements' | 'connections' | 'signals'> {
  patterns: Pattern[]
  notes: ImportNote[]
}

interface Site {
  node: DrawnNode
  kind: NetworkNode['kind']
  incoming: CutLink[]
  outgoing: CutLink[]
  movements: LaneMovement[]
}

export function buildStreets(streets: DrawnStreets, options: BuildOptions = {}): BuiltStreets {
  const cut = cutLinks(streets)
  const notes = new NoteCounter()
  const placeOf = new Map(streets.links.map((link) => [link.id, link.place]))
  for (const id of cut.disbelieved) notes.count('corrected', placeOf.get(id), 'length', (n) => `${n} link(s) have a length that does not fit their line; the drawn length is taken`)
  for (const id of cut.squeezed) notes.count('corrected', placeOf.get(id), 'squeezed', (n) => `${n} link(s) are shorter than their junctions are wide; 5 m of each are kept`)
  const sites = listSites(streets, cut.links, notes)
  const onward = onwardLanes(sites)
  const built: BuiltStreets = { nodes: [], links: [...cut.links.values()].map(linkOf), movements: [], connections: [], signals: [], patterns: [], notes: [] }
  const links = new Map(built.links.map((link) => [link.id, link]))
  const junctions = new Map(sites.map((site) => [site.node.id, junctionOf(streets, site, onward, links)]))
  const governed = buildSignals(sites, junctions, options, built, notes)
  for (const site of sites) {
    const { node } = site
    built.nodes.push({ id: node.id, source_id: node.source_id, kind: site.kind, x_m: node.at_m[0], y_m: node.at_m[1], ...(node.name === undefined ? {} : { name: node.name }) })
    built.movements.push(...(junctions.get(node.id) as Junction).movements.map(({ movement }) => movement))
    if (!governed.has(node.id)) built.connections.push(...unsignalised(site, junctions.get(node.id) as Junction, notes))
  }
  built.notes = notes.list()
  return built
}

/** The same remark about many elements is one note with their number and the first place. */
class NoteCounter {
  readonly #notes = new Map<string, { kind: ImportNote['kind']; place: Place; count: number; message: (count: number) => string }>()

  count(kind: ImportNote['kind'], place: Place | undefined, key: string, message: (count: number) => string, times = 1): void {
    const known = this.#notes.get(key)
    if (known === undefined) this.#notes.set(key, { kind, place: place ?? {}, count: times, message })
    else known.count += times
  }

  list(): ImportNote[] {
    return [...this.#notes.values()].map(({ kind, place, count, message }) => ({ kind, place, message: message(count) }))
  }
}

const linkOf = ({ drawn, points_m, length_m, lanes }: CutLink): Link => ({
  id: drawn.id, source_id: drawn.source_id, from: drawn.from, to: drawn.to, ...(drawn.name === undefined ? {} : { name: drawn.name }), length_m,
  speed_mps: drawn.speed_mps, ...(drawn.grade === undefined ? {} : { grade: drawn.grade }), priority: drawn.rank, lanes, shape_m: points_m,
})

function listSites({ nodes, links, movements, driving_side }: DrawnStreets, cut: ReadonlyMap<LinkId, CutLink>, notes: NoteCounter): Site[] {
  const into = new Map<NodeId, CutLink[]>(nodes.map(({ id }) => [id, []]))
  const outOf = new Map<NodeId, CutLink[]>(nodes.map(({ id }) => [id, []]))
  for (const link of links) {
    into.get(link.to)?.push(cut.get(link.id) as CutLink)
    outOf.get(link.from)?.push(cut.get(link.id) as CutLink)
  }
  const listed = new Map<LinkId, DrawnMovement[]>()
  for (const movement of movements) listed.set(movement.from, [...(listed.get(movement.from) ?? []), movement])
  return nodes.flatMap((node): Site[] => {
    const [incoming, outgoing] = [into.get(node.id) as CutLink[], outOf.get(node.id) as CutLink[]]
    if (incoming.length + outgoing.length === 0) return []
    const passes = incoming.some((from) => outgoing.some((to) => to.drawn.to !== from.drawn.from))
    const own = incoming.flatMap(({ drawn }) => listed.get(drawn.id) ?? [])
    if (!passes && own.length === 0) return [{ node, kind: 'boundary', incoming, outgoing, movements: [] }]
    const turns = listTurns(node.id, incoming, outgoing, own, driving_side)
    for (const { link, turns: arrows } of turns.pointless) {
      notes.count('not-understood', cut.get(link)?.drawn.place, 'arrows', (n) => `the arrows of ${n} link(s) point where no link leads (the first: ${arrows.join(', ')})`)
    }
    if (turns.assumed > 0) notes.count('assumed', node.place, 'lanes', (n) => `which turns the lanes of ${n} approach(es) serve is not given: the kerb turn has the kerb lane, the turn across the innermost, alone where there are three or more`, turns.assumed)
    return [{ node, kind: kindOf(node.control, incoming), incoming, outgoing, movements: turns.movements }]
  })
}

function kindOf(control: NodeControl, incoming: readonly CutLink[]): NetworkNode['kind'] {
  if (control === 'signal') return 'signal'
  const ranks = new Set(incoming.map(({ drawn }) => drawn.rank))
  return control === 'none' && ranks.size === 1 && incoming.length > 2 ? 'right-before-left' : 'priority'
}

/** Of each link, the lanes that carry its through traffic at the far end. */
function onwardLanes(sites: readonly Site[]): Map<LinkId, Set<number>> {
  return new Map(sites.flatMap(({ movements }) => movements.filter(({ movement }) => movement.turn === 'through').map(({ movement, from_lanes }) => [movement.from, new Set(from_lanes)] as const)))
}

function junctionOf({ driving_side }: DrawnStreets, site: Site, onward: ReadonlyMap<LinkId, ReadonlySet<number>>, links: ReadonlyMap<LinkId, Link>): Junction {
  const arm = ({ drawn, points_m, start_rad, end_rad, two_way }: CutLink, end: 'start' | 'end'): JunctionArm => ({
    link: links.get(drawn.id) as Link, at_m: (end === 'start' ? points_m[0] : points_m.at(-1)) ?? site.node.at_m,
    outward_rad: end === 'start' ? start_rad : end_rad, two_way,
  })
  const signal = site.node.control === 'signal' ? site.node.signal ?? site.node.id : undefined
  return {
    driving_side, control: 'sign', onward,
    incoming: site.incoming.map((link) => arm(link, 'end')), outgoing: site.outgoing.map((link) => arm(link, 'start')),
    movements: site.movements.map((entry): JunctionMovement => {
      const { movement, from_lanes, drawn } = entry
      const to_lanes = entry.to_lanes ?? besideBuses(entry, links.get(movement.to) as Link, driving_side)
      return {
        movement: signal === undefined || drawn?.governed === false ? movement : { ...movement, signal },
        from_lanes, ...(to_lanes === undefined ? {} : { to_lanes }), ...(drawn?.turn_on_red === true ? { turn_on_red: true } : {}),
      }
    }),
  }
}

/** Receiving lanes where some of them are closed to cars: only the others, chosen by the turn; undefined where none is closed, or all. */
function besideBuses({ movement, from_lanes }: LaneMovement, to: Link, side: Network['driving_side']): number[] | undefined {
  const open = to.lanes.filter((lane) => isForCars(lane) && lane.length_m >= to.length_m - 1e-6).map(({ index }) => index)
  if (open.length === 0 || to.lanes.every(isForCars)) return undefined
  const spare = open.length - from_lanes.length
  const shift = spare < 0 || (movement.turn !== 'through' && movement.turn !== side) ? spare : 0
  return from_lanes.map((_, i) => open[Math.min(open.length - 1, Math.max(0, i + shift))] as number)
}

/** Out: the nodes whose connections the signals brought. */
function buildSignals(sites: readonly Site[], junctions: ReadonlyMap<NodeId, Junction>, options: BuildOptions, built: BuiltStreets, notes: NoteCounter): Set<NodeId> {
  const bySignal = new Map<SignalId, Site[]>()
  for (const site of sites) {
    if (site.node.control !== 'signal') continue
    if (!(junctions.get(site.node.id) as Junction).movements.some(({ movement }) => movement.signal !== undefined)) {
      site.kind = site.movements.length === 0 ? 'boundary' : 'priority'
      notes.count('not-understood', site.node.place, 'idle', (n) => `${n} signal(s) govern no movement and are left out`)
      continue
    }
    const id = site.node.signal ?? site.node.id
    bySignal.set(id, [...(bySignal.get(id) ?? []), site])
  }
  const governed = new Set<NodeId>()
  for (const [id, own] of bySignal) {
    const untimed = own.map(({ node }): UntimedJunction => ({
      id, source_id: id, nodes: [node.id], junction: junctions.get(node.id) as Junction, ...(node.name === undefined ? {} : { name: node.name }),
      ...(options.cycle_s === undefined ? {} : { cycle_s: options.cycle_s }),
    }))
    for (const { node } of own) governed.add(node.id)
    const timed = options.signalOf?.(id, untimed)
    if (timed !== undefined) {
      built.signals.push(timed.signal)
      built.connections.push(...timed.connections)
      continue
    }
    for (const assumed of assumeEach(untimed, bySignal)) {
      built.signals.push(assumed.signal)
      built.connections.push(...assumed.connections)
      built.patterns.push(assumed.pattern)
      for (const sentence of assumed.assumed) notes.count('assumed', own[0]?.node.place, sentence, (n) => `${n} signal(s): ${sentence}`)
    }
  }
  return governed
}

/** One signal a node: without timing nothing says how several nodes of one controller work together. */
function assumeEach(untimed: readonly UntimedJunction[], taken: ReadonlyMap<SignalId, unknown>): AssumedSignal[] {
  return untimed.map((entry, i) => {
    const id = i === 0 ? entry.id : freeId(`${entry.id}/${entry.nodes[0]}`, taken)
    if (id !== entry.id) for (const { movement } of entry.junction.movements) if (movement.signal !== undefined) movement.signal = id
    return assumeSignal({ ...entry, id })
  })
}

const freeId = (id: string, taken: ReadonlyMap<SignalId, unknown>): string => (taken.has(id) ? freeId(`${id}+`, taken) : id)

const STOP = 2
const YIELD = 1

function unsignalised({ node, incoming, movements, kind }: Site, junction: Junction, notes: NoteCounter): Connection[] {
  if (kind === 'boundary' && movements.length === 0) return []
  const give_way = giveWay(node, incoming, movements)
  if (give_way.assumed && incoming.length > 2) notes.count('assumed', node.place, 'priority', (n) => `who goes first is not given at ${n} junction(s): the street of higher standing, and among equals who comes from the kerb side`)
  const connections = buildConnections({ ...junction, give_way: give_way.ranks })
  const from = new Map(movements.map(({ movement }) => [movement.id, movement.from]))
  for (const connection of connections) {
    const rank = give_way.ranks.get(from.get(connection.movement) as LinkId) ?? 0
    if (node.control === 'all-way-stop') connection.stop = 'all-way'
    else if (rank === STOP) connection.stop = 'sign'
  }
  return connections
}

/** Of each incoming link: 0 goes first, 1 yields, 2 stops. */
function giveWay(node: DrawnNode, incoming: readonly CutLink[], movements: readonly LaneMovement[]): { ranks: Map<LinkId, number>; assumed: boolean } {
  const signs = new Map<LinkId, number>()
  for (const { drawn } of movements) if (drawn?.gives_way !== undefined) signs.set(drawn.from, Math.max(signs.get(drawn.from) ?? 0, drawn.gives_way === 'stop' ? STOP : YIELD))
  if (signs.size > 0 && signs.size < incoming.length) return { ranks: signs, assumed: false }
  if (node.control === 'all-way-stop' || (signs.size > 0 && signs.size === incoming.length)) return { ranks: new Map(), assumed: false }
  const minor = new Set(minorLinks(incoming))
  const rank = node.control === 'stop' ? STOP : YIELD
  return { ranks: new Map([...minor].map((id) => [id, rank])), assumed: true }
}

/** Links of lower standing than the highest; among equals, the stem that no link continues straight. */
function minorLinks(incoming: readonly CutLink[]): LinkId[] {
  const highest = Math.max(...incoming.map(({ drawn }) => drawn.rank))
  const minor = incoming.filter(({ drawn }) => drawn.rank < highest)
  if (minor.length > 0 || incoming.length !== 3) return minor.map(({ drawn }) => drawn.id)
  const isStem = (link: CutLink): boolean => incoming.every((other) => other === link || Math.cos(other.end_rad - link.end_rad) > -0.8)
  const stems = incoming.filter(isStem)
  return stems.length === 1 ? stems.map(({ drawn }) => drawn.id) : []
}
