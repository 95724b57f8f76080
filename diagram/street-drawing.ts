// The streets as pages draw them: where each carriageway, each turn and each signal lies, in metres of the scenario. Far less than the network,
// and also there for drawings that lie nowhere on the globe.
import { laneLines } from '../model/lane-lines.ts'
import type { CoordinateReference, LinkId, MovementId, Network, NodeId, Point, Turn } from '../model/network.ts'
import type { Corridor, Scenario } from '../model/scenario.ts'
import type { SignalId } from '../model/signal.ts'

/** One carriageway; its line is the middle of its lanes, not the axis of the road. */
export interface DrawnLink {
  id: LinkId
  name?: string
  from: NodeId
  to: NodeId
  length_m: number
  speed_mps: number
  lanes: number
  points_m: Point[]
  /** At its stop line. */
  signal?: SignalId
}

export interface DrawnMovement {
  id: MovementId
  from: LinkId
  to: LinkId
  turn: Turn
  name?: string
  signal?: SignalId
  /** From stop line to exit; absent where no path is drawn. */
  points_m?: Point[]
}

export interface DrawnSignal {
  id: SignalId
  name?: string
  at_m: Point
}

/** The document that `GET /networks/{network}/drawing` answers with. */
export interface StreetDrawing {
  format: 'greenwave.drawing/1'
  name: string
  time_zone: string
  driving_side: Network['driving_side']
  coordinate_reference: CoordinateReference
  links: DrawnLink[]
  movements: DrawnMovement[]
  signals: DrawnSignal[]
  corridors: Corridor[]
}

/** A hand's breadth is less than any screen shows. */
const decimetres = (value: number): number => Math.round(value * 10) / 10
const rounded = (points: readonly Point[]): Point[] => points.map(([x, y]): Point => [decimetres(x), decimetres(y)])

function middleOf(lanes: readonly (readonly Point[])[]): Point[] {
  const [kerb, inner] = [lanes[0]!, lanes.at(-1)!]
  return rounded(kerb.map(([x, y], i): Point => [(x + inner[i]![0]) / 2, (y + inner[i]![1]) / 2]))
}

export function streetDrawing({ scenario, network }: Pick<Scenario, 'scenario' | 'network'>): StreetDrawing {
  const lines = laneLines(network)
  const signalAt = new Map(network.movements.flatMap(({ from, signal }) => (signal === undefined ? [] : [[from, signal] as const])))
  const paths = new Map(network.connections.map(({ movement, shape_m }) => [movement, shape_m]))
  const nodes = new Map(network.nodes.map((node) => [node.id, node]))
  return {
    format: 'greenwave.drawing/1', name: scenario.name, time_zone: scenario.time_zone, driving_side: network.driving_side, coordinate_reference: network.coordinate_reference, corridors: scenario.corridors,
    links: network.links.map(({ id, name, from, to, length_m, speed_mps, lanes }, l) => {
      const signal = signalAt.get(id)
      return { id, ...(name === undefined ? {} : { name }), from, to, length_m, speed_mps, lanes: lanes.length, points_m: middleOf(lines[l]!), ...(signal === undefined ? {} : { signal }) }
    }),
    movements: network.movements.map(({ id, from, to, turn, name, signal }) => {
      const path = paths.get(id)
      return { id, from, to, turn, ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }), ...(path === undefined || path.length < 2 ? {} : { points_m: rounded(path) }) }
    }),
    signals: network.signals.map((signal) => {
      const places = signal.nodes.flatMap((node) => nodes.get(node) ?? [])
      const mean = (value: (node: (typeof places)[number]) => number): number => decimetres(places.reduce((sum, node) => sum + value(node), 0) / Math.max(1, places.length))
      const name = signal.name ?? places.find((place) => place.name !== undefined)?.name
      return { id: signal.id, ...(name === undefined ? {} : { name }), at_m: [mean(({ x_m }) => x_m), mean(({ y_m }) => y_m)] }
    }),
  }
}
