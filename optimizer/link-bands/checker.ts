/**
 * Independent judge of link bands and of the prices that bound them. Plans: geometry on offsets and travel times alone.
 * Bounds: prices must cover the weights, and the best path at these prices is reckoned again by loops of its own (a table
 * of maxima over doubled spans instead of a sliding one, windows as given instead of pairs). No code shared with the solver.
 */
import type { BandPlan, BandProblem, Direction, PerDirection, SignalPattern } from '../bands/problem.ts'
import type { LinkBandPlan, LinkBandProblem, PricedBox, RunBand, SolverBound } from './problem.ts'

/** Slack before and after the line at every signal, s; negative where the line meets a red. */
interface LineSlack {
  readonly before: number
  readonly after: number
}

export interface CheckedLinkBands {
  /** Weighted widths, cycles. */
  readonly value: number
  /** Width of every band, cut to its ratio, s. */
  readonly bands_s: PerDirection<number[]>
  /** What the plan claims or does that it may not; empty if nothing. */
  readonly faults: string[]
}

const SAME_CYCLES = 1e-6

/** Measures a plan; the problem's windows are in seconds at the plan's cycle. */
export function checkLinkPlan({ problem, bands, style }: LinkBandProblem, plan: LinkBandPlan): CheckedLinkBands {
  const faults: string[] = []
  const tolerance = SAME_CYCLES * plan.cycle_s
  const slacks = { outbound: slacksOf(problem, plan, 'outbound', faults), inbound: slacksOf(problem, plan, 'inbound', faults) }
  if (Math.abs(problem.cycle_s - plan.cycle_s) > 1e-9 * plan.cycle_s) faults.push(`the plan has a cycle of ${plan.cycle_s} s, the problem ${problem.cycle_s} s`)
  const bands_s: PerDirection<number[]> = { outbound: [], inbound: [] }
  let value = 0
  bands.forEach((band, r) => {
    let out = widthOf(slacks.outbound, band, style, plan.cycle_s)
    let back = widthOf(slacks.inbound, band, style, plan.cycle_s)
    const k = band.inbound_per_outbound
    if (k !== undefined && k <= 1) out = Math.min(out, back / k)
    if (k !== undefined && k >= 1) back = Math.min(back, out * k)
    bands_s.outbound.push(out)
    bands_s.inbound.push(back)
    value += (band.outbound * out + band.inbound * back) / plan.cycle_s
    for (const direction of ['outbound', 'inbound'] as const) {
      const claimed = plan.bands_s[direction][r]
      const found = bands_s[direction][r] as number
      if (!(claimed !== undefined && claimed <= found + tolerance)) faults.push(`band ${r} ${direction} is claimed to be ${claimed} s wide, it is ${found} s`)
    }
  })
  return { value, bands_s, faults }
}

function slacksOf(problem: BandProblem, plan: LinkBandPlan, direction: Direction, faults: string[]): LineSlack[] {
  const { cycle_s } = plan
  let line = plan.lines_s[direction]
  return problem.signals.map((signal, i) => {
    if (i > 0) {
      const time = plan.travel_times_s[direction][i - 1] as number
      line += direction === 'outbound' ? time : -time
      const travel = problem.links[i - 1]?.[direction]
      const shortest = travel === undefined ? 0 : travel.distance_m / travel.speed_max_mps + travel.dwell_min_s
      const longest = travel === undefined ? 0 : travel.distance_m / travel.speed_min_mps + travel.dwell_max_s
      if (!(time >= shortest - 1e-6 && time <= longest + 1e-6)) faults.push(`link ${i - 1} ${direction} takes ${time} s, outside ${shortest} to ${longest} s`)
    }
    const pattern = signal.patterns.find(({ id }) => id === plan.patterns[i])
    if (pattern === undefined) throw new Error(`signal ${signal.id} has no pattern ${plan.patterns[i]}`)
    let best: LineSlack = { before: -1, after: -1 }
    for (const { start_s, length_s, clearance_s } of pattern[direction]) {
      if (length_s >= cycle_s * (1 - 1e-9)) return { before: cycle_s, after: cycle_s }
      const turns = (line - (plan.offsets_s[i] as number) - start_s - clearance_s) / cycle_s
      let before = (turns - Math.floor(turns)) * cycle_s
      // A hair before the start counts as at it.
      if (before > cycle_s * (1 - SAME_CYCLES)) before -= cycle_s
      const after = length_s - clearance_s - before
      if (Math.min(before, after) > Math.min(best.before, best.after)) best = { before, after }
    }
    if (Math.min(best.before, best.after) < -SAME_CYCLES * cycle_s) faults.push(`the ${direction} line meets a red at signal ${signal.id}`)
    return { before: Math.max(0, best.before), after: Math.max(0, best.after) }
  })
}

