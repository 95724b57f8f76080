// Where the links and signals of a network are, in degrees: what the stores find them by.
import type { Link, Network, Point } from '../../model/network.ts'
import { findProjection } from '../../model/projection.ts'

export type LonLat = readonly [lon_deg: number, lat_deg: number]

export interface PlacedNetwork {
  links: { id: string; line: LonLat[] }[]
  /** At the middle of their nodes. */
  intersections: { id: string; at: LonLat }[]
}

/** Nothing where the network is a local drawing. */
export function placeNetwork(network: Network): PlacedNetwork {
  const projection = findProjection(network.coordinate_reference)
  if (projection === undefined) return { links: [], intersections: [] }
  const nodes = new Map(network.nodes.map((node) => [node.id, node]))
  const place = (point: Point): LonLat => projection.toLonLat(point)
  const shape = (link: Link): Point[] => {
    if (link.shape_m !== undefined && link.shape_m.length > 1) return link.shape_m
    return [link.from, link.to].flatMap((id) => {
      const node = nodes.get(id)
      return node === undefined ? [] : [[node.x_m, node.y_m] as const]
    })
  }
  return {
    links: network.links.map((link) => ({ id: link.id, line: shape(link).map(place) })).filter(({ line }) => line.length > 1),
    intersections: network.signals.flatMap((signal) => {
      const own = signal.nodes.flatMap((id) => nodes.get(id) ?? [])
      if (own.length === 0) return []
      const mean = (pick: (node: (typeof own)[number]) => number): number => own.reduce((sum, node) => sum + pick(node), 0) / own.length
      return [{ id: signal.id, at: place([mean((node) => node.x_m), mean((node) => node.y_m)]) }]
    }),
  }
}

type Box = readonly [west: number, south: number, east: number, north: number]

export const touchesBox = (line: readonly LonLat[], box: Box): boolean => line.some((end, i) => i > 0 && segmentTouches(line[i - 1]!, end, box))

/** Liang and Barsky (1984): the part of the segment that lies within each pair of edges. */
function segmentTouches([x0, y0]: LonLat, [x1, y1]: LonLat, [west, south, east, north]: Box): boolean {
  let [enter, leave] = [0, 1]
  for (const [step, room] of [[x0 - x1, x0 - west], [x1 - x0, east - x0], [y0 - y1, y0 - south], [y1 - y0, north - y0]] as const) {
    if (step === 0 && room < 0) return false
    if (step < 0) enter = Math.max(enter, room / step)
    else if (step > 0) leave = Math.min(leave, room / step)
  }
  return enter <= leave
}
