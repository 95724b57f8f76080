// Platoons along the corridor: cyclic flow profiles in steps of 1 s, dispersed on the way and queued at the stop lines.
// Gives the delay and stops that a set of offsets should cause; used to choose among plans, never shown as measured.
// Robertson (RRL LR 253, 1969): q'(t + T) = F q(t) + (1 - F) q'(t + T - 1), T = 0.8 t, F = 1 / (1 + 0.35 T).
// Random overflow: HCM 7 d2. Times in s, flows in veh/s.
import type { GreenWindow } from '../../model/plan.ts'
import type { LinkId } from '../../model/network.ts'
import { incrementalDelay, type LaneGroup, type LaneGroupState, permissiveSaturation, SNEAKERS_PER_CYCLE, upstreamFilter } from '../capacity/index.ts'
import type { SplitResult } from '../splits/index.ts'
import type { Street, Way } from './street.ts'

/** Dispersion of platoons on streets with moderate friction, and the leading edge's share of the travel time. */
const ALPHA = 0.35
const BETA = 0.8

/** Platoons travel a little below the limit. */
const PLATOON_SPEED = 0.95

/** Comfortable rates of a stop, m/s2: the time lost in braking and starting that a vertical queue does not show. */
const ACCELERATION = 1.5
const DECELERATION = 2

/** A queue never clears at X = 1; d2 holds what is beyond this. */
const MOST_SATURATED = 0.995

/** Room that a standing car takes: SUMO's default car and gap. */
const QUEUE_SPACE_M = 7.5

/** A car that stands back across the junction upstream holds up others too: it counts this often. */
const SPILLBACK_WEIGHT = 3

export interface PlatoonCost {
  /** Mean number of vehicles delayed, stops counted as the time they cost: the figure to minimise. */
  total: number
  /** Of the corridor's own through movements, veh·s of delay per s and stops per s. */
  through_delay: number
  through_stops: number
}

interface Served {
  group: LaneGroup
  flow: number
  /** Vehicles that can leave in each second of the local clock. */
  service: Float64Array
  capacity: number
  /** With arrivals spread evenly. */
  departures: Float64Array
  cost: number
  overflow: number
  saturation: number
}

interface Feeder {
  group: number
  share: number
}

interface Reach {
  signal: number
  /** Lane groups of the approach, and which of them carries the corridor on. */
  groups: number[]
  main: number
  feeders: Feeder[]
  /** Share of what the feeders send that arrives here, and what joins evenly on the way, veh/s. */
  scale: number
  extra: number
  lag: number
  smoothing: number
  stop_s: number
  storage: number[]
}

export class PlatoonModel {
  readonly cycle_s: number
  readonly #served: Served[][][]
  readonly #constant: number[][]
  readonly #ways: Reach[][]

