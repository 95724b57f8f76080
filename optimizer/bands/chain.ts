/**
 * A band problem as ring-reach sees it: for each signal the arcs of the angle ψ = x − y − b̄ that its window pairs allow,
 * for each link the range of ψ's step. Flat columns, because the passes over them are the hot path.
 * Windows come in already cut by their clearance: e = s + τ, L = g − τ.
 */
import { modulo } from '../../model/units.ts'
import { asksFor, type BandProblem, type Direction, type LinkTravel, type Window } from './problem.ts'

/** Times on a circle of length `circle`: seconds and the cycle, or fractions and 1. */
export interface Chain {
  readonly circle: number
  readonly n: number
  /** Pairs of signal i are `first[i]` up to but not including `first[i + 1]`, ascending by `low`. */
  readonly first: Int32Array
  /** Start of the pair's arc, in [0, circle). */
  readonly low: Float64Array
  /** Length of the pair's arc before B is taken off: L + L̄. */
  readonly span: Float64Array
  /** Usable length of the outbound and the inbound window of the pair. */
  readonly outLength: Float64Array
  readonly inLength: Float64Array
  /** Local start of the usable outbound and inbound window. */
  readonly outStart: Float64Array
  readonly inStart: Float64Array
  readonly pattern: Int32Array
  /** ψ(i+1) − ψ(i) lies between these; length n − 1. */
  readonly stepLow: Float64Array
  readonly stepHigh: Float64Array
  /** The outbound share of these ranges. */
  readonly outLow: Float64Array
  readonly outHigh: Float64Array
}

/** Usable part of a window; a window without end gets twice the circle, so that no seam limits the band. */
export interface UsableWindow {
  readonly start: number
  readonly length: number
}

/** Cuts the clearance; windows that the queue fills are dropped. Order is kept. */
export function listUsable(windows: readonly Window[], circle: number): UsableWindow[] {
  const usable: UsableWindow[] = []
  for (const { start_s, length_s, clearance_s } of windows) {
    if (length_s >= circle * (1 - 1e-9)) usable.push({ start: 0, length: 2 * circle })
    else if (length_s > clearance_s) usable.push({ start: start_s + clearance_s, length: length_s - clearance_s })
  }
  return usable
}

/** Shortest and longest travel time of a link in one direction, dwell included (s). */
export function travelRange(travel: LinkTravel): readonly [number, number] {
  const low = travel.distance_m / travel.speed_max_mps + travel.dwell_min_s
  const high = travel.distance_m / travel.speed_min_mps + travel.dwell_max_s
  return [low, high]
}

/** Travel time at target speed and middle dwell, inside the range (s). */
export function travelTarget(travel: LinkTravel): number {
  const [low, high] = travelRange(travel)
  const wish = travel.distance_m / travel.speed_target_mps + (travel.dwell_min_s + travel.dwell_max_s) / 2
  return Math.min(high, Math.max(low, wish))
}

/** Largest one-way band: the shortest of the signals' longest usable windows (s); Infinity without signals. */
export function widestWindow(problem: BandProblem, direction: Direction): number {
  if (!asksFor(problem, direction)) return 0
  let narrowest = problem.cycle_s
  for (const signal of problem.signals) {
    let longest = 0
    for (const pattern of signal.patterns) {
      for (const { length } of listUsable(pattern[direction], problem.cycle_s)) longest = Math.max(longest, length)
    }
    narrowest = Math.min(narrowest, longest)
  }
  return narrowest
}

interface Pair {
  readonly low: number
  readonly out: UsableWindow
  readonly in: UsableWindow
  readonly pattern: number
}

/** The chain of a two-way problem. The problem must have passed `assertBandProblem` and ask for both directions. */
export function chainOf(problem: BandProblem): Chain {
  const circle = problem.cycle_s
  const n = problem.signals.length
  const first = new Int32Array(n + 1)
  const pairs: Pair[] = []
  problem.signals.forEach((signal, i) => {
    const own: Pair[] = []
    signal.patterns.forEach((pattern, p) => {
      const outs = listUsable(pattern.outbound, circle)
      const ins = listUsable(pattern.inbound, circle)
      for (const o of outs) {
        for (const b of ins) own.push({ low: modulo(o.start - b.start - b.length, circle), out: o, in: b, pattern: p })
      }
    })
    own.sort((a, b) => a.low - b.low)
    pairs.push(...own)
    first[i + 1] = pairs.length
  })
  return {
    circle,
    n,
    first,
    low: Float64Array.from(pairs, (p) => p.low),
    span: Float64Array.from(pairs, (p) => p.out.length + p.in.length),
    outLength: Float64Array.from(pairs, (p) => p.out.length),
    inLength: Float64Array.from(pairs, (p) => p.in.length),
    outStart: Float64Array.from(pairs, (p) => p.out.start),
    inStart: Float64Array.from(pairs, (p) => p.in.start),
    pattern: Int32Array.from(pairs, (p) => p.pattern),
    ...stepsOf(problem),
  }
}

function stepsOf(problem: BandProblem): Pick<Chain, 'stepLow' | 'stepHigh' | 'outLow' | 'outHigh'> {
  const ranges = problem.links.map(({ outbound, inbound }, i) => {
    if (!outbound || !inbound) throw new Error(`link ${i} has no travel in both directions`)
    return [travelRange(outbound), travelRange(inbound)]
  })
  return {
    stepLow: Float64Array.from(ranges, ([out, back]) => out[0] + back[0]),
    stepHigh: Float64Array.from(ranges, ([out, back]) => out[1] + back[1]),
    outLow: Float64Array.from(ranges, ([out]) => out[0]),
    outHigh: Float64Array.from(ranges, ([out]) => out[1]),
  }
}
