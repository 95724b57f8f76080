// The rows of one CSV source under its header: where each column is, and which rows have the fields of the header. The others are counted.
import type { FeedAccount } from '../../model/feed-account.ts'
import { type Aliases, findColumns, findDelimiter, splitFields, TableRows } from './table.ts'
import { linesOf, type TextBlock } from './text.ts'

/** Characters of a row that are compared with the header: as many as a row shows of itself. */
const SHOWN = 80

/** The header line of a source's first block, and the block without it; undefined for a block of blank lines. */
export function cutHeader(block: TextBlock): { header: string; line: number; rest: TextBlock } | undefined {
  const head = linesOf(block)[0]
  if (head === undefined) return undefined
  let at = 0
  for (let number = block.line; number <= head.line; number++) {
    const end = block.text.indexOf('\n', at)
    at = end < 0 ? block.text.length : end + 1
  }
  return { header: head.text, line: head.line, rest: { text: block.text.slice(at), line: head.line + 1, terminated: block.terminated } }
}

export class HeadedTable<Name extends string> {
  readonly rows: TableRows
  /** Where each column is; -1 where the header has it not. */
  readonly at: Readonly<Record<Name, number>>
  readonly #file: string
  readonly #account: FeedAccount
  readonly #header: string
  readonly #width: number
  readonly #firstLength: number
  readonly #lastLengthOfHeader: number
  #lastLength = 0

  constructor(file: string, header: string, columns: Aliases<Name>, account: FeedAccount) {
    this.#file = file
    this.#account = account
    this.#header = header.slice(0, SHOWN).trim()
    const delimiter = findDelimiter(header)
    const names = splitFields(header, delimiter) ?? []
    this.#width = names.length
    this.#firstLength = names[0]?.length ?? 0
    this.#lastLengthOfHeader = names.at(-1)?.length ?? 0
    this.at = findColumns(names, columns)
    this.rows = new TableRows(delimiter)
  }

  /** Names the row in sentences: `probes.csv:12`. */
  get place(): string {
    return `${this.#file}:${this.rows.line}`
  }

  /** Goes to a block, before its first row. */
  enter(block: TextBlock): void {
    this.rows.enter(block)
  }

  /** The next row with the fields of the header; false at the end of the block. Counts rows as read, and those without as dropped. */
  next(): boolean {
    while (this.rows.next()) {
      this.#account.read++
      if (this.#isWhole()) return true
    }
    return false
  }

  #isWhole(): boolean {
    const { rows } = this
    const length = rows.length(this.#width - 1)
    let whole = !rows.broken && rows.width >= this.#width
    for (let column = this.#width; whole && column < rows.width; column++) whole = rows.missing(column)
    if (!rows.terminated && (!whole || length < this.#lastLength)) return this.#drop('line-truncated', `the file ends in the middle of "${rows.raw}"`)
    this.#lastLength = length
    // Lengths first: they cost no string.
    if (length === this.#lastLengthOfHeader && rows.length(0) === this.#firstLength && rows.raw.trim() === this.#header) return this.#drop('header-again', 'the header is repeated')
    if (whole) return true
    return this.#drop('malformed', rows.broken ? `a quote is not closed in "${rows.raw}"` : `${rows.width} fields where the header has ${this.#width}: "${rows.raw}"`)
  }

  #drop(cause: string, why: string): false {
    const { place } = this
    this.#account.count('drop', cause, () => `${place}: ${why}`)
    return false
  }
}