  constructor(street: Street, cycle_s: number, choices: readonly (readonly SplitResult[])[]) {
    this.cycle_s = cycle_s
    this.#served = choices.map((own, i) => own.map((split) => (street.laneGroups[i] ?? []).map((group, g) => serve(street, group, split.states[g] as LaneGroupState, cycle_s))))
    this.#ways = street.ways.map((way) => reachesOf(street, way))
    const moving = street.ids.map(() => new Set<number>())
    for (const way of this.#ways) for (const reach of way.slice(1)) for (const g of reach.groups) moving[reach.signal]?.add(g)
    this.#constant = this.#served.map((own, i) => own.map((groups) => groups.reduce((sum, group, g) => sum + (moving[i]?.has(g) === true ? 0 : group.cost + group.overflow), 0)))
  }

  /** In: whole-second offsets and the choice of sequence of each signal, outbound order. */
  evaluate(offsets: readonly number[], patterns: readonly number[]): PlatoonCost {
    const cost: PlatoonCost = { total: 0, through_delay: 0, through_stops: 0 }
    this.#constant.forEach((own, i) => { cost.total += own[patterns[i] as number] as number })
    for (const way of this.#ways) this.#run(way, offsets, patterns, cost)
    return cost
  }

  #run(way: Reach[], offsets: readonly number[], patterns: readonly number[], cost: PlatoonCost): void {
    const C = this.cycle_s
    let previous: { reach: Reach; departures: Float64Array; saturation: number } | undefined
    for (const reach of way) {
      const groups = this.#served[reach.signal]?.[patterns[reach.signal] as number] as Served[]
      const main = groups[reach.main]
      if (main === undefined) {
        previous = undefined
        continue
      }
      if (previous === undefined) {
        previous = { reach, departures: main.departures, saturation: main.saturation }
        continue
      }
      const upstream = this.#served[previous.reach.signal]?.[patterns[previous.reach.signal] as number] as Served[]
      const turn = (offsets[previous.reach.signal] as number) - (offsets[reach.signal] as number)
      const arrivals = arrive(reach, upstream, previous, turn, C)
      const filter = upstreamFilter(previous.saturation)
      let departures = main.departures
      reach.groups.forEach((g, k) => {
        const group = groups[g] as Served
        const queued = queue(arrivals, group, reach.storage[k] as number, C)
        const delay = queued.area + group.overflow * filter
        cost.total += delay + queued.stops * reach.stop_s + SPILLBACK_WEIGHT * queued.beyond
        if (g !== reach.main) return
        cost.through_delay += delay
        cost.through_stops += queued.stops
        departures = queued.departures
      })
      previous = { reach, departures, saturation: main.saturation }
    }
  }
}

/** Arrivals at the stop line in its local clock, scaled to sum 1 over the cycle. */
function arrive(reach: Reach, upstream: Served[], previous: { reach: Reach; departures: Float64Array }, turn: number, C: number): Float64Array {
  const leaving = new Float64Array(C)
  for (const { group, share } of reach.feeders) {
    const from = group === previous.reach.main ? previous.departures : (upstream[group] as Served).departures
    for (let t = 0; t < C; t++) leaving[t] = (leaving[t] as number) + (from[t] as number) * share
  }
  const arrivals = new Float64Array(C)
  const shift = ((Math.round(reach.lag + turn) % C) + C) % C
  const F = reach.smoothing
  let flow = 0
  for (let t = 0; t < C; t++) flow += leaving[t] as number
  flow /= C
  let sum = 0
  // Two rounds: after the first the start value has faded.
  for (let k = 0, t = 0, at = shift; k < 2 * C; k++) {
    flow = F * (leaving[t] as number) + (1 - F) * flow
    if (k >= C) {
      const value = flow * reach.scale + reach.extra
      arrivals[at] = value
      sum += value
    }
    if (++t === C) t = 0
    if (++at === C) at = 0
  }
  if (sum > 0) for (let t = 0; t < C; t++) arrivals[t] = (arrivals[t] as number) / sum
  else arrivals.fill(1 / C)
  return arrivals
}

/** A vertical queue that has reached its steady cycle. Shares of arrivals in, mean queue and stops per second out. */
function queue(arrivals: Float64Array, group: Served, storage: number, C: number): { area: number; stops: number; beyond: number; departures: Float64Array } {
  const departures = new Float64Array(C)
  const cars = Math.min(group.flow * C, MOST_SATURATED * group.capacity)
  let [area, stops, beyond, waiting] = [0, 0, 0, 0]
  if (cars <= 0) return { area, stops, beyond, departures }
  for (let round = 0; round < 2; round++) {
    for (let t = 0; t < C; t++) {
      const come = (arrivals[t] as number) * cars
      const can = group.service[t] as number
      const all = waiting + come
      const go = all < can ? all : can
      const rest = all - go
      if (round === 1) {
        departures[t] = go
        area += (waiting + rest) / 2
        if (rest > 1e-9) stops += come
        else if (waiting > 1e-9) stops += come * Math.min(1, waiting / can)
        if (rest > storage) beyond += rest - storage
      }
      waiting = rest
    }
  }
  return { area: area / C, stops: stops / C, beyond: beyond / C, departures }
}

function serve(street: Street, group: LaneGroup, state: LaneGroupState, C: number): Served {
  const service = new Float64Array(C)
  add(service, state.protected, group.saturation_vph / 3600, C)
  if (group.opposing !== undefined) {
    add(service, state.unblocked, (permissiveSaturation(group.opposing.volume_vph) / 3600) * group.lanes.length, C)
    const last = Math.ceil((state.unblocked.at(-1)?.[1] ?? state.protected.at(-1)?.[1] ?? 0) - 1e-9) % C
    service[last] = (service[last] as number) + SNEAKERS_PER_CYCLE * group.lanes.length
  }
  const capacity = service.reduce((sum, value) => sum + value, 0)
  const served: Served = {
    group, flow: group.volume_vph / 3600, service, capacity, departures: service, cost: 0, saturation: state.saturation,
    overflow: (group.volume_vph / 3600) * incrementalDelay(group.volume_vph, state.capacity_vph),
  }
  const even = queue(new Float64Array(C).fill(1 / C), served, Infinity, C)
  return { ...served, departures: even.departures, cost: even.area + even.stops * stopTime(street.graph.getLink(group.approach).speed_mps) }
}

const stopTime = (speed_mps: number): number => speed_mps / (2 * ACCELERATION) + speed_mps / (2 * DECELERATION)

/** Adds a rate over windows, with the share of each second that is green. */
function add(service: Float64Array, windows: readonly GreenWindow[], rate: number, C: number): void {
  for (const [from, to] of windows) {
    for (let t = Math.floor(from); t < to; t++) {
      const share = Math.min(to, t + 1) - Math.max(from, t)
      if (share > 0) service[t % C] = (service[t % C] as number) + rate * share
    }
  }
}

function reachesOf(street: Street, way: Way): Reach[] {
  return way.stops.map((stop, k) => {
    const groups = street.laneGroups[stop.signal] ?? []
    const link: LinkId = stop.movement.from
    const own = groups.flatMap((group, g) => (group.approach === link ? [g] : []))
    const main = groups.findIndex(({ movements }) => movements.includes(stop.movement.id))
    const before = way.stops[k - 1]
    const time = stop.distance_m / (stop.speed_limit_mps * PLATOON_SPEED)
    const lag = BETA * time
    const feeding = before === undefined ? { feeders: [], sent: 0, even: 0 } : feedersOf(street, before)
    const wanted = own.reduce((sum, g) => sum + (groups[g]?.volume_vph ?? 0), 0) / 3600
    const sent = feeding.sent / 3600 + feeding.even / 3600
    const scale = sent > 0 ? Math.min(1, wanted / sent) : 0
    return {
      signal: stop.signal, groups: own, main, feeders: feeding.feeders, scale,
      extra: Math.max(0, wanted - sent) + (feeding.even / 3600) * scale,
      lag, smoothing: 1 / (1 + ALPHA * lag), stop_s: stopTime(stop.speed_limit_mps),
      storage: own.map((g) => ((groups[g]?.lanes.length ?? 1) * Math.max(0, street.graph.getLink(link).length_m)) / QUEUE_SPACE_M),
    }
  })
}

/** Who sends cars down the link behind a stop line: lane groups of its signal with their share, and free movements. */
function feedersOf(street: Street, before: Way['stops'][number]): { feeders: Feeder[]; sent: number; even: number } {
  const groups = street.laneGroups[before.signal] ?? []
  const feeders: Feeder[] = []
  let [sent, even] = [0, 0]
  for (const movement of street.graph.listMovementsInto(before.movement.to)) {
    const volume = street.volumes.get(movement.id) ?? 0
    const group = groups.findIndex(({ movements }) => movements.includes(movement.id))
    const all = groups[group]?.movements.reduce((sum, id) => sum + (street.volumes.get(id) ?? 0), 0) ?? 0
    if (group === -1) even += volume
    else if (all > 0) {
      feeders.push({ group, share: volume / all })
      sent += volume
    }
  }
  return { feeders, sent, even }
}
