// Every form of every feed here, broken in many ways: never a crash, and the account always adds up.
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../model/errors.ts'
import { type ByteSource, memorySource } from './bytes.ts'
import { assertAdded } from './conformance.ts'
import { corrupt } from './corruption.ts'
import { openCounts } from './counts/index.ts'
import { openMeasured, readSiteTable } from './datex/index.ts'
import { openEvents } from './events/index.ts'
import type { Feed } from './feed.ts'
import { openLinks, openTurns } from './providers/index.ts'
import { openRadar } from './radar/index.ts'
import { openSpeeds } from './speeds/index.ts'
import { TEST_DAY_S, testContext } from './testing.ts'

const lines = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')
const iso = (seconds: number): string => new Date((TEST_DAY_S + seconds) * 1000).toISOString()
const context = testContext()
const site = '<measurementSiteRecord id="a" version="1"><measurementSpecificCharacteristics index="1"><measurementSpecificCharacteristics><period>60</period><specificMeasurementValueType>trafficFlow</specificMeasurementValueType></measurementSpecificCharacteristics></measurementSpecificCharacteristics></measurementSiteRecord>\n'
const table = await readSiteTable(memorySource('table', `<t>${site}</t>`))

const FORMS: Readonly<Record<string, { bytes: string; open(source: ByteSource): Feed<unknown> }>> = {
  'radar as NDJSON': { bytes: lines(60, (i) => JSON.stringify({ time: iso(i / 10), sensor: 'r', id: i % 3, x: i, y: 2, speed_mps: 3, class: 'car' })), open: (source) => openRadar([source], context) },
  'radar as CSV': { bytes: `time,id,x,y,speed_kmh,lane\n${lines(60, (i) => `${iso(i)},${i % 3},${i},"2",30,1`)}`, open: (source) => openRadar([source], context) },
  'counts as CSV': { bytes: `sensor,lane,time,vehicles,occupancy\n${lines(60, (i) => `d,${i % 2},${iso(300 * (i >> 1))},${i},0.1`)}`, open: (source) => openCounts([source], context) },
  'counts as NDJSON': { bytes: lines(60, (i) => JSON.stringify({ sensor: 'd', time: iso(60 * i), period_s: 60, vehicles: i % 9 })), open: (source) => openCounts([source], context) },
  'speeds as CSV': { bytes: `TimeStamp,DetectorID,MPH,KPH\n${lines(60, (i) => `${iso(i)},7,40,64`)}`, open: (source) => openSpeeds([source], context) },
  'events as CSV': { bytes: `TimeStamp,DeviceId,EventId,Parameter\n${lines(60, (i) => `${iso(i / 5)},7,${81 + (i % 2)},3`)}`, open: (source) => openEvents([source], context) },
  'events as XML': { bytes: `<Events>\n${lines(60, (i) => `<Log><SignalID>7</SignalID><Timestamp>${iso(i / 5)}</Timestamp><EventCode>82</EventCode><EventParam>3</EventParam></Log>`)}</Events>\n`, open: (source) => openEvents([source], context) },
  'links as CSV': { bytes: `segment,time,period_s,travel_time_s,status\n${lines(60, (i) => `a${i % 4},${iso(300 * i)},300,20.5,${i % 5}`)}`, open: (source) => openLinks([source], context) },
  'turns as NDJSON': { bytes: lines(60, (i) => JSON.stringify({ junction: 'j', from_link: 1, to_link: 2, time: iso(300 * i), period_s: 300, delay: 30, no_stop_share: 0.4, queue: 50 })), open: (source) => openTurns([source], context) },
  'DATEX II': {
    bytes: `<d2LogicalModel><payloadPublication xsi:type="MeasuredDataPublication">\n${lines(40, (i) => `<siteMeasurements><measurementSiteReference id="a" version="1"/><measurementTimeDefault>${iso(60 * i)}</measurementTimeDefault><measuredValue index="1"><measuredValue><basicData><vehicleFlow><vehicleFlowRate>120</vehicleFlowRate></vehicleFlow></basicData></measuredValue></measuredValue></siteMeasurements>`)}</payloadPublication></d2LogicalModel>\n`,
    open: (source) => openMeasured([source], table, context),
  },
}

describe.each(Object.entries(FORMS))('%s', (name, { bytes, open }) => {
  const rowsOf = async (source: ByteSource): Promise<number | undefined> => {
    const feed = open(source)
    let rows = 0
    try {
      for await (const batch of feed.batches()) rows += batch.length
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      expect(feed.account.refused).toBe(error.message)
      return undefined
    }
    assertAdded(feed.account, rows)
    return rows
  }

  it('has rows where it is whole, plain or packed', async () => {
    const rows = await rowsOf(memorySource(name, bytes))
    expect(rows).toBeGreaterThanOrEqual(40)
    expect(await rowsOf(memorySource(name, gzipSync(bytes)))).toBe(rows)
  })

  it('never breaks a feed where it is broken, plain or packed', async () => {
    const plain = Buffer.from(bytes)
    const packed = gzipSync(bytes)
    await expect(fc.assert(fc.asyncProperty(fc.nat(), fc.boolean(), fc.integer({ min: 1, max: 5000 }), async (seed, pack, chunk) => {
      await rowsOf(memorySource(name, corrupt(pack ? packed : plain, seed), chunk))
    }), { numRuns: 60 })).resolves.toBeUndefined()
  })
})
