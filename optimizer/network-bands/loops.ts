/**
 * What the arteries' sum does not see, the loops between them, as a mixed-integer model over a box of cycles: MAXBAND's
 * rows (Little, Kelson, Gartner 1981) for each artery, one offset a signal, and a whole number of cycles around every loop.
 * A claim makes it small: a plan that is worth more than the claim leaves each artery little below what it reaches alone,
 * so most of its window pairs and turns are out of the question before the model is built.
 */
import { chainOf, widestWindow } from '../bands/chain.ts'
import { listCorners } from '../bands/division.ts'
import type { Window } from '../bands/problem.ts'
import { addLoop, addPairs, addTime, chosen, negated, rangeOf } from '../bands/milp-rows.ts'
import { Reach } from '../bands/reach.ts'
import { divisionOf, reachesTwoWay } from '../bands/widest.ts'
import { ModelBuilder, type Term } from '../solver/builder.ts'
import type { Model } from '../solver/solver.ts'
import { listArteryReaches, sumOf } from './bound.ts'
import { type Artery, arteryProblem, type CycleBoxBound, type NetworkBandProblem, type NodePattern } from './problem.ts'

/** The least that each artery must be worth if the sum exceeds the claim. */
function floorsOf({ arteries }: CycleBoxBound, claim: number): number[] {
  const spare = sumOf(arteries) - claim
  return arteries.map((bound) => bound - spare)
}

/**
 * A model whose optimum is that of the network over the box wherever the network reaches more than the claim; infeasible
 * where it does not. `impossible` if the arteries alone rule the claim out; undefined for arteries with bands or greens in one
 * direction only. Windows in cycles.
 */
export function loopsModel(problem: NetworkBandProblem, box: CycleBoxBound, claim: number): Model | 'impossible' | undefined {
  const floors = floorsOf(box, claim)
  const reaches = listArteryReaches(problem)
  if (reaches.some(({ chain }) => chain === undefined) || !greensBothWays(problem)) return undefined
  const narrowed = narrow(problem, box, floors)
  return narrowed === undefined ? 'impossible' : build(narrowed, box, floors, claim)
}

function greensBothWays({ nodes }: NetworkBandProblem): boolean {
  const green = (windows: readonly Window[]): boolean => windows.some(({ length_s, clearance_s }) => length_s > clearance_s)
  return nodes.every(({ patterns }) => patterns.every(({ windows }) => windows.every(({ outbound, inbound }) => green(outbound) && green(inbound))))
}

/** Patterns that no artery through the signal rules out; undefined if a signal keeps none. */
function narrow(problem: NetworkBandProblem, { cycle_min_s, cycle_max_s }: CycleBoxBound, floors: readonly number[]): NetworkBandProblem | undefined {
  let { nodes } = problem
  problem.arteries.forEach((artery, a) => {
    const own = arteryProblem({ ...problem, nodes }, artery)
    const division = divisionOf(own)
    const carries = (signals: typeof own.signals): boolean => {
      const restricted = { ...own, signals }
      const oneWay = Math.max(artery.weights.outbound * widestWindow(restricted, 'outbound'), artery.weights.inbound * widestWindow(restricted, 'inbound'))
      if (oneWay >= floors[a]) return true
      const chain = chainOf(restricted)
      return reachesTwoWay(new Reach(chain), listCorners(chain, division), floors[a], chain.stepLow.map((time) => time / cycle_max_s), chain.stepHigh.map((time) => time / cycle_min_s))
    }
    const kept = new Map(own.signals.map((signal, i) => {
      const known = new Map<string, boolean>()
      const allowed = signal.patterns.map((pattern) => {
        const key = JSON.stringify([pattern.outbound, pattern.inbound])
        const may = known.get(key) ?? carries(own.signals.with(i, { ...signal, patterns: [pattern] }))
        known.set(key, may)
        return may
      })
      return [signal.id, allowed] as const
    }))
    nodes = nodes.map((node) => {
      const allowed = kept.get(node.id)
      return allowed === undefined ? node : { ...node, patterns: node.patterns.filter((_, p) => allowed[p]) }
    })
  })
  return nodes.some(({ patterns }) => patterns.length === 0) ? undefined : { ...problem, nodes }
}

/** Patterns of a signal that are the same to an artery, as one; `of` tells for each pattern which. */
function classesOf(patterns: readonly NodePattern[], artery: string): { first: number[]; of: number[] } {
  const keys = patterns.map(({ windows }) => JSON.stringify(windows.find((own) => own.artery === artery)))
  const first = keys.flatMap((key, p) => (keys.indexOf(key) === p ? [p] : []))
  return { first, of: keys.map((key) => first.findIndex((p) => keys[p] === key)) }
}

