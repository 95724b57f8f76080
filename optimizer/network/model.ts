// What any plan of a network should cause: delay, stops and queues of every lane group, by cyclic flow profiles on all links
// at once (Robertson, RRL LR 253, 1969, TRANSYT). What leaves one signal is what comes to the next, also around blocks, so
// profiles are reckoned until they settle. Uniform delay by the vertical queue, chance and overflow by HCM 7 d2, stops after
// equation 18-11 (optimizer/progression has them, and on one street gives the same). Times in s, flows in veh/h.
import type { MovementId } from '../../model/network.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { upstreamFilter } from '../capacity/index.ts'
import { DISPERSION, type PlatoonDispersion, SPILLBACK_WEIGHT } from '../corridor/profile.ts'
import { delayed, dispersed } from '../progression/dispersion.ts'
import type { Clock } from '../progression/grid.ts'
import { pass, type Passage, serveGroup, type ServedGroup } from '../progression/served-group.ts'
import { areaClocks } from './clocks.ts'
import { type Approach, networkLayout, type NetworkLayout, type Stream } from './links.ts'

/** A network under a plan, settled. */
export interface NetworkState {
  compiled: readonly CompiledSignal[]
  areas: readonly number[]
  clocks: readonly Clock[]
  /** By signal and lane group. */
  served: readonly (readonly ServedGroup[])[]
  passages: readonly (readonly Passage[])[]
  /** By signal: mean vehicles delayed, stops at their weight and vehicles beyond the room of their link included. */
  costs: Float64Array
  /** Sum of `costs`: the figure to minimise, vehicles (veh·h/h). */
  cost: number
  /** Approaches reckoned until the profiles settled, and whether they did. */
  reckoned: number
  settled: boolean
}

/** Profiles are settled when no step of any changes by more than this share of what leaves in a cycle. */
const SETTLED_SHARE = 1e-6

/** Every approach is reckoned at most so often on average; waves around a block fade long before. */
const MOST_ROUNDS = 40

export class NetworkModel {
  readonly layout: NetworkLayout
  /** Seconds of delay that a stop weighs. */
  readonly stop_weight_s: number
  readonly #served = new WeakMap<CompiledSignal['groups'], { on: string; groups: ServedGroup[] }>()

  constructor(graph: RoadGraph, ids: readonly SignalId[], volumes: ReadonlyMap<MovementId, number>, stop_weight_s: number, dispersion: PlatoonDispersion = DISPERSION) {
    if (ids.length === 0) throw new GreenwaveError('plan.infeasible', 'there is no signal to coordinate')
    const twice = ids.find((id, i) => ids.indexOf(id) !== i)
    if (twice !== undefined) throw new GreenwaveError('input.duplicate', `signal ${twice} is named twice`)
    this.layout = networkLayout(graph, ids, volumes, dispersion)
    this.stop_weight_s = stop_weight_s
  }

  /**
   * In: every signal compiled, in the order of the layout, and the area of each (see areaClocks). `from`: a state of the same areas
   * and cycles to begin with; only what differs is reckoned anew. Throws input.reference for a signal that is not in its place.
   */
  evaluate(compiled: readonly CompiledSignal[], areas: readonly number[], from?: NetworkState): NetworkState {
    this.layout.ids.forEach((id, i) => {
      if (compiled[i]?.signal !== id) throw new GreenwaveError('input.reference', `signal ${id} of the network has no timing`)
    })
    const clocks = from !== undefined && sameCycles(from, compiled, areas) ? from.clocks : areaClocks(compiled.map(({ cycle_s }) => cycle_s), areas)
    const warm = from !== undefined && clocks === from.clocks ? from : undefined
    const served = compiled.map((timed, i) => this.serve(timed, i, clocks[i] as Clock))
    const passages = served.map((own, i) => (warm !== undefined && own === warm.served[i] ? [...(warm.passages[i] as Passage[])] : own.map(({ even }) => even)))
    const first = warm === undefined ? this.layout.approaches.keys() : this.#changed(warm, compiled, served)
    const work: Work = { compiled, clocks, served, passages }
    const { reckoned, settled } = this.#settle(work, first)
    const costs = this.#costs(work)
    return { compiled, areas, clocks, served, passages, costs, cost: costs.reduce((sum, cost) => sum + cost, 0), reckoned, settled }
  }

