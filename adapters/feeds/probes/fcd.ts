// SUMO's floating car data (`--fcd-output`): `<timestep time><vehicle id x y angle speed type .../>`; with `--fcd-output.geo` x and y are
// longitude and latitude. Speeds are m/s, angles clockwise from north. Persons and containers are left out and counted.
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { numberOf } from '../ndjson.ts'
import { refuse } from '../refuse.ts'
import { readXml } from '../xml.ts'
import { FixMaker } from './fix-maker.ts'
import { FIRST_ROWS, layOut } from './layout.ts'

type Attributes = Readonly<Record<string, string>>

interface Vehicle {
  time: string
  attributes: Attributes
}

/** Fixes of one FCD source. Refuses XML of another kind. */
export async function* readFcdProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  const reader = new FcdReader(source.name, { ...context, speed_unit: 'mps' }, account)
  for await (const _ of readXml(source, account, reader, signal)) yield reader.take(false)
  if (signal?.aborted !== true) yield reader.take(true)
}

class FcdReader {
  readonly #name: string
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #maker: FixMaker
  #begun = false
  #laidOut = false
  #time = ''
  #vehicle = ''
  #waiting: Vehicle[] = []

  constructor(name: string, context: FeedContext, account: FeedAccount) {
    this.#name = name
    this.#context = context
    this.#account = account
    this.#maker = new FixMaker(context, account, () => `${name}, time ${this.#time}, vehicle "${this.#vehicle}"`)
  }

  open(name: string, attributes: Attributes): void {
    if (!this.#begun) {
      this.#begun = true
      if (name !== 'fcd-export') refuse(this.#account, 'input.format', `the outermost element is <${name}>; floating car data of SUMO begin with <fcd-export>`, { file: this.#name })
    } else if (name === 'timestep') this.#time = attributes.time ?? ''
    else if (name === 'vehicle') {
      this.#account.read++
      this.#waiting.push({ time: this.#time, attributes })
    } else if (name === 'person' || name === 'container') {
      this.#account.read++
      this.#account.count('drop', 'pedestrian', () => `${this.#name}, time ${this.#time}: <${name} id="${attributes.id ?? ''}"> is no vehicle`)
    }
  }

  close(name: string): void {
    if (name === 'timestep') this.#time = ''
  }

  /** Fixes of the vehicles read so far, once enough are there to tell what their places are. */
  take(end: boolean): Fix[] {
    if (!this.#laidOut && (end || this.#waiting.length >= FIRST_ROWS) && this.#waiting.length > 0) {
      this.#laidOut = true
      const first = this.#waiting.slice(0, FIRST_ROWS).map(({ time, attributes: { x, y } }) => ({ time: numberOf(time), x: numberOf(x), y: numberOf(y) }))
      this.#maker.plane = layOut((column) => ['vehicle', 'time', 'x', 'y'].includes(column), first, this.#context, this.#account, this.#name).plane
      this.#maker.times.settle(first.map(({ time }) => time))
    }
    if (!this.#laidOut) return []
    const waiting = this.#waiting
    this.#waiting = []
    const time = this.#time
    const fixes = waiting.map((vehicle) => this.#fix(vehicle)).filter((fix) => fix !== undefined)
    this.#time = time
    return fixes
  }

  #fix({ time, attributes }: Vehicle): Fix | undefined {
    const maker = this.#maker
    this.#time = time
    this.#vehicle = attributes.id ?? ''
    maker.vehicle = this.#vehicle
    maker.timeText = time
    const seconds = numberOf(time)
    maker.time_s = Number.isNaN(seconds) ? maker.times.text(time) : maker.times.number(seconds)
    maker.east = numberOf(attributes.x)
    maker.north = numberOf(attributes.y)
    maker.speed = this.#optional(attributes.speed, 'speed')
    maker.heading = this.#optional(attributes.angle, 'angle')
    maker.altitude = numberOf(attributes.z)
    maker.kind = attributes.type ?? ''
    return maker.make()
  }

  #optional(text: string | undefined, field: string): number {
    const value = numberOf(text)
    if (Number.isNaN(value) && text !== undefined && text !== '') this.#maker.misread(field, text)
    return value
  }
}
