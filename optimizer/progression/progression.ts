// What any plan should cause along a corridor: delay, stops, arrivals on green and queues of every movement, by platoons
// that disperse on the way (Robertson, RRL LR 253, 1969) and queue at the stop lines. Real offsets, any greens, signals at
// a half or third of the cycle; where neighbours have no common cycle every moment of one meets every moment of the other, so
// that between them arrivals are even. Where several plans of one street are asked for in turn, only what lies downstream of a
// change is reckoned anew. Times in s, flows in veh/h, lengths in m.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import type { CompiledSignal, Direction } from '../../model/plan.ts'
import type { SignalId } from '../../model/signal.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { modulo } from '../../model/units.ts'
import { upstreamFilter } from '../capacity/index.ts'
import { DISPERSION } from '../corridor/profile.ts'
import { type Reach, reachesOf } from '../corridor/reaches.ts'
import { layoutOf, type StreetLayout } from '../corridor/street.ts'
import { delayed, dispersed } from './dispersion.ts'
import { type Clock, clocksOf } from './grid.ts'
import { pass, type Passage, serveGroup, type ServedGroup } from './served-group.ts'

/** A lane group at a signal of the corridor. */
export interface GroupProgression {
  signal: number
  served: ServedGroup
  passage: Passage
  /** Where its approach belongs to the corridor; `main` carries it on. */
  direction?: Direction
  main: boolean
}

export interface Progression {
  layout: StreetLayout
  /** By signal. */
  clocks: readonly Clock[]
  compiled: readonly CompiledSignal[]
  groups: GroupProgression[]
  /** Neighbours without a common cycle, in order of travel: who comes from one to the other comes evenly. */
  apart: { direction: Direction; from: SignalId; to: SignalId }[]
}

/** Kept of a stop line: with what it was reckoned, and what came of it. */
interface Memo {
  own?: ServedGroup[]
  before?: ServedGroup[]
  /** In steps; undefined where arrivals are even. */
  shift: number | undefined
  /** Departures of the through group before; the same object as long as nothing changed upstream. */
  from?: Passage
  passages: Passage[]
}

export class ProgressionModel {
  readonly layout: StreetLayout
  readonly #ways: { direction: Direction; reaches: Reach[]; memo: Memo[] }[]
  /** `of` and `on`: with which the key was written last. */
  readonly #served: { of?: CompiledSignal; on?: string; key: string; groups: ServedGroup[] }[]

