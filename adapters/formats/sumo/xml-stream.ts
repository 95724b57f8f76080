// Reads an XML file as a stream of elements: plain or gzip, any size, in memory that doesn't grow with the file.
// Every failure is a GreenwaveError with file and line.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { GreenwaveError } from '../../../model/errors.ts'
import { PlainXml } from './plain-xml.ts'
import { XmlElement } from './xml-element.ts'

export interface XmlHandlers {
  /** The outermost element; may throw when the file is of another kind. */
  root(element: XmlElement): void
  open(element: XmlElement): void
  close(name: string): void
}

const CHUNK_BYTES = 256 * 1024
const GZIP_MAGIC = [0x1f, 0x8b]
/** Enough bytes for a byte order mark, the XML declaration and its encoding. */
const HEAD_BYTES = 256

interface Head {
  gzip: boolean
  empty: boolean
}

async function readHead(file: string): Promise<Head> {
  try {
    const handle = await open(file, 'r')
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
      return { empty: bytesRead === 0, gzip: bytesRead === 2 && buffer[0] === GZIP_MAGIC[0] && buffer[1] === GZIP_MAGIC[1] }
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
  }
}

async function* bytesOf(file: string, gzip: boolean): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  const stream = gzip ? source.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : source
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (cause) {
    if (cause instanceof GreenwaveError) throw cause
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'Z_BUF_ERROR') throw new GreenwaveError('input.truncated', 'the gzip file ends in the middle', { file }, cause)
    if (code.startsWith('Z_')) throw new GreenwaveError('input.syntax', `the gzip file is damaged (${code})`, { file }, cause)
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${code === '' ? 'unknown reason' : code})`, { file }, cause)
  } finally {
    source.destroy()
  }
}

/** The decoder that the byte order mark or the XML declaration asks for; UTF-8 where they are silent or unknown. */
function decoderFor(head: Buffer): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be')
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']/.exec(head.subarray(0, HEAD_BYTES).toString('latin1'))?.[1]
  try {
    return new TextDecoder(declared ?? 'utf-8')
  } catch {
    return new TextDecoder('utf-8')
  }
}

function describeOther(text: string): string {
  const shown = JSON.stringify(text.trimStart().slice(0, 20))
  return `it is not XML: it starts with ${shown}`
}

/**
 * Streams one XML file through the handlers. Throws input.unreadable, input.empty, input.format (not XML),
 * input.truncated or input.syntax, and whatever the handlers throw.
 */
export async function readXml(file: string, handlers: XmlHandlers): Promise<void> {
  const { gzip, empty } = await readHead(file)
  if (empty) throw new GreenwaveError('input.empty', 'the file has 0 bytes', { file })
  const told = await readPlain(file, gzip, handlers)
  if (told >= 0) await readFully(file, gzip, without(told, handlers))
}

/** Reads a file that holds plain XML only; -1, or where it meets something else how many beginnings and ends of elements the handlers have been told. */
async function readPlain(file: string, gzip: boolean, handlers: XmlHandlers): Promise<number> {
  const plain = new PlainXml({
    open: (name, attributes, line) => {
      const element = new XmlElement(file, name, attributes, line)
      if (plain.told === 1) handlers.root(element)
      else handlers.open(element)
    },
    close: (name) => handlers.close(name),
  })
  let decoder: TextDecoder | undefined
  for await (const bytes of bytesOf(file, gzip)) {
    decoder ??= decoderFor(bytes)
    if (!plain.take(decoder.decode(bytes, { stream: true }))) return plain.told
  }
  return plain.end() ? -1 : plain.told
}

/** Handlers that are not told the first `told` beginnings and ends again. */
function without(told: number, handlers: XmlHandlers): XmlHandlers {
  let left = told
  return {
    root: (element) => { if (left-- <= 0) handlers.root(element) },
    open: (element) => { if (left-- <= 0) handlers.open(element) },
    close: (name) => { if (left-- <= 0) handlers.close(name) },
  }
}

/** Reads any XML, with the full parser. */
async function readFully(file: string, gzip: boolean, handlers: XmlHandlers): Promise<void> {
  // Most files are plain and never need it.
  const { FullXml } = await import('./full-xml.ts')
  const reader = new FullXml(file, handlers)
  let decoder: TextDecoder | undefined
  let started = false
  for await (const bytes of bytesOf(file, gzip)) {
    decoder ??= decoderFor(bytes)
    const text = decoder.decode(bytes, { stream: true })
    if (!started && text.trim() !== '') {
      if (!text.trimStart().startsWith('<')) throw new GreenwaveError('input.format', describeOther(text), { file, line: 1 })
      started = true
    }
    reader.write(text)
  }
  if (!started) throw new GreenwaveError('input.empty', 'the file holds nothing but white space', { file })
  reader.end()
}
