/**
 * The network as a mixed-integer model with the cycle free, for general solvers beside ours (benches, cross-checks):
 * MAXBAND's window and travel rows (Little, Kelson, Gartner 1981) for each artery and direction, one offset a signal, whole
 * turns as integers. Windows in cycles. Every direction keeps a thread of no width; ours may leave one out.
 */
import { ModelBuilder, type Term } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import type { NetworkSetting } from './field.ts'
import { type Lane, lanesOf } from './lanes.ts'
import type { NetworkBandProblem } from './problem.ts'

export interface NetworkLayout {
  readonly model: Model
  readonly z: number
  readonly offsets: readonly number[]
  /** Column of each node's patterns. */
  readonly patterns: readonly (readonly number[])[]
}

/** @throws Error if a pattern has more or fewer than one window in a direction. */
export function networkModel(problem: NetworkBandProblem, range: { cycle_min_s: number; cycle_max_s: number }): NetworkLayout {
  const model = new ModelBuilder()
  const z = model.add('z', 1 / range.cycle_max_s, 1 / range.cycle_min_s)
  const offsets = problem.nodes.map((_, v) => model.add(`o${v}`, 0, v === 0 ? 0 : 1))
  const patterns = problem.nodes.map((node, v) => node.patterns.map((_, p) => model.add(`y${v}_${p}`, 0, 1, { integer: true })))
  patterns.forEach((own, v) => model.row(`one${v}`, 1, own.map((y): Term => [y, 1]), 1))
  lanesOf(problem).forEach((lane, l) => addLane(model, lane, l, z, range, offsets, patterns))
  return { model: model.build(), z, offsets, patterns }
}

function addLane(
  model: ModelBuilder, { road, nodes, windows, weight }: Lane, l: number, z: number,
  range: { cycle_min_s: number; cycle_max_s: number }, offsets: readonly number[], patterns: readonly (readonly number[])[],
): void {
  const width = model.add(`b${l}`, 0, 1, { objective: weight })
  let [least, most] = [0, 1]
  let previous = -1
  nodes.forEach((v, k) => {
    if (windows[k].some((list) => list.length !== 2)) throw new Error(`lane ${l}, signal ${v}: the model needs one window a pattern`)
    if (k > 0) {
      const [low, high] = [road.low[k - 1], road.high[k - 1]]
      least += Math.min(low / range.cycle_min_s, low / range.cycle_max_s)
      most += Math.max(high / range.cycle_min_s, high / range.cycle_max_s)
    }
    const x = model.add(`x${l}_${k}`, least, most)
    if (k > 0) {
      model.row(`low${l}_${k}`, 0, [[x, 1], [previous, -1], [z, -road.low[k - 1]]], Number.POSITIVE_INFINITY)
      model.row(`high${l}_${k}`, Number.NEGATIVE_INFINITY, [[x, 1], [previous, -1], [z, -road.high[k - 1]]], 0)
    }
    previous = x
    const starts = windows[k].map(([start]) => start)
    const ends = windows[k].map(([start, length]) => start + length)
    const turn = model.add(`m${l}_${k}`, Math.ceil(Math.min(...starts) - most), Math.floor(1 + Math.max(...ends) - least), { integer: true })
    const less = (values: readonly number[]): Term[] => values.map((value, p): Term => [patterns[v][p], -value])
    model.row(`s${l}_${k}`, 0, [[x, 1], [turn, 1], [offsets[v], -1], ...less(starts)], Number.POSITIVE_INFINITY)
    model.row(`e${l}_${k}`, Number.NEGATIVE_INFINITY, [[x, 1], [turn, 1], [width, 1], [offsets[v], -1], ...less(ends)], 0)
  })
}

/** Cycle and setting (offsets in seconds) of a solver's values. */
export function settingOfAnswer(layout: NetworkLayout, values: readonly number[]): { cycle_s: number; setting: NetworkSetting } {
  const cycle_s = 1 / values[layout.z]
  const offsets = Float64Array.from(layout.offsets, (j) => (values[j] % 1) * cycle_s)
  const patterns = Int32Array.from(layout.patterns, (own) => own.reduce((best, j, p) => (values[j] > values[own[best]] ? p : best), 0))
  return { cycle_s, setting: { offsets, patterns } }
}
