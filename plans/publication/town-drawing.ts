// Where what is published lies, as lines in metres: for drawings beside the figures, which change each minute while these change with the network.
import type { Link, LinkId, Network, Point } from '../../model/network.ts'
import type { Metres } from '../../model/units.ts'

export interface TownDrawing {
  network_version: number
  driving_side: Network['driving_side']
  /** In the direction of travel; x to the east, y to the north, m. Segments of links without a place are left out. */
  segments: { id: string; points: [x_m: Metres, y_m: Metres][] }[]
  /** At the middle of their nodes. */
  signals: { id: string; name: string; at: [x_m: Metres, y_m: Metres] }[]
}

/** Nearer than this, two points are one, m. */
const SAME_M = 0.5
const rounded = (metres: Metres): Metres => Math.round(metres * 10) / 10

export function townDrawing(network: Network, network_version: number, segments: readonly { id: string; links: readonly LinkId[] }[]): TownDrawing {
  const nodes = new Map(network.nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  const placesOf = (ids: readonly string[]): Point[] => ids.map((id) => nodes.get(id)).filter((at) => at !== undefined)
  const links = new Map(network.links.map((link) => [link.id, link]))
  const shapeOf = (link: Link): readonly Point[] => (link.shape_m !== undefined && link.shape_m.length > 1 ? link.shape_m : placesOf([link.from, link.to]))
  return {
    network_version, driving_side: network.driving_side,
    segments: segments.map(({ id, links: own }) => ({ id, points: withoutRepeats(own.flatMap((link) => (links.has(link) ? shapeOf(links.get(link)!) : []))) })).filter(({ points }) => points.length > 1),
    signals: network.signals.flatMap(({ id, name, source_id, nodes: own }) => {
      const at = placesOf(own)
      return at.length === 0 ? [] : [{ id, name: name ?? source_id, at: [mean(at.map(([x]) => x)), mean(at.map(([, y]) => y))] as [number, number] }]
    }),
  }
}

const mean = (values: readonly number[]): number => rounded(values.reduce((sum, value) => sum + value, 0) / values.length)

function withoutRepeats(points: readonly Point[]): [number, number][] {
  const kept: [number, number][] = []
  for (const [x, y] of points) {
    const last = kept.at(-1)
    if (last === undefined || Math.hypot(x - last[0], y - last[1]) > SAME_M) kept.push([rounded(x), rounded(y)])
  }
  return kept
}
