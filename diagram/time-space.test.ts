import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CompiledSignal } from '../model/plan.ts'
import { AFTER, BANDS, BEFORE, CYCLE_S, SIX, THROUGH, drive, linksOf } from '../test/made-up-corridor.ts'
import { unwrapFront } from './bands.ts'
import { timeAtPosition } from './polyline.ts'
import { buildTimeSpaceScene, stationFromCompiled } from './time-space.ts'
import type { TimeSpaceInput, TimeSpaceScene, TimeSpaceStation } from './time-space.ts'

// The same cases in every run.
fc.configureGlobal({ seed: 1 })

const stationsOf = (compiled: readonly CompiledSignal[]): TimeSpaceStation[] =>
  compiled.map((signal, i) => stationFromCompiled(signal, { name: SIX[i]?.name as string, position_m: SIX[i]?.position_m as number, ...THROUGH }))

const sceneOf = (range_s: readonly [number, number], rest: Partial<TimeSpaceInput> = {}): TimeSpaceScene =>
  buildTimeSpaceScene({ stations: stationsOf(AFTER), cycle_s: CYCLE_S, bands: BANDS, range_s, ...rest })

const ranges = fc.tuple(fc.integer({ min: 0, max: 86_000 }), fc.integer({ min: 30, max: 900 })).map(([start, length]): [number, number] => [start, start + length])

/** Rounded to a millionth: a shift by a cycle may cost the last bit. */
const rounded = (scene: TimeSpaceScene): unknown => JSON.parse(JSON.stringify(scene, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value)))

