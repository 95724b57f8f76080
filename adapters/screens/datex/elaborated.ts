// Speeds, travel times and status of segments as an ElaboratedDataPublication of DATEX II version 3, and back. What is grey is left out, never sent as zero.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Publication } from '../../../model/publication.ts'
import { kmhFromMps, type Instant, type Seconds } from '../../../model/units.ts'
import { container, header, numberFrom, payload, pointContent, pointFrom, timeFrom, timeText, type GeoPoint, type Publisher } from './document.ts'
import { childOf, childrenOf, leaf, node, parseXml, textOf, typeOf, xmlText, type XmlElement } from './xml.ts'

/** In the words of DATEX: of the free-flow speed, below a tenth, a quarter, three quarters. */
export type TrafficStatusWord = 'stationary' | 'queuing' | 'slow' | 'freeFlow'

export interface ElaboratedSegment {
  /** Our own id, as external reference. */
  segment: string
  /** Its end. */
  point: GeoPoint
  /** To a tenth. */
  speed_kmh: number
  status: TrafficStatusWord
  /** Absent where a part of the segment is not known; to a tenth. */
  travel_time_s?: Seconds
  free_time_s?: Seconds
}

const tenth = (value: number): number => Math.round(10 * value) / 10

/** Segments of which a speed is published. `pointOf` a segment's end. */
export const elaboratedOf = (publication: Publication, pointOf: (segment: string) => GeoPoint): ElaboratedSegment[] => publication.segments.flatMap(({ id, speed_mps, index, travel_time_s }) => {
  if (speed_mps === null || index === null) return []
  return [{ segment: id, point: pointOf(id), speed_kmh: tenth(kmhFromMps(speed_mps)), status: statusOf(1 / index), ...(travel_time_s === null ? {} : { travel_time_s: tenth(travel_time_s), free_time_s: tenth(travel_time_s / index) }) }]
})

const statusOf = (share: number): TrafficStatusWord => (share < 0.1 ? 'stationary' : share < 0.25 ? 'queuing' : share < 0.75 ? 'slow' : 'freeFlow')

/** One document; the same input gives the same bytes. Throws input.reference where there is nothing to say: the schema has no empty publication. */
export function writeElaborated(segments: readonly ElaboratedSegment[], publisher: Publisher, time: Instant): string {
  if (segments.length === 0) throw new GreenwaveError('input.reference', 'no segment has a speed that may be published')
  return xmlText(container(publisher, time, [payload('roa:ElaboratedDataPublication', publisher, time, leaf('roa:forecastDefault', 'false'), leaf('roa:timeDefault', timeText(time)), header('roa'), segments.flatMap(quantities))]))
}

function quantities({ segment, point, speed_kmh, status, travel_time_s, free_time_s }: ElaboratedSegment): XmlElement[] {
  const quantity = (type: string, ...content: readonly (XmlElement | undefined)[]): XmlElement => node('roa:physicalQuantity', { 'xsi:type': 'roa:SinglePhysicalQuantity' },
    node('roa:pertinentLocation', { 'xsi:type': 'loc:PointLocation' }, pointContent(point, [segment])), node('roa:basicData', { 'xsi:type': `roa:${type}` }, content))
  const lasting = (name: string, value: Seconds | undefined): XmlElement | undefined => (value === undefined ? undefined : node(name, {}, leaf('roa:duration', value)))
  return [
    quantity('TrafficSpeed', node('roa:averageVehicleSpeed', {}, leaf('com:speed', speed_kmh))), quantity('TrafficStatus', node('roa:trafficStatus', {}, leaf('roa:trafficStatusValue', status))),
    ...(travel_time_s === undefined ? [] : [quantity('TravelTimeData', leaf('roa:travelTimeType', 'estimated'), lasting('roa:travelTime', travel_time_s), lasting('roa:freeFlowTravelTime', free_time_s))]),
  ]
}

/** What `writeElaborated` wrote. Throws input.syntax, input.value or input.format. */
export function readElaborated(text: string, file: string): { time: Instant; segments: ElaboratedSegment[] } {
  const found = childrenOf(parseXml(text, file), 'payload').find((one) => typeOf(one) === 'ElaboratedDataPublication')
  if (found === undefined) throw new GreenwaveError('input.format', 'there is no ElaboratedDataPublication in it', { file })
  const segments = new Map<string, Partial<ElaboratedSegment>>()
  for (const quantity of childrenOf(found, 'physicalQuantity')) {
    const location = childOf(quantity, 'pertinentLocation')
    const id = textOf(location, 'externalReferencing', 'externalLocationCode') ?? ''
    const data = childOf(quantity, 'basicData')
    const figure = (...path: string[]): number => numberFrom(textOf(data, ...path), `${path[0]!} of segment "${id}"`, file)
    const known = segments.get(id) ?? { segment: id, point: pointFrom(location, `segment "${id}"`, file) }
    segments.set(id, known)
    switch (data === undefined ? '' : typeOf(data)) {
      case 'TrafficSpeed': known.speed_kmh = figure('averageVehicleSpeed', 'speed'); break
      case 'TrafficStatus': known.status = textOf(data, 'trafficStatus', 'trafficStatusValue') as TrafficStatusWord; break
      case 'TravelTimeData': Object.assign(known, { travel_time_s: figure('travelTime', 'duration'), free_time_s: figure('freeFlowTravelTime', 'duration') }); break
      default: throw new GreenwaveError('input.format', `segment "${id}" has data of a kind that is not understood`, { file })
    }
  }
  return { time: timeFrom(textOf(found, 'timeDefault'), 'timeDefault', file), segments: [...segments.values()] as ElaboratedSegment[] }
}
