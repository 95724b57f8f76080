// Feeds of records: CSV with a header, one JSON object a line, or XML with an element each, through one decoder. Columns are found by their names,
// whatever their order; a file of another layout is refused whole.
import { FeedAccount } from '../../model/feed-account.ts'
import type { ByteSource } from './bytes.ts'
import type { Feed } from './feed.ts'
import { cutHeader, HeadedTable } from './headed-table.ts'
import { type JsonObject, numberOf, readJsonLine } from './ndjson.ts'
import { refuse } from './refuse.ts'
import { type Aliases, findColumns, isNothing } from './table.ts'
import { linesOf, readBlocks, type TextBlock } from './text.ts'
import { kindOf } from './xml.ts'
import { readXmlRecords } from './xml-records.ts'

/** One record: its values by column; undefined where it says nothing. */
export interface FeedRecord<Column extends string> {
  /** `file:12`, for sentences. */
  place: string
  values: Readonly<Partial<Record<Column, unknown>>>
}

export interface RecordDecoder<Column extends string, Row> {
  /** Called for each source with its columns and its first records; says why the layout can't be used, if it can't. */
  begin?(has: (column: Column) => boolean, first: readonly FeedRecord<Column>[]): string | undefined
  /** Adds the rows that can be told now, and counts what became of the record: it is already counted as read. */
  push(record: FeedRecord<Column>, out: Row[]): void
  /** Called after each piece of the source, before what was added is handed on. */
  pause?(out: Row[]): void
  /** Adds what was held back. */
  end?(out: Row[]): void
}

/** How one source is read. */
interface Layout<Column extends string> {
  /** Whether its header has the column; undefined where there is no header. */
  has: ((column: Column) => boolean) | undefined
  read(block: TextBlock): FeedRecord<Column>[]
}

const MOST_ROWS = 4000

/** A feed over sources that are read one after the other by one decoder. Opened again, it begins anew, and so does its account. */
export class RecordFeed<Column extends string, Row> implements Feed<Row> {
  account: FeedAccount
  #opened = false
  readonly #sources: readonly ByteSource[]
  readonly #columns: Aliases<Column>
  readonly #decoder: (account: FeedAccount) => RecordDecoder<Column, Row>

  constructor(name: string, sources: readonly ByteSource[], columns: Aliases<Column>, decoder: (account: FeedAccount) => RecordDecoder<Column, Row>) {
    this.account = new FeedAccount(name)
    this.#sources = sources
    this.#columns = columns
    this.#decoder = decoder
  }

