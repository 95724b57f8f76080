import { describe, expect, it } from 'vitest'
import type { LaneCount } from '../../../model/feed.ts'
import { memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openMeasured, readSiteTable } from './index.ts'

const NAMES = 'xmlns:mc="http://datex2.eu/schema/3/messageContainer" xmlns:roa="http://datex2.eu/schema/3/roadTrafficData" xmlns:loc="http://datex2.eu/schema/3/locationReferencing" xmlns:com="http://datex2.eu/schema/3/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
const container = (...payloads: string[]): string => `<?xml version="1.0"?>\n<mc:messageContainer ${NAMES} modelBaseVersion="3">${payloads.join('\n')}</mc:messageContainer>\n`

const characteristics = (index: number, type: string, lanes: string, vehicles = '<com:vehicleType>anyVehicle</com:vehicleType>'): string =>
  `<roa:measurementSpecificCharacteristics index="${index}"><roa:measurementSpecificCharacteristics><roa:accuracy>95</roa:accuracy><roa:period>60</roa:period><roa:specificMeasurementValueType>${type}</roa:specificMeasurementValueType><roa:specificVehicleCharacteristics>${vehicles}</roa:specificVehicleCharacteristics>${lanes}</roa:measurementSpecificCharacteristics></roa:measurementSpecificCharacteristics>\n`
const lane = (number: number): string => `<roa:specificLane><loc:laneNumber>${number}</loc:laneNumber></roa:specificLane>`
const LENGTHS = '<com:lengthCharacteristic><com:comparisonOperator>greaterThan</com:comparisonOperator><com:vehicleLength>5.6</com:vehicleLength></com:lengthCharacteristic>'
const record = (id: string): string => `<roa:measurementSite id="${id}" version="2"><roa:measurementSiteName><com:values><com:value lang="nl">A7 hmp 18.8</com:value></com:values></roa:measurementSiteName><roa:measurementSiteNumberOfLanes>2</roa:measurementSiteNumberOfLanes>\n`
  + characteristics(1, 'trafficFlow', lane(1)) + characteristics(2, 'trafficSpeed', lane(1)) + characteristics(3, 'trafficFlow', lane(1) + lane(2)) + characteristics(4, 'trafficFlow', lane(1), LENGTHS)
  + characteristics(5, 'trafficConcentration', lane(1)) + characteristics(6, 'trafficFlow', '<roa:specificLane><loc:laneUsage>allLanesCompleteCarriageway</loc:laneUsage></roa:specificLane>')
  + '<roa:measurementSiteLocation xsi:type="loc:PointLocation"><loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>52.1</loc:latitude><loc:longitude>4.6</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates></roa:measurementSiteLocation></roa:measurementSite>\n'
const tablePayload = (...records: string[]): string => `<mc:payload xsi:type="roa:MeasurementSiteTablePublication"><roa:measurementSiteTable id="T" version="7">${records.join('')}</roa:measurementSiteTable></mc:payload>`
const TABLE = container(tablePayload(record('a'), record('b')))
const table = await readSiteTable(memorySource('table.xml', TABLE))

const quantity = (index: number, type: string, data: string, { kind = 'SinglePhysicalQuantity', before = '' } = {}): string =>
  `<roa:physicalQuantity index="${index}"><roa:physicalQuantity xsi:type="roa:${kind}">${before}<roa:basicData xsi:type="roa:${type}">${data}</roa:basicData></roa:physicalQuantity></roa:physicalQuantity>\n`
const flow = (index: number, value: string, how: { kind?: string; before?: string; error?: string } = {}): string => quantity(index, 'TrafficFlow', `<roa:vehicleFlow accuracy="0.0">${how.error ?? ''}<com:vehicleFlowRate>${value}</com:vehicleFlowRate></roa:vehicleFlow>`, how)
const speed = (index: number, value: string, attributes = ''): string => quantity(index, 'TrafficSpeed', `<roa:averageVehicleSpeed${attributes}><com:speed>${value}</com:speed></roa:averageVehicleSpeed>`)
const occupancy = (index: number, value: string): string => quantity(index, 'TrafficConcentration', `<roa:occupancy><com:percentage>${value}</com:percentage></roa:occupancy>`)
const site = (id: string, values: string, { version = '2', time = '2026-01-05T00:00:00Z', meaning = '' } = {}): string =>
  `<roa:siteMeasurements><roa:measurementSiteReference targetClass="roa:MeasurementSite" id="${id}" version="${version}"/>\n${values}<roa:measurementTimeDefault>${meaning === '' ? '' : `<roa:timeMeaning>${meaning}</roa:timeMeaning>`}<roa:timeValue>${time}</roa:timeValue></roa:measurementTimeDefault></roa:siteMeasurements>\n`
const measured = (sites: string): string => `<mc:payload xsi:type="roa:MeasuredDataPublication" lang="nl" modelBaseVersion="3"><com:publicationTime>2026-01-05T00:01:40Z</com:publicationTime>\n<roa:measurementSiteTableReference targetClass="roa:MeasurementSiteTable" id="T" version="7"/>\n${sites}</mc:payload>`
const publication = (sites: string): string => container(measured(sites))
const row = (changes: Partial<LaneCount> = {}): LaneCount => ({ sensor: 'a', lane: 'lane1', time_s: TEST_DAY_S, period_s: 60, vehicles: 2, occupancy: undefined, speed_mps: 20, ...changes })