function widthOf(slacks: readonly LineSlack[], { from, to }: RunBand, style: LinkBandProblem['style'], cycle_s: number): number {
  const run = slacks.slice(from, to + 1)
  const before = Math.min(...run.map((slack) => slack.before))
  const after = Math.min(...run.map((slack) => slack.after))
  return Math.min(cycle_s, style === 'symmetric' ? 2 * Math.min(before, after) : before + after)
}

/** Widest symmetric band of every link in each direction about given lines, s; 0 where a line meets a red. */
export function checkLinkBands(problem: BandProblem, plan: Pick<BandPlan, 'patterns' | 'offsets_s' | 'travel_times_s'>, lines_s: PerDirection<number>): PerDirection<number[]> {
  const bands = problem.links.map((_, i): RunBand => ({ from: i, to: i + 1, outbound: 0, inbound: 0 }))
  const zeros = bands.map(() => 0)
  return checkLinkPlan({ problem, bands, style: 'symmetric' }, { ...plan, cycle_s: problem.cycle_s, lines_s, bands_s: { outbound: zeros, inbound: zeros } }).bands_s
}

/**
 * Faults of a certificate's boxes: cycles left out, prices that do not cover a weight, bounds below what prices prove. Where a
 * solver answers for a box, its word stands for it: that it is not above the certificate's is all that can be checked.
 */
export function checkBoxes(asked: LinkBandProblem, boxes: readonly PricedBox[], range: { z_low: number; z_high: number; bound: number; solver?: SolverBound }): string[] {
  const faults: string[] = []
  let covered = range.z_low
  for (const box of [...boxes].sort((a, b) => a.z_low - b.z_low)) {
    if (box.z_low > covered * (1 + 1e-12)) faults.push(`no box covers z from ${covered} to ${box.z_low}`)
    covered = Math.max(covered, box.z_high)
    const found = boundOfBox(asked, box, faults)
    if (found > Math.max(box.bound, range.bound) + 1e-7) faults.push(`the box from z = ${box.z_low} proves ${found}, not ${Math.max(box.bound, range.bound)}`)
    const { solver } = range
    const told = solver !== undefined && box.z_low >= solver.z_low && box.z_high <= solver.z_high ? solver.bound : Number.POSITIVE_INFINITY
    if (Math.min(found, told) > range.bound + 1e-7) faults.push(`the box from z = ${box.z_low} allows ${Math.min(found, told)}, more than the bound ${range.bound}`)
  }
  if (covered < range.z_high * (1 - 1e-12)) faults.push(`no box covers z from ${covered} to ${range.z_high}`)
  return faults
}

