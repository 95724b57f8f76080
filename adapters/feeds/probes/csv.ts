// Probes as CSV with a header.
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { refuse } from '../refuse.ts'
import { findColumns, findDelimiter, splitFields, TableRows } from '../table.ts'
import { linesOf, readBlocks, type TextBlock } from '../text.ts'
import { FixMaker } from './fix-maker.ts'
import { FIRST_ROWS, type FirstRecord, layOut, PROBE_COLUMNS, type ProbeColumn, speedColumn } from './layout.ts'

/** Fixes of one CSV source, a batch per block of text. Refuses a source without the columns it needs, or in degrees of an undeclared datum. */
export async function* readCsvProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  let table: ProbeTable | undefined
  for await (let block of readBlocks(source, account, signal)) {
    if (table === undefined) {
      const head = linesOf(block)[0]
      if (head === undefined) continue
      block = after(block, head.line)
      table = new ProbeTable(source.name, head.text, block, context, account)
    }
    yield table.read(block)
  }
}

/** The block without its lines up to `line`. */
function after(block: TextBlock, line: number): TextBlock {
  let at = 0
  for (let number = block.line; number <= line; number++) {
    const end = block.text.indexOf('\n', at)
    at = end < 0 ? block.text.length : end + 1
  }
  return { text: block.text.slice(at), line: line + 1, terminated: block.terminated }
}

class ProbeTable {
  readonly #header: string
  readonly #width: number
  readonly #rows: TableRows
  readonly #at: Readonly<Record<ProbeColumn, number>>
  readonly #pair: readonly [number, number]
  readonly #speed: number
  readonly #maker: FixMaker
  readonly #account: FeedAccount
  #lastLength = 0
  #timesAreText = false

  constructor(name: string, header: string, first: TextBlock, context: FeedContext, account: FeedAccount) {
    // As much of it as a row shows of itself.
    this.#header = header.slice(0, 80).trim()
    this.#account = account
    const delimiter = findDelimiter(header)
    const names = splitFields(header, delimiter) ?? []
    this.#width = names.length
    this.#at = findColumns(names, PROBE_COLUMNS)
    if (this.#at.vehicle < 0 && this.#at.time < 0) refuse(account, 'input.format', `the first line must name the columns (vehicle_id,time_s,lon,lat or x,y); it is ${JSON.stringify(header.slice(0, 60))}`, { file: name, line: first.line - 1 })
    this.#rows = new TableRows(delimiter)
    this.#maker = new FixMaker(context, account, () => `${name}:${this.#rows.line}`)
    const has = (column: ProbeColumn): boolean => this.#at[column] >= 0
    const records = this.#firstRecords(first)
    const { pair, plane } = layOut(has, records, context, account, name)
    this.#pair = pair === 'lonlat' ? [this.#at.lon, this.#at.lat] : [this.#at.x, this.#at.y]
    this.#maker.plane = plane
    this.#maker.times.settle(records.map(({ time }) => time))
    this.#speed = this.#at[speedColumn(has, this.#maker)]
  }

  #firstRecords(block: TextBlock): FirstRecord[] {
    const rows = this.#rows
    const records: FirstRecord[] = []
    rows.enter(block)
    while (records.length < FIRST_ROWS && rows.next()) records.push({ time: rows.number(this.#at.time), x: rows.number(this.#at.x), y: rows.number(this.#at.y) })
    return records
  }

  read(block: TextBlock): Fix[] {
    const rows = this.#rows
    const fixes: Fix[] = []
    rows.enter(block)
    while (rows.next()) {
      this.#account.read++
      const fix = this.#isWhole() ? this.#fix() : undefined
      if (fix !== undefined) fixes.push(fix)
    }
    return fixes
  }

  /** False, and counted, for a row that has not the fields of the header. */
  #isWhole(): boolean {
    const rows = this.#rows
    const length = rows.length(this.#width - 1)
    let whole = !rows.broken && rows.width >= this.#width
    for (let column = this.#width; whole && column < rows.width; column++) whole = rows.missing(column)
    if (!rows.terminated && (!whole || length < this.#lastLength)) {
      this.#maker.drop('line-truncated', () => `the file ends in the middle of "${rows.raw}"`)
      return false
    }
    this.#lastLength = length
    if (whole) return true
    if (rows.raw.trim() === this.#header) this.#maker.drop('header-again', () => 'the header is repeated')
    else this.#maker.drop('malformed', () => (rows.broken ? `a quote is not closed in "${rows.raw}"` : `${rows.width} fields where the header has ${this.#width}: "${rows.raw}"`))
    return false
  }

  #fix(): Fix | undefined {
    const rows = this.#rows
    const maker = this.#maker
    const at = this.#at
    maker.vehicle = rows.text(at.vehicle)
    if (maker.vehicle.length <= 4 && rows.missing(at.vehicle)) maker.vehicle = ''
    this.#readTime()
    if (Number.isNaN(maker.time_s) && rows.raw.trim() === this.#header) return maker.drop('header-again', () => 'the header is repeated')
    maker.east = rows.number(this.#pair[0])
    maker.north = rows.number(this.#pair[1])
    maker.speed = this.#optional(this.#speed, 'speed')
    maker.heading = this.#optional(at.heading, 'heading')
    maker.altitude = this.#optional(at.altitude, 'altitude')
    maker.accuracy = this.#optional(at.accuracy, 'accuracy')
    maker.kind = at.class < 0 ? '' : rows.text(at.class)
    return maker.make()
  }

  /** Numbers without making a string; a source that writes its times as text goes on doing so. */
  #readTime(): void {
    const [rows, maker, column] = [this.#rows, this.#maker, this.#at.time]
    const time = this.#timesAreText ? Number.NaN : rows.number(column)
    if (!Number.isNaN(time)) {
      maker.time_s = maker.times.number(time)
      if (Number.isNaN(maker.time_s)) maker.timeText = rows.text(column)
      return
    }
    maker.timeText = rows.text(column)
    maker.time_s = maker.times.text(maker.timeText)
    this.#timesAreText = !Number.isNaN(maker.time_s)
  }

  #optional(column: number, field: string): number {
    if (column < 0) return Number.NaN
    const value = this.#rows.number(column)
    if (Number.isNaN(value) && !this.#rows.missing(column)) this.#maker.misread(field, this.#rows.text(column))
    return value
  }
}
