// Reads the batches of one network, oldest first, and lets each go only when it is stored, or lies among the dead with the cause.
import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { headers, nanos } from '@nats-io/transport-node'
import { CATALOGUE, GreenwaveError } from '../../../model/errors.ts'
import { type NatsLink, pause } from './link.ts'
import { consumerName, deadSubject, feedOfSubject, HEADER, messageId, networkFilter, STREAM } from './names.ts'

/** A message whose reader gives no sign of life for so long comes again, ms. */
export const ACK_WAIT_MS = 12_000
const WORKING_MS = ACK_WAIT_MS / 3
/** Delivered and not yet stored: what a dead process leaves to be done again, and what waits in memory. */
const MAX_PENDING = 64
/** So many processes did not survive it, or died with it by chance. */
const MOST_DELIVERIES = 20
/** A defect of ours may pass, for example when memory was short. */
const MOST_FAILURES = 5
const AGAIN_MS = 1000
const STORED_LATER: readonly string[] = ['service.busy', 'service.starting', 'service.stopping', 'store.unreachable', 'store.full', 'store.locked']

export interface StreamedBatch {
  network: string
  feed: string
  batch: string
  bytes: Uint8Array
  /** It was brought here or elsewhere before. */
  again: boolean
}

/** What a reader does with batches. */
export interface BatchWork {
  /** Called in the order of the stream; resolves when the next may come. `stored` resolves after the commit. */
  take(batch: StreamedBatch): Promise<{ stored: Promise<unknown> }>
  /** It will never be stored; called before it is let go. */
  refused(batch: StreamedBatch, error: GreenwaveError): Promise<void>
  warn(sentence: string): void
}

export interface ReaderFigures {
  stored: number
  dead: number
  again: number
}

export class NetworkReader {
  readonly network: string
  readonly figures: ReaderFigures = { stored: 0, dead: 0, again: 0 }
  readonly #link: NatsLink
  readonly #work: BatchWork
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  readonly #inFlight = new Set<Promise<void>>()
  #messages: ConsumerMessages | undefined

  constructor(link: NatsLink, network: string, work: BatchWork) {
    this.#link = link
    this.network = network
    this.#work = work
    this.#running = this.#run()
  }