  /** Lane groups under the greens of signal number `signal`; offsets don't matter here. */
  serve(timed: CompiledSignal, signal: number, clock: Clock): ServedGroup[] {
    const on = `${timed.signal} ${clock.cycle_s} ${clock.steps} ${timed.cycle_s}`
    const known = this.#served.get(timed.groups)
    if (known?.on === on) return known.groups
    const groups = (this.layout.laneGroups[signal] ?? []).map((group) => serveGroup(group, timed, this.layout.graph.getLink(group.approach).speed_mps, clock))
    this.#served.set(timed.groups, { on, groups })
    return groups
  }

  /** Approaches of signals, and behind signals, whose greens or offset are others. */
  #changed(from: NetworkState, compiled: readonly CompiledSignal[], served: readonly (readonly ServedGroup[])[]): Set<number> {
    const moved = new Set(compiled.flatMap((timed, i) => (served[i] === from.served[i] && timed.offset_s === from.compiled[i]?.offset_s ? [] : [i])))
    const own = this.layout.approaches.flatMap(({ signal }, a) => (moved.has(signal) ? [a] : []))
    return new Set([...own, ...[...moved].flatMap((i) => this.layout.downstream[i] as number[])])
  }

  #settle(work: Work, first: Iterable<number>): { reckoned: number; settled: boolean } {
    const { approaches, downstream } = this.layout
    let open = [...first].sort((a, b) => a - b)
    let reckoned = 0
    for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
      const next = new Set<number>()
      for (const a of open) {
        const approach = approaches[a] as Approach
        // Nobody but the world beyond comes there: it is even and stays so.
        if (approach.streams.length === 0) continue
        reckoned += 1
        if (reckon(work, approach)) for (const d of downstream[approach.signal] as number[]) if (hears(approaches[d] as Approach, approach)) next.add(d)
      }
      open = [...next].sort((a, b) => a - b)
    }
    return { reckoned, settled: open.length === 0 }
  }

  #costs({ served, passages, clocks }: Work): Float64Array {
    const costs = new Float64Array(served.length)
    for (const approach of this.layout.approaches) {
      approach.groups.forEach((g, k) => {
        const i = approach.signal
        costs[i] = (costs[i] as number) + this.costOf(served[i]?.[g] as ServedGroup, passages[i]?.[g] as Passage, approach.storage[k] as number, clocks[i] as Clock)
      })
    }
    return costs
  }

  /** Of a lane group, vehicles: delay and stops of all who want to pass, and who stands back into the junction behind. */
  costOf({ group, state }: ServedGroup, passage: Passage, storage: number, { steps }: Clock): number {
    const { uniform_s, incremental_s, stops, waits } = passage
    const over = (state.capacity_vph * incremental_s) / 3600
    let beyond = 0
    for (const waiting of waits) if (waiting + over > storage) beyond += waiting + over - storage
    return (group.volume_vph / 3600) * (uniform_s + incremental_s + this.stop_weight_s * stops) + (SPILLBACK_WEIGHT * beyond) / steps
  }
}

interface Work {
  compiled: readonly CompiledSignal[]
  clocks: readonly Clock[]
  served: readonly (readonly ServedGroup[])[]
  passages: Passage[][]
}

const sameCycles = (from: NetworkState, compiled: readonly CompiledSignal[], areas: readonly number[]): boolean =>
  compiled.every(({ cycle_s }, i) => cycle_s === from.compiled[i]?.cycle_s && areas[i] === from.areas[i])

const hears = (below: Approach, above: Approach): boolean => below.streams.some(({ signal, parts }) => signal === above.signal && parts.some(({ group }) => above.groups.includes(group)))

/** Reckons the lane groups of an approach anew. Out: whether any of them now sends something else on. */
function reckon(work: Work, approach: Approach): boolean {
  const { signal } = approach
  const clock = work.clocks[signal] as Clock
  const { shape, share } = arrivals(work, approach)
  const filter = filterOf(work.served, approach)
  let changed = false
  for (const g of approach.groups) {
    const served = work.served[signal]?.[g] as ServedGroup
    const before = work.passages[signal]?.[g] as Passage
    const after = pass(served, shape, (served.group.volume_vph / 3600) * clock.cycle_s * share, filter, clock.step_s)
    ;(work.passages[signal] as Passage[])[g] = after
    const limit = SETTLED_SHARE * (1 + after.vehicles)
    if (!changed && after.departures.some((value, t) => Math.abs(value - (before.departures[t] as number)) > limit)) changed = true
  }
  return changed
}