  /** `volumes` in veh/h; a movement that is absent has no demand. */
  constructor(graph: RoadGraph, corridor: ResolvedCorridor, volumes: ReadonlyMap<MovementId, number>) {
    this.layout = layoutOf(graph, corridor, volumes)
    this.#ways = this.layout.ways.map((way) => {
      const reaches = reachesOf(this.layout, way, DISPERSION)
      return { direction: way.direction, reaches, memo: reaches.map((): Memo => ({ shift: Number.NaN, passages: [] })) }
    })
    this.#served = this.layout.ids.map(() => ({ key: '', groups: [] }))
  }

  /**
   * In: every signal of the corridor, compiled. Out: all lane groups. Throws input.reference for a signal that is missing.
   */
  evaluate(signals: readonly CompiledSignal[]): Progression {
    const compiled = this.layout.ids.map((id) => {
      const found = signals.find(({ signal }) => signal === id)
      if (found === undefined) throw new GreenwaveError('input.reference', `signal ${id} of the corridor has no timing`)
      return found
    })
    const clocks = clocksOf(compiled.map(({ cycle_s }) => cycle_s))
    this.#serve(compiled, clocks)
    const groups = this.#served.flatMap(({ groups: own }, signal) => own.map((served): GroupProgression => ({ signal, served, passage: served.even, main: false })))
    const place = new Map(groups.map((group) => [group.served, group]))
    for (const { direction, reaches, memo } of this.#ways) {
      reaches.forEach((reach, k) => {
        const passages = this.#reach(reaches, memo, k, compiled, clocks)
        reach.groups.forEach((g, i) => {
          const group = place.get(this.#served[reach.signal]?.groups[g] as ServedGroup) as GroupProgression
          Object.assign(group, { direction, main: g === reach.main, passage: passages[i] })
        })
      })
    }
    const apart = this.#ways.flatMap(({ direction, reaches }) => reaches.slice(1).flatMap(({ signal }, k) => {
      const before = (reaches[k] as Reach).signal
      return clocks[before]?.row === clocks[signal]?.row ? [] : [{ direction, from: this.layout.ids[before] as SignalId, to: this.layout.ids[signal] as SignalId }]
    }))
    return { layout: this.layout, clocks, compiled, groups, apart }
  }

  /** Lane groups of signals whose greens have changed; offsets don't matter here. */
  #serve(compiled: readonly CompiledSignal[], clocks: readonly Clock[]): void {
    compiled.forEach((timed, i) => {
      const [clock, kept] = [clocks[i] as Clock, this.#served[i]]
      const on = `${clock.cycle_s} ${clock.steps}`
      if (kept?.of === timed && kept.on === on) return
      const key = `${on} ${timed.cycle_s} ${timed.groups.map(({ id, green_windows_s }) => `${id} ${green_windows_s.join(' ')}`).join()}`
      this.#served[i] = {
        of: timed, on, key,
        groups: kept?.key === key ? kept.groups : (this.layout.laneGroups[i] ?? []).map((group) => serveGroup(group, timed, this.layout.graph.getLink(group.approach).speed_mps, clock)),
      }
    })
  }

  /** Passages of the lane groups of an approach, in the order of `groups` of the reach. */
  #reach(reaches: readonly Reach[], memo: readonly Memo[], k: number, compiled: readonly CompiledSignal[], clocks: readonly Clock[]): Passage[] {
    const [reach, before, kept] = [reaches[k] as Reach, reaches[k - 1], memo[k] as Memo]
    const own = this.#served[reach.signal]?.groups as ServedGroup[]
    if (before === undefined) {
      // What comes from beyond the corridor comes evenly.
      kept.passages = reach.groups.map((g) => (own[g] as ServedGroup).even)
      return kept.passages
    }
    const theirs = this.#served[before.signal]?.groups as ServedGroup[]
    const [clock, theirClock] = [clocks[reach.signal] as Clock, clocks[before.signal] as Clock]
    const shift = clock.row === theirClock.row ? modulo(reach.lag_s + (compiled[before.signal] as CompiledSignal).offset_s - (compiled[reach.signal] as CompiledSignal).offset_s, clock.cycle_s) / clock.step_s : undefined
    const from = memo[k - 1]?.passages[before.groups.indexOf(before.main)]
    if (kept.own === own && kept.before === theirs && kept.shift === shift && kept.from === from) return kept.passages
    const { shape, share } = arrive(reach, before, theirs, from, shift, theirClock, clock)
    const filter = upstreamFilter(theirs[before.main]?.state.saturation ?? 0)
    const passages = reach.groups.map((g) => {
      const served = own[g] as ServedGroup
      return pass(served, shape, (served.group.volume_vph / 3600) * clock.cycle_s * share, filter, clock.step_s)
    })
    Object.assign(kept, { own, before: theirs, shift, from, passages })
    return passages
  }
}

/**
 * Arrivals at a stop line in its local clock, by step, and which share of the demand comes at all: what an overfull signal
 * upstream can't serve does not arrive. Without a shift the two have no common cycle.
 */
function arrive(reach: Reach, before: Reach, theirs: readonly ServedGroup[], from: Passage | undefined, shift: number | undefined, { steps, step_s, cycle_s }: Clock, own: Clock): { shape: Float64Array; share: number } {
  const sent = new Float64Array(steps)
  let [wanted, came] = [0, 0]
  for (const { group, share } of reach.feeders) {
    const served = theirs[group]
    if (served === undefined) continue
    const departures = (group === before.main && from !== undefined ? from : served.even).departures
    for (let t = 0; t < steps; t++) {
      const value = (departures[t] as number) * share
      sent[t] = (sent[t] as number) + value
      came += value
    }
    wanted += (served.group.volume_vph / 3600) * cycle_s * share
  }
  const extra = reach.extra * step_s
  const all = wanted * reach.scale + extra * steps
  const share = all > 0 ? Math.min(1, (came * reach.scale + extra * steps) / all) : 1
  if (shift === undefined) return { shape: new Float64Array(own.steps).fill(1), share }
  const shape = delayed(dispersed(sent, 1 / (1 + (DISPERSION.alpha * reach.lag_s) / step_s)), shift)
  for (let t = 0; t < steps; t++) shape[t] = (shape[t] as number) * reach.scale + extra
  return { shape, share }
}

/** The same for a single plan. */
export function evaluatePlan(graph: RoadGraph, corridor: ResolvedCorridor, signals: readonly CompiledSignal[], volumes: ReadonlyMap<MovementId, number>): Progression {
  return new ProgressionModel(graph, corridor, volumes).evaluate(signals)
}
