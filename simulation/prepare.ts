// From a network document to flat frozen arrays that the kernel reads. Done once per network, shared by all runs.
// A strip is anything a vehicle drives on: first all lanes, then all connections. Positions on a lane are metres from
// the start of its link, also on a turn pocket, which begins at `laneStart`.
import { GreenwaveError } from '../model/errors.ts'
import type { Connection, Link, Movement, Network } from '../model/network.ts'
import { checkNetwork } from './check/network.ts'
import { findConflictZones, type ConflictZone } from './prepare/conflicts.ts'
import { clearOfSiblings } from './prepare/diverge.ts'
import { findRings, type Rings } from './prepare/rings.ts'

export const CROSSING = 0
export const MERGING = 1
/** Right of way without a shared place: paths that pass close by each other. */
export const YIELD_ONLY = 2

export interface PreparedNetwork extends Rings {
  readonly network: Network
  readonly links: number
  readonly lanes: number
  readonly connections: number
  /** Per strip. */
  readonly length: Float64Array
  readonly speed: Float64Array
  /** First lane of each link, and one past the end. */
  readonly linkLane: Int32Array
  readonly laneLink: Int32Array
  readonly laneStart: Float64Array
  /** Connections that leave each lane: `laneOut[laneOutStart[l] .. laneOutStart[l + 1]]`; the same for those that enter. */
  readonly laneOutStart: Int32Array
  readonly laneOut: Int32Array
  readonly laneInStart: Int32Array
  readonly laneIn: Int32Array
  /** Per connection. */
  readonly connFrom: Int32Array
  readonly connTo: Int32Array
  readonly connMovement: Int32Array
  readonly connWaiting: Float64Array
  /** Metres after which it shares no ground with other connections of the same lane. */
  readonly connDiverge: Float64Array
  readonly connTurnOnRed: Uint8Array
  /** 1 where equal roads meet and mutual waiting is broken soon. */
  readonly connEqual: Uint8Array
  /** As `TURN_CODE`; in left-hand traffic mirrored, so that 1 always crosses the opposing traffic. */
  readonly connTurn: Uint8Array
  /** A full stop first: 1 at a stop sign, 2 at an all-way stop. */
  readonly connStop: Uint8Array
  /** Metres before the line from which those who yield can decide. */
  readonly connVisibility: Float64Array
  /** Another path crosses it. */
  readonly connCrossed: Uint8Array
  readonly connKeepClear: Uint8Array
  /** Somebody yields to it, so that vehicles coming up to it have to be known. */
  readonly connWatched: Uint8Array
  /** It has somebody to yield to. */
  readonly connYields: Uint8Array
  /** From so many lanes come those that it yields to. */
  readonly connYieldLanes: Uint8Array
  /** Metres from the end of a lane to the nearest watched connection ahead; Infinity where none is near. */
  readonly laneWatch: Float64Array
  /** Conflicts of connection c: indices zoneStart[c] .. zoneStart[c + 1] of the zone columns. */
  readonly zoneStart: Int32Array
  readonly zoneFoe: Int32Array
  readonly zoneKind: Uint8Array
  readonly zoneYield: Uint8Array
  /** Own interval [from, to] and that of the foe, metres after the respective stop line. */
  readonly zoneFrom: Float64Array
  readonly zoneTo: Float64Array
  readonly zoneFoeFrom: Float64Array
  readonly zoneFoeTo: Float64Array
  readonly linkIndex: ReadonlyMap<string, number>
  readonly connectionIndex: ReadonlyMap<string, number>
  readonly movementIndex: ReadonlyMap<string, number>
}

/** From where a driver who yields sees enough to decide, if the network does not say, m (SUMO 1.15). */
const VISIBILITY_M = 4.5

/** How far ahead of a yielding vehicle others matter, m: nine seconds at 60 km/h. */
const WATCH_M = 150

