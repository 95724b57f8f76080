import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SegmentReport, TurnReport } from '../../../model/feed.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { Network } from '../../../model/network.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { type ByteSource, fileSource, memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import type { Feed } from '../feed.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openLinks, openTurns, readMapping, segmentLengths, type TurnOptions } from './index.ts'

async function read<Row>(feed: Feed<Row>): Promise<{ rows: Row[]; causes: Record<string, number> }> {
  const rows: Row[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return { rows, causes: Object.fromEntries(feed.account.health().issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])) }
}
const at = (minute: number): string => new Date((TEST_DAY_S + minute * 60) * 1000).toISOString()

const LINK_HEAD = 'segment,time,period_s,travel_time_s,speed_kmh,status,n,group\n'
const segment = (changes: Partial<SegmentReport> = {}): SegmentReport => ({ segment: 'a', time_s: TEST_DAY_S, period_s: 300, travel_time_s: 20.5, speed_mps: undefined, status: 'slow', samples: 7, group: 'Main St', ...changes })

describe('a feed of link states', () => {
  const links = (source: ByteSource): Feed<SegmentReport> => openLinks([source], testContext())
  feedConformance('links', links, {
    good: {
      bytes: `${LINK_HEAD}a,${at(0)},300,20.5,36,2,7,Main St\nb,${at(0)},300,,36,0,,\na,${at(5)},300,-1,-1,4,,\n`,
      rows: [segment(), segment({ segment: 'b', travel_time_s: undefined, speed_mps: 10, status: undefined, samples: undefined, group: undefined }), segment({ time_s: TEST_DAY_S + 300, travel_time_s: undefined, status: 'severe', samples: undefined, group: undefined })],
    },
    long: (rows) => LINK_HEAD + Array.from({ length: rows }, (_, i) => `a,${TEST_DAY_S + i * 300},300,20.5,36,2,7,Main St\n`).join(''),
    bad: [{
      title: 'rows and fields that cannot be true',
      bytes: `${LINK_HEAD}a,${at(0)},300,20,,9,,\na,${at(0)},300,20,,1,,\n,${at(0)},300,20,,1,,\na,never,300,20,,1,,\na,${at(5)},0,20,,1,,\na,${at(5)},300,,,,,\na,${at(5)},300,0,400,,,\na,${at(5)},300,soon,-7,,,\n`,
      rows: 1, issues: ['repair status-not-understood', 'drop duplicate', 'drop no-segment', 'drop time-not-understood', 'drop period-not-understood', 'drop no-value', 'repair speed-too-high', 'repair travel-time-not-understood', 'repair speed-not-understood'],
    }],
    refused: [{ title: 'a table without segments', bytes: 'time,travel_time_s\n2026-01-05T00:00:00Z,3\n', code: 'input.format', sentence: /made-up source.*segments/ }],
  }, it)

  it('takes the codes that were declared, and nothing else for a status', async () => {
    const { rows, causes } = await read(openLinks([memorySource('a', `segment,time,period_s,status\na,${at(0)},300,jam\na,${at(5)},300,2\na,${at(10)},300,none\n`)], testContext(), { statuses: { jam: 'severe', none: null } }))
    expect(rows.map(({ status }) => status)).toEqual(['severe'])
    expect(causes).toEqual({ 'repair status-not-understood': 1, 'drop no-value': 2 })
  })
})

const TURN_HEAD = 'junction,from_link,to_link,time,period_s,delay,delay_kind,stops,no_stop_share,queue,queue_kind,speed,n\n'
const turn = (changes: Partial<TurnReport> = {}): TurnReport => ({
  junction: 'j', from: '1', to: '2', time_s: TEST_DAY_S, period_s: 300, delay_s: 30, delay_kind: 'control', stops: 0.8, no_stop_share: 0.4, queue_m: 50, queue_kind: 'max', speed_mps: 5, samples: 12, ...changes,
})

