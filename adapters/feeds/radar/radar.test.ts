import { describe, expect, it } from 'vitest'
import type { RadarTarget } from '../../../model/feed.ts'
import { LocalTime } from '../../../model/local-time.ts'
import { findProjection } from '../../../model/projection.ts'
import { createClock, radarFormat } from '../../formats/observations/index.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { fileSource, memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import type { FeedContext } from '../feed.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openRadar, outsideBy, type RadarOptions } from './index.ts'

const T0 = TEST_DAY_S + 61_200
const target = (changes: Partial<RadarTarget> = {}): RadarTarget => ({ sensor: 'r', time_s: T0, track: '1', x_m: 10, y_m: -3, speed_mps: 8, lane: '1', length_m: 5, class: 'car', visible: true, ...changes })
const line = ({ sensor, time_s, track, x_m, y_m, speed_mps, lane, length_m, visible, class: kind }: RadarTarget): string =>
  `${JSON.stringify({ time: new Date(time_s * 1000).toISOString(), sensor, id: track, x: x_m, y: y_m, speed_mps, lane, length_m, class: kind, visible })}\n`
const text = (targets: readonly RadarTarget[]): string => targets.map(line).join('')

async function read(bytes: string, options: RadarOptions = {}, context: FeedContext = testContext()): Promise<{ rows: RadarTarget[]; causes: Record<string, number>; feed: ReturnType<typeof openRadar> }> {
  const feed = openRadar([memorySource('radar.ndjson', bytes)], context, options)
  const rows: RadarTarget[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  const { read, accepted, issues } = feed.account.health()
  expect(accepted).toBe(rows.length)
  expect(read).toBe(accepted + issues.filter(({ verdict }) => verdict !== 'repair').reduce((sum, { records }) => sum + records, 0))
  return { rows, causes: Object.fromEntries(issues.map(({ verdict, cause, records }) => [`${verdict} ${cause}`, records])), feed }
}

/** Frames of ten a second; `objects` of a frame by its number. */
const frames = (count: number, objects: (frame: number) => RadarTarget[]): RadarTarget[] => Array.from({ length: count }, (_, i) => objects(i).map((one) => ({ ...one, time_s: T0 + i / 10 }))).flat()

describe('a feed of object lists', () => {
  feedConformance('radar', (source) => openRadar([source], testContext()), {
    good: {
      bytes: text([target(), target({ track: '2', x_m: 20 }), target({ sensor: 's', track: '1' }), target({ time_s: T0 + 0.1, x_m: 10.8, speed_mps: undefined, lane: undefined, class: undefined, length_m: undefined }), target({ sensor: 's', time_s: T0 + 0.1, visible: false })]),
      rows: [target(), target({ track: '2', x_m: 20 }), target({ sensor: 's', track: '1' }), target({ time_s: T0 + 0.1, x_m: 10.8, speed_mps: undefined, lane: undefined, class: undefined, length_m: undefined }), target({ sensor: 's', time_s: T0 + 0.1, visible: false })],
    },
    long: (rows) => text(frames(Math.ceil(rows / 5), (i) => [1, 2, 3, 4, 5].map((track) => target({ track: String(track), x_m: i })))),
    bad: [
      {
        title: 'objects without time, id or place',
        bytes: `${line(target())}{"id":"1","x":1,"y":2}\n{"time":"2026-01-05T17:00:01Z","x":1,"y":2}\n{"time":"2026-01-05T17:00:01Z","id":"1","x":1}\n{"time":"1970-01-01T00:00:00Z","id":"1","x":1,"y":2}\nnoise\n`,
        rows: 1, issues: ['drop time-missing', 'drop no-track', 'drop no-position', 'drop clock-not-set', 'drop not-json'],
      },
      { title: 'fields that say nonsense', bytes: line(target({ class: 'spaceship' as 'car', length_m: -2, speed_mps: -1 })), rows: 1, issues: ['repair class-not-understood', 'repair length-not-above-0', 'repair speed-negative'] },
    ],
    refused: [
      { title: 'a table of something else', bytes: 'colour,taste\nred,sweet\n', code: 'input.format', sentence: /made-up source.*"colour,taste"/ },
      { title: 'degrees whose datum nobody declared', bytes: 'time,id,lon,lat\n2026-01-05 17:00:00,1,116.4,39.9\n', code: 'input.format', sentence: /made-up source.*datum/, makeFeed: (source) => openRadar([source], testContext({ datum: undefined })) },
    ],
  }, it)

  it('reads what the simulation writes of its radars', async () => {
    const projection = findProjection({ kind: 'projected', projection: '+proj=utm +zone=50' })
    const format = radarFormat({ clock: createClock('2026-01-05', 'Asia/Shanghai'), projection, sourceOf: String })
    const bytes = `${format.line({ time_s: 61_200.1, sensor: '1/a', id: 5, x_m: 450_000, y_m: 4_400_000, speed_mps: 3, lane: 0, length_m: 5 })}\n`
    const expected = { sensor: '1/a', time_s: T0 - 8 * 3600 + 0.1, track: '5', x_m: 450_000, y_m: 4_400_000, speed_mps: 3, lane: '0', length_m: 5, class: undefined, visible: true }
    expect((await read(bytes)).rows).toEqual([expected])
    const [inDegrees] = (await read(bytes, {}, testContext({ datum: 'wgs84', projection }))).rows
    expect(Math.hypot(inDegrees!.x_m - expected.x_m, inDegrees!.y_m - expected.y_m)).toBeLessThan(0.02)
  })

  it('drops a frame that goes back in time, and a copy of an object within its frame', async () => {
    const { rows, causes } = await read(text([target(), target(), target({ time_s: T0 + 0.2 }), target({ time_s: T0 + 0.1 }), target({ time_s: T0 + 0.1, track: '2' }), target({ time_s: T0 + 0.3 })]))
    expect(rows.map(({ time_s }) => Math.round((time_s - T0) * 10))).toEqual([0, 2, 3])
    expect(causes).toEqual({ 'drop duplicate': 1, 'drop frame-backwards': 2 })
  })

  it('drops one frame with a wrong clock instead of all that follow it, but follows a clock that stays', async () => {
    const wrong = await read(text([target(), target({ time_s: T0 + 0.1 }), target({ time_s: T0 + 3600 }), target({ time_s: T0 + 0.2 }), target({ time_s: T0 + 0.3 })]))
    expect(wrong.rows.length).toBe(4)
    expect(wrong.causes).toEqual({ 'drop time-leap': 1 })
    expect((await read(text([target(), target({ time_s: T0 + 3600, x_m: 11 }), target({ time_s: T0 + 3600.1, x_m: 12 })]))).causes).toEqual({})
  })

  it('quarantines a picture that stands still while its objects say that they move, but not a queue that waits', async () => {
    const still = (speed_mps: number): string => text(frames(100, () => [target({ speed_mps }), target({ track: '2', x_m: 17, speed_mps })]))
    const { causes } = await read(still(8))
    expect(causes).toEqual({ 'quarantine frozen': 2 * 49 })
    expect((await read(still(0))).causes).toEqual({})
    expect((await read(text(frames(100, (i) => [target({ x_m: i / 10 })])))).causes).toEqual({})
  })

  it('quarantines a frame of many times the usual number of objects, once it knows the usual number', async () => {
    const crowd = (size: number, frame: number): RadarTarget[] => Array.from({ length: size }, (_, i) => target({ track: String(i), x_m: i + frame / 10 }))
    const { causes, rows } = await read(text(frames(400, (i) => crowd(i === 300 ? 100 : 20, i))))
    expect(causes).toEqual({ 'quarantine interference': 100 })
    expect(rows.length).toBe(399 * 20)
    // Ten vehicles at once in an empty street.
    expect((await read(text(frames(400, (i) => crowd(i === 300 ? 10 : 1, i))))).causes).toEqual({})
  })

  it('drops what lies more than 5 m outside the area of its sensor', async () => {
    const areas = new Map([['r', [[0, -10], [100, -10], [100, 10], [0, 10]] as const]])
    const { rows, causes } = await read(text([target(), target({ track: '2', y_m: 14 }), target({ track: '3', y_m: 16 })]), { areas })
    expect(rows.map(({ track }) => track)).toEqual(['1', '2'])
    expect(causes).toEqual({ 'drop outside-area': 1 })
    expect([outsideBy(areas.get('r')!, 50, 0), outsideBy(areas.get('r')!, 103, 14)]).toEqual([0, 5])
  })

  it('turns the coordinates of a sensor into those of the scenario', async () => {
    const mountings = new Map([['r', { x_m: 1000, y_m: 500, heading_deg: 90 }]])
    const { rows } = await read(text([target({ x_m: 3, y_m: 50 })]), { mountings })
    expect(rows[0]!.x_m).toBeCloseTo(1050, 9)
    expect(rows[0]!.y_m).toBeCloseTo(497, 9)
  })

  it('tells of the gaps in the frames of each sensor', async () => {
    const { feed } = await read(text([...frames(10, () => [target()]), target({ time_s: T0 + 31 }), target({ time_s: T0 + 31.1 })]))
    expect(feed.frames()).toEqual([{ sensor: 'r', frames: 12, gaps: 1, longest_gap_s: expect.closeTo(30.1, 3), period_s: expect.closeTo(0.1, 3) }])
  })

  it('does not wait for a sensor that fell silent', async () => {
    const feed = openRadar([memorySource('two', text([target({ sensor: 'silent' }), ...frames(20_000, (i) => [target({ x_m: i })])]))], testContext())
    for await (const batch of feed.batches()) {
      expect(batch[0]!.sensor).toBe('silent')
      break
    }
  })

  it('leaves out places far outside the network', async () => {
    const { causes } = await read(text([target(), target({ track: '2', x_m: 1e6 })]), {}, testContext({ bounds: [0, 0, 100, 100] }))
    expect(causes).toEqual({ 'drop outside-network': 1 })
  })
})

const songdo = sharedData('songdo/data_results-full_U_video_cut.csv')
describe.skipIf(songdo === undefined)(`object lists of a drone${sharedDataNote}`, () => {
  it('are read with speeds missing where the file has none, classes from their codes, and lanes of their sections', async () => {
    const projection = findProjection({ kind: 'projected', projection: '+proj=utm +zone=52' })
    const feed = openRadar([fileSource(songdo!)], testContext({ datum: 'wgs84', projection, local: new LocalTime('Asia/Seoul') }))
    const rows: RadarTarget[] = []
    for await (const batch of feed.batches()) rows.push(...batch)
    expect(feed.account.health()).toMatchObject({ read: 19_787, accepted: 19_787, issues: [] })
    expect(rows.filter(({ speed_mps }) => speed_mps === undefined).length).toBe(1051)
    expect(rows.filter(({ lane }) => lane === undefined).length).toBe(6913)
    expect(rows.filter(({ visible }) => !visible).length).toBe(910)
    expect(rows.filter((row) => row.class === 'bus').length).toBe(352)
    expect(Math.max(...rows.map(({ speed_mps }) => speed_mps ?? 0))).toBeLessThan(35)
    expect(new Date(rows[0]!.time_s * 1000).toISOString()).toBe('2022-10-07T08:52:13.500Z')
    expect(feed.frames()).toMatchObject([{ frames: 150, gaps: 0 }])
  })
})
