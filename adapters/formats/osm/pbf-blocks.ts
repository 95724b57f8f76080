// Decodes the messages of an OpenStreetMap extract in protocol buffers (fileformat.proto, osmformat.proto of OSM-binary).
// Any nonsense in the bytes throws; the caller names the place.
import { PbfReader } from 'pbf'
import { NO_TAGS, type OsmMember, type OsmSink, type Tags } from './osm-data.ts'

export interface BlobHeader { type: string; size: number }

export function readBlobHeader(bytes: Uint8Array): BlobHeader {
  return new PbfReader(bytes).readFields((tag, header, pbf) => {
    if (tag === 1) header.type = pbf.readString()
    else if (tag === 3) header.size = pbf.readVarint()
  }, { type: '', size: -1 })
}

export interface Blob {
  raw?: Uint8Array
  zlib?: Uint8Array
  /** Length after inflation. */
  size?: number
  /** Another way of packing, by name. */
  foreign?: string
}

const FOREIGN: Record<number, string> = { 4: 'LZMA', 5: 'bzip2', 6: 'LZ4', 7: 'Zstandard' }

export function readBlob(bytes: Uint8Array): Blob {
  return new PbfReader(bytes).readFields((tag, blob, pbf) => {
    if (tag === 1) blob.raw = pbf.readBytes()
    else if (tag === 2) blob.size = pbf.readVarint()
    else if (tag === 3) blob.zlib = pbf.readBytes()
    else if (FOREIGN[tag] !== undefined) blob.foreign = FOREIGN[tag]
  }, {} as Blob)
}

/** Features that a reader must understand to read the file. */
export function readRequiredFeatures(bytes: Uint8Array): string[] {
  return new PbfReader(bytes).readFields((tag, features: string[], pbf) => {
    if (tag === 4) features.push(pbf.readString())
  }, [])
}

/** What the elements of a block share. */
class Block {
  readonly strings: string[] = []
  readonly groups: Uint8Array[] = []
  granularity = 100
  latOffset = 0
  lonOffset = 0

  lat(value: number): number {
    return degrees(this.latOffset + this.granularity * value, 90)
  }

  lon(value: number): number {
    return degrees(this.lonOffset + this.granularity * value, 180)
  }

  string(index: number): string {
    const text = this.strings[index]
    if (text === undefined) throw new Error(`it names string ${index} of ${this.strings.length}`)
    return text
  }

  tags(keys: readonly number[], values: readonly number[]): Tags {
    if (keys.length !== values.length) throw new Error(`${keys.length} keys have ${values.length} values`)
    return keys.length === 0 ? NO_TAGS : new Map(keys.map((key, i) => [this.string(key), this.string(values[i] as number)]))
  }
}

/** Nanodegrees to degrees, as the ten millionths that the map keeps. */
function degrees(nano: number, most: number): number {
  const value = Math.round(nano / 100) / 1e7
  if (!(Math.abs(value) <= most)) throw new Error(`it has a coordinate of ${value} degrees`)
  return value
}

/** Hands the elements of one block to the sink. */
export function readPrimitiveBlock(bytes: Uint8Array, sink: OsmSink): void {
  const block = new Block()
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) readStrings(pbf.readBytes(), block.strings)
    else if (tag === 2) block.groups.push(pbf.readBytes())
    else if (tag === 17) block.granularity = pbf.readVarint()
    else if (tag === 19) block.latOffset = pbf.readVarint(true)
    else if (tag === 20) block.lonOffset = pbf.readVarint(true)
  }, undefined)
  for (const group of block.groups) {
    new PbfReader(group).readFields((tag, _, pbf) => {
      if (sink.pass === 'nodes' && tag === 1) readNode(pbf.readBytes(), block, sink)
      else if (sink.pass === 'nodes' && tag === 2) readDense(pbf.readBytes(), block, sink)
      else if (sink.pass === 'ways' && tag === 3) readWay(pbf.readBytes(), block, sink)
      else if (sink.pass === 'ways' && tag === 4) readRelation(pbf.readBytes(), block, sink)
    }, undefined)
  }
}

function readStrings(bytes: Uint8Array, strings: string[]): void {
  const decoder = new TextDecoder()
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) strings.push(decoder.decode(pbf.readBytes()))
  }, undefined)
}

