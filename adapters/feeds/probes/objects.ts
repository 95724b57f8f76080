// Probes as JSON objects: one a line, or messages of a broker.
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { type JsonObject, nameOf, numberOf, readJsonLine } from '../ndjson.ts'
import { findColumns, isNothing } from '../table.ts'
import { readLines } from '../text.ts'
import { FixMaker } from './fix-maker.ts'
import { FIRST_ROWS, type FirstRecord, layOut, PROBE_COLUMNS, type ProbeColumn, speedColumn } from './layout.ts'

/** Objects without vehicle and time after which a source is none of probes. */
const MOST_USELESS = 100

const COLUMNS = Object.keys(PROBE_COLUMNS) as ProbeColumn[]

/** A JSON object and where it came from, for sentences. */
export interface PlacedObject {
  object: JsonObject
  place: string
}

/** Fixes of JSON objects of one source. Objects are already counted as read. */
export class FixDecoder {
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #source: string
  readonly #maker: FixMaker
  #place = ''
  // Fields of the objects that were seen last; writers repeat them.
  #shape = ''
  #names: Partial<Record<ProbeColumn, string>> = {}
  #pair: readonly [ProbeColumn, ProbeColumn] | undefined
  #useless = 0

  constructor(source: string, context: FeedContext, account: FeedAccount) {
    this.#source = source
    this.#context = context
    this.#account = account
    this.#maker = new FixMaker(context, account, () => this.#place)
  }

  /** Throws where the first objects show that the source can't be placed. */
  decode(objects: readonly PlacedObject[]): Fix[] {
    if (this.#pair === undefined && objects.length > 0) this.#begin(objects)
    const fixes: Fix[] = []
    for (const { object, place } of objects) {
      this.#place = place
      const fix = this.#fix(object)
      if (fix !== undefined) fixes.push(fix)
    }
    return fixes
  }

  #begin(objects: readonly PlacedObject[]): void {
    const seen = new Set<ProbeColumn>()
    const records: FirstRecord[] = []
    for (const { object } of objects.slice(0, FIRST_ROWS)) {
      this.#shapeOf(object)
      // What has no vehicle or no time is no probe and says nothing about the others.
      if (this.#names.vehicle === undefined || this.#names.time === undefined) continue
      for (const column of COLUMNS) if (this.#names[column] !== undefined) seen.add(column)
      records.push({ time: numberOf(this.#value(object, 'time')), x: numberOf(this.#value(object, 'x')), y: numberOf(this.#value(object, 'y')) })
    }
    this.#useless += objects.length
    if (records.length === 0 && this.#useless < MOST_USELESS) return
    const { pair, plane } = layOut((column) => seen.has(column), records, this.#context, this.#account, this.#source)
    this.#pair = pair === 'lonlat' ? ['lon', 'lat'] : ['x', 'y']
    this.#maker.plane = plane
    this.#maker.times.settle(records.map(({ time }) => time))
  }

  #fix(object: JsonObject): Fix | undefined {
    this.#shapeOf(object)
    const maker = this.#maker
    if (this.#pair === undefined) return maker.drop('no-vehicle', () => `there is no vehicle id in ${JSON.stringify(object).slice(0, 60)}`)
    maker.vehicle = nameOf(this.#value(object, 'vehicle')) ?? ''
    const time = this.#value(object, 'time')
    maker.time_s = maker.times.value(time)
    if (Number.isNaN(maker.time_s)) maker.timeText = typeof time === 'string' ? time : JSON.stringify(time) ?? ''
    maker.east = numberOf(this.#value(object, this.#pair[0]))
    maker.north = numberOf(this.#value(object, this.#pair[1]))
    maker.unit = this.#context.speed_unit ?? 'mps'
    maker.speed = this.#optional(object, speedColumn((column) => this.#names[column] !== undefined, maker))
    maker.heading = this.#optional(object, 'heading')
    maker.altitude = this.#optional(object, 'altitude')
    maker.accuracy = this.#optional(object, 'accuracy')
    const kind = this.#value(object, 'class')
    maker.kind = typeof kind === 'string' ? kind : ''
    return maker.make()
  }

  #optional(object: JsonObject, column: ProbeColumn): number {
    const value = this.#value(object, column)
    if (value === undefined || value === null || (typeof value === 'string' && isNothing(value))) return Number.NaN
    const number = numberOf(value)
    if (Number.isNaN(number)) this.#maker.misread(column, JSON.stringify(value))
    return number
  }

  #value(object: JsonObject, column: ProbeColumn): unknown {
    const name = this.#names[column]
    return name === undefined ? undefined : object[name]
  }

  #shapeOf(object: JsonObject): void {
    const names = Object.keys(object)
    const shape = names.join('\n')
    if (shape === this.#shape) return
    this.#shape = shape
    const places = findColumns(names, PROBE_COLUMNS)
    this.#names = {}
    for (const column of COLUMNS) if (places[column] >= 0) this.#names[column] = names[places[column]]!
  }
}

/** Fixes of a source with one JSON object a line. */
export async function* readNdjsonProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  const decoder = new FixDecoder(source.name, context, account)
  for await (const lines of readLines(source, account, signal)) {
    const objects: PlacedObject[] = []
    for (const line of lines) {
      const object = readJsonLine(line, source.name, account)
      if (object !== undefined) objects.push({ object, place: `${source.name}:${line.line}` })
    }
    yield decoder.decode(objects)
  }
}
