/**
 * Prices of slack that know where ψ is. With one price for all plans a bound may mix plans whose narrow ends differ; prices
 * of their own for every pair of arcs of ψ's circle that a link joins leave only mixtures within arcs. For bands of
 * single links, symmetric about their line.
 */
import type { RunBand } from './problem.ts'
import type { Slacks } from './prices.ts'

/** What a step needs of a path: slacks at its signals, and arc of ψ at each. */
export interface ArcPath {
  readonly slacks: Slacks
  readonly arc: Int32Array
}

/** How a unit of transfer between the directions weighs against one of price in the length of a step. */
const TRANSFER_SHARE = 0.25

export class ArcPrices {
  readonly bands: readonly RunBand[]
  readonly arcs: number
  /** By link, arc at its first signal, arc at its second: price at the first signal, and what the ratio moved. */
  readonly out: Float64Array
  readonly back: Float64Array
  private readonly transfer: Float64Array

  private constructor(bands: readonly RunBand[], arcs: number, rows: { out: Float64Array; back: Float64Array; transfer: Float64Array }) {
    this.bands = bands
    this.arcs = arcs
    this.out = rows.out
    this.back = rows.back
    this.transfer = rows.transfer
  }

  /** The same prices on every pair of arcs: price at the first signal and transfer, by link. */
  static spread(bands: readonly RunBand[], arcs: number, plain: readonly { out: number; back: number; transfer: number }[]): ArcPrices {
    const size = arcs * arcs
    const rowOf = (pick: (own: { out: number; back: number; transfer: number }) => number): Float64Array => Float64Array.from({ length: size * bands.length }, (_, x) => pick(plain[Math.floor(x / size)] as { out: number; back: number; transfer: number }))
    return new ArcPrices(bands, arcs, { out: rowOf(({ out }) => out), back: rowOf(({ back }) => back), transfer: rowOf(({ transfer }) => transfer) })
  }

  copy(): ArcPrices {
    return new ArcPrices(this.bands, this.arcs, { out: this.out.slice(), back: this.back.slice(), transfer: this.transfer.slice() })
  }

  /** Price of both signals together on a pair of arcs. */
  outTotal(link: number, x: number): number {
    const { outbound, inbound_per_outbound: k } = this.bands[link] as RunBand
    return 2 * (k === undefined ? outbound : Math.max(0, outbound - k * (this.transfer[x] as number)))
  }

  backTotal(link: number, x: number): number {
    const { inbound, inbound_per_outbound: k } = this.bands[link] as RunBand
    return 2 * (k === undefined ? inbound : Math.max(0, inbound + (this.transfer[x] as number)))
  }

  /** One subgradient step on the pairs of arcs of a path; `excess` is the bound minus what is aimed for. */
  step({ slacks, arc }: ArcPath, excess: number): void {
    const [u, , v] = slacks
    const links = this.bands.length
    const pulls = new Float64Array(links)
    let norm = 0
    for (let i = 0; i < links; i++) {
      const k = (this.bands[i] as RunBand).inbound_per_outbound
      norm += ((u[i] as number) - (u[i + 1] as number)) ** 2 + ((v[i] as number) - (v[i + 1] as number)) ** 2
      if (k === undefined) continue
      const x = this.index(i, arc)
      pulls[i] = 2 * (share(this.back[x] as number, this.backTotal(i, x), v, i) - k * share(this.out[x] as number, this.outTotal(i, x), u, i))
      norm += TRANSFER_SHARE * (pulls[i] as number) ** 2
    }
    if (norm < 1e-12) return
    const size = excess / norm
    for (let i = 0; i < links; i++) {
      const x = this.index(i, arc)
      const { outbound, inbound, inbound_per_outbound: k } = this.bands[i] as RunBand
      if (k !== undefined) this.transfer[x] = clamp((this.transfer[x] as number) - TRANSFER_SHARE * size * (pulls[i] as number), k >= 1 ? -inbound : 0, k <= 1 ? outbound / k : 0)
      this.out[x] = clamp((this.out[x] as number) - size * ((u[i] as number) - (u[i + 1] as number)), 0, this.outTotal(i, x))
      this.back[x] = clamp((this.back[x] as number) - size * ((v[i] as number) - (v[i + 1] as number)), 0, this.backTotal(i, x))
    }
  }

  private index(link: number, arc: Int32Array): number {
    return (link * this.arcs + (arc[link] as number)) * this.arcs + (arc[link + 1] as number)
  }

  /** As a certificate carries them: by link, then pair of arcs, the prices of its two signals. */
  listed(): { outbound: number[][][]; inbound: number[][][] } {
    const size = this.arcs * this.arcs
    const listOf = (row: Float64Array, total: (link: number, x: number) => number): number[][][] => this.bands.map((_, link) =>
      Array.from({ length: size }, (__, pair) => {
        const x = link * size + pair
        return [row[x] as number, total(link, x) - (row[x] as number)]
      }))
    return { outbound: listOf(this.out, (link, x) => this.outTotal(link, x)), inbound: listOf(this.back, (link, x) => this.backTotal(link, x)) }
  }
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x))

/** Slack that the prices of a link's two signals see together. */
function share(first: number, total: number, slack: Float64Array, i: number): number {
  const [a, b] = [slack[i] as number, slack[i + 1] as number]
  return total > 0 ? (first * a + (total - first) * b) / total : (a + b) / 2
}
