/**
 * Upper bounds of a network from its arteries: at one cycle no network does better than the sum of what each artery
 * reaches alone (ring-reach, bands/). Over a range of cycles the range is cut into boxes, steps widened to their hull.
 */
import { type Chain, chainOf, widestWindow } from '../bands/chain.ts'
import { listCorners, objectiveOf } from '../bands/division.ts'
import type { BandProblem } from '../bands/problem.ts'
import { Reach } from '../bands/reach.ts'
import { divisionOf, reachesTwoWay } from '../bands/widest.ts'
import { arteryProblem, type CycleBoxBound, type NetworkBandProblem } from './problem.ts'

/** One artery ready for many boxes. */
export interface ArteryReach {
  readonly problem: BandProblem
  readonly chain: Chain | undefined
  readonly oneWay: number
}

export function listArteryReaches(problem: NetworkBandProblem): ArteryReach[] {
  return problem.arteries.map((artery) => {
    const own = arteryProblem(problem, artery)
    const [out, back] = [widestWindow(own, 'outbound'), widestWindow(own, 'inbound')]
    const division = divisionOf(own)
    const weigh = (o: number, b: number): number => weightOf(artery.weights, own, o, b)
    const twoWay = own.directions === 'both' && out > 0 && back > 0 && division.kind === 'weighted' && division.outbound > 0 && division.inbound > 0
    return { problem: own, chain: twoWay ? chainOf(own) : undefined, oneWay: Math.max(weigh(out, 0), weigh(0, back)) }
  })
}

function weightOf(weights: { outbound: number; inbound: number }, own: BandProblem, out: number, back: number): number {
  const asked = { outbound: own.directions === 'inbound' ? 0 : weights.outbound, inbound: own.directions === 'outbound' ? 0 : weights.inbound }
  return objectiveOf({ kind: 'weighted', ...asked }, out, back)
}

/**
 * No plan of the artery with steps scaled by a factor in [low, high] is better than this; above the truth of the hull by
 * at most `tolerance`. Factor 1 is a problem in seconds; 1/C a problem whose windows count in cycles.
 */
export function arteryBound({ problem, chain, oneWay }: ArteryReach, low: number, high: number, tolerance: number): number {
  if (!chain) return oneWay
  const stepLow = chain.stepLow.map((time) => time * low)
  const stepHigh = chain.stepHigh.map((time) => time * high)
  const corners = listCorners(chain, divisionOf(problem))
  const reach = new Reach(chain)
  let top = corners[0]?.cap ?? 0
  if (top <= oneWay || reachesTwoWay(reach, corners, top, stepLow, stepHigh)) return Math.max(top, oneWay)
  let bottom = oneWay
  while (top - bottom > tolerance) {
    const middle = (top + bottom) / 2
    if (reachesTwoWay(reach, corners, middle, stepLow, stepHigh)) bottom = middle
    else top = middle
  }
  return top
}

/** Bound at the problem's own cycle, in seconds, good to 1e-8 cycle an artery. */
export function boundAtCycle(problem: NetworkBandProblem): CycleBoxBound {
  const arteries = listArteryReaches(problem).map((reach) => arteryBound(reach, 1, 1, 1e-8 * problem.cycle_s))
  return { cycle_min_s: problem.cycle_s, cycle_max_s: problem.cycle_s, arteries }
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** What is proven of a box. */
export function boundOf({ arteries, solver }: CycleBoxBound): number {
  return Math.min(sumOf(arteries), solver?.bound ?? Number.POSITIVE_INFINITY)
}

export interface RangeBound {
  readonly boxes: readonly CycleBoxBound[]
  /** Sums of the arteries' bounds at single cycles, the best first: where a good plan is most likely. */
  readonly points: readonly { readonly cycle_s: number; readonly sum: number }[]
}

const FIRST_BOXES = 48
const POINT_TOLERANCE = 1e-4

/** Splits the box with the largest bound until it is within a thousandth of what a single cycle reaches, or `most` boxes. */
export function boundOverRange(problem: NetworkBandProblem, range: { cycle_min_s: number; cycle_max_s: number }, most = 400): RangeBound {
  const reaches = listArteryReaches(problem)
  const points: { cycle_s: number; sum: number }[] = []
  const pointAt = (z: number): void => {
    points.push({ cycle_s: 1 / z, sum: sumOf(reaches.map((reach) => arteryBound(reach, z, z, POINT_TOLERANCE))) })
  }
  const boxOf = (low: number, high: number): CycleBoxBound => {
    pointAt((low + high) / 2)
    const arteries = reaches.map((reach) => arteryBound(reach, low, high, POINT_TOLERANCE))
    return { cycle_min_s: 1 / high, cycle_max_s: 1 / low, arteries }
  }
  const [least, greatest] = [1 / range.cycle_max_s, 1 / range.cycle_min_s]
  const count = greatest > least ? FIRST_BOXES : 1
  const edge = (k: number): number => (k === count ? greatest : least + ((greatest - least) * k) / count)
  pointAt(least)
  pointAt(greatest)
  const boxes = Array.from({ length: count }, (_, k) => boxOf(edge(k), edge(k + 1)))
  while (boxes.length < most) {
    const worst = boxes.reduce((k, box, j) => (sumOf(box.arteries) > sumOf(boxes[k].arteries) ? j : k), 0)
    const reached = Math.max(...points.map(({ sum }) => sum))
    const { cycle_min_s, cycle_max_s, arteries } = boxes[worst]
    if (sumOf(arteries) <= reached * 1.001 || cycle_max_s - cycle_min_s < 1e-6) break
    const [low, high] = [1 / cycle_max_s, 1 / cycle_min_s]
    boxes.splice(worst, 1, boxOf((low + high) / 2, high), boxOf(low, (low + high) / 2))
  }
  boxes.sort((a, b) => a.cycle_min_s - b.cycle_min_s)
  points.sort((a, b) => b.sum - a.sum)
  return { boxes, points }
}
