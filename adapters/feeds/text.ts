// Text of a feed in blocks of whole lines: gzip or plain, LF or CRLF, with or without a byte order mark. What can't be read as
// text is counted and survived; memory is bounded by a block and the longest line allowed.
import { isUtf8 } from 'node:buffer'
import type { FeedAccount } from '../../model/feed-account.ts'
import { type ByteSource, type Damage, unpackedBytes } from './bytes.ts'
import { refuse } from './refuse.ts'

/** Whole lines of one piece of the source. */
export interface TextBlock {
  text: string
  /** Number of its first line, from 1. */
  line: number
  /** False for the last block of a source whose last line has no line end: it may be cut off. */
  terminated: boolean
}

export interface Line {
  text: string
  /** From 1. */
  line: number
  /** False for a last line without a line end. */
  terminated: boolean
}

/** No record of a feed is longer; what goes on without a line end is not text. */
const LONGEST_LINE_BYTES = 1_000_000
const LINE_FEED = 0x0a

/**
 * Blocks of whole lines in the order of the source. Lines that are too long are dropped (`line-too-long`), lines that are no UTF-8 are read byte by
 * byte so that different names stay different (repair, `not-utf8`), a packed source that breaks off loses its last line
 * (`source-truncated`, `source-damaged`). Throws input.format for UTF-16. Ends quietly when aborted.
 */
export async function* readBlocks(source: ByteSource, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<TextBlock> {
  const damage: Damage = {}
  const splitter = new BlockSplitter(source.name, account)
  for await (const chunk of unpackedBytes(source, damage, signal)) {
    const block = splitter.push(chunk)
    if (block !== undefined) yield block
  }
  if (signal?.aborted === true) return
  if (damage.cause !== undefined) {
    account.read++
    account.count('drop', damage.cause, () => `${source.name}:${splitter.line}: the packed file breaks off here; what stands before is used`)
    return
  }
  const last = splitter.end()
  if (last !== undefined) yield last
}

/** One line at a time, without its line end; blank lines are left out. For feeds whose decoding costs more than this. */
export async function* readLines(source: ByteSource, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Line[]> {
  for await (const block of readBlocks(source, account, signal)) yield linesOf(block)
}

/** The lines of a block, without their line ends; blank lines are left out. */
export function linesOf({ text, line, terminated }: TextBlock): Line[] {
  const parts = text.split('\n')
  if (text.endsWith('\n')) parts.pop()
  const lines: Line[] = []
  parts.forEach((part, i) => {
    const bare = part.endsWith('\r') ? part.slice(0, -1) : part
    if (bare.trim() !== '') lines.push({ text: bare, line: line + i, terminated: terminated || i < parts.length - 1 })
  })
  return lines
}

/** Cuts chunks of bytes at the last line end in them. */
class BlockSplitter {
  /** Number of the next line. */
  line = 1
  readonly #name: string
  readonly #account: FeedAccount
  #rest: Uint8Array[] = []
  #restBytes = 0
  #skipping = false
  #first = true

  constructor(name: string, account: FeedAccount) {
    this.#name = name
    this.#account = account
  }

  push(chunk: Uint8Array): TextBlock | undefined {
    const end = chunk.lastIndexOf(LINE_FEED)
    if (end < 0) {
      this.#keep(chunk)
      return undefined
    }
    let start = 0
    if (this.#skipping) {
      start = chunk.indexOf(LINE_FEED) + 1
      this.#skipping = false
      this.line++
    }
    const whole = Buffer.concat([...this.#rest, chunk.subarray(start, end + 1)])
    this.#rest = []
    this.#restBytes = 0
    const block = this.#block(whole, true)
    this.#keep(chunk.subarray(end + 1))
    return block
  }

  end(): TextBlock | undefined {
    return this.#restBytes === 0 ? undefined : this.#block(Buffer.concat(this.#rest), false)
  }

  #keep(bytes: Uint8Array): void {
    if (this.#skipping || bytes.length === 0) return
    this.#rest.push(bytes)
    this.#restBytes += bytes.length
    if (this.#restBytes <= LONGEST_LINE_BYTES) return
    this.#account.read++
    this.#account.count('drop', 'line-too-long', () => `${this.#name}:${this.line}: the line is longer than ${LONGEST_LINE_BYTES} bytes`)
    this.#rest = []
    this.#restBytes = 0
    this.#skipping = true
  }

  #block(bytes: Buffer, terminated: boolean): TextBlock | undefined {
    let from = 0
    if (this.#first && bytes.length > 0) {
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
        refuse(this.#account, 'input.format', `the text is UTF-16 (its first bytes are ${bytes.toString('hex', 0, 2)}); feeds are read as UTF-8`, { file: this.#name })
      }
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3
      this.#first = false
    }
    const body = from === 0 ? bytes : bytes.subarray(from)
    if (body.length === 0) return undefined
    const line = this.line
    const text = isUtf8(body) ? body.toString('utf8') : this.#decodeLines(body)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line++
    return { text, line, terminated }
  }

  #decodeLines(body: Buffer): string {
    let text = ''
    for (let start = 0, number = this.line; start < body.length; number++) {
      const feed = body.indexOf(LINE_FEED, start)
      const end = feed < 0 ? body.length : feed + 1
      const line = body.subarray(start, end)
      if (isUtf8(line)) text += line.toString('utf8')
      else {
        const one = line.toString('latin1')
        this.#account.count('repair', 'not-utf8', () => `${this.#name}:${number}: "${one.trim().slice(0, 60)}" is not UTF-8; read byte by byte`)
        text += one
      }
      start = end
    }
    return text
  }
}
