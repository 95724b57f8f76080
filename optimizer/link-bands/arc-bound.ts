/**
 * The bound of bound.ts with prices that depend on the arcs of ψ that a link joins (arc-prices.ts): the chain programme
 * remembers the arc of the next signal beside the cell of this one.
 */
import type { ArcPath, ArcPrices } from './arc-prices.ts'
import type { AnglePath } from './bound.ts'
import type { LinkChain, Pair } from './chain.ts'
import type { Slacks } from './prices.ts'

/** Reachable arcs after a link, counted from an arc: `first`, then `count` in a row. */
interface Turn {
  readonly first: number
  readonly count: number
  /** Steps in cells, widened outward. */
  readonly least: number
  readonly most: number
}

/** Window pairs of a signal that are as long as each other: at any ψ the one that loses least is the best of them. */
interface Equals {
  readonly out_half: number
  readonly in_half: number
  /** By cell: cycles of slack lost, infinite where no lines pass, and the pair that loses no more. */
  readonly loss: Float64Array
  readonly pair: Int32Array
}

export class ArcBound {
  private readonly chain: LinkChain
  readonly cells: number
  readonly arcs: number
  private readonly perArc: number
  private readonly equals: Equals[][]
  /** By signal, then arc ahead, cell: worth of the best path, the cell before and which arc that cell lies behind. */
  private readonly value: Float64Array[][]
  private readonly before: Int32Array[][]
  private readonly worth: Float64Array
  private readonly reached: Float64Array
  private readonly origin: Int32Array
  private readonly queue: Int32Array
  private turns: Turn[] = []
  private prices: ArcPrices | undefined

  constructor(chain: LinkChain, cells: number, arcs: number) {
    this.chain = chain
    this.cells = cells
    this.arcs = arcs
    this.perArc = cells / arcs
    this.equals = chain.pairs.map((pairs) => listEquals(pairs, cells))
    this.value = Array.from({ length: chain.n }, () => [])
    this.before = Array.from({ length: chain.n }, () => [])
    this.worth = new Float64Array(this.perArc)
    this.reached = new Float64Array(this.perArc)
    this.origin = new Int32Array(this.perArc)
    this.queue = new Int32Array(this.perArc + 1)
  }

  /** The bound in cycles; −Infinity if no lines pass through all greens. */
  evaluate(prices: ArcPrices, z_low: number, z_high: number): number {
    const { chain, arcs } = this
    this.prices = prices
    this.turns = Array.from({ length: chain.n - 1 }, (_, i) => this.turnOf((chain.step_low[i] as number) * z_low, (chain.step_high[i] as number) * z_high))
    for (let i = 0; i < chain.n; i++) {
      const ahead = this.turns[i]?.count ?? 1
      for (let d = 0; d < ahead; d++) this.rowOf(this.value, i, d).fill(Number.NEGATIVE_INFINITY)
      for (let d = 0; d < ahead; d++) this.beforeOf(i, d)
      for (let arc = 0; arc < arcs; arc++) this.addArc(i, arc)
    }
    let best = Number.NEGATIVE_INFINITY
    for (const worth of this.rowOf(this.value, chain.n - 1, 0)) if (worth > best) best = worth
    return best
  }

  private rowOf(rows: Float64Array[][], i: number, d: number): Float64Array {
    const own = rows[i] as Float64Array[]
    return (own[d] ??= new Float64Array(this.cells))
  }

  private beforeOf(i: number, d: number): Int32Array {
    const own = this.before[i] as Int32Array[]
    return (own[d] ??= new Int32Array(this.cells))
  }

  private turnOf(low: number, high: number): Turn {
    const { cells, perArc, arcs } = this
    const least = Math.floor(low * cells)
    const most = Math.min(Math.ceil(high * cells), least + cells - 1)
    const first = Math.floor(least / perArc)
    return { least, most, first: first % arcs, count: Math.min(arcs, Math.floor((perArc - 1 + most) / perArc) - first + 1) }
  }

