// Messages of a broker for the service: many on their way at once, each acknowledged (QoS 1) only after it was taken for good. The broker keeps the session,
// so what was not acknowledged comes again after any break; whoever takes messages knows them by their content.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { IPublishPacket, MqttClient } from 'mqtt'

export interface IntakeOptions {
  /** `mqtt://host:1883`, `mqtts://`, `ws://`, `wss://`. */
  url: string
  topics: readonly string[]
  /** The broker keeps messages for this name; one reader at a time. */
  client_id: string
  username?: string
  password?: string
  /** PEM of who signs the broker's certificate. */
  ca?: string
  /** Called in the order of the broker. The message is acknowledged when this resolves; it must resolve in the end unless the intake stops. */
  take: (message: { topic: string; payload: Uint8Array }) => Promise<void>
}

/** Messages on their way; then the broker waits. */
const MOST_WAITING = 1000
const RECONNECT_MS = 500
const CONNECT_MS = 10_000
/** Dead peers are found by the system: pings of the protocol would wait behind messages that wait. */
const TCP_KEEPALIVE_MS = 15_000

export interface IntakeFigures {
  received: number
  acknowledged: number
}

export class BrokerIntake {
  readonly name: string
  readonly figures: IntakeFigures = { received: 0, acknowledged: 0 }
  readonly #options: IntakeOptions
  readonly #waiting = new Set<Promise<void>>()
  #client: MqttClient | undefined
  #why: string | undefined = 'it has not answered yet'
  #stopped = false
  #room: (() => void) | undefined

  constructor(options: IntakeOptions) {
    this.#options = options
    const url = new URL(options.url)
    this.name = `${url.protocol}//${url.host}`
  }

  /** Why nothing comes. */
  get trouble(): string | undefined {
    return this.#why === undefined ? undefined : `the broker ${this.name} cannot be read: ${this.#why}`
  }

  async start(): Promise<void> {
    const { url, client_id, username, password, ca } = this.#options
    const { connect } = await import('mqtt')
    if (this.#stopped) return
    const client = connect(url, {
      clientId: client_id, clean: false, keepalive: 0, connectTimeout: CONNECT_MS, reconnectPeriod: jittered(), resubscribe: false, queueQoSZero: false,
      ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }), ...(ca === undefined ? {} : { ca }),
    })
    this.#client = client
    client.handleMessage = (packet, done) => this.#receive(client, packet, done)
    client.on('connect', () => this.#connected(client))
    client.on('error', (error) => { this.#why = error.message === '' ? 'no answer' : error.message })
    client.on('close', () => {
      this.#why ??= 'the connection broke; it is tried again'
      client.options.reconnectPeriod = jittered()
    })
  }

  /** Takes no more; what is on its way is waited for within `patience_ms` and else comes again. */
  async stop(patience_ms: number): Promise<void> {
    this.#stopped = true
    this.#why = 'it is left'
    this.#room?.()
    let timer: NodeJS.Timeout | undefined
    await Promise.race([Promise.all(this.#waiting), new Promise((resolve) => { timer = setTimeout(resolve, patience_ms) })])
    clearTimeout(timer)
    await this.#client?.endAsync(!this.#client.connected).catch(() => {})
  }

  #connected(client: MqttClient): void {
    (client.stream as unknown as Partial<Socket>).setKeepAlive?.(true, TCP_KEEPALIVE_MS)
    client.subscribeAsync([...this.#options.topics], { qos: 1 }).then((granted) => {
      const refused = granted.find(({ qos }) => qos >= 128)
      this.#why = refused === undefined ? undefined : `it refuses the topic "${refused.topic}"`
    }, (error: unknown) => { this.#why = (error as Error).message })
  }

  /** The connection goes on at once: the client would otherwise handle one message after the other. */
  #receive(client: MqttClient, packet: IPublishPacket, done: (error?: Error) => void): void {
    const goOn = (): void => done(new Error('acknowledged later'))
    if (this.#stopped) return goOn()
    this.figures.received++
    const { stream } = client
    const taken: Promise<void> = this.#options.take({ topic: packet.topic, payload: Buffer.from(packet.payload) })
      .then(() => this.#acknowledge(client, stream, packet), () => { /* It stops; the broker brings it again. */ })
      .finally(() => {
        this.#waiting.delete(taken)
        if (this.#waiting.size < MOST_WAITING) this.#room?.()
      })
    this.#waiting.add(taken)
    if (this.#waiting.size < MOST_WAITING) goOn()
    else {
      this.#room = () => {
        this.#room = undefined
        goOn()
      }
    }
  }

  /** On the connection that it came by only: another one gives its number to another message. */
  #acknowledge(client: MqttClient, stream: Duplex, { qos, messageId }: IPublishPacket): void {
    this.figures.acknowledged++
    if (qos === 0 || messageId === undefined || client.stream !== stream || stream.destroyed) return
    // PUBACK (MQTT 3.1.1, section 3.4); the client itself sends it only before it looks at the next message.
    stream.write(Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]))
  }
}

/** Many that lost the same broker don't come back at the same moment. */
const jittered = (): number => RECONNECT_MS * (1 + Math.random())
