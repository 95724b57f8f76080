// The connection: opened when first needed, one request at a time, replies told apart by their id. A missing reply is a normal outcome; nothing is sent twice.
import { connect, type Socket } from 'node:net'
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { awaited, Turnstile } from '../exchange.ts'
import { decodeReply, encodeRequest, LineCutter, type Reply, type Request } from './codec.ts'
import type { Settings } from './config.ts'

export interface Counters {
  /** Lines that are no message. */
  malformed: number
  /** Replies that nobody waits for: doubled, late, or made up. */
  unexpected: number
}

interface Waiting {
  id: number
  done(reply: Reply): void
}

export class DemoSession {
  readonly counters: Counters = { malformed: 0, unexpected: 0 }
  readonly #device: string
  readonly #settings: Settings
  readonly #context: DriverContext
  readonly #turnstile: Turnstile
  #socket: Socket | undefined
  #waiting: Waiting | undefined
  #fail: ((error: GreenwaveError) => void) | undefined
  #id = 0

  constructor(device: string, settings: Settings, context: DriverContext) {
    this.#device = device
    this.#settings = settings
    this.#context = context
    this.#turnstile = new Turnstile(context)
  }

  /** The answer's data. Throws controller.unreachable, controller.refused, and the signal's reason. */
  async ask(request: Request, signal: AbortSignal): Promise<Record<string, unknown>> {
    const reply = await this.answer(request, signal)
    if (!reply.ok) throw new GreenwaveError('controller.refused', `controller ${this.#device} refuses ${request.op}: ${reply.error ?? 'without a reason'}`)
    return reply.data
  }

  /** The answer, whether yes or no. Throws controller.unreachable and the signal's reason. */
  answer(request: Request, signal: AbortSignal): Promise<Reply> {
    return this.#turnstile.pass(async () => {
      if (this.#socket === undefined) {
        await this.#open(signal)
        await this.#exchange({ op: 'hello', key: this.#key() }, signal)
      }
      return this.#exchange(request, signal)
    }, signal)
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #key(): string { return this.#context.secret('demo-key') ?? '' }

  #unreachable(why: string): GreenwaveError { return new GreenwaveError('controller.unreachable', `controller ${this.#device} at ${this.#settings.host}:${this.#settings.port}: ${why}`) }

  #open(signal: AbortSignal): Promise<void> {
    return this.#limited(signal, (done, fail) => {
      const socket = connect({ host: this.#settings.host, port: this.#settings.port, noDelay: true }, done)
      const cutter = new LineCutter()
      this.#socket = socket
      socket.on('error', (error) => fail(this.#unreachable(error.message)))
      socket.on('data', (bytes) => {
        try {
          for (const line of cutter.push(bytes)) this.#receive(line)
        } catch {
          this.counters.malformed++
          socket.destroy()
        }
      })
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = undefined
        this.#fail?.(this.#unreachable('the connection was closed'))
      })
    })
  }

  #exchange(request: Request, signal: AbortSignal): Promise<Reply> {
    const id = ++this.#id
    return this.#limited<Reply>(signal, (done) => {
      this.#waiting = { id, done }
      const bytes = encodeRequest(id, request)
      this.#tell('sent', request.op === 'hello' ? encodeRequest(id, { op: 'hello', key: '\0'.repeat(this.#key().length) }) : bytes, request.op === 'hello' ? 'hello, key left out' : request.op)
      this.#socket?.write(bytes)
    })
  }

  /** Ends with an answer, after the timeout, when the line breaks, or when the signal aborts; after any but the first the connection is no longer believed. */
  #limited<T>(signal: AbortSignal, begin: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return awaited<T>(this.#settings.timeout_ms, signal, {
      late: () => this.#unreachable(`no answer in ${this.#settings.timeout_ms} ms`),
      begin: (done, fail) => { this.#fail = fail; begin(done, fail) },
      over: (well) => {
        this.#waiting = undefined
        this.#fail = undefined
        if (!well) this.close()
      },
    })
  }

  #receive(line: Buffer): void {
    let reply: Reply
    try {
      reply = decodeReply(line)
    } catch {
      this.counters.malformed++
      this.#tell('received', line, 'no message: not believed')
      return
    }
    const waiting = this.#waiting
    if (waiting?.id !== reply.id) {
      this.counters.unexpected++
      this.#tell('received', line, 'nobody asked for it: not believed')
      return
    }
    this.#tell('received', line, reply.ok ? 'yes' : 'no')
    waiting.done(reply)
  }

  #tell(direction: 'sent' | 'received', bytes: Buffer, note: string): void {
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction, hex: bytes.toString('hex'), note })
  }
}
