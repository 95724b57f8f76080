// Turn indices of providers: what a turn at a junction was like in an interval. What the provider does not define (delay against what,
// which queue) is kept but can only be shown, not fused.
import type { TurnReport } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, type Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import { Covered } from '../covered.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'
import { refuse } from '../refuse.ts'
import { periodOf, RecordLosses, stepOf } from '../values.ts'

export interface TurnOptions {
  period_s?: Seconds
  time_is?: 'begin' | 'end'
  /** What the provider's delay and queue are, where its rows don't say it. */
  delay_kind?: TurnReport['delay_kind']
  queue_kind?: TurnReport['queue_kind']
  /** Unit of `no_stop_share`. Undeclared, it is percent where most of the first rows show more than 1. */
  shares?: 'share' | 'percent'
}

const COLUMNS = {
  junction: ['junction', 'junction_id', 'intersection', 'node'],
  from: ['from_link', 'from', 'in_link', 'entry'],
  to: ['to_link', 'to', 'out_link', 'exit'],
  time: ['time', 'time_s', 'timestamp', 't', 'start', 'begin', 'datetime'],
  period: ['period_s', 'period', 'interval_s'],
  delay: ['delay_s', 'delay', 'delay_dur'],
  delay_kind: ['delay_kind', 'delay_type'],
  stops: ['stops', 'stop_times'],
  share: ['no_stop_share', 'non_stop_share', 'no_stop_rate'],
  queue: ['queue_m', 'queue', 'queue_len', 'queue_length'],
  queue_kind: ['queue_kind', 'queue_type'],
  speed_mps: ['speed_mps'],
  speed_kmh: ['speed_kmh', 'speed_kph', 'speed'],
  samples: ['n', 'samples', 'sample_size', 'count'],
} as const
type TurnColumn = keyof typeof COLUMNS
type Values = FeedRecord<TurnColumn>['values']

const DELAY_KINDS = new Set(['control', 'stopped', 'free-flow'])
const QUEUE_KINDS = new Set(['mean', 'max', 'p95'])
const FASTEST_MPS = 70
const LONGEST_DELAY_S = 7200
const LONGEST_QUEUE_M = 20_000

/** Turn reports. Throws input.value where shares turn out to be neither all in 0 to 1 nor all in 0 to 100. */
export const openTurns = (sources: readonly ByteSource[], context: FeedContext, options: TurnOptions = {}): Feed<TurnReport> =>
  new RecordFeed<TurnColumn, TurnReport>(context.source, sources, COLUMNS, (account) => {
    const decoder = new TurnDecoder(context, account, options)
    return { begin: (has, first) => decoder.begin(has, first), push: (record, out) => decoder.push(record, out), end: (out) => decoder.end(out) }
  })

/** Rows that are looked at before the unit of shares is known. */
const LONGEST_WAIT = 2000

class TurnDecoder {
  readonly #times: InstantReader
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #options: TurnOptions
  readonly #losses: RecordLosses
  readonly #told = new Map<string, Covered>()
  #period: Seconds | undefined
  /** Undefined while not known. */
  #scale: 1 | 100 | undefined
  #waiting: FeedRecord<TurnColumn>[] = []

  constructor(context: FeedContext, account: FeedAccount, options: TurnOptions) {
    this.#context = context
    this.#account = account
    this.#options = options
    this.#losses = new RecordLosses(account)
    this.#times = new InstantReader(context)
    this.#period = options.period_s
    this.#scale = options.shares === undefined ? undefined : options.shares === 'percent' ? 100 : 1
  }

