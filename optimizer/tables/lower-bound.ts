/** The bound in two stages: loops, which cost little, and regions of many loops once loops gain no more. It never falls. */
import type { Circle } from './convolve.ts'
import { LoopBound } from './loop-bound.ts'
import { listLoops } from './loops.ts'
import type { Pair } from './pairs.ts'
import type { OffsetCertificate } from './problem.ts'
import { RegionBound } from './region-bound.ts'
import { listRegions, type Region } from './regions.ts'

/** Sweeps over all loops in a round. */
const SWEEPS = 12
/** Loops are left when a round of theirs closes less than this share of the gap. */
const WORTH_A_SWEEP = 0.004
/** Regions that closed less in a round are visited in every fourth only. */
const WORTH_A_VISIT = 0.0005
const SELDOM = 4

export class LowerBound {
  readonly #circle: Circle
  readonly #pairs: readonly Pair[]
  readonly #loops: LoopBound
  #regions: RegionBound | undefined
  #bound: number
  #gained = Infinity
  #round = 0
  #work = 0

  /** `order` lists the pairs as a sweep visits them. */
  constructor(circle: Circle, nodes: number, pairs: readonly Pair[], order: readonly number[]) {
    this.#circle = circle
    this.#pairs = pairs
    this.#loops = new LoopBound(circle, pairs, order)
    for (const loop of listLoops(nodes, pairs)) this.#loops.add(loop)
    this.#bound = this.#loops.bound
  }

  get bound(): number {
    return this.#bound
  }

  /** What each difference of a pair cost at least when it was last visited: guides to good offsets. */
  get marginals(): readonly Float64Array[] {
    return this.#loops.marginals
  }

  /** Of the round before: times that a table of cycle² entries was gone through, roughly. */
  get work(): number {
    return this.#work
  }

  certificate(): OffsetCertificate {
    return this.#regions === undefined ? { loops: this.#loops.certificate() } : { loops: [], regions: this.#regions.certificate() }
  }

  /** One round; `gap` is what is left to close. */
  raise(gap: number, goOn: () => boolean): void {
    const before = this.#bound
    this.#work = 0
    if (this.#regions === undefined) this.#raiseByLoops(gap, goOn)
    else if (this.#gained > WORTH_A_VISIT * gap || this.#round % SELDOM === 0) {
      this.#regions.sweep(this.#round % 2 === 0, goOn)
      this.#bound = this.#regions.bound
      this.#work = this.#regions.work
      this.#gained = this.#bound - before
    }
    this.#round++
  }

  #raiseByLoops(gap: number, goOn: () => boolean): void {
    const before = this.#bound
    for (let k = 0; k < SWEEPS && goOn(); k++) {
      this.#loops.sweep(k % 2 === 0)
      this.#work += this.#loops.work
    }
    this.#bound = this.#loops.bound
    // A round cut short says nothing of what loops still gain.
    if (!goOn()) return
    if (this.#bound - before > WORTH_A_SWEEP * gap) return
    const shares = this.#loops.shares()
    const regions = listRegions(shares.map(({ pairs }) => pairs), this.#pairs.map(({ u, v }) => [u, v] as const))
    const parts = regions.map((region) => partsOf(region, shares, this.#circle.cycle))
    this.#regions = new RegionBound(this.#circle.cycle, this.#pairs, regions, { rest: this.#loops.rest, marginals: this.#loops.marginals, parts })
    // Rounding in another order may lose the last digit.
    this.#bound = this.#regions.bound
  }
}

/** What the loops of a region have of each of its pairs together. */
function partsOf({ loops, pairs }: Region, shares: ReturnType<LoopBound['shares']>, cycle: number): Map<number, Float64Array> {
  const sums = new Map(pairs.map((pair) => [pair, new Float64Array(cycle)]))
  for (const k of loops) {
    for (const [at, pair] of shares[k]!.pairs.entries()) {
      const sum = sums.get(pair)!
      for (let φ = 0; φ < cycle; φ++) sum[φ]! += shares[k]!.parts[at]![φ]!
    }
  }
  return sums
}
