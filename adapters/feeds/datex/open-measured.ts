// Measured data of DATEX II, versions 2 and 3 (MeasuredDataPublication), streamed: flows and speeds of measurement sites, whose numbered
// values the site table explains. A value that the site marks as no measurement is missing, whatever number stands there.
import { FeedAccount } from '../../../model/feed-account.ts'
import type { LaneCount } from '../../../model/feed.ts'
import { mpsFromKmh, type Instant } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import { ToldIntervals } from '../covered.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { refuse } from '../refuse.ts'
import { kindOf, readXml } from '../xml.ts'
import { type DatexFigures, MeasuredReader, type SiteMeasurements, type SiteValue, type TimeMeaning } from './measured-reader.ts'
import type { MeasurementSite, SiteChannel, SiteTable } from './site-table.ts'

export interface MeasuredOptions {
  /** Whether the time of a site is the beginning (default) or the end of its intervals, where the publication doesn't say it. */
  time_is?: 'begin' | 'end'
  /** Also tells of parts of the traffic, by class or length; otherwise only of all vehicles together. */
  parts?: boolean
}

export interface MeasuredFeed extends Feed<LaneCount> {
  /** What stood in the publications so far, whatever the site table says of it. */
  figures(): DatexFigures
}

const MOST_PER_SECOND_AND_LANE = 1
const FASTEST_KMH = 250
/** Share of the interval that has passed at its time. */
const PASSED: Readonly<Record<TimeMeaning, number>> = { begin: 0, middle: 0.5, end: 1 }

/** Lane counts of the sites that the table explains in the same version; others are quarantined until the right table is there. */
export function openMeasured(sources: readonly ByteSource[], table: SiteTable, context: FeedContext, options: MeasuredOptions = {}): MeasuredFeed {
  return new MeasuredData(sources, table, context, options)
}

/** Values of one lane, one period and one part of the traffic: one row. */
interface Group {
  channel: SiteChannel
  flow?: SiteValue
  speed?: SiteValue
  occupancy?: SiteValue
}

class MeasuredData implements MeasuredFeed {
  account: FeedAccount
  readonly #sources: readonly ByteSource[]
  readonly #table: SiteTable
  readonly #context: FeedContext
  readonly #options: MeasuredOptions
  #opened = false
  #reader: MeasuredReader | undefined
  #times: InstantReader
  #told = new ToldIntervals()

  constructor(sources: readonly ByteSource[], table: SiteTable, context: FeedContext, options: MeasuredOptions) {
    this.account = new FeedAccount(context.source)
    this.#sources = sources
    this.#table = table
    this.#context = context
    this.#options = options
    this.#times = new InstantReader(context)
  }

