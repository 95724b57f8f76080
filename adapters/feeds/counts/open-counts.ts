// What lane detectors counted: one row per detector and interval, from CSV or NDJSON.
import type { LaneCount } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, mpsFromMph, type MetresPerSecond, type Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { nameOf } from '../ndjson.ts'
import { findClass } from '../classes.ts'
import { Covered } from '../covered.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'
import { periodOf, RecordLosses, stepOf } from '../values.ts'

export interface CountOptions {
  /** Length of the intervals of a file that has no column of it. Undeclared, it is found from the times of the file's first rows. */
  period_s?: Seconds
  /** Whether the times are the beginnings (default) or the ends of their intervals. */
  time_is?: 'begin' | 'end'
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
  readonly #times: InstantReader
  readonly #context: FeedContext
  readonly #account: FeedAccount
  readonly #options: CountOptions
  readonly #losses: RecordLosses
  #period: Seconds | undefined
  #percent = false
  readonly #told = new Map<string, Covered>()

  constructor(context: FeedContext, account: FeedAccount, options: CountOptions) {
    this.#context = context
    this.#account = account
    this.#options = options
    this.#losses = new RecordLosses(account)
    this.#times = new InstantReader(context)
    this.#period = options.period_s
  }

  begin(has: (column: CountColumn) => boolean, first: readonly FeedRecord<CountColumn>[]): string | undefined {
    if (!has('time')) return 'there is no column of times'
    if (!has('sensor') && !has('lane')) return 'there is no column of detectors'
    if (!has('vehicles') && !has('flow') && !has('occupancy') && !has('occupancy_percent') && !has('speed_mps') && !has('speed_kmh') && !has('speed_mph')) return 'there is no column of counts, occupancy or speed'
    this.#times.settle(first.map(({ values }) => Number(values.time)))
    this.#percent = this.#options.occupancy === undefined ? first.some(({ values }) => quantityOf(values.occupancy)! > 1.5) : this.#options.occupancy === 'percent'
    if (this.#options.period_s !== undefined || has('period')) return undefined
    this.#period = stepOf(first.map(({ values }) => new InstantReader(this.#context).value(values.time)))
    return this.#period === undefined ? 'it has no column of periods, and its first rows do not show one: declare the length of its intervals' : undefined
  }

  push({ place, values }: FeedRecord<CountColumn>, out: LaneCount[]): void {
    const count = this.#decode(place, values)
    if (count === undefined) return
    const key = `${count.sensor}\n${count.lane ?? ''}\n${count.class ?? ''}`
    let told = this.#told.get(key)
    if (told === undefined) this.#told.set(key, told = new Covered())
    if (!told.add(count.time_s, count.period_s)) {
      this.#losses.lose('drop', 'duplicate', place, `${nameOfPlace(count)} tells twice of the interval from ${shownTime(count.time_s)}`)
      return
    }
    this.#account.accept(count.time_s)
    out.push(count)
  }

  #decode(place: string, values: Values): LaneCount | undefined {
    const told = this.#times.value(values.time)
    if (Number.isNaN(told)) return this.#losses.lose('drop', this.#times.fault, place, describeTimeFault(this.#times.fault, String(values.time), this.#context))
    const [site, detector] = [nameOf(values.sensor), nameOf(values.lane)]
    const sensor = site ?? detector
    if (sensor === undefined) return this.#losses.lose('drop', 'no-detector', place, 'the row names no detector')
    const period_s = periodOf(values.period, this.#period)
    if (period_s === undefined) return this.#losses.lose('drop', 'period-not-understood', place, `the period is ${JSON.stringify(values.period ?? null)}`)
    const vehicles = this.#vehicles(place, values, period_s)
    const occupancy = this.#occupancy(place, values)
    const speed_mps = this.#speed(place, values)
    if (vehicles === undefined && occupancy === undefined && speed_mps === undefined) return this.#losses.lose('drop', 'no-value', place, `detector ${sensor} says nothing`)
    const word = nameOf(values.class)
    const kind = word === undefined || EVERYBODY.has(word.toLowerCase()) ? undefined : findClass(word)
    // A part of the traffic must not pass for all of it.
    if (word !== undefined && kind === undefined && !EVERYBODY.has(word.toLowerCase())) return this.#losses.lose('quarantine', 'class-not-understood', place, `nobody explained the class "${word}"`)
    const count: LaneCount = {
      sensor, lane: site === undefined ? undefined : detector, time_s: this.#options.time_is === 'end' ? told - period_s : told, period_s, vehicles, occupancy, speed_mps, class: kind,
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
const shownTime = (time_s: number): string => new Date(time_s * 1000).toISOString()
