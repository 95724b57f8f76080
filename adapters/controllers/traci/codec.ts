// TraCI, the protocol by which SUMO is driven from outside: messages to bytes and back, strict and bounded. Everything is big-endian.
// Source: user documentation of SUMO and eclipse-sumo/sumo; what is used was exchanged with SUMO 1.15.
import { GreenwaveError } from '../../../model/errors.ts'

/** A message that is longer is no answer of SUMO to anything that is asked here. */
export const MAX_MESSAGE_BYTES = 2 ** 20
const MAX_DEPTH = 8

export const COMMAND = { version: 0x00, step: 0x02, order: 0x03, getLight: 0xa2, setLight: 0xc2, subscribeLight: 0xd2, getSimulation: 0xab, subscribeSimulation: 0xdb, close: 0x7f } as const
/** A query is answered by its id and this. */
const ANSWERS = 0x10
export const LIGHT = { ids: 0x00, state: 0x20, index: 0x22, program: 0x23, remaining: 0x24, lanes: 0x26, currentIndex: 0x28, currentProgram: 0x29, programs: 0x2b, complete: 0x2c, nextSwitch: 0x2d } as const
export const SIMULATION_TIME = 0x66
const TYPE = { ubyte: 0x07, byte: 0x08, int: 0x09, double: 0x0b, text: 0x0c, texts: 0x0e, compound: 0x0f } as const

export type TraciValue =
  | { type: 'ubyte' | 'byte' | 'int' | 'double'; value: number }
  | { type: 'text'; value: string }
  | { type: 'texts'; value: string[] }
  | { type: 'compound'; value: TraciValue[] }

export interface TraciCommand {
  id: number
  content: Buffer
}

/** What a command was answered with, in order. */
export interface TraciAnswer {
  id: number
  /** 0 = done. */
  result: number
  text: string
  /** Of a query, a step or the version: what follows the status. */
  content?: Buffer
}

const malformed = (sentence: string): GreenwaveError => new GreenwaveError('controller.malformed', `TraCI: ${sentence}`)

const u8 = (value: number): Buffer => Buffer.from([value])
const i32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes }
const f64 = (value: number): Buffer => { const bytes = Buffer.alloc(8); bytes.writeDoubleBE(value); return bytes }
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([i32(bytes.length), bytes])
}

export function encodeValue({ type, value }: TraciValue): Buffer {
  const tag = u8(TYPE[type])
  switch (type) {
    case 'ubyte': case 'byte': return Buffer.concat([tag, u8(value & 0xff)])
    case 'int': return Buffer.concat([tag, i32(value)])
    case 'double': return Buffer.concat([tag, f64(value)])
    case 'text': return Buffer.concat([tag, text(value)])
    case 'texts': return Buffer.concat([tag, i32(value.length), ...value.map(text)])
    case 'compound': return Buffer.concat([tag, i32(value.length), ...value.map(encodeValue)])
  }
}

export const version = (): TraciCommand => ({ id: COMMAND.version, content: Buffer.alloc(0) })
export const close = (): TraciCommand => ({ id: COMMAND.close, content: Buffer.alloc(0) })
export const order = (value: number): TraciCommand => ({ id: COMMAND.order, content: i32(value) })
/** One step, or up to a time of the simulation, s. */
export const step = (until_s = 0): TraciCommand => ({ id: COMMAND.step, content: f64(until_s) })
export const getTime = (): TraciCommand => ({ id: COMMAND.getSimulation, content: Buffer.concat([u8(SIMULATION_TIME), text('')]) })
export const getLight = (light: string, variable: number): TraciCommand => ({ id: COMMAND.getLight, content: Buffer.concat([u8(variable), text(light)]) })
export const setLight = (light: string, variable: number, value: TraciValue): TraciCommand => ({ id: COMMAND.setLight, content: Buffer.concat([u8(variable), text(light), encodeValue(value)]) })
const subscribe = (id: number, object: string, variables: readonly number[], until_s = 1e6): TraciCommand =>
  ({ id, content: Buffer.concat([f64(0), f64(until_s), text(object), u8(variables.length), Buffer.from(variables)]) })
