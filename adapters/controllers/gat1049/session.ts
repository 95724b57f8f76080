// A connection to a signal system, as its client: login, token, subscriptions, heartbeat both ways. One request at a time, answers told apart by their Seq;
// what the system pushes goes to whoever listens for the intersection. Nothing is written twice: a write without an answer is for the caller to look into.
import { connect, type Socket } from 'node:net'
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { onTimeout, Turnstile } from '../exchange.ts'
import type { Link } from './config.ts'
import { type Address, decodeMessage, editionOf, encodeMessage, maskSecrets, type Message, MessageCutter, type MessageType, titleOf, withSession } from './envelope.ts'
import { decodeObject, encodeObject } from './objects.ts'
import { seqOf } from './time.ts'
import { textOf, type XmlElement } from './xml.ts'

export interface Counters {
  /** Bytes that are no message. */
  malformed: number
  /** Messages that nobody waits for: doubled, late, replayed, made up, or with another token. */
  unexpected: number
}

/** Who a connection is shared by: one intersection. */
export interface Listener {
  cross: string
  device: string
  context: Pick<DriverContext, 'now' | 'wire'>
  /** An object of this intersection, not yet decoded. Throws controller.malformed. */
  pushed(object: XmlElement): void
}

/** What the system answered: objects, or why not. */
export type Answer = { objects: XmlElement[] } | { refusal: { type: string; sentence: string } }

interface Waiting {
  by: Listener
  done(message: Message): void
  fail(error: Error): void
}

const UTCS = 'UTCS'
const LEAST_BACK_OFF_S = 1
const MOST_BACK_OFF_S = 60

export class GatSession {
  readonly counters: Counters = { malformed: 0, unexpected: 0 }
  readonly #link: Link
  readonly #context: Pick<DriverContext, 'now'>
  readonly #local: LocalTime
  readonly #turnstile: Turnstile
  readonly #listeners = new Set<Listener>()
  readonly #waiting = new Map<string, Waiting>()
  #socket: Socket | undefined
  #token = ''
  #count = 0
  #failures = 0
  #not_before_ms = 0
  #generation = 0
  #heartbeat: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined

  constructor(link: Link, context: Pick<DriverContext, 'now' | 'wait' | 'time_zone'>) {
    this.#link = link
    this.#context = context
    this.#local = new LocalTime(context.time_zone)
    this.#turnstile = new Turnstile(context)
  }

  /** Changes with every login: what was asked for on a connection is forgotten with it. */
  get generation(): number { return this.#generation }
  get isActive(): boolean { return this.#token !== '' && this.#socket !== undefined }

  attach(listener: Listener): void { this.#listeners.add(listener) }

  /** With its last listener the connection ends. */
  detach(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) this.#drop()
  }

  /** In: a frame with no token and no Seq. Reads are asked again after a login where the token was lost. Throws controller.unreachable and the signal's reason. */
  ask(frame: string, kind: 'read' | 'write', by: Listener, signal: AbortSignal): Promise<Answer> {
    return this.#turnstile.pass(async () => {
      await this.#login(by, signal)
      const answer = await this.#exchange(frame, by, signal)
      if (!('refusal' in answer) || answer.refusal.type !== 'SDE_Token') return answer
      this.#drop()
      if (kind === 'write') return answer
      await this.#login(by, signal)
      return this.#exchange(frame, by, signal)
    }, signal)
  }

  async #login(by: Listener, signal: AbortSignal): Promise<void> {
    if (this.isActive) return
    const left_ms = this.#not_before_ms - performance.now()
    if (left_ms > 0) throw this.#unreachable(`the last attempts failed; the next one is made in ${Math.ceil(left_ms / 1000)} s`)
    try {
      await this.#open(by, signal)
      const { user, password } = this.#link
      const message = await this.#send(encodeMessage(this.#envelope('REQUEST'), 'Login', encodeObject('SDO_User', { UserName: user, Pwd: password })), by, signal)
      if (message.type !== 'RESPONSE' || message.token === '') throw this.#unreachable(`the login was refused: ${refusalOf(message)?.sentence ?? 'no token came'}`)
      this.#token = message.token
      this.#generation++
      this.#failures = 0
      this.#keepAlive(by)
      await this.#subscribe(by, signal)
    } catch (error) {
      this.#drop()
      if (!signal.aborted) {
        const wait_s = Math.min(MOST_BACK_OFF_S, LEAST_BACK_OFF_S * 2 ** this.#failures++)
        this.#not_before_ms = performance.now() + wait_s * 1000
      }
      throw error
    }
  }