  private addArc(i: number, arc: number): void {
    const { arcs } = this
    const behind = this.turns[i - 1]
    const ahead = this.turns[i]
    const prices = this.prices as ArcPrices
    for (let e = 0; e < (behind?.count ?? 1); e++) {
      const from = behind === undefined ? 0 : (((arc - behind.first - e) % arcs) + arcs) % arcs
      if (behind === undefined) this.reached.fill(0)
      else if (!this.reach(i, arc, from, e, behind)) continue
      const x = ((i - 1) * arcs + from) * arcs + arc
      const out = behind === undefined ? 0 : prices.outTotal(i - 1, x) - (prices.out[x] as number)
      const back = behind === undefined ? 0 : prices.backTotal(i - 1, x) - (prices.back[x] as number)
      for (let d = 0; d < (ahead?.count ?? 1); d++) {
        const y = ahead === undefined ? -1 : (i * arcs + arc) * arcs + ((arc + ahead.first + d) % arcs)
        this.addWorth(i, arc, d, e, out + (y < 0 ? 0 : (prices.out[y] as number)), back + (y < 0 ? 0 : (prices.back[y] as number)))
      }
    }
  }

  /** Best cell of arc `from` behind each cell of `arc`, into `reached`; false if no step joins them. */
  private reach(i: number, arc: number, from: number, e: number, { least, most }: Turn): boolean {
    const { perArc, cells, reached, origin, queue } = this
    const source = (this.value[i - 1] as Float64Array[])[e] as Float64Array
    const [own, first] = [arc * perArc, from * perArc]
    // Steps from the first cell of `from` to that of `arc`, the copy that the turn means: whole circles are added below.
    let apart = own - first
    apart += Math.ceil((least - (perArc - 1) - apart) / cells) * cells
    reached.fill(Number.NEGATIVE_INFINITY)
    let any = false
    for (; apart - (perArc - 1) <= most; apart += cells) {
      let [head, tail, next] = [0, 0, 0]
      for (let k = 0; k < perArc; k++) {
        // Cells j of `from` with least <= apart + k − j <= most.
        const end = Math.min(perArc - 1, apart + k - least)
        for (; next <= end; next++) {
          const worth = source[first + next] as number
          while (tail > head && (source[first + (queue[tail - 1] as number)] as number) <= worth) tail--
          queue[tail++] = next
        }
        const start = apart + k - most
        while (head < tail && (queue[head] as number) < start) head++
        if (head === tail) continue
        const j = queue[head] as number
        const worth = source[first + j] as number
        if (worth > (reached[k] as number)) {
          reached[k] = worth
          origin[k] = first + j
          any = true
        }
      }
    }
    return any
  }

  /** The cheaper direction loses first: u <= half, v <= half, u + v <= both halves − loss. */
  private addWorth(i: number, arc: number, d: number, e: number, out: number, back: number): void {
    const { perArc, worth, reached, origin } = this
    worth.fill(Number.NEGATIVE_INFINITY)
    const first = arc * perArc
    const cheap = Math.min(out, back)
    const dear = Math.max(out, back)
    for (const { out_half, in_half, loss } of this.equals[i] as Equals[]) {
      const full = out * out_half + back * in_half
      const bent = full + (dear - cheap) * (out < back ? out_half : in_half)
      for (let k = 0; k < perArc; k++) {
        const lost = loss[first + k] as number
        const own = Math.min(full - cheap * lost, bent - dear * lost)
        if (own > (worth[k] as number)) worth[k] = own
      }
    }
    const value = (this.value[i] as Float64Array[])[d] as Float64Array
    const before = (this.before[i] as Int32Array[])[d] as Int32Array
    for (let k = 0; k < perArc; k++) {
      const total = (worth[k] as number) + (reached[k] as number)
      if (total > (value[first + k] as number)) {
        value[first + k] = total
        before[first + k] = ((origin[k] as number) << 8) | e
      }
    }
  }

