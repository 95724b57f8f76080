import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SignalEvent } from '../../../model/feed.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { createClock, detectorFormat, eventFormat, phaseFormat } from '../../formats/observations/index.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { fileSource, memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openEvents, readAtspmChannels, readChannels, readPhases } from './index.ts'

const HEAD = 'TimeStamp,DeviceId,EventId,Parameter\n'
const local = (zone: string): ReturnType<typeof testContext> => testContext({ local: new LocalTime(zone) })

async function read(bytes: string): Promise<{ rows: SignalEvent[]; causes: Record<string, number>; feed: ReturnType<typeof openEvents> }> {
  const feed = openEvents([memorySource('events.csv', bytes)], testContext())
  const rows: SignalEvent[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return { rows, causes: Object.fromEntries(feed.account.health().issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])), feed }
}
const codes = (rows: readonly SignalEvent[]): string => rows.map(({ event, parameter }) => `${event}/${parameter}`).join(' ')

describe('a feed of controller events', () => {
  const good: SignalEvent[] = [[0.1, '12', 7, 4], [0.1, '12', 8, 4], [0.1, '13', 82, 3], [0.3, '12', 81, 3], [2, '12', 1, 6], [3.7, '13', 81, 3]]
    .map(([time, device, event, parameter]) => ({ device: device as string, time_s: TEST_DAY_S + (time as number), event: event as number, parameter: parameter as number }))
  feedConformance('events', (source) => openEvents([source], testContext()), {
    good: { bytes: HEAD + good.map(({ device, time_s, event, parameter }) => `${new Date(time_s * 1000).toISOString().slice(0, 23).replace('T', ' ')},${device},${event},${parameter}\n`).join(''), rows: good },
    long: (rows) => HEAD + Array.from({ length: rows }, (_, i) => `${TEST_DAY_S + i / 10},12,${81 + (i % 2)},3\n`).join(''),
    bad: [{
      title: 'rows that are no events',
      bytes: `${HEAD}2026-01-05 00:00:01.0,12,82,3\n2026-01-05 00:00:01.0,12,82,3\n2026-01-05 00:00:01.0,12,on,3\n2026-01-05 00:00:01.0,12,82,\nnever,12,82,3\n2026-01-05 00:00:01\n`,
      rows: 1, issues: ['drop duplicate', 'drop event-not-understood', 'drop parameter-not-understood', 'drop time-not-understood', 'drop malformed'],
    }, {
      title: 'an export in XML that breaks off',
      bytes: '<Events><Log><SignalID>1</SignalID><Timestamp>2026-01-05T00:00:01</Timestamp><EventCode>82</EventCode><EventParam>3</EventParam></Log><Log><SignalID>1</Sig',
      rows: 1, issues: ['drop source-truncated'],
    }],
    refused: [{ title: 'a log without codes', bytes: 'TimeStamp,DeviceId,Parameter\n2026-01-05 00:00:01,12,3\n', code: 'input.format', sentence: /made-up source.*event codes/ }],
  }, it)

  it('puts ends before beginnings within a tick, and leaves all else where it is', async () => {
    const tick = (rows: string[]): string => HEAD + rows.map((row) => `2026-01-05 00:00:01.0,12,${row}\n`).join('')
    expect(codes((await read(tick(['0,5', '1,5', '11,6', '12,6', '82,3', '81,3', '10,6', '82,4']))).rows)).toBe('10/6 11/6 12/6 82/3 81/3 82/4 0/5 1/5')
    expect(codes((await read(tick(['21,2', '23,4', '61,1', '64,2']))).rows)).toBe('23/4 64/2 21/2 61/1')
  })

  it('puts rows in order that are less than a second late, and reports a clock that steps back further', async () => {
    const { rows, causes, feed } = await read(`${HEAD}2026-01-05 00:00:05.0,12,82,1\n2026-01-05 00:00:04.5,12,82,2\n2026-01-05 00:00:06.0,12,82,3\n2026-01-05 00:00:01.0,12,82,4\n2026-01-05 00:00:02.0,12,82,5\n`)
    expect(codes(rows)).toBe('82/2 82/1 82/3 82/4 82/5')
    expect(causes).toEqual({ 'repair reordered': 1, 'repair clock-step': 1 })
    expect(feed.clockSteps()).toEqual([{ device: '12', from_s: TEST_DAY_S + 6, to_s: TEST_DAY_S + 1 }])
  })

  it('does not take the next device of a file sorted by device for a clock that steps back', async () => {
    const { rows, causes } = await read(`${HEAD}2026-01-05 00:00:05.0,12,82,1\n2026-01-05 00:00:01.0,13,82,2\n2026-01-05 00:00:09.0,13,82,3\n`)
    expect([codes(rows), causes]).toEqual(['82/1 82/2 82/3', {}])
  })

  it('gives every event of any log whose rows are at most a second late, in order of time', async () => {
    const log = fc.array(fc.record({ step: fc.integer({ min: 0, max: 30 }), late: fc.integer({ min: 0, max: 4 }), event: fc.constantFrom(0, 1, 7, 8, 81, 82, 500) }), { maxLength: 200 })
    await fc.assert(fc.asyncProperty(log, async (steps) => {
      let tenths = 0
      const text = steps.map(({ step, late, event }, i) => `${new Date((TEST_DAY_S + 100 + ((tenths += step) - late) / 10) * 1000).toISOString()},1,${event},${i}\n`).join('')
      const { rows } = await read(HEAD + text)
      expect(rows.length).toBe(steps.length)
      expect(rows.every((row, i) => i === 0 || row.time_s >= rows[i - 1]!.time_s)).toBe(true)
    }), { numRuns: 30 })
  })

  it('reads what the simulation writes, in the zone of the scenario', async () => {
    const format = eventFormat({ clock: createClock('2026-01-05', 'Asia/Shanghai'), sourceOf: String })
    const feed = openEvents([memorySource('events.csv', `${format.head}\n${format.line({ time_s: 61_200.1, device: '12', event: 82, parameter: 3 })}\n`)], local('Asia/Shanghai'))
    for await (const rows of feed.batches()) expect(rows).toEqual([{ device: '12', time_s: TEST_DAY_S + 9 * 3600 + 0.1, event: 82, parameter: 3 }])
    expect(feed.account.accepted).toBe(1)
  })
})

