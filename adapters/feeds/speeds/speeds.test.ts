import { describe, expect, it } from 'vitest'
import type { PointSpeed } from '../../../model/feed.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { fileSource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openSpeeds } from './index.ts'

const HEAD = 'TimeStamp,DetectorID,MPH,KPH\n'

describe('a feed of point speeds', () => {
  feedConformance('speeds', (source) => openSpeeds([source], testContext()), {
    good: {
      bytes: `${HEAD}2026-01-05T00:00:14.5301829,718518,40,64\n2026-01-05T00:00:14.5301829,718519,40,64\n2026-01-05T00:00:23.25,718518,0,0\n2026-01-05T00:00:30,718518,,72\n`,
      rows: [
        { sensor: '718518', time_s: TEST_DAY_S + 14.530183, speed_mps: 64 / 3.6 }, { sensor: '718519', time_s: TEST_DAY_S + 14.530183, speed_mps: 64 / 3.6 },
        { sensor: '718518', time_s: TEST_DAY_S + 23.25, speed_mps: 0 }, { sensor: '718518', time_s: TEST_DAY_S + 30, speed_mps: 20 },
      ],
    },
    long: (rows) => HEAD + Array.from({ length: rows }, (_, i) => `${TEST_DAY_S + i},7,40,64\n`).join(''),
    bad: [{
      title: 'rows that cannot be true',
      bytes: `${HEAD}2026-01-05T00:00:01,1,40,64\n2026-01-05T00:00:01,1,40,64\n2026-01-05T00:00:02,1,40,40\n2026-01-05T00:00:03,1,,\n2026-01-05T00:00:04,1,-3,-5\n2026-01-05T00:00:05,,40,64\nyesterday,1,40,64\n2026-01-05T00:00:06,1,fast,64\n`,
      rows: 1, issues: ['drop duplicate', 'quarantine units-disagree', 'drop no-value', 'drop speed-out-of-range', 'drop no-detector', 'drop time-not-understood'],
    }],
    refused: [{ title: 'speeds without a unit', bytes: 'TimeStamp,DetectorID,Speed\n2026-01-05T00:00:01,1,40\n', code: 'input.format', sentence: /made-up source.*unit/ }],
  }, it)
})

const udot = sharedData('udot-7185/speed_events_radar.csv.gz')
describe.skipIf(udot === undefined)(`speeds of an advance radar${sharedDataNote}`, () => {
  it('agree in both units in every row', async () => {
    const feed = openSpeeds([fileSource(udot!)], testContext({ local: new LocalTime('America/Denver') }))
    const rows: PointSpeed[] = []
    for await (const batch of feed.batches()) rows.push(...batch)
    expect(feed.account.health()).toMatchObject({ read: 19_449, accepted: 19_449, issues: [] })
    const mean = rows.reduce((sum, { speed_mps }) => sum + speed_mps, 0) / rows.length
    expect(mean).toBeGreaterThan(14)
    expect(mean).toBeLessThan(21)
  })
})
