import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { PbfWriter } from 'pbf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fix } from '../../../model/feed.ts'
import { parseDay } from '../../../model/local-time.ts'
import { type ByteSource, memorySource } from '../bytes.ts'
import { assertAdded, type FeedFixtures, feedConformance, readAll, WatchedSource } from '../conformance.ts'
import { corrupt } from '../corruption.ts'
import { fromWgs84 } from '../datum.ts'
import type { FeedContext } from '../feed.ts'
import { openProbes, ProbeFeed } from './index.ts'
import { CELLS_PER_DEGREE, CellProjection } from './cell-projection.ts'
import { lonLat, probeContext, projection } from './test-context.ts'

/** Local midnight of the context's day. */
const MIDNIGHT = Date.parse('2026-01-04T16:00:00Z') / 1000
const fix = (vehicle: string, time_s: number, x_m: number, y_m: number, rest: Partial<Fix> = {}): Fix => ({ vehicle, time_s: MIDNIGHT + time_s, x_m, y_m, speed_mps: undefined, heading_deg: undefined, ...rest })

const open = (changes: Partial<FeedContext> = {}) => (source: ByteSource): ProbeFeed => new ProbeFeed([source], probeContext(changes))
const read = async (bytes: string | Uint8Array, changes: Partial<FeedContext> = {}): Promise<{ rows: Fix[]; issues: string[]; feed: ProbeFeed }> => {
  const { rows, feed } = await readAll(open(changes), new WatchedSource(bytes))
  assertAdded(feed.account, rows.length)
  return { rows, feed: feed as ProbeFeed, issues: feed.account.health().issues.map(({ verdict, cause, records }) => `${verdict} ${cause} ${records}`) }
}
const near = (rows: readonly Fix[]): [number, number][] => rows.map(({ x_m, y_m }) => [Math.round(x_m * 10) / 10, Math.round(y_m * 10) / 10])

const CSV = 'vehicle_id,time_s,x,y,speed_mps,heading_deg\n'
const csv: FeedFixtures<Fix> = {
  good: {
    bytes: `${CSV}a,61200,100.5,200,13.5,90\n"b,1",61200.5,101,-3,,\na,86401,100,201,0,360\n`,
    rows: [fix('a', 61_200, 100.5, 200, { speed_mps: 13.5, heading_deg: 90 }), fix('b,1', 61_200.5, 101, -3), fix('a', 86_401, 100, 201, { speed_mps: 0, heading_deg: 0 })],
  },
  long: (rows) => CSV + Array.from({ length: rows }, (_, i) => `v${i % 7},${61_200 + i / 10},${(i % 1000).toFixed(2)},200.25,13.5,90.0\n`).join(''),
  bad: [
    { title: 'rows with too few or too many fields', bytes: `${CSV}a,1,2\na,1,2,3,4,5,6,7\na,1,2,3,4,5,,\n"a,1,2,3,4,5\na,2,2,3,4,5\n`, rows: 2, issues: ['drop malformed'] },
    { title: 'rows without vehicle, time or place', bytes: `${CSV},1,2,3,,\na,,2,3,,\na,soon,2,3,,\na,1,,3,,\na,1,x,3,,\na,1,NaN,3,,\na,1,2,3,,\n`, rows: 1, issues: ['drop no-vehicle', 'drop time-missing', 'drop time-not-understood', 'drop no-position'] },
    { title: 'fields that say the impossible', bytes: `${CSV}a,1,2,3,-1,361\nb,1,2,3,fast,west\n`, rows: 2, issues: ['repair speed-negative', 'repair heading-out-of-range', 'repair not-a-number'] },
    { title: 'a file that breaks off', bytes: `${CSV}a,1,2,3,4,359.25\na,2,2,3,4,35`, rows: 1, issues: ['drop line-truncated'] },
    { title: 'files that were put together', bytes: `${CSV}a,1,2,3,4,5\n${CSV}a,2,2,3,4,5\n`, rows: 2, issues: ['drop header-again'] },
    { title: 'places outside the network', bytes: `${CSV}a,1,90000,3,4,5\na,2,2,3,4,5\n`, rows: 1, issues: ['drop outside-network'] },
  ],
  refused: [
    { title: 'a table without a header', bytes: '1,2008-02-02 15:36:08,116.51172,39.92123\n', code: 'input.format', sentence: /made-up source.*2008-02-02/ },
    { title: 'a table without places', bytes: 'vehicle_id,time_s,speed\na,1,2\n', code: 'input.format', sentence: /made-up source: it has no columns of places/ },
    { title: 'degrees of a datum that nobody declared', bytes: 'id,time,lon,lat\na,1,121.4,31.2\n', code: 'input.format', sentence: /nobody declared the datum.*gcj02/, makeFeed: open({ datum: undefined }) },
    { title: 'x and y that are degrees of a datum that nobody declared', bytes: 'id,time,x,y\na,1,121.4,31.2\n', code: 'input.format', sentence: /121\.4, 31\.2.*declare their datum/, makeFeed: open({ datum: undefined, bounds: [5000, 5000, 9000, 9000] }) },
    { title: 'degrees in a local drawing', bytes: 'id,time,lon,lat\na,1,121.4,31.2\n', code: 'input.format', sentence: /local drawing/, makeFeed: open({ projection: undefined }) },
    { title: 'something else', bytes: '<html><body>404</body></html>', code: 'input.format', sentence: /made-up source.*<html>/ },
  ],
}

