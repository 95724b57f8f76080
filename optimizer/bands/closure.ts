/**
 * Exact closure over offsets on the controllers' steps: depth-first over signals, every branch cut that cannot beat the
 * incumbent by ring-reach over the rest of the chain. Ends with a proof, or undecided when its nodes are used up.
 * Optimizer reference, section 2.6 (certificate).
 */
import type { ArcSet } from './arcs.ts'
import { DeadEnds } from './dead-ends.ts'
import { widestWindow } from './chain.ts'
import { objectiveOf } from './division.ts'
import type { Rated, Rater } from './rating.ts'
import type { Demand, Reach } from './reach.ts'
import type { Road } from './road.ts'
import { extendRide, type RideState, widestState } from './score.ts'
import { commonStep } from './steps.ts'
import { divisionOf } from './widest.ts'

/** A better plan must gain at least this share of the cycle; half of what the certificate calls proven. */
export const CLOSURE_GAIN = 5e-7

export interface Closure {
  readonly best: Rated
  /** True if every branch was searched: nothing with two bands beats `best` by more than `CLOSURE_GAIN` cycles. */
  readonly complete: boolean
}

interface Search {
  readonly rater: Rater
  readonly out: Road
  readonly back: Road
  readonly step: number
  /** Least gain (s). */
  readonly gain: number
  readonly suffix: readonly ArcSet[]
  readonly deadEnds: DeadEnds
  /** Widths that no ride may fall to: with less, the other direction at its widest cannot make up for it. */
  readonly outFloor: number
  readonly backFloor: number
  readonly offsets: number[]
  readonly patterns: number[]
  best: Rated
  nodes: number
}

/**
 * Needs a two-way problem whose signals share one step that divides the cycle; otherwise undecided at once.
 * @param demandAt the demand that a value makes on the chain at the least, see `Corner`.
 */
export function closeInteger(
  rater: Rater,
  start: Rated,
  reach: Reach,
  demandAt: (value: number) => Demand | undefined,
  nodes: number,
): Closure {
  const step = commonStep(rater.problem)
  const gain = CLOSURE_GAIN * rater.problem.cycle_s
  if (!rater.out || !rater.back || !step) return { best: start, complete: false }
  let best = start
  let left = nodes
  // The sets are sharper for a better incumbent, so they are made again whenever the search finds one.
  for (;;) {
    const demand = demandAt(best.value + gain)
    const suffix = demand && reach.suffixSets(demand)
    if (!suffix) return { best, complete: true }
    const search: Search = {
      rater, out: rater.out, back: rater.back, step, suffix, best, nodes: left, gain, offsets: [], patterns: [],
      deadEnds: new DeadEnds(rater.problem.cycle_s), ...floorsOf(rater, best.value + gain),
    }
    descend(search, 0, [], [])
    left = search.nodes
    if (search.best === best) return { best, complete: left > 0 }
    best = search.best
    if (left <= 0) return { best, complete: false }
  }
}

/** Tries every admissible offset and pattern at signal i; returns at the first better plan or without nodes. */
function descend(search: Search, i: number, outStates: RideState[], backStates: RideState[]): boolean {
  const { rater, out, back } = search
  if (i === out.n) return record(search)
  const patterns = rater.problem.signals[i].patterns.length
  for (let p = 0; p < patterns; p++) {
    // Turning the whole plan changes nothing: the first offset is 0.
    for (const offset of i === 0 ? [0] : listOffsets(search, i, p, outStates, backStates)) {
      if (search.nodes-- <= 0) return true
      const outNext = extendRide(out, i, p, offset, outStates, search.outFloor)
      if (outNext.length === 0) continue
      const backNext = extendRide(back, i, p, offset, backStates, search.backFloor)
      if (backNext.length === 0 || !promising(search, i, outNext, backNext)) continue
      if (search.deadEnds.covers(i, p, offset, outNext, backNext)) continue
      search.offsets[i] = offset
      search.patterns[i] = p
      if (descend(search, i + 1, outNext, backNext)) return true
      search.deadEnds.add(i, p, offset, outNext, backNext)
    }
  }
  return false
}

