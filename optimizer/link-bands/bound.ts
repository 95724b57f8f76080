/**
 * The best that any plan can be worth at given prices of slack, over all cycles with z in a box. Signals then meet only
 * through ψ, the angle between the two lines: a chain programme over cells of ψ's circle. Cells take their best point and
 * steps are widened to whole cells, so the figure is an upper bound, and near the best plan the path is nearly one.
 */
import type { LinkChain, Pair } from './chain.ts'
import type { Prices, Slacks } from './prices.ts'
import type { BandStyle } from './problem.ts'

/** A path of the programme: what plans are made from. */
export interface AnglePath {
  /** ψ (cycles) and the pair of windows, by signal. */
  readonly psi: Float64Array
  readonly pair: Int32Array
}

export class PriceBound {
  private readonly chain: LinkChain
  private readonly style: BandStyle
  readonly cells: number
  private readonly value: Float64Array[]
  private readonly choice: Int8Array[]
  private readonly before: Int32Array[]
  private readonly queue: Int32Array
  private prices: Slacks | undefined

  constructor(chain: LinkChain, style: BandStyle, cells: number) {
    this.chain = chain
    this.style = style
    this.cells = cells
    this.value = Array.from({ length: chain.n }, () => new Float64Array(cells))
    this.choice = Array.from({ length: chain.n }, () => new Int8Array(cells))
    this.before = Array.from({ length: chain.n }, () => new Int32Array(cells))
    this.queue = new Int32Array(2 * cells + 4)
  }

  /** The bound in cycles; −Infinity if no lines pass through all greens. */
  evaluate(prices: Prices, z_low: number, z_high: number): number {
    const { chain } = this
    const at = prices.atSignals(chain.n)
    this.prices = at
    for (let i = 0; i < chain.n; i++) {
      const value = this.value[i] as Float64Array
      value.fill(Number.NEGATIVE_INFINITY)
      const pairs = chain.pairs[i] as readonly Pair[]
      for (let q = 0; q < pairs.length; q++) {
        if (this.style === 'symmetric') this.addSymmetric(i, q, pairs[q] as Pair, at[0][i] as number, at[2][i] as number)
        else this.addFree(i, q, pairs[q] as Pair, at.map((row) => row[i] as number))
      }
      if (i > 0) this.addPrevious(i, (chain.step_low[i - 1] as number) * z_low, (chain.step_high[i - 1] as number) * z_high)
    }
    const last = this.value[chain.n - 1] as Float64Array
    let best = Number.NEGATIVE_INFINITY
    for (let k = 0; k < this.cells; k++) if ((last[k] as number) > best) best = last[k] as number
    return best
  }

  /** u <= half, v <= half, u + v <= both halves + room − distance: the cheaper direction loses first. */
  private addSymmetric(i: number, q: number, pair: Pair, out: number, back: number): void {
    const { cells } = this
    const value = this.value[i] as Float64Array
    const choice = this.choice[i] as Int8Array
    const { out_half, in_half, room, centre } = pair
    const full = out * out_half + back * in_half
    const cheap = Math.min(out, back)
    const extra = Math.abs(out - back)
    const cheapest = out < back ? out_half : in_half
    const most = out_half + in_half
    for (let k = 0; k < cells; k++) {
      let distance = (k + 0.5) / cells - centre + 0.5
      distance = Math.abs(distance - Math.floor(distance) - 0.5)
      const loss = Math.max(0, distance - 0.5 / cells - room)
      if (loss > most) continue
      const worth = full - cheap * loss - (loss > cheapest ? extra * (loss - cheapest) : 0)
      if (worth > (value[k] as number)) {
        value[k] = worth
        choice[k] = q
      }
    }
  }

  /** Linear in where the outbound line runs, so concave in ψ with two bends: ends and bends of a cell hold its best. */
  private addFree(i: number, q: number, pair: Pair, prices: readonly number[]): void {
    const { cells } = this
    const value = this.value[i] as Float64Array
    const choice = this.choice[i] as Int8Array
    const origin = pair.out_start - pair.in_start
    const middle = pair.out_length - pair.in_length
    for (let k = 0; k < cells; k++) {
      let worth = Number.NEGATIVE_INFINITY
      const first = k / cells - origin
      // Every lift of the cell that meets [−in_length, out_length].
      const least = Math.ceil(-pair.in_length - 1 / cells - first)
      const most = Math.floor(pair.out_length - first)
      for (let turn = least; turn <= most; turn++) {
        const low = Math.max(first + turn, -pair.in_length)
        const high = Math.min(first + turn + 1 / cells, pair.out_length)
        if (low > high) continue
        worth = Math.max(worth, freeWorth(pair, low, prices).worth, freeWorth(pair, high, prices).worth)
        if (low < 0 && high > 0) worth = Math.max(worth, freeWorth(pair, 0, prices).worth)
        if (low < middle && high > middle) worth = Math.max(worth, freeWorth(pair, middle, prices).worth)
      }
      if (worth > (value[k] as number)) {
        value[k] = worth
        choice[k] = q
      }
    }
  }

