import { describe, expect, it } from 'vitest'
import type { LaneCount } from '../../../model/feed.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { fileSource, memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { Covered } from '../covered.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { type CountOptions, openCounts } from './index.ts'

const HEAD = 'sensor,lane,time,period_s,vehicles,occupancy,speed_kmh\n'
const count = (changes: Partial<LaneCount> = {}): LaneCount => ({ sensor: 'd', lane: '1', time_s: TEST_DAY_S, period_s: 300, vehicles: 12, occupancy: 0.1, speed_mps: 10, class: undefined, ...changes })

async function read(bytes: string, options: CountOptions = {}): Promise<{ rows: LaneCount[]; causes: Record<string, number>; examples: string[] }> {
  const feed = openCounts([memorySource('counts.csv', bytes)], testContext(), options)
  const rows: LaneCount[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  const { issues } = feed.account.health()
  return { rows, causes: Object.fromEntries(issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])), examples: issues.map(({ example }) => example) }
}

describe('a feed of lane counts', () => {
  feedConformance('counts', (source) => openCounts([source], testContext()), {
    good: {
      bytes: `${HEAD}d,1,2026-01-05T00:00:00Z,300,12,0.1,36\nd,2,2026-01-05T00:00:00Z,300,0,0,\nd,1,2026-01-05T00:05:00Z,300,,0.2,\nd,1,2026-01-05T00:10:00Z,300,-1,,72\n`,
      rows: [
        count(), count({ lane: '2', vehicles: 0, occupancy: 0, speed_mps: undefined }), count({ time_s: TEST_DAY_S + 300, vehicles: undefined, occupancy: 0.2, speed_mps: undefined }),
        count({ time_s: TEST_DAY_S + 600, vehicles: undefined, occupancy: undefined, speed_mps: 20 }),
      ],
    },
    long: (rows) => HEAD + Array.from({ length: rows }, (_, i) => `d,1,${TEST_DAY_S + i * 300},300,12,0.1,36\n`).join(''),
    bad: [{
      title: 'rows that cannot be true',
      bytes: `${HEAD}d,1,2026-01-05T00:00:00Z,300,12,0.1,36\nd,1,2026-01-05T00:00:00Z,300,12,0.1,36\nd,1,2026-01-05T00:05:00Z,300,301,0.1,36\n,,2026-01-05T00:05:00Z,300,3,0.1,36\nd,1,,300,3,0.1,36\nd,1,2026-01-05T00:05:00Z,0,3,0.1,36\nd,1,2026-01-05T00:05:00Z,300,,,\nd,1,2026\n`,
      rows: 1, issues: ['drop duplicate', 'quarantine too-many-vehicles', 'drop no-detector', 'drop time-missing', 'drop period-not-understood', 'drop no-value', 'drop malformed'],
    }, {
      title: 'fields that cannot be true',
      bytes: `${HEAD}d,1,2026-01-05T00:00:00Z,300,many,1.2,500\nd,1,2026-01-05T00:05:00Z,300,3,0.1,-5\nd,1,2026-01-05T00:10:00Z,300,3,0.1,5\n`,
      rows: 2, issues: ['repair count-not-understood', 'repair occupancy-above-1', 'repair speed-too-high', 'repair speed-not-understood', 'drop no-value'],
    }],
    refused: [
      { title: 'a table without counts', bytes: 'sensor,time\nd,2026-01-05T00:00:00Z\n', code: 'input.format', sentence: /made-up source.*count/ },
      { title: 'intervals whose length nobody can know', bytes: 'sensor,time,vehicles\nd,2026-01-05T00:00:00Z,3\n', code: 'input.format', sentence: /declare the length/ },
    ],
  }, it)

  it('finds the length of the intervals from the times where no column says it', async () => {
    const { rows } = await read('timestamp,intersection,detector,total\n2026-01-05 00:15:00.000,85,22,2\n2026-01-05 00:00:00.000,85,16,1\n2026-01-05 00:30:00.000,85,16,1\n')
    expect(rows[0]).toEqual(count({ sensor: '85', lane: '22', time_s: TEST_DAY_S + 900, period_s: 900, vehicles: 2, occupancy: undefined, speed_mps: undefined }))
  })

  it('counts vehicles from flows, reads percent, and takes times as ends where told so', async () => {
    const { rows } = await read('site,time,period_s,flow_vph,occupancy\nd,2026-01-05T00:05:00Z,300,120,35\nd,2026-01-05T00:10:00Z,300,0,0.5\n', { time_is: 'end' })
    expect(rows.map(({ time_s, vehicles, occupancy }) => [time_s - TEST_DAY_S, vehicles, occupancy])).toEqual([[0, 10, 0.35], [300, 0, 0.005]])
  })

  it('holds back a class that nobody explained: a part must not pass for the whole', async () => {
    const { rows, causes } = await read('sensor,time,period_s,vehicles,class\nd,2026-01-05T00:00:00Z,300,9,all\nd,2026-01-05T00:00:00Z,300,2,truck\nd,2026-01-05T00:00:00Z,300,1,L3\n')
    expect(rows.map((row) => [row.vehicles, row.class])).toEqual([[9, undefined], [2, 'truck']])
    expect(causes).toEqual({ 'quarantine class-not-understood': 1 })
  })
})

describe('covered intervals', () => {
  it('know every interval that was told, in any order, and remember one stretch for all that touch', () => {
    const covered = new Covered()
    const order = Array.from({ length: 1000 }, (_, i) => (i * 373) % 1000)
    for (const slot of order) expect(covered.add(slot * 900, 900)).toBe(true)
    for (const slot of order) expect(covered.add(slot * 900, 900)).toBe(false)
    expect(covered.add(500 * 900 + 450, 900)).toBe(false)
    expect(covered.add(1000 * 900, 900)).toBe(true)
  })
})

const sunnyside = sharedData('sunnyside/sample_counts.csv')
describe.skipIf(sunnyside === undefined)(`counts of an intersection${sharedDataNote}`, () => {
  it('are read whole, in the order of the file', async () => {
    const feed = openCounts([fileSource(sunnyside!)], testContext({ local: new LocalTime('America/Los_Angeles') }))
    let [rows, vehicles] = [0, 0]
    const detectors = new Set<string>()
    for await (const batch of feed.batches()) {
      for (const row of batch) {
        rows++
        vehicles += row.vehicles!
        detectors.add(`${row.sensor} ${row.lane}`)
        expect(row.period_s).toBe(900)
      }
    }
    expect([rows, detectors.size]).toEqual([22 * 2492, 22])
    expect(feed.account.health()).toMatchObject({ read: 54_824, accepted: 54_824, issues: [] })
    expect(vehicles).toBeGreaterThan(1_000_000)
  })
})
