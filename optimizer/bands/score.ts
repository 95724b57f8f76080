/**
 * The widest band of one direction for given offsets and patterns, with travel times free in their ranges.
 * The starts of a band of width b that can reach signal i form intervals [ℓ, U − b] whose ends do not depend on b, one
 * for each choice of windows; so b = max over choices of min over signals of (U − ℓ). Exact and linear in the signals.
 */
import { modulo } from '../../model/units.ts'
import type { Road } from './road.ts'

/** A choice of windows up to one signal: band starts lie in [from, to − b], and no band is wider than `width`. */
export interface RideState {
  readonly from: number
  readonly to: number
  readonly width: number
  readonly before: RideState | undefined
}

/** All undominated choices at the last signal reached; empty if nothing wider than `floor` gets through. */
export function extendRide(
  road: Road,
  i: number,
  pattern: number,
  offset: number,
  before: readonly RideState[],
  floor: number,
): RideState[] {
  const states: RideState[] = []
  if (i === 0) {
    for (const { start, length } of road.windows[0][pattern]) {
      const from = offset + start
      const width = Math.min(length, road.circle)
      if (width > floor) states.push({ from, to: from + length, width, before: undefined })
    }
    return states
  }
  for (const state of before) extendOne(road, i, pattern, offset, state, floor, states)
  return states.length > 1 ? withoutDominated(states) : states
}

function extendOne(
  road: Road,
  i: number,
  pattern: number,
  offset: number,
  before: RideState,
  floor: number,
  states: RideState[],
): void {
  const { circle } = road
  const early = before.from + road.low[i - 1]
  const late = before.to + road.high[i - 1]
  for (const { start, length } of road.windows[i][pattern]) {
    if (length >= 2 * circle) {
      states.push({ from: early, to: late, width: Math.min(before.width, late - early), before })
      continue
    }
    const base = offset + start
    // First copy of the window that ends after the earliest start.
    let from = base + Math.floor((early - base - length) / circle + 1) * circle
    for (; from < late; from += circle) {
      const a = early > from ? early : from
      const c = late < from + length ? late : from + length
      const width = before.width < c - a ? before.width : c - a
      if (width > floor) states.push({ from: a, to: c, width, before })
    }
  }
}

function withoutDominated(states: readonly RideState[]): RideState[] {
  return states.filter((a, i) =>
    states.every((b, j) => {
      if (i === j) return true
      const covers = b.from <= a.from && b.to >= a.to && b.width >= a.width
      const same = b.from === a.from && b.to === a.to && b.width === a.width
      return !covers || (same && i < j)
    }),
  )
}

/** The state with the widest band; undefined if there is none. */
function widestState(states: readonly RideState[]): RideState | undefined {
  let best: RideState | undefined
  for (const state of states) if (best === undefined || state.width > best.width) best = state
  return best
}

/** Offsets (s) and pattern indices of all signals: the unknowns of the whole-second search. */
export interface Setting {
  readonly offsets: readonly number[]
  readonly patterns: readonly number[]
}

/** The last state of the widest ride, which leads back through `before`; undefined if no band passes. */
function findRide(road: Road, setting: Setting, floor = 0): RideState | undefined {
  let states: RideState[] = []
  for (let i = 0; i < road.n; i++) {
    states = extendRide(road, i, setting.patterns[i], setting.offsets[i], states, floor)
    if (states.length === 0) return undefined
  }
  return widestState(states)
}

/** Width of the widest band of this direction (s); 0 if none. */
export function rideWidth(road: Road, setting: Setting): number {
  return findRide(road, setting)?.width ?? 0
}

/** A band as driven: width, master time of its front at each signal (lifted, so differences are travel times). */
export interface Ride {
  readonly width: number
  readonly starts: readonly number[]
  /** Sum over links of the distance from the target travel time (s). */
  readonly deviation: number
}

/**
 * The widest band with travel times near their targets; undefined without a band.
 * Backward pass for the starts that reach the end, then forward greedily from a few first starts, the best kept.
 */
export function driveRide(road: Road, setting: Setting): Ride | undefined {
  const last = findRide(road, setting)
  if (last === undefined) return undefined
  const low: number[] = []
  const high: number[] = []
  let i = road.n - 1
  for (let state: RideState | undefined = last; state; state = state.before, i--) {
    low[i] = i === road.n - 1 ? state.from : Math.max(state.from, low[i + 1] - road.high[i])
    high[i] = i === road.n - 1 ? state.to - last.width : Math.min(state.to - last.width, high[i + 1] - road.low[i])
    // Rounding alone can turn the interval around where the band fits exactly.
    if (high[i] < low[i]) high[i] = low[i] = (high[i] + low[i]) / 2
  }
  let best: Ride | undefined
  for (const share of [0.5, 0.25, 0.75, 0, 1]) {
    const ride = driveFrom(road, last.width, low, high, low[0] + share * (high[0] - low[0]))
    if (best === undefined || ride.deviation < best.deviation - 1e-9) best = ride
  }
  return best
}

function driveFrom(road: Road, width: number, low: number[], high: number[], first: number): Ride {
  const starts = [first]
  let deviation = 0
  for (let i = 1; i < road.n; i++) {
    const previous = starts[i - 1]
    const wished = Math.min(high[i], Math.max(low[i], previous + road.target[i - 1]))
    const start = Math.min(previous + road.high[i - 1], Math.max(previous + road.low[i - 1], wished))
    starts.push(start)
    deviation += Math.abs(start - previous - road.target[i - 1])
  }
  return { width, starts, deviation }
}

/**
 * How firmly the band sits: sum over signals of the smaller of its two distances to the window's edges, none counted
 * above `MARGIN_WORTH_S`. A sum, because the widest band always touches some edge and the plain minimum would be 0.
 */
export function marginOf(road: Road, setting: Setting, ride: Ride): number {
  let total = 0
  ride.starts.forEach((start, i) => {
    let best = 0
    for (const window of road.windows[i][setting.patterns[i]]) {
      if (window.length >= 2 * road.circle) best = MARGIN_WORTH_S
      const head = modulo(start - setting.offsets[i] - window.start + 1e-9, road.circle)
      best = Math.max(best, Math.min(head, window.length - ride.width - head))
    }
    total += Math.min(MARGIN_WORTH_S, best)
  })
  return total
}

/** Beyond 5 s a margin buys nothing: controller clocks drift by one or two seconds, platoons spread by a few. */
const MARGIN_WORTH_S = 5