const ndjson: FeedFixtures<Fix> = {
  good: {
    bytes: '{"vehicle_id":7,"time":"2026-01-05T17:00:00+08:00","x":1,"y":2,"speed_kmh":36,"heading_deg":12.5,"class":"Taxi"}\n{"vehicle_id":"8","time":1767603601000,"x":"3.5","y":4,"speed_mps":null,"accuracy_m":5}\n',
    rows: [fix('7', 61_200, 1, 2, { speed_mps: 10, heading_deg: 12.5, class: 'taxi' }), fix('8', 61_201, 3.5, 4, { accuracy_m: 5 })],
  },
  long: (rows) => Array.from({ length: rows }, (_, i) => `{"vehicle_id":"v${i % 7}","time_s":${61_200 + i},"x":${i % 1000},"y":5,"speed_mps":3}\n`).join(''),
  bad: [
    { title: 'lines that are no records', bytes: '{"vehicle_id":"a","time_s":1,"x":1,"y":2}\nnonsense\n[]\n{"vehicle_id":"a"}\n{"time_s":1,"x":1,"y":2}\n{"vehicle_id":"a","ti', rows: 1, issues: ['drop not-json', 'drop not-an-object', 'drop time-missing', 'drop no-vehicle', 'drop line-truncated'] },
  ],
  refused: [{ title: 'objects that are no probes', bytes: '{"status":"ok","uptime":3,"load":1}\n'.repeat(200), code: 'input.format', sentence: /made-up source: it has no column of vehicles/ }, { title: 'degrees of a datum that nobody declared', bytes: '{"id":"a","time":1,"lon":121.4,"lat":31.2}\n', code: 'input.format', sentence: /declared the datum/, makeFeed: open({ datum: undefined }) }],
}

