// The publication of a whole country: 50 MB of XML.
import { describe, expect, it } from 'vitest'
import { FeedAccount } from '../../../model/feed-account.ts'
import type { LaneCount } from '../../../model/feed.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { fileSource } from '../bytes.ts'
import { testContext } from '../testing.ts'
import { readXml } from '../xml.ts'
import { openMeasured, readSiteTable } from './index.ts'
import { MeasuredReader } from './measured-reader.ts'

const ndw = sharedData('datex2-ndw')
describe.skipIf(ndw === undefined)(`the measured data of a country${sharedDataNote}`, () => {
  const source = (): ReturnType<typeof fileSource> => fileSource(sharedData('datex2-ndw/trafficspeed.xml.gz')!)

  it('are 19,587 sites with 189,986 values, nearly half of them missing, and pass a few rows at a time', async () => {
    // The sample's table explains one site; the others get one made from the publication: values of a kind are lanes one after another.
    const table = await readSiteTable(fileSource(sharedData('datex2-ndw/MeasurementSiteTable.xml')!))
    expect([...table.sites.keys()]).toEqual(['PZH01_MST_0629_00'])
    const reader = new MeasuredReader(({ id, version, values }) => {
      const counts = { flow: 0, speed: 0, occupancy: 0, other: 0 }
      const channels = new Map([...values].map(([index, { kind }]) => [index, { kind, lane: `lane${++counts[kind]}`, period_s: 60, part: undefined }] as const))
      if (!table.sites.has(id)) table.sites.set(id, { id, version, name: undefined, lanes: undefined, lon_deg: undefined, lat_deg: undefined, channels })
    })
    for await (const _ of readXml(source(), new FeedAccount('made'), reader));
    const feed = openMeasured([source()], table, testContext())
    const explained: LaneCount[] = []
    let [rows, largest, impossible] = [0, 0, 0]
    for await (const batch of feed.batches()) {
      rows += batch.length
      largest = Math.max(largest, batch.length)
      impossible += batch.filter(({ vehicles, speed_mps }) => (vehicles ?? 0) < 0 || (speed_mps ?? 0) < 0).length
      explained.push(...batch.filter(({ sensor }) => sensor === 'PZH01_MST_0629_00'))
    }
    expect(feed.figures()).toEqual({
      publications: 1, table_version: '1648', sites: 19_587, values: 189_986, flows: 94_996, speeds: 94_990, zero_flows: 30_225,
      missing: { 'data-error': 14_679, 'no-inputs': 68_876, 'below-0': 8_266, 'no-number': 0 },
    })
    expect(explained).toEqual([{ sensor: 'PZH01_MST_0629_00', lane: 'lane1', time_s: Date.parse('2025-08-15T21:48:00Z') / 1000, period_s: 60, vehicles: 0, occupancy: undefined, speed_mps: undefined }])
    expect(feed.account.health()).toMatchObject({ accepted: rows, issues: [{ verdict: 'drop', cause: 'no-value' }] })
    expect(rows).toBeGreaterThan(64_000)
    expect(impossible).toBe(0)
    expect(largest).toBeLessThan(1000)
  })
})
