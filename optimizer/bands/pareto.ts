/**
 * Every way to share the road between the two directions: the vertices of the Pareto front of (b, b̄) with real offsets.
 * The attainable set is a union of trapezoids, one for each pair of window thresholds.
 */
import { type Chain, chainOf, widestWindow } from './chain.ts'
import { type Corner, listThresholds, thresholdCorner } from './division.ts'
import { asksFor, type BandProblem } from './problem.ts'
import { assertBandProblem } from './validate.ts'
import { widestTwoWay } from './widest.ts'

export interface ParetoPoint {
  readonly outbound_s: number
  readonly inbound_s: number
}

/** All (b, b̄) with b <= outbound, b̄ <= inbound, b + b̄ <= sum. */
interface Trapezoid {
  readonly outbound: number
  readonly inbound: number
  readonly sum: number
}

/**
 * Attained points that no other dominates, outbound falling. Between two neighbours whose sums are equal every division
 * is attained too. One-way plans are among them where two-way ones do not reach as far. Division and weights of the
 * problem are not read.
 */
export function paretoFront(problem: BandProblem): ParetoPoint[] {
  assertBandProblem(problem)
  const outbound = widestWindow(problem, 'outbound')
  const inbound = widestWindow(problem, 'inbound')
  const pieces: Trapezoid[] = []
  if (asksFor(problem, 'outbound')) pieces.push({ outbound, inbound: 0, sum: outbound })
  if (asksFor(problem, 'inbound')) pieces.push({ outbound: 0, inbound, sum: inbound })
  if (problem.directions === 'both' && outbound > 0 && inbound > 0) pieces.push(...listTrapezoids(chainOf(problem)))
  return listFront(pieces, problem.cycle_s * 1e-7)
}

function listTrapezoids(chain: Chain): Trapezoid[] {
  const pieces: Trapezoid[] = []
  for (const outbound of listThresholds(chain, chain.outLength)) {
    for (const inbound of listThresholds(chain, chain.inLength)) {
      // Nothing is gained where a piece with longer windows already carries both in full.
      if (pieces.some((p) => p.outbound >= outbound && p.inbound >= inbound && p.sum >= outbound + inbound)) continue
      const corner: Corner = thresholdCorner(1, 1, outbound, inbound)
      const found = widestTwoWay(chain, [corner], -chain.circle)
      if (found) pieces.push({ outbound, inbound, sum: Math.min(found.value, outbound + inbound) })
    }
  }
  return pieces
}

/** Vertices of the union's upper right edge: corners of the pieces and crossings of a diagonal with a level. */
function listFront(pieces: readonly Trapezoid[], tolerance: number): ParetoPoint[] {
  const levels = new Set<number>()
  for (const own of pieces) {
    levels.add(Math.min(own.outbound, own.sum))
    for (const other of pieces) levels.add(own.sum - Math.min(other.inbound, own.sum))
  }
  const points: ParetoPoint[] = []
  for (const outbound_s of [...levels].sort((a, b) => b - a)) {
    const inbound_s = highest(pieces, outbound_s, tolerance)
    const last = points[points.length - 1]
    if (inbound_s === undefined || (last && inbound_s <= last.inbound_s + tolerance)) continue
    // A point that continues the diagonal of the two before it replaces the middle one.
    const before = points[points.length - 2]
    if (before && collinear(before, last, { outbound_s, inbound_s }, tolerance)) points.pop()
    points.push({ outbound_s, inbound_s })
  }
  return points
}

function highest(pieces: readonly Trapezoid[], outbound: number, tolerance: number): number | undefined {
  let best: number | undefined
  for (const piece of pieces) {
    if (outbound > piece.outbound + tolerance || outbound > piece.sum + tolerance) continue
    best = Math.max(best ?? 0, Math.min(piece.inbound, piece.sum - outbound))
  }
  return best
}

function collinear(a: ParetoPoint, b: ParetoPoint, c: ParetoPoint, tolerance: number): boolean {
  const sums = [a, b, c].map(({ outbound_s, inbound_s }) => outbound_s + inbound_s)
  return Math.max(...sums) - Math.min(...sums) <= tolerance
}
