// Link-state tables of providers: what a segment was like in an interval, as travel time or speed.
import type { LinkStatus, SegmentReport } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, mpsFromMph, type MetresPerSecond, type Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, RecordFeed } from '../records.ts'
import { type IntervalOptions, IntervalReader, RecordLosses } from '../values.ts'

export interface LinkOptions extends IntervalOptions {
  /** Codes of the provider by what they stand for; `null` for unknown. Default: 0 unknown, 1 free, 2 slow, 3 congested, 4 severe. */
  statuses?: Readonly<Record<string, LinkStatus | null>>
}

const COLUMNS = {
  segment: ['segment', 'segment_id', 'link', 'link_id', 'id', 'road_id', 'tmc', 'xd'],
  time: ['time', 'time_s', 'timestamp', 't', 'datetime', 'start', 'begin'],
  period: ['period_s', 'period', 'interval_s', 'interval'],
  travel_time: ['travel_time_s', 'travel_time', 'tt_s', 'travel_time_seconds'],
  travel_time_min: ['travel_time_min', 'travel_time_minutes'],
  speed: ['speed', 'speed_avg', 'average_speed'],
  speed_mps: ['speed_mps', 'speed_ms'],
  speed_kmh: ['speed_kmh', 'speed_kph'],
  speed_mph: ['speed_mph'],
  status: ['status', 'state', 'level', 'traffic_status'],
  samples: ['n', 'samples', 'sample_size', 'count'],
  group: ['group', 'corridor', 'road', 'road_name'],
} as const
type LinkColumn = keyof typeof COLUMNS
type Values = FeedRecord<LinkColumn>['values']

const STATUSES: Readonly<Record<string, LinkStatus | null>> = { 0: null, 1: 'free', 2: 'slow', 3: 'congested', 4: 'severe', unknown: null, free: 'free', slow: 'slow', congested: 'congested', severe: 'severe' }
const TO_MPS = { mps: (speed: number): number => speed, kmh: mpsFromKmh, mph: mpsFromMph } as const
const FASTEST_MPS = 70
const DAY_S = 86_400

/**
 * Segment reports. Where a row tells travel time and speed, the travel time is the provider's own word and the speed is left out: only
 * with the mapped length can one be told from the other. A bare `speed` is in km/h unless the context declares another unit.
 */
export const openLinks = (sources: readonly ByteSource[], context: FeedContext, options: LinkOptions = {}): Feed<SegmentReport> =>
  new RecordFeed<LinkColumn, SegmentReport>(context.source, sources, COLUMNS, (account) => {
    const decoder = new LinkDecoder(context, account, options)
    return { begin: (has, first) => decoder.begin(has, first), push: (record, out) => decoder.push(record, out) }
  })

class LinkDecoder {
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #options: LinkOptions
  readonly #losses: RecordLosses
  readonly #intervals: IntervalReader

  constructor(context: FeedContext, account: FeedAccount, options: LinkOptions) {
    this.#context = context
    this.#account = account
    this.#options = options
    this.#losses = new RecordLosses(account)
    this.#intervals = new IntervalReader(context, this.#losses, options)
  }

  begin(has: (column: LinkColumn) => boolean, first: readonly FeedRecord<LinkColumn>[]): string | undefined {
    if (!has('segment')) return 'there is no column of segments'
    if (!has('time')) return 'there is no column of times'
    if (!(['travel_time', 'travel_time_min', 'speed', 'speed_mps', 'speed_kmh', 'speed_mph', 'status'] as const).some(has)) return 'there is no column of travel times, speeds or statuses'
    return this.#intervals.settle(has('period'), first)
  }

  push(record: FeedRecord<LinkColumn>, out: SegmentReport[]): void {
    const report = this.#decode(record)
    if (report === undefined) return
    if (!this.#intervals.isNew(report.segment, report, record.place, () => `segment ${report.segment}`)) return
    this.#account.accept(report.time_s)
    out.push(report)
  }

  #decode(record: FeedRecord<LinkColumn>): SegmentReport | undefined {
    const interval = this.#intervals.read(record)
    if (interval === undefined) return undefined
    const { place, values } = record
    const segment = nameOf(values.segment)
    if (segment === undefined) return this.#losses.lose('drop', 'no-segment', place, 'the row names no segment')
    const travel_time_s = this.#travelTime(place, values)
    const speed_mps = travel_time_s === undefined ? this.#speed(place, values) : undefined
    const status = this.#status(place, values.status)
    if (travel_time_s === undefined && speed_mps === undefined && status === undefined) return this.#losses.lose('drop', 'no-value', place, `segment ${segment} says nothing`)
    return {
      segment, ...interval, travel_time_s, speed_mps, status,
      samples: this.#losses.positive('sample-count', place, values.samples), group: nameOf(values.group),
    }
  }

  /** Nobody takes no time. */
  #travelTime(place: string, { travel_time, travel_time_min }: Values): Seconds | undefined {
    const [value, unit] = travel_time === undefined ? [travel_time_min, 60] : [travel_time, 1]
    const time = this.#losses.positive('travel-time', place, value, DAY_S / unit)
    if (time !== 0) return time === undefined ? undefined : time * unit
    this.#losses.repair('travel-time-not-understood', place, 'the travel time is 0; left out')
    return undefined
  }

  #speed(place: string, { speed, speed_mps, speed_kmh, speed_mph }: Values): MetresPerSecond | undefined {
    const [value, unit] = speed_mps !== undefined ? [speed_mps, 'mps'] as const : speed_kmh !== undefined ? [speed_kmh, 'kmh'] as const : speed_mph !== undefined ? [speed_mph, 'mph'] as const : [speed, this.#context.speed_unit ?? 'kmh'] as const
    const number = this.#losses.positive('speed', place, value)
    if (number === undefined || TO_MPS[unit](number) <= FASTEST_MPS) return number === undefined ? undefined : TO_MPS[unit](number)
    this.#losses.repair('speed-too-high', place, `the speed is ${JSON.stringify(value)} ${unit}; left out`)
    return undefined
  }

  #status(place: string, value: unknown): LinkStatus | undefined {
    const word = nameOf(value)?.toLowerCase()
    if (word === undefined) return undefined
    const table = this.#options.statuses ?? STATUSES
    if (!Object.hasOwn(table, word)) this.#losses.repair('status-not-understood', place, `nobody explained the status "${word}"; left out`)
    return Object.hasOwn(table, word) ? table[word] ?? undefined : undefined
  }
}
