import { describe, expect, it } from 'vitest'
import type { RadarTarget } from '../../model/feed.ts'
import { street } from '../../test/street.ts'
import { drawnJunction } from '../../test/radar-street.ts'
import { generator } from '../volume/testing/street.ts'
import { CalibrationSample, clockOffset, type Calibration } from './calibration.ts'
import { LaneMap } from './lane-map.ts'

const map = new LaneMap(drawnJunction())

/** Vehicles on lanes (by their links) as a sensor tells of them that is shifted and turned about the middle of what it sees. */
function look(links: readonly number[], [east, north, turn_deg]: readonly [number, number, number], count = 900): Calibration | undefined {
  const random = generator(11)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const points = Array.from({ length: count }, (_, i) => {
    const lanes = map.lanes.filter(({ link, out }) => links.includes(link) && out.length > 0)
    const { x, y } = lanes[Math.floor(random() * lanes.length)]!
    const [along, far] = [0.3 + 0.66 * random(), Math.hypot(x.at(-1)! - x[0]!, y.at(-1)! - y[0]!)]
    const at = (share: number): readonly [number, number] => [x[0]! + share * (x.at(-1)! - x[0]!) + 0.4 * normal(), y[0]! + share * (y.at(-1)! - y[0]!) + 0.4 * normal()]
    return { track: String(i), from: at(along), to: at(along + 8 / far) }
  })
  const [mx, my] = [0, 1].map((k) => points.reduce((sum, { to }) => sum + to[k]!, 0) / count) as [number, number]
  const [cos, sin] = [Math.cos((turn_deg * Math.PI) / 180), Math.sin((turn_deg * Math.PI) / 180)]
  const sample = new CalibrationSample()
  for (const { track, from, to } of points) for (const [time_s, [x, y]] of [from, to].entries()) {
    const target: RadarTarget = { sensor: 's', time_s, track, x_m: mx + cos * (x - mx) - sin * (y - my) + east, y_m: my + sin * (x - mx) + cos * (y - my) + north, speed_mps: 10, lane: undefined, length_m: 5, class: 'car', visible: true }
    sample.add(target)
    sample.add({ ...target, track: `${track} standing`, x_m: target.x_m + 40, speed_mps: 0 })
  }
  return sample.fit(map)
}

const index = (id: string): number => drawnJunction().links.findIndex((link) => link.id === id)
const CROSS = ['Win', 'Ein', 'Nin', 'Sin'].map(index)

describe('calibration of a radar against lanes', () => {
  it.each<[number, number, number]>([[0, 0, 0], [0.4, -0.3, 0.2], [1.2, -0.9, 0], [-1.5, 1, 1], [0, 0, -1.2], [3, 2.5, 0.5]])('over a whole junction finds a shift of %f m east and %f m north and a turn of %f degrees', (east, north, turn) => {
    const { east_m, north_m, turn_deg, after_m, before_m, off } = look(CROSS, [east, north, turn])!
    expect(Math.hypot(east_m + east, north_m + north)).toBeLessThan(0.2)
    expect(Math.abs(turn_deg + turn)).toBeLessThan(0.15)
    expect(after_m).toBeLessThan(0.6)
    expect(after_m).toBeLessThanOrEqual(before_m + 0.01)
    expect(off).toBe(Math.hypot(east, north) > 0.75 || Math.abs(turn) > 0.5)
  })

  it('along one straight road finds what lies across it and leaves alone what nobody can see', () => {
    const { east_m, north_m, turn_deg, turn_error_deg } = look([index('Win')], [6, 1.1, 0.6])!
    expect(Math.abs(north_m + 1.1)).toBeLessThan(0.15)
    expect(Math.abs(turn_deg + 0.6)).toBeLessThan(4 * turn_error_deg)
    expect(turn_error_deg).toBeLessThan(0.1)
    expect(Math.abs(east_m)).toBeLessThan(0.5)
  })

  it('says nothing of few vehicles, nor of a sensor that looks elsewhere', () => {
    expect(look(CROSS, [0, 0, 0], 150)).toBeUndefined()
    expect(look([index('Win')], [0, 80, 0])).toBeUndefined()
    expect(new CalibrationSample().fit(new LaneMap(street()))).toBeUndefined()
  })
})

describe('the clock of a radar', () => {
  /** Platoons of 80 s cycles, one vehicle in so many a probe. */
  const lines = (offset_s: number, every: number, strangers = false): { radar: number[]; probes: number[] }[] => {
    const random = generator(4)
    const [radar, probes]: [number[], number[]] = [[], []]
    for (let cycle = 0; cycle < 60; cycle++) for (let k = 0, time = 80 * cycle + 3; k < 16; k++, time += 1.5 + 1.5 * random()) {
      radar.push(time + offset_s)
      if ((16 * cycle + k) % every === 0) probes.push(time + (strangers ? 30 * random() : 1.5 * (random() - 0.5)))
    }
    return [{ radar, probes: probes.sort((a, b) => a - b) }]
  }

  it.each([0, 0.8, -2.4, 5])('is found to be %f s ahead', (offset) => {
    expect(Math.abs(clockOffset(lines(offset, 7))! - offset)).toBeLessThan(0.4)
  })

  it('is not told from few probes', () => {
    expect(clockOffset(lines(1, 100))).toBeUndefined()
    expect(clockOffset([])).toBeUndefined()
  })
})
