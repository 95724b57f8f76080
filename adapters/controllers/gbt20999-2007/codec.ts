// Messages of GB/T 20999-2007: one datagram each, without a checksum, so that who sent it and what reads back are all the proof there is.
// Strict: what is not exactly a message is refused with the reason.
import { GreenwaveError } from '../../../model/errors.ts'
import { MOST_PATTERN, objectOf, type ObjectId, type WritableObject } from './objects.ts'

export const OPERATION = { query: 0, set: 1, set_quietly: 2, report: 3, answer: 4, set_answer: 5, error: 6, other: 7 } as const

/** The whole table of stage times takes 2565; nothing is longer. */
export const LONGEST_MESSAGE = 4096
const MOST_OBJECTS = 8

const REASONS: Readonly<Record<number, string>> = { 1: 'too long', 2: 'another type', 3: 'bad value', 4: 'too short', 5: 'other' }

export interface ObjectValue {
  id: number
  /** 0 = all fields. */
  field: number
  /** Of rows; none = the whole table. */
  indexes: number[]
  /** Counts of rows, as many as the table has indexes; none for single values. */
  counts: number[]
  /** Rows one after the other, or the value. */
  data: Uint8Array
}

export type Message =
  | { kind: 'answer' | 'report'; objects: ObjectValue[] }
  | { kind: 'set_answer'; objects: Pick<ObjectValue, 'id' | 'field' | 'indexes'>[] }
  | { kind: 'error'; code: number; reason: string; index: number }

const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `the controller sent ${what}`)
const unfit = (what: string): GreenwaveError => new GreenwaveError('controller.unfit', what)

const headOf = (operation: number, objects: number): number => 0x80 | ((objects - 1) << 4) | operation

/** Asks for whole objects. */
export function encodeQuery(ids: readonly ObjectId[]): Buffer {
  if (ids.length < 1 || ids.length > MOST_OBJECTS) throw unfit(`a query of ${ids.length} objects; a message has 1 to ${MOST_OBJECTS}`)
  return Buffer.from([headOf(OPERATION.query, ids.length), ...ids.flatMap((id) => [id, 0])])
}

/** Sets a single value. Throws controller.unfit for patterns that would stop traffic. */
export function encodeValue(id: Extract<WritableObject, 0xb6 | 0xc2>, value: number): Buffer {
  const most = id === 0xb6 ? MOST_PATTERN : 1
  if (!Number.isInteger(value) || value < 0 || value > most) throw unfit(`${objectOf(id)!.name} ${value}; 0 to ${most} is written`)
  return Buffer.from([headOf(OPERATION.set, 1), id, 0, value])
}

/** Sets a whole table: as many rows as `counts` say. Throws controller.unfit where they don't fit. */
export function encodeTable(id: Extract<WritableObject, 0xc0 | 0xc1>, counts: readonly number[], rows: readonly Uint8Array[]): Buffer {
  return tableMessage(id, [], counts, rows)
}

/** Sets one row, whose place is its indexes; some controllers take whole tables only. */
export function encodeRow(id: Extract<WritableObject, 0xc0 | 0xc1>, indexes: readonly number[], row: Uint8Array): Buffer {
  return tableMessage(id, indexes, indexes.map(() => 1), [row])
}

function tableMessage(id: Extract<WritableObject, 0xc0 | 0xc1>, indexes: readonly number[], counts: readonly number[], rows: readonly Uint8Array[]): Buffer {
  const { shape, bytes, name } = objectOf(id)!
  const expected = counts.reduce((product, count) => product * count, 1)
  if (counts.length !== (shape === 'pair' ? 2 : 1) || expected !== rows.length) throw unfit(`${rows.length} rows of ${name} where ${counts.join(' x ')} are counted`)
  if (!rows.every((row) => row.length === bytes) || ![...counts, ...indexes].every((one) => Number.isInteger(one) && one >= 0 && one <= 255)) throw unfit(`rows of ${name} that are none`)
  return Buffer.concat([Buffer.from([headOf(OPERATION.set, 1), id, indexes.length << 6, ...indexes, ...counts]), ...rows])
}

/** In: one datagram. Throws controller.malformed. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes.length < 3 || bytes.length > LONGEST_MESSAGE) throw malformed(`a datagram of ${bytes.length} bytes`)
  const head = bytes[0]!
  if (head < 0x80) throw malformed(`a message that begins with ${head.toString(16)}`)
  const [operation, count] = [head & 0x0f, ((head >> 4) & 7) + 1]
  const reader = new ByteReader(bytes)
  switch (operation) {
    case OPERATION.error: return decodeError(bytes)
    case OPERATION.answer: return { kind: 'answer', objects: reader.all(count, readObject) }
    case OPERATION.report: return { kind: 'report', objects: reader.all(count, readObject) }
    case OPERATION.set_answer: return { kind: 'set_answer', objects: reader.all(count, readAddress) }
    default: throw malformed(`a message of operation ${operation}, which only a centre sends`)
  }
}

function decodeError(bytes: Uint8Array): Message {
  if (bytes.length !== 3) throw malformed(`an error of ${bytes.length} bytes`)
  const code = bytes[1]!
  return { kind: 'error', code, reason: REASONS[code] ?? `error ${code}`, index: bytes[2]! }
}

class ByteReader {
  readonly #bytes: Uint8Array
  #at = 1

  constructor(bytes: Uint8Array) { this.#bytes = bytes }

  take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw malformed(`a message that ends ${this.#at + count - this.#bytes.length} bytes too early`)
    this.#at += count
    return Uint8Array.from(this.#bytes.subarray(this.#at - count, this.#at))
  }

  byte(): number { return this.take(1)[0]! }

  /** So many of something, and nothing after it. */
  all<T>(count: number, read: (reader: ByteReader) => T): T[] {
    const list = Array.from({ length: count }, () => read(this))
    if (this.#at !== this.#bytes.length) throw malformed(`${this.#bytes.length - this.#at} bytes after the last object`)
    return list
  }
}

function readAddress(reader: ByteReader): Pick<ObjectValue, 'id' | 'field' | 'indexes'> {
  const [id, sub] = [reader.byte(), reader.byte()]
  const [count, field] = [sub >> 6, sub & 0x3f]
  if (count > 2) throw malformed(`object ${id.toString(16)} with ${count} indexes`)
  return { id, field, indexes: [...reader.take(count)] }
}

function readObject(reader: ByteReader): ObjectValue {
  const address = readAddress(reader)
  const facts = objectOf(address.id)
  if (facts === undefined) throw malformed(`object ${address.id.toString(16)}, which is not known`)
  // Single fields have widths of their own and are never asked for.
  if (address.field !== 0) throw malformed(`field ${address.field} of ${facts.name}`)
  const depth = { none: 0, row: 1, pair: 2 }[facts.shape]
  if (address.indexes.length > depth) throw malformed(`${facts.name} with ${address.indexes.length} indexes`)
  const counts = [...reader.take(depth)]
  return { ...address, counts, data: reader.take(facts.bytes * counts.reduce((product, count) => product * count, 1)) }
}
