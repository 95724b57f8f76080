/** The answer to a network band problem: annealed from several starts, polished, checked, with the bound of its arteries. */
import { GreenwaveError } from '../../model/errors.ts'
import { mulberry32 } from '../bands/instances/random.ts'
import { snapOffset } from '../bands/steps.ts'
import { gapShare } from '../certified.ts'
import type { SolveLimits, Solver } from '../solver/solver.ts'
import { anneal } from './anneal.ts'
import { boundAtCycle, boundOf, boundOverRange, type RangeBound } from './bound.ts'
import { verifyNetworkPlan } from './checker.ts'
import { Field, type NetworkSetting } from './field.ts'
import { type Lane, lanesOf } from './lanes.ts'
import { hasFewSignals, lowerByLoops } from './loop-bound.ts'
import { planOfSetting } from './plan.ts'
import { polish, type PolishedSetting } from './polish.ts'
import { type CycleBoxBound, networkAtCycle, type NetworkBandCertificate, type NetworkBandProblem, type NetworkBandSolution } from './problem.ts'
import { assertNetworkBandProblem } from './validate.ts'

export interface NetworkBandOptions {
  /** Sweeps over all signals of the longest search; 1500 unless given. The effort grows in proportion. */
  readonly sweeps?: number
  /** Searches from different random numbers, the best kept; 2 unless given. */
  readonly restarts?: number
  readonly seed?: number
  /**
   * Share of the time that is used up, from 0 to 1 (the clock is the caller's). With it a range of cycles is searched until
   * it is 1, or nothing is left to gain: annealing cools faster where time is short, and starts anew where some is left.
   */
  readonly spent?: () => number
  /** Polishes real offsets; without one they stay on a grid of about a second. */
  readonly solver?: Solver
  /**
   * Asked before every model that brings the loops into the bound. With it and `solver` a network of few signals has such a bound: at a fixed
   * cycle at the end; over a range, where `spent` is given too, for up to half of the time.
   */
  readonly solver_limits?: () => SolveLimits
  /** Asked between sweeps; false ends the search with what it has. */
  readonly goOn?: () => boolean
}

const DEFAULT_SWEEPS = 1500
const DEFAULT_RESTARTS = 2
/** Cycles that a round of the search tries, with the share of the sweeps that each gets; the better ones go on. */
const ROUND = [{ most: 8, share: 0.1 }, { most: 4, share: 0.2 }] as const
/** A cell whose optimum lies on its edge has a better one behind it: so often at most. */
const MOST_POLISHES = 6
/** Offsets to choose from where the controllers take any. */
const GRID_S = 1

/**
 * The widest weighted bands found at the problem's cycle, with a bound for every plan.
 * @throws GreenwaveError if the problem is malformed; Error if search and checker disagree.
 */
export function solveNetworkBands(problem: NetworkBandProblem, options: NetworkBandOptions = {}): NetworkBandSolution {
  assertNetworkBandProblem(problem)
  const box = boundAtCycle(problem)
  const restarts = options.restarts ?? DEFAULT_RESTARTS
  let found: Found | undefined
  for (let k = 0; k < restarts && (k === 0 || options.goOn?.() !== false); k++) {
    found = wider(found, searchOnce(problem, options, k, counted(options.sweeps ?? DEFAULT_SWEEPS)))
  }
  const { setting } = found!
  const plan = planOfSetting(problem, setting)
  const value = verifyNetworkPlan(problem, plan)
  return { plan, certificate: certify('s', problem.cycle_s, value, [lowered(problem, box, value, options)]) }
}

/** The box of a fixed cycle with the loops in it. In and out: seconds. */
function lowered(problem: NetworkBandProblem, box: CycleBoxBound, value: number, { solver, solver_limits, goOn }: NetworkBandOptions): CycleBoxBound {
  if (solver === undefined || solver_limits === undefined || !hasFewSignals(problem)) return box
  const { cycle_s } = problem
  const inCycles = { ...box, arteries: box.arteries.map((width) => width / cycle_s) }
  const [{ solver: word }] = lowerByLoops(scaled(problem, 1), [inCycles], value / cycle_s, { solver, limits: solver_limits, goOn: () => goOn?.() !== false })
  return word === undefined ? box : { ...box, solver: { name: word.name, bound: word.bound * cycle_s } }
}

export interface NetworkCycleRange {
  readonly cycle_min_s: number
  readonly cycle_max_s: number
}

