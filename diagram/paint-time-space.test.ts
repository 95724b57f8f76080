import { describe, expect, it } from 'vitest'
import type { Band } from '../model/plan.ts'
import { expectGolden } from '../test/golden.ts'
import { AFTER, BANDS, CYCLE_S, SIX, THROUGH, drive } from '../test/made-up-corridor.ts'
import { paintTimeSpace } from './paint-time-space.ts'
import { subpath } from './svg.ts'
import { buildTimeSpaceScene, stationFromCompiled } from './time-space.ts'
import type { TimeSpaceInput, TimeSpaceStation } from './time-space.ts'

const TINY: TimeSpaceInput = {
  stations: [
    { signal: 'a', name: '南湖大道', position_m: 0, cycle_s: 60, offset_s: 0, outbound: { green_windows_s: [[0, 30]], yellow_s: 3 }, inbound: { green_windows_s: [[50, 80]], yellow_s: 3 } },
    { signal: 'b', name: 'Mill & Co <East>', position_m: 300, cycle_s: 60, offset_s: 20, outbound: { green_windows_s: [[0, 30]], yellow_s: 3 }, inbound: { green_windows_s: [[0, 30]], yellow_s: 3 } },
  ],
  cycle_s: 60,
  bands: [['outbound', 'a', 'b', 0], ['inbound', 'b', 'a', 30]].map(([direction, from, to, start]): Band => ({
    direction: direction as Band['direction'], width_s: 20, width_cycle: 1 / 3, limited_by: [],
    links: [{ from: from as string, to: to as string, distance_m: 300, speed_mps: 15, travel_time_s: 20 }],
    front_s: [{ signal: from as string, time_s: start as number }, { signal: to as string, time_s: (start as number) + 20 }],
  })),
  trajectories: [{ direction: 'outbound', points: { times_s: [2, 22, 30], positions_m: [0, 300, 320] } }],
  range_s: [0, 120],
}

const stations: TimeSpaceStation[] = AFTER.map((signal, i) => stationFromCompiled(signal, { name: SIX[i]?.name as string, position_m: SIX[i]?.position_m as number, ...THROUGH }))

describe('the picture of a time-space scene', () => {
  it('matches the golden picture of a tiny scene', () => {
    const svg = paintTimeSpace(buildTimeSpaceScene(TINY), { title: 'Two signals' })
    expect(svg.startsWith('<svg ')).toBe(true)
    expectGolden(`${svg}\n`, new URL('golden/two-signals.svg', import.meta.url))
  })

  it('escapes names and refers to nothing outside itself', () => {
    const svg = paintTimeSpace(buildTimeSpaceScene(TINY), { title: '<script>"&' })
    expect(svg).toContain('Mill &amp; Co &lt;East&gt;')
    expect(svg).toContain('&lt;script&gt;&quot;&amp;')
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|href|style=|<script/)
  })

  it('has no number that is none, for one signal, for many, and for signals in one place', () => {
    const crowd = Array.from({ length: 40 }, (_, i): TimeSpaceStation => ({ ...(stations[0] as TimeSpaceStation), signal: `s${i}`, position_m: i < 20 ? 100 : i * 90 }))
    for (const some of [stations.slice(0, 1), crowd]) {
      const svg = paintTimeSpace(buildTimeSpaceScene({ stations: some, cycle_s: CYCLE_S, bands: [], range_s: [0, 400] }), { title: 'x' })
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('coarsens trajectories until they fit the limit, and paints the same bytes twice', () => {
    const range: [number, number] = [61_200, 62_000]
    const scene = buildTimeSpaceScene({ stations, cycle_s: CYCLE_S, bands: BANDS, range_s: range, trajectories: drive(AFTER, range) })
    const [fine, coarse] = [20_000, 1500].map((most_points) => paintTimeSpace(scene, { title: 'x', most_points }))
    expect((coarse as string).length).toBeLessThan((fine as string).length * 0.8)
    expect(paintTimeSpace(scene, { title: 'x', most_points: 1500 })).toBe(coarse)
  })

  it('draws only some of the vehicles when lines would run together, and says so', () => {
    const trajectories = Array.from({ length: 700 }, (_, i) => ({ direction: 'outbound' as const, points: { times_s: [i / 10, i / 10 + 20], positions_m: [0, 300] } }))
    const svg = paintTimeSpace(buildTimeSpaceScene({ ...TINY, trajectories }), { title: 'x' })
    expect(svg).toContain('1 in 4 vehicles outbound')
    expect(svg).toContain('700 vehicles outbound, 0 vehicles inbound.')
    const lines = /class="trajectories".*?<path d="([^"]*)"/.exec(svg)?.[1]?.match(/M/g)
    expect(lines).toHaveLength(175)
  })

  it('says distances in feet for the United States', () => {
    const svg = paintTimeSpace(buildTimeSpaceScene(TINY), { title: 'x', units: 'us' })
    expect(svg).toContain('984 ft')
    expect(svg).not.toContain('300 m')
  })

  it('writes paths in tenths without drift', () => {
    const points = Array.from({ length: 100 }, (_, i): [number, number] => [i * 0.37, 50 - i * 0.149])
    const steps = [...subpath(points).matchAll(/[Ml](-?[\d.]+)[ ]?(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    const [x, y] = steps.reduce((sum, step) => [(sum[0] as number) + (step[0] as number), (sum[1] as number) + (step[1] as number)], [0, 0])
    expect(x).toBeCloseTo(36.6, 6)
    expect(y).toBeCloseTo(35.2, 6)
    expect(subpath([[0, 0], [0.04, 0], [1, -2.5]], true)).toBe('M0 0l1-2.5z')
  })
})
