// Messages of a broker as a feed: each is decoded when the reader asks for it, and acknowledged once the reader has taken its
// rows and asks for more. What was not taken stays with the broker.
import { FeedAccount } from '../../../model/feed-account.ts'
import { untilAborted } from '../bytes.ts'
import type { Feed } from '../feed.ts'
import { isObject, type JsonObject, readJsonLine } from '../ndjson.ts'
import { linesOf } from '../text.ts'
import { isOneObject } from './lines.ts'

export interface Message {
  topic: string
  payload: Uint8Array
  /** The reader took it. */
  taken(): void
}

/** Where messages come from, one after the other: the next one comes once this one was taken. */
export interface MessageSource {
  /** For sentences; without passwords. */
  name: string
  /** Leaving the loop closes the connection. Ends quietly when aborted. */
  open(signal?: AbortSignal): AsyncIterable<Message>
}

/** A JSON object of a message and where it stood. */
export interface MessageObject {
  object: JsonObject
  place: string
}

/** Rows of JSON objects, which are already counted as read. */
export interface MessageDecoder<Row> {
  decode(objects: readonly MessageObject[]): Row[]
  /** What was held back; called when the source ends. */
  end?(): Row[]
}

/** No message of a sensor is longer. */
const LONGEST_BYTES = 16_000_000
const MOST_ROWS = 4000

export class MessageFeed<Row> implements Feed<Row> {
  account: FeedAccount
  readonly #source: MessageSource
  readonly #decoder: (account: FeedAccount) => MessageDecoder<Row>
  #opened = false

  constructor(name: string, source: MessageSource, decoder: (account: FeedAccount) => MessageDecoder<Row>) {
    this.account = new FeedAccount(name)
    this.#source = source
    this.#decoder = decoder
  }

  async *batches(signal?: AbortSignal): AsyncGenerator<readonly Row[], void> {
    if (this.#opened) this.account = new FeedAccount(this.account.source)
    this.#opened = true
    const decoder = this.#decoder(this.account)
    let number = 0
    for await (const message of untilAborted(this.#source.open(signal), signal)) {
      const rows = decoder.decode(this.#objects(message, ++number))
      for (let start = 0; start < rows.length; start += MOST_ROWS) yield rows.slice(start, start + MOST_ROWS)
      message.taken()
      if (signal?.aborted === true) return
    }
    if (signal?.aborted === true) return
    const rows = decoder.end?.() ?? []
    if (rows.length > 0) yield rows
  }

  /** A message holds one object, an array of objects, or an object a line. */
  #objects({ topic, payload }: Message, number: number): MessageObject[] {
    const { account } = this
    const name = `${this.#source.name}, ${topic}, message ${number}`
    if (payload.length > LONGEST_BYTES) {
      account.read++
      account.count('drop', 'message-too-long', () => `${name}: it has ${payload.length} bytes; at most ${LONGEST_BYTES} are read`)
      return []
    }
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8')
    if (text.trimStart().startsWith('[')) return this.#array(text, name)
    const lines = linesOf({ text: isOneObject(text) ? text.replaceAll(/\s*\n\s*/g, ' ') : text, line: 1, terminated: true })
    const objects: MessageObject[] = []
    for (const line of lines) {
      const object = readJsonLine(line, name, account)
      if (object !== undefined) objects.push({ object, place: `${name}:${line.line}` })
    }
    return objects
  }

  #array(text: string, name: string): MessageObject[] {
    let items: unknown
    try {
      items = JSON.parse(text)
    } catch {
      items = undefined
    }
    const { account } = this
    if (!Array.isArray(items)) {
      account.read++
      account.count('drop', 'not-json', () => `${name}: "${text.slice(0, 60)}" is not JSON`)
      return []
    }
    const objects: MessageObject[] = []
    items.forEach((object: unknown, i) => {
      account.read++
      if (isObject(object)) objects.push({ object, place: `${name}, item ${i + 1}` })
      else account.count('drop', 'not-an-object', () => `${name}, item ${i + 1}: "${JSON.stringify(object).slice(0, 60)}" is JSON but not an object`)
    })
    return objects
  }
}