function record(search: Search): boolean {
  const rated = search.rater.rate({ offsets: search.offsets.slice(), patterns: search.patterns.slice() })
  if (rated.value < search.best.value + search.gain / 2) return false
  search.best = rated
  return true
}

/** Offsets at which some outbound band and some inbound band still pass, in [0, cycle). */
function listOffsets(search: Search, i: number, pattern: number, outStates: RideState[], backStates: RideState[]): number[] {
  const { out, back, step } = search
  const turns = Math.round(out.circle / step)
  const marks = new Uint8Array(turns)
  mark(out, i, pattern, outStates, search.outFloor, step, marks, 1)
  mark(back, i, pattern, backStates, search.backFloor, step, marks, 2)
  const offsets: number[] = []
  for (let k = 0; k < turns; k++) if (marks[k] === 3) offsets.push(k * step)
  return offsets
}

function mark(
  road: Road, i: number, pattern: number, states: RideState[], floor: number, step: number, marks: Uint8Array, bit: number,
): void {
  for (const state of states) {
    const early = state.from + road.low[i - 1]
    const late = state.to + road.high[i - 1]
    for (const { start, length } of road.windows[i][pattern]) {
      const from = Math.ceil((early + floor - start - length) / step)
      const to = Math.min(Math.floor((late - floor - start) / step), from + marks.length - 1)
      for (let k = from; k <= to; k++) marks[((k % marks.length) + marks.length) % marks.length] |= bit
    }
  }
}

/** False if even the widest continuation cannot beat the incumbent. */
function promising(search: Search, i: number, outStates: RideState[], backStates: RideState[]): boolean {
  const { rater, best, suffix } = search
  const division = divisionOf(rater.problem)
  const target = best.value + search.gain
  const outWidth = widestState(outStates)?.width ?? 0
  const backWidth = widestState(backStates)?.width ?? 0
  if (objectiveOf(division, outWidth, backWidth) < target) return false
  const sum = leastSum(search, target)
  for (const o of outStates) {
    for (const b of backStates) {
      if (o.width + b.width < sum || objectiveOf(division, o.width, b.width) < target) continue
      if (meets(suffix[i], o.from - b.to, o.to - b.from - sum, search.out.circle)) return true
    }
  }
  return false
}

/** Least width of each direction for the target, the other at its cap. */
function floorsOf({ problem }: Rater, target: number): { outFloor: number; backFloor: number } {
  const division = divisionOf(problem)
  // A hair below, for a width that exactly makes up the target must pass.
  const spare = CLOSURE_GAIN * problem.cycle_s * 1e-3
  if (division.kind === 'ratio') {
    const outbound = target / (1 + division.inbound_per_outbound)
    return { outFloor: outbound - spare, backFloor: division.inbound_per_outbound * outbound - spare }
  }
  const { outbound, inbound } = division
  const least = (own: number, other: number, cap: number): number => (own > 0 ? Math.max(0, (target - other * cap) / own - spare) : 0)
  return {
    outFloor: least(outbound, inbound, widestWindow(problem, 'inbound')),
    backFloor: least(inbound, outbound, widestWindow(problem, 'outbound')),
  }
}

/** Band sum without which the objective cannot reach the target: the heavier direction takes all of it. */
function leastSum({ rater }: Search, target: number): number {
  const division = divisionOf(rater.problem)
  return division.kind === 'ratio' ? target : target / Math.max(division.outbound, division.inbound)
}

/** True if some copy of [from, to] touches the set. */
function meets(set: ArcSet, from: number, to: number, circle: number): boolean {
  if (to < from - set.tolerance) return false
  if (to - from >= circle) return true
  for (let k = 0; k < set.size; k++) {
    const lift = Math.ceil((from - set.to[k] - circle * 1e-9) / circle) * circle
    if (set.from[k] + lift <= to + circle * 1e-9) return true
  }
  return false
}
