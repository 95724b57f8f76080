// Lane groups of a signal from its lanes, connections and volumes: who queues together, with what flow and saturation.
// Drivers spread over the lanes they may use until v/s is as even as the lanes permit (HCM 7 equation 31-46); here
// exactly, by taking the fullest set of movements and its lanes off again and again. Flows in veh/h.
import { type Connection, type Lane, type LinkId, type Movement, type MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { GroupId, SignalId } from '../../model/signal.ts'
import { permissiveSaturation } from './permissive-left.ts'
import { rightOnRedCredit } from './right-on-red.ts'
import { BASE_SATURATION_VPH, laneSaturation, TURN_EQUIVALENT } from './saturation.ts'

/**
 * Movements that share lanes and greens. Where movements of one lane have different greens, each kind of green makes a
 * group of its own: in a shared lane the first in line holds up the rest, so each kind must be able to pass the flow ratio of
 * the whole lane, and its saturation flow is its share of it.
 */
export interface LaneGroup {
  approach: LinkId
  movements: MovementId[]
  lanes: number[]
  /** Demand that needs green: turns on red are already taken off. */
  volume_vph: number
  /** Of all lanes together in protected green, for this mix of movements. */
  saturation_vph: number
  /** Signal groups that give protected and permissive green, over all movements of the group. */
  protected: GroupId[]
  permissive: GroupId[]
  /** True where other groups use the same lanes. */
  shared?: boolean
  /** Where it turns through gaps: the stream it waits for. Absent for throughs, and for turns that share their lanes. */
  opposing?: { volume_vph: number; flow_ratio: number; groups: GroupId[] }
}

interface Stream {
  movement: Movement
  connections: Connection[]
  lanes: number[]
  volume: number
  /** Through cars that one of its vehicles counts for. */
  equivalent: number
}

export interface LaneGroupOptions {
  base_vph?: number
  heavy_share?: number
}

/** All lane groups of a signal. `volumes` in veh/h; a movement without one has 0. */
export function listLaneGroups(graph: RoadGraph, signal: SignalId, volumes: ReadonlyMap<MovementId, number>, options: LaneGroupOptions = {}): LaneGroup[] {
  const movements = graph.listMovementsOfSignal(signal)
  const groups = graph.listApproaches(signal).flatMap((link) => {
    const own = movements.filter((movement) => movement.from === link.id)
    const streams = own.flatMap((movement) => streamOf(graph, movement, volumes))
    if (streams.length === 0) return []
    const lanes = new Map(link.lanes.map((lane) => [lane.index, laneFlow(lane, streams, link.grade ?? 0, options)]))
    return spread(streams, lanes).flatMap((part) => groupsOf(link.id, part, lanes))
  })
  for (const group of groups) addOpposing(graph, group, groups, volumes)
  return groups
}

function streamOf(graph: RoadGraph, movement: Movement, volumes: ReadonlyMap<MovementId, number>): Stream[] {
  const connections = graph.listConnections(movement.id)
  // Nobody waits for a signal that doesn't govern him: free turns need no green.
  if (connections.every((connection) => (connection.groups ?? []).length === 0)) return []
  const lanes = [...new Set(connections.map(({ from_lane }) => from_lane))].sort((a, b) => a - b)
  const credit = rightOnRedCredit(graph, movement, volumes)
  const volume = Math.max(0, (volumes.get(movement.id) ?? 0) - credit)
  return [{ movement, connections, lanes, volume, equivalent: equivalentOf(graph, movement, connections, volumes) }]
}

/** E of the movement: source values already hold it; a left without protected green in a shared lane counts E_L1 = s0/s_p. */
function equivalentOf(graph: RoadGraph, movement: Movement, connections: Connection[], volumes: ReadonlyMap<MovementId, number>): number {
  const lanes = new Set(connections.map(({ from_lane }) => from_lane))
  const others = graph.listMovementsFrom(movement.from).filter((other) => other !== movement && graph.listConnections(other.id).some(({ from_lane }) => lanes.has(from_lane)))
  if (others.some((other) => other.saturation_flow_vph !== undefined) || movement.saturation_flow_vph !== undefined) return 1
  const opposing = opposingMovements(graph, connections)
  if (others.length > 0 && isPermissiveOnly(connections) && opposing.length > 0) {
    const flow = opposing.reduce((sum, other) => sum + (volumes.get(other.id) ?? 0), 0)
    return Math.max(TURN_EQUIVALENT[movement.turn], BASE_SATURATION_VPH / permissiveSaturation(flow))
  }
  return TURN_EQUIVALENT[movement.turn]
}

const isPermissiveOnly = (connections: Connection[]): boolean => connections.every((connection) => (connection.groups ?? []).every(({ right_of_way }) => right_of_way === 'permissive'))

/** Streams from other approaches that the connections yield to while their own permissive green can show. */
function opposingMovements(graph: RoadGraph, connections: Connection[]): Movement[] {
  const own = connections[0] === undefined ? undefined : graph.getMovement(connections[0].movement)
  const signal = own === undefined ? undefined : graph.findSignalOfMovement(own)
  if (own === undefined || signal === undefined) return []
  const permissive = connections.flatMap((connection) => (connection.groups ?? []).filter(({ right_of_way }) => right_of_way === 'permissive').map(({ group }) => group))
  if (permissive.length === 0) return []
  const never = new Set(signal.conflicts.flatMap(([a, b]) => (permissive.includes(a) ? [b] : permissive.includes(b) ? [a] : [])))
  const yields = new Set(connections.flatMap(({ yields_to }) => yields_to))
  return graph.listMovementsOfSignal(signal.id).filter((other) =>
    other.from !== own.from && other.turn !== 'left' && other.turn !== 'u-turn' && graph.listConnections(other.id).some((connection) =>
      yields.has(connection.id) && (connection.groups ?? []).some(({ group, right_of_way }) => right_of_way === 'protected' && !never.has(group))))
}

/** Saturation flow of one lane in through cars: the source's where a movement of the lane has one. */
function laneFlow(lane: Lane, streams: Stream[], grade: number, options: LaneGroupOptions): number {
  const users = streams.filter(({ lanes }) => lanes.includes(lane.index))
  const given = users.flatMap(({ movement, lanes }) => (movement.saturation_flow_vph === undefined ? [] : [movement.saturation_flow_vph / lanes.length]))
  if (given.length > 0) return Math.min(...given)
  const main = users.find(({ movement }) => movement.turn === 'through') ?? users[0]
  const base = laneSaturation({ width_m: lane.width_m, grade, heavy_share: options.heavy_share ?? 0, lanes: main?.lanes.length ?? 1 }, options.base_vph)
  // The turn itself is in the movement's equivalent; what is left of a turn lane is its uneven use.
  return base
}

interface Part {
  streams: Stream[]
  lanes: number[]
  ratio: number
}

/** Splits the approach into sets of movements with equal v/s, the fullest first. */
function spread(streams: Stream[], lanes: ReadonlyMap<number, number>): Part[] {
  const parts: Part[] = []
  let left = streams
  const free = new Set(lanes.keys())
  while (left.length > 0) {
    let best: Part | undefined
    for (let mask = 1; mask < 1 << left.length; mask++) {
      const set = left.filter((_, i) => (mask >> i) & 1)
      const used = [...new Set(set.flatMap((stream) => stream.lanes))].filter((lane) => free.has(lane))
      const flow = used.reduce((sum, lane) => sum + (lanes.get(lane) ?? 0), 0)
      const demand = set.reduce((sum, stream) => sum + stream.volume * stream.equivalent, 0)
      const ratio = flow > 0 ? demand / flow : demand > 0 ? Infinity : 0
      // Among equals the larger set: what can mix freely is one group.
      if (best === undefined || ratio > best.ratio + 1e-12 || (ratio > best.ratio - 1e-12 && set.length > best.streams.length && shares(set))) best = { streams: set, lanes: used, ratio }
    }
    const chosen = best as Part
    parts.push(chosen.lanes.length > 0 ? chosen : { ...chosen, lanes: chosen.streams[0]?.lanes ?? [], ratio: 0 })
    for (const lane of chosen.lanes) free.delete(lane)
    left = left.filter((stream) => !chosen.streams.includes(stream))
  }
  return parts
}

/** Whether the streams hang together through shared lanes. */
function shares(set: Stream[]): boolean {
  const reached = new Set([set[0]])
  for (let grown = true; grown;) {
    grown = false
    for (const stream of set) {
      if (reached.has(stream) || ![...reached].some((other) => other?.lanes.some((lane) => stream.lanes.includes(lane)))) continue
      reached.add(stream)
      grown = true
    }
  }
  return reached.size === set.length
}

/** A kind of green that fewer than this share of the lane's cars wait for rarely stands first in line. */
const RARE = 0.05

const cars = (streams: readonly Stream[]): number => streams.reduce((sum, stream) => sum + stream.volume * stream.equivalent, 0)

const vehicles = (streams: readonly Stream[]): number => streams.reduce((sum, stream) => sum + stream.volume, 0)

const greensOf = (streams: readonly Stream[], way: 'protected' | 'permissive'): GroupId[] => [...new Set(streams.flatMap(({ connections }) =>
  connections.flatMap((connection) => (connection.groups ?? []).filter(({ right_of_way }) => right_of_way === way).map(({ group }) => group))))]

/** When the streams may go, whatever the right of way. */
const signatureOf = (stream: Stream): string => [...greensOf([stream], 'protected'), ...greensOf([stream], 'permissive')].sort().join(' ')

function groupsOf(approach: LinkId, part: Part, lanes: ReadonlyMap<number, number>): LaneGroup[] {
  const kinds = new Map<string, Stream[]>()
  for (const stream of part.streams) kinds.set(signatureOf(stream), [...(kinds.get(signatureOf(stream)) ?? []), stream])
  const flowOf = (used: readonly number[]): number => used.reduce((sum, lane) => sum + (lanes.get(lane) ?? 0), 0)
  const ratio = cars(part.streams) / flowOf(part.lanes)
  return [...kinds.values()].map((streams): LaneGroup => {
    const volume = vehicles(streams)
    const own = part.lanes.filter((lane) => streams.some((stream) => stream.lanes.includes(lane)))
    const used = own.length > 0 ? own : part.lanes
    const rare = kinds.size > 1 && volume < RARE * vehicles(part.streams)
    const mean = volume > 0 ? cars(streams) / volume : streams.reduce((sum, stream) => sum + stream.equivalent, 0) / streams.length
    const saturation_vph = volume === 0 || rare || kinds.size === 1 ? flowOf(used) / mean : volume / ratio
    return {
      approach, movements: streams.map(({ movement }) => movement.id), lanes: used, volume_vph: volume, saturation_vph,
      protected: greensOf(streams, 'protected'), permissive: greensOf(streams, 'permissive'),
      ...(part.streams.length > streams.length ? { shared: true } : {}),
    }
  })
}

/** Turns alone in their lanes that yield to somebody with priority get their opposing stream. */
function addOpposing(graph: RoadGraph, group: LaneGroup, all: LaneGroup[], volumes: ReadonlyMap<MovementId, number>): void {
  if (group.permissive.length === 0 || group.shared === true) return
  const found = group.movements.map((id) => opposingMovements(graph, graph.listConnections(id)))
  // One that need not wait makes the lane flow: the others then count by their equivalents.
  if (found.some((each) => each.length === 0)) return
  const opposing = [...new Set(found.flat())]
  const theirs = all.filter(({ movements }) => movements.some((id) => opposing.some((other) => other.id === id)))
  group.opposing = {
    volume_vph: opposing.reduce((sum, other) => sum + (volumes.get(other.id) ?? 0), 0),
    flow_ratio: Math.max(0, ...theirs.map((other) => other.volume_vph / other.saturation_vph)),
    groups: [...new Set(theirs.flatMap((other) => other.protected))],
  }
}
