// Frames of GB/T 20999-2017: bytes and messages. Strict: what is not exactly a frame of the device's profile is refused with the reason, and nothing is believed of it.
import { GreenwaveError } from '../../../model/errors.ts'

const START = 0x7e
const END = 0x7d
const ESCAPE = 0x5c
const SPECIAL: readonly number[] = [START, END, ESCAPE]

/** Longer frames are nobody's. */
export const LONGEST_FRAME = 65_536
export const MOST_FIELDS = 255

export const TYPE = {
  query: 0x10, answer: 0x20, query_error: 0x21, set: 0x30, set_answer: 0x40, set_error: 0x41, broadcast: 0x50, report: 0x60, heartbeat: 0x70, heartbeat_answer_71: 0x71, heartbeat_answer: 0x80,
} as const
export type FrameType = (typeof TYPE)[keyof typeof TYPE]
const TYPES: ReadonlySet<number> = new Set(Object.values(TYPE))
const HEARTBEATS: ReadonlySet<number> = new Set([TYPE.heartbeat, TYPE.heartbeat_answer_71, TYPE.heartbeat_answer])

/** What a value that is refused carries instead of itself. */
export const STATUS: Readonly<Record<number, string>> = {
  0x10: 'bad value', 0x11: 'wrong length', 0x12: 'out of range', 0x20: 'read-only', 0x30: 'absent', 0x40: 'general error', 0x50: 'control failed',
}
export const ABSENT = 0x30

/** How vendors differ; constants of a device, never found out by trying. */
export interface FrameProfile {
  version: 0x0100 | 0x0102
  crc_polynomial: number
  crc_initial: number
  /** Of the length field: bytes of the frame less 4, and so much more or less. */
  length_adjust: 0 | -2
  /** Whether heartbeats carry a count of values, which is 0. */
  heartbeat_count: boolean
}

export const STANDARD_FRAMES: FrameProfile = { version: 0x0100, crc_polynomial: 0x1005, crc_initial: 0, length_adjust: 0, heartbeat_count: true }

export interface Address {
  class: number
  object: number
  attribute: number
  /** Row; 0 = no rows, or all of them. */
  element: number
}

export interface Field extends Address {
  /** From 1. */
  index: number
  data: Uint8Array
}

export interface Frame {
  version: number
  host: number
  controller: number
  intersection: number
  sequence: number
  type: FrameType
  fields: Field[]
}

const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `the controller sent ${what}`)

/** CRC-16, not reflected, nothing xored to the end. */
export function crc16(bytes: Uint8Array, polynomial = STANDARD_FRAMES.crc_polynomial, initial = STANDARD_FRAMES.crc_initial): number {
  let crc = initial
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) !== 0 ? (crc << 1) ^ polynomial : crc << 1) & 0xffff
  }
  return crc
}

/** Out: the frame without escapes, as it goes over UDP. Throws controller.unfit for more values, or longer ones, than a frame carries. */
export function encodeFrame(frame: Omit<Frame, 'version'>, profile: FrameProfile): Buffer {
  const { host, controller, intersection, sequence, type, fields } = frame
  if (fields.length > MOST_FIELDS) throw new GreenwaveError('controller.unfit', `${fields.length} values in one frame; it carries at most ${MOST_FIELDS}`)
  const head = Buffer.alloc(10)
  head.writeUInt16BE(profile.version, 0)
  head.writeUInt8(host, 2)
  head.writeUInt32BE(controller, 3)
  head.writeUInt8(intersection, 7)
  head.writeUInt8(sequence, 8)
  head.writeUInt8(type, 9)
  const parts = fields.map(({ index, class: group, object, attribute, element, data }) => {
    if (data.length > 251) throw new GreenwaveError('controller.unfit', `a value of ${data.length} bytes; a frame carries at most 251`)
    return Buffer.concat([Buffer.from([index, 4 + data.length, group, object, attribute, element]), data])
  })
  const count = HEARTBEATS.has(type) && !profile.heartbeat_count ? Buffer.alloc(0) : Buffer.from([fields.length])
  const body = Buffer.concat([Buffer.alloc(2), head, count, ...parts])
  if (body.length + 4 >= LONGEST_FRAME) throw new GreenwaveError('controller.unfit', `a frame of ${body.length + 4} bytes; it has less than ${LONGEST_FRAME}`)
  // The frame less start, end and the length itself: CRC and length are of the same size.
  body.writeUInt16BE(body.length + profile.length_adjust, 0)
  const crc = Buffer.alloc(2)
  crc.writeUInt16BE(crc16(body, profile.crc_polynomial, profile.crc_initial), 0)
  return Buffer.concat([Buffer.from([START]), body, crc, Buffer.from([END])])
}

/** As it goes over TCP and serial lines. */
export function escapeFrame(frame: Uint8Array): Buffer {
  const inner = [...frame.subarray(1, -1)].flatMap((byte) => (SPECIAL.includes(byte) ? [ESCAPE, byte] : [byte]))
  return Buffer.from([START, ...inner, END])
}

