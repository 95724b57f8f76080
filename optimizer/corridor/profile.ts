// Platoons along the corridor: cyclic flow profiles in steps of 1 s, dispersed on the way and queued at the stop lines.
// Gives the delay and stops that a set of offsets should cause; used to choose among plans, never shown as measured.
// Robertson (RRL LR 253, 1969): q'(t + T) = F q(t) + (1 - F) q'(t + T - 1), T = beta t, F = 1 / (1 + alpha T).
// Times in s, flows in veh/s.
import { modulo } from '../../model/units.ts'
import { type LaneGroupState, upstreamFilter } from '../capacity/index.ts'
import type { SplitResult } from '../splits/index.ts'
import { type Reach, reachesOf } from './reaches.ts'
import { queue, serve, type Served } from './served.ts'
import type { Street } from './street.ts'

export interface PlatoonDispersion {
  alpha: number
  beta: number
  /** Platoons travel a little below the limit. */
  speed_share: number
}

/** Streets with moderate friction: TRANSYT-7F users guide. */
export const DISPERSION: PlatoonDispersion = { alpha: 0.35, beta: 0.8, speed_share: 0.95 }

/** A car that stands back across the junction upstream holds up whoever crosses there: it counts for a dozen, about a lane of them. */
export const SPILLBACK_WEIGHT = 12

export interface PlatoonCost {
  /** Mean number of vehicles delayed in the whole corridor, each stop counted as the time it costs: the figure to minimise. */
  total: number
  /** Of the corridor's own through movements: mean number delayed, stops per s. */
  through_delay: number
  through_stops: number
}

/** A stop line as last computed: its key, and all costs of the way up to and including it. */
interface Memo {
  shift: number
  own: number
  before: number
  departures: Float64Array
  total: number
  delay: number
  stops: number
}

interface Lane {
  reaches: Reach[]
  /** By reach and sequence of the signal before: what all feeders but the corridor itself send, dispersed; and its sum. */
  side: { flow: Float64Array; sum: number; share: number }[][]
  memo: Memo[]
}

export class PlatoonModel {
  readonly cycle_s: number
  readonly #served: Served[][][]
  readonly #constant: number[][]
  readonly #ways: Lane[]
  readonly #arrivals: Float64Array

