// Messages of an MQTT broker, QoS 1. The client handles one message at a time and acknowledges it when it was taken, so a slow
// reader slows the broker, which keeps what is not acknowledged.
import type { Socket } from 'node:net'
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Message, MessageSource } from './message-feed.ts'

export interface BrokerOptions {
  /** `mqtt://host:1883`, `mqtts://`, `ws://`, `wss://`. */
  url: string
  /** Filters such as `probes/#`. */
  topics: readonly string[]
  /** The broker keeps messages for this name while the reader is away. Without it they are lost while it is. */
  client_id?: string
  username?: string
  password?: string
  /** Between attempts to connect again. */
  reconnect_ms?: number
  /** The first connection must stand within this. */
  connect_timeout_ms?: number
}

/** Messages that may have been acknowledged in vain when a connection broke, by which a second delivery is known. */
const REMEMBERED = 1000
/** Dead peers are found by the system: pings of the protocol would wait behind a message that nobody took yet. */
const TCP_KEEPALIVE_MS = 30_000
const LEAVE_MS = 1000

interface Delivery {
  packet: IPublishPacket
  taken: boolean
  /** Acknowledges it on the connection that it last came by; undefined where that is gone. */
  acknowledge: (() => void) | undefined
  /** Lets the connection go on without acknowledging it. */
  pass: (() => void) | undefined
}

/** Nothing is connected before `open`. Throws feed.unreachable where the broker can't be reached at first, or refuses; later it is tried again for ever. */
export const brokerMessages = (options: BrokerOptions): MessageSource => {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined
  const name = url === undefined ? options.url : `${url.protocol}//${url.host}`
  return { name, open: (signal) => new BrokerReader(options, name).messages(signal) }
}

class BrokerReader {
  readonly #options: BrokerOptions
  readonly #name: string
  readonly #waiting: Delivery[] = []
  /** Deliveries of the last connections, newest last. */
  readonly #delivered: Delivery[] = []
  #wake = (): void => {}
  #leaving = false
  #failure: GreenwaveError | undefined

  constructor(options: BrokerOptions, name: string) {
    this.#options = options
    this.#name = name
  }

  async *messages(signal?: AbortSignal): AsyncGenerator<Message, void> {
    const isAborted = (): boolean => signal?.aborted === true
    if (isAborted()) return
    const client = await this.#connect()
    const wake = (): void => this.#wake()
    signal?.addEventListener('abort', wake)
    try {
      for (;;) {
        const next = this.#waiting.shift()
        if (isAborted()) return
        if (this.#failure !== undefined) throw this.#failure
        if (next === undefined) {
          await new Promise<void>((resolve) => { this.#wake = resolve })
          continue
        }
        const { topic, payload } = next.packet
        yield {
          topic,
          payload: Buffer.from(payload),
          taken() {
            next.taken = true
            next.acknowledge?.()
            next.acknowledge = next.pass = undefined
          },
        }
      }
    } finally {
      signal?.removeEventListener('abort', wake)
      await this.#leave(client)
    }
  }

  async #connect(): Promise<MqttClient> {
    const { url, topics, client_id, username, password, reconnect_ms = 1000, connect_timeout_ms = 10_000 } = this.#options
    const { connect } = await import('mqtt')
    const settings: IClientOptions = {
      clean: client_id === undefined, keepalive: 0, reconnectPeriod: reconnect_ms, connectTimeout: connect_timeout_ms, manualConnect: true, resubscribe: true, queueQoSZero: false,
      ...(client_id === undefined ? {} : { clientId: client_id }), ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }),
    }
    let client: MqttClient
    try {
      client = connect(url, settings)
    } catch (cause) {
      throw this.#unreachable('the address is not understood', cause)
    }
    client.handleMessage = (packet, done) => this.#receive(packet, done)
    client.on('connect', () => { (client.stream as unknown as Partial<Socket>).setKeepAlive?.(true, TCP_KEEPALIVE_MS) })
    client.on('close', () => { for (const delivery of this.#delivered) delivery.acknowledge = delivery.pass = undefined })
    try {
      await firstConnection(client, connect_timeout_ms)
    } catch (cause) {
      await client.endAsync(true).catch(() => {})
      throw this.#unreachable(cause instanceof Error ? cause.message : String(cause), cause)
    }
    client.on('error', () => { /* It is tried again; the account of the reader shows the gap. */ })
    // Not waited for: messages that the broker kept may come before its answer, which stands behind them until they are taken.
    client.subscribeAsync([...topics], { qos: 1 }).then((granted) => {
      const refused = granted.find(({ qos }) => qos >= 128)
      if (refused !== undefined) this.#fail(`the broker refuses the topic "${refused.topic}"`)
    }, (cause: unknown) => {
      // A connection that broke meanwhile subscribes again by itself.
      if (client.connected) this.#fail(cause instanceof Error ? cause.message : String(cause), cause)
    })
    return client
  }

  /** Sends what is still on its way, such as acknowledgements, and lets pass unacknowledged what nobody took. A connection that hangs is closed. */
  async #leave(client: MqttClient): Promise<void> {
    this.#leaving = true
    for (const delivery of this.#delivered) if (!delivery.taken) delivery.pass?.()
    const timer = setTimeout(() => { client.stream?.destroy() }, LEAVE_MS)
    await client.endAsync(!client.connected).catch(() => {})
    clearTimeout(timer)
  }

  #fail(why: string, cause?: unknown): void {
    this.#failure ??= this.#unreachable(why, cause)
    this.#wake()
  }

  #unreachable(why: string, cause: unknown): GreenwaveError {
    return new GreenwaveError('feed.unreachable', `the broker cannot be read: ${why === '' ? 'no answer' : why}`, { file: this.#name }, cause)
  }

  /** The same message by another connection takes the place of the first; all others wait to be taken. */
  #receive(packet: IPublishPacket, done: (error?: Error) => void): void {
    const pass = (): void => done(new Error('not taken'))
    if (this.#leaving) {
      pass()
      return
    }
    const before = packet.dup ? this.#delivered.findLast((delivery) => delivery.acknowledge === undefined && isSame(delivery.packet, packet)) : undefined
    if (before !== undefined) {
      if (before.taken) done()
      else {
        before.acknowledge = () => done()
        before.pass = pass
      }
      return
    }
    const delivery: Delivery = { packet, taken: false, acknowledge: () => done(), pass }
    this.#delivered.push(delivery)
    if (this.#delivered.length > REMEMBERED) this.#delivered.shift()
    this.#waiting.push(delivery)
    this.#wake()
  }
}

const isSame = (a: IPublishPacket, b: IPublishPacket): boolean => a.messageId === b.messageId && a.topic === b.topic && Buffer.from(a.payload).equals(Buffer.from(b.payload))

function firstConnection(client: MqttClient, timeout_ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error(`no answer within ${timeout_ms / 1000} s`)), timeout_ms)
    const finish = (error?: Error): void => {
      clearTimeout(timer)
      client.off('connect', connected)
      client.off('error', finish)
      client.off('close', closed)
      if (error === undefined) resolve()
      else reject(error)
    }
    const connected = (): void => finish()
    const closed = (): void => finish(new Error('the connection was closed'))
    client.on('connect', connected)
    client.on('error', finish)
    client.on('close', closed)
    client.connect()
  })
}