/** The bound that a box's prices prove, cycles; faults where they do not cover the weights. */
export function boundOfBox(asked: LinkBandProblem, box: PricedBox, faults: string[]): number {
  const { problem, bands, style } = asked
  if (box.arcs > 1) return boundByArcs(asked, box, faults)
  const n = problem.signals.length
  const sums = Array.from({ length: 4 }, () => new Float64Array(n))
  bands.forEach((band, r) => {
    const [out, back] = [box.prices.outbound[r] ?? [], box.prices.inbound[r] ?? []]
    const parts = style === 'symmetric' ? 1 : 2
    for (let p = 0; p < parts; p++) {
      for (const [side, rows] of [[0, out], [2, back]] as const) {
        const row = rows[p] ?? []
        assertRow(row, r, band, faults)
        row.forEach((price, j) => {
          const column = sums[side + p] as Float64Array
          column[band.from + j] = (column[band.from + j] ?? 0) + price
        })
      }
    }
    const total = (rows: readonly (readonly number[])[]): number => Math.min(...Array.from({ length: parts }, (_, p) => sumOf(rows[p] ?? []))) / (style === 'symmetric' ? 2 : 1)
    if (!covers(band, total(out), total(back))) faults.push(`the prices of band ${r} do not cover its weights`)
  })
  return longestPath(problem, sums, style, box)
}

const sumOf = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0)

function assertRow(row: readonly number[], r: number, { from, to }: RunBand, faults: string[]): void {
  if (row.length !== to - from + 1) faults.push(`band ${r} has ${row.length} prices for ${to - from + 1} signals`)
  const wrong = row.find((price) => !(price >= 0))
  if (wrong !== undefined) faults.push(`band ${r} has the price ${wrong}`)
}

/** The same with prices by pairs of arcs; bands must be those of the links, one each, and symmetric. */
function boundByArcs({ problem, bands, style }: LinkBandProblem, box: PricedBox, faults: string[]): number {
  const { arcs, cells, prices } = box
  const ordered = bands.length === problem.links.length && bands.every(({ from, to }, r) => from === r && to === r + 1)
  if (!ordered || style !== 'symmetric' || !Number.isInteger(cells / arcs)) {
    faults.push(`prices on ${arcs} arcs of ${cells} cells are for symmetric bands of single links and whole cells`)
    return Number.POSITIVE_INFINITY
  }
  bands.forEach((band, r) => {
    for (let p = 0; p < arcs * arcs; p++) {
      const [out, back] = [prices.outbound[r]?.[p] ?? [], prices.inbound[r]?.[p] ?? []]
      assertRow(out, r, band, faults)
      assertRow(back, r, band, faults)
      if (!covers(band, sumOf(out) / 2, sumOf(back) / 2)) faults.push(`the prices of band ${r} do not cover its weights`)
    }
  })
  return faults.length > 0 ? Number.POSITIVE_INFINITY : longestByArcs(problem, box)
}

/** Longest path where a price depends on the arcs on both sides: one table of cells for each arc that may lie behind. */
function longestByArcs(problem: BandProblem, { cells, arcs, prices, z_low, z_high }: PricedBox): number {
  const wide = cells / arcs
  const empty = (): Float64Array<ArrayBuffer> => new Float64Array(cells).fill(Number.NEGATIVE_INFINITY)
  let tables: (readonly [behind: number, worth: Float64Array])[] = [[0, new Float64Array(cells)]]
  for (const [i, { patterns }] of problem.signals.entries()) {
    const last = i === problem.signals.length - 1
    const steps = last ? undefined : stepsOf(problem, i, z_low, z_high, cells)
    const ahead = Array.from({ length: last ? 1 : arcs }, empty)
    for (let k = 0; k < cells; k++) {
      const arc = Math.floor(k / wide)
      const open = tables.filter(([, worth]) => (worth[k] as number) > Number.NEGATIVE_INFINITY)
      if (open.length === 0) continue
      for (const next of steps === undefined ? [0] : arcsWithin(k + steps.least, k + steps.most, wide, arcs)) {
        const row = ahead[next] as Float64Array
        for (const [behind, worth] of open) {
          const [p, q] = [behind * arcs + arc, arc * arcs + next]
          const own = (rows: PricedBox['prices']['outbound']): number => (i === 0 ? 0 : (rows[i - 1]?.[p]?.[1] as number)) + (last ? 0 : (rows[i]?.[q]?.[0] as number))
          const here = [own(prices.outbound), 0, own(prices.inbound), 0]
          for (const pattern of patterns) row[k] = Math.max(row[k] as number, (worth[k] as number) + cellWorth(pattern, problem.cycle_s, k / cells, (k + 1) / cells, here, 'symmetric'))
        }
      }
    }
    if (steps === undefined) return (ahead[0] as Float64Array).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    tables = Array.from({ length: arcs }, (_, behind) => {
      const table = empty()
      const end = (behind + 1) * wide
      for (const next of arcsWithin(behind * wide + steps.least, end - 1 + steps.most, wide, arcs)) {
        const part = reached((ahead[next] as Float64Array).map((worth, k) => (k >= behind * wide && k < end ? worth : Number.NEGATIVE_INFINITY)), steps.least, steps.most)
        for (let k = next * wide; k < (next + 1) * wide; k++) table[k] = part[k] as number
      }
      return [behind, table] as const
    })
  }
  return Number.NEGATIVE_INFINITY
}