/** Throws input.reference or input.value, naming the element, for a network that cannot be driven on. */
export function prepareNetwork(network: Network): PreparedNetwork {
  checkNetwork(network)
  const linkIndex = new Map(network.links.map((link, i) => [link.id, i]))
  const movementIndex = new Map(network.movements.map((movement, i) => [movement.id, i]))
  const connectionIndex = new Map(network.connections.map((connection, i) => [connection.id, i]))
  const lanes = prepareLanes(network.links)
  const turns = prepareConnections(network, lanes.linkLane, linkIndex, movementIndex)
  const strips = {
    length: Float64Array.from([...lanes.length, ...network.connections.map((c) => Math.max(c.length_m, 0.01))]),
    speed: Float64Array.from([...lanes.speed, ...network.connections.map((c) => c.speed_mps)]),
  }
  // A connection that enters a pocket needs the pocket to reach back to the start of the link.
  for (const lane of turns.connTo) lanes.laneStart[lane] = 0
  const out = group(turns.connFrom, lanes.laneLink.length)
  const into = group(turns.connTo, lanes.laneLink.length)
  const zones = findConflictZones(network, connectionIndex, turns)
  const columns = zoneColumns(zones, network.connections)
  const watched = watchedConnections(network, columns)
  const connCrossed = Uint8Array.from(network.connections, (_, c) => (columns.zoneKind.subarray(columns.zoneStart[c]!, columns.zoneStart[c + 1]!).includes(CROSSING) ? 1 : 0))
  const prepared = {
    network, links: network.links.length, lanes: lanes.laneLink.length, connections: network.connections.length,
    ...strips, linkLane: lanes.linkLane, laneLink: lanes.laneLink, laneStart: lanes.laneStart,
    laneOutStart: out.start, laneOut: out.list, laneInStart: into.start, laneIn: into.list,
    ...turns, ...columns,
    connWaiting: waitingPlaces(network, columns),
    connDiverge: clearOfSiblings(network, turns.connFrom),
    connWatched: watched,
    connStop: Uint8Array.from(network.connections, ({ stop }) => (stop === undefined ? 0 : stop === 'sign' ? 1 : 2)),
    connVisibility: Float64Array.from(network.connections, ({ visibility_m }) => visibility_m ?? VISIBILITY_M),
    connCrossed,
    connKeepClear: Uint8Array.from(network.connections, ({ keep_clear }) => (keep_clear === false ? 0 : 1)),
    connYields: Uint8Array.from(network.connections, (_, c) => (columns.zoneYield.subarray(columns.zoneStart[c]!, columns.zoneStart[c + 1]!).includes(1) ? 1 : 0)),
    connYieldLanes: Uint8Array.from(network.connections, (_, c) => yieldLanes(c, columns, turns.connFrom)),
    laneWatch: watchDistances(watched, strips.length, out, turns.connTo, lanes.laneLink.length),
    ...findRings({ lanes: lanes.laneLink.length, length: strips.length, ...turns, laneOutStart: out.start, laneOut: out.list, connCrossed }),
    linkIndex, connectionIndex, movementIndex,
  }
  return Object.freeze(prepared)
}

function prepareLanes(links: Link[]): { linkLane: Int32Array; laneLink: Int32Array; laneStart: Float64Array; length: number[]; speed: number[] } {
  const linkLane = new Int32Array(links.length + 1)
  const laneLink: number[] = []
  const laneStart: number[] = []
  const length: number[] = []
  const speed: number[] = []
  links.forEach((link, i) => {
    if (link.lanes.length === 0) throw new GreenwaveError('input.value', `link ${link.id} has 0 lanes`)
    if (!(link.length_m > 0)) throw new GreenwaveError('input.value', `link ${link.id} has length ${link.length_m} m`)
    linkLane[i] = laneLink.length
    for (const lane of link.lanes) {
      if (!(lane.speed_mps > 0)) throw new GreenwaveError('input.value', `lane ${lane.index} of link ${link.id} has speed ${lane.speed_mps} m/s`)
      laneLink.push(i)
      laneStart.push(Math.max(0, link.length_m - lane.length_m))
      length.push(link.length_m)
      speed.push(lane.speed_mps)
    }
  })
  linkLane[links.length] = laneLink.length
  return { linkLane, laneLink: Int32Array.from(laneLink), laneStart: Float64Array.from(laneStart), length, speed }
}

/** What the conflict finder needs to know of connections. */
export interface ConnectionColumns {
  connFrom: Int32Array
  connTo: Int32Array
  connMovement: Int32Array
  connTurn: Uint8Array
  connTurnOnRed: Uint8Array
  connEqual: Uint8Array
}

/** In left-hand traffic the turn across the opposing traffic is the right one. */
const mirrored = (turn: Movement['turn']): Movement['turn'] => (turn === 'left' ? 'right' : turn === 'right' ? 'left' : turn)

const TURN_CODE = { 'through': 0, 'left': 1, 'right': 2, 'u-turn': 3 } as const

function prepareConnections(network: Network, linkLane: Int32Array, linkIndex: Map<string, number>, movementIndex: Map<string, number>): ConnectionColumns {
  const n = network.connections.length
  const equalNodes = new Set(network.nodes.filter((node) => node.kind === 'right-before-left').map((node) => node.id))
  const columns = {
    connFrom: new Int32Array(n), connTo: new Int32Array(n), connMovement: new Int32Array(n),
    connTurn: new Uint8Array(n), connTurnOnRed: new Uint8Array(n), connEqual: new Uint8Array(n),
  }
  network.connections.forEach((connection, i) => {
    const m = movementIndex.get(connection.movement)
    const movement = m === undefined ? undefined : network.movements[m]
    if (m === undefined || movement === undefined) throw new GreenwaveError('input.reference', `connection ${connection.id} names movement "${connection.movement}", which does not exist`)
    const lane = (id: string, index: number): number => {
      const link = linkIndex.get(id)
      const first = link === undefined ? undefined : linkLane[link]
      if (link === undefined || first === undefined) throw new GreenwaveError('input.reference', `movement ${movement.id} names link "${id}", which does not exist`)
      if (index < 0 || first + index >= (linkLane[link + 1] ?? 0)) throw new GreenwaveError('input.reference', `connection ${connection.id} names lane ${index} of link ${id}, which has ${(linkLane[link + 1] ?? 0) - first}`)
      return first + index
    }
    columns.connFrom[i] = lane(movement.from, connection.from_lane)
    columns.connTo[i] = lane(movement.to, connection.to_lane)
    columns.connMovement[i] = m
    columns.connTurn[i] = TURN_CODE[network.driving_side === 'left' ? mirrored(movement.turn) : movement.turn]
    columns.connTurnOnRed[i] = connection.turn_on_red === true ? 1 : 0
    columns.connEqual[i] = equalNodes.has(movement.node) ? 1 : 0
  })
  return columns
}

