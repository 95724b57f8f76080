// Radar on made-up objects: loops, spillback, silent sensors, and a real object list.
import { describe, expect, it } from 'vitest'
import { fileSource } from '../adapters/feeds/bytes.ts'
import { openRadar } from '../adapters/feeds/radar/index.ts'
import { testContext } from '../adapters/feeds/testing.ts'
import type { RadarTarget, SignalEvent } from '../model/feed.ts'
import { LocalTime } from '../model/local-time.ts'
import type { Network } from '../model/network.ts'
import { findProjection } from '../model/projection.ts'
import { Performance } from '../state/performance/index.ts'
import { measureRadar, RadarStation, type Spillback } from '../state/radar/index.ts'
import { clockOf, CYCLE_S, drawnJunction, T0 } from './radar-street.ts'
import { sharedData, sharedDataNote } from './shared-data.ts'

const network = drawnJunction()
const clock = clockOf(network)
const DT = 0.1
const target = (changes: Partial<RadarTarget>): RadarTarget => ({ sensor: 'x/Win', time_s: T0, track: '1', x_m: 0, y_m: -4.8, speed_mps: 10, lane: undefined, length_m: 5, class: 'car', visible: true, ...changes })
/** Eastbound in the right lane; the stop line is at x = -12, the way out begins at x = 12. */
const driver = (track: string, start_s: number): ((time_s: number) => RadarTarget | undefined) => (time_s) => {
  const x_m = -200 + 10 * (time_s - start_s)
  return x_m < -200 || x_m > 60 ? undefined : target({ time_s, track, x_m })
}

function play(from_s: number, until_s: number, objects: readonly ((time_s: number) => RadarTarget | undefined)[], options: ConstructorParameters<typeof RadarStation>[2] = {}): RadarStation {
  const station = new RadarStation(network, clock, options)
  for (let k = 0; from_s + k * DT <= until_s; k++) for (const object of objects) {
    const told = object(from_s + k * DT)
    if (told !== undefined) station.push(told)
  }
  station.end()
  return station
}

describe('virtual loops', () => {
  it('tell of every vehicle on and off, in order of time, so that measures of controller logs count what radar counts', () => {
    const events: SignalEvent[] = []
    const vehicles = Array.from({ length: 20 }, (_, i) => driver(String(i), T0 + 4 * i))
    const station = play(T0, T0 + 120, vehicles, { event: (event) => events.push(event) })
    const channel = (kind: string): number => station.channels.find((one) => one.link === 'Win' && one.lane === 0 && one.function === kind)!.channel
    for (const [kind, at, length] of [['count', 0, 2], ['presence', 0, 12], ['advance', 100, 2]] as const) {
      const own = events.filter(({ parameter }) => parameter === channel(kind))
      expect(own.map(({ event }) => event)).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 82 : 81)))
      own.forEach(({ time_s }, i) => expect(time_s).toBeCloseTo(T0 + 4 * Math.floor(i / 2) + (188 - at - (i % 2 === 0 ? length : -5)) / 10, 1))
    }
    events.forEach(({ time_s }, i) => expect(time_s).toBeGreaterThanOrEqual(events[i - 1]?.time_s ?? 0))
    const performance = new Performance(station.channels, { least_data_s: 60 })
    const { device, phase } = station.channels.find((one) => one.link === 'Win')!
    const greens = [5, 75].flatMap((start): SignalEvent[] => [[1, 0], [8, 35], [10, 38], [11, 40]].map(([event, after]) => ({ device, time_s: T0 + start + after!, event: event!, parameter: phase })))
    for (const event of [...events, ...greens].sort((a, b) => a.time_s - b.time_s)) performance.take(event)
    const [measured] = performance.finish().phases
    const crossings = measureRadar(network, station).find(({ movement }) => network.movements[movement]!.id === 'Win->Eout')!
    expect(crossings.counted).toBe(20)
    expect(measured!.volume_vph! * ((measured!.until_s - measured!.from_s) / 3600)).toBeGreaterThan(0)
    expect(measured!.arrivals_on_green).not.toBeNull()
  })
})

describe('spillback', () => {
  const flow = Array.from({ length: 60 }, (_, i) => driver(`d${i}`, T0 - 20 + 6 * i))
  const standing = (x_m: number, from_s: number, until_s: number): ((time_s: number) => RadarTarget | undefined) => (time_s) => {
    const at = time_s < from_s ? x_m + 10 * (time_s - from_s) : time_s < until_s ? x_m : x_m + 5 * (time_s - until_s)
    return at < -200 || at > 60 ? undefined : target({ time_s, track: 'stuck', x_m: at, speed_mps: time_s >= from_s && time_s < until_s ? 0 : 8 })
  }

  it('is told within two seconds of a vehicle having stood in the junction for three, wherever it stands, and clears after two cycles', () => {
    for (let k = 0; k < 20; k++) {
      const from = T0 + 8 + k
      const told: Spillback[] = []
      const station = play(T0, T0 + 220, [...flow.slice(0, 2), standing(-5 + 0.7 * k, from, from + 12), driver('late', T0 + 200)], { spillback: (spillback) => told.push(spillback) })
      const worst = told.find(({ level }) => level === 3)!
      expect(network.movements[worst.movement]!.id).toBe('Win->Eout')
      const first = told.find(({ level }) => level >= 2)!
      expect(first.from_s - from).toBeGreaterThan(2.5)
      expect(first.from_s - from).toBeLessThan(5)
      expect(station.spillbacks[0]!.until_s! - (from + 12)).toBeGreaterThan(2 * CYCLE_S - 5)
    }
  })

  it('is not told of vehicles that pass, nor of one that waits there for a moment, nor of one that waits for a gap to turn', () => {
    expect(play(T0, T0 + 200, flow).spillbacks).toEqual([])
    expect(play(T0, T0 + 60, [...flow.slice(0, 2), standing(3, T0 + 10, T0 + 12)]).spillbacks).toEqual([])
    const left = (time_s: number): RadarTarget | undefined => {
      const x_m = Math.min(-6, -200 + 10 * (time_s - T0))
      return target({ time_s, track: 'left', x_m, y_m: -1.6, speed_mps: x_m < -6 ? 10 : 0 })
    }
    expect(play(T0, T0 + 60, [left]).spillbacks).toEqual([])
  })

  it('rises with the queue of the next link over its length', () => {
    const queue = (filled: number): Spillback[] => {
      const vehicles = Array.from({ length: Math.floor((filled * 250) / 7) }, (_, i) => (time_s: number): RadarTarget => target({ sensor: 'y/Eout', time_s, track: `q${i}`, x_m: 260 - 7 * i, speed_mps: 0 }))
      return play(T0, T0 + 20, [...flow.slice(0, 6), ...vehicles]).spillbacks
    }
    expect(queue(0.6)).toEqual([])
    expect(queue(0.76)).toMatchObject([{ level: 1 }])
    expect(queue(0.92)).toMatchObject([{ level: 2 }])
  })
})

