/**
 * The real optimum of a band problem: bisection on the objective over ring-reach, every feasible point lifted to the
 * exact optimum of the window pairs it used.
 */
import { type Chain, chainOf, widestWindow } from './chain.ts'
import { type Corner, listCorners, objectiveOf } from './division.ts'
import { asksFor, type BandProblem } from './problem.ts'
import { type Demand, Reach } from './reach.ts'

/** Bisection stops here, in cycles: three orders below what the checker tolerates. */
const VALUE_TOLERANCE = 1e-9

/** A two-way optimum: the demand that it meets and how far above it the true optimum can lie. */
export interface TwoWay {
  readonly reach: Reach
  readonly demand: Demand
  readonly value: number
}

export interface Widest {
  /** Real optimum of the objective, one-way plans included where weights allow them. */
  readonly value: number
  /** `value` plus what bisection left open. */
  readonly bound: number
  /** Undefined if no two-way band exists, or if one-way is strictly better. */
  readonly twoWay?: TwoWay
  readonly outboundCap: number
  readonly inboundCap: number
}

/** Best value of the objective with only one direction served; 0 for a ratio, which needs both. */
function oneWayValue(problem: BandProblem, outboundCap: number, inboundCap: number): number {
  if (problem.directions !== 'both') return objectiveOf(oneSided(problem), outboundCap, inboundCap)
  if (problem.division.kind === 'ratio') return 0
  return Math.max(objectiveOf(problem.division, outboundCap, 0), objectiveOf(problem.division, 0, inboundCap))
}

/** With one direction asked for, its band in seconds is the objective, whatever the division says. */
function oneSided(problem: BandProblem): { kind: 'weighted'; outbound: number; inbound: number } {
  return { kind: 'weighted', outbound: asksFor(problem, 'outbound') ? 1 : 0, inbound: asksFor(problem, 'inbound') ? 1 : 0 }
}

/** The division that scores plans of this problem: weights 1 and 0 if only one direction is asked for. */
export function divisionOf(problem: BandProblem): BandProblem['division'] {
  return problem.directions === 'both' ? problem.division : oneSided(problem)
}

/** The problem must have passed `assertBandProblem`. */
export function findWidest(problem: BandProblem): Widest {
  const outboundCap = widestWindow(problem, 'outbound')
  const inboundCap = widestWindow(problem, 'inbound')
  const oneWay = oneWayValue(problem, outboundCap, inboundCap)
  const tolerance = VALUE_TOLERANCE * problem.cycle_s
  const alone = { value: oneWay, bound: oneWay, outboundCap, inboundCap }
  if (problem.directions !== 'both') return alone
  const chain = chainOf(problem)
  if (outboundCap === 0 || inboundCap === 0) return alone
  const twoWay = widestTwoWay(chain, listCorners(chain, problem.division), oneWay - 2 * tolerance)
  if (twoWay === undefined) return alone
  const value = Math.max(oneWay, twoWay.value)
  return { value, bound: value + tolerance, twoWay, outboundCap, inboundCap }
}

/** The best corner above `floor`; undefined if none reaches it. A floor below 0 asks for any two-way band at all. */
export function widestTwoWay(chain: Chain, corners: readonly Corner[], floor: number): TwoWay | undefined {
  const reach = new Reach(chain)
  const tolerance = VALUE_TOLERANCE * chain.circle
  let best = floor
  let winner: Corner | undefined
  for (const corner of corners) {
    if (corner.cap <= best) break
    const value = climb(reach, corner, Math.max(0, best + tolerance), tolerance)
    if (value === undefined) continue
    best = value
    winner = corner
  }
  if (winner === undefined) return undefined
  // The exact value sits on the edge of the empty set; a step back keeps the last pass on the safe side of rounding.
  for (const back of [0, 1e-11, 1e-10, VALUE_TOLERANCE, 1e-8]) {
    const demand = winner.demandAt(Math.max(0, best - back * chain.circle))
    if (demand && reach.feasible(demand)) return { reach, demand, value: best }
  }
  throw new Error(`ring-reach lost its own optimum ${best} on a circle of ${chain.circle}; please report the instance`)
}

/** Largest value of one corner from `start` on, or undefined if `start` itself is out of reach. */
function climb(reach: Reach, corner: Corner, start: number, tolerance: number): number | undefined {
  const lift = (value: number): number | undefined => {
    const demand = corner.demandAt(value)
    if (!demand || !reach.feasible(demand)) return undefined
    return Math.min(corner.cap, Math.max(value, corner.valueOf(reach.readChain(demand, 'middle'))))
  }
  let low = lift(Math.min(start, corner.cap))
  if (low === undefined) return undefined
  let high = corner.cap
  if (high - low > tolerance && lift(high) !== undefined) return high
  while (high - low > tolerance) {
    const above = lift(low + tolerance)
    if (above === undefined) return low
    low = above
    const middle = (low + high) / 2
    const reached = lift(middle)
    if (reached === undefined) high = middle
    else low = reached
  }
  return low
}

/** True if some plan with real offsets has at least this objective. One forward pass for a single-window chain. */
export function reaches(problem: BandProblem, value: number): boolean {
  const outboundCap = widestWindow(problem, 'outbound')
  const inboundCap = widestWindow(problem, 'inbound')
  if (value <= oneWayValue(problem, outboundCap, inboundCap)) return true
  if (problem.directions !== 'both' || outboundCap === 0 || inboundCap === 0) return false
  const chain = chainOf(problem)
  return reachesTwoWay(new Reach(chain), listCorners(chain, problem.division), value)
}

/** As `reaches`, for a chain at hand and optional hull steps. */
export function reachesTwoWay(
  reach: Reach,
  corners: readonly Corner[],
  value: number,
  stepLow?: Float64Array,
  stepHigh?: Float64Array,
): boolean {
  for (const corner of corners) {
    const demand = corner.demandAt(value)
    if (demand === undefined) return false
    if (reach.feasible(demand, stepLow, stepHigh)) return true
  }
  return false
}
