// Probes as JSON objects: one a line, or messages of a broker.
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { type JsonObject, nameOf, numberOf, readJsonLine } from '../ndjson.ts'
import { findColumns, isNothing } from '../table.ts'
import { linesOf, readBlocks, type TextBlock } from '../text.ts'
import { FixMaker, type SpeedUnit } from './fix-maker.ts'
import { JsonShape, NUMBER, TEXT, TRUTH } from './json-shape.ts'
import { FIRST_ROWS, type FirstRecord, layOut, PROBE_COLUMNS, type ProbeColumn, speedColumn } from './layout.ts'

/** Objects without vehicle and time after which a source is none of probes. */
const MOST_USELESS = 100

const COLUMNS = Object.keys(PROBE_COLUMNS) as ProbeColumn[]

/** A JSON object and where it came from, for sentences. */
export interface PlacedObject {
  object: JsonObject
  place: string
}

/** Where the columns of probes stand in the lines of a shape; -1 for those that are missing. */
interface ShapedLines {
  shape: JsonShape
  at: Readonly<Record<ProbeColumn, number>>
  pair: readonly [number, number]
  speed: number
  unit: SpeedUnit
}

/** Fixes of JSON objects of one source. Objects are already counted as read. */
export class FixDecoder {
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #source: string
  readonly #maker: FixMaker
  /** Of the object, or '' where the number of its line says it. */
  #place = ''
  #line = 0
  // Fields of the objects that were seen last; writers repeat them.
  #shape = ''
  #names: Partial<Record<ProbeColumn, string>> = {}
  #pair: readonly [ProbeColumn, ProbeColumn] | undefined
  #useless = 0

  constructor(source: string, context: FeedContext, account: FeedAccount) {
    this.#source = source
    this.#context = context
    this.#account = account
    this.#maker = new FixMaker(context, account, () => this.#place || `${source}:${this.#line}`)
  }