describe('a sensor', () => {
  it('that tells nothing for five minutes while another sees traffic is silent, not a street without traffic', () => {
    const busy = Array.from({ length: 100 }, (_, i) => driver(`b${i}`, T0 + 8 * i))
    const other = (time_s: number): RadarTarget | undefined => (time_s > T0 + 60 && time_s < T0 + 600 ? undefined : target({ time_s, sensor: 'y/Eout', track: 'o', x_m: 100 + (time_s - T0) / 10, speed_mps: 0.1 }))
    const station = play(T0, T0 + 700, [...busy, other])
    expect(station.silences()).toMatchObject([{ sensor: 'y/Eout', from_s: expect.closeTo(T0 + 60, 0), until_s: expect.closeTo(T0 + 600, 0) }])
    expect(play(T0, T0 + 700, [...busy, other], { isDay: () => false }).silences()).toEqual([])
  })

  it('over an empty street has seen that it is empty; one that drops out with vehicles on their way has seen nothing', () => {
    const observed = (objects: Parameters<typeof play>[2]): number => measureRadar(network, play(T0, T0 + 200, objects))[0]!.observed_s
    const drivers = [0, 5, 10, 150, 160, 170].map((start) => driver(String(start), T0 + start))
    expect(observed(drivers)).toBeCloseTo(196, 0)
    const cut = (object: (time_s: number) => RadarTarget | undefined) => (time_s: number): RadarTarget | undefined => (time_s > T0 + 18 && time_s < T0 + 100 ? undefined : object(time_s))
    expect(observed(drivers.map(cut))).toBeCloseTo(18 + 46, 0)
  })

  it('keeps two-wheelers and pedestrians out of the vehicles', () => {
    const bike = driver('bike', T0 + 3)
    const [measures] = measureRadar(network, play(T0, T0 + 60, [
      driver('a', T0), driver('b', T0 + 8), driver('c', T0 + 12), (time_s) => { const told = bike(time_s); return told === undefined ? undefined : { ...told, class: 'two-wheeler' } },
      (time_s) => target({ time_s, track: 'walker', x_m: -10 + (time_s - T0), class: 'pedestrian', speed_mps: 1 }),
    ])).filter(({ counted }) => counted > 0)
    expect(measures).toMatchObject({ counted: 3, two_wheelers: 1 })
  })
})

const songdo = sharedData('songdo/data_results-full_U_video_cut.csv')
describe.skipIf(songdo === undefined)(`object lists of a drone${sharedDataNote}`, () => {
  it('run through: vehicles of a lane that lies where they drive are followed', async () => {
    const projection = findProjection({ kind: 'projected', projection: '+proj=utm +zone=52' })
    const rows: RadarTarget[] = []
    for await (const batch of openRadar([fileSource(songdo!)], testContext({ datum: 'wgs84', projection, local: new LocalTime('Asia/Seoul') })).batches()) rows.push(...batch)
    // The way of the fastest vehicle is the middle of the road.
    const ways = new Map<string, RadarTarget[]>()
    for (const row of rows) ways.set(row.track, [...(ways.get(row.track) ?? []), row])
    const longest = [...ways.values()].sort((a, b) => span(b) - span(a))[0]!
    const points = longest.filter((_, i) => i % 30 === 0 || i === longest.length - 1).map(({ x_m, y_m }): [number, number] => [x_m, y_m])
    const road: Network = {
      ...network, movements: [], connections: [], signals: [],
      links: [{ ...network.links[0]!, length_m: span(longest), shape_m: points, lanes: network.links[0]!.lanes.slice(0, 1).map((lane) => ({ ...lane, width_m: 6, length_m: span(longest) })) }],
    }
    const station = new RadarStation(road, { find: () => undefined, cycle: () => undefined })
    for (const row of rows) station.push(row)
    station.end()
    const [sensor] = [...station.sensors.values()]
    expect(sensor!.last_s - sensor!.first_s!).toBeCloseTo(149 / 30, 1)
    expect([...sensor!.lanes.values()].length).toBe(1)
    expect(sensor!.gaps).toBe(0)
  })
})

function span(rows: readonly RadarTarget[]): number {
  const [first, last] = [rows[0]!, rows.at(-1)!]
  return Math.hypot(last.x_m - first.x_m, last.y_m - first.y_m)
}