/** In: a whole frame without escapes. Throws controller.malformed. */
export function decodeFrame(bytes: Uint8Array, profile: FrameProfile): Frame {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (frame.length < 16 || frame.length > LONGEST_FRAME) throw malformed(`a frame of ${frame.length} bytes`)
  if (frame[0] !== START || frame.at(-1) !== END) throw malformed('bytes that begin or end like no frame')
  const length = frame.readUInt16BE(1)
  if (length !== frame.length - 4 + profile.length_adjust) throw malformed(`a frame of ${frame.length} bytes that says ${length}`)
  const crc = frame.readUInt16BE(frame.length - 3)
  const right = crc16(frame.subarray(1, -3), profile.crc_polynomial, profile.crc_initial)
  if (crc !== right) throw malformed(`a frame with the CRC ${crc.toString(16)}, not ${right.toString(16)}`)
  const version = frame.readUInt16BE(3)
  if (version !== 0x0100 && version !== 0x0102) throw malformed(`a frame of version ${version.toString(16)}`)
  const type = frame.readUInt8(12)
  if (!isType(type)) throw malformed(`a frame of type ${type.toString(16)}`)
  return { version, host: frame.readUInt8(5), controller: frame.readUInt32BE(6), intersection: frame.readUInt8(10), sequence: frame.readUInt8(11), type, fields: decodeFields(frame.subarray(13, -3), HEARTBEATS.has(type)) }
}

const isType = (type: number): type is FrameType => TYPES.has(type)

/** In: the count of values and the values. Heartbeats may go without a count. */
function decodeFields(bytes: Buffer, isHeartbeat: boolean): Field[] {
  if (bytes.length === 0) {
    if (isHeartbeat) return []
    throw malformed('a frame without a count of values')
  }
  const count = bytes.readUInt8(0)
  // A value takes at least six bytes.
  if (count * 6 > bytes.length - 1) throw malformed(`a frame that promises ${count} values in ${bytes.length - 1} bytes`)
  const fields: Field[] = []
  let at = 1
  for (let i = 0; i < count; i++) {
    if (at + 6 > bytes.length) throw malformed(`a frame that ends within value ${i + 1}`)
    const [index, length] = [bytes.readUInt8(at), bytes.readUInt8(at + 1)]
    if (length < 4 || at + 2 + length > bytes.length) throw malformed(`value ${i + 1} with a length of ${length}`)
    if (index === 0) throw malformed(`value ${i + 1} with index 0`)
    fields.push({
      index, class: bytes.readUInt8(at + 2), object: bytes.readUInt8(at + 3), attribute: bytes.readUInt8(at + 4), element: bytes.readUInt8(at + 5),
      data: Uint8Array.from(bytes.subarray(at + 6, at + 2 + length)),
    })
    at += 2 + length
  }
  if (at !== bytes.length) throw malformed(`${bytes.length - at} bytes after the last value`)
  return fields
}

/** Cuts a stream into frames and takes the escapes out, however the bytes come. */
export class FrameCutter {
  #bytes: number[] | undefined
  #isEscaped = false
  #junk = 0

  /** Bytes outside frames, and frames that were begun anew, since it was last asked. */
  takeJunk(): number {
    const junk = this.#junk
    this.#junk = 0
    return junk
  }

  /** Whole frames without escapes; whether they are any is decodeFrame's to say. Throws controller.malformed for one that never ends. */
  push(chunk: Uint8Array): Buffer[] {
    const frames: Buffer[] = []
    for (const byte of chunk) {
      const frame = this.#take(byte)
      if (frame !== undefined) frames.push(frame)
    }
    return frames
  }

  #take(byte: number): Buffer | undefined {
    if (this.#bytes === undefined) {
      if (byte === START) this.#bytes = [START]
      else this.#junk++
      return undefined
    }
    if (this.#bytes.length >= LONGEST_FRAME) {
      this.#bytes = undefined
      throw malformed(`${LONGEST_FRAME} bytes without the end of a frame`)
    }
    if (this.#isEscaped) {
      this.#isEscaped = false
      // An escape before any other byte says that this is no stream of frames.
      if (!SPECIAL.includes(byte)) { this.#bytes = undefined; this.#junk++; return undefined }
      this.#bytes.push(byte)
      return undefined
    }
    if (byte === ESCAPE) { this.#isEscaped = true; return undefined }
    if (byte === START) { this.#bytes = [START]; this.#junk++; return undefined }
    this.#bytes.push(byte)
    if (byte !== END) return undefined
    const frame = Buffer.from(this.#bytes)
    this.#bytes = undefined
    return frame
  }
}

export const sameAddress = (a: Address, b: Address): boolean => a.class === b.class && a.object === b.object && a.attribute === b.attribute && a.element === b.element
/** `class.object.attribute.element`, as items of a write set are called. */
export const addressText = ({ class: group, object, attribute, element }: Address): string => `${group}.${object}.${attribute}.${element}`

/** Throws controller.unfit for what is no address. */
export function addressOf(text: string): Address {
  const [group, object, attribute, element, ...more] = text.split('.').map(Number)
  const parts = [group, object, attribute, element]
  if (more.length > 0 || !parts.every((part) => part !== undefined && Number.isInteger(part) && part >= 0 && part <= 255)) throw new GreenwaveError('controller.unfit', `"${text}" is no address of a value`)
  return { class: group!, object: object!, attribute: attribute!, element: element! }
}
