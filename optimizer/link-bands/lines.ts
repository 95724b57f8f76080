/**
 * Plans as two lines through a chain of windows, and their improvement: for the windows near the present ones a chain
 * programme over a few angles and line positions at each signal finds the best combination, the mesh is halved, and so on.
 * Every plan on the way is feasible; z moves too where the cycle is free.
 */
import type { AnglePath } from './bound.ts'
import type { LinkChain, Pair } from './chain.ts'
import type { BandStyle, RunBand } from './problem.ts'

export interface Lines {
  readonly z: number
  /** Not reduced: ψ(i+1) − ψ(i) is the step of link i, travel times of both directions together, in cycles. */
  readonly psi: readonly number[]
  readonly pair: readonly number[]
  /** Outbound line after its window's start, inbound line after its window's, cycles. */
  readonly out: readonly number[]
  readonly back: readonly number[]
}

/** One signal's part of a plan. */
interface Point {
  readonly psi: number
  readonly pair: number
  readonly out: number
  readonly back: number
  /** Slacks by part: out before, out after, in before, in after; symmetric ones have equal parts. */
  readonly s0: number
  readonly s1: number
  readonly s2: number
  readonly s3: number
}

const HAIR = 1e-12

export class LineImprover {
  private readonly chain: LinkChain
  private readonly style: BandStyle
  /** Bands at each signal; true if all run over one link, in order. */
  private readonly bandsAt: RunBand[][]
  private readonly bandsOn: RunBand[][]
  private readonly linksOnly: boolean

  constructor(chain: LinkChain, style: BandStyle) {
    this.chain = chain
    this.style = style
    this.bandsAt = Array.from({ length: chain.n }, (_, i) => chain.bands.filter(({ from, to }) => from <= i && i <= to))
    this.bandsOn = Array.from({ length: chain.n - 1 }, (_, i) => chain.bands.filter(({ from, to }) => from === i && to === i + 1))
    this.linksOnly = chain.bands.every(({ from, to }) => to === from + 1)
  }

  /** Lines along a path of the bound, steps pulled into their ranges at z; undefined where they leave the windows. */
  along({ psi }: AnglePath, z: number): Lines | undefined {
    const angles: number[] = [psi[0] as number]
    for (let i = 1; i < this.chain.n; i++) angles.push(this.stepped(angles[i - 1] as number, psi[i] as number, i - 1, z))
    return this.best(angles, z, 0)
  }

  /** The angle nearest to `wish` that a step from `angle` reaches. */
  private stepped(angle: number, wish: number, link: number, z: number): number {
    const low = (this.chain.step_low[link] as number) * z
    const high = (this.chain.step_high[link] as number) * z
    const middle = (low + high) / 2
    const apart = wish - angle - middle
    const step = middle + apart - Math.round(apart)
    return angle + Math.min(high, Math.max(low, step))
  }

  /** Best line positions near given angles, each free to move by `mesh` up or down. */
  private best(psi: readonly number[], z: number, mesh: number, now?: Lines): Lines | undefined {
    const points = psi.map((angle, i) => this.listPoints(i, angle, mesh, now))
    if (points.some((own) => own.length === 0)) return undefined
    return this.chosenFrom(points, z, now)
  }

  private chosenFrom(points: readonly (readonly Point[])[], z: number, now: Lines | undefined): Lines | undefined {
    const chosen = this.linksOnly ? this.byChain(points, z) : this.byTurns(points, z, now)
    return chosen === undefined ? undefined : { z, psi: this.unwrapped(chosen.map((p) => p.psi), z), pair: chosen.map((p) => p.pair), out: chosen.map((p) => p.out), back: chosen.map((p) => p.back) }
  }

  /** Best combination of a plan with the angles of other paths, at the plan's z. */
  relink(now: Lines, paths: readonly AnglePath[]): Lines | undefined {
    const points = now.psi.map((angle, i) => {
      const others = paths.map(({ psi }) => psi[i] as number).filter((psi, j, all) => all.indexOf(psi) === j)
      return [...this.listPoints(i, angle, 0, now), ...others.flatMap((psi) => this.listPoints(i, psi, 0, now))]
    })
    return this.chosenFrom(points, now.z, now)
  }