const vehicleXml = (id: string, x: number | string, y: number | string, rest = 'angle="90.00" type="bus" speed="10.00" pos="5.10" lane="e_0" slope="0.00"'): string => `        <vehicle id="${id}" x="${x}" y="${y}" ${rest}/>\n`
const timestep = (time: number | string, inside: string): string => `    <timestep time="${time}">\n${inside}    </timestep>\n`
const fcdFile = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n\n<!-- generated -->\n\n<fcd-export xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n${inside}</fcd-export>\n`
const fcd: FeedFixtures<Fix> = {
  good: {
    bytes: fcdFile(timestep('61200.00', vehicleXml('a', 100, 200.5) + vehicleXml('b&amp;c', 3000, 4000, 'angle="0" speed="0"')) + timestep('61201.00', '') + timestep('17:00:02', vehicleXml('a', 110, 200.5))),
    rows: [fix('a', 61_200, 100, 200.5, { speed_mps: 10, heading_deg: 90, class: 'bus' }), fix('b&c', 61_200, 3000, 4000, { speed_mps: 0, heading_deg: 0 }), fix('a', 61_202, 110, 200.5, { speed_mps: 10, heading_deg: 90, class: 'bus' })],
  },
  long: (rows) => fcdFile(Array.from({ length: Math.ceil(rows / 10) }, (_, i) => timestep(i, Array.from({ length: 10 }, (_, v) => vehicleXml(`v${v}`, 100 + i, v)).join(''))).join('')),
  bad: [
    { title: 'persons and containers', bytes: fcdFile(timestep(1, `${vehicleXml('a', 1, 2)}<person id="p" x="1" y="1" angle="0" speed="1"/><container id="c" x="1" y="1"/>`)), rows: 1, issues: ['drop pedestrian'] },
    { title: 'a run that was stopped', bytes: fcdFile(timestep(1, vehicleXml('a', 1, 2))).slice(0, -20), rows: 1, issues: ['drop source-truncated'] },
    { title: 'vehicles outside a time step or without a place', bytes: fcdFile(vehicleXml('a', 1, 2) + timestep(1, vehicleXml('a', '', 2) + vehicleXml('', 1, 2) + vehicleXml('b', 1, 2))), rows: 1, issues: ['drop time-missing', 'drop no-position', 'drop no-vehicle'] },
  ],
  refused: [{ title: 'another output of SUMO', bytes: '<tripinfos><tripinfo id="a"/></tripinfos>', code: 'input.format', sentence: /these are no probes.*<tripinfos>/ }],
}

const [LON, LAT] = lonLat(3000, 4000).map(Number) as [number, number]
const POSITION_TIME = MIDNIGHT + 61_200

interface Entity { id: string; vehicle?: string; lon?: number; lat?: number; bearing?: number; speed?: number; timestamp?: number; alert?: boolean }
function gtfsMessage(entities: readonly Entity[]): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeMessage(1, (_: unknown, header: PbfWriter) => {
    header.writeStringField(1, '2.0')
    header.writeVarintField(3, POSITION_TIME + 5)
  }, undefined)
  for (const entity of entities) pbf.writeMessage(2, writeEntity, entity)
  return pbf.finish()
}
const writeEntity = (entity: Entity, pbf: PbfWriter): void => {
  pbf.writeStringField(1, entity.id)
  if (entity.alert === true) pbf.writeMessage(5, (_: unknown, alert: PbfWriter) => alert.writeVarintField(6, 1), undefined)
  if (entity.lon === undefined) return
  pbf.writeMessage(4, (_: unknown, vehicle: PbfWriter) => {
    vehicle.writeMessage(2, (_: unknown, position: PbfWriter) => {
      position.writeFloatField(1, entity.lat!)
      position.writeFloatField(2, entity.lon!)
      if (entity.bearing !== undefined) position.writeFloatField(3, entity.bearing)
      if (entity.speed !== undefined) position.writeFloatField(5, entity.speed)
    }, undefined)
    if (entity.timestamp !== undefined) vehicle.writeVarintField(5, entity.timestamp)
    if (entity.vehicle !== undefined) vehicle.writeMessage(8, (_: unknown, descriptor: PbfWriter) => descriptor.writeStringField(1, entity.vehicle!), undefined)
  }, undefined)
}
// The way that feeds take, so that the metres are the same to the last bit; that they are right is the test of the cells.
const placed = (lon: number, lat: number): { x_m: number; y_m: number } => {
  const cells = new CellProjection(projection.fromLonLat, CELLS_PER_DEGREE.wgs84)
  cells.place(lon, lat)
  return { x_m: cells.x, y_m: cells.y }
}
const single = placed(Math.fround(LON), Math.fround(LAT))
const ENTITIES: Entity[] = [
  { id: '1', vehicle: 'bus 1', lon: LON, lat: LAT, bearing: 45, speed: 7.5, timestamp: POSITION_TIME }, { id: '2', vehicle: 'bus 2', lon: LON, lat: LAT },
]
const gtfs: FeedFixtures<Fix> = {
  good: {
    bytes: gtfsMessage(ENTITIES),
    rows: [fix('bus 1', 61_200, single.x_m, single.y_m, { speed_mps: 7.5, heading_deg: 45 }), fix('bus 2', 61_205, single.x_m, single.y_m)],
  },
  long: (rows) => gtfsMessage(Array.from({ length: rows }, (_, i) => ({ ...ENTITIES[0]!, id: String(i), vehicle: `bus ${i}` }))),
  bad: [
    { title: 'entities that are no positions', bytes: gtfsMessage([...ENTITIES, { id: '3', alert: true }, { id: '4', vehicle: 'x', lon: 0, lat: 0 }]), rows: 2, issues: ['drop not-a-position', 'drop position-zero'] },
    { title: 'a message that breaks off', bytes: gtfsMessage(ENTITIES).subarray(0, -3), rows: 1, issues: ['drop source-truncated'] },
  ],
  refused: [{ title: 'positions of a datum that nobody declared', bytes: gtfsMessage(ENTITIES), code: 'input.format', sentence: /declared the datum/, makeFeed: open({ datum: undefined }) }],
}

const gtfsJson = (entities: readonly Entity[]): string => JSON.stringify({
  header: { gtfsRealtimeVersion: '2.0', timestamp: String(POSITION_TIME + 5) },
  entity: entities.map(({ id, vehicle, lon, lat, bearing, speed, timestamp }) => ({ id, ...(lon === undefined ? {} : { vehicle: { position: { longitude: lon, latitude: lat, bearing, speed }, timestamp, vehicle: { id: vehicle } } }) })),
})
const double = placed(LON, LAT)
const gtfsAsJson: FeedFixtures<Fix> = {
  good: { bytes: gtfsJson(ENTITIES), rows: [fix('bus 1', 61_200, double.x_m, double.y_m, { speed_mps: 7.5, heading_deg: 45 }), fix('bus 2', 61_205, double.x_m, double.y_m)] },
  long: (rows) => gtfsJson(Array.from({ length: rows }, (_, i) => ({ ...ENTITIES[0]!, id: String(i) }))),
  bad: [{ title: 'entities that are no positions, and an end that is missing', bytes: gtfsJson([...ENTITIES, { id: '3' }, ENTITIES[0]!]).slice(0, -30), rows: 2, issues: ['drop not-a-position', 'drop source-truncated'] }],
  refused: [],
}

describe('probes', () => {
  for (const [name, fixtures] of Object.entries({ CSV: csv, NDJSON: ndjson, "SUMO's floating car data": fcd, 'GTFS-Realtime': gtfs, 'GTFS-Realtime as JSON': gtfsAsJson })) feedConformance(name, open(), { ...fixtures, read_ahead_bytes: 1 << 18 }, it)
})

describe('places of probes', () => {
  const at = lonLat(3000, 4000)

  it.each(['wgs84', 'gcj02', 'bd09'] as const)('in %s come to the same metres', async (datum) => {
    const [lon, lat] = fromWgs84(datum, LON, LAT)
    expect(near((await read(`id,t,lng,lat\na,1,${lon.toFixed(7)},${lat.toFixed(7)}\n`, { datum })).rows)).toEqual([[3000, 4000]])
  })

  it('that are swapped are counted as that, and only where they would lie in the network', async () => {
    const { issues } = await read(`id,t,lon,lat\na,1,${at[1]},${at[0]}\nb,1,${at[0]},${at[1]}\nc,1,48.1,11.5\nd,1,0,0\ne,1,181,95\n`)
    expect(issues).toEqual(['drop outside-network 1', 'drop position-out-of-bounds 1', 'drop position-swapped 1', 'drop position-zero 1'])
  })

  it('named x and y are degrees where that is what the declared datum and the network say, else metres', async () => {
    expect(near((await read(`id,t,x,y\na,1,${at[0]},${at[1]}\n`)).rows)).toEqual([[3000, 4000]])
    expect(near((await read('id,t,x,y\na,1,3000,4000\n')).rows)).toEqual([[3000, 4000]])
    expect(near((await read('id,t,x,y\na,1,17.5,12\n')).rows)).toEqual([[17.5, 12]])
    expect(near((await read(fcdFile(timestep(1, vehicleXml('a', at[0], at[1]))))).rows)).toEqual([[3000, 4000]])
  })

  it('in both terms are taken from the degrees where a datum is declared, else from the metres', async () => {
    const bytes = `id,t,x,y,lon,lat\na,1,7,8,${at[0]},${at[1]}\n`
    expect(near((await read(bytes)).rows)).toEqual([[3000, 4000]])
    expect(near((await read(bytes, { datum: undefined })).rows)).toEqual([[7, 8]])
  })

  it('at 0, 0 are places in metres and none in degrees', async () => {
    expect((await read('id,t,x,y\na,1,0,0\nb,1,500,0\n')).rows.length).toBe(2)
  })
})

describe('columns of probes', () => {
  it.each([
    ['Vehicle ID;GPS_Time;Lng;Lat;Speed (ignored);speed km/h', ';'], ['plate\ttimestamp\tlongitude\tlatitude\tx1\tx2', '\t'],
  ])('have many names: %s', async (header, delimiter) => {
    const [lon, lat] = lonLat(3000, 4000)
    const { rows } = await read(`${header}\r\n${['a', '2026-01-05 17:00:00', lon, lat, '', ''].join(delimiter)}\r\n`)
    expect(rows.map(({ vehicle, time_s }) => [vehicle, time_s])).toEqual([['a', MIDNIGHT + 61_200]])
  })

  it('of speeds are read in the unit of their name, else in the declared one', async () => {
    const speed = async (name: string, changes: Partial<FeedContext> = {}): Promise<number> => (await read(`id,t,x,y,${name}\na,1,1,1,36\n`, changes)).rows[0]!.speed_mps!
    expect([await speed('speed_kmh'), await speed('speed_mps'), await speed('speed'), await speed('speed', { speed_unit: 'kmh' }), await speed('speed_mps', { speed_unit: 'kmh' })]).toEqual([10, 36, 36, 10, 36])
    expect(await speed('speed_mph')).toBeCloseTo(16.09, 2)
  })

  it('of classes leave pedestrians out', async () => {
    const { rows, issues } = await read('id,t,x,y,class\na,1,1,1,Bus\nb,1,1,1,pedestrian\nc,1,1,1,unheard of\n')
    expect([rows.map((row) => row.class), issues]).toEqual([['bus', undefined], ['drop pedestrian 1']])
  })

  it('with nothing in them are missing, never 0', async () => {
    const { rows } = await read('id,t,x,y,speed,heading,altitude,accuracy\na,1,1,1,,null,NaN,-\nb,1,1,1,0,0,0,0\n')
    expect(rows.map(({ speed_mps, heading_deg, altitude_m, accuracy_m }) => [speed_mps, heading_deg, altitude_m, accuracy_m])).toEqual([[undefined, undefined, undefined, undefined], [0, 0, 0, undefined]])
  })
})

describe('times of probes', () => {
  it('of 1970 and of 2106 are dropped, each by its cause', async () => {
    const { issues } = await read('id,time,x,y\na,12,1,1\na,1767600000,1,1\na,1767600001,1,1\na,4294967295,1,1\na,1970-01-01T00:00:09Z,1,1\n')
    expect(issues).toEqual(['drop clock-not-set 2', 'drop time-in-future 1'])
  })
})

describe('files of probes', () => {
  let folder: string
  const table = (vehicle: string): string => `id,t,x,y\n${vehicle},1,1,1\n`
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probes-'))
    await mkdir(join(folder, 'day'))
    await Promise.all(Object.entries({
      'probes-10.csv': table('ten'), 'probes-2.csv.gz': gzipSync(table('two')), 'probes-3.json': '{"id":"three","t":1,"x":1,"y":1}\n', 'probes-4.fcd': gzipSync(fcdFile(timestep(1, vehicleXml('four', 1, 1)))),
      'notes.txt': 'Recorded by us.\n', 'empty.csv': '', '.hidden.csv': table('hidden'),
    }).map(([name, content]) => writeFile(join(folder, 'day', name), content)))
    await writeFile(join(folder, 'single.csv'), table('single'))
    await writeFile(join(folder, 'notes.txt'), 'Recorded by us.\n')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('in a folder are read in the order of their numbers, whatever their form, and the others are named', async () => {
    const feed = await openProbes(join(folder, 'day'), probeContext())
    const { rows } = await readAll(() => feed, memorySource('', ''))
    expect(rows.map(({ vehicle }) => vehicle)).toEqual(['two', 'three', 'four', 'ten'])
    assertAdded(feed.account, 4)
    expect(feed.account.health().issues.map(({ cause, example }) => `${cause} ${example}`)[0]).toMatch(/not-probes .*notes\.txt/)
  })

  it('can be given as a list', async () => {
    const feed = await openProbes([join(folder, 'single.csv'), join(folder, 'day')], probeContext())
    expect((await readAll(() => feed, memorySource('', ''))).rows.map(({ vehicle }) => vehicle)).toEqual(['single', 'two', 'three', 'four', 'ten'])
  })

  it('that are not there, or are none, are refused by name', async () => {
    await expect(openProbes(join(folder, 'none.csv'), probeContext())).rejects.toThrow(/none\.csv.*ENOENT/)
    const feed = await openProbes(join(folder, 'notes.txt'), probeContext())
    await expect(readAll(() => feed, memorySource('', ''))).rejects.toThrow(/notes\.txt.*Recorded by us/)
  })
})

describe('corrupted probes', () => {
  const [OLDEST, NEWEST] = [parseDay('2000-01-01')! * 86_400 - 1, parseDay('2100-01-01')! * 86_400 + 1]
  const rows = (count: number): string => Array.from({ length: count }, (_, i) => `v${i % 5},${1_767_600_000 + i},${lonLat(3000 + 12 * i, 4000).join()},${12 + (i % 3)},90.${i % 10}\n`).join('')
  const noisy = fc.record({
    seed: fc.nat(), count: fc.integer({ min: 0, max: 60 }), chunk: fc.integer({ min: 20, max: 2000 }), packed: fc.boolean(),
    extra: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a,0,121,31,1,1', 'a,4294967296,121,31,1,1', 'a,1767600000,31,121,1,1', 'a,1767600000,1e400,31,1,1', ',,,,,', '"', 'a,-1,121,31,-1,-1', 'vehicle_id,time_s,lon,lat,speed,heading')), { maxLength: 10 }),
  })

  it('never break the feed, and every record is accounted for', async () => {
    await fc.assert(fc.asyncProperty(noisy, async ({ seed, count, chunk, packed, extra }) => {
      const text = Buffer.from(`vehicle_id,time_s,lon,lat,speed,heading\n${rows(count)}${extra.join('\n')}\n${rows(count)}`)
      const bytes = corrupt(packed ? gzipSync(text) : text, seed)
      // A damaged header may leave nothing to recognise; then the feed is refused, which is no break. Another error fails the test.
      const feed = new ProbeFeed([new WatchedSource(bytes, chunk)], probeContext(), 'csv')
      const found = await readAll(() => feed, memorySource('', '')).catch((error: unknown) => {
        if (feed.account.refused === undefined) throw error
      })
      if (found === undefined) return
      assertAdded(feed.account, found.rows.length)
      const wrong = found.rows.filter(({ x_m, y_m, time_s }) => !(x_m > -2001 && x_m < 22_001 && y_m > -2001 && y_m < 22_001 && time_s > OLDEST && time_s < NEWEST))
      expect(wrong).toEqual([])
    }), { numRuns: 100 })
  })

  it.each([['fcd', fcd], ['gtfs', gtfs], ['gtfs-json', gtfsAsJson], ['ndjson', ndjson]] as const)('in the form %s never break the feed either', async (form, { long }) => {
    const bytes = long(40)
    const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(), async (seed, again) => {
      const feed = new ProbeFeed([new WatchedSource(corrupt(corrupt(whole, seed), again), 777)], probeContext(), form)
      const result = await readAll(() => feed, memorySource('', '')).catch((error: unknown) => {
        if (feed.account.refused === undefined) throw error
      })
      if (result !== undefined) assertAdded(feed.account, result.rows.length)
      expect(feed.account.read).toBeGreaterThanOrEqual(result?.rows.length ?? 0)
    }), { numRuns: 30 })
  })
})
