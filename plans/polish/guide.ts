// Which small changes promise something? The platoons of the network model say so before anything is simulated. What the
// model calls good is only tried; the simulation judges.
import { compileSignal } from '../../model/compile.ts'
import type { MovementId } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { areasAsTheyRun, NetworkModel, type NetworkState, type PlatoonDispersion } from '../../optimizer/network/index.ts'
import { moved, type Move, offsetMoves, type Patterns, signalMoves } from './moves.ts'

export interface Prospect {
  move: Move
  /** Change of the vehicles that wait on average in the model, stops at their weight; below 0 is better. */
  change: number
}

export interface GuideInput {
  graph: RoadGraph
  /** What runs in the street: its orders of phases are allowed whatever they trap. */
  running: Patterns
  /** Those that may change. */
  patterns: readonly Pattern[]
  /** veh/h; a movement that is absent has no demand. */
  volumes: ReadonlyMap<MovementId, number>
  stop_weight_s: number
  /** Of platoons, where it is not that of corridors. */
  dispersion?: PlatoonDispersion
  /** Rows of signals in order of travel; the ends of a row may turn together. */
  rows: readonly (readonly SignalId[])[]
  /** Signals that keep time with nobody. */
  free: ReadonlySet<SignalId>
}

/** Signals whose changes are looked at in one round; in large networks those where most wait. */
const MOST_SIGNALS = 40

/** Sweeps of the descent that makes one candidate of many moves. */
const SWEEPS = 3

/** Below this (vehicles) a change of the model is none. */
const SAME = 1e-6

export class Guide {
  readonly #input: GuideInput
  readonly #model: NetworkModel
  readonly #ids: SignalId[]
  readonly #areas: number[]
  /** By what an offset does not change. */
  readonly #compiled = new WeakMap<object, CompiledSignal>()
  #last: NetworkState | undefined

  constructor(input: GuideInput) {
    this.#input = input
    this.#ids = input.patterns.map(({ signal }) => signal)
    this.#model = new NetworkModel(input.graph, this.#ids, input.volumes, input.stop_weight_s, input.dispersion)
    this.#areas = areasAsTheyRun(input.patterns.map(({ cycle_s }) => cycle_s), this.#ids.map((id) => input.free.has(id)))
  }

  /** The promising changes of a plan, best first: not those in `tried`. */
  rank(patterns: Patterns, tried: Pick<ReadonlySet<string>, 'has'>): Prospect[] {
    const state = this.#at(patterns)
    const listed = [...this.#busiest(state).flatMap((id) => this.#single(patterns, id)), ...this.#blocks().flatMap((block) => offsetMoves(patterns, block))]
    return listed.filter(({ name }) => !tried.has(name)).map((move) => ({ move, change: this.#at(moved(patterns, move), state).cost - state.cost })).sort((a, b) => a.change - b.change)
  }

  /** One candidate of many moves: at each signal in turn what the model likes best, as long as it likes anything. */
  descend(patterns: Patterns, kinds: readonly Move['kind'][], name: string): Prospect | undefined {
    let at = new Map(patterns)
    const first = this.#at(at)
    let state = first
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const before = state
      for (const id of this.#busiest(state)) {
        const options = this.#single(at, id).filter(({ kind }) => kinds.includes(kind)).map((move) => ({ move, state: this.#at(moved(at, move), state) }))
        const best = options.reduce<(typeof options)[number] | undefined>((a, b) => (a === undefined || b.state.cost < a.state.cost ? b : a), undefined)
        if (best === undefined || best.state.cost >= state.cost - SAME) continue
        at = moved(at, best.move)
        state = best.state
      }
      if (state === before) break
    }
    const changed = [...at].flatMap(([id, pattern]) => (pattern === patterns.get(id) ? [] : [pattern]))
    return changed.length === 0 ? undefined : { move: { name, kind: 'several', changed }, change: state.cost - first.cost }
  }

  #single(patterns: Patterns, id: SignalId): Move[] {
    return [...(this.#input.free.has(id) ? [] : offsetMoves(patterns, [id])), ...signalMoves(this.#input.graph, this.#input.running, patterns.get(id)!)]
  }

  #blocks(): SignalId[][] {
    const known = new Set(this.#ids)
    const rows = this.#input.rows.map((row) => row.filter((id) => known.has(id) && !this.#input.free.has(id)))
    return rows.flatMap((row) => row.slice(1, -1).map((_, k) => row.slice(k + 1)))
  }

  /** Where most wait first, at most so many. */
  #busiest({ costs }: NetworkState): SignalId[] {
    return this.#ids.map((id, i) => ({ id, cost: costs[i] as number })).sort((a, b) => b.cost - a.cost).slice(0, MOST_SIGNALS).map(({ id }) => id)
  }

  #at(patterns: Patterns, from: NetworkState | undefined = this.#last): NetworkState {
    const compiled = this.#ids.map((id) => this.#compile(patterns.get(id)!))
    this.#last = this.#model.evaluate(compiled, this.#areas, from)
    return this.#last
  }

  #compile(pattern: Pattern): CompiledSignal {
    const parts = pattern.kind === 'rings' ? pattern.barriers : pattern.stages
    const found = this.#compiled.get(parts) ?? compileSignal(this.#input.graph.getSignal(pattern.signal), pattern)
    this.#compiled.set(parts, found)
    return { ...found, offset_s: pattern.offset_s }
  }
}