  /** Angles of one turn as a path whose steps are the travel times. */
  private unwrapped(psi: readonly number[], z: number): number[] {
    const path: number[] = []
    psi.forEach((angle, i) => {
      if (i === 0) path.push(angle)
      else {
        const [low, high] = [(this.chain.step_low[i - 1] as number) * z, (this.chain.step_high[i - 1] as number) * z]
        const step = angle - (psi[i - 1] as number)
        const turned = step < low - HAIR || step > high + HAIR ? step - Math.round(step - (low + high) / 2) : step
        path.push((path[i - 1] as number) + Math.min(high, Math.max(low, turned)))
      }
    })
    return path
  }

  /** Candidate points of a signal: at each angle and pair those positions where the best can lie. */
  private listPoints(i: number, angle: number, mesh: number, now: Lines | undefined): Point[] {
    const points: Point[] = []
    const near = now === undefined ? [] : [i - 1, i + 1].filter((j) => j >= 0 && j < this.chain.n).map((j) => this.pointAt(now, j))
    for (const psi of mesh > 0 ? [angle - mesh, angle, angle + mesh] : [angle]) {
      const own: Point[] = []
      for (const [q, pair] of (this.chain.pairs[i] as readonly Pair[]).entries()) this.addPoints(own, { i, psi, q, pair, mesh, now, near })
      points.push(...undominated(own))
    }
    return points
  }

  private addPoints(points: Point[], at: { i: number; psi: number; q: number; pair: Pair; mesh: number; now: Lines | undefined; near: Point[] }): void {
    const { i, psi, q, pair, mesh, now, near } = at
    const middle = (pair.out_length - pair.in_length) / 2
    const raw = psi - (pair.out_start - pair.in_start) - middle
    const delta = raw - Math.round(raw) + middle
    const low = Math.max(0, delta)
    const high = Math.min(pair.out_length, pair.in_length + delta)
    if (low > high + HAIR) return
    // Symmetric bands lose nothing between the two middles that is not lost anyway.
    const ends = this.style === 'symmetric' ? [pair.out_length / 2, pair.in_length / 2 + delta].sort((a, b) => a - b) : [low, high]
    const [from, to] = [Math.min(high, Math.max(low, ends[0] as number)), Math.min(high, Math.max(low, ends[1] as number))]
    const wishes = [from, (from + to) / 2, to]
    if (now === undefined) wishes.push(from + (to - from) / 4, to - (to - from) / 4)
    else if (now.pair[i] === q) for (const move of [-mesh, -mesh / 2, 0, mesh / 2, mesh]) wishes.push((now.out[i] as number) + move)
    for (const { s0, s1, s2, s3 } of near) wishes.push(s0, pair.out_length - s1, delta + s2, delta + pair.in_length - s3)
    for (const { s0, s2 } of this.style === 'symmetric' ? near : []) wishes.push(pair.out_length - s0, delta + pair.in_length - s2)
    const own: number[] = []
    for (const wish of wishes) {
      const out = Math.min(to, Math.max(from, wish))
      if (own.some((known) => Math.abs(known - out) < 1e-7)) continue
      own.push(out)
      points.push(this.pointOf(psi, q, pair, out, out - delta))
    }
  }

  private pointOf(psi: number, q: number, pair: Pair, out: number, back: number): Point {
    if (this.style === 'symmetric') {
      const u = Math.max(0, Math.min(0.5, out, pair.out_length - out))
      const v = Math.max(0, Math.min(0.5, back, pair.in_length - back))
      return { psi, pair: q, out, back, s0: u, s1: u, s2: v, s3: v }
    }
    const part = (slack: number): number => Math.max(0, Math.min(1, slack))
    return { psi, pair: q, out, back, s0: part(out), s1: part(pair.out_length - out), s2: part(back), s3: part(pair.in_length - back) }
  }

  private pointAt(lines: Lines, i: number): Point {
    const q = lines.pair[i] as number
    return this.pointOf(lines.psi[i] as number, q, (this.chain.pairs[i] as readonly Pair[])[q] as Pair, lines.out[i] as number, lines.back[i] as number)
  }

  private reaches(a: Point, b: Point, link: number, z: number): boolean {
    const step = b.psi - a.psi
    return step >= (this.chain.step_low[link] as number) * z - HAIR && step <= (this.chain.step_high[link] as number) * z + HAIR
  }