/** Arcs that hold a cell from `first` to `last`, counted on around the circle. */
function arcsWithin(first: number, last: number, wide: number, arcs: number): number[] {
  const from = Math.floor(first / wide)
  const count = Math.min(arcs, Math.floor(last / wide) - from + 1)
  return Array.from({ length: count }, (_, j) => (((from + j) % arcs) + arcs) % arcs)
}

/** Cells that ψ may move along link i, both directions' travel times together, widened outward. */
function stepsOf({ links }: BandProblem, i: number, z_low: number, z_high: number, cells: number): { least: number; most: number } {
  const { outbound, inbound } = links[i] ?? {}
  if (outbound === undefined || inbound === undefined) throw new Error(`link ${i} has no travel in both directions`)
  const fast = outbound.distance_m / outbound.speed_max_mps + outbound.dwell_min_s + inbound.distance_m / inbound.speed_max_mps + inbound.dwell_min_s
  const slow = outbound.distance_m / outbound.speed_min_mps + outbound.dwell_max_s + inbound.distance_m / inbound.speed_min_mps + inbound.dwell_max_s
  return { least: Math.floor(fast * z_low * cells), most: Math.ceil(slow * z_high * cells) }
}

/** Whether a·b + ā·b̄ <= out·b + back·b̄ for all widths that keep the ratio. */
function covers({ outbound, inbound, inbound_per_outbound: k }: RunBand, out: number, back: number): boolean {
  const [more, moreBack] = [out - outbound + 1e-9, back - inbound + 1e-9]
  if (k === undefined) return more >= 0 && moreBack >= 0
  // The extreme pairs of widths are (1, k) and, of the direction that may be alone, (0, 1) or (1, 0).
  return more + k * moreBack >= 0 && (k >= 1 || moreBack >= 0) && (k <= 1 || more >= 0)
}

function longestPath(problem: BandProblem, sums: readonly Float64Array[], style: LinkBandProblem['style'], { cells, z_low, z_high }: PricedBox): number {
  let value = new Float64Array(cells)
  problem.signals.forEach(({ patterns }, i) => {
    const prices = sums.map((row) => row[i] as number)
    if (i > 0) {
      const { least, most } = stepsOf(problem, i - 1, z_low, z_high, cells)
      value = reached(value, least, most)
    }
    for (let k = 0; k < cells; k++) {
      let most = Number.NEGATIVE_INFINITY
      for (const pattern of patterns) most = Math.max(most, cellWorth(pattern, problem.cycle_s, k / cells, (k + 1) / cells, prices, style))
      value[k] = (value[k] as number) + most
    }
  })
  return value.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
}

