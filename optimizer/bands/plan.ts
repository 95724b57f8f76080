/** From a setting to the answer: travel times and speeds near target, then the checker, whose figures are the claim. */
import { modulo } from '../../model/units.ts'
import { type CheckedBand, verifyBandPlan } from './checker.ts'
import { objectiveOf } from './division.ts'
import {
  asksFor,
  type BandCertificate,
  type BandPlan,
  type BandProblem,
  type BandSolution,
  type Direction,
  type LinkTravel,
  type PerDirection,
} from './problem.ts'
import { roadOf } from './road.ts'
import { driveRide, type Setting } from './score.ts'
import { divisionOf } from './widest.ts'

/** Objective of bands in seconds, see `BandCertificate`. */
export function valueOf(problem: BandProblem, outbound_s: number, inbound_s: number): number {
  return objectiveOf(divisionOf(problem), outbound_s, inbound_s)
}

/** What the search knows about the best possible answer, see `BandCertificate`. */
export interface Bounds {
  readonly bound_s: number
  readonly real_optimum_s: number
  readonly method: BandCertificate['method']
}

/**
 * @param claimed widths that the search promises for this setting (s).
 * @throws Error if the checker finds less than the claim, or more than the bound: either is a defect of the search.
 */
export function solutionOf(
  problem: BandProblem,
  setting: Setting,
  claimed: PerDirection<number>,
  bounds: Bounds,
): BandSolution {
  const travel_times_s = { outbound: travelTimes(problem, setting, 'outbound'), inbound: travelTimes(problem, setting, 'inbound') }
  const draft: BandPlan = {
    cycle_s: problem.cycle_s,
    patterns: setting.patterns.map((p, i) => problem.signals[i].patterns[p].id),
    offsets_s: setting.offsets.map((offset) => modulo(offset, problem.cycle_s)),
    travel_times_s,
    outbound_s: claimed.outbound,
    inbound_s: claimed.inbound,
  }
  const checked = verifyBandPlan(problem, draft)
  const plan: BandPlan = { ...draft, outbound_s: checked.outbound.width_s, inbound_s: checked.inbound.width_s }
  return {
    ...plan,
    serves: servedBy(problem, checked),
    speeds_mps: { outbound: speeds(problem, plan, 'outbound'), inbound: speeds(problem, plan, 'inbound') },
    dwells_s: { outbound: dwells(problem, plan, 'outbound'), inbound: dwells(problem, plan, 'inbound') },
    band_start_s: { outbound: checked.outbound.start_s, inbound: checked.inbound.start_s },
    limited_by: { outbound: checked.outbound.limited_by, inbound: checked.inbound.limited_by },
    certificate: certify(problem, plan, bounds),
  }
}

function certify(problem: BandProblem, plan: BandPlan, bounds: Bounds): BandCertificate {
  const value_s = valueOf(problem, plan.outbound_s, plan.inbound_s)
  const tolerance = 1e-6 * problem.cycle_s
  if (value_s > bounds.bound_s + tolerance) {
    throw new Error(`the checker finds ${value_s} s above the proven bound ${bounds.bound_s} s at C = ${problem.cycle_s} s`)
  }
  const gap_s = Math.max(0, bounds.bound_s - value_s)
  return { value_s, gap_s, proven: gap_s <= tolerance, ...bounds }
}

function servedBy(problem: BandProblem, checked: PerDirection<CheckedBand>): BandSolution['serves'] {
  const least = 1e-6 * problem.cycle_s
  const out = checked.outbound.width_s > least
  const back = checked.inbound.width_s > least
  if (out && back) return 'both'
  return out ? 'outbound' : back ? 'inbound' : 'none'
}

/** Those of the widest band; targets where no band passes, so that a diagram can still be drawn. */
function travelTimes(problem: BandProblem, setting: Setting, direction: Direction): number[] {
  if (!asksFor(problem, direction)) return []
  const road = roadOf(problem, direction)
  const ride = driveRide(road, setting)
  const sign = direction === 'outbound' ? 1 : -1
  if (!ride) return Array.from(road.target, (time) => sign * time)
  return Array.from(road.target, (_, i) => sign * (ride.starts[i + 1] - ride.starts[i]))
}

/** Dwell that keeps the speed nearest to its target (s). */
function dwellOf(travel: LinkTravel, time: number): number {
  const wish = time - travel.distance_m / travel.speed_target_mps
  const least = Math.max(travel.dwell_min_s, time - travel.distance_m / travel.speed_min_mps)
  const most = Math.min(travel.dwell_max_s, time - travel.distance_m / travel.speed_max_mps)
  return Math.max(least, Math.min(most, wish))
}

function dwells(problem: BandProblem, plan: BandPlan, direction: Direction): number[] {
  return plan.travel_times_s[direction].map((time, i) => {
    const travel = problem.links[i][direction]
    return travel ? dwellOf(travel, time) : 0
  })
}

function speeds(problem: BandProblem, plan: BandPlan, direction: Direction): number[] {
  return plan.travel_times_s[direction].map((time, i) => {
    const travel = problem.links[i][direction]
    if (!travel) return 0
    const moving = time - dwellOf(travel, time)
    return moving > 0 ? travel.distance_m / moving : travel.speed_target_mps
  })
}

