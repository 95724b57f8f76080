/**
 * Rows and columns that MAXBAND and MULTIBAND share: cycle, window pairs, travel times, loops, limits on speed change.
 * All times in cycles. Little 1966; Little, Kelson, Gartner 1981.
 */
import type { ModelBuilder, Term } from '../solver/builder.ts'
import type { Chain } from './chain.ts'
import type { BandProblem } from './problem.ts'

export interface MaxbandOptions {
  /** Range of the cycle (s) if it is free; windows must then count in cycles and the problem's `cycle_s` be 1. */
  readonly cycle_min_s?: number
  readonly cycle_max_s?: number
  /** Largest change of slowness between consecutive links, each direction (s/m); dwell counts as travel. */
  readonly slowness_change?: number
}

/** Fixed z = 1/C, or the column of z. */
export type CycleColumn = number | { readonly column: number }

/** A linear expression: terms and a constant. */
export interface Expression {
  readonly terms: readonly Term[]
  readonly constant: number
}

/** z in its range, or the constant of a fixed cycle. */
export function addCycle(model: ModelBuilder, problem: BandProblem, { cycle_min_s, cycle_max_s }: MaxbandOptions): CycleColumn {
  if (cycle_min_s === undefined || cycle_max_s === undefined) return 1 / problem.cycle_s
  return { column: model.add('z', 1 / cycle_max_s, 1 / cycle_min_s) }
}

/**
 * One binary for each window pair of a signal, exactly one of them 1; none where there is no choice.
 * @throws Error if a signal has no pair.
 */
export function addPairs(model: ModelBuilder, { first, n }: Chain): number[] {
  const pairs: number[] = []
  for (let i = 0; i < n; i++) {
    if (first[i + 1] - first[i] === 0) throw new Error(`signal ${i + 1} has no window that outlasts its clearance`)
    if (first[i + 1] - first[i] === 1) {
      pairs.push(-1)
      continue
    }
    const own: Term[] = []
    for (let k = first[i]; k < first[i + 1]; k++) {
      pairs.push(model.add(`y${i}_${k - first[i]}`, 0, 1, { integer: true }))
      own.push([pairs[k], 1])
    }
    model.row(`one${i}`, 1, own, 1)
  }
  return pairs
}

/** Sum of a column over the chosen pair of signal i, in cycles. */
export function chosen(chain: Chain, pairs: readonly number[], i: number, column: Float64Array): Expression {
  const from = chain.first[i]
  if (pairs[from] < 0) return { terms: [], constant: column[from] / chain.circle }
  const terms: Term[] = []
  for (let k = from; k < chain.first[i + 1]; k++) terms.push([pairs[k], column[k] / chain.circle])
  return { terms, constant: 0 }
}

export function negated(terms: readonly Term[]): Term[] {
  return terms.map(([j, value]) => [j, -value] as const)
}

/** Smallest and largest value of a column at signal i, in cycles. */
export function rangeOf({ first, circle }: Chain, i: number, column: Float64Array): [number, number] {
  const own = column.subarray(first[i], first[i + 1])
  return [Math.min(...own) / circle, Math.max(...own) / circle]
}

/** Travel time in [low z, high z], low and high in seconds. */
export function addTime(model: ModelBuilder, z: CycleColumn, name: string, low_s: number, high_s: number): number {
  if (typeof z === 'number') return model.add(name, low_s * z, high_s * z)
  const time = model.add(name, 0, Number.POSITIVE_INFINITY)
  model.row(`${name}low`, 0, [[time, 1], [z.column, -low_s]], Number.POSITIVE_INFINITY)
  model.row(`${name}high`, Number.NEGATIVE_INFINITY, [[time, 1], [z.column, -high_s]], 0)
  return time
}

/** Columns of a loop row: distances from the window starts by signal, travel times of the link. */
export interface LoopColumns {
  readonly outWait: readonly number[]
  readonly inWait: readonly number[]
  readonly out: number
  readonly back: number
  readonly options: MaxbandOptions
}

/** (w' − w) − (w̄' − w̄) + (s' − s) − (s̄' − s̄) − t − t̄ + m = 0, with m bounded by what the other terms can be. */
export function addLoop(model: ModelBuilder, chain: Chain, pairs: readonly number[], i: number, columns: LoopColumns): number {
  const [least, most] = turnRange(chain, i, columns)
  const turn = model.add(`m${i}`, least, most, { integer: true })
  const terms: Term[] = [
    [columns.outWait[i + 1], 1], [columns.outWait[i], -1], [columns.inWait[i + 1], -1], [columns.inWait[i], 1],
    [columns.out, -1], [columns.back, -1], [turn, 1],
  ]
  let constant = 0
  for (const [signal, column, sign] of [
    [i + 1, chain.outStart, 1], [i, chain.outStart, -1], [i + 1, chain.inStart, -1], [i, chain.inStart, 1],
  ] as const) {
    const part = chosen(chain, pairs, signal, column)
    constant += sign * part.constant
    terms.push(...(sign === 1 ? part.terms : negated(part.terms)))
  }
  model.row(`loop${i}`, -constant, terms, -constant)
  return turn
}

/** Interval arithmetic on the loop row: x lies between the earliest start and the latest end of any window. */
function turnRange(chain: Chain, i: number, { options }: LoopColumns): [number, number] {
  const span = (signal: number, starts: Float64Array, lengths: Float64Array): [number, number] => {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let k = chain.first[signal]; k < chain.first[signal + 1]; k++) {
      low = Math.min(low, starts[k] / chain.circle)
      high = Math.max(high, (starts[k] + lengths[k]) / chain.circle)
    }
    return [low, high]
  }
  const [x0, x1] = span(i, chain.outStart, chain.outLength)
  const [X0, X1] = span(i + 1, chain.outStart, chain.outLength)
  const [y0, y1] = span(i, chain.inStart, chain.inLength)
  const [Y0, Y1] = span(i + 1, chain.inStart, chain.inLength)
  const low = chain.stepLow[i] / (options.cycle_max_s ?? chain.circle)
  const high = chain.stepHigh[i] / (options.cycle_min_s ?? chain.circle)
  return [Math.ceil(low - (X1 - x0) + (Y0 - y1) - 1e-9), Math.floor(high - (X0 - x1) + (Y1 - y0) + 1e-9)]
}

/** d σ⁻ z <= (d / d') t' − t <= d σ⁺ z on consecutive links, in each direction. */
export function addSpeedChange(
  model: ModelBuilder, problem: BandProblem, z: CycleColumn, limit: number, outTime: readonly number[], inTime: readonly number[],
): void {
  for (const [direction, times] of [['outbound', outTime], ['inbound', inTime]] as const) {
    for (let i = 0; i + 1 < times.length; i++) {
      const own = problem.links[i][direction]?.distance_m ?? 0
      const next = problem.links[i + 1][direction]?.distance_m ?? 0
      if (own === 0 || next === 0) continue
      const change: Term[] = [[times[i + 1], own / next], [times[i], -1]]
      const most = own * limit
      const name = `${direction}change${i}`
      if (typeof z === 'number') {
        model.row(name, -most * z, change, most * z)
      } else {
        model.row(`${name}slower`, Number.NEGATIVE_INFINITY, [...change, [z.column, -most]], 0)
        model.row(`${name}faster`, 0, [...change, [z.column, most]], Number.POSITIVE_INFINITY)
      }
    }
  }
}