/** The same with the cycle free in a range: windows count in cycles (`cycle_s` 1), and so does the objective. */
export function solveNetworkBandRange(problem: NetworkBandProblem, range: NetworkCycleRange, options: NetworkBandOptions = {}): NetworkBandSolution {
  if (problem.cycle_s !== 1) throw new GreenwaveError('input.value', `windows must count in cycles for a free cycle: cycle_s 1, got ${problem.cycle_s}`)
  const { cycle_min_s, cycle_max_s } = range
  if (!(cycle_min_s > 0 && cycle_min_s <= cycle_max_s && Number.isFinite(cycle_max_s))) {
    throw new GreenwaveError('input.value', `the cycle must lie in a range above 0, got ${cycle_min_s} to ${cycle_max_s} s`)
  }
  assertNetworkBandProblem(problem)
  const { boxes, points } = boundOverRange(problem, range)
  const search = (bound: number, part: NetworkBandOptions): Found => searchRange(problem, range, spreadPoints(points), bound, part)
  const { best, proven } = boundBySearch(problem, { search, boxes, options })
  const at = networkAtCycle(problem, best.cycle_s)
  const plan = planOfSetting(at, best.setting)
  return { plan, certificate: certify('cycles', 1, verifyNetworkPlan(at, plan) / plan.cycle_s, proven) }
}

interface Search {
  readonly search: (bound: number, options: NetworkBandOptions) => Found
  readonly boxes: readonly CycleBoxBound[]
  readonly options: NetworkBandOptions
}

/** Of the time of few signals the search has the first half, the bound what it needs, and the search again what is left. */
function boundBySearch(problem: NetworkBandProblem, { search, boxes, options }: Search): { best: Found; proven: readonly CycleBoxBound[] } {
  const { solver, solver_limits, spent, seed = 1 } = options
  const greatest = (all: readonly CycleBoxBound[]): number => Math.max(...all.map(boundOf))
  if (solver === undefined || solver_limits === undefined || spent === undefined || !hasFewSignals(problem)) return { best: search(greatest(boxes), options), proven: boxes }
  const first = search(greatest(boxes), { ...options, spent: () => 2 * spent() })
  const goOn = (): boolean => spent() < 1 && options.goOn?.() !== false
  const proven = lowerByLoops(problem, boxes, first.share, { solver, limits: solver_limits, goOn })
  const from = spent()
  if (!goOn() || from > 0.9) return { best: first, proven }
  return { best: wider(first, search(greatest(proven), { ...options, seed: seed + 1, spent: () => (spent() - from) / (1 - from) })), proven }
}

/** Cycles, the most promising first, none within half a per cent of another. */
function spreadPoints(points: RangeBound['points']): RangeBound['points'] {
  const chosen: { cycle_s: number; sum: number }[] = []
  for (const point of points) {
    if (chosen.every(({ cycle_s }) => Math.abs(cycle_s - point.cycle_s) > 0.005 * point.cycle_s)) chosen.push(point)
  }
  return chosen
}

/** A setting at a cycle, its objective in cycles. */
interface Found extends PolishedSetting {
  readonly share: number
}

/** Rounds of short searches at the cycles least tried, whose best ones get longer ones; one round unless `spent` is given. */
function searchRange(problem: NetworkBandProblem, range: NetworkCycleRange, points: RangeBound['points'], bound: number, options: NetworkBandOptions): Found {
  const sweeps = options.sweeps ?? DEFAULT_SWEEPS
  const restarts = options.restarts ?? DEFAULT_RESTARTS
  const { spent } = options
  let run = 0
  let best: Found | undefined
  const goesOn = (): boolean => options.goOn?.() !== false && (spent === undefined || spent() < 1)
  const another = (): boolean => spent !== undefined && goesOn() && bound - best!.share > 1e-6
  for (let round = 0; round === 0 || another(); round++) {
    let left = ROUND.reduce((sum, { most, share }) => sum + most * share, restarts)
    /** A search of a round: its sweeps, or its part of the time that is left if that is over sooner. */
    const go = (cycle_s: number, share: number): Found => {
      const part = share / left
      left -= share
      const found = searchOnce(networkAtCycle(problem, cycle_s), options, run++, paced(sweeps * share, part, spent), range)
      best = wider(best, found)
      return found
    }
    const promising = points.filter(({ sum }) => best === undefined || sum > best.share).map(({ cycle_s }) => cycle_s)
    const from = (round * ROUND[0].most) % Math.max(1, promising.length)
    // The cycle of the best plan is always among them.
    let cycles = [...(best === undefined ? [] : [best.cycle_s]), ...promising.slice(from), ...promising.slice(0, from)]
    for (const { most, share } of ROUND) {
      const tried: Found[] = []
      for (const cycle_s of cycles.slice(0, most)) if (best === undefined || goesOn()) tried.push(go(cycle_s, share))
      if (tried.length > 0) cycles = tried.toSorted((a, b) => b.share - a.share).map(({ cycle_s }) => cycle_s)
    }
    for (let k = 0; k < restarts && goesOn(); k++) go(cycles[k % 2] ?? cycles[0], 1)
  }
  return best!
}

