// Writes a network as an OpenStreetMap extract (PBF, uncompressed blobs), so that a peer can build its own road graph of it.
// Every link becomes a one-way way whose id is its index + 1; ways meet at the nodes of the network.
import type { Network, Point } from '../../model/network.ts'

/** Around this place on the equator's side of nowhere a degree is as long as at the equator, to one part in 10,000. */
const ORIGIN_DEG = 0.5
const METRES_PER_DEGREE = 111_319.49
const LAT_METRES_PER_DEGREE = 110_574
/** Entities of one block; a block may hold 8,000. */
const BLOCK = 8000

export const lonLat = (x_m: number, y_m: number): { lon: number; lat: number } => ({ lon: ORIGIN_DEG + x_m / METRES_PER_DEGREE, lat: ORIGIN_DEG + y_m / LAT_METRES_PER_DEGREE })

/** `highway` tells the class of a link. */
export function osmFile(network: Network, highway: (link: string) => string): Buffer {
  const nodes: Point[] = network.nodes.map(({ x_m, y_m }): Point => [x_m, y_m])
  const at = new Map(network.nodes.map(({ id }, k) => [id, k + 1]))
  const ways = network.links.map((link) => {
    const inner = (link.shape_m ?? []).map((point) => nodes.push(point))
    const tags = [['highway', highway(link.id)], ['oneway', 'yes'], ['maxspeed', String(Math.round(link.speed_mps * 3.6))], ['lanes', String(link.lanes.length)], ['name', link.id]] as const
    return { refs: [at.get(link.from)!, ...inner, at.get(link.to)!], tags }
  })
  const blocks = [block('OSMHeader', message([[4, text('OsmSchema-V0.6')], [4, text('DenseNodes')]]))]
  for (let k = 0; k < nodes.length; k += BLOCK) blocks.push(block('OSMData', nodeBlock(nodes.slice(k, k + BLOCK), k + 1)))
  for (let k = 0; k < ways.length; k += BLOCK) blocks.push(block('OSMData', wayBlock(ways.slice(k, k + BLOCK), k + 1)))
  return Buffer.concat(blocks)
}

type Field = readonly [number: number, value: number | Buffer]

const text = (words: string): Buffer => Buffer.from(words, 'utf8')

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const packed = (values: readonly number[]): Buffer => Buffer.concat(values.map(varint))
const deltas = (values: readonly number[]): number[] => values.map((value, i) => zigzag(value - (i === 0 ? 0 : values[i - 1]!)))

/** A protocol buffer of numbers (varint) and bytes. */
const message = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.flatMap(([number, value]) => (typeof value === 'number' ? [varint(number * 8), varint(value)] : [varint(number * 8 + 2), varint(value.length), value])))

function block(type: string, content: Buffer): Buffer {
  const blob = message([[1, content], [2, content.length]])
  const header = message([[1, text(type)], [3, blob.length]])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(header.length)
  return Buffer.concat([length, header, blob])
}

/** Coordinates in units of 100 nanodegrees. */
function nodeBlock(points: readonly Point[], first: number): Buffer {
  const places = points.map(([x, y]) => lonLat(x, y))
  const dense = message([
    [1, packed(deltas(points.map((_, i) => first + i)))],
    [8, packed(deltas(places.map(({ lat }) => Math.round(lat * 1e7))))],
    [9, packed(deltas(places.map(({ lon }) => Math.round(lon * 1e7))))],
  ])
  return message([[1, message([[1, text('')]])], [2, message([[2, dense]])]])
}

function wayBlock(ways: readonly { refs: number[]; tags: readonly (readonly [string, string])[] }[], first: number): Buffer {
  const strings = new Map<string, number>([['', 0]])
  const index = (word: string): number => {
    const known = strings.get(word)
    if (known !== undefined) return known
    strings.set(word, strings.size)
    return strings.size - 1
  }
  const written = ways.map(({ refs, tags }, i): Field => [3, message([
    [1, first + i], [2, packed(tags.map(([key]) => index(key)))], [3, packed(tags.map(([, value]) => index(value)))], [8, packed(deltas(refs))],
  ])])
  return message([[1, message([...strings.keys()].map((word): Field => [1, text(word)]))], [2, message(written)]])
}