/** From now on every step tells these of the light, until `until_s` of the simulation. */
export const subscribeLight = (light: string, variables: readonly number[], until_s?: number): TraciCommand => subscribe(COMMAND.subscribeLight, light, variables, until_s)
/** From now on every step tells its time. */
export const subscribeTime = (): TraciCommand => subscribe(COMMAND.subscribeSimulation, '', [SIMULATION_TIME])

/** Bytes of a message with these commands. */
export function encodeMessage(commands: readonly TraciCommand[]): Buffer {
  const body = Buffer.concat(commands.map(({ id, content }) => {
    const length = content.length + 2
    return length <= 0xff ? Buffer.concat([u8(length), u8(id), content]) : Buffer.concat([u8(0), i32(length + 4), u8(id), content])
  }))
  return Buffer.concat([i32(body.length + 4), body])
}

/** Reads forward; every length is checked against what is left before anything is made of it. */
class Reader {
  readonly #bytes: Buffer
  #at: number
  readonly #end: number

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get left(): number {
    return this.#end - this.#at
  }

  #take(length: number, what: string): number {
    if (length < 0 || length > this.left) throw malformed(`${what} of ${length} bytes, ${this.left} are left`)
    const at = this.#at
    this.#at += length
    return at
  }

  u8(what: string): number { return this.#bytes.readUInt8(this.#take(1, what)) }
  i8(what: string): number { return this.#bytes.readInt8(this.#take(1, what)) }
  i32(what: string): number { return this.#bytes.readInt32BE(this.#take(4, what)) }
  f64(what: string): number { return this.#bytes.readDoubleBE(this.#take(8, what)) }
  bytes(length: number, what: string): Buffer { const at = this.#take(length, what); return this.#bytes.subarray(at, at + length) }
  text(what: string): string { return this.bytes(this.i32(what), what).toString('utf8') }

  count(what: string, leastBytes: number): number {
    const count = this.i32(what)
    if (count < 0 || count * leastBytes > this.left) throw malformed(`${what}: ${count} of them, ${this.left} bytes are left`)
    return count
  }

  /** One command or answer: id and content. */
  command(): TraciCommand {
    const short = this.u8('a length')
    const length = short === 0 ? this.i32('a length') - 6 : short - 2
    const id = this.u8('an id')
    return { id, content: this.bytes(length, `command 0x${id.toString(16)}`) }
  }

  value(type = this.u8('a type'), depth = 0): TraciValue {
    if (depth > MAX_DEPTH) throw malformed(`values nested deeper than ${MAX_DEPTH}`)
    switch (type) {
      case TYPE.ubyte: return { type: 'ubyte', value: this.u8('an unsigned byte') }
      case TYPE.byte: return { type: 'byte', value: this.i8('a byte') }
      case TYPE.int: return { type: 'int', value: this.i32('an integer') }
      case TYPE.double: return { type: 'double', value: this.f64('a double') }
      case TYPE.text: return { type: 'text', value: this.text('a text') }
      case TYPE.texts: return { type: 'texts', value: Array.from({ length: this.count('a list', 4) }, () => this.text('a text of a list')) }
      case TYPE.compound: return { type: 'compound', value: Array.from({ length: this.count('a compound', 2) }, () => this.value(undefined, depth + 1)) }
      default: throw malformed(`type 0x${type.toString(16)} is unknown`)
    }
  }

  end(what: string): void {
    if (this.left > 0) throw malformed(`${this.left} bytes too many after ${what}`)
  }
}

/** Whether an answer of its own follows the status where all went well. */
const hasAnswer = (id: number): boolean => id === COMMAND.version || id === COMMAND.step || (id >= 0xa0 && id <= 0xaf) || (id >= 0xd0 && id <= 0xdf)
const answerId = (id: number): number => (id === COMMAND.version ? id : id + ANSWERS)

/**
 * In: a message without its length, and the ids that were sent. Out: one answer a command.
 * Throws `controller.malformed` where it answers something else, too much or too little.
 */
export function decodeAnswers(body: Buffer, sent: readonly number[]): TraciAnswer[] {
  const reader = new Reader(body)
  const answers = sent.map((id): TraciAnswer => {
    const status = reader.command()
    if (status.id !== id) throw malformed(`the status of command 0x${status.id.toString(16)} came for 0x${id.toString(16)}`)
    const said = new Reader(status.content)
    const [result, words] = [said.u8('a result'), said.text('a status text')]
    said.end('a status')
    if (result !== 0 || !hasAnswer(id)) return { id, result, text: words }
    if (id === COMMAND.step) return { id, result, text: words, content: stepContent(reader) }
    const answer = reader.command()
    if (answer.id !== answerId(id)) throw malformed(`answer 0x${answer.id.toString(16)} came for command 0x${id.toString(16)}`)
    return { id, result, text: words, content: answer.content }
  })
  reader.end('the last answer')
  return answers
}

/** The subscriptions of a step stand side by side with no command around them but their own: keeps their bytes. */
function stepContent(reader: Reader): Buffer {
  const count = reader.count('subscriptions', 6)
  return encodeParts(Array.from({ length: count }, () => reader.command()))
}

const encodeParts = (parts: readonly TraciCommand[]): Buffer => encodeMessage(parts).subarray(4)

/** The typed value of a query's answer; throws where it answers for another thing. */
export function decodeValue(content: Buffer, variable: number, object: string): TraciValue {
  const reader = new Reader(content)
  const [found, id] = [reader.u8('a variable'), reader.text('an object')]
  if (found !== variable || id !== object) throw malformed(`variable 0x${found.toString(16)} of "${id}" came for 0x${variable.toString(16)} of "${object}"`)
  const value = reader.value()
  reader.end('a value')
  return value
}

export function decodeVersion(content: Buffer): { api: number; name: string } {
  const reader = new Reader(content)
  const found = { api: reader.i32('an API version'), name: reader.text('a name') }
  reader.end('the version')
  return found
}

/** What a subscription tells of one object: by variable. */
export interface Subscribed {
  /** Of the command that subscribed. */
  id: number
  object: string
  values: Map<number, TraciValue>
  hex: string
}

/** In: the content of one answer to a subscription. Out: object and values; those that SUMO could not give are left out. */
export function decodeSubscribed(content: Buffer, id: number): Subscribed {
  const reader = new Reader(content)
  const object = reader.text('an object')
  const values = new Map<number, TraciValue>()
  for (let left = reader.u8('a number of variables'); left > 0; left--) {
    const [variable, status] = [reader.u8('a variable'), reader.u8('a status')]
    const value = reader.value()
    if (status === 0) values.set(variable, value)
  }
  reader.end('a subscription')
  return { id, object, values, hex: content.toString('hex') }
}

/** In: what `decodeAnswers` kept of a step. Out: what each subscribed object told. */
export function decodeStep(content: Buffer): Subscribed[] {
  const reader = new Reader(content)
  const all: Subscribed[] = []
  while (reader.left > 0) {
    const part = reader.command()
    all.push(decodeSubscribed(part.content, part.id - ANSWERS))
  }
  return all
}

/** Cuts a stream into messages, without their lengths. Throws `controller.malformed` for a length that can't be. */
export class MessageSplitter {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    while (this.#rest.length >= 4) {
      const length = this.#rest.readInt32BE(0)
      if (length < 4 || length > MAX_MESSAGE_BYTES) throw malformed(`a message of ${length} bytes; at most ${MAX_MESSAGE_BYTES} are believed`)
      if (this.#rest.length < length) break
      messages.push(this.#rest.subarray(4, length))
      this.#rest = this.#rest.subarray(length)
    }
    return messages
  }
}
