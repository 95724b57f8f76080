// The road: nodes, links with lanes, movements through nodes and the lane-to-lane connections that carry them.
// This is the shape of `network.json`; every field carries its unit. Lanes count from the kerb: lane 0 is next to
// the kerb on the driving side, as in SUMO.
import type { Metres, MetresPerSecond, Seconds, VehiclesPerHour } from './units.ts'
import type { Signal, GroupId, SignalId } from './signal.ts'

export type NodeId = string
export type LinkId = string
export type MovementId = string
export type ConnectionId = string

/** A point in scenario coordinates, metres: x east, y north. */
export type Point = readonly [x: Metres, y: Metres]

export interface CoordinateReference {
  kind: 'local' | 'projected' | 'wgs84'
  /** PROJ string or EPSG code of the source, where there is one. */
  projection?: string
  /** What was added to projected coordinates to get scenario coordinates. */
  net_offset_m?: Point
}

export interface NetworkNode {
  id: NodeId
  source_id: string
  kind: 'signal' | 'priority' | 'right-before-left' | 'boundary'
  x_m: Metres
  y_m: Metres
  name?: string
}

export interface Lane {
  /** 0 is next to the kerb. */
  index: number
  source_id?: string
  width_m: Metres
  speed_mps: MetresPerSecond
  /** Shorter than the link for a turn pocket: the lane exists over the last `length_m` before the stop line. */
  length_m: Metres
  /** Vehicle classes that may use the lane; absent = all. */
  allow?: string[]
  /** Vehicle classes that may not. */
  disallow?: string[]
}

export interface Link {
  id: LinkId
  source_id: string
  from: NodeId
  to: NodeId
  name?: string
  length_m: Metres
  /** Speed limit. */
  speed_mps: MetresPerSecond
  /** Rise over run, up positive. */
  grade?: number
  /** At equal right of way the link of higher priority goes first; from the source where it says so. */
  priority?: number
  lanes: Lane[]
  shape_m?: Point[]
}

export type Turn = 'through' | 'left' | 'right' | 'u-turn'
export type RightOfWay = 'protected' | 'permissive'

export interface Movement {
  id: MovementId
  node: NodeId
  from: LinkId
  to: LinkId
  turn: Turn
  /** Compass approach and turn as the field writes it (EBT, NBL), where the source says so. */
  name?: string
  signal?: SignalId
  /** Saturation flow of all its lanes together, where the source gives it; else it is estimated. */
  saturation_flow_vph?: VehiclesPerHour
  /** Movements of one lane group share lanes; same string = same lane group. */
  lane_group?: string
}

/** One lane-to-lane path across a node. */
export interface Connection {
  id: ConnectionId
  movement: MovementId
  from_lane: number
  to_lane: number
  length_m: Metres
  speed_mps: MetresPerSecond
  shape_m?: Point[]
  /** Signal groups that give it green; it is green while any of them is. Absent or empty at unsignalised nodes. */
  groups?: { group: GroupId; right_of_way: RightOfWay }[]
  /** May pass a red after a full stop, yielding to everyone (right turn on red). */
  turn_on_red?: boolean
  /** Paths that it crosses or merges with. Symmetric. */
  conflicts_with: ConnectionId[]
  /** The part of `conflicts_with` that goes first when this connection has no protected green. */
  yields_to: ConnectionId[]
  /** Metres after the stop line where a permissive turn waits inside the junction; absent = it waits at the line. */
  waiting_m?: Metres
  /** A full stop before it may go: at a stop sign, or at all signs of an all-way stop, where the longest wait goes first. */
  stop?: 'sign' | 'all-way'
  /** Metres before the line from which a driver who has to yield sees enough to decide; absent = 4.5. */
  visibility_m?: Metres
  /** False where vehicles may stand inside the junction when there is no room beyond. */
  keep_clear?: false
  /** Link index at the traffic light of the source (SUMO). */
  source?: { traffic_light: string; link_index: number }
}

export interface Network {
  format: 'greenwave.network/1'
  name: string
  driving_side: 'right' | 'left'
  coordinate_reference: CoordinateReference
  nodes: NetworkNode[]
  links: Link[]
  movements: Movement[]
  connections: Connection[]
  signals: Signal[]
  /** Free text on where the network comes from and how far its geometry may be trusted. */
  provenance?: string
}

/** Critical gap and follow-up time of permissive lefts, s: HCM 7 chapter 31. */
export const PERMISSIVE_LEFT: { critical_gap_s: Seconds; follow_up_s: Seconds } = { critical_gap_s: 4.5, follow_up_s: 2.5 }
