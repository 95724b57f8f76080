/**
 * What slack is worth. The width of a band is the least slack of its signals, so sharing its weight out among them can
 * only overrate it: Lagrangian multipliers of "width <= slack of signal j". A ratio between the directions moves weight
 * from one to the other, its own multiplier.
 */
import type { BandStyle, RunBand } from './problem.ts'

/** Slack on a plan: by part (out before, out after, in before, in after the line) and signal, cycles. */
export type Slacks = readonly [Float64Array, Float64Array, Float64Array, Float64Array]

export class Prices {
  readonly bands: readonly RunBand[]
  /** 1 if symmetric: the parts of a direction are one. */
  readonly parts: number
  /** What a cycle of a part is worth per weight of the whole width: symmetric widths are twice their part. */
  readonly unit: number
  /** By band, then part of either direction (out parts first), then signal of the run. */
  private shares: Float64Array[][]
  private transfer: Float64Array

  constructor(bands: readonly RunBand[], style: BandStyle) {
    this.bands = bands
    this.parts = style === 'symmetric' ? 1 : 2
    this.unit = style === 'symmetric' ? 2 : 1
    this.transfer = new Float64Array(bands.length)
    this.shares = bands.map((band, r) => Array.from({ length: 2 * this.parts }, (_, p) => {
      const signals = band.to - band.from + 1
      return new Float64Array(signals).fill(this.weight(r, p >= this.parts) / signals)
    }))
  }

  copy(): Prices {
    const made = new Prices(this.bands, this.parts === 1 ? 'symmetric' : 'free')
    made.transfer = this.transfer.slice()
    made.shares = this.shares.map((own) => own.map((row) => row.slice()))
    return made
  }

  /** Weight of a part of band r in a direction after what the ratio moved. */
  private weight(r: number, inbound: boolean): number {
    const { outbound, inbound: back, inbound_per_outbound: k } = this.bands[r] as RunBand
    const moved = this.transfer[r] as number
    if (k === undefined) return this.unit * (inbound ? back : outbound)
    return this.unit * (inbound ? back + moved : outbound - k * moved)
  }

  /** Where the transfer may lie: weights stay at least 0; only k = 1 moves both ways. */
  private limits(r: number): readonly [number, number] {
    const { outbound, inbound, inbound_per_outbound: k } = this.bands[r] as RunBand
    if (k === undefined) return [0, 0]
    return [k >= 1 ? -inbound : 0, k <= 1 ? outbound / k : 0]
  }

  /** Sums of prices by part and signal; with one part only rows 0 and 2 are used. */
  atSignals(n: number): Slacks {
    const sums: Slacks = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)]
    this.each((r, p, row) => {
      const sum = sums[this.row(p)] as Float64Array
      for (let j = 0; j < row.length; j++) sum[(this.bands[r] as RunBand).from + j] = (sum[(this.bands[r] as RunBand).from + j] as number) + (row[j] as number)
    })
    return sums
  }

  private row(p: number): number {
    return this.parts === 1 ? 2 * p : p
  }

  private each(visit: (r: number, p: number, row: Float64Array) => void): void {
    for (let r = 0; r < this.shares.length; r++) for (let p = 0; p < 2 * this.parts; p++) visit(r, p, (this.shares[r] as Float64Array[])[p] as Float64Array)
  }

  /** One subgradient step: price falls where there is slack to spare. `excess` is the bound minus what is aimed for. */
  step({ slacks }: { readonly slacks: Slacks }, excess: number): void {
    let norm = 0
    const means = this.shares.map((own) => own.map(() => 0))
    const pulls = new Float64Array(this.shares.length)
    this.each((r, p, row) => {
      const slack = slacks[this.row(p)] as Float64Array
      const { from, inbound_per_outbound: k } = this.bands[r] as RunBand
      let mean = 0
      let width = 0
      let total = 0
      for (let j = 0; j < row.length; j++) {
        mean += slack[from + j] as number
        width += (row[j] as number) * (slack[from + j] as number)
        total += row[j] as number
      }
      mean /= row.length
      ;(means[r] as number[])[p] = mean
      for (let j = 0; j < row.length; j++) norm += ((slack[from + j] as number) - mean) ** 2
      if (k !== undefined) pulls[r] = (pulls[r] as number) + this.unit * (total > 0 ? width / total : mean) * (p >= this.parts ? 1 : -k)
    })
    for (const pull of pulls) norm += pull * pull
    if (norm < 1e-12) return
    const size = excess / norm
    for (let r = 0; r < pulls.length; r++) {
      const [least, most] = this.limits(r)
      this.transfer[r] = Math.min(most, Math.max(least, (this.transfer[r] as number) - size * (pulls[r] as number)))
    }
    this.each((r, p, row) => {
      const slack = slacks[this.row(p)] as Float64Array
      const { from } = this.bands[r] as RunBand
      const mean = (means[r] as number[])[p] as number
      for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - size * ((slack[from + j] as number) - mean)
      project(row, Math.max(0, this.weight(r, p >= this.parts)))
    })
  }

  /** For bands of single links, symmetric: price at the first signal in each direction and what the ratio moved, by link. */
  atFirst(): { out: number; back: number; transfer: number }[] {
    return this.shares.map(([out, back], r) => ({ out: out?.[0] ?? 0, back: back?.[0] ?? 0, transfer: this.transfer[r] as number }))
  }

  /** As a certificate carries them. */
  listed(): { outbound: number[][][]; inbound: number[][][] } {
    const part = (own: Float64Array[], first: number): number[][] => own.slice(first, first + this.parts).map((row) => [...row])
    return { outbound: this.shares.map((own) => part(own, 0)), inbound: this.shares.map((own) => part(own, this.parts)) }
  }
}

/** Nearest point of the simplex {x >= 0, sum = total}, in place (Held, Wolfe, Crowder 1974). */
export function project(x: Float64Array, total: number): void {
  const sorted = x.slice().sort().reverse()
  let sum = 0
  let shift = 0
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k] as number
    const next = (sum - total) / (k + 1)
    if ((sorted[k] as number) - next > 0) shift = next
  }
  let rest = total
  let largest = 0
  for (let j = 0; j < x.length; j++) {
    x[j] = Math.max(0, (x[j] as number) - shift)
    rest -= x[j] as number
    if ((x[j] as number) > (x[largest] as number)) largest = j
  }
  // What rounding lost goes to the largest, so that the sum is the weight.
  x[largest] = Math.max(0, (x[largest] as number) + rest)
}
