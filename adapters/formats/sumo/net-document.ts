// A SUMO network as its file has it, before it becomes ours. Field names follow the .net.xml format.
import type { Place } from '../../../model/errors.ts'
import type { Point } from '../../../model/network.ts'

export interface SumoLane {
  id: string
  index: number
  speed: number
  length: number
  width: number
  allow?: string[]
  disallow?: string[]
  shape: Point[]
  /** Rise over run from the z coordinates of the shape, where it has them. */
  grade?: number
}

export interface SumoEdge {
  id: string
  function: string
  from: string
  to: string
  priority?: number
  name?: string
  lanes: SumoLane[]
  place: Place
}

export interface SumoRequest {
  response: string
  foes: string
  cont: boolean
}

export interface SumoJunction {
  id: string
  type: string
  x: number
  y: number
  name?: string
  incLanes: string[]
  intLanes: string[]
  requests: Map<number, SumoRequest>
  place: Place
}

export interface SumoConnection {
  from: string
  to: string
  fromLane: number
  toLane: number
  via?: string
  tl?: string
  linkIndex?: number
  dir: string
  state: string
  /** How far foes can be seen from the line, m. */
  visibility?: number
  keepClear?: false
  place: Place
}

export interface SumoPhase {
  duration: number
  state: string
  minDur?: number
  maxDur?: number
  name?: string
  place: Place
}

export interface SumoProgram {
  tl: string
  id: string
  type: string
  offset: number
  phases: SumoPhase[]
  /** <param> of the program. */
  params?: Map<string, string>
  place: Place
}

export interface SumoNet {
  file: string
  lefthand: boolean
  projection?: string
  netOffset?: Point
  edges: Map<string, SumoEdge>
  junctions: Map<string, SumoJunction>
  connections: SumoConnection[]
  programs: SumoProgram[]
}
