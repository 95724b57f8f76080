// What any plan should cause along a corridor: delay, stops, arrivals on green and queues of every movement, by platoons
// that disperse on the way (Robertson, RRL LR 253, 1969) and queue at the stop lines. Real offsets, any greens, signals at
// a half or third of the cycle. Where several plans of one street are asked for in turn, only what lies downstream of a
// change is reckoned anew. Times in s, flows in veh/h, lengths in m.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import type { CompiledSignal, Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { modulo } from '../../model/units.ts'
import { upstreamFilter } from '../capacity/index.ts'
import { DISPERSION } from '../corridor/profile.ts'
import { type Reach, reachesOf } from '../corridor/reaches.ts'
import { layoutOf, type StreetLayout } from '../corridor/street.ts'
import { findGrid, type Grid } from './grid.ts'
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
  grid: Grid
  compiled: readonly CompiledSignal[]
  groups: GroupProgression[]
}

/** Kept of a stop line: with what it was reckoned, and what came of it. */
interface Memo {
  own?: ServedGroup[]
  before?: ServedGroup[]
  shift: number
  /** Departures of the through group before; the same object as long as nothing changed upstream. */
  from?: Passage
  passages: Passage[]
}

export class ProgressionModel {
  readonly layout: StreetLayout
  readonly #ways: { direction: Direction; reaches: Reach[]; memo: Memo[] }[]
  readonly #served: { key: string; groups: ServedGroup[] }[]
  #grid = ''

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
   * In: every signal of the corridor, compiled. Out: all lane groups; undefined where the cycles have no common multiple.
   * Throws input.reference for a signal that is missing.
   */
  evaluate(signals: readonly CompiledSignal[]): Progression | undefined {
    const compiled = this.layout.ids.map((id) => {
      const found = signals.find(({ signal }) => signal === id)
      if (found === undefined) throw new GreenwaveError('input.reference', `signal ${id} of the corridor has no timing`)
      return found
    })
    const grid = findGrid(compiled.map(({ cycle_s }) => cycle_s))
    if (grid === undefined) return undefined
    this.#serve(compiled, grid)
    const groups = this.#served.flatMap(({ groups: own }, signal) => own.map((served): GroupProgression => ({ signal, served, passage: served.even, main: false })))
    const place = new Map(groups.map((group) => [group.served, group]))
    for (const { direction, reaches, memo } of this.#ways) {
      reaches.forEach((reach, k) => {
        const passages = this.#reach(reaches, memo, k, compiled, grid)
        reach.groups.forEach((g, i) => {
          const group = place.get(this.#served[reach.signal]?.groups[g] as ServedGroup) as GroupProgression
          Object.assign(group, { direction, main: g === reach.main, passage: passages[i] })
        })
      })
    }
    return { layout: this.layout, grid, compiled, groups }
  }

  /** Lane groups of signals whose greens have changed; offsets don't matter here. */
  #serve(compiled: readonly CompiledSignal[], grid: Grid): void {
    const key = `${grid.cycle_s} ${grid.steps}`
    const all = key !== this.#grid
    this.#grid = key
    compiled.forEach(({ groups, cycle_s }, i) => {
      const own = `${cycle_s} ${groups.map(({ id, green_windows_s }) => `${id} ${green_windows_s.join(' ')}`).join()}`
      if (!all && this.#served[i]?.key === own) return
      this.#served[i] = {
        key: own,
        groups: (this.layout.laneGroups[i] ?? []).map((group) => serveGroup(group, compiled[i] as CompiledSignal, this.layout.graph.getLink(group.approach).speed_mps, grid, grid.repeats[i] as number)),
      }
    })
  }

  /** Passages of the lane groups of an approach, in the order of `groups` of the reach. */
  #reach(reaches: readonly Reach[], memo: readonly Memo[], k: number, compiled: readonly CompiledSignal[], grid: Grid): Passage[] {
    const [reach, before, kept] = [reaches[k] as Reach, reaches[k - 1], memo[k] as Memo]
    const own = this.#served[reach.signal]?.groups as ServedGroup[]
    if (before === undefined) {
      // What comes from beyond the corridor comes evenly.
      kept.passages = reach.groups.map((g) => (own[g] as ServedGroup).even)
      return kept.passages
    }
    const theirs = this.#served[before.signal]?.groups as ServedGroup[]
    const shift = modulo(reach.lag_s + (compiled[before.signal] as CompiledSignal).offset_s - (compiled[reach.signal] as CompiledSignal).offset_s, grid.cycle_s) / grid.step_s
    const from = memo[k - 1]?.passages[before.groups.indexOf(before.main)]
    if (kept.own === own && kept.before === theirs && kept.shift === shift && kept.from === from) return kept.passages
    const { shape, share } = arrive(reach, before, theirs, from, shift, grid)
    const filter = upstreamFilter(theirs[before.main]?.state.saturation ?? 0)
    const passages = reach.groups.map((g) => {
      const served = own[g] as ServedGroup
      return pass(served, shape, (served.group.volume_vph / 3600) * grid.cycle_s * share, filter, grid.step_s)
    })
    Object.assign(kept, { own, before: theirs, shift, from, passages })
    return passages
  }
}

/**
 * Arrivals at a stop line in its local clock, vehicles by step, and which share of the demand comes at all: what an overfull
 * signal upstream can't serve does not arrive.
 */
function arrive(reach: Reach, before: Reach, theirs: readonly ServedGroup[], from: Passage | undefined, shift: number, { steps, step_s, cycle_s }: Grid): { shape: Float64Array; share: number } {
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
  const shape = delayed(dispersed(sent, 1 / (1 + (DISPERSION.alpha * reach.lag_s) / step_s)), shift)
  const extra = reach.extra * step_s
  for (let t = 0; t < steps; t++) shape[t] = (shape[t] as number) * reach.scale + extra
  const all = wanted * reach.scale + extra * steps
  return { shape, share: all > 0 ? Math.min(1, (came * reach.scale + extra * steps) / all) : 1 }
}

/** Robertson's recurrence without its lag, in the steady cycle: q'(t) = F q(t) + (1 - F) q'(t - 1). */
function dispersed(flow: Float64Array, F: number): Float64Array {
  let value = 0
  for (const q of flow) value += F * (q - value)
  // A round from nothing ends at what it would have begun with, short of what would be left of that: a geometric sum.
  value /= 1 - (1 - F) ** flow.length
  return flow.map((q) => (value += F * (q - value)))
}

/** The profile later by a number of steps that need not be whole; nobody is lost. */
function delayed(flow: Float64Array, shift: number): Float64Array {
  const steps = flow.length
  const into = new Float64Array(steps)
  const whole = Math.floor(shift + 1e-9)
  const part = Math.max(0, shift - whole)
  for (let t = 0; t < steps; t++) {
    const at = (t + whole) % steps
    into[at] = (into[at] as number) + (1 - part) * (flow[t] as number)
    if (part > 0) {
      const next = (at + 1) % steps
      into[next] = (into[next] as number) + part * (flow[t] as number)
    }
  }
  return into
}

/** The same for a single plan. */
export function evaluatePlan(graph: RoadGraph, corridor: ResolvedCorridor, signals: readonly CompiledSignal[], volumes: ReadonlyMap<MovementId, number>): Progression | undefined {
  return new ProgressionModel(graph, corridor, volumes).evaluate(signals)
}
