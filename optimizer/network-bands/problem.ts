/**
 * Input and output types of band problems on crossing arteries. Seconds, metres, metres per second; one common cycle.
 * A signal has one offset and one pattern, whichever arteries pass it: that is what couples the arteries (loops).
 */
import type { BandLink, BandPlan, BandProblem, PerDirection, Window } from '../bands/problem.ts'
import type { Certified } from '../certified.ts'

/** The windows of one artery at one signal under one pattern. */
export interface ArteryWindows {
  readonly artery: string
  readonly outbound: readonly Window[]
  readonly inbound: readonly Window[]
}

/** One permitted phase sequence of a signal, with the windows of every artery that passes it. */
export interface NodePattern {
  readonly id: string
  readonly windows: readonly ArteryWindows[]
}

export interface NetworkNode {
  readonly id: string
  readonly patterns: readonly NodePattern[]
  /** Resolution of the controller; 1 s unless told, 0 for real offsets. */
  readonly offset_step_s?: number
}

/** A road through at least two signals, in the order of travel outbound. A ring road names its first signal once. */
export interface Artery {
  readonly id: string
  readonly nodes: readonly string[]
  /** One fewer than the signals; both directions, unless `directions` leaves one out. */
  readonly links: readonly BandLink[]
  readonly directions: BandProblem['directions']
  /** Weights of the two bands in the objective; 0 or more. */
  readonly weights: PerDirection<number>
}

export interface NetworkBandProblem {
  readonly cycle_s: number
  readonly nodes: readonly NetworkNode[]
  readonly arteries: readonly Artery[]
}

/** A plan as the checker reads it. Maximised is the sum over arteries of weight times band width (s). */
export interface NetworkBandPlan {
  readonly cycle_s: number
  /** By node, in the order of the problem. */
  readonly offsets_s: readonly number[]
  readonly patterns: readonly string[]
  /** By artery, in the order of the problem. */
  readonly arteries: readonly Pick<BandPlan, 'travel_times_s' | 'outbound_s' | 'inbound_s'>[]
}

/** For cycles between these, the widest weighted bands of each artery alone are no wider than `arteries`. */
export interface CycleBoxBound {
  readonly cycle_min_s: number
  readonly cycle_max_s: number
  /** By artery: seconds at a fixed cycle, shares of the cycle over a range. */
  readonly arteries: readonly number[]
  /** The word of a general solver, which knows the loops: all arteries together are not worth more, in the unit of `arteries`. Its tolerance is in it. */
  readonly solver?: { readonly name: string; readonly bound: number }
}

/**
 * Proof that travels with the answer: `value` belongs to the plan, `bound` is the largest of any box: the sum of its arteries, or less by a solver's word. It holds for
 * bands of this problem (given greens and speeds), not for what vehicles do in the street.
 */
export interface NetworkBandCertificate extends Certified {
  /** `s` at a fixed cycle, `cycles` where the cycle was free and windows are shares of it. */
  readonly unit: 's' | 'cycles'
  /** Boxes that cover the permitted cycles; one point at a fixed cycle. */
  readonly boxes: readonly CycleBoxBound[]
}

export interface NetworkBandSolution {
  readonly plan: NetworkBandPlan
  readonly certificate: NetworkBandCertificate
}

/** Windows of one artery at one node and pattern. The problem must have passed `assertNetworkBandProblem`. */
function windowsOf(pattern: NodePattern, artery: string): ArteryWindows {
  return pattern.windows.find((own) => own.artery === artery) ?? { artery, outbound: [], inbound: [] }
}

/** One artery as an arterial problem of its own, patterns in the order of the node. */
export function arteryProblem(problem: NetworkBandProblem, artery: Artery): BandProblem {
  const nodes = new Map(problem.nodes.map((node) => [node.id, node]))
  return {
    cycle_s: problem.cycle_s,
    directions: artery.directions,
    division: { kind: 'weighted', ...artery.weights },
    links: artery.links,
    signals: artery.nodes.map((id) => {
      const node = nodes.get(id)!
      const patterns = node.patterns.map((pattern) => {
        const { outbound, inbound } = windowsOf(pattern, artery.id)
        return { id: pattern.id, outbound, inbound }
      })
      return { id, patterns, offset_step_s: node.offset_step_s ?? 1 }
    }),
  }
}

/** A problem whose windows count in cycles (`cycle_s` 1) at one cycle in seconds. */
export function networkAtCycle(problem: NetworkBandProblem, cycle_s: number): NetworkBandProblem {
  const scale = (windows: readonly Window[]): Window[] =>
    windows.map((w) => ({ start_s: w.start_s * cycle_s, length_s: w.length_s * cycle_s, clearance_s: w.clearance_s * cycle_s }))
  const nodes = problem.nodes.map((node) => ({
    ...node,
    patterns: node.patterns.map(({ id, windows }) => ({
      id,
      windows: windows.map((own) => ({ artery: own.artery, outbound: scale(own.outbound), inbound: scale(own.inbound) })),
    })),
  }))
  return { ...problem, cycle_s, nodes }
}
