/**
 * Exact closure over offsets on the controllers' steps: depth-first over signals, every branch cut that cannot beat the
 * incumbent, by ring-reach over the rest of the chain and by what earlier branches ran into. Ends with a proof, or
 * undecided when its nodes are used up.
 */
import { modulo } from '../../model/units.ts'
import type { ArcSet } from './arcs.ts'
import { type Chain, widestWindow } from './chain.ts'
import { DeadEnds } from './dead-ends.ts'
import { type Corner, objectiveOf } from './division.ts'
import type { Direction } from './problem.ts'
import type { Rated, Rater } from './rating.ts'
import { type Demand, Reach } from './reach.ts'
import type { Road } from './road.ts'
import { extendRide, type RideState } from './score.ts'
import { commonStep } from './steps.ts'
import { divisionOf } from './widest.ts'

/** A better plan must gain at least this share of the cycle; half of what the certificate calls proven. */
export const CLOSURE_GAIN = 5e-7

export interface Closure {
  readonly best: Rated
  /** True if every branch was searched: no plan of the family beats `best` by more than `CLOSURE_GAIN` cycles. */
  readonly complete: boolean
  readonly nodesLeft: number
}

/** Plans to search: with a band in every one of these directions. */
export interface Family {
  readonly directions: readonly Direction[]
  /** For two directions, the chain and the corners of its objective. */
  readonly twoWay?: { readonly chain: Chain; readonly corners: readonly Corner[] }
}

/** One direction of the search. */
interface Lane {
  readonly direction: Direction
  readonly road: Road
  /** Width that no ride may fall to: with less, the other direction at its widest cannot make up for it. */
  readonly floor: number
}

interface Search {
  readonly rater: Rater
  readonly lanes: readonly Lane[]
  readonly step: number
  /** Objective that a better plan reaches, and the band sum it needs at the least. */
  readonly target: number
  readonly leastSum: number
  /** Angles from which the rest of the chain can carry that sum; absent for one direction. */
  readonly suffix: readonly ArcSet[] | undefined
  readonly deadEnds: DeadEnds
  readonly offsets: number[]
  readonly patterns: number[]
  found: Rated | undefined
  nodes: number
}

/** Needs signals that share one step which divides the cycle; otherwise undecided at once. */
export function closeInteger(rater: Rater, start: Rated, family: Family, nodes: number): Closure {
  const step = commonStep(rater.problem)
  if (!step) return { best: start, complete: false, nodesLeft: nodes }
  let best = start
  let left = nodes
  // Floors and sets are sharper for a better incumbent, so they are made again whenever the search finds one.
  for (;;) {
    const search = prepare(rater, family, best.value + CLOSURE_GAIN * rater.problem.cycle_s, step, left)
    if (!search) return { best, complete: true, nodesLeft: left }
    descend(search, 0, search.lanes.map(() => []))
    left = Math.max(0, search.nodes)
    if (!search.found) return { best, complete: left > 0, nodesLeft: left }
    best = search.found
    if (left === 0) return { best, complete: false, nodesLeft: 0 }
  }
}

/** Undefined if ring-reach or the shortest greens already rule the target out. */
function prepare(rater: Rater, family: Family, target: number, step: number, nodes: number): Search | undefined {
  const lanes = family.directions.flatMap((direction) => {
    const road = direction === 'outbound' ? rater.out : rater.back
    return road ? [{ direction, road, floor: floorOf(rater, family, direction, target) }] : []
  })
  if (lanes.some(({ direction, floor }) => floor > widestWindow(rater.problem, direction))) return undefined
  const { twoWay } = family
  const demand = twoWay && loosestDemand(twoWay.corners, target)
  const suffix = demand && new Reach(twoWay.chain).suffixSets(demand)
  if (twoWay && !suffix) return undefined
  const deadEnds = new DeadEnds(rater.problem.cycle_s)
  const leastSum = demand?.sum ?? 0
  return { rater, lanes, step, target, leastSum, suffix, deadEnds, nodes, offsets: [], patterns: [], found: undefined }
}

