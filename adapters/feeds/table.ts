// CSV as feeds send it: a header that names the columns, in any order and under any of several names; quotes; commas, semicolons, tabs or
// bars. Fields are positions in the block's text until somebody asks for them, because making strings is most of the cost.
import type { TextBlock } from './text.ts'

/** Columns by the name that the decoder uses, each with the names that files use; compared without case, spaces, `_`, `-` and `.`. */
export type Aliases<Name extends string> = Readonly<Record<Name, readonly string[]>>

const DELIMITERS = [',', ';', '\t', '|'] as const

/** How a name is compared. */
const canonical = (name: string): string => name.trim().toLowerCase().replace(/[\s_\-.]+/g, '')

/** Where each known column is in the header; -1 where it is missing. Of several that fit the first alias wins. */
export function findColumns<Name extends string>(header: readonly string[], aliases: Aliases<Name>): Record<Name, number> {
  const places = new Map<string, number>()
  header.forEach((name, i) => {
    const key = canonical(name)
    if (!places.has(key)) places.set(key, i)
  })
  const find = ([name, known]: [string, readonly string[]]): [string, number] => [name, known.map((alias) => places.get(canonical(alias))).find((at) => at !== undefined) ?? -1]
  return Object.fromEntries(Object.entries<readonly string[]>(aliases).map(find)) as Record<Name, number>
}

/** The delimiter of a header line: the one that it has most of. */
export function findDelimiter(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}

/** Fields of one line; quotes may hold delimiters and doubled quotes. Undefined where a quote is not closed. */
export function splitFields(line: string, delimiter = ','): string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim())
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quoted) {
      if (c !== '"') field += c
      else if (line[i + 1] === '"') field += line[i++]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === delimiter) {
      fields.push(field.trim())
      field = ''
    } else field += c
  }
  fields.push(field.trim())
  return quoted ? undefined : fields
}

/** What a field may say instead of nothing. */
const NOTHING = new Set(['', 'null', 'none', 'na', 'n/a', 'nan', 'nil', '\\n', '-', 'undefined'])

/** True where a field says nothing: empty, `null`, `NaN` and their like. Feeds add sentinels of their own. */
export const isNothing = (text: string): boolean => NOTHING.has(text.trim().toLowerCase())

const [QUOTE, FEED, RETURN, SPACE] = [34, 10, 13, 32]

/** The rows of blocks of one table, one after another. A row's fields are read by column; they hold until the next row. */
export class TableRows {
  /** Of the row, from 1. */
  line = 0
  /** Fields in the row. */
  width = 0
  /** True where a quote of the row is not closed. */
  broken = false
  /** False for a last row without a line end. */
  terminated = true
  readonly #delimiter: number
  readonly #delimiterText: string
  #block: TextBlock = { text: '', line: 1, terminated: true }
  #next = 0
  #nextLine = 1
  // Fields of the row: from, to in `#text`, which is the block's unless the row has quotes.
  #text = ''
  #from = new Int32Array(64)
  #to = new Int32Array(64)
  #start = 0
  #end = 0

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0)
    this.#delimiterText = delimiter
  }

  /** Goes to a block, before its first row. */
  enter(block: TextBlock): void {
    this.#block = block
    this.#next = 0
    this.#nextLine = block.line
  }

  /** The next row that is not blank; false at the end of the block. */
  next(): boolean {
    const { text } = this.#block
    while (this.#next < text.length) {
      this.#start = this.#next
      this.line = this.#nextLine++
      this.#scan(text)
      if (this.width > 1 || this.#from[0]! < this.#to[0]!) return true
    }
    return false
  }

  /** The row as it stands in the file, cut after 80 characters, for sentences. */
  get raw(): string {
    return this.#block.text.slice(this.#start, Math.min(this.#end, this.#start + 80))
  }

  /** Without surrounding spaces; '' for a column that the row has not. */
  text(column: number): string {
    return column < 0 || column >= this.width ? '' : this.#text.slice(this.#from[column], this.#to[column])
  }

  /** Characters in a field. */
  length(column: number): number {
    return column < 0 || column >= this.width ? 0 : this.#to[column]! - this.#from[column]!
  }

  /** True where the column is missing, or its field says nothing. */
  missing(column: number): boolean {
    if (column < 0 || column >= this.width) return true
    const length = this.#to[column]! - this.#from[column]!
    return length === 0 || (length <= 9 && isNothing(this.text(column)))
  }

  /** NaN where there is none or what stands there is not a number. */
  number(column: number): number {
    if (column < 0 || column >= this.width) return Number.NaN
    return parseNumber(this.#text, this.#from[column]!, this.#to[column]!)
  }

  #scan(text: string): void {
    const delimiter = this.#delimiter
    let at = this.#start
    let column = 0
    let from = at
    let quotes = false
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at)
      // Digits, signs and points are most of what there is.
      if (c > QUOTE && c < 58 && c !== delimiter) continue
      if (c === delimiter) {
        this.#field(text, column++, from, at)
        from = at + 1
      } else if (c === FEED) break
      else if (c === QUOTE) quotes = true
    }
    this.#end = at > this.#start && text.charCodeAt(at - 1) === RETURN ? at - 1 : at
    this.#field(text, column++, Math.min(from, this.#end), this.#end)
    this.#next = at + 1
    this.#text = text
    this.width = column
    this.broken = false
    this.terminated = at < text.length || this.#block.terminated
    if (quotes) this.#unquote(text.slice(this.#start, this.#end))
  }

  #field(text: string, column: number, from: number, to: number): void {
    if (column >= this.#from.length) this.#grow()
    if (text.charCodeAt(from) === SPACE || text.charCodeAt(to - 1) === SPACE) {
      while (from < to && text.charCodeAt(from) === SPACE) from++
      while (to > from && text.charCodeAt(to - 1) === SPACE) to--
    }
    this.#from[column] = from
    this.#to[column] = to
  }

  #unquote(line: string): void {
    const fields = splitFields(line, this.#delimiterText)
    this.broken = fields === undefined
    if (fields === undefined) return
    this.#text = fields.join('')
    this.width = fields.length
    let at = 0
    fields.forEach((field, column) => {
      if (column >= this.#from.length) this.#grow()
      this.#from[column] = at
      at += field.length
      this.#to[column] = at
    })
  }

  #grow(): void {
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(old.length * 2)
      array.set(old)
      return array
    }
    this.#from = wider(this.#from)
    this.#to = wider(this.#to)
  }
}

export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) => 10 ** i)
/** Digits whose number is exact as a sum. */
export const EXACT_DIGITS = 15

/** The decimal number between two places of a text; NaN where it is none. Plain decimals without making a string. */
export function parseNumber(text: string, from: number, to: number): number {
  let at = from
  const sign = text.charCodeAt(at)
  if (sign === 45 || sign === 43) at++
  let value = 0
  let digits = 0
  let point = -1
  for (; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digits++
    } else if (digit === -2 && point < 0) point = digits
    else return slowNumber(text.slice(from, to))
  }
  if (digits === 0 || at > to) return Number.NaN
  if (digits > EXACT_DIGITS) return slowNumber(text.slice(from, to))
  if (point >= 0) value /= POWERS_OF_TEN[digits - point]!
  return sign === 45 ? -value : value
}

/** Exponents and long numbers; hexadecimal, `Infinity` and their like are none. */
const slowNumber = (text: string): number => (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN)
