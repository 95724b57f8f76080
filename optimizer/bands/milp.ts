/**
 * MAXBAND (Little, Kelson, Gartner 1981) as a mixed-integer model, in cycles: windows start s + w, one loop row a link over
 * both directions, clearance inside the windows (w >= τ), patterns as binaries.
 * Serves what ring-reach does not cover (limits on speed change) and cross-checks what it does.
 */
import { ModelBuilder } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import { type Chain, chainOf } from './chain.ts'
import { listThresholds } from './division.ts'
import { addCycle, addLoop, addPairs, addSpeedChange, addTime, chosen, type CycleColumn, type MaxbandOptions, negated, rangeOf } from './milp-rows.ts'
import type { BandProblem } from './problem.ts'

/** Columns of the unknowns, so that an answer can be read back and a start be written. */
export interface MaxbandLayout {
  readonly model: Model
  readonly chain: Chain
  readonly z: CycleColumn
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
    turns.push(addLoop(model, chain, pairs, i, { outWait, inWait, out: outTime[i], back: inTime[i], options }))
  }
  if (options.slowness_change !== undefined) addSpeedChange(model, problem, z, options.slowness_change, outTime, inTime)
  return { model: model.build(), chain, z, outbound, inbound, outWait, inWait, pairs, outTime, inTime, turns }
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

export type { MaxbandOptions }
