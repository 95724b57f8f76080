// Streets as most sources have them: nodes, and lines from node to node with lanes. What they leave out (stop lines, turns,
// paths, right of way, timing) is made up by `buildStreets`, which lists what it assumed. Metres, metres per second.
import type { Place } from '../errors.ts'
import type { Lane, LinkId, Movement, Network, NodeId, Point, Turn } from '../network.ts'
import type { SignalId } from '../signal.ts'

/** What governs a node as a whole. */
export type NodeControl = 'signal' | 'stop' | 'all-way-stop' | 'yield' | 'none'

export interface DrawnNode {
  id: NodeId
  source_id: string
  at_m: Point
  name?: string
  control: NodeControl
  /** Signal that governs it; absent = one of its own, named as the node. */
  signal?: SignalId
  place: Place
}

export interface DrawnLane {
  width_m: number
  /** Absent = the link's. */
  speed_mps?: number
  /** A turn pocket: the lane exists over the last metres before the stop line. */
  pocket_m?: number
  /** Turns that the lane's arrows allow; absent = by the rule of `assignLanes`. */
  turns?: Turn[]
  allow?: string[]
  disallow?: string[]
  source_id?: string
}

export interface DrawnLink {
  id: LinkId
  source_id: string
  from: NodeId
  to: NodeId
  name?: string
  /** From node to node, or from stop line to stop line: what is already cut off is not cut off again. */
  points_m: Point[]
  /** Kerb first. */
  lanes: DrawnLane[]
  speed_mps: number
  /** Node to node, where the source measures it. */
  length_m?: number
  grade?: number
  /** Standing of the street: higher goes first where nothing else decides. */
  rank: number
  place: Place
}

/** A movement that the source lists. Links that have any lead nowhere else. */
export interface DrawnMovement {
  id?: string
  from: LinkId
  to: LinkId
  turn?: Turn
  name?: string
  /** Kerb first, each lane once; absent = by arrows, or by rule. */
  from_lanes?: number[]
  /** The receiving lane of each of `from_lanes`. */
  to_lanes?: number[]
  /** False where no signal governs it although one stands at the node: a slip lane. */
  governed?: boolean
  turn_on_red?: boolean
  /** Full stop before it may go, at nodes without a signal. */
  gives_way?: 'stop' | 'yield'
  saturation_flow_vph?: number
}

export interface DrawnStreets {
  driving_side: Network['driving_side']
  nodes: DrawnNode[]
  links: DrawnLink[]
  movements: DrawnMovement[]
}

/** A link cut at its stop lines, with what the junctions at its ends need to know. */
export interface CutLink {
  drawn: DrawnLink
  points_m: Point[]
  length_m: number
  lanes: Lane[]
  /** Direction away from the node where it starts and where it ends, radians. */
  start_rad: number
  end_rad: number
  /** True where the opposite direction is drawn on the same line: lanes lie on its kerb side. */
  two_way: boolean
}

/** A movement with the lanes that carry it. */
export interface LaneMovement {
  movement: Movement
  drawn?: DrawnMovement
  from_lanes: number[]
  to_lanes?: number[]
}
