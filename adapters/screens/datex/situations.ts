// Situations of a publication as DATEX II version 3, out and back.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Publication } from '../../../model/publication.ts'
import type { Instant } from '../../../model/units.ts'
import { container, header, inWords, numberFrom, payload, pointContent, pointFrom, timeFrom, timeText, type GeoPoint, type Publisher, type RecordKind, type Situation, type SituationRecord } from './document.ts'
import { childOf, childrenOf, leaf, node, parseXml, textOf, typeOf, xmlText, type XmlElement } from './xml.ts'

/** Type of the record, and the elements that say what of it. */
const TYPES: Readonly<Record<RecordKind, { type: string; says: readonly (readonly [element: string, value: string])[] }>> = {
  congestion: { type: 'AbnormalTraffic', says: [['abnormalTrafficType', 'queuingTraffic']] },
  accident: { type: 'Accident', says: [['accidentType', 'accident']] },
  breakdown: { type: 'VehicleObstruction', says: [['vehicleObstructionType', 'brokenDownVehicle']] },
  obstruction: { type: 'GeneralObstruction', says: [['obstructionType', 'obstructionOnTheRoad']] },
  closure: { type: 'RoadOrCarriagewayOrLaneManagement', says: [['complianceOption', 'mandatory'], ['roadOrCarriagewayOrLaneManagementType', 'roadClosed']] },
  restriction: { type: 'RoadOrCarriagewayOrLaneManagement', says: [['complianceOption', 'mandatory'], ['roadOrCarriagewayOrLaneManagementType', 'laneClosures']] },
  works: { type: 'MaintenanceWorks', says: [['roadMaintenanceType', 'roadworks']] },
}
const TRENDS = { growing: 'trafficBuildingUp', stable: 'trafficStable', shrinking: 'trafficEasing' } as const

/** Places whose delay is known and all notices; a place that is not known is left out, not sent as zero. `pointOf` a segment's end. */
export function situationsOf(publication: Publication, pointOf: (segment: string) => GeoPoint): Situation[] {
  const at = publication.computed_at
  const one = (record: Omit<SituationRecord, 'version' | 'updated_at'>): Situation => ({ id: `${publication.network}.${record.id}`, updated_at: at, records: [{ ...record, version: Math.round(at), updated_at: at }] })
  const pointAt = (segments: readonly string[], what: string): GeoPoint => {
    const last = segments.at(-1)
    if (last === undefined) throw new GreenwaveError('input.reference', `${what} lies on no published segment`)
    return pointOf(last)
  }
  const congestion = publication.places.filter(({ delay_s }) => delay_s !== null && delay_s > 0).map((place): Situation => one({
    id: `place.${place.id}`, kind: 'congestion', created_at: at, from: at, text: place.name, segments: [...place.segments], point: pointAt(place.segments, `place "${place.id}"`),
    queue_m: Math.round(place.length_m), delay_s: Math.round(place.delay_s!), ...(place.trend === 'unknown' ? {} : { trend: place.trend }),
  }))
  const notices = publication.notices.map((notice): Situation => {
    const segments = publication.segments.filter(({ links }) => links.some((link) => notice.links.includes(link))).map(({ id }) => id)
    return one({
      id: `notice.${notice.id}`, kind: notice.kind, created_at: notice.from, from: notice.from, ...(notice.until === null ? {} : { until: notice.until }), ...(notice.text === '' ? {} : { text: notice.text }), segments, point: pointAt(segments, `notice "${notice.id}"`),
    })
  })
  return [...congestion, ...notices]
}

/** One document; the same input gives the same bytes. */
export const writeSituations = (situations: readonly Situation[], publisher: Publisher, time: Instant): string =>
  xmlText(container(publisher, time, [payload('sit:SituationPublication', publisher, time, situations.map((situation) => node('sit:situation', { id: situation.id },
    leaf('sit:situationVersionTime', timeText(situation.updated_at)), header('sit'), situation.records.map((record) => recordElement(record, publisher.language)))))]))

