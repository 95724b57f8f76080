/** Seeded corridors with paths that turn on and off, a bus line with dwells and bicycles: for tests and benches. */
import type { PathMode } from '../../model/part-bands.ts'
import { mulberry32 } from '../bands/instances/random.ts'
import type { LinkTravel, Window } from '../bands/index.ts'
import type { BandPath, PathProblem, PathSignal } from './problem.ts'

export interface PathShape {
  readonly signals: number
  readonly cycle_s: number
  /** Of each signal, at most 2. */
  readonly patterns: number
  /** Turning paths in each direction. */
  readonly turning: number
  /** Cars may leave their speed by this share. */
  readonly speed_share: number
  /** A bus and bicycles each way. */
  readonly modes: boolean
}

/** Through greens of 43 to 66 per cent with side greens after them; 200 to 550 m between signals. */
export function randomPaths(shape: PathShape, seed: number): PathProblem {
  const { cycle_s } = shape
  const random = mulberry32(seed * 7919 + shape.signals * 31 + cycle_s)
  const uniform = (a: number, b: number): number => a + (b - a) * random()
  const whole = (a: number, b: number): number => Math.round(uniform(a, b))
  const signals = Array.from({ length: shape.signals }, (_, i): PathSignal => {
    const left = whole(0.08 * cycle_s, 0.16 * cycle_s)
    const main = whole(0.35 * cycle_s, 0.5 * cycle_s)
    const window = (start_s: number, end: number): Window[] => [{ start_s, length_s: end - start_s, clearance_s: 0 }]
    const side = window(left + main + Math.round(0.05 * cycle_s), cycle_s - Math.round(0.05 * cycle_s))
    const patterns = [
      { id: 'leads', windows: { outbound: window(0, left + main), inbound: window(left, left + main), side } },
      { id: 'lags', windows: { outbound: window(left, left + main), inbound: window(0, left + main), side } },
    ]
    return { id: `S${i + 1}`, patterns: patterns.slice(0, shape.patterns) }
  })
  const distances = signals.slice(1).map(() => Math.round(uniform(200, 550)))
  const add = (id: string, mode: PathMode, persons_h: number, from: number, to: number, enters: boolean, leaves: boolean): BandPath => {
    const indices = Array.from({ length: Math.abs(to - from) + 1 }, (_, k) => from + Math.sign(to - from) * k)
    const through = to > from ? 'outbound' : 'inbound'
    const speed = { car: 13.9, bus: 12, bicycle: 5 }[mode]
    const share = mode === 'bus' ? 0 : shape.speed_share
    return {
      id, name: id, mode, persons_h,
      steps: indices.map((signal, k) => ({ signal, movement: (k === 0 && enters) || (k === indices.length - 1 && leaves) ? 'side' : through })),
      links: indices.slice(1).map((signal, k): LinkTravel => ({
        distance_m: distances[Math.min(signal, indices[k]!)]!, speed_min_mps: speed * (1 - share), speed_target_mps: speed, speed_max_mps: speed * (1 + share),
        dwell_min_s: mode === 'bus' ? 15 : 0, dwell_max_s: mode === 'bus' ? 25 : 0,
      })),
    }
  }
  const last = shape.signals - 1
  const paths = [add('outbound', 'car', whole(500, 1200), 0, last, false, false), add('inbound', 'car', whole(500, 1200), last, 0, false, false)]
  const turning = last > 0 ? 2 * shape.turning : 0
  for (let k = 0; k < turning; k++) {
    const from = Math.floor(uniform(0, last))
    const to = Math.min(last, from + 1 + Math.floor(uniform(0, last - from)))
    const enters = random() < 0.7
    const leaves = random() < 0.5
    paths.push(k % 2 === 0 ? add(`turn ${k + 1}`, 'car', whole(100, 500), from, to, enters, leaves) : add(`turn ${k + 1}`, 'car', whole(100, 500), to, from, enters, leaves))
  }
  if (shape.modes && last > 0) {
    paths.push(add('bus out', 'bus', whole(200, 500), 0, last, false, false), add('bus back', 'bus', whole(200, 500), last, 0, false, false))
    paths.push(add('bicycles', 'bicycle', whole(50, 200), 0, last, false, false))
  }
  return { cycle_s, signals, paths, least_band_s: 4 }
}
