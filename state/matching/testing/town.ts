// A seeded town to match in: blocks of 300 m, streets that bend, one-way streets, wide arterials, some of them with frontage
// roads a few metres beside the main carriageway. Drawn as importers draw: links end where the junction begins, along the
// middle lane, and every movement has a path.
import { arcPath, sampleArc } from '../../../model/junction-paths.ts'
import { pathLength } from '../../../model/lines.ts'
import type { Connection, Link, Movement, Network, NetworkNode, Point, Turn } from '../../../model/network.ts'
import { draw } from './draw.ts'

export interface TownOptions {
  /** Nodes along each side; at least 3. */
  size: number
  seed: number
}

/** Part of a street in a link's id: `kind from>to`. */
export type StreetKind = 'street' | 'main' | 'frontage'

const BLOCK_M = 300
/** From the node to where links begin and end. */
const SETBACK_M = 16
const LANE_M = 3.2
const DRAW = { jitter: 1, bend: 2, oneWay: 3, lanes: 4, frontage: 5, gap: 6 }
const EVERY_ARTERIAL = 5

export const kindOf = (link: string): StreetKind => link.slice(0, link.indexOf(' ')) as StreetKind

export function makeTown({ size, seed }: TownOptions): Network {
  const nodes = Array.from({ length: size * size }, (_, k): NetworkNode => {
    const [x_m, y_m] = ([0, 1] as const).map((axis) => BLOCK_M * (axis === 0 ? k % size : Math.floor(k / size)) + 30 * (draw(seed, k, axis, DRAW.jitter) - 0.5))
    return { id: String(k), source_id: String(k), kind: 'signal', x_m: x_m!, y_m: y_m! }
  })
  const links: Link[] = []
  for (let line = 0; line < size; line++) {
    for (let k = 0; k + 1 < size; k++) {
      links.push(...block(nodes, size, seed, line, line * size + k, line * size + k + 1))
      links.push(...block(nodes, size, seed, size + line, k * size + line, (k + 1) * size + line))
    }
  }
  const { movements, connections } = turns(links)
  return { format: 'greenwave.network/1', name: 'town', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes, links, movements, connections, signals: [] }
}

/** Links of one block of a street, both directions and the frontage roads. */
function block(nodes: readonly NetworkNode[], size: number, seed: number, street: number, a: number, b: number): Link[] {
  const arterial = street % EVERY_ARTERIAL === 2
  const edge = street % size === 0 || street % size === size - 1
  const oneWay = !arterial && !edge && draw(seed, street, 0, DRAW.oneWay) < 0.25
  const forward = draw(seed, street, 1, DRAW.oneWay) < 0.5
  const lanes = arterial ? 3 + Math.floor(2 * draw(seed, street, 0, DRAW.lanes)) : 1 + Math.floor(2 * draw(seed, street, 0, DRAW.lanes))
  const frontage = arterial && draw(seed, street, 0, DRAW.frontage) < 0.6
  const bend = arterial ? 0 : 60 * (draw(seed, a, b, DRAW.bend) - 0.5)
  const axis = curve(nodes[a]!, nodes[b]!, bend)
  const median = arterial ? 2 : 0
  const all: Link[] = []
  for (const [from, to, line] of [[a, b, axis], [b, a, axis.toReversed()]] as const) {
    if (oneWay && forward !== (from === a)) continue
    const speed = arterial ? 19.4 : 13.9
    const left = oneWay ? (-lanes * LANE_M) / 2 : median
    all.push(link(arterial && frontage ? 'main' : 'street', from, to, line, left, lanes, speed))
    const gap = 6 + 8 * draw(seed, street, 0, DRAW.gap)
    if (frontage) all.push(link('frontage', from, to, line, left + lanes * LANE_M + gap, 1, 11.1))
  }
  return all
}

/** Lanes begin `left_m` right of the axis. */
function link(kind: StreetKind, from: number, to: number, axis: readonly Point[], left_m: number, lanes: number, speed_mps: number): Link {
  const id = `${kind} ${from}>${to}`
  const middle = Math.floor(lanes / 2)
  const shape_m = beside(axis, left_m + (lanes - 1 - middle + 0.5) * LANE_M)
  const length_m = pathLength(shape_m)
  return {
    id, source_id: id, from: String(from), to: String(to), length_m, speed_mps, shape_m,
    lanes: Array.from({ length: lanes }, (_, index) => ({ index, width_m: LANE_M, speed_mps, length_m })),
  }
}

function curve(a: NetworkNode, b: NetworkNode, bend_m: number): Point[] {
  const [dx, dy] = [b.x_m - a.x_m, b.y_m - a.y_m]
  const length = Math.hypot(dx, dy)
  const [ux, uy] = [dx / length, dy / length]
  const steps = Math.abs(bend_m) < 1 ? 1 : 10
  return Array.from({ length: steps + 1 }, (_, k): Point => {
    const along = SETBACK_M + ((length - 2 * SETBACK_M) * k) / steps
    const off = bend_m * Math.sin((Math.PI * k) / steps) ** 2
    return [a.x_m + ux * along + uy * off, a.y_m + uy * along - ux * off]
  })
}

function beside(axis: readonly Point[], right_m: number): Point[] {
  return axis.map((point, i): Point => {
    const [p, q] = [axis[Math.max(0, i - 1)]!, axis[Math.min(axis.length - 1, i + 1)]!]
    const length = Math.hypot(q[0] - p[0], q[1] - p[1])
    return [point[0] + ((q[1] - p[1]) / length) * right_m, point[1] - ((q[0] - p[0]) / length) * right_m]
  })
}

function turns(links: readonly Link[]): { movements: Movement[]; connections: Connection[] } {
  const [movements, connections]: [Movement[], Connection[]] = [[], []]
  const leaving = new Map<string, Link[]>()
  for (const link of links) leaving.set(link.from, [...(leaving.get(link.from) ?? []), link])
  for (const from of links) {
    for (const to of leaving.get(from.to) ?? []) {
      const [a, b] = [from.shape_m!.slice(-2) as [Point, Point], to.shape_m!.slice(0, 2) as [Point, Point]]
      const [out, into] = [Math.atan2(a[1][1] - a[0][1], a[1][0] - a[0][0]), Math.atan2(b[1][1] - b[0][1], b[1][0] - b[0][0])]
      const arc = arcPath(a[1], out, b[0], into, to.to === from.from ? 'right' : undefined)
      const turn: Turn = to.to === from.from ? 'u-turn' : arc.turn_rad > 0.8 ? 'left' : arc.turn_rad < -0.8 ? 'right' : 'through'
      // Back only on ordinary streets, and not where a street ends at the edge of the town in nothing but itself.
      if (turn === 'u-turn' && kindOf(from.id) !== 'street') continue
      const id = `${from.id}->${to.id}`
      const shape_m = sampleArc(arc)
      movements.push({ id, node: from.to, from: from.id, to: to.id, turn })
      connections.push({
        id: `${id}#0`, movement: id, from_lane: Math.floor(from.lanes.length / 2), to_lane: Math.floor(to.lanes.length / 2),
        length_m: pathLength(shape_m), speed_mps: 8, shape_m, conflicts_with: [], yields_to: [],
      })
    }
  }
  return { movements, connections }
}
