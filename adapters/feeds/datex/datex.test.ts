import { describe, expect, it } from 'vitest'
import type { LaneCount } from '../../../model/feed.ts'
import { memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { type MeasuredOptions, openMeasured, readSiteTable, type SiteTable } from './index.ts'

const characteristics = (index: number, type: string, more: string, lane = 'lane1'): string =>
  `<measurementSpecificCharacteristics index="${index}"><measurementSpecificCharacteristics><accuracy>95</accuracy><period>60</period><specificLane>${lane}</specificLane><specificMeasurementValueType>${type}</specificMeasurementValueType><specificVehicleCharacteristics>${more}</specificVehicleCharacteristics></measurementSpecificCharacteristics></measurementSpecificCharacteristics>\n`
const ANY = '<vehicleType>anyVehicle</vehicleType>'
const LONG = '<lengthCharacteristic><comparisonOperator>greaterThanOrEqualTo</comparisonOperator><vehicleLength>5.6</vehicleLength></lengthCharacteristic><lengthCharacteristic><comparisonOperator>lessThanOrEqualTo</comparisonOperator><vehicleLength>12.2</vehicleLength></lengthCharacteristic>'
const record = (id: string, version = '2'): string => `<measurementSiteRecord id="${id}" version="${version}"><measurementSiteName><values><value lang="nl">N457</value></values></measurementSiteName><measurementSiteNumberOfLanes>2</measurementSiteNumberOfLanes>\n`
  + characteristics(1, 'trafficFlow', LONG) + characteristics(2, 'trafficFlow', ANY) + characteristics(3, 'trafficSpeed', ANY) + characteristics(4, 'trafficFlow', ANY, 'allLanesCompleteCarriageway') + characteristics(5, 'trafficFlow', '<vehicleType>lorry</vehicleType>')
  + '<measurementSiteLocation><locationForDisplay><latitude>52.1</latitude><longitude>4.6</longitude></locationForDisplay></measurementSiteLocation></measurementSiteRecord>\n'
const tableOf = (...records: string[]): Promise<SiteTable> => readSiteTable(memorySource('table.xml', `<d2LogicalModel><payloadPublication><measurementSiteTable id="T" version="7">${records.join('')}</measurementSiteTable></payloadPublication></d2LogicalModel>`))
const table = await tableOf(record('a'), record('b'))

const flow = (index: number, value: string, attributes = '', error = ''): string => `<measuredValue index="${index}"><measuredValue><basicData xsi:type="TrafficFlow"><vehicleFlow${attributes}>${error}<vehicleFlowRate>${value}</vehicleFlowRate></vehicleFlow></basicData></measuredValue></measuredValue>\n`
const speed = (index: number, value: string, attributes = '', error = ''): string => `<measuredValue index="${index}"><measuredValue><basicData xsi:type="TrafficSpeed"><averageVehicleSpeed${attributes}>${error}<speed>${value}</speed></averageVehicleSpeed></basicData></measuredValue></measuredValue>\n`
const site = (id: string, values: string, { version = '2', time = '2026-01-05T00:00:00Z' } = {}): string =>
  `<siteMeasurements xmlns:xsi="x"><measurementSiteReference id="${id}" version="${version}" targetClass="MeasurementSiteRecord"/><measurementTimeDefault>${time}</measurementTimeDefault>\n${values}</siteMeasurements>\n`
const publication = (sites: string): string => `<?xml version="1.0"?>\n<SOAP:Envelope xmlns:SOAP="s"><SOAP:Body><d2LogicalModel modelBaseVersion="2"><payloadPublication xmlns:xsi="x" xsi:type="MeasuredDataPublication"><publicationTime>2026-01-05T00:01:40Z</publicationTime><measurementSiteTableReference id="T" version="8"/>\n${sites}</payloadPublication></d2LogicalModel></SOAP:Body></SOAP:Envelope>\n`
const row = (changes: Partial<LaneCount> = {}): LaneCount => ({ sensor: 'a', lane: 'lane1', time_s: TEST_DAY_S, period_s: 60, vehicles: 2, occupancy: undefined, speed_mps: 20, ...changes })

async function read(sites: string, options: MeasuredOptions = {}): Promise<{ rows: LaneCount[]; causes: Record<string, number> }> {
  const feed = openMeasured([memorySource('minute.xml', publication(sites))], table, testContext(), options)
  const rows: LaneCount[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return { rows, causes: Object.fromEntries(feed.account.health().issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])) }
}