  /** Takes no more; what is being stored is waited for within `patience_ms`, the rest comes again elsewhere. */
  async stop(patience_ms: number): Promise<void> {
    this.#stopping.abort()
    await this.#messages?.close().catch(() => {})
    const enough = new AbortController()
    await Promise.race([(async () => {
      await this.#running
      await Promise.all(this.#inFlight)
    })(), pause(patience_ms, enough.signal)])
    enough.abort()
    // So that the broker knows before the next reader asks it.
    if (this.#link.trouble === undefined) await this.#link.streams.connection.flush().catch(() => {})
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#read()
      } catch (error) {
        if (this.#link.trouble === undefined && !signal.aborted) this.#work.warn(`batches of ${this.network} cannot be read: ${(error as Error).message}`)
      }
      await pause(AGAIN_MS, signal)
    }
  }

  async #read(): Promise<void> {
    const { js, manager } = this.#link.streams
    const name = consumerName(this.network)
    const { num_ack_pending } = await manager.consumers.add(STREAM.batches, {
      durable_name: name, filter_subject: networkFilter(this.network), ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: MAX_PENDING, max_deliver: -1,
    })
    // A dead reader's messages come first, or their fixes would be late behind newer ones of the same vehicles.
    if (num_ack_pending > this.#inFlight.size) await this.#returned(name)
    if (this.#stopping.signal.aborted) return
    const messages = await (await js.consumers.get(STREAM.batches, name)).consume({ max_messages: MAX_PENDING })
    this.#messages = messages
    try {
      for await (const message of messages) {
        if (this.#stopping.signal.aborted) message.nak()
        else await this.#begin(message)
      }
    } finally {
      this.#messages = undefined
      await messages.close().catch(() => {})
    }
  }

  /** Until the broker has taken back what another reader had. */
  async #returned(name: string): Promise<void> {
    const { manager } = this.#link.streams
    const until = performance.now() + ACK_WAIT_MS
    while (performance.now() < until && !this.#stopping.signal.aborted) {
      await pause(AGAIN_MS / 4, this.#stopping.signal)
      if ((await manager.consumers.info(STREAM.batches, name)).num_ack_pending <= this.#inFlight.size) return
    }
  }

  /** Resolves when the next message may be begun. */
  async #begin(message: JsMsg): Promise<void> {
    const batch = batchOf(message)
    if (message.redelivered) this.figures.again++
    const working = setInterval(() => message.working(), WORKING_MS)
    const stored = await this.#take(message, batch)
    const done = this.#finish(message, batch, stored).finally(() => {
      clearInterval(working)
      this.#inFlight.delete(done)
    })
    this.#inFlight.add(done)
  }

  /** Asks again here, not by the broker, where only time is needed: the order stays, and deliveries are counted for what is wrong with the message. */
  async #take(message: JsMsg, batch: StreamedBatch): Promise<{ stored: Promise<unknown> }> {
    for (;;) {
      try {
        if (message.info.deliveryCount > MOST_DELIVERIES) throw new GreenwaveError('request.invalid', `It was begun ${MOST_DELIVERIES} times and never finished`)
        if (batch.batch === '') throw new GreenwaveError('request.invalid', `A message of ${message.subject} has no header ${HEADER.batch}`)
        return await this.#work.take(batch)
      } catch (error) {
        const stored = Promise.reject(error)
        stored.catch(() => {})
        if (!isPassing(error) || this.#stopping.signal.aborted) return { stored }
        await pause(AGAIN_MS, this.#stopping.signal)
      }
    }
  }

  async #finish(message: JsMsg, batch: StreamedBatch, { stored }: { stored: Promise<unknown> }): Promise<void> {
    try {
      const result = await stored
      message.ack()
      this.figures.stored++
      this.#answer(message, { result })
    } catch (error) {
      if (isPassing(error)) {
        if (this.#stopping.signal.aborted) return message.nak()
        await pause(AGAIN_MS, this.#stopping.signal)
        return this.#finish(message, batch, await this.#take(message, batch))
      }
      await this.#failed(message, batch, error)
    }
  }

  async #failed(message: JsMsg, batch: StreamedBatch, error: unknown): Promise<void> {
    const { deliveryCount } = message.info
    const isFinal = error instanceof GreenwaveError && CATALOGUE[error.code].status < 500
    if (!isFinal && deliveryCount < MOST_FAILURES) {
      this.#work.warn(`batch ${batch.batch} of ${batch.feed} failed and is tried again: ${(error as Error).message}`)
      return message.nak(AGAIN_MS * deliveryCount)
    }
    const known = error instanceof GreenwaveError ? error : new GreenwaveError('internal', `It failed ${MOST_FAILURES} times: ${(error as Error).message}`, undefined, error)
    await this.#bury(message, batch, known).catch((why: unknown) => {
      this.#work.warn(`batch ${batch.batch} of ${batch.feed} could not be laid aside: ${(why as Error).message}`)
      message.nak(AGAIN_MS)
    })
  }

  /** Kept with its cause where an operator finds it, and only then let go. */
  async #bury(message: JsMsg, batch: StreamedBatch, error: GreenwaveError): Promise<void> {
    await this.#work.refused(batch, error)
    const own = headers()
    own.set(HEADER.batch, batch.batch)
    own.set(HEADER.code, error.code)
    own.set(HEADER.cause, error.message.replaceAll(/[\r\n]+/g, ' '))
    await this.#link.streams.js.publish(deadSubject(batch.network, batch.feed), message.data, { headers: own, msgID: messageId(batch.feed, `${batch.batch} ${message.seq}`) })
    message.ack()
    this.figures.dead++
    this.#answer(message, { error: { code: error.code, sentence: error.message } })
  }

  #answer(message: JsMsg, answer: object): void {
    const to = message.headers?.get(HEADER.answer)
    if (to !== undefined && to !== '' && this.#link.trouble === undefined) this.#link.streams.connection.publish(to, JSON.stringify(answer))
  }
}

const isPassing = (error: unknown): boolean => error instanceof GreenwaveError && STORED_LATER.includes(error.code)

function batchOf(message: JsMsg): StreamedBatch {
  const { network = '', feed = '' } = feedOfSubject(message.subject) ?? {}
  return { network, feed, batch: message.headers?.get(HEADER.batch) ?? '', bytes: message.data, again: message.redelivered }
}