  /** False until the first objects have shown where things are. */
  get begun(): boolean {
    return this.#pair !== undefined
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

  /** How lines of a shape are read. Only where this has begun. */
  layOut(shape: JsonShape): ShapedLines {
    const at = findColumns(shape.names, PROBE_COLUMNS)
    const maker = this.#maker
    maker.unit = this.#context.speed_unit ?? 'mps'
    const speed = at[speedColumn((column) => at[column] >= 0, maker)]
    return { shape, at, pair: [at[this.#pair![0]], at[this.#pair![1]]], speed, unit: maker.unit }
  }

  /** Adds the fix of the line of `text` that a shape has read, counted as read. False, and nothing is counted, for one that must be decoded as an object. */
  shaped({ shape, at, pair: [east, north], speed, unit }: ShapedLines, text: string, line: number, fixes: Fix[]): boolean {
    const { kind, number } = shape
    const maker = this.#maker
    if (at.vehicle < 0 || at.time < 0 || kind[east] !== NUMBER || kind[north] !== NUMBER) return false
    if (isOdd(shape, speed) || isOdd(shape, at.heading) || isOdd(shape, at.altitude) || isOdd(shape, at.accuracy)) return false
    if (kind[at.vehicle] !== TEXT && kind[at.vehicle] !== NUMBER) return false
    if (kind[at.time] === NUMBER) maker.time_s = maker.times.number(number[at.time]!)
    else if (kind[at.time] === TEXT) maker.time_s = maker.times.text(text.slice(shape.from[at.time], shape.to[at.time]))
    else return false
    if (Number.isNaN(maker.time_s)) return false
    maker.vehicle = kind[at.vehicle] === TEXT ? text.slice(shape.from[at.vehicle], shape.to[at.vehicle]).trim() : String(number[at.vehicle])
    maker.east = number[east]!
    maker.north = number[north]!
    maker.unit = unit
    maker.speed = numberIn(shape, speed)
    maker.heading = numberIn(shape, at.heading)
    maker.altitude = numberIn(shape, at.altitude)
    maker.accuracy = numberIn(shape, at.accuracy)
    maker.kind = isText(shape, at.class) ? text.slice(shape.from[at.class], shape.to[at.class]) : ''
    this.#place = ''
    this.#line = line
    this.#account.read++
    const fix = maker.make()
    if (fix !== undefined) fixes.push(fix)
    return true
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

/** Where a number or nothing should be. */
const isOdd = ({ kind }: JsonShape, field: number): boolean => field >= 0 && (kind[field] === TEXT || kind[field] === TRUTH)
const isText = ({ kind }: JsonShape, field: number): boolean => field >= 0 && kind[field] === TEXT
const numberIn = ({ kind, number }: JsonShape, field: number): number => (field >= 0 && kind[field] === NUMBER ? number[field]! : Number.NaN)

/** Fixes of a source with one JSON object a line. */
export async function* readNdjsonProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  const lines = new ProbeLines(source.name, context, account)
  for await (const block of readBlocks(source, account, signal)) yield lines.read(block)
}

/** Shapes tried on each line, and how many may be learned: one for so many lines, because a source without any should not cost the more. */
const MOST_SHAPES = 4
const FIRST_SHAPES = 32
const LINES_A_SHAPE = 8

class ProbeLines {
  readonly #name: string
  readonly #account: FeedAccount
  readonly #decoder: FixDecoder
  /** The one that fitted last goes first. */
  readonly #shapes: ShapedLines[] = []
  #tried = 0
  #fitted = 0

  constructor(name: string, context: FeedContext, account: FeedAccount) {
    this.#name = name
    this.#account = account
    this.#decoder = new FixDecoder(name, context, account)
  }

  read(block: TextBlock): Fix[] {
    if (!this.#decoder.begun) return this.#first(block)
    const { text, terminated } = block
    const fixes: Fix[] = []
    let { line } = block
    for (let at = 0; at < text.length; line++) {
      const shaped = this.#shapeOf(text, at)
      if (shaped !== undefined && this.#decoder.shaped(shaped, text, line, fixes)) {
        this.#fitted++
        at = shaped.shape.next
        continue
      }
      const end = text.indexOf('\n', at)
      const next = end < 0 ? text.length : end + 1
      for (const fix of this.#other({ text: text.slice(at, next), line, terminated: terminated || end >= 0 }, shaped === undefined)) fixes.push(fix)
      at = next
    }
    return fixes
  }

  /** The block that shows how places and times are written. */
  #first(block: TextBlock): Fix[] {
    const objects: PlacedObject[] = []
    for (const line of linesOf(block)) {
      const object = readJsonLine(line, this.#name, this.#account)
      if (object !== undefined) objects.push({ object, place: `${this.#name}:${line.line}` })
    }
    return this.#decoder.decode(objects)
  }

  #shapeOf(text: string, at: number): ShapedLines | undefined {
    const shapes = this.#shapes
    for (let k = 0; k < shapes.length; k++) {
      const shaped = shapes[k]!
      if (!shaped.shape.read(text, at)) continue
      if (k > 0) {
        shapes.splice(k, 1)
        shapes.unshift(shaped)
      }
      return shaped
    }
    return undefined
  }

  /** A line that no shape fits, or that is odd. */
  #other(block: TextBlock, unknown: boolean): Fix[] {
    const [line] = linesOf(block)
    if (line === undefined) return []
    const object = readJsonLine(line, this.#name, this.#account)
    if (object === undefined) return []
    if (unknown && this.#tried < FIRST_SHAPES + this.#fitted / LINES_A_SHAPE) {
      this.#tried++
      const shape = JsonShape.of(line.text)
      if (shape !== undefined) {
        this.#shapes.unshift(this.#decoder.layOut(shape))
        this.#shapes.length = Math.min(this.#shapes.length, MOST_SHAPES)
      }
    }
    return this.#decoder.decode([{ object, place: `${this.#name}:${line.line}` }])
  }
}