/** Least width of a direction for the target, the other at its cap, or at nothing if the family leaves it out. */
function floorOf({ problem }: Rater, { directions }: Family, direction: Direction, target: number): number {
  const division = divisionOf(problem)
  // A hair below, for a width that exactly makes up the target must pass.
  const spare = CLOSURE_GAIN * problem.cycle_s * 1e-3
  if (division.kind === 'ratio') {
    const outbound = target / (1 + division.inbound_per_outbound)
    return (direction === 'outbound' ? outbound : division.inbound_per_outbound * outbound) - spare
  }
  const other = direction === 'outbound' ? 'inbound' : 'outbound'
  const help = directions.includes(other) ? division[other] * widestWindow(problem, other) : 0
  if (division[direction] === 0) return help >= target ? 0 : Number.POSITIVE_INFINITY
  return Math.max(0, (target - help) / division[direction] - spare)
}

/** The least that any corner asks of the chain for a value: a valid cut whichever corner the plan belongs to. */
function loosestDemand(corners: readonly Corner[], value: number): Demand | undefined {
  const demands = corners.flatMap((corner) => corner.demandAt(value) ?? [])
  if (demands.length === 0) return undefined
  return {
    sum: Math.min(...demands.map((demand) => demand.sum)),
    outbound: Math.min(...demands.map((demand) => demand.outbound)),
    inbound: Math.min(...demands.map((demand) => demand.inbound)),
    outboundWidth: 0,
  }
}

/** Tries every admissible offset and pattern at signal i; true at the first better plan or without nodes. */
function descend(search: Search, i: number, states: readonly (readonly RideState[])[]): boolean {
  const { rater, lanes, deadEnds } = search
  if (i === rater.problem.signals.length) return record(search)
  for (let p = 0; p < rater.problem.signals[i].patterns.length; p++) {
    // Turning the whole plan changes nothing: the first offset is 0.
    for (const offset of i === 0 ? [0] : listOffsets(search, i, p, states)) {
      if (search.nodes-- <= 0) return true
      const next = lanes.map(({ road, floor }, k) => extendRide(road, i, p, offset, states[k], floor))
      if (!promising(search, i, next) || deadEnds.covers(i, p, offset, next)) continue
      search.offsets[i] = offset
      search.patterns[i] = p
      if (descend(search, i + 1, next)) return true
      deadEnds.add(i, p, offset, next)
    }
  }
  return false
}

function record(search: Search): boolean {
  const rated = search.rater.rate({ offsets: search.offsets.slice(), patterns: search.patterns.slice() })
  if (rated.value < search.target - (CLOSURE_GAIN / 2) * search.rater.problem.cycle_s) return false
  search.found = rated
  return true
}

/** Offsets at which a band still passes in every direction of the search, in [0, cycle). */
function listOffsets(search: Search, i: number, pattern: number, states: readonly (readonly RideState[])[]): number[] {
  const { lanes, step } = search
  const marks = new Uint8Array(Math.round(search.rater.problem.cycle_s / step))
  lanes.forEach((lane, k) => mark(lane, i, pattern, states[k], step, marks, 1 << k))
  const offsets: number[] = []
  const all = (1 << lanes.length) - 1
  for (let k = 0; k < marks.length; k++) if (marks[k] === all) offsets.push(k * step)
  return offsets
}

function mark(
  { road, floor }: Lane, i: number, pattern: number, states: readonly RideState[], step: number, marks: Uint8Array, bit: number,
): void {
  for (const state of states) {
    const early = state.from + road.low[i - 1]
    const late = state.to + road.high[i - 1]
    for (const { start, length } of road.windows[i][pattern]) {
      const from = Math.ceil((early + floor - start - length) / step)
      const to = Math.min(Math.floor((late - floor - start) / step), from + marks.length - 1)
      for (let k = from; k <= to; k++) marks[modulo(k, marks.length)] |= bit
    }
  }
}

/** False if even the widest continuation cannot reach the target. */
function promising(search: Search, i: number, states: readonly (readonly RideState[])[]): boolean {
  const { rater, lanes, suffix, target, leastSum } = search
  if (states.some((own) => own.length === 0)) return false
  const division = divisionOf(rater.problem)
  if (!suffix) {
    const out = lanes[0].direction === 'outbound'
    return states[0].some(({ width }) => objectiveOf(division, out ? width : 0, out ? 0 : width) >= target)
  }
  for (const o of states[0]) {
    for (const b of states[1]) {
      if (o.width + b.width < leastSum || objectiveOf(division, o.width, b.width) < target) continue
      if (meets(suffix[i], o.from - b.to, o.to - b.from - leastSum, rater.problem.cycle_s)) return true
    }
  }
  return false
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
