// Turn indices of providers: what a turn at a junction was like in an interval. What the provider does not define (delay against what,
// which queue) is kept but can only be shown, not fused.
import type { TurnReport } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'
import { refuse } from '../refuse.ts'
import { type IntervalOptions, IntervalReader, RecordLosses } from '../values.ts'

export interface TurnOptions extends IntervalOptions {
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
  readonly #account: FeedAccount
  readonly #options: TurnOptions
  readonly #losses: RecordLosses
  readonly #intervals: IntervalReader
  /** Undefined while not known. */
  #scale: 1 | 100 | undefined
  #waiting: FeedRecord<TurnColumn>[] = []

  constructor(context: FeedContext, account: FeedAccount, options: TurnOptions) {
    this.#account = account
    this.#options = options
    this.#losses = new RecordLosses(account)
    this.#intervals = new IntervalReader(context, this.#losses, options)
    this.#scale = options.shares === undefined ? undefined : options.shares === 'percent' ? 100 : 1
  }

  begin(has: (column: TurnColumn) => boolean, first: readonly FeedRecord<TurnColumn>[]): string | undefined {
    const missing = (['junction', 'from', 'to', 'time'] as const).find((column) => !has(column))
    if (missing !== undefined) return `there is no column ${COLUMNS[missing][0]}: a turn index needs junction, from_link, to_link and time`
    if (!(['delay', 'stops', 'share', 'queue', 'speed_kmh', 'speed_mps'] as const).some(has)) return 'there is no column of delay, stops, no_stop_share, queue or speed'
    if (!has('share')) this.#scale ??= 1
    return this.#intervals.settle(has('period'), first)
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

  #tell(record: FeedRecord<TurnColumn>, out: TurnReport[]): void {
    const report = this.#decode(record)
    if (report === undefined) return
    if (!this.#intervals.isNew(`${report.junction}\n${report.from}\n${report.to}`, report, record.place, () => nameOfTurn(report))) return
    this.#account.accept(report.time_s)
    out.push(report)
  }

  #decode(record: FeedRecord<TurnColumn>): TurnReport | undefined {
    const interval = this.#intervals.read(record)
    if (interval === undefined) return undefined
    const { place, values } = record
    const [junction, from, to] = [nameOf(values.junction), nameOf(values.from), nameOf(values.to)]
    if (junction === undefined || from === undefined || to === undefined) return this.#losses.lose('drop', 'no-turn', place, `the row names junction ${JSON.stringify(values.junction ?? null)}, from ${JSON.stringify(values.from ?? null)}, to ${JSON.stringify(values.to ?? null)}`)
    const losses = this.#losses
    const delay_s = losses.positive('delay', place, values.delay, LONGEST_DELAY_S)
    const queue_m = losses.positive('queue', place, values.queue, LONGEST_QUEUE_M)
    const stops = losses.positive('stops', place, values.stops, 100)
    const no_stop_share = this.#share(place, values.share)
    const speed_mps = values.speed_mps === undefined ? this.#kmh(place, values.speed_kmh) : losses.positive('speed', place, values.speed_mps, FASTEST_MPS)
    if ([delay_s, queue_m, stops, no_stop_share, speed_mps].every((value) => value === undefined)) return losses.lose('drop', 'no-value', place, `the turn from ${from} to ${to} at ${junction} says nothing`)
    return {
      junction, from, to, ...interval, delay_s, delay_kind: this.#kind('delay', place, values.delay_kind, DELAY_KINDS, this.#options.delay_kind),
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