  /** `choices`: for each signal, outbound order, its permitted sequences with their splits. */
  constructor(street: Street, cycle_s: number, choices: readonly (readonly SplitResult[])[]) {
    this.cycle_s = cycle_s
    this.#arrivals = new Float64Array(cycle_s)
    this.#served = choices.map((own, i) => own.map((split) => (street.laneGroups[i] ?? []).map((group, g) =>
      serve(group, split.states[g] as LaneGroupState, street.graph.getLink(group.approach).speed_mps, cycle_s))))
    this.#ways = street.ways.map((way) => this.#lane(reachesOf(street, way, DISPERSION)))
    const moving = street.ids.map(() => new Set<number>())
    for (const { reaches } of this.#ways) for (const reach of reaches.slice(1)) for (const g of reach.groups) moving[reach.signal]?.add(g)
    this.#constant = this.#served.map((own, i) => own.map((groups) => groups.reduce((sum, group, g) => sum + (moving[i]?.has(g) === true ? 0 : group.cost + group.overflow), 0)))
  }

  #lane(reaches: Reach[]): Lane {
    const C = this.cycle_s
    const side = reaches.map((reach, k) => {
      const before = reaches[k - 1]
      if (before === undefined) return []
      return (this.#served[before.signal] ?? []).map((groups) => {
        const flow = new Float64Array(C)
        let share = 0
        for (const feeder of reach.feeders) {
          if (feeder.group === before.main) share = feeder.share
          else groups[feeder.group]?.departures.forEach((value, t) => { flow[t] = (flow[t] as number) + value * feeder.share })
        }
        const spread = disperse(flow, reach.smoothing, new Float64Array(C)).map((value) => value * reach.scale + reach.extra)
        return { flow: spread, sum: spread.reduce((a, b) => a + b, 0), share: share * reach.scale }
      })
    })
    const memo = reaches.map((): Memo => ({ shift: -1, own: -1, before: -1, departures: new Float64Array(C), total: 0, delay: 0, stops: 0 }))
    return { reaches, side, memo }
  }

  /** In: whole-second offsets and the choice of sequence of each signal, outbound order. */
  evaluate(offsets: readonly number[], patterns: readonly number[]): PlatoonCost {
    const cost: PlatoonCost = { total: 0, through_delay: 0, through_stops: 0 }
    this.#constant.forEach((own, i) => { cost.total += own[patterns[i] as number] as number })
    for (const lane of this.#ways) {
      const last = this.#run(lane, offsets, patterns)
      cost.total += last.total
      cost.through_delay += last.delay
      cost.through_stops += last.stops
    }
    return cost
  }

  /** Walks a direction, from the first stop line whose relation to the one before has changed since the last walk. */
  #run({ reaches, side, memo }: Lane, offsets: readonly number[], patterns: readonly number[]): Memo {
    let valid = true
    reaches.forEach((reach, k) => {
      const own = memo[k] as Memo
      const before = reaches[k - 1]
      const pattern = patterns[reach.signal] as number
      const shift = before === undefined ? 0 : modulo(Math.round(reach.lag_s + (offsets[before.signal] as number) - (offsets[reach.signal] as number)), this.cycle_s)
      const earlier = before === undefined ? 0 : (patterns[before.signal] as number)
      if (valid && own.shift === shift && own.own === pattern && own.before === earlier) return
      valid = false
      Object.assign(own, { shift, own: pattern, before: earlier })
      const main = this.#served[reach.signal]?.[pattern]?.[reach.main]
      if (before === undefined) {
        Object.assign(own, { total: 0, delay: 0, stops: 0 })
        if (main === undefined) own.departures.fill(0)
        else own.departures.set(main.departures)
        return
      }
      const last = memo[k - 1] as Memo
      const sum = this.#arrive(reach, (side[k] as Lane['side'][number])[earlier] as Lane['side'][number][number], last.departures, shift)
      const filter = upstreamFilter(this.#served[before.signal]?.[earlier]?.[before.main]?.saturation ?? 0)
      Object.assign(own, { total: last.total, delay: last.delay, stops: last.stops })
      this.#queues(reach, pattern, sum, filter, own)
    })
    return memo.at(-1) as Memo
  }

  /** Fills the arrivals in the local clock of the stop line; returns their sum. */
  #arrive(reach: Reach, side: Lane['side'][number][number], departures: Float64Array, shift: number): number {
    const C = this.cycle_s
    const arrivals = this.#arrivals
    const F = reach.smoothing
    let through = 0
    for (let t = 0; t < C; t++) through += departures[t] as number
    let flow = through / C
    // The first round lets the start value fade; platoons are shorter than a cycle.
    for (let t = 0; t < C; t++) flow += F * ((departures[t] as number) - flow)
    for (let t = 0, at = shift; t < C; t++) {
      flow += F * ((departures[t] as number) - flow)
      arrivals[at] = flow * side.share + (side.flow[t] as number)
      if (++at === C) at = 0
    }
    return through * side.share + side.sum
  }

  #queues(reach: Reach, pattern: number, sum: number, filter: number, into: Memo): void {
    const groups = this.#served[reach.signal]?.[pattern] as Served[]
    reach.groups.forEach((g, k) => {
      const group = groups[g] as Served
      const isMain = g === reach.main
      const queued = queue(this.#arrivals, sum, group, reach.storage[k] as number, isMain ? into.departures : undefined)
      const delay = queued.area + group.overflow * filter
      into.total += delay + queued.stops * reach.stop_s + SPILLBACK_WEIGHT * queued.beyond
      if (!isMain) return
      into.delay += delay
      into.stops += queued.stops
    })
  }

  /**
   * Best offset of signal i + 1 after signal i for every i, each link judged alone with the platoons that leave under the
   * given setting: exact for each link, and a chain of links closes no loop. Steps of `step` s.
   */
  bestLinks(offsets: readonly number[], patterns: readonly number[], step: number): number[] {
    this.evaluate(offsets, patterns)
    const C = this.cycle_s
    const costs = offsets.slice(1).map(() => new Float64Array(Math.ceil(C / step)))
    const scratch: Memo = { shift: 0, own: 0, before: 0, departures: new Float64Array(C), total: 0, delay: 0, stops: 0 }
    for (const { reaches, side, memo } of this.#ways) {
      reaches.forEach((reach, k) => {
        const before = reaches[k - 1]
        if (before === undefined || before.signal === reach.signal) return
        const table = costs[Math.min(before.signal, reach.signal)] as Float64Array
        const sign = reach.signal > before.signal ? -1 : 1
        const from = (side[k] as Lane['side'][number])[patterns[before.signal] as number] as Lane['side'][number][number]
        const departures = (memo[k - 1] as Memo).departures
        for (let n = 0; n < table.length; n++) {
          scratch.total = 0
          const sum = this.#arrive(reach, from, departures, modulo(Math.round(reach.lag_s + sign * n * step), C))
          this.#queues(reach, patterns[reach.signal] as number, sum, 1, scratch)
          table[n] = (table[n] as number) + scratch.total
        }
      })
    }
    return costs.map((table) => table.indexOf(Math.min(...table)) * step)
  }
}

/** Robertson's recurrence without its lag, in the steady cycle. */
function disperse(flow: Float64Array, F: number, into: Float64Array): Float64Array {
  const C = flow.length
  let value = flow.reduce((a, b) => a + b, 0) / C
  for (let round = 0; round < 2; round++) {
    for (let t = 0; t < C; t++) {
      value += F * ((flow[t] as number) - value)
      into[t] = value
    }
  }
  return into
}
