// What is missing or doubtful in a network that holds together (validateNetwork refuses what does not), and what is
// assumed of it. Each remark counts its elements and names the first; nothing is changed.
import type { ImportNote } from './errors.ts'
import type { Link, LinkId, Movement, Network, NodeId } from './network.ts'
import { kmhFromMps } from './units.ts'

export type NetworkDoubt =
  | 'speed' | 'short-link' | 'short-approach' | 'no-group' | 'no-connection' | 'no-movement' | 'dead-end' | 'disconnected'
  | 'duplicate-link' | 'u-turn-only' | 'long-pocket' | 'lane-without-path' | 'unreachable-exit' | 'length'

/** One kind of doubt with all its elements. */
export interface NetworkRemark {
  doubt: NetworkDoubt
  /** Ids of what it is about, in the order of the network. */
  elements: string[]
  /** What is doubtful, and what is assumed of it. */
  sentence: string
}

/** Slower or faster than this is no limit of a street, km/h. */
export const BELIEVED_SPEED_KMH = { least: 5, most: 130 }
/** Shorter than this no queue fits: one car and its gap. */
const SHORT_LINK_M = 8
/** A queue of three cars; an approach to a signal needs that to be measured. */
const SHORT_APPROACH_M = 25
/** A link shorter than the straight line between its ends by more than this contradicts its drawing. */
const SHORTER_THAN_LINE = 0.8

/** Remarks in a fixed order; empty = nothing is doubtful. */
export function checkNetwork(network: Network): NetworkRemark[] {
  const index = indexOf(network)
  const remarks: NetworkRemark[] = []
  const remark = (doubt: NetworkDoubt, elements: string[], sentence: (n: number) => string): void => {
    if (elements.length > 0) remarks.push({ doubt, elements, sentence: sentence(elements.length) })
  }
  checkLinks(network, index, remark)
  checkSignals(network, index, remark)
  checkWays(network, index, remark)
  return remarks
}

/** The same as notes for an import. */
export function noteDoubts(network: Network, file?: string): ImportNote[] {
  return checkNetwork(network).map(({ doubt, elements, sentence }) => ({
    kind: 'assumed', message: sentence,
    place: { ...(file === undefined ? {} : { file }), element: `${KIND[doubt]} "${elements[0]}"` },
  }))
}

const KIND: Record<NetworkDoubt, string> = {
  'speed': 'link', 'short-link': 'link', 'short-approach': 'link', 'no-group': 'signal', 'no-connection': 'movement', 'no-movement': 'link', 'dead-end': 'link',
  'disconnected': 'node', 'duplicate-link': 'link', 'u-turn-only': 'link', 'long-pocket': 'link', 'lane-without-path': 'link', 'unreachable-exit': 'link', 'length': 'link',
}

interface Index {
  from: Map<LinkId, Movement[]>
  into: Map<LinkId, Movement[]>
  kinds: Map<NodeId, Network['nodes'][number]>
  /** Lanes that a path leaves from, as `link lane`. */
  used: Set<string>
  connected: Set<string>
  governed: Map<string, Set<string>>
}

type Remark = (doubt: NetworkDoubt, elements: string[], sentence: (n: number) => string) => void

function indexOf(network: Network): Index {
  const index: Index = { from: new Map(), into: new Map(), kinds: new Map(network.nodes.map((node) => [node.id, node])), used: new Set(), connected: new Set(), governed: new Map() }
  for (const movement of network.movements) {
    index.from.set(movement.from, [...(index.from.get(movement.from) ?? []), movement])
    index.into.set(movement.to, [...(index.into.get(movement.to) ?? []), movement])
  }
  const byId = new Map(network.movements.map((movement) => [movement.id, movement]))
  for (const connection of network.connections) {
    const movement = byId.get(connection.movement)
    if (movement === undefined) continue
    index.connected.add(movement.id)
    index.used.add(`${movement.from} ${connection.from_lane}`)
    if (movement.signal === undefined) continue
    const groups = index.governed.get(movement.signal) ?? new Set()
    for (const { group } of connection.groups ?? []) groups.add(group)
    index.governed.set(movement.signal, groups)
  }
  return index
}

const ids = (links: readonly Link[]): string[] => links.map(({ id }) => id)