  figures(): DatexFigures {
    return (this.#reader ?? new MeasuredReader(() => {})).figures
  }

  async *batches(signal?: AbortSignal): AsyncGenerator<readonly LaneCount[], void> {
    if (this.#opened) this.account = new FeedAccount(this.#context.source)
    this.#opened = true
    this.#told = new ToldIntervals()
    this.#times = new InstantReader(this.#context)
    let out: LaneCount[] = []
    let file = ''
    const reader = this.#reader = new MeasuredReader((site) => this.#site(site, file, out))
    for (const source of this.#sources) {
      file = source.name
      const before = reader.figures.publications
      if (await kindOf(source, signal) === 'text') refuse(this.account, 'input.format', 'a DATEX II publication is XML; this is not', { file })
      for await (const _ of readXml(source, this.account, reader, signal)) {
        if (reader.other !== undefined) refuse(this.account, 'input.format', `this is a ${reader.other}; a MeasuredDataPublication of DATEX II version 2 or 3 is needed`, { file })
        if (out.length > 0) yield out
        out = []
        if (signal?.aborted === true) return
      }
      reader.endSource()
      if (reader.passed !== undefined && reader.figures.publications === before) refuse(this.account, 'input.format', `this is a ${reader.passed} alone; a MeasuredDataPublication is needed, and this table is for readSiteTable`, { file })
      reader.passed = undefined
    }
  }

  #site({ id, version, time, time_is, values }: SiteMeasurements, file: string, out: LaneCount[]): void {
    const site = this.#table.sites.get(id)
    const place = `${file}, site ${id}`
    if (site === undefined || site.version !== version) {
      this.account.read++
      const [cause, why] = site === undefined ? ['site-unknown', 'the site is not in the site table'] : ['site-version', `its values are of version ${version} of the site, the site table has version ${site.version}`]
      this.account.count('quarantine', cause!, () => `${place}: ${why}`)
      return
    }
    const time_s = this.#times.text(time)
    if (Number.isNaN(time_s)) {
      this.account.read++
      this.account.count('drop', this.#times.fault, () => `${place}: ${describeTimeFault(this.#times.fault, time, this.#context)}`)
      return
    }
    for (const [key, group] of this.#groups(site, values)) {
      this.account.read++
      const row = this.#row(site, group, { time_s, time_is: time_is ?? this.#options.time_is ?? 'begin' }, place)
      if (row === undefined) continue
      if (!this.#told.add(`${id}\n${key}`, row)) {
        this.#lose('drop', 'duplicate', place, group, 'was told before')
        continue
      }
      this.account.accept(row.time_s)
      out.push(row)
    }
  }

  #groups({ channels }: MeasurementSite, values: ReadonlyMap<number, SiteValue>): Map<string, Group> {
    const groups = new Map<string, Group>()
    for (const [index, value] of values) {
      const channel = channels.get(index)
      if (channel === undefined || channel.kind === 'other' || (channel.part !== undefined && this.#options.parts !== true)) continue
      const key = `${channel.lane ?? ''}\n${channel.period_s ?? ''}\n${channel.part?.words ?? ''}`
      const group = groups.get(key) ?? { channel }
      group[channel.kind] = value
      groups.set(key, group)
    }
    return groups
  }

  #row(site: MeasurementSite, group: Group, told: { time_s: Instant; time_is: TimeMeaning }, place: string): LaneCount | undefined {
    const { channel: { period_s, lane, part } } = group
    if (period_s === undefined) return this.#lose('drop', 'period-unknown', place, group, 'has no period in the site table')
    if (part !== undefined && part.class === undefined && part.lengths_m === undefined) return this.#lose('quarantine', 'class-not-understood', place, group, `tells of "${part.words}", which nobody explained`)
    const wrong = Object.entries(group).find(([kind, value]) => kind !== 'channel' && value.kind !== kind)
    if (wrong !== undefined) return this.#lose('quarantine', 'kind-disagrees', place, group, `is a ${wrong[0]} in the site table and a ${(wrong[1] as SiteValue).kind} in the publication`)
    const flow = group.flow?.value
    const vehicles = flow === undefined ? undefined : (flow * period_s) / 3600
    const occupancy = group.occupancy?.value === undefined ? undefined : group.occupancy.value / 100
    const speed_mps = this.#speed(group, place)
    if (vehicles === undefined && speed_mps === undefined && occupancy === undefined) return this.#lose('drop', 'no-value', place, group, `says nothing (${group.flow?.missing ?? group.speed?.missing ?? group.occupancy?.missing ?? 'no number'})`)
    if (flow !== undefined && flow > MOST_PER_SECOND_AND_LANE * 3600 * (lane === undefined ? site.lanes ?? 1 : lane.split('+').length)) return this.#lose('quarantine', 'too-many-vehicles', place, group, `has a flow of ${flow} veh/h`)
    return {
      sensor: site.id, lane, time_s: told.time_s - PASSED[told.time_is] * period_s, period_s, vehicles, occupancy: occupancy !== undefined && occupancy <= 1 ? occupancy : undefined, speed_mps,
      ...(part === undefined ? {} : { class: part.class, lengths_m: part.lengths_m }),
    }
  }

  /** Where nobody came, nobody had a speed. */
  #speed({ flow, speed, channel }: Group, place: string): number | undefined {
    if (speed?.value === undefined || flow?.value === 0) return undefined
    if (speed.value <= FASTEST_KMH) return mpsFromKmh(speed.value)
    this.account.count('repair', 'speed-too-high', () => `${place}, ${channel.lane ?? 'all lanes'}: the speed is ${speed.value} km/h; left out`)
    return undefined
  }

  #lose(verdict: 'drop' | 'quarantine', cause: string, place: string, { channel }: Group, why: string): undefined {
    this.account.count(verdict, cause, () => `${place}: ${channel.lane ?? 'the carriageway'} ${why}`)
    return undefined
  }
}
