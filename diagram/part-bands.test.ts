import { describe, expect, it } from 'vitest'
import { AFTER, BANDS, CYCLE_S, PLAN, SIX, THROUGH } from '../test/made-up-corridor.ts'
import type { Plan } from '../model/plan.ts'
import { partBandsOf } from './part-bands.ts'
import { paintTimeSpace } from './paint-time-space.ts'
import { buildTimeSpaceScene, stationFromCompiled } from './time-space.ts'

const stations = AFTER.map((signal, i) => stationFromCompiled(signal, { name: SIX[i]!.name, position_m: SIX[i]!.position_m, ...THROUGH }))
const certificate = { value: 300, bound: 300, gap: 0, gap_share: 0, proven: true, stopped: 'proven' as const }
const [a, b, c] = PLAN.intersections.map(({ id }) => id) as [string, string, string]

const LINKS: Plan = {
  ...PLAN, link_bands: {
    certificate, sentences: [], bands: [
      { direction: 'outbound', from: a, to: b, width_s: 20, bound_s: 30, gap_s: 10, weight: 0.5, front_s: [{ signal: a, time_s: 5 }, { signal: b, time_s: 5 + CYCLE_S }] },
      { direction: 'inbound', from: b, to: a, width_s: 0, bound_s: 30, gap_s: 30, weight: 0.5, front_s: [] },
    ],
  },
}
const PATHS: Plan = {
  ...PLAN, paths: {
    certificate, sentences: [], bands: [{ id: 'p', name: 'back', mode: 'bus', persons_h: 300, weight: 1, width_s: 12, front_s: [{ signal: c, time_s: 40 }, { signal: b, time_s: 80 }] }],
  },
}

describe('bands of links and paths', () => {
  it('are drawn with the direction they run in and the travel times of their own fronts, and not at all without a width', () => {
    expect(partBandsOf(LINKS).map(({ direction, width_s, links }) => [direction, width_s, links.map(({ travel_time_s }) => travel_time_s)])).toEqual([['outbound', 20, [CYCLE_S]]])
    expect(partBandsOf(PATHS).map(({ direction, links }) => [direction, links.map(({ from, to, travel_time_s }) => [from, to, travel_time_s])])).toEqual([['inbound', [[c, b, 40]]]])
    expect(partBandsOf(PLAN)).toEqual([])
  })

  it('repeat with the cycle between their own signals only', () => {
    const { part_bands } = buildTimeSpaceScene({ stations, cycle_s: CYCLE_S, bands: BANDS, part_bands: partBandsOf(PATHS), range_s: [1000, 1000 + 3 * CYCLE_S] })
    const at = (id: string): number => SIX[PLAN.intersections.findIndex((one) => one.id === id)]!.position_m
    expect(part_bands.length).toBeGreaterThanOrEqual(3)
    for (const { front, rear } of part_bands) {
      expect(front.map(({ position_m }) => position_m)).toEqual([at(c), at(b)])
      expect(front[1]!.time_s - front[0]!.time_s).toBeCloseTo(40, 9)
      expect(rear[0]!.time_s - front[0]!.time_s).toBeCloseTo(12, 9)
      expect((front[0]!.time_s - 40) % CYCLE_S).toBeCloseTo(0, 6)
    }
  })

  it('have a place in the legend and in the words of the picture, and change no picture without them', () => {
    const paint = (plan: Plan): string => paintTimeSpace(buildTimeSpaceScene({ stations, cycle_s: CYCLE_S, bands: BANDS, part_bands: partBandsOf(plan), range_s: [0, 400] }), { title: 'x' })
    const bare = paintTimeSpace(buildTimeSpaceScene({ stations, cycle_s: CYCLE_S, bands: BANDS, range_s: [0, 400] }), { title: 'x' })
    expect(paint(PLAN)).toBe(bare)
    expect(paint(LINKS)).toContain('band of a link or a path')
    expect(paint(LINKS)).toContain('bands of links or paths')
    expect(bare).not.toContain('band of a link')
  })
})
