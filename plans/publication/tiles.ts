// Links as GeoJSON tiles of the web's map grid (spherical Mercator, z/x/y from the north-west), coloured by a publication. A tile is cut with a margin, so
// that lines meet at its edge; links are made simpler before they are cut, so that neighbours agree.
import type { Network } from '../../model/network.ts'
import type { Publication, SegmentCondition } from '../../model/publication.ts'
import { placeNetwork } from '../ports/places.ts'

/** Below, a tile would be a country; above, a metre is many pixels. */
export const TILE_ZOOM = { least: 9, most: 18 } as const
/** Share of a tile that is added on each side, and by how much of a tile a line may differ: half a pixel of 256. */
export const TILE_MARGIN = 1 / 32
const TOLERANCE = 0.5 / 256
/** Seven decimals are a centimetre. */
const ROUND = 1e7
/** Where the grid ends, degrees. */
const MOST_LATITUDE = 85.0511287798066

type Xy = readonly [x: number, y: number]
type Box = readonly [x0: number, y0: number, x1: number, y1: number]

export interface PlacedLinks {
  ids: string[]
  /** Of the world as a square of side 1. */
  lines: Xy[][]
  /** Four numbers a link. */
  boxes: Float64Array
}

export interface TileFeature {
  type: 'Feature'
  id: string
  geometry: { type: 'LineString'; coordinates: [number, number][] } | { type: 'MultiLineString'; coordinates: [number, number][][] }
  properties: Partial<Pick<SegmentCondition, 'level' | 'speed_mps' | 'index' | 'freshness' | 'age_s' | 'vehicles'>> & { segment: string | null }
}

/** For all tiles of a version of the network; nothing where it is a local drawing. */
export function placedLinks(network: Network): PlacedLinks {
  const { links } = placeNetwork(network)
  const lines = links.map(({ line }) => line.map(worldOf))
  const boxes = new Float64Array(4 * lines.length)
  lines.forEach((line, i) => boxes.set([Math.min(...line.map(([x]) => x)), Math.min(...line.map(([, y]) => y)), Math.max(...line.map(([x]) => x)), Math.max(...line.map(([, y]) => y))], 4 * i))
  return { ids: links.map(({ id }) => id), lines, boxes }
}

/** One feature a link, by its id; a link of no segment, and one of which nothing is known, has no level. `margin`: share of the tile. */
export function tileFeatures({ ids, lines, boxes }: PlacedLinks, [z, x, y]: readonly [z: number, x: number, y: number], segments: ReadonlyMap<string, SegmentCondition>, margin = TILE_MARGIN): TileFeature[] {
  const size = 2 ** -z
  const [left, top, pad] = [x * size, y * size, margin * size]
  const box: Box = [left - pad, top - pad, left + size + pad, top + size + pad]
  const features: TileFeature[] = []
  for (let i = 0; i < ids.length; i++) {
    if (boxes[4 * i]! > box[2] || boxes[4 * i + 2]! < box[0] || boxes[4 * i + 1]! > box[3] || boxes[4 * i + 3]! < box[1]) continue
    const pieces = cutLine(simplerLine(lines[i]!, TOLERANCE * size), box).map((piece) => piece.map(degreesOf))
    if (pieces.length === 0) continue
    const segment = segments.get(ids[i]!)
    features.push({
      type: 'Feature', id: ids[i]!, geometry: pieces.length === 1 ? { type: 'LineString', coordinates: pieces[0]! } : { type: 'MultiLineString', coordinates: pieces },
      properties: segment === undefined ? { segment: null, level: null, freshness: 'no-data' }
        : { segment: segment.id, level: segment.level, speed_mps: segment.speed_mps, index: segment.index, freshness: segment.freshness, age_s: segment.age_s, vehicles: segment.vehicles },
    })
  }
  return features
}

/** The segment of each link; of the first where several have it. */
export function segmentsByLink({ segments }: Pick<Publication, 'segments'>): Map<string, SegmentCondition> {
  const byLink = new Map<string, SegmentCondition>()
  for (const segment of segments) for (const link of segment.links) if (!byLink.has(link)) byLink.set(link, segment)
  return byLink
}

export function worldOf([lon, lat]: readonly [number, number]): Xy {
  const phi = (Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, lat)) * Math.PI) / 180
  return [(lon + 180) / 360, 0.5 - Math.asinh(Math.tan(phi)) / (2 * Math.PI)]
}

const degreesOf = ([x, y]: Xy): [number, number] => [Math.round((360 * x - 180) * ROUND) / ROUND, Math.round(((Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI) * ROUND) / ROUND]

/** Douglas and Peucker (1973), without recursion: both ends stay, and no vertex left out is further off than the tolerance. */
export function simplerLine(line: readonly Xy[], tolerance: number): Xy[] {
  const kept = new Uint8Array(line.length)
  kept[0] = kept[line.length - 1] = 1
  const open: [number, number][] = [[0, line.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span
    let [worst, at] = [tolerance, -1]
    for (let i = from + 1; i < to; i++) {
      const off = distanceTo(line[i]!, line[from]!, line[to]!)
      if (off > worst) [worst, at] = [off, i]
    }
    if (at === -1) continue
    kept[at] = 1
    open.push([from, at], [at, to])
  }
  return line.filter((_, i) => kept[i] === 1)
}

function distanceTo([x, y]: Xy, [x0, y0]: Xy, [x1, y1]: Xy): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length))
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy)
}

/** The parts of a line within the box, by Liang and Barsky (1984), joined where the line stays inside; a line that only touches a corner has none. */
export function cutLine(line: readonly Xy[], [x0, y0, x1, y1]: Box): Xy[][] {
  const pieces: Xy[][] = []
  let open: Xy[] | undefined
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!]
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
    let [enter, leave] = [0, 1]
    for (const [step, room] of [[-dx, from[0] - x0], [dx, x1 - from[0]], [-dy, from[1] - y0], [dy, y1 - from[1]]] as const) {
      if (step === 0 && room < 0) leave = -1
      if (step < 0) enter = Math.max(enter, room / step)
      else if (step > 0) leave = Math.min(leave, room / step)
    }
    if (enter >= leave) {
      open = undefined
      continue
    }
    const at = (t: number): Xy => (t === 0 ? from : t === 1 ? to : [from[0] + t * dx, from[1] + t * dy])
    if (open === undefined || enter > 0) pieces.push(open = [at(enter), at(leave)])
    else open.push(at(leave))
    if (leave < 1) open = undefined
  }
  return pieces
}