/** Compressed rows: which indices have each value. */
function group(of: Int32Array, count: number): { start: Int32Array; list: Int32Array } {
  const start = new Int32Array(count + 1)
  for (const value of of) start[value + 1]!++
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!
  const next = start.slice()
  const list = new Int32Array(of.length)
  of.forEach((value, i) => { list[next[value]!++] = i })
  return { start, list }
}

interface ZoneColumns {
  zoneStart: Int32Array
  zoneFoe: Int32Array
  zoneKind: Uint8Array
  zoneYield: Uint8Array
  zoneFrom: Float64Array
  zoneTo: Float64Array
  zoneFoeFrom: Float64Array
  zoneFoeTo: Float64Array
}

function zoneColumns(zones: ConflictZone[][], connections: Connection[]): ZoneColumns {
  const flat = zones.flat()
  const zoneStart = new Int32Array(connections.length + 1)
  zones.forEach((list, i) => { zoneStart[i + 1] = zoneStart[i]! + list.length })
  return {
    zoneStart,
    zoneFoe: Int32Array.from(flat, (z) => z.foe),
    zoneKind: Uint8Array.from(flat, (z) => z.kind),
    zoneYield: Uint8Array.from(flat, (z) => (z.yields ? 1 : 0)),
    zoneFrom: Float64Array.from(flat, (z) => z.from),
    zoneTo: Float64Array.from(flat, (z) => z.to),
    zoneFoeFrom: Float64Array.from(flat, (z) => z.foeFrom),
    zoneFoeTo: Float64Array.from(flat, (z) => z.foeTo),
  }
}

function yieldLanes(c: number, { zoneStart, zoneFoe, zoneKind, zoneYield }: ZoneColumns, connFrom: Int32Array): number {
  const lanes = new Set<number>()
  for (let z = zoneStart[c]!; z < zoneStart[c + 1]!; z++) if (zoneYield[z] === 1 && zoneKind[z] !== YIELD_ONLY) lanes.add(connFrom[zoneFoe[z]!]!)
  return lanes.size
}

/** Who is yielded to: by rank, or by a turn on red, which yields to everyone. */
function watchedConnections(network: Network, zones: ZoneColumns): Uint8Array {
  const watched = new Uint8Array(network.connections.length)
  network.connections.forEach((connection, c) => {
    for (let z = zones.zoneStart[c]!; z < zones.zoneStart[c + 1]!; z++) {
      if (zones.zoneYield[z] === 1 || connection.turn_on_red === true) watched[zones.zoneFoe[z]!] = 1
    }
  })
  return watched
}

/** Shortest waiting place that is worth entering the junction for, m. */
const LEAST_WAITING_M = 1

/** The waiting place, drawn back so far that a waiting vehicle's front touches no path that it yields to. */
function waitingPlaces(network: Network, zones: ZoneColumns): Float64Array {
  return Float64Array.from(network.connections, (connection, c) => {
    let place = connection.waiting_m ?? 0
    for (let z = zones.zoneStart[c]!; z < zones.zoneStart[c + 1]!; z++) {
      if (zones.zoneYield[z] === 1 && zones.zoneKind[z] !== YIELD_ONLY) place = Math.min(place, zones.zoneFrom[z]! - 0.3)
    }
    return place >= LEAST_WAITING_M ? place : 0
  })
}

function watchDistances(watched: Uint8Array, length: Float64Array, out: { start: Int32Array; list: Int32Array }, connTo: Int32Array, lanes: number): Float64Array {
  const distance = new Float64Array(lanes).fill(Infinity)
  // Relaxed a few times: only short links between junctions hand the distance on.
  for (let round = 0; round < 6; round++) {
    for (let lane = 0; lane < lanes; lane++) {
      let best = distance[lane]!
      for (let k = out.start[lane]!; k < out.start[lane + 1]!; k++) {
        const c = out.list[k]!
        const beyond = length[lanes + c]! + length[connTo[c]!]! + distance[connTo[c]!]!
        best = Math.min(best, watched[c] === 1 ? 0 : beyond < WATCH_M ? beyond : Infinity)
      }
      distance[lane] = best
    }
  }
  return distance
}