  private byChain(points: readonly (readonly Point[])[], z: number): Point[] | undefined {
    const from: Int32Array[] = []
    let value = new Float64Array((points[0] as readonly Point[]).length)
    let before = columnsOf(points[0] as readonly Point[])
    for (let i = 1; i < points.length; i++) {
      const own = columnsOf(points[i] as readonly Point[])
      const low = (this.chain.step_low[i - 1] as number) * z - HAIR
      const high = (this.chain.step_high[i - 1] as number) * z + HAIR
      const next = stepOf(before, own, value, { low, high, bands: this.bandsOn[i - 1] as RunBand[], choices: from })
      before = own
      value = next
    }
    let k = value.reduce((best, worth, j) => (worth > (value[best] as number) ? j : best), 0)
    if (value[k] === Number.NEGATIVE_INFINITY) return undefined
    const chosen: Point[] = []
    for (let i = points.length - 1; i >= 0; i--) {
      chosen.unshift((points[i] as readonly Point[])[k] as Point)
      if (i > 0) k = (from[i - 1] as Int32Array)[k] as number
    }
    return chosen
  }

  /** Longer runs: one signal after the other, the rest held, until nothing gains. */
  private byTurns(points: readonly (readonly Point[])[], z: number, now: Lines | undefined): Point[] | undefined {
    const chosen = now === undefined ? this.firstOf(points) : points.map((_, i) => this.pointAt(now, i))
    if (chosen === undefined) return undefined
    for (let round = 0; round < 20; round++) {
      let gained = false
      for (let i = 0; i < chosen.length; i++) {
        let best = this.worthAt(chosen, i)
        for (const point of points[i] as readonly Point[]) {
          if (i > 0 && !this.reaches(chosen[i - 1] as Point, point, i - 1, z)) continue
          if (i + 1 < chosen.length && !this.reaches(point, chosen[i + 1] as Point, i, z)) continue
          const kept = chosen[i] as Point
          chosen[i] = point
          const worth = this.worthAt(chosen, i)
          if (worth > best + HAIR) [best, gained] = [worth, true]
          else chosen[i] = kept
        }
      }
      if (!gained) break
    }
    return chosen
  }

  /** Without a mesh every point of a signal has the same angle: any will do to start from. */
  private firstOf(points: readonly (readonly Point[])[]): Point[] | undefined {
    return points.map((own) => own.reduce((a, b) => (Math.min(b.s0 + b.s1, b.s2 + b.s3) > Math.min(a.s0 + a.s1, a.s2 + a.s3) ? b : a)))
  }

  private worthAt(chosen: readonly Point[], i: number): number {
    return (this.bandsAt[i] as RunBand[]).reduce((sum, band) => sum + this.bandWorth(chosen, band), 0)
  }

  private bandWorth(chosen: readonly Point[], band: RunBand): number {
    const [out, back] = widthsOf(chosen, band)
    return worthOf(band, out, back)
  }

  /** Weighted widths of a plan, cycles. */
  value(lines: Lines): number {
    const points = lines.psi.map((_, i) => this.pointAt(lines, i))
    return this.chain.bands.reduce((sum, band) => sum + this.bandWorth(points, band), 0)
  }

  /** Widths of each band: outbound, inbound. */
  widths(lines: Lines): (readonly [number, number])[] {
    const points = lines.psi.map((_, i) => this.pointAt(lines, i))
    return this.chain.bands.map((band) => keptRatio(band, ...widthsOf(points, band)))
  }

  /** The best that moving angles, positions, pairs and, between the limits, z can make of a plan. */
  improve(start: Lines, z_low: number, z_high: number, passes: number): Lines {
    let best = start
    let worth = this.value(best)
    let mesh = 0.02
    for (let pass = 0; pass < passes && mesh > 2e-6; pass++) {
      const before = worth
      const take = (found: Lines | undefined): void => {
        if (found === undefined) return
        const value = this.value(found)
        if (value > worth + HAIR) [best, worth] = [found, value]
      }
      take(this.best(best.psi, best.z, mesh, best))
      if (z_high > z_low) for (const z of [best.z * (1 - mesh / 2), best.z * (1 + mesh / 2)]) take(this.movedTo(best, Math.min(z_high, Math.max(z_low, z)), mesh))
      if (worth < before + 1e-4 * mesh) mesh /= 2
    }
    return best
  }

