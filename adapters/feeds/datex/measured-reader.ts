// From the elements of a MeasuredDataPublication, version 2 or 3, to the measurements of one site at a time. Names are read without their
// prefixes; version 3 calls a numbered value `physicalQuantity`, and its time is a `timeValue` that may say what it means.
import { numberOf } from '../ndjson.ts'

/** What one numbered value says. */
export interface SiteValue {
  kind: 'flow' | 'speed' | 'occupancy' | 'other'
  /** veh/h, km/h or percent; undefined where it is missing. */
  value: number | undefined
  /** Why it is missing. */
  missing: MissingCause | undefined
}

/** A value is missing where the site says that it is an error, where nothing went into it, where it is -1 or less, and where there is none. */
export type MissingCause = 'data-error' | 'no-inputs' | 'below-0' | 'no-number'

export type TimeMeaning = 'begin' | 'middle' | 'end'

export interface SiteMeasurements {
  id: string
  version: string
  time: string
  /** What the time is of the interval, where the publication says it. */
  time_is: TimeMeaning | undefined
  values: Map<number, SiteValue>
}

/** What stood in publications. */
export interface DatexFigures {
  publications: number
  /** Version of the site table that the last publication names. */
  table_version: string | undefined
  sites: number
  values: number
  flows: number
  speeds: number
  /** Flows of 0 that are measured. */
  zero_flows: number
  missing: Record<MissingCause, number>
}

/** More numbered values are no site. */
const MOST_VALUES = 5000
const HOLDERS: Readonly<Record<string, SiteValue['kind']>> = { vehicleFlow: 'flow', averageVehicleSpeed: 'speed', occupancy: 'occupancy' }
/** A numbered value, by version. */
const VALUES = new Set(['measuredValue', 'physicalQuantity'])
const MEANINGS: Readonly<Record<string, TimeMeaning>> = { beginTime: 'begin', middleTime: 'middle', endTime: 'end' }
const NUMBERS: Readonly<Record<string, SiteValue['kind']>> = { vehicleFlowRate: 'flow', speed: 'speed', percentage: 'occupancy' }

interface OpenValue {
  index: number
  kind: SiteValue['kind']
  text: string | undefined
  inputs: string | undefined
  error: boolean
  /** Forecasts, and whole profiles of times, are no measurement. */
  unmeasured: boolean
}

/** Handlers of the XML reader; a site is handed on when its element ends. */
export class MeasuredReader {
  readonly figures: DatexFigures = { publications: 0, table_version: undefined, sites: 0, values: 0, flows: 0, speeds: 0, zero_flows: 0, missing: { 'data-error': 0, 'no-inputs': 0, 'below-0': 0, 'no-number': 0 } }
  /** The kind of a publication that is another one. */
  other: string | undefined
  /** The kind of a payload that was passed over: the site table, which version 3 may send along. */
  passed: string | undefined
  readonly #take: (site: SiteMeasurements) => void
  #site: SiteMeasurements | undefined
  #value: OpenValue | undefined
  /** Elements of numbered values that are open; the one with the index is the outer one. */
  #depth = 0
  #inHolder = false

  constructor(take: (site: SiteMeasurements) => void) {
    this.#take = take
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const { id, version, index } = attributes
    if (name === 'payloadPublication' || name === 'payload') this.#publication(name, attributes)
    else if (name === 'measurementSiteTableReference') this.figures.table_version = version
    else if (name === 'siteMeasurements') this.#site = { id: '', version: '', time: '', time_is: undefined, values: new Map() }
    else if (this.#site === undefined) return
    else if (name === 'measurementSiteReference') [this.#site.id, this.#site.version] = [id ?? '', version ?? '']
    else if (VALUES.has(name)) {
      this.#depth++
      if (index !== undefined) this.#value = { index: numberOf(index), kind: 'other', text: undefined, inputs: undefined, error: false, unmeasured: false }
      else if (this.#value !== undefined && attributes['xsi:type']?.endsWith('TimeProfiledPhysicalQuantity') === true) this.#value.unmeasured = true
    } else if (this.#value !== undefined && name === 'physicalQuantityFault') this.#value.error = true
    else if (this.#value !== undefined && HOLDERS[name] !== undefined) {
      this.#inHolder = true
      this.#value.kind = HOLDERS[name]
      this.#value.inputs = attributes.numberOfInputValuesUsed
    }
  }

  close(name: string, text: string): void {
    if (this.#site === undefined) return
    const value = this.#value
    if (name === 'siteMeasurements') this.#endSite(this.#site)
    else if (VALUES.has(name)) {
      if (--this.#depth <= 0) this.#endValue(this.#site)
    } else if (value === undefined) closeInSite(this.#site, name, text.trim())
    else if (name === 'forecast') value.unmeasured ||= isTrue(text)
    else if (name === 'dataError') value.error ||= isTrue(text)
    else if (HOLDERS[name] !== undefined) this.#inHolder = false
    else if (this.#inHolder && NUMBERS[name] === value.kind) value.text = text.trim()
  }

  /** Forgets what a source that broke off left open. */
  endSource(): void {
    this.#site = undefined
    this.#value = undefined
    this.#depth = 0
    this.#inHolder = false
  }

  #publication(element: string, attributes: Readonly<Record<string, string>>): void {
    const type = attributes['xsi:type'] ?? ''
    const kind = type.split(':').at(-1)!
    if (element === 'payload' && kind === 'MeasurementSiteTablePublication') {
      this.passed = type
      return
    }
    this.figures.publications++
    if (kind !== '' && kind !== 'MeasuredDataPublication') this.other = type
  }

  #endValue(site: SiteMeasurements): void {
    const value = this.#value
    this.#value = undefined
    this.#depth = 0
    if (value === undefined || !Number.isInteger(value.index) || site.values.size >= MOST_VALUES) return
    const number = numberOf(value.text)
    const missing: MissingCause | undefined = value.error ? 'data-error' : value.inputs !== undefined && numberOf(value.inputs) === 0 ? 'no-inputs' : Number.isNaN(number) ? 'no-number' : number < 0 ? 'below-0' : undefined
    if (value.unmeasured) value.kind = 'other'
    const { figures } = this
    figures.values++
    if (value.kind === 'flow') figures.flows++
    if (value.kind === 'speed') figures.speeds++
    if (missing !== undefined) figures.missing[missing]++
    else if (value.kind === 'flow' && number === 0) figures.zero_flows++
    site.values.set(value.index, { kind: value.kind, value: missing === undefined ? number : undefined, missing })
  }

  #endSite(site: SiteMeasurements): void {
    this.endSource()
    this.figures.sites++
    this.#take(site)
  }
}

const isTrue = (text: string): boolean => text.trim() === 'true' || text.trim() === '1'

/** The time of all values: itself in version 2, its `timeValue` in version 3. */
function closeInSite(site: SiteMeasurements, name: string, said: string): void {
  if (said !== '' && (name === 'measurementTimeDefault' || name === 'timeValue')) site.time = said
  else if (name === 'timeMeaning') site.time_is = MEANINGS[said]
}
