import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { buildCoordinationScene, type CoordinationArrival, type CoordinationCycle } from './coordination.ts'
import { paintCoordination } from './paint-coordination.ts'

const cycles = (starts: readonly number[], green_s = 30, yellow_s = 3): CoordinationCycle[] =>
  starts.map((green, i) => ({ green_s: green, yellow_s: green + green_s, red_s: green + green_s + yellow_s, next_s: starts[i + 1] }))
const FIVE = cycles([3600, 3700, 3800, 3900, 4000])
const detector = (...times: number[]): CoordinationArrival[] => times.map((time_s) => ({ time_s, source: 'detector' }))

describe('a coordination diagram', () => {
  it('measures seconds from the end of green, with green at the top', () => {
    const { dots, lines, height_s } = buildCoordinationScene({ cycles: FIVE, arrivals: detector(3640, 3710), range_s: [3600, 4100] })
    expect(dots.map(({ since_s }) => since_s)).toEqual([10, 80])
    expect(height_s).toBe(100)
    expect(lines.map(({ boundary, points }) => [boundary, points[0]!.since_s])).toEqual([['green', 70], ['yellow', 100], ['red', 3]])
  })

  it('measures them from the start of green where asked', () => {
    const { dots, lines } = buildCoordinationScene({ cycles: FIVE, arrivals: detector(3640, 3710), range_s: [3600, 4100], origin: 'start-of-green' })
    expect(dots.map(({ since_s }) => since_s)).toEqual([40, 10])
    expect(lines.map(({ boundary, points }) => [boundary, points[0]!.since_s])).toEqual([['green', 0], ['yellow', 30], ['red', 33]])
  })

  it('counts green alone for detectors and three seconds more for probes', () => {
    const arrivals: CoordinationArrival[] = [...detector(3705, 3732, 3760), { time_s: 3732, source: 'probe' }, { time_s: 3734, source: 'probe' }]
    expect(buildCoordinationScene({ cycles: FIVE, arrivals, range_s: [3600, 4100] }).on_green).toEqual([{ source: 'detector', arrivals: 3, green: 1 }, { source: 'probe', arrivals: 2, green: 1 }])
  })

  it('breaks its lines where a cycle is missing and counts who arrives there as unknown', () => {
    const gap: CoordinationCycle[] = [{ green_s: 0, yellow_s: 30, red_s: 33, next_s: 100 }, { green_s: 100, yellow_s: 130, red_s: 133 }, { green_s: 500, yellow_s: 530, red_s: 533, next_s: 600 }, { green_s: 600, yellow_s: 630, red_s: 633 }]
    const scene = buildCoordinationScene({ cycles: gap, arrivals: detector(50, 300, 560), range_s: [0, 700] })
    expect(scene.lines.filter(({ boundary }) => boundary === 'green')).toHaveLength(2)
    expect(scene.unknown).toBe(1)
    expect(scene.dots).toHaveLength(2)
  })

  it('does not let one very long cycle flatten the others', () => {
    const scene = buildCoordinationScene({ cycles: cycles([0, 100, 200, 300, 2000, 2100]), arrivals: detector(1500), range_s: [0, 2200] })
    expect(scene.height_s).toBe(200)
    expect(scene.beyond).toBe(1)
  })

  it('loses no arrival of its time: each is drawn, above the picture, or unknown', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 3500, max: 4200, noNaN: true }), { maxLength: 60 }), fc.constantFrom('end-of-green' as const, 'start-of-green' as const), (times, origin) => {
      const { dots, unknown, beyond } = buildCoordinationScene({ cycles: FIVE, arrivals: detector(...times), range_s: [3600, 4100], origin })
      expect(dots.length + unknown + beyond).toBe(times.filter((time) => time >= 3600 && time < 4100).length)
    }))
  })

  it('matches the golden picture', () => {
    const arrivals: CoordinationArrival[] = [...detector(3640, 3655, 3710, 3790, 3850), { time_s: 3780, source: 'probe' }]
    const svg = paintCoordination(buildCoordinationScene({ cycles: FIVE, arrivals, range_s: [3600, 4100] }), { title: 'Mill & Co <East>, phase 2' })
    expect(svg).toContain('Mill &amp; Co &lt;East&gt;')
    expectGolden(`${svg}\n`, new URL('golden/coordination.svg', import.meta.url))
  })

  it('says no data instead of an empty frame, and has no number that is none', () => {
    for (const origin of ['end-of-green', 'start-of-green'] as const) {
      const svg = paintCoordination(buildCoordinationScene({ cycles: [], arrivals: detector(5), range_s: [0, 100], origin }), { title: 'x' })
      expect(svg).toContain('no data')
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })
})