  async *batches(signal?: AbortSignal): AsyncGenerator<readonly Row[], void> {
    if (this.#opened) this.account = new FeedAccount(this.account.source)
    this.#opened = true
    const { account } = this
    const decoder = this.#decoder(account)
    let out: Row[] = []
    for (const source of this.#sources) {
      for await (const records of readRecords(source, this.#columns, decoder, account, signal)) {
        for (const record of records) decoder.push(record, out)
        decoder.pause?.(out)
        for (let start = 0; start < out.length; start += MOST_ROWS) yield out.slice(start, start + MOST_ROWS)
        out = []
        if (signal?.aborted === true) return
      }
    }
    if (signal?.aborted === true) return
    decoder.end?.(out)
    for (let start = 0; start < out.length; start += MOST_ROWS) yield out.slice(start, start + MOST_ROWS)
  }
}

async function* readRecords<Column extends string, Row>(source: ByteSource, columns: Aliases<Column>, decoder: RecordDecoder<Column, Row>, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<FeedRecord<Column>[]> {
  if (await kindOf(source, signal) === 'xml') {
    yield* readFromXml(source, columns, decoder, account, signal)
    return
  }
  let layout: Layout<Column> | undefined
  let begun = false
  for await (let block of readBlocks(source, account, signal)) {
    if (layout === undefined) {
      const head = cutHeader(block)
      if (head === undefined) continue
      if (linesOf(block).slice(0, 5).some(({ text }) => /^\s*\{/.test(text))) layout = jsonLayout(source.name, columns, account)
      else {
        layout = csvLayout(source.name, head.header, columns, account)
        block = head.rest
      }
    }
    const records = layout.read(block)
    if (!begun && (layout.has !== undefined || records.length > 0)) {
      begun = true
      const fault = decoder.begin?.(layout.has ?? ((column) => records.some(({ values }) => values[column] !== undefined)), records)
      if (fault !== undefined) refuse(account, 'input.format', fault, { file: source.name })
    }
    yield records
  }
}

/** Elements with at least two of the columns. */
async function* readFromXml<Column extends string, Row>(source: ByteSource, columns: Aliases<Column>, decoder: RecordDecoder<Column, Row>, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<FeedRecord<Column>[]> {
  const pick = jsonPicker(columns)
  let begun = false
  for await (const elements of readXmlRecords(source, account, signal)) {
    const records: FeedRecord<Column>[] = []
    for (const { element, number, object } of elements) {
      const values = pick(object)
      if (Object.keys(values).length < 2) continue
      account.read++
      records.push({ place: `${source.name}, ${element} ${number}`, values })
    }
    if (!begun && records.length > 0) {
      begun = true
      const fault = decoder.begin?.((column) => records.some(({ values }) => values[column] !== undefined), records)
      if (fault !== undefined) refuse(account, 'input.format', fault, { file: source.name })
    }
    yield records
  }
}

function csvLayout<Column extends string>(file: string, header: string, columns: Aliases<Column>, account: FeedAccount): Layout<Column> {
  const table = new HeadedTable(file, header, columns, account)
  const { rows, at } = table
  const places = (Object.keys(at) as Column[]).filter((column) => at[column] >= 0).map((column) => [column, at[column]] as const)
  if (places.length === 0) refuse(account, 'input.format', `the first line ${JSON.stringify(header.slice(0, 80))} names no column that is known: a header such as ${Object.values<readonly string[]>(columns).map(([name]) => name).join()} is needed`, { file })
  return {
    has: (column) => at[column] >= 0,
    read(block) {
      const records: FeedRecord<Column>[] = []
      table.enter(block)
      while (table.next()) {
        const values: Partial<Record<Column, unknown>> = {}
        for (const [column, place] of places) if (!rows.missing(place)) values[column] = rows.text(place)
        records.push({ place: table.place, values })
      }
      return records
    },
  }
}

function jsonLayout<Column extends string>(file: string, columns: Aliases<Column>, account: FeedAccount): Layout<Column> {
  const pick = jsonPicker(columns)
  return {
    has: undefined,
    read: (block) => linesOf(block).flatMap((line) => {
      const object = readJsonLine(line, file, account)
      return object === undefined ? [] : [{ place: `${file}:${line.line}`, values: pick(object) }]
    }),
  }
}

/** Values by column from the fields of a JSON object. */
export function jsonPicker<Column extends string>(columns: Aliases<Column>): (object: JsonObject) => Partial<Record<Column, unknown>> {
  // Objects of one writer have the same fields in the same order.
  let known = ''
  let places: (readonly [Column, string])[] = []
  return (object) => {
    const names = Object.keys(object)
    const key = names.join('\n')
    if (key !== known) {
      known = key
      const found = findColumns(names, columns)
      places = (Object.keys(found) as Column[]).filter((column) => found[column] >= 0).map((column) => [column, names[found[column]]!] as const)
    }
    const values: Partial<Record<Column, unknown>> = {}
    for (const [column, name] of places) {
      const value = object[name]
      if (value !== null && !(typeof value === 'string' && isNothing(value))) values[column] = value
    }
    return values
  }
}

/** A number; undefined where nothing is said, NaN where what is said is none. */
export const quantityOf = (value: unknown): number | undefined => (value === undefined ? undefined : numberOf(value))