interface Common { id: number; keys: number[]; values: number[] }
const common = (): Common => ({ id: Number.NaN, keys: [], values: [] })

function whole(id: number): number {
  if (!Number.isSafeInteger(id)) throw new Error(`it has an id of ${id}`)
  return id
}

function readNode(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const node = new PbfReader(bytes).readFields((tag, into, pbf) => {
    if (tag === 1) into.id = pbf.readSVarint()
    else if (tag === 2) pbf.readPackedVarint(into.keys)
    else if (tag === 3) pbf.readPackedVarint(into.values)
    else if (tag === 8) into.lat = pbf.readSVarint()
    else if (tag === 9) into.lon = pbf.readSVarint()
  }, { ...common(), lat: Number.NaN, lon: Number.NaN })
  if (!sink.wantsNode(whole(node.id))) return
  sink.node({ id: node.id, lon: block.lon(node.lon), lat: block.lat(node.lat), tags: block.tags(node.keys, node.values) })
}

function readDense(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const [ids, lats, lons, words]: number[][] = [[], [], [], []]
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) pbf.readPackedSVarint(ids)
    else if (tag === 8) pbf.readPackedSVarint(lats)
    else if (tag === 9) pbf.readPackedSVarint(lons)
    else if (tag === 10) pbf.readPackedVarint(words)
  }, undefined)
  if (ids!.length !== lats!.length || ids!.length !== lons!.length) throw new Error(`${ids!.length} nodes have ${lats!.length} latitudes and ${lons!.length} longitudes`)
  let [id, lat, lon, word] = [0, 0, 0, 0]
  for (let i = 0; i < ids!.length; i++) {
    id += ids![i] as number
    lat += lats![i] as number
    lon += lons![i] as number
    const start = word
    // Keys and values by turns, 0 ends a node; nothing at all where no node has tags.
    while (word < words!.length && words![word] !== 0) word += 2
    if (sink.wantsNode(whole(id))) {
      const pairs = words!.slice(start, word)
      sink.node({ id, lon: block.lon(lon), lat: block.lat(lat), tags: block.tags(pairs.filter((_, k) => k % 2 === 0), pairs.filter((_, k) => k % 2 === 1)) })
    }
    word++
  }
}

function readWay(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const way = new PbfReader(bytes).readFields((tag, into, pbf) => {
    if (tag === 1) into.id = pbf.readVarint(true)
    else if (tag === 2) pbf.readPackedVarint(into.keys)
    else if (tag === 3) pbf.readPackedVarint(into.values)
    else if (tag === 8) pbf.readPackedSVarint(into.refs)
  }, { ...common(), refs: [] as number[] })
  sink.way({ id: whole(way.id), nodes: summed(way.refs), tags: block.tags(way.keys, way.values) })
}

const MEMBER_TYPES = ['node', 'way', 'relation'] as const

function readRelation(bytes: Uint8Array, block: Block, sink: OsmSink): void {
  const relation = new PbfReader(bytes).readFields((tag, into, pbf) => {
    if (tag === 1) into.id = pbf.readVarint(true)
    else if (tag === 2) pbf.readPackedVarint(into.keys)
    else if (tag === 3) pbf.readPackedVarint(into.values)
    else if (tag === 8) pbf.readPackedVarint(into.roles)
    else if (tag === 9) pbf.readPackedSVarint(into.refs)
    else if (tag === 10) pbf.readPackedVarint(into.types)
  }, { ...common(), roles: [] as number[], refs: [] as number[], types: [] as number[] })
  const refs = summed(relation.refs)
  if (relation.roles.length !== refs.length || relation.types.length !== refs.length) throw new Error(`relation ${relation.id} has ${refs.length} members, ${relation.roles.length} roles and ${relation.types.length} types`)
  const members = refs.map((ref, i): OsmMember => {
    const type = MEMBER_TYPES[relation.types[i] as number]
    if (type === undefined) throw new Error(`relation ${relation.id} has a member of type ${relation.types[i]}`)
    return { type, ref, role: block.string(relation.roles[i] as number) }
  })
  sink.relation({ id: whole(relation.id), members, tags: block.tags(relation.keys, relation.values) })
}

/** Ids are written as differences. */
function summed(differences: readonly number[]): number[] {
  let id = 0
  return differences.map((difference) => whole(id += difference))
}
