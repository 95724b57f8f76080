// Shapes that are published as DATEX II, and what all payloads share.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant, Metres, Seconds } from '../../../model/units.ts'
import { childOf, leaf, node, textOf, type XmlElement } from './xml.ts'

export interface Publisher {
  /** ISO 3166, two letters. */
  country: string
  national_id: string
  language: string
}

export interface GeoPoint {
  lat_deg: number
  lon_deg: number
  bearing_deg?: number
}

export type RecordKind = 'congestion' | 'accident' | 'breakdown' | 'obstruction' | 'closure' | 'restriction' | 'works'

export interface SituationRecord {
  id: string
  version: number
  kind: RecordKind
  created_at: Instant
  updated_at: Instant
  from: Instant
  until?: Instant
  text?: string
  /** Our own ids of the segments, as external references. */
  segments: string[]
  point: GeoPoint
  /** Of congestion. */
  queue_m?: Metres
  delay_s?: Seconds
  trend?: 'growing' | 'stable' | 'shrinking'
}

export interface Situation {
  id: string
  updated_at: Instant
  records: SituationRecord[]
}

export interface VmsUnit {
  controller: string
  version: number
  index: number
  name: string
  lines: number
  characters_per_line: number
  pages: number
  point: GeoPoint
  /** Whether it shows text, or colours only. */
  shows: 'text' | 'graphics'
}

export interface VmsState {
  controller: string
  version: number
  index: number
  time: Instant
  status: 'working' | 'blank' | 'notWorking'
  /** One after another. */
  pages: string[][]
  set_at: Instant
  /** PNG, base64; only where there is no text. */
  image?: string
}

export const NAMESPACES = {
  'xmlns:mc': 'http://datex2.eu/schema/3/messageContainer', 'xmlns:com': 'http://datex2.eu/schema/3/common', 'xmlns:sit': 'http://datex2.eu/schema/3/situation', 'xmlns:vms': 'http://datex2.eu/schema/3/vms',
  'xmlns:roa': 'http://datex2.eu/schema/3/roadTrafficData',
  'xmlns:loc': 'http://datex2.eu/schema/3/locationReferencing', 'xmlns:ex': 'http://datex2.eu/schema/3/exchangeInformation', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
} as const

/** Milliseconds are kept; nothing finer is published. */
export const timeText = (time: Instant): string => new Date(Math.round(time * 1000)).toISOString()

export function timeFrom(text: string | undefined, what: string, file: string): Instant {
  const time = Date.parse(text ?? '') / 1000
  if (Number.isNaN(time)) throw new GreenwaveError('input.value', `${what} is ${JSON.stringify(text)}, which is no time`, { file })
  return time
}

export function numberFrom(text: string | undefined, what: string, file: string): number {
  const value = Number(text)
  if (text === undefined || text.trim() === '' || !Number.isFinite(value)) throw new GreenwaveError('input.value', `${what} is ${JSON.stringify(text)}, which is no number`, { file })
  return value
}

/** `mc:messageContainer` with its payloads, as a snapshot to be pulled. */
export function container(publisher: Publisher, time: Instant, payloads: readonly XmlElement[]): XmlElement {
  return node('mc:messageContainer', { ...NAMESPACES, modelBaseVersion: '3' }, payloads, node('mc:exchangeInformation', { modelBaseVersion: '3' },
    node('ex:exchangeContext', {}, leaf('ex:codedExchangeProtocol', 'snapshotPull'), leaf('ex:exchangeSpecificationVersion', '3'), node('ex:supplierOrCisRequester', {}, node('ex:internationalIdentifier', {}, identifier(publisher)))),
    node('ex:dynamicInformation', {}, leaf('ex:exchangeStatus', 'online'), leaf('ex:messageGenerationTimestamp', timeText(time)))))
}

const identifier = ({ country, national_id }: Publisher): XmlElement[] => [leaf('com:country', country), leaf('com:nationalIdentifier', national_id)]

export const payload = (type: string, publisher: Publisher, time: Instant, ...content: readonly (XmlElement | undefined | readonly XmlElement[])[]): XmlElement =>
  node('mc:payload', { 'xsi:type': type, 'lang': publisher.language, 'modelBaseVersion': '3' }, leaf('com:publicationTime', timeText(time)), node('com:publicationCreator', {}, identifier(publisher)), ...content)

export const header = (prefix: 'sit' | 'vms' | 'roa'): XmlElement => node(`${prefix}:headerInformation`, {}, leaf('com:confidentiality', 'noRestriction'), leaf('com:informationStatus', 'real'))

export const inWords = (name: string, text: string, language: string): XmlElement => node(name, {}, node('com:values', {}, { ...leaf('com:value', text), attributes: { lang: language } }))

/** Content of a PointLocation: our references, then the point. */
export function pointContent(point: GeoPoint, references: readonly string[]): XmlElement[] {
  return [
    ...references.map((id) => node('loc:externalReferencing', {}, leaf('loc:externalLocationCode', id), leaf('loc:externalReferencingSystem', 'greenwave'))),
    node('loc:pointByCoordinates', {}, leaf('loc:bearing', point.bearing_deg), node('loc:pointCoordinates', {}, leaf('loc:latitude', point.lat_deg), leaf('loc:longitude', point.lon_deg))),
  ]
}

export function pointFrom(location: XmlElement | undefined, what: string, file: string): GeoPoint {
  const at = childOf(location, 'pointByCoordinates')
  const bearing = textOf(at, 'bearing')
  return {
    lat_deg: numberFrom(textOf(at, 'pointCoordinates', 'latitude'), `latitude of ${what}`, file), lon_deg: numberFrom(textOf(at, 'pointCoordinates', 'longitude'), `longitude of ${what}`, file),
    ...(bearing === undefined ? {} : { bearing_deg: numberFrom(bearing, `bearing of ${what}`, file) }),
  }
}
