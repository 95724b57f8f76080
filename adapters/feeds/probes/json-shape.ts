// Lines of JSON that repeat the fields of a line before, as writers do: only what stands between is read, without making objects. Whatever is
// different in any way is left to JSON.parse.
import { POWERS_OF_TEN, EXACT_DIGITS } from '../table.ts'

/** What stands in a field. */
export const [NULL, NUMBER, TEXT, TRUTH] = [0, 1, 2, 3] as const

const [QUOTE, BACKSLASH, FEED, RETURN, MINUS, POINT, ZERO, NINE, LETTER_E, LETTER_N, LETTER_T] = [34, 92, 10, 13, 45, 46, 48, 57, 101, 110, 116]
/** Names that JSON.parse keeps in the order of the line. */
const FIELD = /[\s,{]*"([A-Za-z_][\w.-]*)"\s*:\s*(?=("[^"\\]*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|null|true|false)\s*[,}])/y
const NUMERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

export class JsonShape {
  readonly names: readonly string[]
  /** Of the line that was read last, by field: what it is, its number, and where its text stands. */
  readonly kind: Uint8Array
  readonly number: Float64Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** Where the next line begins. */
  next = 0
  /** What stands before each value, and after the last. */
  readonly #before: readonly string[]
  readonly #after: string

  private constructor(names: readonly string[], before: readonly string[], after: string) {
    this.names = names
    this.#before = before
    this.#after = after
    this.kind = new Uint8Array(names.length)
    this.number = new Float64Array(names.length)
    this.from = new Int32Array(names.length)
    this.to = new Int32Array(names.length)
  }

  /** The shape of a line that JSON.parse takes for an object; undefined where it has lists, objects or text with escapes in it. */
  static of(line: string): JsonShape | undefined {
    const names: string[] = []
    const before: string[] = []
    let at = 0
    for (;;) {
      FIELD.lastIndex = at
      const field = FIELD.exec(line)
      if (field === null) break
      names.push(field[1]!)
      before.push(field[0])
      at += field[0].length + field[2]!.length
    }
    const after = line.slice(at)
    return names.length === 0 || new Set(names).size < names.length || !/^\s*\}\s*$/.test(after) ? undefined : new JsonShape(names, before, after)
  }

  /** Reads the line that begins at a place of a text; false where it is not of this shape to the letter. */
  read(text: string, start: number): boolean {
    let at = start
    for (let field = 0; field < this.#before.length; field++) {
      at = past(text, at, this.#before[field]!)
      if (at >= 0) at = this.#value(text, at, field)
      if (at < 0) return false
    }
    at = past(text, at, this.#after)
    if (at < 0) return false
    if (text.charCodeAt(at) === RETURN) at++
    if (at < text.length && text.charCodeAt(at) !== FEED) return false
    this.next = at + 1
    return true
  }

  /** Where a value ends; -1 where it is not one of those that are read here. */
  #value(text: string, at: number, field: number): number {
    const first = text.charCodeAt(at)
    if (first === QUOTE) return this.#text(text, at + 1, field)
    if (first === MINUS || (first >= ZERO && first <= NINE)) return this.#number(text, at, field)
    const isNull = first === LETTER_N
    this.kind[field] = isNull ? NULL : TRUTH
    return past(text, at, isNull ? 'null' : first === LETTER_T ? 'true' : 'false')
  }

  #text(text: string, start: number, field: number): number {
    let at = start
    for (let c = text.charCodeAt(at); c !== QUOTE; c = text.charCodeAt(++at)) if (!(c >= 32) || c === BACKSLASH) return -1
    this.kind[field] = TEXT
    this.from[field] = start
    this.to[field] = at
    return at + 1
  }

  #number(text: string, start: number, field: number): number {
    const negative = text.charCodeAt(start) === MINUS
    const begin = negative ? start + 1 : start
    let at = begin
    let value = 0
    let c = text.charCodeAt(at)
    for (; c >= ZERO && c <= NINE; c = text.charCodeAt(++at)) value = value * 10 + (c - ZERO)
    let digits = at - begin
    if (digits === 0 || (digits > 1 && text.charCodeAt(begin) === ZERO)) return -1
    if (c === POINT) {
      const point = ++at
      for (c = text.charCodeAt(at); c >= ZERO && c <= NINE; c = text.charCodeAt(++at)) value = value * 10 + (c - ZERO)
      if (at === point) return -1
      digits += at - point
      if (digits <= EXACT_DIGITS) value /= POWERS_OF_TEN[at - point]!
    }
    this.kind[field] = NUMBER
    // As a sum, so many digits and no more are exact.
    if (digits > EXACT_DIGITS || (c | 0x20) === LETTER_E) return this.#longNumber(text, start, field)
    this.number[field] = negative ? -value : value
    return at
  }

  #longNumber(text: string, start: number, field: number): number {
    NUMERAL.lastIndex = start
    const numeral = NUMERAL.exec(text)![0]
    const value = Number(numeral)
    this.number[field] = value
    return Number.isFinite(value) ? start + numeral.length : -1
  }
}

/** Where a text goes on after another; -1 where that does not stand there. */
function past(text: string, at: number, other: string): number {
  for (let i = 0; i < other.length; i++) if (text.charCodeAt(at + i) !== other.charCodeAt(i)) return -1
  return at + other.length
}