describe('the time-space scene', () => {
  it('keeps every band inside the green bars it passes', () => {
    const range: [number, number] = [61_200, 61_900]
    const scene = sceneOf(range)
    expect(new Set(scene.bands.map(({ direction }) => direction)).size).toBe(2)
    for (const band of scene.bands) {
      for (const station of scene.stations) {
        const [from, to] = [timeAtPosition(band.front, station.position_m) as number, timeAtPosition(band.rear, station.position_m) as number]
        if (to <= range[0] || from >= range[1]) continue
        const green = station.bars.find(({ direction }) => direction === band.direction)?.intervals
          .find(({ display, start_s, end_s }) => display === 'green' && start_s <= Math.max(from, range[0]) + 1e-6 && end_s >= Math.min(to, range[1]) - 1e-6)
        expect(green, `${band.direction} band at ${station.name}, ${from} to ${to}`).toBeDefined()
      }
    }
  })

  it('stays the same when all offsets and fronts move by whole cycles', () => {
    fc.assert(fc.property(ranges, fc.integer({ min: -5, max: 700 }), (range, cycles) => {
      const shift = cycles * CYCLE_S
      const moved = sceneOf(range, {
        stations: stationsOf(AFTER).map((station) => ({ ...station, offset_s: station.offset_s + shift })),
        bands: BANDS.map((band) => ({ ...band, front_s: band.front_s.map(({ signal, time_s }) => ({ signal, time_s: time_s + shift })) })),
      })
      expect(rounded(moved)).toEqual(rounded(sceneOf(range)))
    }), { numRuns: 25 })
  })

  it('draws every repetition of a band that touches the range, and none twice', () => {
    fc.assert(fc.property(ranges, (range) => {
      const scene = sceneOf(range)
      for (const band of BANDS) {
        const first = unwrapFront(band, CYCLE_S)
        const [start, end] = [first[0]?.time_s as number, (first.at(-1)?.time_s as number) + band.width_s]
        const expected = Array.from({ length: 1200 }, (_, k) => (k - 20) * CYCLE_S).filter((shift) => end + shift > range[0] + 1e-6 && start + shift < range[1] - 1e-6)
        const fronts = scene.bands.filter(({ direction }) => direction === band.direction).map(({ front }) => Math.round(((front[0]?.time_s as number) - start) / CYCLE_S) * CYCLE_S)
        expect(fronts).toEqual(expected)
      }
    }), { numRuns: 25 })
  })

  it('clips polygons and bars to the range', () => {
    fc.assert(fc.property(ranges, (range) => {
      const scene = sceneOf(range)
      const times = [...scene.bands.flatMap(({ polygon }) => polygon.map(({ time_s }) => time_s)), ...scene.stations.flatMap(({ references_s }) => references_s)]
      for (const time of times) expect(time >= range[0] && time <= range[1]).toBe(true)
      for (const { bars } of scene.stations) for (const { intervals } of bars) expect([intervals[0]?.start_s, intervals.at(-1)?.end_s]).toEqual(range)
    }), { numRuns: 25 })
  })

  it('unwraps fronts that are given modulo the cycle', () => {
    const wrapped = BANDS.map((band) => ({ ...band, front_s: band.front_s.map(({ signal, time_s }) => ({ signal, time_s: time_s % CYCLE_S })) }))
    expect(wrapped.some((band, i) => band.front_s.some(({ time_s }, n) => time_s !== BANDS[i]?.front_s[n]?.time_s))).toBe(true)
    wrapped.forEach((band, i) => unwrapFront(band, CYCLE_S).forEach(({ time_s }, n) => expect(time_s).toBeCloseTo(BANDS[i]?.front_s[n]?.time_s as number, 6)))
  })

  it('gives each link of a band the slope of its own speed', () => {
    const band = sceneOf([0, 600]).bands.find(({ direction }) => direction === 'inbound')
    linksOf('inbound').forEach((link, i) => {
      const [a, b] = [band?.front[i], band?.front[i + 1]]
      expect(((a?.position_m as number) - (b?.position_m as number)) / ((b?.time_s as number) - (a?.time_s as number))).toBeCloseTo(link.speed_mps, 6)
    })
  })

  it('shows signals on cycles of their own, each with its own reference ticks', () => {
    const scene = buildTimeSpaceScene({ stations: stationsOf(BEFORE), bands: BANDS, range_s: [0, 990] })
    expect(scene.bands).toEqual([])
    expect(scene.stations.map(({ references_s }) => references_s.length)).toEqual([10, 9, 9, 11, 11, 11])
    for (const { references_s, cycle_s } of scene.stations) expect((references_s[1] as number) - (references_s[0] as number)).toBeCloseTo(cycle_s, 9)
  })

  it('draws a one-way street without bars and bands of the other direction', () => {
    const stations = stationsOf(AFTER).map((station) => {
      const { inbound, ...oneWay } = station
      expect(inbound).toBeDefined()
      return oneWay
    })
    const scene = sceneOf([0, 300], { stations, bands: BANDS.slice(0, 1) })
    expect(scene.stations.flatMap(({ bars }) => bars.map(({ direction }) => direction))).toEqual(SIX.map(() => 'outbound'))
    expect(new Set(scene.bands.map(({ direction }) => direction))).toEqual(new Set(['outbound']))
  })

  it('draws no band of width zero', () => {
    expect(sceneOf([0, 300], { bands: BANDS.map((band) => ({ ...band, width_s: 0 })) }).bands).toEqual([])
  })

  it('cuts trajectories to the picture and splits one that leaves and returns', () => {
    const range: [number, number] = [61_200, 61_400]
    const scene = sceneOf(range, { trajectories: drive(AFTER, range) })
    expect(scene.trajectories.length).toBeGreaterThan(20)
    for (const { points } of scene.trajectories) {
      for (const { time_s, position_m } of points) {
        expect(time_s >= range[0] && time_s <= range[1]).toBe(true)
        expect(position_m >= scene.extent_m[0] && position_m <= scene.extent_m[1]).toBe(true)
      }
    }
    const detour = { direction: 'outbound' as const, points: { times_s: [0, 10, 20, 30, 40, 50], positions_m: new Float32Array([0, 100, 9e9, 9e9, 200, 300]) } }
    expect(sceneOf([0, 100], { trajectories: [detour] }).trajectories.map(({ points }) => points.length)).toEqual([2, 2])
  })

  it('merges the windows of several through groups of a direction', () => {
    const signal: CompiledSignal = { signal: 'x', cycle_s: 60, offset_s: 5, groups: [{ id: 'a', green_windows_s: [[0, 20]], yellow_s: 3, red_clearance_s: 1 }, { id: 'b', green_windows_s: [[15, 30], [50, 60]], yellow_s: 4, red_clearance_s: 1 }] }
    expect(stationFromCompiled(signal, { name: 'X', position_m: 0, outbound: ['a', 'b'] }).outbound).toEqual({ green_windows_s: [[50, 90]], yellow_s: 4 })
  })

  it('names the group that a signal lacks', () => {
    expect(() => stationFromCompiled(AFTER[0] as CompiledSignal, { name: 'X', position_m: 0, outbound: ['99'] })).toThrow('signal 1 has no group "99"')
  })

  it('refuses a range without length and a position that is no number', () => {
    expect(() => sceneOf([5, 5])).toThrow('[5, 5]')
    expect(() => sceneOf([0, 9], { stations: stationsOf(AFTER).map((station) => ({ ...station, position_m: NaN })) })).toThrow('position NaN')
  })
})
