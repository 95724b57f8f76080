/**
 * Paths seen from the corridor's first signal to its last. A track follows its path in rising order of the signals; one
 * that runs the other way is followed backwards, with shifts instead of travel times.
 *
 * The band of a track so far is a reach: `early` is the earliest front, `late` the latest rear, `width` the widest band,
 * all at the present signal. Through a green [from, to] after a shift in [low, high] it becomes
 *   early' = max(early + low, from), late' = min(late + high, to), width' = min(width, late' - early').
 * That is exact: for chosen greens the widest band is the least, over pairs of signals, of what the two let through.
 */
import { type PathProblem, travelRange } from './problem.ts'

export interface Green {
  readonly from: number
  readonly to: number
}

export interface TrackStop {
  readonly signal: number
  /** By pattern; 'always' if it never turns red for the path. */
  readonly greens: readonly (readonly Green[] | 'always')[]
  /** From the stop before; 0 at the first. */
  readonly low: number
  readonly high: number
  readonly target: number
}

export interface Track {
  readonly path: number
  readonly weight: number
  readonly backwards: boolean
  readonly stops: readonly TrackStop[]
  /** No band is wider, whatever the offsets. */
  readonly cap: number
}

/** Three numbers a reach: early, late, width. */
export type Reaches = number[]

/** Widths below this are none. */
const NOTHING_S = 1e-9

export function tracksOf(problem: PathProblem): Track[] {
  return problem.paths.map((path, index) => {
    const backwards = path.steps.length > 1 && path.steps[1]!.signal < path.steps[0]!.signal
    const steps = backwards ? path.steps.toReversed() : path.steps
    const links = backwards ? path.links.toReversed() : path.links
    const stops = steps.map(({ signal, movement }, i): TrackStop => {
      const greens = problem.signals[signal]!.patterns.map(({ windows }) => greensOf(problem.cycle_s, windows[movement] ?? []))
      const link = i === 0 ? undefined : links[i - 1]
      if (link === undefined) return { signal, greens, low: 0, high: 0, target: 0 }
      const [least, most] = travelRange(link)
      const target = Math.min(most, Math.max(least, link.distance_m / link.speed_target_mps + (link.dwell_min_s + link.dwell_max_s) / 2))
      return backwards ? { signal, greens, low: -most, high: -least, target: -target } : { signal, greens, low: least, high: most, target }
    })
    return { path: index, weight: path.persons_h, backwards, stops, cap: capOf(problem, stops) }
  })
}

function greensOf(cycle: number, windows: PathProblem['signals'][number]['patterns'][number]['windows'][string]): Green[] | 'always' {
  if (windows.some(({ length_s }) => length_s >= cycle * (1 - 1e-9))) return 'always'
  return windows.flatMap(({ start_s, length_s, clearance_s }) => {
    if (length_s - clearance_s <= NOTHING_S) return []
    const turned = (((start_s + clearance_s) % cycle) + cycle) % cycle
    return [{ from: turned, to: turned + length_s - clearance_s }]
  })
}

const longest = (greens: readonly Green[] | 'always', cycle: number): number => (greens === 'always' ? cycle : greens.reduce((most, { from, to }) => Math.max(most, to - from), 0))

function capOf({ cycle_s, least_band_s }: PathProblem, stops: readonly TrackStop[]): number {
  const cap = stops.reduce((least, { greens }) => Math.min(least, Math.max(...greens.map((each) => longest(each, cycle_s)))), cycle_s)
  return cap < least_band_s - NOTHING_S ? 0 : cap
}

/** Before the first stop: anything is open. */
export const OPEN = (cycle: number): Reaches => [-Infinity, Infinity, cycle]

/**
 * Writes into `out` the reaches behind the greens of one stop. `shift` is what the local clock of the stop is ahead of
 * the one of `from`. Only reaches at least `least` wide are kept.
 * @returns the widest.
 */
export function pass(from: Reaches, greens: readonly Green[] | 'always', low: number, high: number, cycle: number, least: number, out: Reaches): number {
  out.length = 0
  let widest = 0
  const needed = Math.max(least - NOTHING_S, NOTHING_S)
  for (let i = 0; i < from.length; i += 3) {
    const early = from[i]! + low
    const late = from[i + 1]! + high
    const width = from[i + 2]!
    if (greens === 'always') {
      out.push(early, late, width)
      if (width > widest) widest = width
      continue
    }
    for (const green of greens) {
      const first = early === -Infinity ? 0 : Math.ceil((early - green.to) / cycle)
      const last = early === -Infinity ? 0 : Math.floor((late - green.from) / cycle)
      for (let turn = first; turn <= last; turn++) {
        const begin = Math.max(early, green.from + turn * cycle)
        const end = Math.min(late, green.to + turn * cycle)
        const through = Math.min(width, end - begin)
        if (through < needed) continue
        out.push(begin, end, through)
        if (through > widest) widest = through
      }
    }
  }
  return widest
}