  /** The best path of the last evaluation, its slacks and arcs. */
  path(): { path: AnglePath } & ArcPath {
    const { chain, cells, arcs, perArc } = this
    const { n } = chain
    const cell = new Int32Array(n)
    const arc = new Int32Array(n)
    const last = this.rowOf(this.value, n - 1, 0)
    let k = 0
    for (let j = 1; j < cells; j++) if ((last[j] as number) > (last[k] as number)) k = j
    let d = 0
    for (let i = n - 1; i >= 0; i--) {
      cell[i] = k
      arc[i] = Math.floor(k / perArc)
      const came = ((this.before[i] as Int32Array[])[d] as Int32Array)[k] as number
      d = came & 0xff
      k = came >> 8
    }
    const prices = this.prices as ArcPrices
    const psi = Float64Array.from(cell, (own) => (own + 0.5) / cells)
    const pair = new Int32Array(n)
    const slacks: Slacks = [new Float64Array(n), new Float64Array(0), new Float64Array(n), new Float64Array(0)]
    for (let i = 0; i < n; i++) {
      const x = ((i - 1) * arcs + (arc[i - 1] as number)) * arcs + (arc[i] as number)
      const y = (i * arcs + (arc[i] as number)) * arcs + (arc[i + 1] as number)
      const out = (i > 0 ? prices.outTotal(i - 1, x) - (prices.out[x] as number) : 0) + (i + 1 < n ? (prices.out[y] as number) : 0)
      const back = (i > 0 ? prices.backTotal(i - 1, x) - (prices.back[x] as number) : 0) + (i + 1 < n ? (prices.back[y] as number) : 0)
      this.pick(i, cell[i] as number, out, back, pair, slacks)
    }
    return { path: { psi, pair }, slacks, arc }
  }

  /** The pair of windows and the slacks that are worth most at a cell. */
  private pick(i: number, cell: number, out: number, back: number, pair: Int32Array, slacks: Slacks): void {
    let most = Number.NEGATIVE_INFINITY
    for (const { out_half, in_half, loss: lost, pair: pairAt } of this.equals[i] as Equals[]) {
      const loss = lost[cell] as number
      const first = Math.min(loss, out < back ? out_half : in_half)
      const [u, v] = out < back ? [out_half - first, in_half - loss + first] : [out_half - loss + first, in_half - first]
      if (!(out * u + back * v > most)) continue
      most = out * u + back * v
      pair[i] = pairAt[cell] as number
      slacks[0][i] = u
      slacks[2][i] = v
    }
  }
}

function listEquals(pairs: readonly Pair[], cells: number): Equals[] {
  const listed: Equals[] = []
  pairs.forEach((pair, q) => {
    const { out_half, in_half } = pair
    let own = listed.find((known) => Math.abs(known.out_half - out_half) + Math.abs(known.in_half - in_half) < 1e-12)
    if (own === undefined) {
      own = { out_half, in_half, loss: new Float64Array(cells).fill(Number.POSITIVE_INFINITY), pair: new Int32Array(cells) }
      listed.push(own)
    }
    for (const [k, loss] of lossOf(pair, cells).entries()) {
      if (loss >= (own.loss[k] as number)) continue
      own.loss[k] = loss
      own.pair[k] = q
    }
  })
  return listed
}

/** Cycles of slack that a pair loses at the best point of each cell. */
function lossOf({ centre, room, out_half, in_half }: Pair, cells: number): Float64Array {
  return Float64Array.from({ length: cells }, (_, k) => {
    const turned = (k + 0.5) / cells - centre + 0.5
    const loss = Math.max(0, Math.abs(turned - Math.floor(turned) - 0.5) - 0.5 / cells - room)
    return loss > out_half + in_half ? Number.POSITIVE_INFINITY : loss
  })
}