async function read(bytes: string): Promise<{ rows: LaneCount[]; causes: Record<string, number> }> {
  const feed = openMeasured([memorySource('minute.xml', bytes)], table, testContext())
  const rows: LaneCount[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return { rows, causes: Object.fromEntries(feed.account.health().issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])) }
}

describe('a feed of measured data of version 3', () => {
  feedConformance('DATEX II version 3', (source) => openMeasured([source], table, testContext()), {
    good: {
      bytes: publication(site('a', flow(1, '120') + speed(2, '72') + flow(4, '60') + occupancy(5, '12') + flow(6, '0')) + site('b', flow(1, '0') + speed(2, '-1', ' numberOfInputValuesUsed="0"'))),
      rows: [row({ occupancy: 0.12 }), row({ lane: undefined, vehicles: 0, speed_mps: undefined }), row({ sensor: 'b', vehicles: 0, speed_mps: undefined })],
    },
    long: (rows) => publication(Array.from({ length: rows }, (_, i) => site('a', flow(1, '120'), { time: new Date((TEST_DAY_S + i * 60) * 1000).toISOString() })).join('')),
    bad: [{
      title: 'sites that the table does not explain, and values that are no measurement',
      bytes: publication(site('c', flow(1, '120')) + site('a', flow(1, '120'), { version: '3' }) + site('a', flow(1, '120'), { time: 'now' }) + site('a', flow(1, '0', { error: '<com:dataError>true</com:dataError>' })) + site('a', flow(1, '120')) + site('a', flow(1, '120')) + site('b', flow(1, '7200')) + site('b', speed(1, '50'))),
      rows: 1, issues: ['quarantine site-unknown', 'quarantine site-version', 'drop time-not-understood', 'drop no-value', 'drop duplicate', 'quarantine too-many-vehicles', 'quarantine kind-disagrees'],
    }, { title: 'a publication that breaks off', bytes: publication(site('a', flow(1, '120')) + site('b', flow(1, '120'))).slice(0, -250), rows: 1, issues: ['drop source-truncated'] }],
    refused: [
      { title: 'what is no XML', bytes: 'time,flow\n', code: 'input.format', sentence: /made-up source.*XML/ },
      { title: 'signs', bytes: container('<mc:payload xsi:type="vms:VmsPublication"/>'), code: 'input.format', sentence: /made-up source.*vms:VmsPublication.*version 2 or 3/ },
      { title: 'a site table alone', bytes: TABLE, code: 'input.format', sentence: /made-up source.*MeasurementSiteTablePublication alone/ },
    ],
  }, it)

  it('may come with its site table, which is passed over', async () => {
    expect((await read(container(tablePayload(record('a')), measured(site('a', flow(1, '120') + speed(2, '72')))))).rows).toEqual([row()])
  })

  it('says itself what its times are of the interval', async () => {
    const times = async (meaning: string): Promise<number[]> => (await read(publication(site('a', flow(1, '120'), { meaning })))).rows.map(({ time_s }) => time_s - TEST_DAY_S)
    expect([await times('beginTime'), await times('middleTime'), await times('endTime')]).toEqual([[0], [-30], [-60]])
  })

  it('tells nothing of what was not measured: forecasts, profiles of times, and values with a fault', async () => {
    const fault = '<roa:physicalQuantityFault><roa:physicalQuantityFaultType>spuriousUnreliableDataValues</roa:physicalQuantityFaultType></roa:physicalQuantityFault>'
    expect(await read(publication(site('a', flow(1, '120', { before: '<roa:forecast>true</roa:forecast>' }))))).toEqual({ rows: [], causes: { 'quarantine kind-disagrees': 1 } })
    expect(await read(publication(site('a', flow(1, '120', { kind: 'TimeProfiledPhysicalQuantity' }))))).toEqual({ rows: [], causes: { 'quarantine kind-disagrees': 1 } })
    expect(await read(publication(site('a', flow(1, '120', { before: fault }))))).toEqual({ rows: [], causes: { 'drop no-value': 1 } })
  })

  it('passes as much over several lanes as over each of them', async () => {
    expect((await read(publication(site('a', flow(3, '5400'))))).rows).toEqual([row({ lane: 'lane1+lane2', vehicles: 90, speed_mps: undefined })])
  })
})

describe('a site table of version 3', () => {
  it('says what each index of a site is, by lanes with numbers', () => {
    expect([table.id, table.version, table.health.accepted]).toEqual(['T', '7', 2])
    const a = table.sites.get('a')!
    expect(a).toMatchObject({ name: 'A7 hmp 18.8', lanes: 2, lat_deg: 52.1, lon_deg: 4.6, version: '2' })
    expect([...a.channels].map(([index, { kind, lane: named, period_s, part }]) => [index, kind, named, period_s, part?.words])).toEqual([
      [1, 'flow', 'lane1', 60, undefined], [2, 'speed', 'lane1', 60, undefined], [3, 'flow', 'lane1+lane2', 60, undefined], [4, 'flow', 'lane1', 60, '5.6-Infinity m'], [5, 'occupancy', 'lane1', 60, undefined], [6, 'flow', undefined, 60, undefined],
    ])
  })
})
