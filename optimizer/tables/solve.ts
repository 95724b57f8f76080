/** Offsets on tables with a certified bound: exact elimination, then search and loop bound in turns until they meet. */
import { modulo } from '../../model/units.ts'
import { gapShare } from '../certified.ts'
import { createCircle, mirror } from './convolve.ts'
import { eliminate, restore, type Step } from './eliminate.ts'
import { costOf, surroundingsOf, type Surroundings } from './field.ts'
import { LowerBound } from './lower-bound.ts'
import { listPairs, type Pairs } from './pairs.ts'
import type { OffsetAnswer, OffsetCertificate, OffsetLoop, OffsetOptions, OffsetTables } from './problem.ts'
import { OffsetSearch } from './search.ts'

const DEFAULT_ROUNDS = 40
const DEFAULT_TOLERANCE = 1e-6
/** Attempts of the search in a round: about as long as the bound takes. */
const SHAKES_PER_PAIR = 0.2
const SHAKES_PER_WORK = 0.003

/**
 * Minimises the sum of the tables. The answer holds the offsets, their cost and a bound with the certificate that
 * `checkOffsets` adds up. Throws `input.value` for tables that are no tables. The same input and effort give the same answer.
 */
export function solveOffsets(tables: OffsetTables, options: OffsetOptions = {}): OffsetAnswer {
  const pairs = listPairs(tables)
  const circle = createCircle(pairs.cycle)
  const core = eliminate(circle, pairs)
  const field = surroundingsOf(pairs.cycle, pairs.nodes, core.pairs)
  const whole = surroundingsOf(pairs.cycle, pairs.nodes, pairs.pairs)
  const lower = new LowerBound(circle, pairs.nodes, core.pairs, orderOfSweep(field))
  const search = new OffsetSearch(field, options.seed ?? 1)
  const outside = pairs.constant + lastingCosts(core.steps)
  const starts = (options.starts ?? []).map((start) => relativeStart(tables, pairs, start))
  for (const start of starts) search.tryStart(start)
  search.tryStart(new Int32Array(pairs.nodes))
  const tolerance = options.tolerance ?? DEFAULT_TOLERANCE
  const rounds = options.rounds ?? (options.goOn ? Infinity : DEFAULT_ROUNDS)
  const goOn = options.goOn ?? ((): boolean => true)
  const isClosed = (): boolean => search.value - lower.bound <= tolerance * Math.abs(search.value + outside)
  for (let round = 0; !isClosed() && round < rounds && goOn(); round++) {
    lower.raise(search.value - lower.bound, goOn)
    search.tryStart(search.follow(lower.marginals, breadthFirst(field, round)))
    const shakes = SHAKES_PER_PAIR * core.pairs.length + SHAKES_PER_WORK * lower.work
    for (let k = 0; k < shakes && goOn(); k++) search.shake()
  }
  const offsets = search.best.slice()
  restore(pairs.cycle, core.steps, offsets)
  const best = [offsets, ...starts].reduce((a, b) => (costOf(whole, b) < costOf(whole, a) ? b : a))
  const { loops, regions } = lower.certificate()
  const certificate: OffsetCertificate = { loops: [...triangles(core.steps), ...loops], ...(regions === undefined ? {} : { regions }) }
  const value = pairs.constant + costOf(whole, best)
  return answerOf(placed(tables, pairs, best), value, Math.min(value, outside + lower.bound), tolerance, certificate)
}

function answerOf(offsets_s: Int32Array, value: number, bound: number, tolerance: number, certificate: OffsetCertificate): OffsetAnswer {
  const gap = value - bound
  const proven = gap <= tolerance * Math.abs(value)
  return { offsets_s, value, bound, gap, gap_share: gapShare(gap, bound), proven, stopped: proven ? 'proven' : 'effort', certificate }
}

/** Signals as they are reached from one of them, in each part of the network from its first. */
function breadthFirst({ members, around }: Surroundings, start: number): number[] {
  const seen = new Set<number>()
  const nodes: number[] = []
  // The golden section spreads starts evenly, however many there are.
  const first = members[Math.floor(((start * 0.618034) % 1) * members.length)]
  for (const root of first === undefined ? members : [first, ...members]) {
    if (seen.has(root)) continue
    seen.add(root)
    nodes.push(root)
    for (let k = nodes.length - 1; k < nodes.length; k++) {
      for (const { node } of around[nodes[k]!]!) {
        if (!seen.has(node)) nodes.push(node)
        seen.add(node)
      }
    }
  }
  return nodes
}

/** Pairs by their later signal in breadth. */
function orderOfSweep(field: Surroundings): number[] {
  const place = new Map(breadthFirst(field, 0).map((node, k) => [node, k]))
  const later = field.pairs.map(({ u, v }) => Math.max(place.get(u)!, place.get(v)!))
  const earlier = field.pairs.map(({ u, v }) => Math.min(place.get(u)!, place.get(v)!))
  return [...field.pairs.keys()].sort((a, b) => later[a]! - later[b]! || earlier[a]! - earlier[b]!)
}

/** Signals with one neighbour always reach the least of their table; with two, the joint table carries all. */
const lastingCosts = (steps: readonly Step[]): number => steps.reduce((sum, { joint, tables }) => (joint ? sum : sum + Math.min(...tables[0]!)), 0)

/** A signal that left between two neighbours is a loop that costs 0: what its tables cost, the joint table has lent. */
function triangles(steps: readonly Step[]): OffsetLoop[] {
  const loops: OffsetLoop[] = []
  for (const { node, neighbours, tables, joint } of steps) {
    if (!joint) continue
    const C = joint.length
    const back = mirror(joint, new Float64Array(C)).map((x) => -x)
    loops.push({ nodes: [neighbours[0]!, node, neighbours[1]!], parts: [tables[0]!, mirror(tables[1]!, new Float64Array(C)), back] })
  }
  return loops
}

/** Fixed signals turned back by their offsets, so that all of them are the anchor. */
function relativeStart({ fixed, nodes }: OffsetTables, { cycle, anchor }: Pairs, start: readonly number[]): Int32Array {
  const turn = anchor < 0 ? 0 : (start[anchor] ?? 0) - fixed!.get(anchor)!
  return Int32Array.from({ length: nodes }, (_, node) => (fixed?.has(node) ? 0 : modulo(Math.round(start[node] ?? 0) - turn, cycle)))
}

/** Offsets of all signals: the anchor at 0, fixed signals where they are. */
function placed({ fixed }: OffsetTables, { cycle, anchor }: Pairs, offsets: Int32Array): Int32Array {
  const turn = anchor < 0 ? 0 : offsets[anchor]!
  return offsets.map((θ, node) => modulo(fixed?.get(node) ?? θ - turn, cycle))
}
