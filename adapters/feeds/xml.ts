// XML of a feed as a stream of elements: gzip or plain, any size, in memory that doesn't grow with it. What is not well-formed
// is counted, and reading goes on.
import { TextDecoder } from 'node:util'
import { SaxesParser } from 'saxes'
import type { FeedAccount } from '../../model/feed-account.ts'
import { type ByteSource, type Damage, unpackedBytes } from './bytes.ts'

export interface XmlHandlers {
  /** The name without its prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void
  /** With the text that stood directly in the element. */
  close(name: string, text: string): void
}

/** Elements inside each other; more is no feed, and only costs memory. */
const DEEPEST = 200
/** Text of one element that is kept. */
const LONGEST_TEXT = 10_000
/** Characters given to the parser at once: what the elements in them make is in memory together. */
const PIECE = 32_768

/**
 * Streams a source through the handlers and yields after each piece, so that a reader can take what was made. Faults are counted as
 * dropped records (`not-well-formed`, `source-truncated`, `source-damaged`). Ends quietly when aborted.
 */
export async function* readXml(source: ByteSource, account: FeedAccount, handlers: XmlHandlers, signal?: AbortSignal): AsyncGenerator<void, void> {
  const damage: Damage = {}
  const reader = new XmlReader(source.name, account, handlers)
  let decoder: TextDecoder | undefined
  for await (const bytes of unpackedBytes(source, damage, signal)) {
    decoder ??= decoderFor(bytes)
    const text = decoder.decode(bytes, { stream: true })
    for (let start = 0; start < text.length; start += PIECE) {
      reader.write(text.slice(start, start + PIECE))
      yield
      if (signal?.aborted === true) return
    }
  }
  if (signal?.aborted === true) return
  if (damage.cause !== undefined) reader.fault(damage.cause, 'the packed file breaks off here; what stands before is used')
  else if (decoder !== undefined) reader.end()
  yield
}

/** What a source holds, by its first character that is no white space. */
export async function kindOf(source: ByteSource, signal?: AbortSignal): Promise<'xml' | 'text' | 'empty'> {
  let head: Uint8Array = new Uint8Array(0)
  for await (const bytes of unpackedBytes(source, {}, signal)) {
    head = Buffer.concat([head, bytes])
    const text = decoderFor(head).decode(head, { stream: true }).trimStart()
    if (text !== '') return text.startsWith('<') ? 'xml' : 'text'
  }
  return 'empty'
}

/** By the byte order mark; UTF-8 without one. */
function decoderFor(head: Uint8Array): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le')
  return new TextDecoder(head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8')
}

class XmlReader {
  readonly #name: string
  readonly #account: FeedAccount
  readonly #parser = new SaxesParser({ xmlns: false, position: true })
  readonly #texts: string[] = []
  #depth = 0

  constructor(name: string, account: FeedAccount, handlers: XmlHandlers) {
    this.#name = name
    this.#account = account
    this.#parser.on('opentag', (tag) => {
      if (++this.#depth > DEEPEST) return
      this.#texts.push('')
      handlers.open(localName(tag.name), tag.attributes)
    })
    this.#parser.on('text', (text) => {
      const top = this.#texts.length - 1
      if (top >= 0 && this.#texts[top]!.length < LONGEST_TEXT) this.#texts[top] += text
    })
    this.#parser.on('closetag', (tag) => {
      if (this.#depth-- <= DEEPEST) handlers.close(localName(tag.name), this.#texts.pop()!)
    })
    this.#parser.on('error', (error) => this.fault('not-well-formed', error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '')))
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  end(): void {
    if (this.#depth > 0) this.fault('source-truncated', `the file ends with ${this.#depth} elements still open`)
    else this.#parser.close()
  }

  fault(cause: string, why: string): void {
    this.#account.read++
    this.#account.count('drop', cause, () => `${this.#name}:${this.#parser.line}: ${why}`)
  }
}

const localName = (name: string): string => {
  const at = name.indexOf(':')
  return at < 0 ? name : name.slice(at + 1)
}