describe('a feed of turn indices', () => {
  const open = (bytes: string, options: TurnOptions = {}): Feed<TurnReport> => openTurns([memorySource('turns.csv', bytes)], testContext(), options)
  feedConformance('turns', (source) => openTurns([source], testContext()), {
    good: {
      bytes: `${TURN_HEAD}j,1,2,${at(0)},300,30,control,0.8,0.4,50,max,18,12\nj,1,3,${at(0)},300,,,,0,0,,,\n`,
      rows: [turn(), turn({ to: '3', delay_s: undefined, delay_kind: undefined, stops: undefined, no_stop_share: 0, queue_m: 0, queue_kind: undefined, speed_mps: undefined, samples: undefined })],
    },
    long: (rows) => TURN_HEAD + Array.from({ length: rows }, (_, i) => `j,1,2,${TEST_DAY_S + i * 300},300,30,control,0.8,0.4,50,max,18,12\n`).join(''),
    bad: [{
      title: 'rows and fields that cannot be true',
      bytes: `${TURN_HEAD}j,1,2,${at(0)},300,30,felt,0.8,0.4,50,long,18,12\nj,1,2,${at(0)},300,30,,,,,,,\nj,1,,${at(0)},300,30,,,,,,,\nj,1,2,x,300,30,,,,,,,\nj,1,2,${at(5)},x,30,,,,,,,\nj,1,2,${at(5)},300,-4,,many,,,,,\n`,
      rows: 1, issues: ['repair delay-kind-not-understood', 'repair queue-kind-not-understood', 'drop duplicate', 'drop no-turn', 'drop time-not-understood', 'drop period-not-understood', 'repair delay-not-understood', 'repair stops-not-understood', 'drop no-value'],
    }],
    refused: [
      { title: 'a table without turns', bytes: 'junction,time,delay\nj,2026-01-05T00:00:00Z,3\n', code: 'input.format', sentence: /made-up source.*from_link/ },
      { title: 'shares of which only some are percent', bytes: `junction,from,to,time,period_s,no_stop_share\nj,1,2,${at(0)},300,0.4\nj,1,2,${at(5)},300,0.3\nj,1,2,${at(10)},300,40\n`, code: 'input.value', sentence: /made-up source:4.*40/ },
      { title: 'shares above 100', bytes: `junction,from,to,time,period_s,no_stop_share\nj,1,2,${at(0)},300,140\n`, code: 'input.value', sentence: /140/ },
    ],
  }, it)

  it('brings shares in percent to shares, and counts them', async () => {
    const { rows, causes } = await read(open(`junction,from,to,time,period_s,no_stop_share\nj,1,2,${at(0)},300,0\nj,1,2,${at(5)},300,40\nj,1,2,${at(10)},300,100\n`))
    expect(rows.map(({ no_stop_share }) => no_stop_share)).toEqual([0, 0.4, 1])
    expect(causes).toEqual({ 'repair share-in-percent': 3 })
  })

  it('takes the kinds that were declared for the whole feed, and leaves them open otherwise', async () => {
    const bytes = `junction,from,to,time,period_s,delay,queue\nj,1,2,${at(0)},300,30,40\n`
    expect((await read(open(bytes, { delay_kind: 'stopped', queue_kind: 'p95' }))).rows).toMatchObject([{ delay_kind: 'stopped', queue_kind: 'p95' }])
    expect((await read(open(bytes))).rows).toMatchObject([{ delay_s: 30, delay_kind: undefined, queue_kind: undefined }])
  })
})

describe('a mapping of a provider', () => {
  const network = {
    links: [{ id: 'a', source_id: 'A', length_m: 100 }, { id: 'b', source_id: 'B', length_m: 200 }, { id: 'c', source_id: 'C', length_m: 100 }],
    movements: [{ id: 'ab', from: 'a', to: 'b' }, { id: 'ac', from: 'a', to: 'c' }],
  } as unknown as Network
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'mapping-')) })
  afterEach(() => rm(folder, { recursive: true }))
  const write = async (text: string): Promise<string> => {
    const file = join(folder, 'mapping.json')
    await writeFile(file, text)
    return file
  }

  it('says which share of the network it reaches, and what in it is wrong', async () => {
    const file = await write(JSON.stringify({ version: 3, segments: { 1: ['A', 'b'], 2: ['A'], 3: ['nowhere'], 4: [] }, turns: { 'j 1 2': ['A', 'B'], 'j 1 3': ['b', 'c'] } }))
    const mapping = await readMapping(file, network)
    expect(mapping).toMatchObject({ version: '3', length_share: 0.75, movement_share: 0.5 })
    expect([...mapping.segments]).toEqual([['1', ['a', 'b']], ['2', ['a']]])
    expect([...segmentLengths(mapping, network)]).toEqual([['1', 300], ['2', 100]])
    expect([...mapping.turns]).toEqual([['j 1 2', { from: 'a', to: 'b' }]])
    expect(mapping.faults).toEqual([expect.stringContaining('"nowhere"'), 'segment 4 is mapped to nothing', expect.stringContaining('turn j 1 3')])
  })

  it.each([['no JSON', '{', 'input.syntax'], ['no version', '{"segments":{}}', 'input.format'], ['a list', '[]', 'input.format']])('is refused where it is %s', async (_, text, code) => {
    await expect(readMapping(await write(text), network)).rejects.toMatchObject({ code })
  })

  it('is refused where it is not there', () => expect(readMapping(join(folder, 'none.json'), network)).rejects.toMatchObject({ code: 'input.unreadable' }))
})

const sunnyside = sharedData('sunnyside/sample_travel_times.csv')
describe.skipIf(sunnyside === undefined)(`travel times of an arterial${sharedDataNote}`, () => {
  it('are read whole, an hour each', async () => {
    const feed = openLinks([fileSource(sunnyside!)], testContext({ local: new LocalTime('America/Los_Angeles') }))
    const { rows, causes } = await read(feed)
    expect([rows.length, causes]).toEqual([3444, {}])
    expect(new Set(rows.map((row) => row.segment)).size).toBe(6)
    expect(rows.every(({ period_s, travel_time_s, speed_mps, group }) => period_s === 3600 && travel_time_s! > 0 && speed_mps === undefined && group === 'SE SUNNYSIDE RD')).toBe(true)
  })
})
