// One request at a time, at least 0.1 s apart: reads again where no answer comes, writes never. Answers are told apart by what they speak of; the sequence is only a hint.
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { awaited, readAgain, Turnstile } from '../exchange.ts'
import { type Address, addressText, decodeFrame, encodeFrame, type Field, type Frame, type FrameType, sameAddress, STATUS, TYPE } from './codec.ts'
import type { Settings } from './config.ts'
import { openWire, type Wire } from './transport.ts'

export interface Counters {
  /** Bytes that are no frame of this device. */
  malformed: number
  /** Frames that nobody waits for: doubled, late, replayed, of another controller. */
  unexpected: number
}

interface Waiting {
  sequence: number
  isAnswer(frame: Frame): boolean
  done(frame: Frame): void
}

export interface SetResult {
  address: string
  acknowledged: boolean
  sentence?: string
}

/** Sequences of requests that may still be answered late. */
const REMEMBERED = 32

export class Session {
  readonly counters: Counters = { malformed: 0, unexpected: 0 }
  readonly #device: string
  readonly #settings: Settings
  readonly #context: DriverContext
  readonly #turnstile: Turnstile
  readonly #past: number[] = []
  #wire: Wire | undefined
  #waiting: Waiting | undefined
  #fail: ((error: Error) => void) | undefined
  #heart: ReturnType<typeof setInterval> | undefined
  #sequence = 0

  constructor(device: string, settings: Settings, context: DriverContext) {
    this.#device = device
    this.#settings = settings
    this.#context = context
    this.#turnstile = new Turnstile(context)
  }

