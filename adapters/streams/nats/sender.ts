// Brings batches to the stream and waits a while for what becomes of them.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { JetStreamApiError } from '@nats-io/jetstream'
import { createInbox, headers, type NatsConnection } from '@nats-io/transport-node'
import { type ErrorCode, GreenwaveError } from '../../../model/errors.ts'
import type { NatsLink } from './link.ts'
import { batchSubject, HEADER, messageId } from './names.ts'

/** Subject, headers and name of a batch beside its bytes. */
const ENVELOPE = 2000
const pack = promisify(gzip)

export interface SentBatch {
  network: string
  feed: string
  batch: string
  bytes: Uint8Array
}

interface Waiting {
  resolve: (answer: unknown) => void
  reject: (error: unknown) => void
}

export class BatchSender {
  readonly #link: NatsLink
  readonly #waiting = new Map<string, Waiting>()
  /** Answers come to this connection's own address. */
  #inbox: { address: string; connection: NatsConnection } | undefined
  #count = 0

  constructor(link: NatsLink) {
    this.#link = link
  }

  /**
   * Resolves when the stream has it, with the answer that will come once it is stored: `undefined` where nothing was heard within `patience_ms`, a
   * GreenwaveError where it is refused. `duplicate`: the stream has had it lately and nobody will answer. Throws `stream.unreachable`, `service.busy` where
   * the stream is full, `request.too-large`: then whether it is kept is unknown or it is not, and it must be sent again.
   */
  async send({ network, feed, batch, bytes }: SentBatch, patience_ms: number): Promise<{ duplicate: boolean; answer: Promise<unknown> }> {
    const { js, connection } = this.#link.streams
    const payload = await this.#fitting(bytes)
    const ticket = `${++this.#count}`
    const own = headers()
    own.set(HEADER.batch, batch)
    own.set(HEADER.answer, `${this.#address(connection)}.${ticket}`)
    const answer = this.#wait(ticket, patience_ms)
    try {
      const { duplicate } = await js.publish(batchSubject(network, feed), payload, { headers: own, msgID: messageId(feed, batch) })
      if (duplicate) this.#waiting.get(ticket)?.resolve(undefined)
      return { duplicate, answer }
    } catch (error) {
      this.#waiting.get(ticket)?.resolve(undefined)
      throw refusalOf(error, this.#link)
    }
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const { resolve } of this.#waiting.values()) resolve(undefined)
  }

  async #fitting(bytes: Uint8Array): Promise<Uint8Array> {
    const most = this.#link.max_payload - ENVELOPE
    if (bytes.length <= most) return bytes
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b ? bytes : await pack(bytes, { level: 1 })
    if (packed.length <= most) return packed
    throw new GreenwaveError('request.too-large', `The batch has ${packed.length} bytes packed; NATS at ${this.#link.address} takes ${most} (max_payload)`)
  }

  #address(connection: NatsConnection): string {
    if (this.#inbox?.connection === connection) return this.#inbox.address
    const address = createInbox()
    this.#inbox = { address, connection }
    connection.subscribe(`${address}.*`, {
      callback: (_error, message) => {
        const waiting = this.#waiting.get(message.subject.slice(address.length + 1))
        const { result, error } = message.json<{ result?: unknown; error?: { code: string; sentence: string } }>()
        if (error === undefined) waiting?.resolve(result)
        else waiting?.reject(new GreenwaveError(error.code as ErrorCode, error.sentence))
      },
    })
    return address
  }

  #wait(ticket: string, patience_ms: number): Promise<unknown> {
    const answer = new Promise<unknown>((resolve, reject) => { this.#waiting.set(ticket, { resolve, reject }) })
    const timer = setTimeout(() => this.#waiting.get(ticket)?.resolve(undefined), patience_ms)
    const kept = answer.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(ticket)
    })
    // Whoever sent it may be gone.
    kept.catch(() => {})
    return kept
  }
}

function refusalOf(error: unknown, link: NatsLink): unknown {
  if (error instanceof GreenwaveError) return error
  const why = error instanceof Error ? error.message : String(error)
  if (error instanceof JetStreamApiError && /maximum|resource/i.test(why)) return new GreenwaveError('service.busy', `NATS at ${link.address} takes no more: ${why}; the batch was not taken`, undefined, error)
  return link.trouble ?? new GreenwaveError('stream.unreachable', `NATS at ${link.address} did not say that it keeps the batch: ${why}`, undefined, error)
}
