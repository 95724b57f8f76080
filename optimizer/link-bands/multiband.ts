/**
 * MULTIBAND (Gartner, Assman, Lasaga, Hou 1991) as a mixed-integer model, in cycles: a band of its own on every link,
 * symmetric about one centre line that runs through all signals. The loop row is that of MAXBAND (milp.ts), clearance
 * inside the windows, patterns as binaries.
 */
import { modulo } from '../../model/units.ts'
import { ModelBuilder, type Term } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import { type Chain, chainOf } from '../bands/chain.ts'
import { addCycle, addLoop, addPairs, addSpeedChange, addTime, chosen, type CycleColumn, type MaxbandOptions, negated, rangeOf } from '../bands/milp-rows.ts'
import type { BandProblem } from '../bands/problem.ts'
import type { LinkBandPlan } from './problem.ts'
import type { LinkWeight } from './weights.ts'

export interface MultibandLayout {
  readonly model: Model
  readonly chain: Chain
  readonly z: CycleColumn
  /** Bands by link. */
  readonly outbound: readonly number[]
  readonly inbound: readonly number[]
  /** Window start to centre line, by signal. */
  readonly outLine: readonly number[]
  readonly inLine: readonly number[]
  readonly pairs: readonly number[]
  readonly outTime: readonly number[]
  readonly inTime: readonly number[]
}

/** Objective: mean over links of the weighted bands (cycles). The problem must be two-way and well formed. */
export function multibandModel(problem: BandProblem, weights: readonly LinkWeight[], options: MaxbandOptions = {}): MultibandLayout {
  if (weights.length !== problem.links.length) throw new Error(`${problem.links.length} links need as many weights, got ${weights.length}`)
  const chain = chainOf(problem)
  const model = new ModelBuilder()
  const z = addCycle(model, problem, options)
  const pairs = addPairs(model, chain)
  const outLine: number[] = []
  const inLine: number[] = []
  for (let i = 0; i < chain.n; i++) {
    outLine.push(model.add(`w${i}`, 0, rangeOf(chain, i, chain.outLength)[1]))
    inLine.push(model.add(`v${i}`, 0, rangeOf(chain, i, chain.inLength)[1]))
  }
  const outbound: number[] = []
  const inbound: number[] = []
  const outTime: number[] = []
  const inTime: number[] = []
  for (let i = 0; i + 1 < chain.n; i++) {
    const share = 1 / (chain.n - 1)
    outbound.push(addBand(model, chain, pairs, i, `b${i}`, outLine, chain.outLength, weights[i].outbound * share))
    inbound.push(addBand(model, chain, pairs, i, `c${i}`, inLine, chain.inLength, weights[i].inbound * share))
    addRatio(model, i, outbound[i], inbound[i], weights[i].inbound_per_outbound)
    outTime.push(addTime(model, z, `t${i}`, chain.outLow[i], chain.outHigh[i]))
    inTime.push(addTime(model, z, `u${i}`, chain.stepLow[i] - chain.outLow[i], chain.stepHigh[i] - chain.outHigh[i]))
    addLoop(model, chain, pairs, i, { outWait: outLine, inWait: inLine, out: outTime[i], back: inTime[i], options })
  }
  if (options.slowness_change !== undefined) addSpeedChange(model, problem, z, options.slowness_change, outTime, inTime)
  return { model: model.build(), chain, z, outbound, inbound, outLine, inLine, pairs, outTime, inTime }
}

/** b/2 <= w and w + b/2 <= window length at both ends of the link. */
function addBand(
  model: ModelBuilder, chain: Chain, pairs: readonly number[], i: number, name: string, line: readonly number[],
  lengths: Float64Array, objective: number,
): number {
  const longest = Math.min(rangeOf(chain, i, lengths)[1], rangeOf(chain, i + 1, lengths)[1], 1)
  const band = model.add(name, 0, longest, { objective })
  for (const end of [i, i + 1]) {
    const { terms, constant } = chosen(chain, pairs, end, lengths)
    model.row(`${name}head${end}`, 0, [[line[end], 1], [band, -0.5]], Number.POSITIVE_INFINITY)
    model.row(`${name}tail${end}`, Number.NEGATIVE_INFINITY, [[line[end], 1], [band, 0.5], ...negated(terms)], constant)
  }
  return band
}

/** (1 − k) b̄ >= (1 − k) k b: the lighter direction gets at least its share. */
function addRatio(model: ModelBuilder, i: number, outbound: number, inbound: number, k: number | undefined): void {
  if (k === undefined) return
  const terms: Term[] = [[inbound, 1], [outbound, -k]]
  const [low, high] = k < 1 ? [0, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, 0]
  model.row(`ratio${i}`, k === 1 ? 0 : low, terms, k === 1 ? 0 : high)
}

/** Reads an answer's columns; offset 0 puts local 0 of the first signal at master time 0. */
export function readMultiband(problem: BandProblem, layout: MultibandLayout, values: readonly number[]): LinkBandPlan {
  const { chain, z } = layout
  const cycle_s = 1 / (typeof z === 'number' ? z : values[z.column])
  const seconds = (columns: readonly number[]): number[] => columns.map((column) => values[column] * cycle_s)
  const pairs = Array.from({ length: chain.n }, (_, i) => {
    const own = layout.pairs.slice(chain.first[i], chain.first[i + 1])
    return chain.first[i] + Math.max(0, own.findIndex((column) => column >= 0 && values[column] > 0.5))
  })
  const scale = cycle_s / chain.circle
  const outLocal = pairs.map((k, i) => chain.outStart[k] * scale + values[layout.outLine[i]] * cycle_s)
  const outTimes = seconds(layout.outTime)
  let line = outLocal[0]
  const offsets_s = outLocal.map((local, i) => {
    if (i > 0) line += outTimes[i - 1]
    return modulo(line - local, cycle_s)
  })
  return {
    cycle_s,
    patterns: pairs.map((k, i) => problem.signals[i].patterns[chain.pattern[k]].id),
    offsets_s,
    travel_times_s: { outbound: outTimes, inbound: seconds(layout.inTime) },
    lines_s: { outbound: outLocal[0], inbound: chain.inStart[pairs[0]] * scale + values[layout.inLine[0]] * cycle_s },
    bands_s: { outbound: seconds(layout.outbound), inbound: seconds(layout.inbound) },
  }
}