  /** The same windows at another z: angles step as near to the old as they can. */
  private movedTo(lines: Lines, z: number, mesh: number): Lines | undefined {
    if (z === lines.z) return undefined
    const psi: number[] = [lines.psi[0] as number]
    for (let i = 1; i < lines.psi.length; i++) {
      const wish = (lines.psi[i] as number)
      const low = (this.chain.step_low[i - 1] as number) * z
      const high = (this.chain.step_high[i - 1] as number) * z
      psi.push((psi[i - 1] as number) + Math.min(high, Math.max(low, wish - (psi[i - 1] as number))))
    }
    const fitted = this.best(psi, z, 0)
    return fitted === undefined ? undefined : this.best(psi, z, mesh, fitted) ?? fitted
  }
}

/** Angle and slacks of points, one after the other: 5 numbers each. */
function columnsOf(points: readonly Point[]): Float64Array {
  const columns = new Float64Array(5 * points.length)
  points.forEach(({ psi, s0, s1, s2, s3 }, k) => columns.set([psi, s0, s1, s2, s3], 5 * k))
  return columns
}

/** Best worth at each own point over the points before; appends which one it came from. */
function stepOf(
  before: Float64Array, own: Float64Array, value: Float64Array,
  link: { low: number; high: number; bands: readonly RunBand[]; choices: Int32Array[] },
): Float64Array<ArrayBuffer> {
  const { low, high, bands } = link
  const middle = (low + high) / 2
  const count = own.length / 5
  const next = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const choice = new Int32Array(count).fill(-1)
  const only = bands.length === 1 ? bands[0] : undefined
  const k = only?.inbound_per_outbound ?? 0
  const [a, c] = [only?.outbound ?? 0, only?.inbound ?? 0]
  for (let q = 0, b = 0; q < count; q++, b += 5) {
    const [psi, t0, t1, t2, t3] = [own[b] as number, own[b + 1] as number, own[b + 2] as number, own[b + 3] as number, own[b + 4] as number]
    for (let j = 0, p = 0; p < before.length; j++, p += 5) {
      let step = psi - (before[p] as number)
      if (step < low || step > high) {
        step -= Math.round(step - middle)
        if (step < low || step > high) continue
      }
      let out = Math.min(before[p + 1] as number, t0) + Math.min(before[p + 2] as number, t1)
      let back = Math.min(before[p + 3] as number, t2) + Math.min(before[p + 4] as number, t3)
      let worth = value[j] as number
      if (only === undefined) for (const band of bands) worth += worthOf(band, out, back)
      else {
        if (k > 0) {
          if (k <= 1) out = Math.min(out, back / k)
          if (k >= 1) back = Math.min(back, k * out)
        }
        worth += a * out + c * back
      }
      if (worth > (next[q] as number)) {
        next[q] = worth
        choice[q] = j
      }
    }
  }
  link.choices.push(choice)
  return next
}

/** Points of one angle that no other exceeds in every slack. */
function undominated(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    const beaten = (a: Point, b: Point): boolean => a.s0 <= b.s0 + HAIR && a.s1 <= b.s1 + HAIR && a.s2 <= b.s2 + HAIR && a.s3 <= b.s3 + HAIR
    if (kept.some((known) => beaten(point, known))) continue
    for (let k = kept.length - 1; k >= 0; k--) if (beaten(kept[k] as Point, point)) kept.splice(k, 1)
    kept.push(point)
  }
  return kept
}

function widthsOf(points: readonly Point[], { from, to }: RunBand): [number, number] {
  let [s0, s1, s2, s3] = [1, 1, 1, 1]
  for (let i = from; i <= to; i++) {
    const p = points[i] as Point
    s0 = Math.min(s0, p.s0)
    s1 = Math.min(s1, p.s1)
    s2 = Math.min(s2, p.s2)
    s3 = Math.min(s3, p.s3)
  }
  return [s0 + s1, s2 + s3]
}

/** Widths cut to the ratio that a band asks for. */
export function keptRatio({ inbound_per_outbound: k }: RunBand, out: number, back: number): [number, number] {
  if (k === undefined) return [out, back]
  return [k <= 1 ? Math.min(out, back / k) : out, k >= 1 ? Math.min(back, k * out) : back]
}

function worthOf(band: RunBand, out: number, back: number): number {
  const k = band.inbound_per_outbound
  if (k !== undefined) {
    if (k <= 1) out = Math.min(out, back / k)
    if (k >= 1) back = Math.min(back, k * out)
  }
  return band.outbound * out + band.inbound * back
}
