/**
 * MAXBAND as a mixed-integer model, in cycles: windows start s + w, the loop row over both directions in the preferred
 * form of the optimizer reference, section 3.1, clearance inside the windows (w >= τ), patterns as binaries.
 * Serves what ring-reach does not cover (limits on speed change) and cross-checks what it does.
 */
import { ModelBuilder, type Term } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import { type Chain, chainOf } from './chain.ts'
import { listThresholds } from './division.ts'
import type { BandProblem } from './problem.ts'

export interface MaxbandOptions {
  /** Range of the cycle (s) if it is free; windows must then count in cycles and the problem's `cycle_s` be 1. */
  readonly cycle_min_s?: number
  readonly cycle_max_s?: number
  /** Largest change of slowness between consecutive links, each direction (s/m); dwell counts as travel. */
  readonly slowness_change?: number
}

/** Columns of the unknowns, so that an answer can be read back and a start be written. */
export interface MaxbandLayout {
  readonly model: Model
  readonly chain: Chain
  /** Fixed z, or the column of z. */
  readonly z: number | { readonly column: number }
  readonly outbound: number
  readonly inbound: number
  /** w and w̄ by signal. */
  readonly outWait: readonly number[]
  readonly inWait: readonly number[]
  /** Column of each window pair of the chain, or -1 where a signal has only one. */
  readonly pairs: readonly number[]
  /** t and t̄ by link (cycles), and m. */
  readonly outTime: readonly number[]
  readonly inTime: readonly number[]
  readonly turns: readonly number[]
}

/** A linear expression: terms and a constant. */
interface Expression {
  readonly terms: readonly Term[]
  readonly constant: number
}

/** The model of a two-way problem that has passed `assertBandProblem`. Objective in cycles, as `certificate.value_s` / C. */
export function maxbandModel(problem: BandProblem, options: MaxbandOptions = {}): MaxbandLayout {
  const chain = chainOf(problem)
  const model = new ModelBuilder()
  const z = addCycle(model, problem, options)
  const [outbound, inbound] = addBands(model, problem, chain)
  const pairs = addPairs(model, chain)
  const outWait: number[] = []
  const inWait: number[] = []
  for (let i = 0; i < chain.n; i++) {
    outWait.push(addWait(model, chain, pairs, i, 'w', outbound, chain.outLength))
    inWait.push(addWait(model, chain, pairs, i, 'v', inbound, chain.inLength))
  }
  const outTime: number[] = []
  const inTime: number[] = []
  const turns: number[] = []
  for (let i = 0; i + 1 < chain.n; i++) {
    outTime.push(addTime(model, z, `t${i}`, chain.outLow[i], chain.outHigh[i]))
    inTime.push(addTime(model, z, `u${i}`, chain.stepLow[i] - chain.outLow[i], chain.stepHigh[i] - chain.outHigh[i]))
    turns.push(addLoop(model, chain, pairs, i, { outWait, inWait, out: outTime[i], back: inTime[i], z, options }))
  }
  if (options.slowness_change !== undefined) addSpeedChange(model, problem, z, options.slowness_change, outTime, inTime)
  return { model: model.build(), chain, z, outbound, inbound, outWait, inWait, pairs, outTime, inTime, turns }
}

function addCycle(model: ModelBuilder, problem: BandProblem, { cycle_min_s, cycle_max_s }: MaxbandOptions): MaxbandLayout['z'] {
  if (cycle_min_s === undefined || cycle_max_s === undefined) return 1 / problem.cycle_s
  return { column: model.add('z', 1 / cycle_max_s, 1 / cycle_min_s) }
}

/** Bands in cycles, capped by the shortest of the longest windows, which the relaxation does not see. */
function addBands(model: ModelBuilder, { division }: BandProblem, chain: Chain): [number, number] {
  const weighted = division.kind === 'weighted'
  const [outCap] = listThresholds(chain, chain.outLength)
  const [inCap] = listThresholds(chain, chain.inLength)
  const outbound = model.add('b', 0, outCap / chain.circle, { objective: weighted ? division.outbound : 1 })
  const inbound = model.add('c', 0, inCap / chain.circle, { objective: weighted ? division.inbound : 1 })
  if (!weighted) model.row('ratio', 0, [[inbound, 1], [outbound, -division.inbound_per_outbound]], 0)
  return [outbound, inbound]
}

function addPairs(model: ModelBuilder, { first, n }: Chain): number[] {
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
function chosen(chain: Chain, pairs: readonly number[], i: number, column: Float64Array): Expression {
  const from = chain.first[i]
  if (pairs[from] < 0) return { terms: [], constant: column[from] / chain.circle }
  const terms: Term[] = []
  for (let k = from; k < chain.first[i + 1]; k++) terms.push([pairs[k], column[k] / chain.circle])
  return { terms, constant: 0 }
}

function negated(terms: readonly Term[]): Term[] {
  return terms.map(([j, value]) => [j, -value] as const)
}

/** w >= 0 and w + b <= length of the chosen window. */
function addWait(
  model: ModelBuilder, chain: Chain, pairs: readonly number[], i: number, name: string, band: number, lengths: Float64Array,
): number {
  const [, longest] = rangeOf(chain, i, lengths)
  const wait = model.add(`${name}${i}`, 0, longest)
  const { terms, constant } = chosen(chain, pairs, i, lengths)
  model.row(`${name}fit${i}`, Number.NEGATIVE_INFINITY, [[wait, 1], [band, 1], ...negated(terms)], constant)
  return wait
}

/** Smallest and largest value of a column at signal i, in cycles. */
function rangeOf({ first, circle }: Chain, i: number, column: Float64Array): [number, number] {
  const own = column.subarray(first[i], first[i + 1])
  return [Math.min(...own) / circle, Math.max(...own) / circle]
}

function addTime(model: ModelBuilder, z: MaxbandLayout['z'], name: string, low_s: number, high_s: number): number {
  if (typeof z === 'number') return model.add(name, low_s * z, high_s * z)
  const time = model.add(name, 0, Number.POSITIVE_INFINITY)
  model.row(`${name}low`, 0, [[time, 1], [z.column, -low_s]], Number.POSITIVE_INFINITY)
  model.row(`${name}high`, Number.NEGATIVE_INFINITY, [[time, 1], [z.column, -high_s]], 0)
  return time
}

interface LoopColumns {
  readonly outWait: readonly number[]
  readonly inWait: readonly number[]
  readonly out: number
  readonly back: number
  readonly z: MaxbandLayout['z']
  readonly options: MaxbandOptions
}

/** (w' − w) − (w̄' − w̄) + (s' − s) − (s̄' − s̄) − t − t̄ + m = 0, with m bounded by what the other terms can be. */
function addLoop(model: ModelBuilder, chain: Chain, pairs: readonly number[], i: number, columns: LoopColumns): number {
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
function addSpeedChange(
  model: ModelBuilder, problem: BandProblem, z: MaxbandLayout['z'], limit: number, outTime: readonly number[], inTime: readonly number[],
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
