/**
 * Ring-reach: can a band sum B be carried through the whole chain? Forward pass over sets of angles, then one chain of
 * window pairs read back from the sets.
 */
import { ArcSet } from './arcs.ts'
import type { Chain } from './chain.ts'

/** A pair of bands to carry: their sum, the shortest windows that count, and the outbound part of the sum. */
export interface Demand {
  readonly sum: number
  readonly outbound: number
  readonly inbound: number
  readonly outboundWidth: number
}

/** One window pair at each signal and an angle inside its arc. Angles are lifted: steps are true differences. */
export interface PairChain {
  /** Index into the chain's columns, one a signal. */
  readonly pairs: Int32Array
  /** Angle at each signal, not reduced modulo the circle. */
  readonly angles: Float64Array
  /** Whole circles between the pair's `low` and the lifted arc that holds the angle. */
  readonly lifts: Float64Array
  /** Largest band sum these pairs carry at these lifts; the exact optimum once the pairs are right. */
  readonly sum: number
}

/** How the angle of a chain is chosen where the sets leave freedom. */
export type AnglePreference = 'middle' | 'target'

export class Reach {
  readonly chain: Chain
  private readonly sets: ArcSet[]
  private readonly moved: ArcSet
  private readonly own: ArcSet

  constructor(chain: Chain) {
    this.chain = chain
    this.sets = Array.from({ length: chain.n }, () => new ArcSet(chain.circle))
    this.moved = new ArcSet(chain.circle)
    this.own = new ArcSet(chain.circle)
  }

  /**
   * Forward pass with the given step ranges (the chain's own unless a hull over cycles is wanted).
   * The chain has no cycle, so a non-empty last set is necessary and sufficient.
   */
  feasible(demand: Demand, stepLow = this.chain.stepLow, stepHigh = this.chain.stepHigh): boolean {
    const { sets, moved, own, chain } = this
    for (let i = 0; i < chain.n; i++) {
      if (i === 0) {
        this.fillArcs(sets[0], 0, demand)
      } else {
        this.fillArcs(own, i, demand)
        moved.setMoved(sets[i - 1], stepLow[i - 1], stepHigh[i - 1])
        sets[i].setMeet(moved, own)
      }
      if (sets[i].size === 0) return false
    }
    return true
  }

  /**
   * For each signal, the angles from which the signals after it can still carry the demand (own arcs included);
   * undefined if there are none somewhere. Leaves the sets of the last forward pass alone.
   */
  suffixSets(demand: Demand): ArcSet[] | undefined {
    const { chain } = this
    const suffix = Array.from({ length: chain.n }, () => new ArcSet(chain.circle))
    for (let i = chain.n - 1; i >= 0; i--) {
      this.fillArcs(i === chain.n - 1 ? suffix[i] : this.own, i, demand)
      if (i < chain.n - 1) {
        this.moved.setMoved(suffix[i + 1], -chain.stepHigh[i], -chain.stepLow[i])
        suffix[i].setMeet(this.moved, this.own)
      }
      if (suffix[i].size === 0) return undefined
    }
    return suffix
  }

  /** The arcs I_i(B) of one signal, settled. */
  private fillArcs(into: ArcSet, i: number, { sum, outbound, inbound }: Demand): void {
    const { first, low, span, outLength, inLength } = this.chain
    into.clear()
    const slack = into.tolerance
    for (let k = first[i]; k < first[i + 1]; k++) {
      if (outLength[k] < outbound - slack || inLength[k] < inbound - slack) continue
      const length = span[k] - sum
      if (length >= -slack) into.add(low[k], Math.max(0, length))
    }
    into.settle()
  }

  /**
   * Reads one chain back from the sets of the last `feasible` call, which must have been true for the same demand and
   * the chain's own steps. `wish` is the step to come near to where `preference` is `target`; length n − 1.
   */
  readChain(demand: Demand, preference: AnglePreference, wish?: Float64Array): PairChain {
    const { n } = this.chain
    const angles = this.readAngles(preference, wish)
    const pairs = new Int32Array(n)
    const lifts = new Float64Array(n)
    for (let i = 0; i < n; i++) this.choosePair(i, angles[i], demand, pairs, lifts)
    return { pairs, angles, lifts, sum: this.sumOf(pairs, lifts) }
  }

