// The connection to NATS: made and kept in the background, and always able to say why it can't be used.
import { readFile } from 'node:fs/promises'
import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { GreenwaveError } from '../../../model/errors.ts'
import { ensureStreams, type StreamSizes } from './settings.ts'

export interface NatsOptions {
  /** `nats://host:4222` or `tls://host:4222`, several by commas; a name and password may stand in it. */
  url: string
  /** PEM of who signs the server's certificate, where the system doesn't know it. */
  ca_file?: string
  /** What the server lists this process as. */
  name: string
  sizes: StreamSizes
}

/** A broker that hangs is noticed after two of these. */
const PING_MS = 3000
const AGAIN_MS = 500
const JITTER_MS = 500
const REQUEST_MS = 5000

export interface Streams {
  connection: NatsConnection
  js: JetStreamClient
  manager: JetStreamManager
}

export class NatsLink {
  readonly address: string
  readonly #options: NatsOptions
  readonly #closing = new AbortController()
  #streams: Streams | undefined
  #connected = false
  /** Resolves once the streams are there, or the link was closed. */
  readonly ready: Promise<void>
  #why: GreenwaveError

  constructor(options: NatsOptions) {
    this.#options = options
    this.address = addressOf(options.url)
    this.#why = this.#unreachable('it has not answered yet')
    this.ready = this.#open()
  }

  /** Why nothing can be brought or fetched now. */
  get trouble(): GreenwaveError | undefined {
    return this.#streams !== undefined && this.#connected ? undefined : this.#why
  }

  /** Throws what `trouble` says. */
  get streams(): Streams {
    const { trouble } = this
    if (trouble !== undefined || this.#streams === undefined) throw trouble ?? this.#why
    return this.#streams
  }

  /** The largest message that the server takes. */
  get max_payload(): number {
    return this.#streams?.connection.info?.max_payload ?? 1_048_576
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#why = new GreenwaveError('service.stopping', 'The service is stopping')
    this.#connected = false
    await this.#streams?.connection.close()
  }

  async #open(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      let connection: NatsConnection | undefined
      try {
        connection = await connect(await this.#settings())
        const manager = await jetstreamManager(connection, { timeout: REQUEST_MS })
        await ensureStreams(manager, this.#options.sizes)
        if (this.#closing.signal.aborted) return await connection.close()
        this.#streams = { connection, manager, js: jetstream(connection, { timeout: REQUEST_MS }) }
        this.#connected = true
        void this.#watch(connection)
        return
      } catch (error) {
        this.#why = error instanceof GreenwaveError ? error : this.#unreachable(error instanceof Error ? error.message : String(error), error)
        await connection?.close().catch(() => {})
        await pause(AGAIN_MS + Math.random() * JITTER_MS, this.#closing.signal)
      }
    }
  }

  async #settings(): Promise<NodeConnectionOptions> {
    const { url, ca_file, name } = this.#options
    const servers = url.split(',').map((one) => new URL(one.trim()))
    const { username, password } = servers[0]!
    return {
      servers: servers.map(({ host }) => host), name, pingInterval: PING_MS, maxPingOut: 2, timeout: REQUEST_MS,
      maxReconnectAttempts: -1, reconnectTimeWait: AGAIN_MS, reconnectJitter: JITTER_MS, reconnectJitterTLS: JITTER_MS, ignoreAuthErrorAbort: true,
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      ...(servers[0]!.protocol === 'tls:' ? { tls: ca_file === undefined ? {} : { ca: await readFile(ca_file, 'utf8') } } : {}),
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') this.#lost(type === 'disconnect' ? 'the connection broke; it is tried again' : 'it does not answer')
      else if (type === 'reconnect') this.#connected = true
    }
    if (!this.#closing.signal.aborted) this.#lost('the connection was closed')
  }

  #lost(why: string): void {
    this.#connected = false
    if (!this.#closing.signal.aborted) this.#why = this.#unreachable(why)
  }

  #unreachable(why: string, cause?: unknown): GreenwaveError {
    return new GreenwaveError('stream.unreachable', `NATS at ${this.address} cannot be used: ${why}`, undefined, cause)
  }
}

/** Without names and passwords. */
export const addressOf = (url: string): string => url.split(',').map((one) => (URL.canParse(one.trim()) ? new URL(one.trim()).host : 'an address that is no URL')).join(', ')

/** Ends early when aborted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (signal?.aborted === true) return resolve()
  const timer = setTimeout(done, ms)
  function done(): void {
    clearTimeout(timer)
    signal?.removeEventListener('abort', done)
    resolve()
  }
  signal?.addEventListener('abort', done)
})
