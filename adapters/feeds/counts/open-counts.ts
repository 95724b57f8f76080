// What lane detectors counted: one row per detector and interval, from CSV or NDJSON.
import type { LaneCount } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, mpsFromMph, type MetresPerSecond, type Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { nameOf } from '../ndjson.ts'
import { findClass } from '../classes.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'
import { type IntervalOptions, IntervalReader, RecordLosses } from '../values.ts'

export interface CountOptions extends IntervalOptions {
  /** Unit of a column that is called `occupancy`. Undeclared it is a share, or percent where the first rows show more than 1.5. */
  occupancy?: 'share' | 'percent'
}

const COLUMNS = {
  sensor: ['sensor', 'sensor_id', 'intersection', 'site', 'site_id', 'station', 'station_id', 'device', 'device_id'],
  lane: ['lane', 'detector', 'detector_id', 'lane_number', 'channel'],
  time: ['time', 'time_s', 'timestamp', 'begin', 'start', 'datetime', 'interval_start', 't'],
  period: ['period_s', 'period', 'interval_s', 'interval'],
  vehicles: ['vehicles', 'count', 'total', 'volume', 'veh'],
  flow: ['flow_vph', 'flow_veh_h', 'vehicle_flow_rate'],
  occupancy: ['occupancy', 'occ'],
  occupancy_percent: ['occupancy_percent', 'occupancy_pct', 'occ_percent', 'occupancy_%'],
  speed_mps: ['speed_mps', 'speed_ms'],
  speed_kmh: ['speed_kmh', 'speed_kph', 'kph', 'kmh'],
  speed_mph: ['speed_mph', 'mph'],
  class: ['class', 'vehicle_class'],
} as const
type CountColumn = keyof typeof COLUMNS
type Values = FeedRecord<CountColumn>['values']

/** More than a vehicle a second is no lane. */
const MOST_PER_SECOND = 1
const FASTEST_MPS = 70
const EVERYBODY = new Set(['all', 'any', 'anyvehicle', 'total'])

/** Counts of lane detectors. Where a detector is stuck is for `state/detectors` to see: it takes their history. */
export const openCounts = (sources: readonly ByteSource[], context: FeedContext, options: CountOptions = {}): Feed<LaneCount> =>
  new RecordFeed<CountColumn, LaneCount>(context.source, sources, COLUMNS, (account) => {
    const decoder = new CountDecoder(context, account, options)
    return { begin: (has, first) => decoder.begin(has, first), push: (record, out) => decoder.push(record, out) }
  })

class CountDecoder {
  readonly #account: FeedAccount
  readonly #options: CountOptions
  readonly #losses: RecordLosses
  readonly #intervals: IntervalReader
  #percent = false

  constructor(context: FeedContext, account: FeedAccount, options: CountOptions) {
    this.#account = account
    this.#options = options
    this.#losses = new RecordLosses(account)
    this.#intervals = new IntervalReader(context, this.#losses, options)
  }

  begin(has: (column: CountColumn) => boolean, first: readonly FeedRecord<CountColumn>[]): string | undefined {
    if (!has('time')) return 'there is no column of times'
    if (!has('sensor') && !has('lane')) return 'there is no column of detectors'
    if (!has('vehicles') && !has('flow') && !has('occupancy') && !has('occupancy_percent') && !has('speed_mps') && !has('speed_kmh') && !has('speed_mph')) return 'there is no column of counts, occupancy or speed'
    this.#percent = this.#options.occupancy === undefined ? first.some(({ values }) => quantityOf(values.occupancy)! > 1.5) : this.#options.occupancy === 'percent'
    return this.#intervals.settle(has('period'), first)
  }

  push(record: FeedRecord<CountColumn>, out: LaneCount[]): void {
    const count = this.#decode(record)
    if (count === undefined) return
    if (!this.#intervals.isNew(`${count.sensor}\n${count.lane ?? ''}\n${count.class ?? ''}`, count, record.place, () => nameOfPlace(count))) return
    this.#account.accept(count.time_s)
    out.push(count)
  }

  #decode(record: FeedRecord<CountColumn>): LaneCount | undefined {
    const interval = this.#intervals.read(record)
    if (interval === undefined) return undefined
    const { place, values } = record
    const { time_s, period_s } = interval
    const [site, detector] = [nameOf(values.sensor), nameOf(values.lane)]
    const sensor = site ?? detector
    if (sensor === undefined) return this.#losses.lose('drop', 'no-detector', place, 'the row names no detector')
    const vehicles = this.#vehicles(place, values, period_s)
    const occupancy = this.#occupancy(place, values)
    const speed_mps = this.#speed(place, values)
    if (vehicles === undefined && occupancy === undefined && speed_mps === undefined) return this.#losses.lose('drop', 'no-value', place, `detector ${sensor} says nothing`)
    const word = nameOf(values.class)
    const kind = word === undefined || EVERYBODY.has(word.toLowerCase()) ? undefined : findClass(word)
    // A part of the traffic must not pass for all of it.
    if (word !== undefined && kind === undefined && !EVERYBODY.has(word.toLowerCase())) return this.#losses.lose('quarantine', 'class-not-understood', place, `nobody explained the class "${word}"`)
    const count: LaneCount = {
      sensor, lane: site === undefined ? undefined : detector, time_s, period_s, vehicles, occupancy, speed_mps, class: kind,
    }
    if (vehicles !== undefined && vehicles > MOST_PER_SECOND * period_s) {
      return this.#losses.lose('quarantine', 'too-many-vehicles', place, `${nameOfPlace(count)} counts ${vehicles} vehicles in ${period_s} s; a lane passes at most ${MOST_PER_SECOND} a second`)
    }
    return count
  }

  /** A negative number stands for no value; a flow becomes a count. */
  #vehicles(place: string, values: Values, period_s: Seconds): number | undefined {
    if (values.vehicles !== undefined) return this.#losses.positive('count', place, values.vehicles)
    const flow = this.#losses.positive('count', place, values.flow)
    return flow === undefined ? undefined : (flow * period_s) / 3600
  }

  #occupancy(place: string, values: Values): number | undefined {
    const [value, scale] = values.occupancy_percent === undefined ? [values.occupancy, this.#percent ? 100 : 1] : [values.occupancy_percent, 100]
    const occupancy = this.#losses.positive('occupancy', place, value)
    if (occupancy === undefined || occupancy <= scale) return occupancy === undefined ? undefined : occupancy / scale
    this.#losses.repair('occupancy-above-1', place, `the occupancy is ${occupancy}, more than ${scale}; left out`)
    return undefined
  }

  #speed(place: string, { speed_mps, speed_kmh, speed_mph }: Values): MetresPerSecond | undefined {
    const [value, toMps] = speed_mps !== undefined ? [speed_mps, (v: number) => v] as const : speed_kmh !== undefined ? [speed_kmh, mpsFromKmh] as const : [speed_mph, mpsFromMph] as const
    const speed = this.#losses.positive('speed', place, value)
    if (speed === undefined || toMps(speed) <= FASTEST_MPS) return speed === undefined ? undefined : toMps(speed)
    this.#losses.repair('speed-too-high', place, `the speed is ${JSON.stringify(value)}; left out`)
    return undefined
  }
}

const nameOfPlace = ({ sensor, lane }: LaneCount): string => `detector ${sensor}${lane === undefined ? '' : ` ${lane}`}`
