// Reads an XML file as a stream of elements: plain or gzip, any size, in memory that doesn't grow with the file.
// Every failure is a GreenwaveError with file and line.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { SaxesParser } from 'saxes'
import { GreenwaveError } from '../../../model/errors.ts'
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

/** Parser errors carry "line:column: " in front; the place says the line already. */
const bare = (message: string): string => message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '')

class Reader {
  readonly #file: string
  readonly #parser = new SaxesParser({ xmlns: false, position: true })
  #depth = 0
  #ending = false

  constructor(file: string, handlers: XmlHandlers) {
    this.#file = file
    this.#parser.on('opentag', (tag) => {
      const element = new XmlElement(file, tag.name, tag.attributes, this.#parser.line)
      this.#depth++
      if (this.#depth === 1) handlers.root(element)
      else handlers.open(element)
    })
    this.#parser.on('closetag', (tag) => {
      this.#depth--
      handlers.close(tag.name)
    })
    this.#parser.on('error', (error) => {
      const place = { file, line: this.#parser.line }
      const open = /^unclosed tag: (.*)$/.exec(bare(error.message))?.[1]
      if (open !== undefined) throw new GreenwaveError('input.truncated', `the file ends before <${open}> is closed`, place)
      if (this.#ending) throw new GreenwaveError('input.truncated', `the file ends in the middle (${bare(error.message)})`, place)
      throw new GreenwaveError('input.syntax', `this is not well-formed XML (${bare(error.message)})`, place)
    })
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  end(): void {
    this.#ending = true
    if (this.#depth > 0) {
      throw new GreenwaveError('input.truncated', `the file ends with ${this.#depth} element(s) still open`, { file: this.#file, line: this.#parser.line })
    }
    this.#parser.close()
  }
}

/**
 * Streams one XML file through the handlers. Throws input.unreadable, input.empty, input.format (not XML),
 * input.truncated or input.syntax, and whatever the handlers throw.
 */
export async function readXml(file: string, handlers: XmlHandlers): Promise<void> {
  const { gzip, empty } = await readHead(file)
  if (empty) throw new GreenwaveError('input.empty', 'the file has 0 bytes', { file })
  const reader = new Reader(file, handlers)
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