  begin(has: (column: TurnColumn) => boolean, first: readonly FeedRecord<TurnColumn>[]): string | undefined {
    const missing = (['junction', 'from', 'to', 'time'] as const).find((column) => !has(column))
    if (missing !== undefined) return `there is no column ${COLUMNS[missing][0]}: a turn index needs junction, from_link, to_link and time`
    if (!(['delay', 'stops', 'share', 'queue', 'speed_kmh', 'speed_mps'] as const).some(has)) return 'there is no column of delay, stops, no_stop_share, queue or speed'
    this.#times.settle(first.map(({ values }) => Number(values.time)))
    if (!has('share')) this.#scale ??= 1
    if (this.#options.period_s !== undefined || has('period')) return undefined
    const times = new InstantReader(this.#context)
    this.#period = stepOf(first.map(({ values }) => times.value(values.time)))
    return this.#period === undefined ? 'it has no column of periods, and its first rows do not show one: declare the length of its intervals' : undefined
  }

  push(record: FeedRecord<TurnColumn>, out: TurnReport[]): void {
    if (this.#scale !== undefined) return this.#tell(record, out)
    this.#waiting.push(record)
    if (this.#waiting.length >= LONGEST_WAIT) this.#settle(out)
  }

  end(out: TurnReport[]): void {
    if (this.#scale === undefined) this.#settle(out)
  }

  /** Percent where most shares are above 1; a few above 1 among smaller ones can be neither. */
  #settle(out: TurnReport[]): void {
    const shares = this.#waiting.map(({ values }) => quantityOf(values.share) ?? 0).filter((share) => share > 0)
    this.#scale = shares.length > 0 && shares.filter((share) => share > 1).length * 2 > shares.length ? 100 : 1
    for (const record of this.#waiting) this.#tell(record, out)
    this.#waiting = []
  }

  #tell({ place, values }: FeedRecord<TurnColumn>, out: TurnReport[]): void {
    const report = this.#decode(place, values)
    if (report === undefined) return
    const key = `${report.junction}\n${report.from}\n${report.to}`
    let told = this.#told.get(key)
    if (told === undefined) this.#told.set(key, told = new Covered())
    if (!told.add(report.time_s, report.period_s)) {
      this.#losses.lose('drop', 'duplicate', place, `${nameOfTurn(report)} tells twice of the interval from ${new Date(report.time_s * 1000).toISOString()}`)
      return
    }
    this.#account.accept(report.time_s)
    out.push(report)
  }

  #decode(place: string, values: Values): TurnReport | undefined {
    const told_s = this.#times.value(values.time)
    if (Number.isNaN(told_s)) return this.#losses.lose('drop', this.#times.fault, place, describeTimeFault(this.#times.fault, String(values.time), this.#context))
    const [junction, from, to] = [nameOf(values.junction), nameOf(values.from), nameOf(values.to)]
    if (junction === undefined || from === undefined || to === undefined) return this.#losses.lose('drop', 'no-turn', place, `the row names junction ${JSON.stringify(values.junction ?? null)}, from ${JSON.stringify(values.from ?? null)}, to ${JSON.stringify(values.to ?? null)}`)
    const period_s = periodOf(values.period, this.#period)
    if (period_s === undefined) return this.#losses.lose('drop', 'period-not-understood', place, `the period is ${JSON.stringify(values.period ?? null)}`)
    const losses = this.#losses
    const delay_s = losses.positive('delay', place, values.delay, LONGEST_DELAY_S)
    const queue_m = losses.positive('queue', place, values.queue, LONGEST_QUEUE_M)
    const stops = losses.positive('stops', place, values.stops, 100)
    const no_stop_share = this.#share(place, values.share)
    const speed_mps = values.speed_mps === undefined ? this.#kmh(place, values.speed_kmh) : losses.positive('speed', place, values.speed_mps, FASTEST_MPS)
    if ([delay_s, queue_m, stops, no_stop_share, speed_mps].every((value) => value === undefined)) return losses.lose('drop', 'no-value', place, `the turn from ${from} to ${to} at ${junction} says nothing`)
    return {
      junction, from, to, time_s: this.#options.time_is === 'end' ? told_s - period_s : told_s, period_s, delay_s, delay_kind: this.#kind('delay', place, values.delay_kind, DELAY_KINDS, this.#options.delay_kind),
      stops, no_stop_share, queue_m, queue_kind: this.#kind('queue', place, values.queue_kind, QUEUE_KINDS, this.#options.queue_kind), speed_mps, samples: losses.positive('sample-count', place, values.samples),
    }
  }

  #kmh(place: string, value: unknown): number | undefined {
    const speed = this.#losses.positive('speed', place, value, FASTEST_MPS * 3.6)
    return speed === undefined ? undefined : mpsFromKmh(speed)
  }

  #share(place: string, value: unknown): number | undefined {
    const share = this.#losses.positive('share', place, value)
    const scale = this.#scale ?? 1
    if (share === undefined) return undefined
    if (share > scale) refuse(this.#account, 'input.value', `the share ${share} is above ${scale}; shares must all be 0 to 1, or all 0 to 100: declare which`, { file: place })
    if (scale === 100) this.#losses.repair('share-in-percent', place, `the share ${share} is in percent`)
    return share / scale
  }

  #kind<Kind extends string>(what: string, place: string, value: unknown, known: ReadonlySet<string>, declared: Kind | undefined): Kind | undefined {
    const word = nameOf(value)?.toLowerCase().replaceAll(/[\s_]/g, '-')
    if (word === undefined) return declared
    if (known.has(word)) return word as Kind
    this.#losses.repair(`${what}-kind-not-understood`, place, `nobody explained the ${what} kind "${word}"; kept without it`)
    return declared
  }
}

const nameOfTurn = ({ junction, from, to }: TurnReport): string => `the turn from ${from} to ${to} at ${junction}`