  /** What the system won't push is asked for. */
  async #subscribe(by: Listener, signal: AbortSignal): Promise<void> {
    const control = this.#link.edition === '2024' ? 'CrossCtrlInfo' : 'CrossModePlan'
    for (const ObjName of ['CrossState', control, 'CrossCycle', 'CrossStage', 'CrossSignalGroupStatus']) {
      await this.#send(encodeMessage(this.#envelope('REQUEST'), 'Subscribe', encodeObject('SDO_MsgEntity', { MsgType: 'PUSH', OperName: 'Notify', ObjName })), by, signal)
    }
  }

  #keepAlive(by: Listener): void {
    const beat = encodeMessage(this.#envelope('PUSH'), 'Notify', encodeObject('SDO_HeartBeat', {}))
    this.#heartbeat = setInterval(() => this.#write(beat, this.#seq(), by), this.#link.heartbeat_s * 1000).unref()
  }

  #envelope(type: MessageType): { edition: Link['edition']; from: Address; to: Address; type: MessageType } {
    const { edition, from, to } = this.#link
    return { edition, from, to, type }
  }

  async #exchange(frame: string, by: Listener, signal: AbortSignal): Promise<Answer> {
    const message = await this.#send(frame, by, signal)
    const refusal = refusalOf(message)
    return refusal === undefined ? { objects: message.operations.flatMap(({ objects }) => objects) } : { refusal }
  }

  #send(frame: string, by: Listener, signal: AbortSignal): Promise<Message> {
    const seq = this.#seq()
    return this.#limited<Message>(signal, (done, fail) => {
      this.#waiting.set(seq, { by, done, fail })
      this.#write(frame, seq, by)
    }).finally(() => this.#waiting.delete(seq))
  }

  #seq(): string { return seqOf(this.#local, this.#context.now(), ++this.#count) }

  #write(frame: string, seq: string, by: Listener): void {
    const bytes = Buffer.from(withSession(frame, this.#token, seq))
    this.#tell(by, 'sent', bytes, frameTitle(frame))
    this.#socket?.write(bytes)
  }

  #open(by: Listener, signal: AbortSignal): Promise<void> {
    let socket: Socket | undefined
    return this.#limited<void>(signal, (done, fail) => {
      const cutter = new MessageCutter()
      const opened = connect({ host: this.#link.host, port: this.#link.port, noDelay: true }, () => done())
      socket = opened
      this.#socket = opened
      this.#silence = setTimeout(() => opened.destroy(), this.#link.silence_s * 1000).unref()
      opened.on('error', (error) => fail(this.#unreachable(error.message)))
      opened.on('data', (bytes) => {
        if (opened !== this.#socket) return
        try {
          for (const message of cutter.push(bytes)) this.#receive(message, by)
        } catch {
          this.counters.malformed++
          opened.destroy()
        }
      })
      opened.on('close', () => {
        fail(this.#unreachable('the connection was closed'))
        if (opened === this.#socket) this.#drop()
      })
    }).catch((error: unknown) => { socket?.destroy(); throw error })
  }

  #limited<T>(signal: AbortSignal, begin: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (act: () => void): void => { endTimeout(); signal.removeEventListener('abort', stop); act() }
      const fail = (error: Error): void => end(() => reject(error))
      const stop = (): void => fail(signal.reason as Error)
      const endTimeout = onTimeout(this.#link.timeout_ms, () => fail(this.#unreachable(`no answer in ${this.#link.timeout_ms} ms`)))
      signal.addEventListener('abort', stop, { once: true })
      begin((value) => end(() => resolve(value)), fail)
    })
  }

  #receive(bytes: Buffer, opener: Listener): void {
    let message: Message
    try {
      message = decodeMessage(bytes)
      editionOf(message)
    } catch {
      this.counters.malformed++
      this.#tell(opener, 'received', bytes, 'no message: not believed')
      return
    }
    this.#silence?.refresh()
    const waiting = this.#waiting.get(message.seq)
    const isAnswer = waiting !== undefined && (message.type === 'RESPONSE' || message.type === 'ERROR')
    if (message.from.sys !== UTCS || !this.#isOurs(message) || (!isAnswer && message.type !== 'PUSH')) {
      this.counters.unexpected++
      this.#tell(opener, 'received', bytes, 'nobody asked for it: not believed')
      return
    }
    if (isAnswer) {
      this.#waiting.delete(message.seq)
      this.#tell(waiting.by, 'received', bytes, titleOf(message))
      waiting.done(message)
      return
    }
    for (const object of message.operations.flatMap(({ objects }) => objects)) this.#push(object, bytes, opener)
  }

  /** A refusal may carry no token, as there may be none that holds; everything else carries that of this login. */
  #isOurs({ token, type }: Message): boolean {
    return this.#token === '' ? type !== 'PUSH' : token === this.#token || type === 'ERROR' || this.#link.answer_token === 'any'
  }

  #push(object: XmlElement, bytes: Buffer, opener: Listener): void {
    if (object.name === 'SDO_HeartBeat') return
    const cross = textOf(object, 'CrossID')
    const listeners = [...this.#listeners].filter((one) => one.cross === cross)
    for (const listener of listeners) {
      this.#tell(listener, 'received', bytes, `PUSH ${object.name.slice(0, 40)}`)
      try {
        listener.pushed(object)
      } catch (error) {
        if (!(error instanceof GreenwaveError)) throw error
        this.counters.malformed++
      }
    }
    // Other intersections of the same system are other people's business.
    if (listeners.length > 0 || cross !== '') return
    this.counters.unexpected++
    this.#tell(opener, 'received', bytes, `PUSH ${object.name.slice(0, 40)} of no intersection: not believed`)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#token = ''
    clearInterval(this.#heartbeat)
    clearTimeout(this.#silence)
    socket?.destroy()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { fail } of waiting) fail(this.#unreachable('the connection was closed'))
  }

  #tell({ device, context }: Listener, direction: 'sent' | 'received', bytes: Buffer, note: string): void {
    context.wire({ time_s: context.now(), device, direction, hex: maskSecrets(bytes, [this.#link.password, this.#token]).toString('hex'), note })
  }

  #unreachable(why: string): GreenwaveError { return new GreenwaveError('controller.unreachable', `the signal system at ${this.#link.host}:${this.#link.port}: ${why}`) }
}

/** The first SDO_Error of an answer. */
function refusalOf({ type, operations }: Message): { type: string; sentence: string } | undefined {
  const element = operations.flatMap(({ objects }) => objects).find((object) => object.name === 'SDO_Error')
  if (element === undefined) return type === 'ERROR' ? { type: 'SDE_Unknown', sentence: 'refused without a reason' } : undefined
  const { ErrType, ErrDesc, ErrObj } = decodeObject('SDO_Error', element)
  return { type: ErrType, sentence: `${ErrObj} ${ErrType} ${ErrDesc}`.trim() }
}

const shared = new Map<string, { session: GatSession; users: number }>()

/** One connection for all intersections of one signal system that are reached as the same user; `release` gives it back. */
export function shareSession(link: Link, context: Pick<DriverContext, 'now' | 'wait' | 'time_zone'>): { session: GatSession; release(): void } {
  const key = JSON.stringify(link)
  const entry = shared.get(key) ?? { session: new GatSession(link, context), users: 0 }
  shared.set(key, entry)
  entry.users++
  let isHeld = true
  return {
    session: entry.session,
    release() {
      if (isHeld && --entry.users === 0) shared.delete(key)
      isHeld = false
    },
  }
}

/** What is in the body of a frame of ours. */
const frameTitle = (frame: string): string => { const [, operation = '', object = ''] = /<Operation order="1" name="(\w+)"><(\w+)/.exec(frame) ?? []; return `${operation} ${object}` }