function counted(sweeps: number): (done: number) => number {
  return (done) => done / Math.max(1, Math.ceil(sweeps))
}

/** So many sweeps, or this part of the time that is left, whichever is over first. */
function paced(sweeps: number, part: number, spent: (() => number) | undefined): (done: number) => number {
  const count = counted(sweeps)
  if (spent === undefined) return count
  const from = spent()
  const slot = Math.max(1e-6, (1 - from) * Math.min(1, part))
  return (done) => Math.max(count(done), (spent() - from) / slot)
}

function wider(a: Found | undefined, b: Found): Found {
  return a !== undefined && a.share >= b.share ? a : b
}

/** One annealing at a cycle from random numbers of its own, settled; with `range` the cycle may move at the end. */
function searchOnce(problem: NetworkBandProblem, options: NetworkBandOptions, run: number, pace: (sweeps: number) => number, range?: NetworkCycleRange): Found {
  const { goOn } = options
  const lanes = lanesOf(problem)
  const circle = problem.cycle_s
  const steps = Math.max(2, Math.round(circle / stepOfAll(problem)))
  const start = { offsets: new Float64Array(problem.nodes.length), patterns: new Int32Array(problem.nodes.length) }
  const random = mulberry32((options.seed ?? 1) * 7919 + run)
  const annealed = anneal(lanes, circle, start, { random, pace, steps, hot: 0.02, cold: 0.0015, runs: [2, 3, 5], ...(goOn ? { goOn } : {}) })
  return settle(problem, lanes, annealed.setting, options.solver, range)
}

/** The one step of all controllers, a divisor of the cycle; a grid to be snapped from where they differ. */
function stepOfAll({ nodes, cycle_s }: NetworkBandProblem): number {
  const steps = new Set(nodes.map(({ offset_step_s = 1 }) => offset_step_s))
  const [step] = steps
  return steps.size === 1 && step > 0 && Math.abs(cycle_s / step - Math.round(cycle_s / step)) < 1e-9 ? step : GRID_S
}

/** Real offsets are polished, others set on their controllers' steps. */
function settle(problem: NetworkBandProblem, lanes: readonly Lane[], setting: NetworkSetting, solver: Solver | undefined, range?: NetworkCycleRange): Found {
  const { nodes, cycle_s } = problem
  const real = nodes.every(({ offset_step_s = 1 }) => offset_step_s === 0)
  const snapped = {
    patterns: setting.patterns,
    offsets: setting.offsets.map((offset, v) => snapOffset(offset, nodes[v].offset_step_s ?? 1, cycle_s)),
  }
  let best: Found = { cycle_s, setting: snapped, share: new Field(lanes, cycle_s, snapped).value() / cycle_s }
  if (!real || !solver) return best
  let own = lanes
  for (let k = 0; k < MOST_POLISHES; k++) {
    const moved = polish(own, best.cycle_s, best.setting, solver, range)
    if (range) own = lanesOf(scaled(problem, moved.cycle_s))
    const share = new Field(own, moved.cycle_s, moved.setting).value() / moved.cycle_s
    if (share <= best.share) break
    const gain = share - best.share
    best = { ...moved, share }
    if (gain < 1e-5) break
  }
  return best
}

/** The problem at another cycle, its windows the same shares of it. */
function scaled(problem: NetworkBandProblem, cycle_s: number): NetworkBandProblem {
  return { ...networkAtCycle(problem, cycle_s / problem.cycle_s), cycle_s }
}

function certify(unit: 's' | 'cycles', cycle: number, value: number, boxes: readonly CycleBoxBound[]): NetworkBandCertificate {
  const bound = Math.max(value, ...boxes.map(boundOf))
  const gap = Math.max(0, bound - value)
  const proven = gap <= 1e-6 * cycle * (boxes[0]?.arteries.length ?? 1)
  return { unit, value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', boxes }
}