  /** Best predecessor within the step, whole cells outward: a sliding maximum. */
  private addPrevious(i: number, low: number, high: number): void {
    const { cells, queue } = this
    const value = this.value[i] as Float64Array
    const previous = this.value[i - 1] as Float64Array
    const before = this.before[i] as Int32Array
    // Two points of cells k and j differ by more than k − j − 1 and less than k − j + 1 cells.
    const least = Math.floor(low * cells)
    const most = Math.min(Math.ceil(high * cells), least + cells - 1)
    let head = 0
    let tail = 0
    let next = -most
    let index = ((next % cells) + cells) % cells
    for (let k = 0; k < cells; k++) {
      for (; next <= k - least; next++) {
        const worth = previous[index] as number
        while (tail > head && (previous[(queue[tail - 1] as number) & 0xffff] as number) <= worth) tail--
        // Position and cell in one number: positions are offset to be positive.
        queue[tail++] = ((next + most) << 16) | index
        if (++index === cells) index = 0
      }
      while (((queue[head] as number) >>> 16) < k) head++
      const j = (queue[head] as number) & 0xffff
      before[k] = j
      value[k] = (value[k] as number) + (previous[j] as number)
    }
  }

  /** The best path of the last evaluation and its slacks. */
  path(): { path: AnglePath; slacks: Slacks } {
    const { chain, cells } = this
    const { n } = chain
    const psi = new Float64Array(n)
    const pair = new Int32Array(n)
    const slacks: Slacks = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)]
    const last = this.value[n - 1] as Float64Array
    let k = 0
    for (let j = 1; j < cells; j++) if ((last[j] as number) > (last[k] as number)) k = j
    for (let i = n - 1; i >= 0; i--) {
      psi[i] = (k + 0.5) / cells
      pair[i] = (this.choice[i] as Int8Array)[k] as number
      this.slacksAt(i, (chain.pairs[i] as readonly Pair[])[pair[i] as number] as Pair, psi[i] as number, slacks)
      if (i > 0) k = (this.before[i] as Int32Array)[k] as number
    }
    return { path: { psi, pair }, slacks }
  }

  private slacksAt(i: number, pair: Pair, psi: number, slacks: Slacks): void {
    const prices = (this.prices as Slacks).map((row) => row[i] as number)
    if (this.style === 'free') {
      const { left, length } = freeLine(pair, psi, prices, 0.5 / this.cells)
      const back = left.back
      slacks[0][i] = Math.min(1, left.out)
      slacks[1][i] = Math.min(1, length.out - left.out)
      slacks[2][i] = Math.min(1, back)
      slacks[3][i] = Math.min(1, length.back - back)
      return
    }
    let distance = psi - pair.centre + 0.5
    distance = Math.abs(distance - Math.floor(distance) - 0.5)
    const loss = Math.max(0, distance - 0.5 / this.cells - pair.room)
    const [out, back] = [prices[0] as number, prices[2] as number]
    const first = Math.min(loss, out < back ? pair.out_half : pair.in_half)
    const [outLoss, inLoss] = out < back ? [first, loss - first] : [loss - first, first]
    slacks[0][i] = pair.out_half - outLoss
    slacks[2][i] = pair.in_half - inLoss
  }
}

/** Worth of the best outbound line where the inbound one runs delta later after its window's start. */
function freeWorth(pair: Pair, delta: number, prices: readonly number[]): { worth: number; out: number } {
  const low = Math.max(0, delta)
  const high = Math.min(pair.out_length, pair.in_length + delta)
  const best = { worth: Number.NEGATIVE_INFINITY, out: low }
  const consider = (out: number): void => {
    if (out < low || out > high) return
    const worth = freeWorthAt(pair, out, delta, prices)
    if (worth > best.worth) {
      best.worth = worth
      best.out = out
    }
  }
  consider(low)
  consider(high)
  // A window without end counts two cycles long and leaves a whole one on either side: concave, so its bends are tried.
  if (pair.room > 0) for (const bend of [1, pair.out_length - 1, delta + 1, delta + pair.in_length - 1]) consider(bend)
  return best
}

function freeWorthAt(pair: Pair, out: number, delta: number, prices: readonly number[]): number {
  const back = out - delta
  return (prices[0] as number) * Math.min(1, out) + (prices[1] as number) * Math.min(1, pair.out_length - out)
    + (prices[2] as number) * Math.min(1, back) + (prices[3] as number) * Math.min(1, pair.in_length - back)
}

/** Line positions after the starts of the windows at ψ or the nearest angle that the windows allow. */
function freeLine(pair: Pair, psi: number, prices: readonly number[], reach: number): { left: { out: number; back: number }; length: { out: number; back: number } } {
  let best = { worth: Number.NEGATIVE_INFINITY, out: 0, delta: 0 }
  for (let turn = -3; turn <= 3; turn++) {
    const wish = psi - (pair.out_start - pair.in_start) + turn
    const delta = Math.min(pair.out_length, Math.max(-pair.in_length, wish))
    if (Math.abs(delta - wish) > reach + 1e-12) continue
    const found = freeWorth(pair, delta, prices)
    if (found.worth > best.worth) best = { ...found, delta }
  }
  return { left: { out: best.out, back: best.out - best.delta }, length: { out: pair.out_length, back: pair.in_length } }
}
