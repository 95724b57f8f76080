// Probes as CSV with a header.
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { cutHeader, HeadedTable } from '../headed-table.ts'
import { refuse } from '../refuse.ts'
import type { TableRows } from '../table.ts'
import { readBlocks, type TextBlock } from '../text.ts'
import { FixMaker } from './fix-maker.ts'
import { FIRST_ROWS, type FirstRecord, layOut, PROBE_COLUMNS, type ProbeColumn, speedColumn } from './layout.ts'

/** Fixes of one CSV source, a batch per block of text. Refuses a source without the columns it needs, or in degrees of an undeclared datum. */
export async function* readCsvProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  let table: ProbeTable | undefined
  for await (let block of readBlocks(source, account, signal)) {
    if (table === undefined) {
      const head = cutHeader(block)
      if (head === undefined) continue
      block = head.rest
      table = new ProbeTable(source.name, head.header, block, context, account)
    }
    yield table.read(block)
  }
}

class ProbeTable {
  readonly #table: HeadedTable<ProbeColumn>
  readonly #rows: TableRows
  readonly #at: Readonly<Record<ProbeColumn, number>>
  readonly #pair: readonly [number, number]
  readonly #speed: number
  readonly #maker: FixMaker
  #timesAreText = false

  constructor(name: string, header: string, first: TextBlock, context: FeedContext, account: FeedAccount) {
    const table = this.#table = new HeadedTable(name, header, PROBE_COLUMNS, account)
    this.#rows = table.rows
    this.#at = table.at
    if (this.#at.vehicle < 0 && this.#at.time < 0) refuse(account, 'input.format', `the first line must name the columns (vehicle_id,time_s,lon,lat or x,y); it is ${JSON.stringify(header.slice(0, 60))}`, { file: name, line: first.line - 1 })
    this.#maker = new FixMaker(context, account, () => table.place)
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
    const table = this.#table
    const fixes: Fix[] = []
    table.enter(block)
    while (table.next()) {
      const fix = this.#fix()
      if (fix !== undefined) fixes.push(fix)
    }
    return fixes
  }

  #fix(): Fix | undefined {
    const rows = this.#rows
    const maker = this.#maker
    const at = this.#at
    maker.vehicle = rows.text(at.vehicle)
    if (maker.vehicle.length <= 4 && rows.missing(at.vehicle)) maker.vehicle = ''
    this.#readTime()
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
