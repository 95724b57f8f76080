/**
 * Bands along paths with a proof: climbs for a plan, then labels that either find a better one or prove it. Effort is
 * counted in labels; the caller's `goOn` may end it earlier, and the answer then says that it is not proven.
 */
import { modulo } from '../../model/units.ts'
import { gapShare } from '../certified.ts'
import { prove, tolerance } from './prove.ts'
import { assertPathProblem, type PathProblem, type PathSolution } from './problem.ts'
import { bandOf, type Setting } from './rate.ts'
import { climb, search, type SearchTask } from './search.ts'
import { type Track, tracksOf } from './tracks.ts'

export interface PathOptions {
  /** Labels expanded in all; 4000 unless given. 0 leaves the search alone, with the sum of the paths' own widest bands as bound. */
  readonly labels?: number
  /** Seeded starts of the search; 4 unless given. */
  readonly restarts?: number
  readonly goOn?: () => boolean
}

const BEAMS = [100, 800, 6400, Infinity]
/** Share of the labels that may go into the tails, whose bounds help the whole corridor. */
const TAIL_SHARE = 0.3

/** @throws GreenwaveError input.value for what the model cannot hold. */
export function solvePaths(problem: PathProblem, { labels = 4000, restarts = 4, goOn = () => true }: PathOptions = {}): PathSolution {
  assertPathProblem(problem)
  const task: SearchTask = { cycle_s: problem.cycle_s, least_band_s: problem.least_band_s, patterns: problem.signals.map(({ patterns }) => patterns.length), tracks: tracksOf(problem) }
  const street: Setting = { offsets: problem.signals.map(({ current_offset_s = 0 }) => modulo(Math.round(current_offset_s), problem.cycle_s)), patterns: task.patterns.map(() => 0) }
  const found = search(task, [street], restarts, goOn)
  let left = labels
  const counted = (share: number) => {
    let own = Math.floor(labels * share)
    return (): boolean => own-- > 0 && left-- > 0 && goOn()
  }
  const ceiling = task.tracks.reduce((sum, { weight, cap }) => sum + weight * cap, 0)
  const tails = labels === 0 ? [] : tailBounds(task, (signals) => counted(TAIL_SHARE / signals))
  let { setting, value } = found
  let bound = ceiling
  for (const beam of BEAMS) {
    if (bound <= value + tolerance(value) || left <= 0 || !goOn()) break
    const proof = prove(task, value, tails, { beam, goOn: counted(1) })
    if (proof.setting !== undefined) ({ setting, value } = better({ setting, value }, climb(task, proof.setting, goOn)))
    bound = Math.max(value, Math.min(bound, proof.bound))
  }
  return solutionOf(problem, task.tracks, turnedToStreet(problem, setting), bound)
}

const better = <T extends { value: number }>(a: T, b: T): T => (b.value > a.value ? b : a)

/** Upper bounds of the problem from signal i on, i from the last backwards; index 0 is not used. */
function tailBounds(task: SearchTask, effort: (signals: number) => () => boolean): number[] {
  const count = task.patterns.length
  const tails: number[] = Array.from({ length: count }, () => Infinity)
  for (let from = count - 1; from > 0; from--) {
    const tail = tailOf(task, from)
    const goOn = effort(count)
    const { value } = search(tail, [], 2, goOn)
    tails[from] = prove(tail, value, tails.slice(from), { beam: 200, goOn }).bound
  }
  return tails
}

function tailOf({ cycle_s, least_band_s, patterns, tracks }: SearchTask, from: number): SearchTask {
  return {
    cycle_s, least_band_s, patterns: patterns.slice(from),
    tracks: tracks.flatMap((track): Track[] => {
      const stops = track.stops.flatMap((stop) => (stop.signal >= from ? [{ ...stop, signal: stop.signal - from }] : []))
      const [first, ...others] = stops
      return first === undefined ? [] : [{ ...track, stops: [{ ...first, low: 0, high: 0 }, ...others] }]
    }),
  }
}

/** The plan turned as a whole, which changes no band, so that the offsets move least from those in the street. */
function turnedToStreet({ cycle_s, signals }: PathProblem, { offsets, patterns }: Setting): Setting {
  let best = { turn: 0, moved: Infinity }
  for (let turn = 0; turn < cycle_s; turn++) {
    let moved = 0
    for (const [i, { current_offset_s }] of signals.entries()) {
      if (current_offset_s === undefined) continue
      const ahead = modulo(offsets[i]! + turn - current_offset_s, cycle_s)
      moved += Math.min(ahead, cycle_s - ahead)
    }
    if (moved < best.moved - 1e-9) best = { turn, moved }
  }
  return { patterns, offsets: offsets.map((offset) => (offset + best.turn) % cycle_s) }
}

function solutionOf(problem: PathProblem, tracks: readonly Track[], setting: Setting, proved: number): PathSolution {
  const bands = tracks.map((track) => bandOf(problem, track, setting))
  const value = bands.reduce((sum, { width_s }, i) => sum + width_s * problem.paths[i]!.persons_h, 0)
  const bound = Math.max(proved, value)
  const gap = bound - value
  const proven = gap <= 2 * tolerance(value)
  return {
    cycle_s: problem.cycle_s, patterns: setting.patterns.map((pattern, i) => problem.signals[i]!.patterns[pattern]!.id), offsets_s: setting.offsets, bands,
    certificate: { value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort' },
  }
}