/** I of HCM 7 behind the lane group that sends most. */
export function filterOf(served: NetworkState['served'], { streams }: Approach): number {
  let [most, saturation] = [0, 0]
  for (const { signal, parts } of streams) {
    for (const { group, share } of parts) {
      const from = served[signal]?.[group] as ServedGroup
      if (from.group.volume_vph * share > most) [most, saturation] = [from.group.volume_vph * share, from.state.saturation]
    }
  }
  return upstreamFilter(saturation)
}

/** Arrivals at a stop line in its local clock, in vehicles a step, and which share of the demand comes at all. */
function arrivals(work: Work, approach: Approach): { shape: Float64Array; share: number } {
  const clock = work.clocks[approach.signal] as Clock
  const shape = new Float64Array(clock.steps).fill(approach.extra * clock.step_s)
  for (const stream of approach.streams) {
    const own = arriving(work, stream, clock, relativeOffset(work.compiled, stream.signal, approach.signal))
    for (let t = 0; t < shape.length; t++) shape[t] = (shape[t] as number) + (own[t] as number) * approach.scale
  }
  return { shape, share: comingShare(work, approach) }
}

const relativeOffset = (compiled: readonly CompiledSignal[], from: number, to: number): number => (compiled[from] as CompiledSignal).offset_s - (compiled[to] as CompiledSignal).offset_s

/** What an overfull signal upstream can't serve does not arrive. */
export function comingShare({ served, passages, clocks }: Pick<Work, 'served' | 'clocks'> & { passages: NetworkState['passages'] }, { streams, scale, extra }: Approach): number {
  let [wanted, came] = [0, 0]
  for (const { signal, parts } of streams) {
    const { cycle_s } = clocks[signal] as Clock
    for (const { group, share } of parts) {
      wanted += (servedAt(served, signal, group).group.volume_vph / 3600) * share
      came += (sumOf(passageAt(passages, signal, group).departures) / cycle_s) * share
    }
  }
  const all = wanted * scale + extra
  return all > 0 ? Math.min(1, (came * scale + extra) / all) : 1
}

/** Vehicles of a stream in each step of the clock of where it goes; evenly where the two keep different time. */
export function arriving({ clocks, passages }: { clocks: readonly Clock[]; passages: NetworkState['passages'] }, stream: Stream, clock: Clock, offset_s: number): Float64Array {
  const theirs = clocks[stream.signal] as Clock
  const sent = sentBy(passages, stream)
  if (theirs.row !== clock.row) return new Float64Array(clock.steps).fill((sumOf(sent) / theirs.cycle_s) * clock.step_s)
  return platoon(sent, stream, clock, offset_s)
}

/** Vehicles of a stream in each step of the clock of the signal that it leaves. */
export function sentBy(passages: NetworkState['passages'], { signal, parts }: Stream): Float64Array {
  const sent = new Float64Array(passageAt(passages, signal, (parts[0] as Stream['parts'][number]).group).departures.length)
  for (const { group, share } of parts) {
    const { departures } = passageAt(passages, signal, group)
    for (let t = 0; t < sent.length; t++) sent[t] = (sent[t] as number) + (departures[t] as number) * share
  }
  return sent
}

/** What was sent, drawn apart and late by the way, where the clock of the sender is `offset_s` ahead. */
export function platoon(sent: Float64Array, { lag_s, spread_s }: Stream, { cycle_s, step_s }: Clock, offset_s: number): Float64Array {
  const shift = modulo(lag_s + offset_s, cycle_s) / step_s
  return delayed(dispersed(sent, 1 / (1 + spread_s / step_s)), shift)
}

const servedAt = (served: NetworkState['served'], signal: number, group: number): ServedGroup => (served[signal] as readonly ServedGroup[])[group] as ServedGroup
const passageAt = (passages: NetworkState['passages'], signal: number, group: number): Passage => (passages[signal] as readonly Passage[])[group] as Passage

const sumOf = (values: Float64Array): number => {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
