/**
 * The widest band over a continuous range of cycles with windows fixed as fractions of the cycle: best-first branch and
 * bound on z = 1/C. On a box of z the step ranges are widened to their hull, which bounds every cycle in the box.
 * Windows count in cycles here, travel in metres and seconds.
 */
import { type Chain, chainOf } from './chain.ts'
import { listCorners } from './division.ts'
import type { BandProblem } from './problem.ts'
import { Reach } from './reach.ts'
import { reachesTwoWay, widestTwoWay } from './widest.ts'

export interface CycleRangeProblem {
  /** Windows, lengths and clearances in cycles: `cycle_s` is 1 and is not read. Two-way only. */
  readonly problem: BandProblem
  readonly cycle_min_s: number
  readonly cycle_max_s: number
  /** The proof stops at this distance, in units of the objective (cycles). */
  readonly gap: number
}

export interface CycleRangeAnswer {
  /** Best objective found, in cycles; 0 if no cycle has a two-way band. */
  readonly value: number
  /** No cycle of the range does better. */
  readonly bound: number
  readonly cycle_s: number
  /** Boxes and points tested, the measure of effort that does not depend on the machine. */
  readonly nodes: number
}

/** Enough that most boxes fall at the first test; 32 to 48 nodes sufficed on the benchmark arterials. */
const FIRST_BOXES = 32

interface Box {
  readonly low: number
  readonly high: number
}

/** Best objective over C in [cycle_min_s, cycle_max_s] with real offsets. */
export function solveCycleRange(range: CycleRangeProblem): CycleRangeAnswer {
  const base = chainOf({ ...range.problem, cycle_s: 1 })
  const corners = listCorners(base, range.problem.division)
  const low = 1 / range.cycle_max_s
  const high = 1 / range.cycle_min_s
  const hull = new Hull(base)
  const best = { value: 0, z: high }
  let nodes = 0
  const tryPoint = (z: number): void => {
    nodes++
    const at = hull.at(z)
    // The cheap test first: most points fall at the incumbent.
    if (!reachesTwoWay(new Reach(at), corners, best.value + range.gap / 4)) return
    const found = widestTwoWay(at, corners, best.value)
    if (found) Object.assign(best, { value: found.value, z })
  }
  tryPoint(high)
  tryPoint(low)
  let boxes = listBoxes(low, high, FIRST_BOXES)
  for (const { low: a, high: c } of spread(boxes)) tryPoint((a + c) / 2)
  const reach = new Reach(base)
  while (boxes.length > 0) {
    const next: Box[] = []
    for (const box of boxes) {
      nodes++
      const { stepLow, stepHigh } = hull.over(box.low, box.high)
      if (!reachesTwoWay(reach, corners, best.value + range.gap, stepLow, stepHigh)) continue
      const middle = (box.low + box.high) / 2
      next.push({ low: box.low, high: middle }, { low: middle, high: box.high })
    }
    for (const { low: a, high: c } of next) tryPoint((a + c) / 2)
    boxes = next
  }
  return { value: best.value, bound: Math.min(best.value + range.gap, corners[0]?.cap ?? 0), cycle_s: 1 / best.z, nodes }
}

function listBoxes(low: number, high: number, count: number): Box[] {
  if (high <= low) return [{ low, high }]
  const width = (high - low) / count
  return Array.from({ length: count }, (_, k) => ({ low: low + k * width, high: low + (k + 1) * width }))
}

/** Far-apart boxes first, so that a good incumbent comes early. */
function spread(boxes: readonly Box[]): Box[] {
  return boxes.map((box, k) => ({ box, key: (k * 13) % boxes.length })).sort((a, b) => a.key - b.key).map(({ box }) => box)
}

/** Steps in cycles for one z or for a box of z; the columns of the box are reused. */
class Hull {
  private readonly base: Chain
  private readonly stepLow: Float64Array
  private readonly stepHigh: Float64Array

  constructor(base: Chain) {
    this.base = base
    this.stepLow = new Float64Array(base.stepLow.length)
    this.stepHigh = new Float64Array(base.stepHigh.length)
  }

  at(z: number): Chain {
    const scale = (column: Float64Array): Float64Array => column.map((time) => time * z)
    const { base } = this
    return {
      ...base,
      stepLow: scale(base.stepLow),
      stepHigh: scale(base.stepHigh),
      outLow: scale(base.outLow),
      outHigh: scale(base.outHigh),
    }
  }

  over(low: number, high: number): { stepLow: Float64Array; stepHigh: Float64Array } {
    this.base.stepLow.forEach((time, i) => {
      this.stepLow[i] = time * low
      this.stepHigh[i] = this.base.stepHigh[i] * high
    })
    return { stepLow: this.stepLow, stepHigh: this.stepHigh }
  }
}

/** The problem at one cycle: windows from cycles to seconds. */
export function problemAtCycle(problem: BandProblem, cycle_s: number): BandProblem {
  const scale = (windows: BandProblem['signals'][number]['patterns'][number]['outbound']): typeof windows =>
    windows.map((w) => ({ start_s: w.start_s * cycle_s, length_s: w.length_s * cycle_s, clearance_s: w.clearance_s * cycle_s }))
  return {
    ...problem,
    cycle_s,
    signals: problem.signals.map((signal) => ({
      ...signal,
      patterns: signal.patterns.map((p) => ({ id: p.id, outbound: scale(p.outbound), inbound: scale(p.inbound) })),
    })),
  }
}

