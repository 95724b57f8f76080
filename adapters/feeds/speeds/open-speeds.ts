// Speeds of single vehicles at one place, as advance radars log them: one row per vehicle, CSV or NDJSON.
import type { PointSpeed } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { mpsFromKmh, mpsFromMph, type MetresPerSecond } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'

const COLUMNS = {
  sensor: ['detector_id', 'detector', 'sensor', 'sensor_id', 'device', 'device_id'],
  time: ['timestamp', 'time', 'time_s', 'datetime', 't'],
  kmh: ['kph', 'speed_kmh', 'speed_kph', 'kmh'],
  mph: ['mph', 'speed_mph'],
  mps: ['speed_mps', 'speed_ms'],
} as const
type SpeedColumn = keyof typeof COLUMNS

const FASTEST_MPS = 70
/** Both units are rounded to whole numbers: half a mile per hour and half a kilometre per hour. */
const ROUNDING_MPS = mpsFromMph(0.5) + mpsFromKmh(0.5) + 1e-9

/** Point speeds. Where a row tells both km/h and mph they must be the same speed. */
export const openSpeeds = (sources: readonly ByteSource[], context: FeedContext): Feed<PointSpeed> =>
  new RecordFeed<SpeedColumn, PointSpeed>(context.source, sources, COLUMNS, (account) => {
    const decoder = new SpeedDecoder(context, account)
    return {
      begin(has, first) {
        if (!has('time') || !has('sensor')) return `there is no column of ${has('time') ? 'detectors' : 'times'}`
        decoder.times.settle(first.map(({ values }) => Number(values.time)))
        return has('kmh') || has('mph') || has('mps') ? undefined : 'there is no column of speeds with a unit: KPH, MPH or speed_mps'
      },
      push: (record, out) => decoder.push(record, out),
    }
  })

class SpeedDecoder {
  readonly times: InstantReader
  readonly #context: FeedContext
  readonly #account: FeedAccount
  /** Rows of the last instant that was told: the same row twice is one vehicle. */
  #last_s = Number.NaN
  #rows = new Set<string>()

  constructor(context: FeedContext, account: FeedAccount) {
    this.#context = context
    this.#account = account
    this.times = new InstantReader(context)
  }

  push({ place, values }: FeedRecord<SpeedColumn>, out: PointSpeed[]): void {
    const time_s = this.times.value(values.time)
    if (Number.isNaN(time_s)) return this.#lose('drop', this.times.fault, place, describeTimeFault(this.times.fault, String(values.time), this.#context))
    const sensor = nameOf(values.sensor)
    if (sensor === undefined) return this.#lose('drop', 'no-detector', place, 'the row names no detector')
    const said = saidSpeeds(values)
    const [speed_mps] = said
    if (speed_mps === undefined) return this.#lose('drop', 'no-value', place, `detector ${sensor} says no speed`)
    if (said.some((speed) => !(speed >= 0 && speed <= FASTEST_MPS))) return this.#lose('drop', 'speed-out-of-range', place, `detector ${sensor} says ${shown(values)}`)
    if (said.some((speed) => Math.abs(speed - speed_mps) > ROUNDING_MPS)) return this.#lose('quarantine', 'units-disagree', place, `detector ${sensor} says ${shown(values)}, which are not the same speed`)
    if (time_s !== this.#last_s) this.#rows.clear()
    this.#last_s = time_s
    const key = `${sensor} ${shown(values)}`
    if (this.#rows.has(key)) return this.#lose('drop', 'duplicate', place, `detector ${sensor} says ${shown(values)} twice at the same instant`)
    this.#rows.add(key)
    this.#account.accept(time_s)
    out.push({ sensor, time_s, speed_mps })
  }

  #lose(verdict: 'drop' | 'quarantine', cause: string, place: string, why: string): void {
    this.#account.count(verdict, cause, () => `${place}: ${why}`)
  }
}

/** What the row says, the finest unit first; NaN for what is no number. */
function saidSpeeds({ kmh, mph, mps }: FeedRecord<SpeedColumn>['values']): MetresPerSecond[] {
  const [metric, imperial, si] = [quantityOf(kmh), quantityOf(mph), quantityOf(mps)]
  return [...(si === undefined ? [] : [si]), ...(metric === undefined ? [] : [mpsFromKmh(metric)]), ...(imperial === undefined ? [] : [mpsFromMph(imperial)])]
}

const shown = ({ kmh, mph, mps }: FeedRecord<SpeedColumn>['values']): string =>
  [['km/h', kmh], ['mph', mph], ['m/s', mps]].filter(([, value]) => value !== undefined).map(([unit, value]) => `${String(value)} ${String(unit)}`).join(' and ')
