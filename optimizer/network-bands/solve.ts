/** The answer to a network band problem: annealed from several starts, polished, checked, with the bound of its arteries. */
import { GreenwaveError } from '../../model/errors.ts'
import { mulberry32 } from '../bands/instances/random.ts'
import { snapOffset } from '../bands/steps.ts'
import { gapShare } from '../certified.ts'
import type { Solver } from '../solver/solver.ts'
import { anneal, type Annealed } from './anneal.ts'
import { boundAtCycle, boundOverRange, sumOf } from './bound.ts'
import { verifyNetworkPlan } from './checker.ts'
import { Field, type NetworkSetting } from './field.ts'
import { type Lane, lanesOf } from './lanes.ts'
import { planOfSetting } from './plan.ts'
import { polish } from './polish.ts'
import { type CycleBoxBound, networkAtCycle, type NetworkBandCertificate, type NetworkBandProblem, type NetworkBandSolution } from './problem.ts'
import { assertNetworkBandProblem } from './validate.ts'

export interface NetworkBandOptions {
  /** Sweeps over all signals of the longest search; 1500 unless given. The effort grows in proportion. */
  readonly sweeps?: number
  /** Searches from different random numbers, the best kept; 2 unless given. */
  readonly restarts?: number
  readonly seed?: number
  /** Polishes real offsets; without one they stay on a grid of about a second. */
  readonly solver?: Solver
  /** Asked between sweeps; false ends the search with what it has. */
  readonly goOn?: () => boolean
}

const DEFAULT_SWEEPS = 1500
const DEFAULT_RESTARTS = 2
/** Cycles that get a short search before the best one gets the long one. */
const CYCLES_TRIED = 8
const SHORT_SHARE = 0.1
/** Offsets to choose from where the controllers take any. */
const GRID_S = 1

/**
 * The widest weighted bands found at the problem's cycle, with a bound for every plan.
 * @throws GreenwaveError if the problem is malformed; Error if search and checker disagree.
 */
export function solveNetworkBands(problem: NetworkBandProblem, options: NetworkBandOptions = {}): NetworkBandSolution {
  assertNetworkBandProblem(problem)
  const box = boundAtCycle(problem)
  const found = search(problem, options, options.sweeps ?? DEFAULT_SWEEPS, options.restarts ?? DEFAULT_RESTARTS)
  const plan = planOfSetting(problem, found.setting)
  return { plan, certificate: certify('s', problem.cycle_s, verifyNetworkPlan(problem, plan), [box]) }
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
  const sweeps = options.sweeps ?? DEFAULT_SWEEPS
  const tried = spreadPoints(points, CYCLES_TRIED).map((cycle_s) => {
    const at = networkAtCycle(problem, cycle_s)
    return { at, found: search(at, options, Math.ceil(sweeps * SHORT_SHARE), 1) }
  })
  const first = tried.reduce((a, b) => (shareOf(b) > shareOf(a) ? b : a))
  const long = { at: first.at, found: search(first.at, options, sweeps, options.restarts ?? DEFAULT_RESTARTS) }
  const best = shareOf(long) > shareOf(first) ? long : first
  const plan = planOfSetting(best.at, best.found.setting)
  return { plan, certificate: certify('cycles', 1, verifyNetworkPlan(best.at, plan) / plan.cycle_s, boxes) }
}

function shareOf({ at, found }: { at: NetworkBandProblem; found: Annealed }): number {
  return found.value / at.cycle_s
}

/** The most promising cycles, none within half a per cent of another. */
function spreadPoints(points: readonly { cycle_s: number }[], most: number): number[] {
  const chosen: number[] = []
  for (const { cycle_s } of points) {
    if (chosen.length === most) break
    if (chosen.every((other) => Math.abs(other - cycle_s) > 0.005 * cycle_s)) chosen.push(cycle_s)
  }
  return chosen
}

function search(problem: NetworkBandProblem, options: NetworkBandOptions, sweeps: number, restarts: number): Annealed {
  const lanes = lanesOf(problem)
  const circle = problem.cycle_s
  const steps = Math.max(2, Math.round(circle / stepOfAll(problem)))
  let best: Annealed | undefined
  for (let k = 0; k < restarts; k++) {
    const random = mulberry32((options.seed ?? 1) * 7919 + k)
    const start = { offsets: new Float64Array(problem.nodes.length), patterns: new Int32Array(problem.nodes.length) }
    const annealed = anneal(lanes, circle, start, {
      random, sweeps, steps, hot: 0.02, cold: 0.0015, runs: [2, 3, 5], ...(options.goOn ? { goOn: options.goOn } : {}),
    })
    const settled = settle(problem, lanes, annealed.setting, options.solver)
    if (!best || settled.value > best.value) best = settled
    if (options.goOn?.() === false) break
  }
  return best!
}

/** The one step of all controllers, a divisor of the cycle; a grid to be snapped from where they differ. */
function stepOfAll({ nodes, cycle_s }: NetworkBandProblem): number {
  const steps = new Set(nodes.map(({ offset_step_s = 1 }) => offset_step_s))
  const [step] = steps
  return steps.size === 1 && step > 0 && Math.abs(cycle_s / step - Math.round(cycle_s / step)) < 1e-9 ? step : GRID_S
}

/** Real offsets are polished, others set on their controllers' steps. */
function settle(problem: NetworkBandProblem, lanes: readonly Lane[], setting: NetworkSetting, solver: Solver | undefined): Annealed {
  const { nodes, cycle_s } = problem
  const real = nodes.every(({ offset_step_s = 1 }) => offset_step_s === 0)
  const snapped = {
    patterns: setting.patterns,
    offsets: setting.offsets.map((offset, v) => snapOffset(offset, nodes[v].offset_step_s ?? 1, cycle_s)),
  }
  const plain = { setting: snapped, value: new Field(lanes, cycle_s, snapped).value() }
  if (!real || !solver) return plain
  const polished = polish(lanes, cycle_s, snapped, solver)
  const value = new Field(lanes, cycle_s, polished).value()
  return value > plain.value ? { setting: polished, value } : plain
}

function certify(unit: 's' | 'cycles', cycle: number, value: number, boxes: readonly CycleBoxBound[]): NetworkBandCertificate {
  const bound = Math.max(...boxes.map((box) => sumOf(box.arteries)))
  const gap = Math.max(0, bound - value)
  const proven = gap <= 1e-6 * cycle * (boxes[0]?.arteries.length ?? 1)
  return { unit, value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', boxes }
}