describe('tables of channels and phases', () => {
  it('are read as the simulation writes them, with links by the names of their source', async () => {
    const format = detectorFormat({ sourceOf: (link) => `source of ${link}` })
    const text = `${format.head}\n${format.line({ device: '1', channel: 4, phase: 2, function: 'Advance', link: 'l', lane: 0, distance_m: 83, length_m: 2 })}\n`
    const { channels, health } = await readChannels(memorySource('detectors.csv', text), (name) => (name === 'source of l' ? 'l' : undefined))
    expect(channels).toEqual([{ device: '1', channel: 4, phase: 2, function: 'advance', link: 'l', lane: 0, distance_m: 83, length_m: 2, latency_s: undefined, speed_mps: undefined }])
    expect(health).toMatchObject({ read: 1, accepted: 1, issues: [] })
    expect((await readChannels(memorySource('detectors.csv', text))).health.issues.map(({ cause }) => cause)).toEqual(['link-unknown'])
    const phases = await readPhases(memorySource('phases.csv', `${phaseFormat().head}\n${phaseFormat().line({ device: '1', signal: 's', group: 'g', phase: 6, kind: 'overlap' })}\n1,x,phase,g\n`))
    expect(phases.phases).toEqual([{ device: '1', phase: 6, kind: 'overlap', group: 'g' }])
    expect(phases.health.issues.map(({ cause }) => cause)).toEqual(['phase-not-understood'])
  })

  it('leave out what is not understood, with its place, and refuse a table of something else', async () => {
    const { channels, health } = await readChannels(memorySource('config.csv', 'DeviceId,Phase,Parameter,Function\n1,8,25,Presence\n1,8,25,Presence\n1,6,20,stop bar count\n1,6,46,Yellow_Red\n1,6,47,Teleport\n1,x,48,Advance\n'))
    expect(channels.map((channel) => `${channel.channel} ${channel.function}`)).toEqual(['25 presence', '20 count', '46 yellow-red'])
    expect(health.issues.map(({ cause, example }) => [cause, example.split(':')[1]])).toEqual([['channel-not-understood', '7'], ['duplicate', '3'], ['function-not-understood', '6']])
    await expect(readChannels(memorySource('config.csv', 'DeviceId,Phase\n1,2\n'))).rejects.toThrow('config.csv')
  })
})

const [udot, odot] = [sharedData('udot-7185'), sharedData('odot-1136')]
describe.skipIf(udot === undefined || odot === undefined)(`logs of two agencies${sharedDataNote}`, () => {
  it.each([['udot-7185/events_2017-10-17.csv.gz', 'America/Denver', 24_485, 24_485], ['odot-1136/sample_raw_data.csv', 'America/Los_Angeles', 37_152, 37_148], ['udot-7185/raw/ControllerEventLogs7185201710175-6pm.xml', 'America/Denver', 1000, 1000]])('are read whole: %s', async (file, zone, read, accepted) => {
    const feed = openEvents([fileSource(sharedData(file)!)], local(zone))
    const rows: SignalEvent[] = []
    for await (const batch of feed.batches()) rows.push(...batch)
    expect(feed.account.health()).toMatchObject({ read, accepted })
    expect(rows.every((row, i) => i === 0 || row.time_s >= rows[i - 1]!.time_s)).toBe(true)
    expect(feed.clockSteps()).toEqual([])
  })

  it('have their channels explained', async () => {
    expect((await readChannels(fileSource(sharedData('odot-1136/sample_config.csv')!))).channels.length).toBe(16)
    const raw = (name: string): ReturnType<typeof fileSource> => fileSource(sharedData(`udot-7185/raw/${name}`)!)
    const { channels, health } = await readAtspmChannels({ detectors: raw('detectorsFor7185.xml'), approaches: raw('approachesfor7185.xml'), detection_types: raw('DetectorTypesforDetectorsFor7185.xml') })
    expect(health).toMatchObject({ read: 31, accepted: 28, issues: [{ cause: 'approach-unknown', records: 3 }] })
    expect(channels.filter((channel) => channel.function === 'advance').map(({ channel, phase, distance_m, protected: own }) => [channel, phase, Math.round(distance_m!), own])).toEqual([[18, 2, 107, true], [20, 6, 107, true]])
    expect(channels.find(({ channel }) => channel === 53)).toMatchObject({ phase: 4, function: 'presence', protected: false })
  })
})