/** For each cell the best of the cells from `most` to `least` before it, by maxima over spans of powers of two. */
function reached(value: Float64Array, least: number, most: number): Float64Array<ArrayBuffer> {
  const cells = value.length
  const count = Math.min(cells, most - least + 1)
  let spans = value.slice()
  let length = 1
  while (2 * length <= count) {
    spans = spans.map((worth, k) => Math.max(worth, spans[(k + length) % cells] as number))
    length *= 2
  }
  return value.map((_, k) => {
    const first = (((k - most) % cells) + cells) % cells
    return Math.max(spans[first] as number, spans[(first + count - length) % cells] as number)
  })
}

/** The most that slacks of a pattern are worth with ψ between two angles (cycles). */
function cellWorth(pattern: SignalPattern, circle: number, from: number, to: number, prices: readonly number[], style: LinkBandProblem['style']): number {
  let most = Number.NEGATIVE_INFINITY
  for (const out of pattern.outbound) {
    for (const back of pattern.inbound) {
      const [g, h] = [usable(out, circle), usable(back, circle)]
      if (g <= 0 || h <= 0) continue
      const start = g >= 2 ? 0 : (out.start_s + out.clearance_s) / circle
      const startBack = h >= 2 ? 0 : (back.start_s + back.clearance_s) / circle
      most = Math.max(most, style === 'symmetric' ? symmetricWorth(g, h, start + g / 2 - startBack - h / 2, from, to, prices) : freeWorth(g, h, start - startBack, from, to, prices))
    }
  }
  return most
}

/** Usable share of the cycle; a window without end counts twice the cycle. */
function usable({ length_s, clearance_s }: { length_s: number; clearance_s: number }, circle: number): number {
  return length_s >= circle * (1 - 1e-9) ? 2 : (length_s - clearance_s) / circle
}

/** Corners of {u <= g/2, v <= h/2, u + v <= (g + h)/2 − distance}, widths at most the cycle. */
function symmetricWorth(g: number, h: number, centre: number, from: number, to: number, prices: readonly number[]): number {
  const middle = (from + to) / 2
  const apart = Math.abs(middle - centre - Math.round(middle - centre)) - (to - from) / 2
  const sum = (g + h) / 2 - Math.max(0, apart)
  if (sum < -1e-12) return Number.NEGATIVE_INFINITY
  const [u, v] = [Math.min(g / 2, 0.5), Math.min(h / 2, 0.5)]
  const at = (x: number, y: number): number => (prices[0] as number) * x + (prices[2] as number) * y
  return Math.max(at(Math.min(u, sum), Math.max(0, Math.min(v, sum - u))), at(Math.max(0, Math.min(u, sum - v)), Math.min(v, sum)))
}

/** Corners of {0 <= x <= g, 0 <= y <= h, x − y between two angles}; endless windows also at one cycle from either end. */
function freeWorth(g: number, h: number, origin: number, from: number, to: number, prices: readonly number[]): number {
  let most = Number.NEGATIVE_INFINITY
  const xs = g >= 2 ? [0, 1, g] : [0, g]
  const ys = h >= 2 ? [0, 1, h] : [0, h]
  for (let turn = -4; turn <= 4; turn++) {
    const [low, high] = [from - origin + turn, to - origin + turn]
    const corners = [
      ...xs.flatMap((x) => [...ys, x - low, x - high].map((y) => [x, y] as const)),
      ...ys.flatMap((y) => [y + low, y + high].map((x) => [x, y] as const)),
    ]
    for (const [x, y] of corners) {
      if (x < -1e-12 || x > g + 1e-12 || y < -1e-12 || y > h + 1e-12 || x - y < low - 1e-12 || x - y > high + 1e-12) continue
      const worth = (prices[0] as number) * Math.min(1, x) + (prices[1] as number) * Math.min(1, g - x) + (prices[2] as number) * Math.min(1, y) + (prices[3] as number) * Math.min(1, h - y)
      most = Math.max(most, worth)
    }
  }
  return most
}