function recordElement(record: SituationRecord, language: string): XmlElement {
  const { type, says } = TYPES[record.kind]
  return node('sit:situationRecord', { 'xsi:type': `sit:${type}`, 'id': record.id, 'version': record.version },
    leaf('sit:situationRecordCreationTime', timeText(record.created_at)), leaf('sit:situationRecordVersionTime', timeText(record.updated_at)), leaf('sit:probabilityOfOccurrence', 'certain'),
    node('sit:validity', {}, leaf('com:validityStatus', 'definedByValidityTimeSpec'), node('com:validityTimeSpecification', {}, leaf('com:overallStartTime', timeText(record.from)), leaf('com:overallEndTime', record.until === undefined ? undefined : timeText(record.until)))),
    record.delay_s === undefined ? undefined : node('sit:impact', {}, node('sit:delays', {}, leaf('sit:delayTimeValue', record.delay_s))),
    record.text === undefined ? undefined : node('sit:generalPublicComment', {}, inWords('sit:comment', record.text, language)),
    node('sit:locationReference', { 'xsi:type': 'loc:PointLocation' }, pointContent(record.point, record.segments)),
    says.map(([element, value]) => leaf(`sit:${element}`, value)),
    leaf('sit:queueLength', record.queue_m), leaf('sit:trafficTrendType', record.trend === undefined ? undefined : TRENDS[record.trend]))
}

/** What `writeSituations` wrote. Throws input.syntax, input.value or input.format naming the record. */
export function readSituations(text: string, file: string): Situation[] {
  const root = parseXml(text, file)
  const found = childrenOf(root, 'payload').find((one) => typeOf(one) === 'SituationPublication')
  if (found === undefined) throw new GreenwaveError('input.format', 'there is no SituationPublication in it', { file })
  return childrenOf(found, 'situation').map((situation) => ({
    id: situation.attributes.id ?? '', updated_at: timeFrom(textOf(situation, 'situationVersionTime'), `the time of situation ${situation.attributes.id ?? ''}`, file),
    records: childrenOf(situation, 'situationRecord').map((record) => recordFrom(record, file)),
  }))
}

function recordFrom(element: XmlElement, file: string): SituationRecord {
  const id = element.attributes.id ?? ''
  const type = typeOf(element)
  const kind = (Object.keys(TYPES) as RecordKind[]).find((one) => TYPES[one].type === type && TYPES[one].says.every(([name, value]) => textOf(element, name) === value))
  if (kind === undefined) throw new GreenwaveError('input.format', `record "${id}" is a ${type} of a kind that is not understood`, { file })
  const time = (...path: string[]): number => timeFrom(textOf(element, ...path), `${path.at(-1)!} of record "${id}"`, file)
  const end = textOf(element, 'validity', 'validityTimeSpecification', 'overallEndTime')
  const text = textOf(element, 'generalPublicComment', 'comment', 'values', 'value')
  const [queue, delay, trend] = [textOf(element, 'queueLength'), textOf(element, 'impact', 'delays', 'delayTimeValue'), textOf(element, 'trafficTrendType')]
  const direction = (Object.keys(TRENDS) as (keyof typeof TRENDS)[]).find((one) => TRENDS[one] === trend)
  const location = childOf(element, 'locationReference')
  return {
    id, version: numberFrom(element.attributes.version, `version of record "${id}"`, file), kind, created_at: time('situationRecordCreationTime'), updated_at: time('situationRecordVersionTime'),
    from: time('validity', 'validityTimeSpecification', 'overallStartTime'), ...(end === undefined ? {} : { until: time('validity', 'validityTimeSpecification', 'overallEndTime') }), ...(text === undefined ? {} : { text }),
    segments: location === undefined ? [] : childrenOf(location, 'externalReferencing').filter((one) => textOf(one, 'externalReferencingSystem') === 'greenwave').map((one) => textOf(one, 'externalLocationCode') ?? ''),
    point: pointFrom(location, `record "${id}"`, file), ...(queue === undefined ? {} : { queue_m: numberFrom(queue, `queue of record "${id}"`, file) }), ...(delay === undefined ? {} : { delay_s: numberFrom(delay, `delay of record "${id}"`, file) }),
    ...(direction === undefined ? {} : { trend: direction }),
  }
}