  /** What stands at these addresses, by address as text; what the controller refuses to tell is left out. Throws controller.unreachable, controller.malformed, and the signal's reason. */
  async read(addresses: readonly Address[], signal: AbortSignal): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>()
    const answer = await this.#query(addresses, signal)
    if (answer.type === TYPE.answer) for (const { data, ...address } of answer.fields) found.set(addressText(address), data)
    // Of several values the answer tells only what is wrong with some: each is asked for itself.
    else if (addresses.length > 1) for (const address of addresses) for (const [id, data] of await this.read([address], signal)) found.set(id, data)
    return found
  }

  #query(addresses: readonly Address[], signal: AbortSignal): Promise<Frame> {
    const fields = addresses.map((address, i): Field => ({ index: i + 1, ...address, data: new Uint8Array() }))
    return readAgain(() => this.#turnstile.pass(() => this.#exchange(TYPE.query, fields, (frame) => isAnswerTo(frame, addresses), signal), signal), this.#context, signal)
  }

  /** Sends the values once and tells of each whether it was acknowledged. Throws controller.unreachable where no answer comes: nobody knows then what stands. */
  async set(fields: readonly Field[], signal: AbortSignal): Promise<SetResult[]> {
    const answer = await this.#turnstile.pass(() => this.#exchange(TYPE.set, fields, (frame) => isSetAnswer(frame, fields), signal), signal)
    return fields.map((field): SetResult => {
      const address = addressText(field)
      const told = answer.fields.find((one) => sameAddress(one, field))
      if (answer.type === TYPE.set_answer) {
        const isOther = told !== undefined && told.data.length > 0 && Buffer.compare(told.data, field.data) !== 0
        return isOther ? { address, acknowledged: false, sentence: `it repeats ${Buffer.from(told.data).toString('hex')}, not ${Buffer.from(field.data).toString('hex')}` } : { address, acknowledged: true }
      }
      const status = told?.data[0]
      return { address, acknowledged: false, sentence: status === undefined ? 'the frame was refused' : (STATUS[status] ?? `status ${status}`) }
    })
  }

  close(): void {
    clearInterval(this.#heart)
    const wire = this.#wire
    this.#wire = undefined
    wire?.close()
  }

  async #exchange(type: FrameType, fields: readonly Field[], isAnswer: Waiting['isAnswer'], signal: AbortSignal): Promise<Frame> {
    this.#wire ??= await this.#open()
    signal.throwIfAborted()
    const sequence = this.#nextSequence()
    const { timeout_ms } = this.#settings.link
    return awaited<Frame>(timeout_ms, signal, {
      late: () => this.#unreachable(`no answer in ${timeout_ms} ms`),
      begin: (done, fail) => {
        this.#fail = fail
        this.#waiting = { sequence, isAnswer, done }
        this.#send(type, sequence, fields, type === TYPE.query ? 'query' : 'set')
      },
      over: (well) => {
        this.#waiting = undefined
        this.#fail = undefined
        if (!well) this.close()
      },
    })
  }

  async #open(): Promise<Wire> {
    try {
      const wire: Wire = await openWire(this.#settings.link, {
        frame: (bytes) => this.#receive(bytes),
        junk: (bytes) => this.#doubt('malformed', bytes, 'no frame: not believed'),
        closed: (why) => {
          if (this.#wire === undefined || this.#wire !== wire) return
          this.#wire = undefined
          clearInterval(this.#heart)
          this.#fail?.(this.#unreachable(why))
        },
      })
      const { heartbeat_s } = this.#settings.profile
      clearInterval(this.#heart)
      // The controller counts the time of the line, not that of the scenario.
      if (heartbeat_s > 0) this.#heart = setInterval(() => this.#send(TYPE.heartbeat, this.#nextSequence(), [], 'heartbeat'), heartbeat_s * 1000).unref()
      return wire
    } catch (error) {
      throw this.#unreachable((error as Error).message)
    }
  }

  /** 1 to 255: controllers without a sequence send 0. */
  #nextSequence(): number {
    this.#sequence = (this.#sequence % 255) + 1
    this.#past.push(this.#sequence)
    if (this.#past.length > REMEMBERED) this.#past.shift()
    return this.#sequence
  }

  #send(type: FrameType, sequence: number, fields: readonly Field[], note: string): void {
    const { host_id: host, controller_id: controller, intersection, profile } = this.#settings
    const bytes = this.#wire?.send(encodeFrame({ host, controller, intersection, sequence, type, fields: [...fields] }, profile))
    if (bytes !== undefined) this.#tell('sent', bytes, note)
  }

  #receive(bytes: Buffer): void {
    let frame: Frame
    try {
      frame = decodeFrame(bytes, this.#settings.profile)
    } catch (error) {
      this.#doubt('malformed', bytes, error instanceof GreenwaveError ? `${error.message}: not believed` : 'not believed')
      return
    }
    const { host_id, controller_id, intersection } = this.#settings
    if (frame.host !== host_id || frame.controller !== controller_id || frame.intersection !== intersection) { this.#doubt('unexpected', bytes, 'of another controller: not believed'); return }
    if (frame.type === TYPE.heartbeat) {
      this.#tell('received', bytes, 'heartbeat')
      this.#send(TYPE.heartbeat_answer, frame.sequence, [], 'heartbeat answered')
      return
    }
    if (frame.type === TYPE.heartbeat_answer || frame.type === TYPE.heartbeat_answer_71) { this.#tell('received', bytes, 'heartbeat answered'); return }
    const waiting = this.#waiting
    if (waiting === undefined || !this.#isOf(frame.sequence, waiting.sequence) || !waiting.isAnswer(frame)) { this.#doubt('unexpected', bytes, 'nobody asked for it: not believed'); return }
    this.#tell('received', bytes, frame.type === TYPE.answer || frame.type === TYPE.set_answer ? 'yes' : 'no')
    waiting.done(frame)
  }

  #isOf(told: number, ours: number): boolean {
    const { sequence_echo } = this.#settings.profile
    if (told === ours || sequence_echo === 'no') return true
    return sequence_echo === 'hint' && !this.#past.includes(told)
  }

  #doubt(count: keyof Counters, bytes: Buffer, note: string): void {
    this.counters[count]++
    this.#tell('received', bytes, note)
  }

  #unreachable(why: string): GreenwaveError {
    const { host, port } = this.#settings.link
    return new GreenwaveError('controller.unreachable', `controller ${this.#device} at ${host}:${port}: ${why}`)
  }

  #tell(direction: 'sent' | 'received', bytes: Buffer, note: string): void {
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction, hex: bytes.toString('hex'), note })
  }
}

/** All that was asked for and nothing else; or a refusal of some of it. */
function isAnswerTo({ type, fields }: Frame, addresses: readonly Address[]): boolean {
  const isAsked = fields.every((field) => addresses.some((address) => sameAddress(address, field)))
  if (type === TYPE.query_error) return isAsked
  return type === TYPE.answer && isAsked && fields.length === addresses.length
}

/** A yes may go without repeating what was set. */
const isSetAnswer = ({ type, fields }: Frame, sent: readonly Field[]): boolean =>
  (type === TYPE.set_answer || type === TYPE.set_error) && fields.every((field) => sent.some((one) => sameAddress(one, field)))
