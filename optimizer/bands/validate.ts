/** Refuses broken band problems with a sentence that names the signal or link and the value. */
import { modulo } from '../../model/units.ts'
import { asksFor, type BandDivision, type BandLink, type BandProblem, type BandSignal, type Direction, type LinkTravel, type Window } from './problem.ts'

const DIRECTIONS: readonly Direction[] = ['outbound', 'inbound']

/** Windows may overlap by this much (s) through rounding of the caller's sums. */
const OVERLAP_TOLERANCE_S = 1e-6

/**
 * @throws Error if a number is not finite or out of range, a list has the wrong length, two windows of one direction
 * overlap, or no pattern of a signal has a window in a direction that is asked for.
 */
export function assertBandProblem(problem: BandProblem): void {
  const { cycle_s, signals, links } = problem
  if (!(cycle_s > 0) || !Number.isFinite(cycle_s)) throw new Error(`cycle_s must be positive, got ${cycle_s}`)
  if (signals.length === 0) throw new Error('a band needs at least one signal, got none')
  if (links.length !== signals.length - 1) {
    throw new Error(`${signals.length} signals need ${signals.length - 1} links, got ${links.length}`)
  }
  assertDivision(problem.division)
  for (const signal of signals) assertSignal(problem, signal)
  links.forEach((link, i) => assertLink(problem, link, `link ${signals[i]?.id} to ${signals[i + 1]?.id}`))
}

function assertDivision(division: BandDivision): void {
  if (division.kind === 'ratio') {
    const k = division.inbound_per_outbound
    if (!(k > 0) || !Number.isFinite(k)) throw new Error(`inbound_per_outbound must be positive, got ${k}`)
    return
  }
  const { outbound, inbound } = division
  if (!(outbound >= 0) || !(inbound >= 0) || !(outbound + inbound > 0) || !Number.isFinite(outbound + inbound)) {
    throw new Error(`band weights must not be negative and not both zero, got ${outbound} and ${inbound}`)
  }
}

function assertSignal(problem: BandProblem, signal: BandSignal): void {
  const { id, patterns, current_offset_s, offset_step_s } = signal
  if (patterns.length === 0) throw new Error(`signal ${id} has no pattern`)
  if (current_offset_s !== undefined && !Number.isFinite(current_offset_s)) {
    throw new Error(`signal ${id}: current_offset_s must be finite, got ${current_offset_s}`)
  }
  if (offset_step_s !== undefined && !(offset_step_s >= 0 && offset_step_s <= problem.cycle_s)) {
    throw new Error(`signal ${id}: offset_step_s must lie in 0..${problem.cycle_s}, got ${offset_step_s}`)
  }
  for (const direction of DIRECTIONS) {
    if (!asksFor(problem, direction)) continue
    if (patterns.every((pattern) => pattern[direction].length === 0)) {
      throw new Error(`signal ${id} has no ${direction} green window in any pattern`)
    }
    for (const pattern of patterns) {
      assertWindows(`signal ${id}, pattern ${pattern.id}, ${direction}`, pattern[direction], problem.cycle_s)
    }
  }
}

function assertWindows(where: string, windows: readonly Window[], cycle_s: number): void {
  for (const { start_s, length_s, clearance_s } of windows) {
    if (!Number.isFinite(start_s)) throw new Error(`${where}: window start_s must be finite, got ${start_s}`)
    if (!(length_s > 0 && length_s <= cycle_s * (1 + 1e-9))) {
      throw new Error(`${where}: window length_s must be above 0 and at most the cycle ${cycle_s}, got ${length_s}`)
    }
    if (!(clearance_s >= 0) || !Number.isFinite(clearance_s)) {
      throw new Error(`${where}: clearance_s must not be negative, got ${clearance_s}`)
    }
  }
  for (const [i, a] of windows.entries()) {
    for (const b of windows.slice(i + 1)) {
      const ahead = modulo(b.start_s - a.start_s, cycle_s)
      if (ahead < a.length_s - OVERLAP_TOLERANCE_S || cycle_s - ahead < b.length_s - OVERLAP_TOLERANCE_S) {
        throw new Error(`${where}: windows at ${a.start_s} s and ${b.start_s} s overlap; join them`)
      }
    }
  }
}

function assertLink(problem: BandProblem, link: BandLink, where: string): void {
  for (const direction of DIRECTIONS) {
    if (!asksFor(problem, direction)) continue
    const travel = link[direction]
    if (travel === undefined) throw new Error(`${where} has no ${direction} travel`)
    assertTravel(travel, `${where}, ${direction}`)
  }
}

function assertTravel(travel: LinkTravel, where: string): void {
  const { distance_m, speed_min_mps, speed_max_mps, speed_target_mps, dwell_min_s, dwell_max_s } = travel
  if (!(distance_m >= 0) || !Number.isFinite(distance_m)) {
    throw new Error(`${where}: distance_m must not be negative, got ${distance_m}`)
  }
  if (!(speed_min_mps > 0 && speed_min_mps <= speed_max_mps) || !Number.isFinite(speed_max_mps)) {
    throw new Error(`${where}: speeds must satisfy 0 < min <= max, got ${speed_min_mps} and ${speed_max_mps} m/s`)
  }
  if (!(speed_target_mps > 0) || !Number.isFinite(speed_target_mps)) {
    throw new Error(`${where}: speed_target_mps must be positive, got ${speed_target_mps}`)
  }
  if (!(dwell_min_s >= 0 && dwell_min_s <= dwell_max_s) || !Number.isFinite(dwell_max_s)) {
    throw new Error(`${where}: dwells must satisfy 0 <= min <= max, got ${dwell_min_s} and ${dwell_max_s} s`)
  }
}