function checkLinks({ links }: Network, { from, kinds }: Index, remark: Remark): void {
  const { least, most } = BELIEVED_SPEED_KMH
  const odd = links.filter(({ speed_mps }) => kmhFromMps(speed_mps) < least || kmhFromMps(speed_mps) > most)
  remark('speed', ids(odd), (n) => `${n} link(s) have a speed limit under ${least} or over ${most} km/h (the first ${Math.round(kmhFromMps(odd[0]?.speed_mps ?? 0))} km/h); it is taken as it stands`)
  remark('short-link', ids(links.filter(({ length_m }) => length_m < SHORT_LINK_M)), (n) => `${n} link(s) are shorter than ${SHORT_LINK_M} m, so that no queue fits; they are driven as they stand`)
  const approaches = links.filter(({ id, length_m }) => length_m >= SHORT_LINK_M && length_m < SHORT_APPROACH_M && (from.get(id) ?? []).some(({ signal }) => signal !== undefined))
  remark('short-approach', ids(approaches), (n) => `${n} approach(es) of signals are shorter than ${SHORT_APPROACH_M} m: queues reach the junction behind at once`)
  const curled = links.filter((link) => {
    const [a, b] = [link.shape_m?.[0], link.shape_m?.at(-1)]
    return a !== undefined && b !== undefined && link.length_m < SHORTER_THAN_LINE * Math.hypot(a[0] - b[0], a[1] - b[1])
  })
  remark('length', ids(curled), (n) => `${n} link(s) are shorter than the straight line between the ends of their drawing; the length is believed`)
  const pockets = links.filter(({ length_m, lanes }) => lanes.some((lane) => lane.length_m > length_m + 1e-6))
  remark('long-pocket', ids(pockets), (n) => `${n} link(s) have a lane longer than the link; it is taken over the whole link`)
  const seen = new Map<string, string>()
  const twice = links.filter((link) => {
    const key = JSON.stringify([link.from, link.to, link.shape_m?.map((point) => point.map(Math.round)) ?? []])
    if (seen.has(key)) return true
    seen.set(key, link.id)
    return false
  })
  remark('duplicate-link', ids(twice), (n) => `${n} link(s) join the same nodes along the same line as another; both are driven`)
  const exits = new Map<NodeId, Set<NodeId>>()
  for (const link of links) exits.set(link.from, (exits.get(link.from) ?? new Set()).add(link.to))
  // At the end of a street everybody turns back.
  const goesOn = (link: Link): boolean => [...(exits.get(link.to) ?? [])].some((next) => next !== link.from)
  const loops = links.filter((link) => (from.get(link.id) ?? []).length > 0 && (from.get(link.id) ?? []).every(({ turn }) => turn === 'u-turn') && kinds.get(link.to)?.kind !== 'boundary' && goesOn(link))
  remark('u-turn-only', ids(loops), (n) => `${n} link(s) can only be left by a u-turn, although other links leave their node`)
}

function checkSignals({ signals, movements, links }: Network, { governed, connected, used, from }: Index, remark: Remark): void {
  const idle = signals.filter(({ id, groups }) => groups.length > 0 && (governed.get(id)?.size ?? 0) === 0)
  remark('no-group', idle.map(({ id }) => id), (n) => `${n} signal(s) give green to no path; traffic passes them as if they were not there`)
  remark('no-connection', movements.filter(({ id }) => !connected.has(id)).map(({ id }) => id), (n) => `${n} movement(s) have no path across the junction; nobody can drive them`)
  const open = links.filter((link) => (from.get(link.id) ?? []).some(({ id }) => connected.has(id)) && link.lanes.some((lane) => !used.has(`${link.id} ${lane.index}`) && forCars(lane)))
  remark('lane-without-path', ids(open), (n) => `${n} link(s) have a lane for cars that leads nowhere at its end; drivers leave it before`)
}

const forCars = ({ allow, disallow }: Link['lanes'][number]): boolean =>
  (allow === undefined || allow.includes('passenger') || allow.includes('all')) && disallow?.includes('passenger') !== true && disallow?.includes('all') !== true

function checkWays(network: Network, { from, into, kinds }: Index, remark: Remark): void {
  const { links } = network
  const leaves = new Set(links.map((link) => link.from))
  const enters = new Set(links.map((link) => link.to))
  const stuck = links.filter((link) => (from.get(link.id) ?? []).length === 0 && kinds.get(link.to)?.kind !== 'boundary')
  const ended = stuck.filter((link) => !leaves.has(link.to))
  remark('dead-end', ids(ended), (n) => `${n} link(s) end inside the network where nothing leads on; vehicles leave the network there`)
  remark('no-movement', ids(stuck.filter((link) => leaves.has(link.to))), (n) => `${n} link(s) end at a junction from which no movement takes their traffic on; vehicles leave the network there`)
  const dry = links.filter((link) => (into.get(link.id) ?? []).length === 0 && kinds.get(link.from)?.kind !== 'boundary' && enters.has(link.from))
  remark('unreachable-exit', ids(dry), (n) => `${n} link(s) begin at a junction from which no movement leads into them; only traffic that starts there uses them`)
  const parts = partsOf(network)
  if (parts.length > 1) {
    const [largest, ...others] = parts as [NodeId[], ...NodeId[][]]
    remark('disconnected', others.flatMap((part) => part.slice(0, 1)), (n) => `the network has ${n} part(s) that no link joins to its main part of ${largest.length} nodes; they hold ${others.reduce((sum, part) => sum + part.length, 0)} nodes`)
  }
}

/** Sets of nodes that links join, whatever their direction, largest first. */
function partsOf({ nodes, links }: Network): NodeId[][] {
  const neighbours = new Map<NodeId, NodeId[]>(nodes.map(({ id }) => [id, []]))
  for (const { from, to } of links) {
    neighbours.get(from)?.push(to)
    neighbours.get(to)?.push(from)
  }
  const seen = new Set<NodeId>()
  const parts = nodes.flatMap(({ id }): NodeId[][] => {
    if (seen.has(id)) return []
    const part = [id]
    seen.add(id)
    for (const at of part) {
      for (const next of neighbours.get(at) ?? []) {
        if (seen.has(next)) continue
        seen.add(next)
        part.push(next)
      }
    }
    return [part]
  })
  return parts.sort((a, b) => b.length - a.length)
}
