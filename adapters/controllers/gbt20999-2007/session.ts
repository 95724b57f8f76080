// One datagram out, one in, at least 0.1 s apart: reads again where no answer comes, writes never. Messages have no sequence, so that an answer is known only by the objects
// it speaks of; after a silence the next question goes from another port, where no late answer to the last one arrives.
import { createSocket, type Socket } from 'node:dgram'
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { awaited, readAgain, Turnstile } from '../exchange.ts'
import { decodeMessage, encodeQuery, type Message, type ObjectValue } from './codec.ts'
import type { Settings } from './config.ts'
import type { ObjectId } from './objects.ts'

export interface Counters {
  /** Datagrams that are no message. */
  malformed: number
  /** Messages that nobody waits for: doubled, late, replayed, reports. */
  unexpected: number
}

interface Waiting {
  isAnswer(message: Message): boolean
  done(message: Message): void
  fail(error: Error): void
}

export class Session {
  readonly counters: Counters = { malformed: 0, unexpected: 0 }
  readonly #device: string
  readonly #link: Settings['link']
  readonly #context: DriverContext
  readonly #turnstile: Turnstile
  #socket: Socket | undefined
  #waiting: Waiting | undefined

  constructor(device: string, { link }: Settings, context: DriverContext) {
    this.#device = device
    this.#link = link
    this.#context = context
    this.#turnstile = new Turnstile(context)
  }

  /** Whole objects; what the controller refuses to tell is left out. Throws controller.unreachable and the signal's reason. */
  async read(ids: readonly ObjectId[], signal: AbortSignal): Promise<Map<ObjectId, ObjectValue>> {
    const answer = await this.#query(ids, signal)
    if (answer.kind === 'answer') return new Map(ids.map((id, i) => [id, answer.objects[i]!]))
    const found = new Map<ObjectId, ObjectValue>()
    // Of several objects the answer tells only what is wrong with one: each is asked for itself.
    if (ids.length > 1) for (const one of ids) for (const [id, value] of await this.read([one], signal)) found.set(id, value)
    return found
  }

  #query(ids: readonly ObjectId[], signal: AbortSignal): Promise<Message> {
    const isAnswer = (message: Message): boolean => message.kind === 'error' ||
      (message.kind === 'answer' && message.objects.length === ids.length && message.objects.every(({ id, indexes }, i) => id === ids[i] && indexes.length === 0))
    return readAgain(() => this.#turnstile.pass(() => this.#exchange(encodeQuery(ids), 'query', isAnswer, signal), signal), this.#context, signal)
  }

  /** Sends a set once. Out: why not; undefined = acknowledged. Throws controller.unreachable where no answer comes: nobody knows then what stands. */
  async set(bytes: Buffer, signal: AbortSignal): Promise<string | undefined> {
    // Its first object is told in the answer; every set of ours has but one.
    const isAnswer = (message: Message): boolean => message.kind === 'error' || (message.kind === 'set_answer' && message.objects.length === 1 && message.objects[0]!.id === bytes[1])
    const answer = await this.#turnstile.pass(() => this.#exchange(bytes, 'set', isAnswer, signal), signal)
    return answer.kind === 'error' ? answer.reason : undefined
  }

  close(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  async #exchange(bytes: Buffer, note: string, isAnswer: Waiting['isAnswer'], signal: AbortSignal): Promise<Message> {
    this.#socket ??= await this.#open()
    signal.throwIfAborted()
    const socket = this.#socket
    return awaited<Message>(this.#link.timeout_ms, signal, {
      late: () => this.#unreachable(`no answer in ${this.#link.timeout_ms} ms`),
      begin: (done, fail) => {
        this.#waiting = { isAnswer, done, fail }
        this.#tell('sent', bytes, note)
        socket.send(bytes)
      },
      over: (well) => {
        this.#waiting = undefined
        if (!well) this.close()
      },
    })
  }

  #open(): Promise<Socket> {
    const { host, port, local_port } = this.#link
    return new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      let isConnected = false
      socket.on('error', (error) => {
        const lost = this.#unreachable(error.message)
        reject(lost)
        if (this.#socket === socket) this.#waiting?.fail(lost)
      })
      // Once it is connected, the computer lets in datagrams of the controller only.
      socket.on('message', (bytes) => { if (isConnected) this.#receive(bytes); else this.#doubt('unexpected', bytes, 'before anything was asked: not believed') })
      socket.bind(local_port, () => { socket.connect(port, host, (error?: Error) => { if (error === undefined) { isConnected = true; resolve(socket) } else { socket.close(); reject(this.#unreachable(error.message)) } }) })
    })
  }

  #receive(bytes: Buffer): void {
    let message: Message
    try {
      message = decodeMessage(bytes)
    } catch (error) {
      this.#doubt('malformed', bytes, error instanceof GreenwaveError ? `${error.message}: not believed` : 'not believed')
      return
    }
    const waiting = this.#waiting
    if (waiting === undefined || !waiting.isAnswer(message)) { this.#doubt('unexpected', bytes, 'nobody asked for it: not believed'); return }
    this.#tell('received', bytes, message.kind === 'error' ? `no: ${message.reason}` : 'yes')
    waiting.done(message)
  }

  #doubt(count: keyof Counters, bytes: Buffer, note: string): void {
    this.counters[count]++
    this.#tell('received', bytes, note)
  }

  #unreachable(why: string): GreenwaveError {
    const { host, port } = this.#link
    return new GreenwaveError('controller.unreachable', `controller ${this.#device} at ${host}:${port}: ${why}`)
  }

  #tell(direction: 'sent' | 'received', bytes: Buffer, note: string): void {
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction, hex: bytes.toString('hex'), note })
  }
}
