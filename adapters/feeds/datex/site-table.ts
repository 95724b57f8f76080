// The site table of DATEX II, versions 2 and 3: what the numbered values of each measurement site are. Without it the values of a
// publication mean nothing.
import { FeedAccount } from '../../../model/feed-account.ts'
import type { FeedHealth, RoadUserClass } from '../../../model/feed.ts'
import type { Metres, Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import { findClass } from '../classes.ts'
import { numberOf } from '../ndjson.ts'
import { refuse } from '../refuse.ts'
import { kindOf, readXml } from '../xml.ts'

export interface SiteTable {
  id: string | undefined
  version: string | undefined
  sites: Map<string, MeasurementSite>
  health: FeedHealth
}

export interface MeasurementSite {
  id: string
  version: string
  name: string | undefined
  lanes: number | undefined
  lon_deg: number | undefined
  lat_deg: number | undefined
  /** By index. */
  channels: Map<number, SiteChannel>
}

/** What one numbered value of a site is. */
export interface SiteChannel {
  kind: 'flow' | 'speed' | 'occupancy' | 'other'
  /** As the table names it, for example `lane1`, or `lane1+lane2` where it lists several; undefined for the whole carriageway. */
  lane: string | undefined
  period_s: Seconds | undefined
  /** Undefined for all vehicles. */
  part: VehiclePart | undefined
}

/** The vehicles that a channel tells about, where it does not tell about all. */
export interface VehiclePart {
  class: RoadUserClass | undefined
  lengths_m: readonly [from: Metres, until: Metres] | undefined
  /** As the table says it. */
  words: string
}

const KINDS: Readonly<Record<string, SiteChannel['kind']>> = { trafficFlow: 'flow', trafficSpeed: 'speed', trafficConcentration: 'occupancy' }
/** The record of a site, by version. */
const SITES = new Set(['measurementSiteRecord', 'measurementSite'])
const WHOLE_CARRIAGEWAY = 'allLanesCompleteCarriageway'

/** Reads a table, or a file of site records; what is not understood is counted. Throws input.format where it is no XML, or of another kind. */
export async function readSiteTable(source: ByteSource): Promise<SiteTable> {
  const account = new FeedAccount(source.name)
  if (await kindOf(source) === 'text') refuse(account, 'input.format', 'a DATEX II site table is XML; this is not', { file: source.name })
  const reader = new TableReader(source.name, account)
  for await (const _ of readXml(source, account, reader));
  if (reader.sites.size === 0 && account.read === 0) refuse(account, 'input.format', 'there is no measurementSiteRecord or measurementSite in it', { file: source.name })
  return { id: reader.id, version: reader.version, sites: reader.sites, health: account.health() }
}

interface OpenChannel extends SiteChannel {
  index: number
  lanes: string[]
  types: string[]
  from_m: Metres
  until_m: Metres
}

class TableReader {
  id: string | undefined
  version: string | undefined
  readonly sites = new Map<string, MeasurementSite>()
  readonly #file: string
  readonly #account: FeedAccount
  readonly #path: string[] = []
  #site: MeasurementSite | undefined
  #channel: OpenChannel | undefined
  #operator = ''
  /** What the elements in a lane of version 3 say. */
  #lane = ''
  // Of a whole national table few different channels exist; they are shared.
  readonly #shared = new Map<string, SiteChannel>()

  constructor(file: string, account: FeedAccount) {
    this.#file = file
    this.#account = account
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#path.push(name)
    if (name === 'measurementSiteTable') [this.id, this.version] = [attributes.id, attributes.version]
    else if (SITES.has(name)) {
      this.#site = { id: attributes.id ?? '', version: attributes.version ?? '', name: undefined, lanes: undefined, lon_deg: undefined, lat_deg: undefined, channels: new Map() }
    } else if (name === 'measurementSpecificCharacteristics' && attributes.index !== undefined) {
      this.#channel = { index: numberOf(attributes.index), kind: 'other', lane: undefined, period_s: undefined, part: undefined, lanes: [], types: [], from_m: 0, until_m: Infinity }
    }
  }

  close(name: string, text: string): void {
    this.#path.pop()
    const said = text.trim()
    if (SITES.has(name)) this.#endSite()
    else if (this.#channel !== undefined) this.#closeInChannel(this.#channel, name, said)
    else if (this.#site !== undefined) closeInSite(this.#site, name, said, this.#path)
  }

  #closeInChannel(channel: OpenChannel, name: string, said: string): void {
    if (name === 'specificMeasurementValueType') channel.kind = KINDS[said] ?? 'other'
    else if (name === 'laneNumber') this.#lane = `lane${said}`
    else if (name === 'laneUsage') this.#lane ||= said
    else if (name === 'specificLane') {
      const lane = said || this.#lane
      this.#lane = ''
      if (lane !== '' && lane !== WHOLE_CARRIAGEWAY) channel.lanes.push(lane)
    } else if (name === 'period') channel.period_s = numberOf(said) > 0 ? numberOf(said) : undefined
    else if (name === 'vehicleType') channel.types.push(said)
    else if (name === 'comparisonOperator') this.#operator = said
    else if (name === 'vehicleLength') {
      if (/^(?:less|equal)/.test(this.#operator)) channel.until_m = Math.min(channel.until_m, numberOf(said))
      if (/^(?:greater|equal)/.test(this.#operator)) channel.from_m = Math.max(channel.from_m, numberOf(said))
    } else if (name === 'measurementSpecificCharacteristics' && this.#path.at(-1) !== 'measurementSpecificCharacteristics') {
      this.#channel = undefined
      this.#addChannel(channel)
    }
  }

  #addChannel({ index, kind, lanes, period_s, types, from_m, until_m }: OpenChannel): void {
    if (this.#site === undefined || !Number.isInteger(index)) return
    const lane = lanes.length === 0 ? undefined : lanes.join('+')
    const byLength = from_m > 0 || until_m < Infinity
    const kinds = types.filter((type) => type !== 'anyVehicle')
    const words = [...kinds, ...(byLength ? [`${from_m}-${until_m} m`] : [])].join(' ')
    const part = words === '' ? undefined : { class: kinds.length === 1 ? findClass(kinds[0]!) : undefined, lengths_m: byLength ? [from_m, until_m] as const : undefined, words }
    const key = [kind, lane, period_s, words].join('\n')
    let shared = this.#shared.get(key)
    if (shared === undefined) this.#shared.set(key, shared = { kind, lane, period_s, part })
    this.#site.channels.set(index, shared)
  }

  #endSite(): void {
    const site = this.#site
    this.#site = undefined
    this.#channel = undefined
    if (site === undefined) return
    this.#account.read++
    if (site.id === '' || site.channels.size === 0) this.#account.count('drop', 'site-not-understood', () => `${this.#file}: site ${JSON.stringify(site.id)} has ${site.channels.size} numbered values`)
    else {
      if (this.sites.has(site.id)) this.#account.count('repair', 'site-twice', () => `${this.#file}: site ${site.id} stands twice; the later one counts`)
      this.sites.set(site.id, site)
      this.#account.accept(Number.NaN)
    }
  }
}

function closeInSite(site: MeasurementSite, name: string, said: string, path: readonly string[]): void {
  if (name === 'value' && path.includes('measurementSiteName')) site.name ??= said
  else if (name === 'measurementSiteNumberOfLanes') site.lanes = numberOf(said) > 0 ? numberOf(said) : undefined
  else if ((name === 'latitude' || name === 'longitude') && path.includes('measurementSiteLocation')) {
    const [key, degrees] = [name === 'latitude' ? 'lat_deg' : 'lon_deg', numberOf(said)] as const
    // The point itself comes before the points of its other descriptions.
    if (!Number.isNaN(degrees)) site[key] ??= degrees
  }
}
