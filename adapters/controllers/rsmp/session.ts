// The sites of one port: they connect to us, are known by the id in their Version, and are asked one thing at a time. A missing answer is a normal outcome; nothing is sent twice.
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { Turnstile } from '../exchange.ts'
import { decodeMessage, encodeMessage, type FromSite, idOf, stampOf } from './codec.ts'
import type { Settings } from './config.ts'

export interface Counters {
  /** Bytes that are no message. */
  malformed: number
  /** Messages that nobody waits for: doubled, late, before their time, or made up. */
  unexpected: number
}

export type Reply = Extract<FromSite, { type: 'CommandResponse' | 'StatusResponse' }>
export type Update = Extract<FromSite, { type: 'StatusUpdate' }>

export interface Question {
  type: 'CommandRequest' | 'StatusRequest' | 'StatusSubscribe' | 'StatusUnsubscribe'
  fields: Record<string, unknown>
  /** Whether a reply answers it; undefined = an acknowledgement is all. RSMP has nothing else that ties the two. */
  answers?(reply: Reply): boolean
  /** In `fields`, never told of the wire. */
  secret?: string
  note: string
}

interface Exchange {
  id: string
  question: Question
  isAcknowledged: boolean
  reply?: Reply
  done(reply: Reply | undefined): void
  fail(error: Error): void
}

/** Message ids that are remembered to know a replay. */
const REMEMBERED = 256

/** A connection whose site has told its version. */
interface Link {
  socket: Socket
  isReady: boolean
  heard_ms: number
  seen: Set<string>
  pending: Map<string, NodeJS.Timeout>
  /** Id of our Version: until the site has acknowledged it nothing else is said. */
  version_id: string
  watchdog?: NodeJS.Timeout
}

/** Who attends to a site: an adapter of one of its components, or whoever keeps the port open. */
export interface Member {
  device: string
  context: Pick<DriverContext, 'now' | 'wait'> & Partial<Pick<DriverContext, 'wire'>>
}

/** Whoever opens the port for its sites. */
export interface Door {
  /** Rejects with the reason where the port can't be had; whoever asks again tries again. */
  readonly listening: Promise<void>
  leave(site: RsmpSite): void
}

/** A site and its connection, whenever it has one. */
export class RsmpSite {
  readonly counters: Counters = { malformed: 0, unexpected: 0 }
  /** Active alarms: component and code. */
  readonly alarms = new Map<string, { component: string; code: string }>()
  aggregated: readonly boolean[] = []
  /** Of the core, the newest that both speak; empty before the first connection. */
  version = ''
  readonly #settings: Settings
  readonly #door: Door
  readonly #members = new Set<Member>()
  readonly #watchers = new Set<(update: Update | undefined) => void>()
  #turnstile: Turnstile | undefined
  #link: Link | undefined
  #exchange: Exchange | undefined
  #readiness: (() => void)[] = []

  constructor(settings: Settings, door: Door) {
    this.#settings = settings
    this.#door = door
  }