function build(problem: NetworkBandProblem, { cycle_min_s, cycle_max_s }: CycleBoxBound, floors: readonly number[], claim: number): Model {
  const model = new ModelBuilder()
  const options = { cycle_min_s, cycle_max_s }
  const z = { column: model.add('z', 1 / cycle_max_s, 1 / cycle_min_s) }
  const index = new Map(problem.nodes.map(({ id }, v) => [id, v]))
  // Whole once every artery's choice is: what a signal shows is a mixture of patterns that are the same to all of them.
  const patterns = problem.nodes.map(({ patterns: own }, v) => (own.length === 1 ? [] : own.map((_, p) => model.add(`p${v}_${p}`, 0, 1))))
  patterns.forEach((own, v) => { if (own.length > 0) model.row(`one${v}`, 1, own.map((y): Term => [y, 1]), 1) })
  const offsets = problem.nodes.map((_, v) => model.add(`o${v}`, v === 0 ? 0 : Number.NEGATIVE_INFINITY, v === 0 ? 0 : Number.POSITIVE_INFINITY))
  const joined = new Union(problem.nodes.length)
  const objective: Term[] = []
  const addArtery = (artery: Artery, a: number): void => {
    const full = arteryProblem(problem, artery)
    const classes = artery.nodes.map((id) => classesOf(problem.nodes[index.get(id)!].patterns, artery.id))
    const chain = chainOf({ ...full, signals: full.signals.map((signal, i) => ({ ...signal, patterns: classes[i].first.map((p) => signal.patterns[p]) })) })
    const pairs = addPairs(model, chain)
    const places = artery.nodes.map((id) => index.get(id)!)
    places.forEach((v, i) => {
      // A class's pairs are chosen as often as its patterns are.
      if (classes[i].first.length === 1 && chain.first[i + 1] - chain.first[i] === 1) return
      classes[i].first.forEach((_, c) => {
        const own: Term[] = []
        for (let k = chain.first[i]; k < chain.first[i + 1]; k++) if (chain.pattern[k] === c && pairs[k] >= 0) own.push([pairs[k], 1])
        if (patterns[v].length === 0) return
        model.row(`class${a}_${i}_${c}`, 0, [...own, ...patterns[v].flatMap((y, p): Term[] => (classes[i].of[p] === c ? [[y, -1]] : []))], 0)
      })
    })
    const width = (name: string, lengths: Float64Array, weight: number): number => {
      const most = Math.min(1, ...places.map((_, i) => rangeOf(chain, i, lengths)[1]))
      const band = model.add(`${name}${a}`, 0, most, { objective: weight })
      objective.push([band, weight])
      return band
    }
    const out = width('b', chain.outLength, artery.weights.outbound)
    const back = width('c', chain.inLength, artery.weights.inbound)
    model.row(`floor${a}`, floors[a], [[out, artery.weights.outbound], [back, artery.weights.inbound]], Number.POSITIVE_INFINITY)
    // A direction that is left out waits anywhere in the cycle, and its band is 0.
    const leftOut = (name: string, band: number, other: number): number | undefined => {
      if (other < floors[a]) return undefined
      const column = model.add(`${name}${a}`, 0, 1, { integer: true })
      model.row(`${name}none${a}`, Number.NEGATIVE_INFINITY, [[band, 1], [column, 1]], 1)
      return column
    }
    const noOut = leftOut('noOut', out, artery.weights.inbound * widestWindow(full, 'inbound'))
    const noBack = leftOut('noBack', back, artery.weights.outbound * widestWindow(full, 'outbound'))
    const wait = (i: number, name: string, band: number, lengths: Float64Array, left: number | undefined): number => {
      const longest = rangeOf(chain, i, lengths)[1]
      const column = model.add(`${name}${a}_${i}`, 0, left === undefined ? longest : Math.max(1, longest))
      const { terms, constant } = chosen(chain, pairs, i, lengths)
      model.row(`${name}fit${a}_${i}`, Number.NEGATIVE_INFINITY, [[column, 1], [band, 1], ...negated(terms), ...(left === undefined ? [] : [[left, -1] as const])], constant)
      return column
    }
    const outWait = places.map((_, i) => wait(i, 'w', out, chain.outLength, noOut))
    const inWait = places.map((_, i) => wait(i, 'v', back, chain.inLength, noBack))
    const anywhere = (lengths: Float64Array, left: number | undefined): Float64Array => (left === undefined ? lengths : lengths.map((length) => Math.max(1, length)))
    const loose = { ...chain, outLength: anywhere(chain.outLength, noOut), inLength: anywhere(chain.inLength, noBack) }
    for (let i = 0; i + 1 < chain.n; i++) {
      const outTime = addTime(model, z, `t${a}_${i}`, chain.outLow[i], chain.outHigh[i])
      const inTime = addTime(model, z, `u${a}_${i}`, chain.stepLow[i] - chain.outLow[i], chain.stepHigh[i] - chain.outHigh[i])
      addLoop(model, loose, pairs, i, { outWait, inWait, out: outTime, back: inTime, options })
      // Offset difference: the band starts o + s + w at one signal and t later at the next.
      const [here, next] = [chosen(chain, pairs, i, chain.outStart), chosen(chain, pairs, i + 1, chain.outStart)]
      const terms: Term[] = [
        [offsets[places[i + 1]], 1], [offsets[places[i]], -1], [outTime, -1], [outWait[i + 1], 1], [outWait[i], -1], ...next.terms, ...negated(here.terms),
      ]
      if (!joined.join(places[i], places[i + 1])) terms.push([model.add(`n${a}_${i}`, -TURNS, TURNS, { integer: true }), 1])
      const constant = here.constant - next.constant
      model.row(`offset${a}_${i}`, constant, terms, constant)
    }
  }
  problem.arteries.forEach(addArtery)
  model.row('claim', claim, objective, Number.POSITIVE_INFINITY)
  return model.build()
}

/** More cycles than this are not around any loop: a link's offset lies within a few cycles of its travel. */
const TURNS = 1000

class Union {
  private readonly parent: Int32Array

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, v) => v)
  }

  private rootOf(v: number): number {
    let root = v
    while (this.parent[root] !== root) root = this.parent[root]
    return root
  }

  /** False if they were joined already: the link closes a loop. */
  join(a: number, b: number): boolean {
    const [first, second] = [this.rootOf(a), this.rootOf(b)]
    this.parent[second] = first
    return first !== second
  }
}