  private readAngles(preference: AnglePreference, wish?: Float64Array): Float64Array {
    const { n, stepLow, stepHigh, circle } = this.chain
    const angles = new Float64Array(n)
    angles[n - 1] = middleOfLongest(this.sets[n - 1])
    for (let i = n - 2; i >= 0; i--) {
      const from = angles[i + 1] - stepHigh[i]
      const to = angles[i + 1] - stepLow[i]
      const wished = angles[i + 1] - (preference === 'target' && wish ? wish[i] : (stepLow[i] + stepHigh[i]) / 2)
      angles[i] = pickInside(this.sets[i], from, to, preference === 'target' ? wished : undefined, circle)
    }
    return angles
  }

  /** The pair whose arc holds the angle with the most room on its tighter side. */
  private choosePair(i: number, angle: number, demand: Demand, pairs: Int32Array, lifts: Float64Array): void {
    const { first, low, span, outLength, inLength, circle } = this.chain
    const slack = circle * 1e-11
    let best = Number.NEGATIVE_INFINITY
    for (let k = first[i]; k < first[i + 1]; k++) {
      if (outLength[k] < demand.outbound - slack || inLength[k] < demand.inbound - slack) continue
      const length = span[k] - demand.sum
      const lift = Math.round((angle - low[k] - length / 2) / circle)
      const ahead = angle - low[k] - lift * circle
      const room = Math.min(ahead, length - ahead)
      if (room <= best) continue
      best = room
      pairs[i] = k
      lifts[i] = lift
    }
  }

  /** Reach of a fixed choice of pairs is one interval [ℓ, U − B] at each signal, so its largest B is min(U − ℓ). */
  private sumOf(pairs: Int32Array, lifts: Float64Array): number {
    const { n, low, span, stepLow, stepHigh, circle, outLength, inLength } = this.chain
    let from = Number.NEGATIVE_INFINITY
    let to = Number.POSITIVE_INFINITY
    let sum = Number.POSITIVE_INFINITY
    let out = circle
    let back = circle
    for (let i = 0; i < n; i++) {
      const k = pairs[i]
      const start = low[k] + lifts[i] * circle
      from = i === 0 ? start : Math.max(start, from + stepLow[i - 1])
      to = i === 0 ? start + span[k] : Math.min(start + span[k], to + stepHigh[i - 1])
      sum = Math.min(sum, to - from)
      out = Math.min(out, outLength[k])
      back = Math.min(back, inLength[k])
    }
    return Math.min(sum, out + back)
  }
}

function middleOfLongest(set: ArcSet): number {
  let best = 0
  for (let k = 1; k < set.size; k++) if (set.to[k] - set.from[k] > set.to[best] - set.from[best]) best = k
  return (set.from[best] + set.to[best]) / 2
}

/**
 * A point of `set` (repeated every circle) inside [from, to]: the one nearest to `wished`, else the middle of the
 * longest common part. If rounding left them apart, the nearest point of [from, to].
 */
function pickInside(set: ArcSet, from: number, to: number, wished: number | undefined, circle: number): number {
  let best = (from + to) / 2
  let bestCost = Number.POSITIVE_INFINITY
  for (let k = 0; k < set.size; k++) {
    const firstLift = Math.floor((from - set.to[k]) / circle)
    for (let lift = firstLift; set.from[k] + lift * circle <= to + circle * 1e-9; lift++) {
      const a = Math.max(from, set.from[k] + lift * circle)
      const c = Math.min(to, set.to[k] + lift * circle)
      if (c < a - circle * 1e-9) continue
      const point = wished === undefined || c < a ? (a + c) / 2 : Math.min(c, Math.max(a, wished))
      const cost = wished === undefined ? a - c : Math.abs(point - wished)
      if (cost < bestCost) {
        best = Math.min(to, Math.max(from, point))
        bestCost = cost
      }
    }
  }
  return best
}