  get id(): string { return this.#settings.site }
  get isConnected(): boolean { return this.#link?.isReady === true }

  /** Out: leaves again. Without members the connection ends. */
  join(member: Member): () => void {
    this.#members.add(member)
    this.#turnstile ??= new Turnstile(member.context)
    return () => {
      if (!this.#members.delete(member) || this.#members.size > 0) return
      this.#link?.socket.destroy()
      this.#door.leave(this)
    }
  }

  get listening(): Promise<void> { return this.#door.listening }

  /** Updates of whatever is subscribed; undefined when the connection was lost, and with it every subscription. */
  watch(listener: (update: Update | undefined) => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  /** The answer. Throws controller.unreachable, controller.refused with the site's reason, and the signal's reason. */
  ask(question: Question, signal: AbortSignal): Promise<Reply | undefined> {
    return (this.#turnstile as Turnstile).pass(async () => {
      await this.#ready(signal)
      return this.#send(question, signal)
    }, signal)
  }

  #unreachable(why: string): GreenwaveError { return new GreenwaveError('controller.unreachable', `site ${this.#settings.site} on port ${this.#settings.port}: ${why}`) }

  async #ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    try {
      await this.listening
    } catch (error) {
      throw this.#unreachable(`can't listen: ${(error as Error).message}`)
    }
    if (this.#link?.isReady === true) return
    await new Promise<void>((resolve, reject) => {
      const end = (act: () => void): void => { clearTimeout(timer); signal.removeEventListener('abort', stop); this.#readiness = this.#readiness.filter((one) => one !== ready); act() }
      const ready = (): void => end(resolve)
      const stop = (): void => end(() => reject(signal.reason as Error))
      const timer = setTimeout(() => end(() => reject(this.#unreachable(`it has not connected in ${this.#settings.connect_ms} ms`))), this.#settings.connect_ms)
      signal.addEventListener('abort', stop, { once: true })
      this.#readiness.push(ready)
    })
  }

  #send(question: Question, signal: AbortSignal): Promise<Reply | undefined> {
    const link = this.#link
    if (link === undefined) return Promise.reject(this.#unreachable('the connection was closed'))
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => { clearTimeout(timer); signal.removeEventListener('abort', stop); this.#exchange = undefined; act() }
      const stop = (): void => end(() => { reject(signal.reason as Error); link.socket.destroy() })
      // Whoever doesn't answer in time has lost the link, by the protocol: what comes later must not be taken for the next answer.
      const timer = setTimeout(() => end(() => { reject(this.#unreachable(`no answer to ${question.note} in ${this.#settings.answer_ms} ms`)); link.socket.destroy() }), this.#settings.answer_ms)
      signal.addEventListener('abort', stop, { once: true })
      this.#exchange = { id: randomUUID(), question, isAcknowledged: false, done: (reply) => end(() => resolve(reply)), fail: (error) => end(() => reject(error)) }
      this.#write(link, encodeMessage(question.type, { mId: this.#exchange.id, ntsOId: '', xNId: '', ...question.fields }), question.note, question.secret)
    })
  }

  // The handshake.

  /** Why this Version can't be accepted. */
  refusal({ versions, SXL }: Extract<FromSite, { type: 'Version' }>): string | undefined {
    if (!this.#settings.core.some((version) => versions.includes(version))) return `RSMP ${versions.join(', ')} is not spoken here; ${this.#settings.core.join(', ')} are`
    return SXL === this.#settings.sxl ? undefined : `SXL ${SXL} is not spoken here; ${this.#settings.sxl} is`
  }

  /** A site that connects again has lost its old connection. */
  adopt(socket: Socket, { mId: id, versions }: Extract<FromSite, { type: 'Version' }>, bytes: Buffer): void {
    this.version = this.#settings.core.findLast((one) => versions.includes(one)) ?? ''
    const old = this.#link
    const link: Link = { socket, isReady: false, heard_ms: performance.now(), seen: new Set([id]), pending: new Map(), version_id: '' }
    this.#link = link
    old?.socket.destroy()
    this.alarms.clear()
    this.#tell('received', bytes, 'Version')
    this.#acknowledge(link, id)
    const { core, site, sxl } = this.#settings
    link.version_id = this.#announce(link, 'Version', { RSMP: core.map((vers) => ({ vers })), siteId: [{ sId: site }], SXL: sxl })
  }

  /** Once both know the other's version. */
  #keepWatch(link: Link): void {
    const watchdog = (): void => {
      if (performance.now() - link.heard_ms > this.#settings.silence_ms) { link.socket.destroy(); return }
      this.#announce(link, 'Watchdog', { wTs: stampOf(this.#now()) })
    }
    watchdog()
    link.watchdog = setInterval(watchdog, this.#settings.watchdog_ms).unref()
  }

  lost(socket: Socket): void {
    const link = this.#link
    if (link?.socket !== socket) return
    this.#link = undefined
    clearInterval(link.watchdog)
    for (const timer of link.pending.values()) clearTimeout(timer)
    this.#exchange?.fail(this.#unreachable('the connection was closed'))
    for (const watcher of this.#watchers) watcher(undefined)
  }

  tellOversize(): void { this.counters.malformed++ }

  /** What must be acknowledged in time although nobody waits for it. */
  #announce(link: Link, type: 'Version' | 'Watchdog', fields: Record<string, unknown>): string {
    const id = randomUUID()
    link.pending.set(id, setTimeout(() => link.socket.destroy(), this.#settings.answer_ms).unref())
    this.#write(link, encodeMessage(type, { mId: id, ...fields }), type)
    return id
  }

  // What comes in.

  receive(socket: Socket, bytes: Buffer): void {
    const link = this.#link
    if (link?.socket !== socket) return
    link.heard_ms = performance.now()
    let message: FromSite
    try {
      message = decodeMessage(bytes)
    } catch (error) {
      this.counters.malformed++
      this.#tell('received', bytes, 'no message: not believed')
      const id = idOf(bytes)
      if (id !== undefined) this.#refuse(link, id, (error as Error).message)
      return
    }
    const isExpected = this.#take(link, message)
    if (!isExpected) this.counters.unexpected++
    this.#tell('received', bytes, isExpected ? message.type : `${message.type} that nobody waits for: not believed`)
    if (this.#exchange !== undefined) this.#conclude(this.#exchange)
  }

  /** False where nobody waits for it. */
  #take(link: Link, message: FromSite): boolean {
    if (message.type === 'MessageAck' || message.type === 'MessageNotAck') return this.#takeAck(link, message)
    if (link.seen.has(message.mId)) { this.#acknowledge(link, message.mId); return false }
    link.seen.add(message.mId)
    if (link.seen.size > REMEMBERED) link.seen.delete(link.seen.values().next().value as string)
    switch (message.type) {
      case 'Version': this.#refuse(link, message.mId, 'the version was told before'); return false
      case 'Watchdog': break
      case 'AggregatedStatus': {
        this.aggregated = message.se
        this.#acknowledge(link, message.mId)
        link.isReady = true
        for (const ready of this.#readiness.splice(0)) ready()
        return true
      }
      case 'Alarm': this.#alarm(message); break
      case 'StatusUpdate':
        if (this.#watchers.size === 0) { this.#refuse(link, message.mId, 'not subscribed'); return false }
        for (const watcher of this.#watchers) watcher(message)
        break
      case 'CommandResponse':
      case 'StatusResponse': {
        const exchange = this.#exchange
        if (exchange === undefined || exchange.reply !== undefined || exchange.question.answers?.(message) !== true) { this.#refuse(link, message.mId, 'nobody asked'); return false }
        exchange.reply = message
      }
    }
    this.#acknowledge(link, message.mId)
    return true
  }

  #takeAck(link: Link, message: Extract<FromSite, { type: 'MessageAck' | 'MessageNotAck' }>): boolean {
    const timer = link.pending.get(message.oMId)
    if (timer !== undefined) {
      clearTimeout(timer)
      link.pending.delete(message.oMId)
      if (message.type === 'MessageNotAck') link.socket.destroy()
      else if (message.oMId === link.version_id) this.#keepWatch(link)
      return true
    }
    const exchange = this.#exchange
    if (exchange?.id !== message.oMId || exchange.isAcknowledged) return false
    if (message.type === 'MessageNotAck') exchange.fail(new GreenwaveError('controller.refused', `site ${this.#settings.site} refuses ${exchange.question.note}: ${message.rea || 'without a reason'}`))
    else exchange.isAcknowledged = true
    return true
  }

  /** Acknowledged and answered, in whatever order. */
  #conclude({ isAcknowledged, question, reply, done }: Exchange): void {
    if (isAcknowledged && (question.answers === undefined || reply !== undefined)) done(reply)
  }

  #alarm({ cId, aCId, isActive }: Extract<FromSite, { type: 'Alarm' }>): void {
    const key = `${cId} ${aCId}`
    if (isActive === true) this.alarms.set(key, { component: cId, code: aCId })
    else if (isActive === false) this.alarms.delete(key)
  }

  #acknowledge(link: Link, id: string): void { this.#write(link, encodeMessage('MessageAck', { oMId: id }), 'MessageAck') }
  #refuse(link: Link, id: string, rea: string): void { this.#write(link, encodeMessage('MessageNotAck', { oMId: id, rea }), 'MessageNotAck') }

  #write(link: Link, bytes: Buffer, note: string, secret?: string): void {
    if (link.socket.destroyed) return
    link.socket.write(bytes)
    this.#tell('sent', bytes, secret === undefined || secret === '' ? note : `${note}, security code left out`)
  }

  #now(): number { return [...this.#members][0]?.context.now() ?? Date.now() / 1000 }

  #tell(direction: 'sent' | 'received', bytes: Buffer, note: string): void {
    const hex = withoutSecret(bytes, this.#exchange?.question.secret ?? '').toString('hex')
    for (const { device, context } of this.#members) context.wire?.({ time_s: context.now(), device, direction, hex, note })
  }
}

/** Zero bytes in its place. */
function withoutSecret(bytes: Buffer, secret: string): Buffer {
  if (secret === '') return bytes
  const hidden = Buffer.from(bytes)
  const word = Buffer.from(JSON.stringify(secret))
  for (let at = hidden.indexOf(word); at >= 0; at = hidden.indexOf(word, at + word.length)) hidden.fill(0, at + 1, at + word.length - 1)
  return hidden
}
