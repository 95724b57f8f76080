// Reads an OpenStreetMap extract in protocol buffers (.osm.pbf) block by block, in memory that doesn't grow with the file.
// Limits of a block are those of the format's description (wiki page "PBF Format").
import { open, type FileHandle } from 'node:fs/promises'
import { inflateSync } from 'node:zlib'
import { GreenwaveError } from '../../../model/errors.ts'
import type { OsmSink } from './osm-data.ts'
import { readBlob, readBlobHeader, readPrimitiveBlock, readRequiredFeatures } from './pbf-blocks.ts'

export const MOST_HEADER_BYTES = 64 * 1024
const MOST_BLOB_BYTES = 32 * 2 ** 20
const UNDERSTOOD = new Set(['OsmSchema-V0.6', 'DenseNodes'])

/** Streams the elements that the sink wants. Throws GreenwaveError (input.*) with file and block. */
export async function readOsmPbf(file: string, sink: OsmSink): Promise<void> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
  })
  try {
    await readBlocks(handle, file, sink)
  } finally {
    await handle.close()
  }
}

async function readBlocks(handle: FileHandle, file: string, sink: OsmSink): Promise<void> {
  let at = 0
  let seen = false
  for (let number = 1; ; number++) {
    const place = { file, element: `block ${number}` }
    const take = async (length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
      if (bytesRead < length) throw new GreenwaveError('input.truncated', `the file ends ${length - bytesRead} byte(s) too early`, place)
      at += length
      return buffer
    }
    const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, at)
    if (bytesRead === 0) break
    const headerBytes = (await take(4)).readUInt32BE()
    if (headerBytes === 0 || headerBytes > MOST_HEADER_BYTES) throw new GreenwaveError(number === 1 ? 'input.format' : 'input.syntax', `the header of the block would have ${headerBytes} bytes; at most ${MOST_HEADER_BYTES} are allowed`, place)
    const headerText = await take(headerBytes)
    const header = understand(place, () => readBlobHeader(headerText))
    if (!(header.size >= 0) || header.size > MOST_BLOB_BYTES) throw new GreenwaveError('input.syntax', `the block would have ${header.size} bytes; at most ${MOST_BLOB_BYTES} are allowed`, place)
    if (!seen && header.type !== 'OSMHeader') throw new GreenwaveError('input.format', `the first block is ${JSON.stringify(header.type.slice(0, 20))}, not "OSMHeader"; this is no OpenStreetMap extract`, place)
    const content = unpack(await take(header.size), place)
    if (header.type === 'OSMHeader') requireFeatures(understand(place, () => readRequiredFeatures(content)), place)
    else if (header.type === 'OSMData') understand(place, () => readPrimitiveBlock(content, sink))
    seen = true
  }
}

type BlockPlace = { file: string; element: string }

function understand<T>(place: BlockPlace, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof GreenwaveError) throw cause
    throw new GreenwaveError('input.syntax', `the block is damaged (${(cause as Error).message})`, place, cause)
  }
}

function unpack(bytes: Uint8Array, place: BlockPlace): Uint8Array {
  const { raw, zlib, size, foreign } = understand(place, () => readBlob(bytes))
  if (raw !== undefined) return raw
  if (zlib === undefined) throw new GreenwaveError('input.format', foreign === undefined ? 'the block holds no data' : `the block is packed with ${foreign}; only zlib and plain blocks are read (osmium cat -f pbf packs with zlib)`, place)
  try {
    const content = inflateSync(zlib, { maxOutputLength: MOST_BLOB_BYTES })
    if (size !== undefined && content.length !== size) throw new GreenwaveError('input.syntax', `the block unpacks to ${content.length} bytes, it says ${size}`, place)
    return content
  } catch (cause) {
    if (cause instanceof GreenwaveError) throw cause
    throw new GreenwaveError('input.syntax', `the block cannot be unpacked (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, place, cause)
  }
}

function requireFeatures(features: readonly string[], place: BlockPlace): void {
  const foreign = features.filter((feature) => !UNDERSTOOD.has(feature))
  if (foreign.length > 0) throw new GreenwaveError('input.format', `the file needs ${foreign.map((name) => `"${name}"`).join(', ')}, which is not understood`, place)
}
