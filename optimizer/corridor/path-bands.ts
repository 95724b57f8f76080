// Offsets and sequences for the paths that people take: those that turn on and off the corridor, buses, bicycles. The
// greens are those of the splits; which path gets a band is proven by optimizer/paths, or bounded.
import type { MovementId } from '../../model/network.ts'
import type { PathBand, PathBands, PathMode } from '../../model/part-bands.ts'
import type { GreenWindow } from '../../model/plan.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Window } from '../bands/index.ts'
import { common, greensOf, piecesOf, windowsOf } from '../capacity/index.ts'
import { type BandPath, checkPaths, type PathCertificate, type PathProblem, type PathSignal, solvePaths } from '../paths/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CycleTask } from './cycle-task.ts'
import type { Offsets } from './descent.ts'
import type { CorridorPlanOptions } from './options.ts'
import { greenGroups, type Street } from './street.ts'

/** Movements of one signal in order of travel, each with the time since the first of them. */
export interface PathCrossing {
  signal: SignalId
  movements: { movement: MovementId; after_s: number }[]
}

export interface PathLeg {
  distance_m: number
  /** Mean over the leg of what the road and the vehicle allow, m/s. */
  speed_mps: number
  dwell_min_s: number
  dwell_max_s: number
}

/** A path over at least two signals of the corridor. */
export interface CorridorPath {
  id: string
  name: string
  mode: PathMode
  persons_h: number
  crossings: PathCrossing[]
  /** One fewer than the crossings. */
  legs: PathLeg[]
}

/** A platoon of two cars needs so long to pass, s. */
const LEAST_BAND_S = 4

/** Speeds of a bicycle in a green wave, m/s. */
const BICYCLE_MPS = { least: 4, most: 6 } as const

/** @throws GreenwaveError input.value where no path is given or one cannot be banded; band.unconfirmed if the checker disagrees. */
export function bandPaths(street: Street, task: CycleTask, options: CorridorPlanOptions): { setting: Offsets; paths: PathBands } {
  const problem = pathProblem(street, task, options)
  if (problem.paths.length === 0) throw new GreenwaveError('input.value', 'no vehicle of the period takes a path over two signals of the corridor: bands along paths need vehicles with routes, or counted turns that lead along it')
  const solution = solvePaths(problem)
  const [fault] = checkPaths(problem, solution)
  if (fault !== undefined) throw new GreenwaveError('band.unconfirmed', `bands along paths: ${fault}`)
  const all = problem.paths.reduce((sum, { persons_h }) => sum + persons_h, 0)
  const bands = problem.paths.map(({ id, name, mode, persons_h, steps }, i): PathBand => {
    const { width_s, fronts_s } = solution.bands[i]!
    return {
      id, name, mode, persons_h, weight: all > 0 ? persons_h / all : 1 / problem.paths.length, width_s, ...(width_s > 0 ? {} : { reason: whyNone(problem, i) }),
      front_s: fronts_s.map((time_s, k) => ({ signal: street.ids[steps[k]!.signal]!, time_s })),
    }
  })
  return {
    setting: { offsets: solution.offsets_s, patterns: solution.patterns.map(Number) },
    paths: { bands, certificate: solution.certificate, sentences: tell(bands, solution.certificate) },
  }
}

export function pathProblem(street: Street, task: CycleTask, options: CorridorPlanOptions): PathProblem {
  const paths = (options.paths ?? []).map((path): BandPath => ({
    id: path.id, name: path.name, mode: path.mode, persons_h: path.persons_h,
    steps: path.crossings.map((crossing) => ({ signal: street.ids.indexOf(crossing.signal), movement: keyOf(crossing) })),
    links: path.legs.map(({ distance_m, speed_mps, dwell_min_s, dwell_max_s }) => {
      const most = path.mode === 'bicycle' ? Math.min(BICYCLE_MPS.most, speed_mps) : speed_mps
      const least = path.mode === 'bicycle' ? Math.min(BICYCLE_MPS.least, most) : most * (1 - options.speed_range)
      return { distance_m, speed_min_mps: least, speed_max_mps: most, speed_target_mps: Math.max(least, most * options.speed_target), dwell_min_s, dwell_max_s }
    }),
  }))
  const crossings = street.ids.map((id) => [...new Map((options.paths ?? []).flatMap((path) => path.crossings).filter(({ signal }) => signal === id).map((crossing) => [keyOf(crossing), crossing])).entries()])
  const signals = street.ids.map((id, i): PathSignal => {
    const running = street.running[i]!
    return {
      id, ...(running.cycle_s === task.cycle_s ? { current_offset_s: running.offset_s } : {}),
      patterns: task.choices[i]!.map(({ compiled }, k) => ({ id: String(k), windows: Object.fromEntries(crossings[i]!.map(([key, crossing]) => [key, windowsAt(street, compiled, crossing)])) })),
    }
  })
  return { cycle_s: task.cycle_s, signals, paths, least_band_s: LEAST_BAND_S }
}

const keyOf = ({ movements }: PathCrossing): string => movements.map(({ movement, after_s }) => `${movement}+${Math.round(after_s * 10)}`).join(' ')

function windowsAt(street: Street, compiled: CycleTask['choices'][number][number]['compiled'], { movements }: PathCrossing): Window[] {
  const cycle = compiled.cycle_s
  let open: GreenWindow[] | undefined
  for (const { movement, after_s } of movements) {
    const groups = greenGroups(street.graph, movement)
    const green = groups.length === 0 ? [[0, cycle] as GreenWindow] : greensOf(compiled, groups)
    const seen = piecesOf(green.map(([start, end]): GreenWindow => [start - after_s, end - after_s]), cycle)
    open = open === undefined ? seen : common(open, seen)
  }
  return windowsOf(piecesOf(open ?? [], cycle), cycle).map(([start, end]) => ({ start_s: start, length_s: end - start, clearance_s: 0 }))
}

const tenths = (value: number): number => Math.round(value * 10) / 10

function tell(bands: readonly PathBand[], certificate: PathCertificate): string[] {
  const told = bands.toSorted((a, b) => b.persons_h - a.persons_h).map(({ name, mode, persons_h, width_s, reason }) => {
    const who = `${name} (${mode}, ${Math.round(persons_h)} persons/h)`
    return width_s > 0 ? `${who} gets a band of ${tenths(width_s)} s.` : `${who} gets no band: ${reason}.`
  })
  const { value, bound, proven } = certificate
  const proof = proven
    ? 'With these splits and speeds no offsets and no permitted phase sequence give the paths more seconds of band, weighed by persons.'
    : value > 0 ? `Weighed by persons, no offsets and no permitted phase sequence with these splits and speeds give more than ${Math.max(0.1, tenths((100 * (bound - value)) / value))} % above this; that much is left unproven.` : 'No path has a band; that none could have one is not proven.'
  return [...told, proof]
}

/** Alone the path would have its band, or its own greens are in the way. */
function whyNone(problem: PathProblem, i: number): string {
  const alone = solvePaths({ ...problem, paths: [problem.paths[i]!] }, { restarts: 2, labels: 500 })
  if (alone.certificate.value > 0) return `alone it could have ${tenths(alone.bands[0]!.width_s)} s, but that would cost the others more`
  return alone.certificate.proven ? `no offsets let ${problem.least_band_s} s through all its greens` : 'none was found, even for it alone'
}