describe('a feed of measured data', () => {
  feedConformance('DATEX II', (source) => openMeasured([source], table, testContext()), {
    good: {
      bytes: publication(site('a', flow(1, '60') + flow(2, '120') + speed(3, '72') + flow(4, '0')) + site('b', flow(2, '0') + speed(3, '-1', ' numberOfInputValuesUsed="0"'))),
      rows: [row(), row({ lane: undefined, vehicles: 0, speed_mps: undefined }), row({ sensor: 'b', vehicles: 0, speed_mps: undefined })],
    },
    long: (rows) => publication(Array.from({ length: rows }, (_, i) => site('a', flow(2, '120'), { time: new Date((TEST_DAY_S + i * 60) * 1000).toISOString() })).join('')),
    bad: [{
      title: 'sites that the table does not explain, and values that are no measurement',
      bytes: publication(site('c', flow(2, '120')) + site('a', flow(2, '120'), { version: '3' }) + site('a', flow(2, '120'), { time: 'now' }) + site('a', flow(2, '0', '', '<dataError>true</dataError>')) + site('a', flow(2, '120')) + site('a', flow(2, '120')) + site('b', flow(2, '7200')) + site('b', speed(2, '50'))),
      rows: 1, issues: ['quarantine site-unknown', 'quarantine site-version', 'drop time-not-understood', 'drop no-value', 'drop duplicate', 'quarantine too-many-vehicles', 'quarantine kind-disagrees'],
    }, { title: 'a publication that breaks off', bytes: publication(site('a', flow(2, '120')) + site('b', flow(2, '120'))).slice(0, -250), rows: 1, issues: ['drop source-truncated'] }],
    refused: [
      { title: 'what is no XML', bytes: 'time,flow\n', code: 'input.format', sentence: /made-up source.*XML/ },
      { title: 'another publication', bytes: '<d2LogicalModel><payloadPublication xsi:type="VmsPublication"/></d2LogicalModel>', code: 'input.format', sentence: /made-up source.*VmsPublication/ },
    ],
  }, it)

  it.each([
    ['that is marked as an error', '0', '', '<dataError>true</dataError>'],
    ['of -1', '-1', '', ''],
    ['into which nothing went, whatever stands there', '0', ' numberOfInputValuesUsed="0"', ''],
    ['that is empty', '', '', ''],
  ])('takes a value %s for missing, never for 0', async (_, value, attributes, error) => {
    expect((await read(site('a', flow(2, '120') + speed(3, value, attributes, error)))).rows).toEqual([row({ speed_mps: undefined })])
    const { rows, causes } = await read(site('a', flow(2, value, attributes, error)))
    expect([rows, causes]).toEqual([[], { 'drop no-value': 1 }])
  })

  it('believes a flow of 0 with valid status, but no speed of nobody', async () => {
    expect((await read(site('a', flow(2, '0', ' supplierCalculatedDataQuality="100"', '<dataError>false</dataError>') + speed(3, '50')))).rows).toEqual([row({ vehicles: 0, speed_mps: undefined })])
  })

  it('tells of parts of the traffic only where asked', async () => {
    const values = flow(1, '60') + flow(2, '120') + speed(3, '72') + flow(5, '180')
    expect((await read(site('a', values))).rows).toEqual([row()])
    expect((await read(site('a', values), { parts: true })).rows).toEqual([row({ vehicles: 1, speed_mps: undefined, class: undefined, lengths_m: [5.6, 12.2] }), row(), row({ vehicles: 3, speed_mps: undefined, class: 'truck', lengths_m: undefined })])
  })

  it('counts back from the time where it is the end of the interval', async () => {
    expect((await read(site('a', flow(2, '120') + speed(3, '72')), { time_is: 'end' })).rows).toEqual([row({ time_s: TEST_DAY_S - 60 })])
  })
})

describe('a site table', () => {
  it('says what each index of a site is', async () => {
    expect([table.id, table.version, table.health.accepted]).toEqual(['T', '7', 2])
    const a = table.sites.get('a')!
    expect(a).toMatchObject({ name: 'N457', lanes: 2, lat_deg: 52.1, lon_deg: 4.6, version: '2' })
    expect([...a.channels].map(([index, { kind, lane, period_s, part }]) => [index, kind, lane, period_s, part?.words])).toEqual([
      [1, 'flow', 'lane1', 60, '5.6-12.2 m'], [2, 'flow', 'lane1', 60, undefined], [3, 'speed', 'lane1', 60, undefined], [4, 'flow', undefined, 60, undefined], [5, 'flow', 'lane1', 60, 'lorry'],
    ])
  })

  it('counts sites without values, and is refused where it is something else', async () => {
    expect((await tableOf('<measurementSiteRecord id="x" version="1"/>', record('a'))).health.issues.map(({ cause }) => cause)).toEqual(['site-not-understood'])
    await expect(readSiteTable(memorySource('t.xml', '<a><b/></a>'))).rejects.toThrow('t.xml')
    await expect(readSiteTable(memorySource('t.csv', 'site,index\n'))).rejects.toThrow('t.csv')
  })
})
