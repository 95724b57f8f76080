/** The answer to a band problem: real optimum, whole-second plan, proof. */
import { chainOf } from './chain.ts'
import { closeInteger, CLOSURE_GAIN, type Family } from './closure.ts'
import { listCorners } from './division.ts'
import { type Bounds, solutionOf } from './plan.ts'
import { asksFor, type BandOptions, type BandProblem, type BandSolution } from './problem.ts'
import { compareBands, compareManner, type Rated, Rater } from './rating.ts'
import { listRealSettings } from './recover.ts'
import type { Setting } from './score.ts'
import { snapSetting, stepOf, turnToStreet } from './steps.ts'
import { assertBandProblem } from './validate.ts'
import { climbBands, climbManner } from './whole-seconds.ts'
import { findWidest, reaches, type Widest } from './widest.ts'

/** A few milliseconds on six signals; the real optimum stays as the bound where this does not suffice. */
const DEFAULT_CLOSURE_NODES = 20_000

/**
 * The best plan on the controllers' offset steps, with a certificate against every other plan.
 * @throws Error if the problem is malformed, or if search and checker disagree by more than 1e-6 cycle.
 */
export function solveBands(problem: BandProblem, options: BandOptions = {}): BandSolution {
  assertBandProblem(problem)
  const widest = findWidest(problem)
  const rater = new Rater(problem)
  const real = listRealSettings(problem, widest)
  if (problem.signals.every((_, i) => stepOf(problem, i) === 0)) return realSolution(rater, widest, real)
  const seeds = [...real, ...streetSetting(problem)].map((setting) => snapSetting(problem, setting))
  let best = seeds.map((seed) => climbBands(rater, seed)).reduce((a, b) => (compareBands(b, a) > 0 ? b : a))
  const bounds = { bound_s: widest.bound, real_optimum_s: widest.value, method: 'ring-reach, rounded and improved' as const }
  const closed = close(rater, best, widest, options.closure_nodes ?? DEFAULT_CLOSURE_NODES)
  if (closed.best !== best) best = climbBands(rater, closed.best.setting)
  return finish(rater, climbManner(rater, best), { ...bounds, ...closed.bounds })
}

/** Real optimum of the objective (s), the bound of `solveBands`; for pruning cycles. */
export function bandBound(problem: BandProblem): number {
  assertBandProblem(problem)
  return findWidest(problem).value
}

/** True if some plan with real offsets reaches the objective; far cheaper than the optimum. */
export function feasibleAtLeast(problem: BandProblem, value_s: number): boolean {
  assertBandProblem(problem)
  return reaches(problem, value_s)
}

function finish(rater: Rater, { setting, outbound, inbound }: Rated, bounds: Bounds): BandSolution {
  return solutionOf(rater.problem, turnToStreet(rater.problem, setting), { outbound, inbound }, bounds)
}

function realSolution(rater: Rater, widest: Widest, settings: readonly Setting[]): BandSolution {
  const rated = settings.map((setting) => rater.rate(setting))
  const best = rated.reduce((a, b) => {
    const order = compareBands(b, a)
    return order > 0 || (order === 0 && compareManner(rater.manner(b.setting), rater.manner(a.setting)) > 0) ? b : a
  })
  return finish(rater, best, { bound_s: widest.bound, real_optimum_s: widest.value, method: 'ring-reach' })
}

/** The offsets in the street, if all are known, with the first pattern everywhere: often a good plan already. */
function streetSetting(problem: BandProblem): Setting[] {
  const offsets: number[] = []
  for (const { current_offset_s } of problem.signals) if (current_offset_s !== undefined) offsets.push(current_offset_s)
  return offsets.length === problem.signals.length ? [{ offsets, patterns: offsets.map(() => 0) }] : []
}

/** Searches every family of plans whose real optimum is above the plan at hand. */
function close(rater: Rater, start: Rated, widest: Widest, nodes: number): { best: Rated; bounds: Partial<Bounds> } {
  const { problem } = rater
  const tolerance = CLOSURE_GAIN * problem.cycle_s
  if (nodes <= 0 || widest.bound - start.value <= 2 * tolerance) return { best: start, bounds: {} }
  let best = start
  let left = nodes
  let complete = true
  for (const family of listFamilies(problem, widest)) {
    const closed = closeInteger(rater, best, family, left)
    best = closed.best
    left = closed.nodesLeft
    complete &&= closed.complete
  }
  if (!complete) return { best, bounds: {} }
  return { best, bounds: { bound_s: Math.min(widest.bound, best.value + tolerance), method: 'ring-reach, integer closure' } }
}

function listFamilies(problem: BandProblem, { outboundCap, inboundCap }: Widest): Family[] {
  const families: Family[] = []
  const ratio = problem.directions === 'both' && problem.division.kind === 'ratio'
  if (asksFor(problem, 'outbound') && !ratio) families.push({ directions: ['outbound'] })
  if (asksFor(problem, 'inbound') && !ratio) families.push({ directions: ['inbound'] })
  if (problem.directions !== 'both' || outboundCap === 0 || inboundCap === 0) return families
  const chain = chainOf(problem)
  return [...families, { directions: ['outbound', 'inbound'], twoWay: { chain, corners: listCorners(chain, problem.division) } }]
}
