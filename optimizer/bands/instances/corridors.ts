/** Seeded corridors in whole seconds, shaped like a town arterial: for tests and benches, not a published benchmark. */
import type { BandDivision, BandLink, BandProblem, BandSignal, LinkTravel, SignalPattern, Window } from '../problem.ts'
import { mulberry32 } from './random.ts'

export interface CorridorShape {
  readonly cycle_s: number
  readonly division: BandDivision
  /** Patterns of a signal: at most this many of the four lead-lag ones. */
  readonly patterns: number
  /** Speeds may leave their target by this share; 0 fixes them. */
  readonly speed_share: number
  /** Share of signals whose greens come twice in a cycle. */
  readonly double_green_share: number
}

/** `n` signals 250 to 600 m apart, 12 to 16 m/s, cross streets taking 35 to 50 per cent of the cycle. */
export function randomCorridor(n: number, seed: number, shape: CorridorShape): BandProblem {
  const random = mulberry32(seed * 31 + n)
  const uniform = (a: number, b: number): number => a + (b - a) * random()
  const signals = Array.from({ length: n }, (_, i) => randomSignal(`S${i + 1}`, shape, uniform))
  const links: BandLink[] = Array.from({ length: n - 1 }, () => {
    const distance_m = Math.round(uniform(250, 600))
    const speed = uniform(12, 16)
    const travel: LinkTravel = {
      distance_m,
      speed_min_mps: speed * (1 - shape.speed_share),
      speed_max_mps: speed * (1 + shape.speed_share),
      speed_target_mps: speed,
      dwell_min_s: 0,
      dwell_max_s: 0,
    }
    return { outbound: travel, inbound: { ...travel } }
  })
  return { cycle_s: shape.cycle_s, signals, links, directions: 'both', division: shape.division }
}

function randomSignal(id: string, shape: CorridorShape, uniform: (a: number, b: number) => number): BandSignal {
  const { cycle_s } = shape
  const red = Math.round(uniform(0.35, 0.5) * cycle_s)
  const outLeft = Math.round(uniform(0.08, 0.16) * cycle_s)
  const inLeft = Math.round(uniform(0.08, 0.16) * cycle_s)
  const clearance_s = Math.round(uniform(0, 3))
  const doubled = uniform(0, 1) < shape.double_green_share
  const patterns: SignalPattern[] = []
  for (const outLags of [0, 1]) {
    for (const inLags of [0, 1]) {
      patterns.push({
        id: `${outLags ? 'lag' : 'lead'}-${inLags ? 'lag' : 'lead'}`,
        outbound: cutWindow((1 - inLags) * inLeft, cycle_s - red - inLeft, clearance_s, doubled),
        inbound: cutWindow((1 - outLags) * outLeft, cycle_s - red - outLeft, clearance_s, doubled),
      })
    }
  }
  return { id, patterns: patterns.slice(0, 1 + Math.floor(uniform(0, shape.patterns))), current_offset_s: Math.floor(uniform(0, cycle_s)) }
}

/** One window, or two with a tenth of its length of red between them. */
function cutWindow(start_s: number, length_s: number, clearance_s: number, doubled: boolean): Window[] {
  if (!doubled) return [{ start_s, length_s, clearance_s }]
  const first = Math.round(length_s * 0.55)
  const gap = Math.round(length_s * 0.1)
  return [
    { start_s, length_s: first, clearance_s },
    { start_s: start_s + first + gap, length_s: length_s - first - gap, clearance_s: 0 },
  ]
}
