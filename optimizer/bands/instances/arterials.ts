/**
 * Benchmark arterials, each with its source. Windows in cycles (`cycle_s` 1): use `solveCycleRange`, or
 * `problemAtCycle` for one cycle in seconds. All plans may use real offsets (step 0).
 */
import { type BandLink, type BandProblem, EQUAL_BANDS, FREE_DIVISION, type LinkTravel, type Window } from '../problem.ts'
import { leftTurnPatterns } from './left-turns.ts'
import { mulberry32 } from './random.ts'

interface Speeds {
  readonly min: number
  readonly target: number
  readonly max: number
}

function sameBothWays(distance_m: number, speeds: Speeds): BandLink {
  const travel: LinkTravel = {
    distance_m,
    speed_min_mps: speeds.min,
    speed_max_mps: speeds.max,
    speed_target_mps: speeds.target,
    dwell_min_s: 0,
    dwell_max_s: 0,
  }
  return { outbound: travel, inbound: travel }
}

/** Signals with the same green both ways and no lefts (greens in cycles). */
export function plainArterial(greens: readonly number[], distances_m: readonly number[], speeds: Speeds): BandProblem {
  return {
    cycle_s: 1,
    directions: 'both',
    division: FREE_DIVISION,
    signals: greens.map((green, i) => ({
      id: String(i + 1),
      offset_step_s: 0,
      patterns: leftTurnPatterns(
        { red: 1 - green, outboundLeft: 0, inboundLeft: 0, outboundClearance: 0, inboundClearance: 0 },
        1,
      ),
    })),
    links: distances_m.map((distance_m) => sameBothWays(distance_m, speeds)),
  }
}

export function fixedSpeed(speed_mps: number): Speeds {
  return { min: speed_mps, target: speed_mps, max: speed_mps }
}

/** A. Little 1966, ten signals, C 55 to 75 s; distances rounded to metres as in LINDO's sample. */
const LITTLE_DISTANCES_M = [168, 213, 335, 213, 244, 198, 122, 213, 137]
/** The same in exact feet. */
export const LITTLE_DISTANCES_FT_M = [550, 700, 1100, 700, 800, 650, 400, 700, 450].map((feet) => feet * 0.3048)
const LITTLE_GREENS = [0.53, 0.6, 0.6, 0.53, 0.52, 0.58, 0.6, 0.6, 0.6, 0.58]
/** Largest change of slowness between consecutive links (s/m). */
export const LITTLE_SLOWNESS_CHANGE = 0.0121

export function littleArterial(speeds: Speeds = { min: 13.4, target: 15.24, max: 17.9 }, distances_m = LITTLE_DISTANCES_M): BandProblem {
  return plainArterial(LITTLE_GREENS, distances_m, speeds)
}

/** D. Eight signals of the Chinese textbook's numerical method, 11.1 m/s both ways. */
export function textbookArterial(speeds: Speeds = fixedSpeed(11.1)): BandProblem {
  const greens = [0.55, 0.6, 0.65, 0.65, 0.6, 0.65, 0.7, 0.5]
  return plainArterial(greens, [350, 400, 160, 540, 280, 280, 270], speeds)
}

/** E. Synthetic arterial: windows, then links, from one stream. Equal bands, C 80 to 140 s. */
export function syntheticArterial(n: number, seed: number): BandProblem & { readonly volumes_vph: readonly (readonly [number, number])[] } {
  const random = mulberry32(seed * 7919 + n)
  const uniform = (a: number, b: number): number => a + (b - a) * random()
  const signals = Array.from({ length: n }, (_, i) => {
    const red = uniform(0.3, 0.42)
    const outboundLeft = uniform(0.08, 0.14)
    const inboundLeft = uniform(0.08, 0.14)
    const outboundClearance = i > 0 ? uniform(0, 0.02) : 0
    const inboundClearance = i < n - 1 ? uniform(0, 0.02) : 0
    const own = { red, outboundLeft, inboundLeft, outboundClearance, inboundClearance }
    return { id: String(i + 1), offset_step_s: 0, patterns: leftTurnPatterns(own, 1) }
  })
  const target = 50 / 3.6
  const links: BandLink[] = []
  const volumes_vph: [number, number][] = []
  for (let i = 0; i + 1 < n; i++) {
    links.push(sameBothWays(uniform(200, 600), { min: 0.9 * target, target, max: 1.1 * target }))
    volumes_vph.push([uniform(400, 1400), uniform(400, 1400)])
  }
  return { cycle_s: 1, directions: 'both', division: EQUAL_BANDS, signals, links, volumes_vph }
}

/** The same arterial with bands free to arrive at the start of green; the MULTIBAND figures of E are for this one. */
export function withoutClearance(problem: BandProblem): BandProblem {
  const clear = (windows: readonly Window[]): Window[] => windows.map((window) => ({ ...window, clearance_s: 0 }))
  const signals = problem.signals.map((signal) => ({
    ...signal,
    patterns: signal.patterns.map(({ id, outbound, inbound }) => ({ id, outbound: clear(outbound), inbound: clear(inbound) })),
  }))
  return { ...problem, signals }
}
