/**
 * Why there is no more band: which signals stand in the way at this cycle, and which single change gives how much back.
 * Bands here are two-way with real offsets, in the problem's ratio, or equal where the problem only weighs them.
 */
import { chainOf, widestWindow } from './chain.ts'
import { listCorners } from './division.ts'
import { type BandDivision, type BandProblem, EQUAL_BANDS } from './problem.ts'
import { onlySignals } from './parts.ts'
import { listRemedies, type Remedy, type RemedyOptions } from './remedies.ts'
import { assertBandProblem } from './validate.ts'
import { widestTwoWay } from './widest.ts'

export interface TwoWayBands {
  readonly outbound_s: number
  readonly inbound_s: number
}

export interface BandExplanation {
  readonly cycle_s: number
  /** `none`: no two-way band of a second; `narrow`: both bands together are narrower than one-way; else `wide`. */
  readonly verdict: 'none' | 'narrow' | 'wide'
  readonly now: TwoWayBands
  /** Widest band with the other direction given up. */
  readonly one_way: TwoWayBands
  /**
   * Smallest sets of signals that alone, all others ignored, allow no wider bands than the whole corridor: every such
   * single signal, else every pair, else one set from which no signal can be left out.
   */
  readonly blocking: readonly (readonly string[])[]
  /** Single changes that widen the bands, the most effective first. */
  readonly remedies: readonly Remedy[]
}

/** A band below a second is none: a car needs two. */
const LEAST_BAND_S = 1

/** Widths within this are the same (s). */
const SAME_S = 1e-5

/** @throws Error if the problem is malformed or does not ask for both directions. */
export function explainBands(problem: BandProblem, options: RemedyOptions = {}): BandExplanation {
  assertBandProblem(problem)
  if (problem.directions !== 'both') throw new Error(`only two-way bands are explained, got ${problem.directions}`)
  const now = twoWayBands(problem)
  const one_way = { outbound_s: widestWindow(problem, 'outbound'), inbound_s: widestWindow(problem, 'inbound') }
  const none = Math.min(now.outbound_s, now.inbound_s) < LEAST_BAND_S
  const narrow = now.outbound_s + now.inbound_s < Math.max(one_way.outbound_s, one_way.inbound_s)
  return {
    cycle_s: problem.cycle_s,
    verdict: none ? 'none' : narrow ? 'narrow' : 'wide',
    now,
    one_way,
    blocking: listBlocking(problem, now).map((set) => set.map((i) => problem.signals[i].id)),
    remedies: listRemedies(problem, now, twoWayBands, options),
  }
}

/** Widest two-way bands (s); 0 and 0 if there are none. The problem must be two-way and well formed. */
function twoWayBands(problem: BandProblem): TwoWayBands {
  const chain = chainOf(problem)
  const nothing = { outbound_s: 0, inbound_s: 0 }
  if (widestWindow(problem, 'outbound') === 0 || widestWindow(problem, 'inbound') === 0) return nothing
  const found = widestTwoWay(chain, listCorners(chain, ratioOf(problem.division)), -problem.cycle_s)
  if (!found) return nothing
  return { outbound_s: found.demand.outboundWidth, inbound_s: found.demand.sum - found.demand.outboundWidth }
}

function ratioOf(division: BandDivision): BandDivision {
  return division.kind === 'ratio' ? division : EQUAL_BANDS
}

/** Indices of the smallest sets that already allow no more than `now`. */
function listBlocking(problem: BandProblem, now: TwoWayBands): number[][] {
  const n = problem.signals.length
  const blocks = (indices: number[]): boolean => twoWayBands(onlySignals(problem, indices)).outbound_s <= now.outbound_s + SAME_S
  const all = Array.from({ length: n }, (_, i) => i)
  const singles = all.filter((i) => blocks([i])).map((i) => [i])
  if (singles.length > 0) return singles
  const pairs = all.flatMap((i) => all.slice(i + 1).map((j) => [i, j])).filter(blocks)
  if (pairs.length > 0) return pairs
  // Deletion filter: what is left cannot lose a signal without widening the band.
  let kept = all
  for (const i of all) {
    const fewer = kept.filter((k) => k !== i)
    if (fewer.length > 0 && blocks(fewer)) kept = fewer
  }
  return [kept]
}

