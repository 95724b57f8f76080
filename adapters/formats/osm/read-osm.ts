// Reads the roads of an OpenStreetMap file, XML or protocol buffers: first ways and turn restrictions, then only the nodes on
// those ways, so that memory grows with the roads and not with the file.
import { open } from 'node:fs/promises'
import { GreenwaveError } from '../../../model/errors.ts'
import type { OsmData, OsmNode, OsmRelation, OsmSink, OsmWay, Tags } from './osm-data.ts'
import type { OsmNotes } from './notes.ts'
import { MOST_HEADER_BYTES, readOsmPbf } from './read-pbf.ts'
import { readOsmXml } from './read-xml.ts'

type Kind = 'xml' | 'pbf'

/**
 * In: the file and which ways are roads. Out: those ways, their nodes, the restrictions that name them. Ways whose nodes
 * the file does not hold (it was cut out of a larger one) keep the nodes that are there.
 */
export async function readOsm(file: string, isRoad: (tags: Tags) => boolean, notes: OsmNotes): Promise<OsmData> {
  const read = (await kindOf(file)) === 'pbf' ? readOsmPbf : readOsmXml
  const ways = new Map<number, OsmWay>()
  const relations = new Map<number, OsmRelation>()
  const wanted = new Set<number>()
  const nodes = new Map<number, OsmNode>()
  const sink: OsmSink = {
    pass: 'ways',
    wantsNode: (id) => wanted.has(id),
    node: (node) => nodes.set(node.id, node),
    way(way) {
      if (!isRoad(way.tags)) return
      if (ways.has(way.id)) notes.count('duplicate way', 'corrected', `way ${way.id}`, (n) => `${n} way(s) are there twice; the last is taken`)
      ways.set(way.id, way)
      for (const id of way.nodes) wanted.add(id)
    },
    relation(relation) {
      if (relation.tags.get('type')?.startsWith('restriction') === true) relations.set(relation.id, relation)
    },
  }
  await read(file, sink)
  if (ways.size === 0) throw new GreenwaveError('input.value', 'the file has no roads for cars', { file })
  await read(file, { ...sink, pass: 'nodes' })
  const restrictions = [...relations.values()].filter(({ members }) => members.some(({ type, ref }) => type === 'way' && ways.has(ref)))
  return { file, ways: [...ways.values()], nodes, restrictions }
}

/** By the first bytes: names lie. */
async function kindOf(file: string): Promise<Kind> {
  const head = await headOf(file)
  if (head.length === 0) throw new GreenwaveError('input.empty', 'the file has 0 bytes', { file })
  if (head.subarray(0, 3).toString('latin1') === 'BZh') throw new GreenwaveError('input.format', 'the file is packed with bzip2; unpack it (bunzip2) or pack it with gzip', { file })
  const length = head.length >= 4 ? head.readUInt32BE() : 0
  return length > 0 && length <= MOST_HEADER_BYTES && head[4] === 0x0a ? 'pbf' : 'xml'
}

async function headOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
  }
}
