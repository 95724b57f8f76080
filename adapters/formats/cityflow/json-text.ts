// JSON text from disk: a whole document, or the entries of one long list, one after the other, so that a file of any size
// takes the memory of its largest entry.
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { GreenwaveError, type Place } from '../../../model/errors.ts'

/** A road network of this size has some hundred thousand roads; V8 holds no text of more than half a gigabyte. */
const LARGEST_DOCUMENT_BYTES = 256 * 2 ** 20
/** A flow with a route of ten thousand roads has half a megabyte. */
const LARGEST_ENTRY_BYTES = 16 * 2 ** 20
/** Characters that V8 quotes before the one it refuses. */
const V8_QUOTED = 10

function unreadable(file: string, cause: unknown): GreenwaveError {
  return new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
}

/** Parses text; throws input.truncated where its end is missing, else input.syntax with the line. */
function parse(text: string, place: Place): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = (cause as Error).message
    const position = positionOf(reason, text)
    if (/end of JSON input|Unterminated string/.test(reason) || (position ?? 0) >= text.length) {
      throw new GreenwaveError('input.truncated', 'the end of the JSON text is missing', place, cause)
    }
    const line = position === undefined ? place.line : (place.line ?? 1) + text.slice(0, position).split('\n').length - 1
    const sentence = `this is not JSON: ${(reason.split(/ in JSON|, (?:\.\.\.)?"/)[0] ?? '').trim()}`
    throw new GreenwaveError('input.syntax', sentence, line === undefined ? place : { ...place, line }, cause)
  }
}

/** V8 names the position, or quotes what stands around it. */
function positionOf(reason: string, text: string): number | undefined {
  const named = /position (\d+)/.exec(reason)?.[1]
  if (named !== undefined) return Number(named)
  const [, open, quoted] = /, (\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON$/.exec(reason) ?? []
  if (quoted === undefined) return undefined
  const at = text.indexOf(quoted)
  if (at === -1 || text.includes(quoted, at + 1)) return undefined
  return open === undefined ? at : Math.min(at + V8_QUOTED, text.length - 1)
}

/** A whole document. */
export async function readDocument(file: string): Promise<unknown> {
  const { size } = await stat(file).catch((cause: unknown) => { throw unreadable(file, cause) })
  if (size > LARGEST_DOCUMENT_BYTES) throw new GreenwaveError('input.value', `the file has ${size} bytes; a road network may have ${LARGEST_DOCUMENT_BYTES}`, { file })
  const text = await readFile(file, 'utf8').catch((cause: unknown) => { throw unreadable(file, cause) })
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (plain.trim() === '') throw new GreenwaveError('input.empty', 'the file is empty', { file })
  return parse(plain, { file })
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a] as const
const [LIST_START, LIST_END, OBJECT_START, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d] as const
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf])

/** Finds where the entries of the outer list begin and end; looks at brackets and quotes only. */
class EntryCutter {
  #depth = 0
  #inText = false
  #escaped = false
  #line = 1
  #done = false
  #parts: Buffer[] = []
  #size = 0
  #startLine = 1
  #count = 0
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Entries that end in this chunk, with the line that they begin on. */
  *cut(chunk: Buffer): Generator<{ text: string; line: number }> {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      if (this.#inText) {
        i = this.#textEnd(chunk, i)
        continue
      }
      const byte = chunk[i] as number
      if (byte === NEWLINE) this.#line++
      if (this.#depth === 0) start = this.#outside(byte, i)
      else if (byte === QUOTE) this.#inText = true
      else if (byte === OBJECT_START || byte === LIST_START) this.#depth++
      else if ((byte === COMMA && this.#depth === 1) || byte === OBJECT_END || byte === LIST_END) {
        if (byte !== COMMA) this.#depth--
        if (this.#depth === 0 && byte !== LIST_END) throw new GreenwaveError('input.syntax', 'the list of flows is closed by } instead of ]', { file: this.#file, line: this.#line })
        if (byte === COMMA || this.#depth === 0) {
          this.#keep(chunk.subarray(start, i))
          yield* this.#entry(byte === COMMA)
          start = i + 1
        }
      }
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(start))
  }

  /** Position of the quote that ends the text, or of the last byte of the chunk. */
  #textEnd(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE) {
        this.#inText = false
        return i
      }
    }
    return chunk.length - 1
  }

  /** Throws where the list was not closed. */
  finish(): void {
    const place = { file: this.#file }
    if (this.#done) return
    if (this.#depth === 0) throw new GreenwaveError('input.empty', 'the file is empty', place)
    throw new GreenwaveError('input.truncated', `the end of the JSON text is missing after ${this.#count} entries`, { ...place, line: this.#line })
  }

  /** Before and after the list. Returns where the first entry starts. */
  #outside(byte: number, at: number): number {
    if (SPACE.has(byte) || (!this.#done && BYTE_ORDER_MARK.has(byte))) return at + 1
    const place = { file: this.#file, line: this.#line }
    if (this.#done) throw new GreenwaveError('input.syntax', 'there is more text after the end of the list', place)
    if (byte !== LIST_START) throw new GreenwaveError('input.format', 'a flow file is a list of flows and begins with [', place)
    this.#depth = 1
    this.#startLine = this.#line
    return at + 1
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#size += part.length
    if (this.#size > LARGEST_ENTRY_BYTES) {
      throw new GreenwaveError('input.value', `entry ${this.#count} has more than ${LARGEST_ENTRY_BYTES} bytes`, { file: this.#file, line: this.#startLine })
    }
    this.#parts.push(part)
  }

  *#entry(more: boolean): Generator<{ text: string; line: number }> {
    const text = Buffer.concat(this.#parts).toString('utf8')
    const blank = text.trim() === ''
    if (blank && (more || this.#count > 0)) throw new GreenwaveError('input.syntax', 'an entry of the list is empty: there is a comma too many', { file: this.#file, line: this.#line })
    const line = this.#startLine + (/^\s*/.exec(text)?.[0].split('\n').length ?? 1) - 1
    this.#parts = []
    this.#size = 0
    this.#startLine = this.#line
    this.#done = !more
    if (blank) return
    this.#count++
    yield { text: text.trim(), line }
  }
}

export interface Entry {
  value: unknown
  /** Position in the list, from 0. */
  index: number
  line: number
}

/** The entries of a list, parsed one at a time; `what` names an entry in errors. */
export async function* readEntries(file: string, what: string): AsyncGenerator<Entry> {
  const cutter = new EntryCutter(file)
  let index = 0
  const stream = createReadStream(file)
  try {
    for await (const chunk of stream) {
      for (const { text, line } of cutter.cut(chunk as Buffer)) {
        yield { value: parse(text, { file, line, element: `${what} ${index}` }), index, line }
        index++
      }
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && 'syscall' in cause) throw unreadable(file, cause)
    throw cause
  }
  cutter.finish()
}
