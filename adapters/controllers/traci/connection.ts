// One TCP connection to SUMO: a message out, its answer in, never two at once. Whatever does not fit ends the connection, because nobody knows
// any more which answer belongs to what.
import { connect, type Socket } from 'node:net'
import { GreenwaveError } from '../../../model/errors.ts'
import { decodeAnswers, encodeMessage, MessageSplitter } from './codec.ts'
import type { TraciAnswer, TraciCommand } from './codec.ts'

export interface Exchange {
  sent: Buffer
  received: Buffer
  answers: TraciAnswer[]
}

interface Pending {
  resolve(body: Buffer): void
  reject(error: unknown): void
}

export class TraciConnection {
  /** Messages that nobody had asked for or that could not be read. */
  unbelieved = 0
  readonly #socket: Socket
  readonly #name: string
  readonly #splitter = new MessageSplitter()
  #pending: Pending | undefined
  #broken: GreenwaveError | undefined

  private constructor(socket: Socket, name: string) {
    this.#socket = socket
    this.#name = name
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.#break(this.#unreachable(error.message, error)))
    socket.on('close', () => this.#break(this.#unreachable('SUMO ended the connection')))
  }

  /** Throws `controller.unreachable`. */
  static open(host: string, port: number, timeout_ms: number): Promise<TraciConnection> {
    const name = `${host}:${port}`
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true })
      const fail = (sentence: string, cause?: unknown): void => {
        socket.destroy()
        reject(new GreenwaveError('controller.unreachable', `SUMO at ${name}: ${sentence}`, undefined, cause))
      }
      const timer = setTimeout(() => fail(`no connection within ${timeout_ms} ms`), timeout_ms)
      const early = (error: Error): void => { clearTimeout(timer); fail(error.message, error) }
      socket.once('error', early)
      socket.once('connect', () => {
        clearTimeout(timer)
        socket.off('error', early)
        resolve(new TraciConnection(socket, name))
      })
    })
  }

  get broken(): boolean {
    return this.#broken !== undefined
  }

  /** One message and its answer. Throws `controller.unreachable` where none comes in time, `controller.malformed` where it can't be read; either ends the connection. */
  async exchange(commands: readonly TraciCommand[], timeout_ms: number): Promise<Exchange> {
    if (this.#broken !== undefined) throw this.#broken
    if (this.#pending !== undefined) throw new GreenwaveError('internal', `SUMO at ${this.#name}: two messages at once`)
    const sent = encodeMessage(commands)
    const received = await new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => this.#break(this.#unreachable(`no answer within ${timeout_ms} ms`)), timeout_ms)
      this.#pending = { resolve: (body) => { clearTimeout(timer); resolve(body) }, reject: (error) => { clearTimeout(timer); reject(error as Error) } }
      this.#socket.write(sent)
    })
    try {
      return { sent, received, answers: decodeAnswers(received, commands.map(({ id }) => id)) }
    } catch (error) {
      this.unbelieved++
      this.#break(error as GreenwaveError)
      throw error
    }
  }

  /** Whether the connection keeps the process alive. */
  hold(held: boolean): void {
    if (held) this.#socket.ref()
    else this.#socket.unref()
  }

  close(): void {
    this.#break(this.#unreachable('the connection was closed here'))
  }

  #unreachable(sentence: string, cause?: unknown): GreenwaveError {
    return new GreenwaveError('controller.unreachable', `SUMO at ${this.#name}: ${sentence}`, undefined, cause)
  }

  #receive(chunk: Buffer): void {
    try {
      for (const body of this.#splitter.push(chunk)) {
        const pending = this.#pending
        this.#pending = undefined
        if (pending === undefined) {
          this.unbelieved++
          this.#break(new GreenwaveError('controller.malformed', `SUMO at ${this.#name}: a message that nobody asked for`))
          return
        }
        pending.resolve(body)
      }
    } catch (error) {
      this.unbelieved++
      this.#break(error as GreenwaveError)
    }
  }

  #break(error: GreenwaveError): void {
    if (this.#broken !== undefined) return
    this.#broken = error
    this.#socket.destroy()
    const pending = this.#pending
    this.#pending = undefined
    pending?.reject(error)
  }
}
