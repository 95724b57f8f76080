// What radar says of movements: volume, queue, saturation flow, with 90 % intervals.
import type { Network } from '../../model/network.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { quantile } from '../statistics.ts'
import { givesWay } from './lane-map.ts'
import type { LaneCycle } from './lane-watch.ts'
import { SLOT_S, type Sensor } from './sensor.ts'
import type { RadarStation } from './station.ts'

export interface RadarMeasures {
  /** Index in `network.movements`. */
  movement: number
  /** Vehicles over the stop line, and those of them that were concluded. */
  counted: number
  inferred: number
  two_wheelers: number
  observed_s: Seconds
  volume_vph: Estimate
  queue_max_m: Estimate
  queue_p95_m: Estimate
  /** Vehicles left behind at the end of green, mean. */
  residual_vehicles: number | null
  /** Queues behind the saturation flow. */
  queues: number
  saturation_flow_vphpl: Estimate
  start_up_lost_s: number | null
  green_use: number | null
  /** Per cycle. */
  wasted_green_s: number | null
  until_s: Instant
  /** By slot of `SLOT_S` since 1970. */
  slots: { slot: number; count: number; observed_s: Seconds }[]
}

/** Share of a count by which the count of a lane may be wrong, besides chance. */
export const COUNT_ERROR = 0.03
const Z = 1.645
/** From so many queues on saturation flow is told: the interval of a median needs them. */
const LEAST_QUEUES = 10
/** Queues that reach beyond what is seen make the mean too small, and sooner the 95th percentile. */
const MOST_CENSORED = { mean: 0.1, p95: 0.04 }
const LEAST_CYCLES = 5
const NONE: Estimate = { value: null, low: null, high: null }

export const countVariance = (count: number): number => count + (COUNT_ERROR * count) ** 2

/** Movements whose stop line a radar sees. `inside` says which instants count. */
export function measureRadar(network: Network, station: RadarStation, inside: (time_s: Instant) => boolean = () => true): RadarMeasures[] {
  return network.links.flatMap((_, link) => {
    const sensor = station.sensorOf(link)
    return sensor === undefined ? [] : measureLink(station, sensor, link, inside)
  })
}

function measureLink(station: RadarStation, sensor: Sensor, link: number, inside: (time_s: Instant) => boolean): RadarMeasures[] {
  const lanes = station.lanesOf(link)
  const movements = [...new Set(lanes.flatMap((lane) => station.map.lanes[lane]!.out.map((path) => station.map.paths[path]!.movement)))].sort((a, b) => a - b)
  const observed = new Map([...sensor.observed].filter(([slot]) => inside((slot + 0.5) * SLOT_S)))
  const observed_s = [...observed.values()].reduce((sum, seconds) => sum + seconds, 0)
  if (observed_s === 0) return []
  const counts = countsOf(station, sensor, lanes, inside)
  return movements.map((movement): RadarMeasures => {
    const own = counts.get(movement) ?? { bySlot: new Map<number, number>(), inferred: 0, two_wheelers: 0 }
    const count = [...own.bySlot.values()].reduce((sum, n) => sum + n, 0)
    const serving = lanes.filter((lane) => station.map.lanes[lane]!.out.some((path) => station.map.paths[path]!.movement === movement))
    const main = serving.filter((lane) => station.mainOf(lane) === movement)
    const cycles = sensor.cycles.filter(({ lane, until_s }) => (main.length > 0 ? main : serving).includes(lane) && inside(until_s))
    // Who waits for a gap to turn holds up the others of its lane.
    const free = main.filter((lane) => station.map.lanes[lane]!.out.every((path) => !givesWay(station.map.paths[path]!.connection)))
    const flow = cycles.filter(({ lane }) => free.includes(lane)).flatMap(({ headway_s, start_up_lost_s }) => (headway_s === undefined ? [] : [{ headway_s, lost_s: start_up_lost_s! }]))
    return {
      movement, counted: Math.round(count), inferred: own.inferred, two_wheelers: own.two_wheelers, observed_s, volume_vph: volumeOf(count, observed_s),
      ...queuesOf(cycles), queues: flow.length, saturation_flow_vphpl: saturationOf(flow.map(({ headway_s }) => headway_s)), start_up_lost_s: flow.length < LEAST_QUEUES ? null : quantile(flow.map(({ lost_s }) => lost_s), 0.5),
      until_s: sensor.last_s, slots: [...observed].sort(([a], [b]) => a - b).map(([slot, seconds]) => ({ slot, count: own.bySlot.get(slot) ?? 0, observed_s: seconds })),
    }
  })
}

interface MovementCounts { bySlot: Map<number, number>; inferred: number; two_wheelers: number }

/** Vehicles whose turn nobody saw are shared as the others of their lane turned. */
function countsOf(station: RadarStation, sensor: Sensor, lanes: readonly number[], inside: (time_s: Instant) => boolean): Map<number, MovementCounts> {
  const result = new Map<number, MovementCounts>()
  const of = (movement: number): MovementCounts => {
    let own = result.get(movement)
    if (own === undefined) result.set(movement, own = { bySlot: new Map(), inferred: 0, two_wheelers: 0 })
    return own
  }
  for (const lane of lanes) {
    const slots = sensor.counts.get(lane)
    if (slots === undefined) continue
    const known = new Map<number, number>()
    for (const { vehicles } of slots.values()) for (const [movement, n] of vehicles) if (movement >= 0) known.set(movement, (known.get(movement) ?? 0) + n)
    const total = [...known.values()].reduce((sum, n) => sum + n, 0)
    const shares: [number, number][] = total === 0 ? [[station.mainOf(lane), 1]] : [...known].map(([movement, n]) => [movement, n / total])
    for (const [slot, { vehicles, two_wheelers, inferred }] of slots) {
      if (!inside((slot + 0.5) * SLOT_S)) continue
      const add = (movement: number, n: number): void => {
        const { bySlot } = of(movement)
        bySlot.set(slot, (bySlot.get(slot) ?? 0) + n)
      }
      for (const [movement, n] of vehicles) {
        if (movement >= 0) add(movement, n)
        else for (const [each, share] of shares) add(each, n * share)
      }
      of(station.mainOf(lane)).inferred += inferred
      of(station.mainOf(lane)).two_wheelers += two_wheelers
    }
  }
  return result
}

export function volumeOf(count: number, observed_s: Seconds): Estimate {
  if (!(observed_s > 0)) return NONE
  const perHour = 3600 / observed_s
  // None seen in n expected has a chance of 10 % at n = 2.3.
  if (count === 0) return { value: 0, low: 0, high: 2.3 * perHour }
  const half = Z * Math.sqrt(countVariance(count))
  return { value: count * perHour, low: Math.max(0, count - half) * perHour, high: (count + half) * perHour }
}

/** Over cycles; the longest lane of each. */
function queuesOf(cycles: readonly LaneCycle[]): Pick<RadarMeasures, 'queue_max_m' | 'queue_p95_m' | 'residual_vehicles' | 'green_use' | 'wasted_green_s'> {
  const byCycle = new Map<number, LaneCycle[]>()
  for (const cycle of cycles) {
    const key = Math.round(cycle.until_s)
    const list = byCycle.get(key)
    if (list === undefined) byCycle.set(key, [cycle])
    else list.push(cycle)
  }
  const lists = [...byCycle.values()]
  const none = { queue_max_m: NONE, queue_p95_m: NONE, residual_vehicles: null, green_use: null, wasted_green_s: null }
  if (lists.length < LEAST_CYCLES) return none
  const queues = lists.map((list) => Math.max(...list.map(({ queue_max_m }) => queue_max_m)))
  const censored = lists.filter((list) => list.some((cycle) => cycle.censored)).length / lists.length
  const greens = cycles.filter(({ green }) => green !== undefined)
  const uses = greens.flatMap(({ green_use }) => green_use ?? [])
  return {
    queue_max_m: censored > MOST_CENSORED.mean ? NONE : meanOf(queues),
    queue_p95_m: censored > MOST_CENSORED.p95 || queues.length < 20 ? NONE : orderInterval(queues, 0.95),
    residual_vehicles: greens.length === 0 ? null : greens.reduce((sum, { residual_vehicles }) => sum + residual_vehicles, 0) / greens.length,
    green_use: uses.length === 0 ? null : uses.reduce((sum, use) => sum + use, 0) / uses.length,
    wasted_green_s: greens.length === 0 ? null : greens.reduce((sum, { wasted_s }) => sum + wasted_s, 0) / greens.length,
  }
}

function saturationOf(headways: readonly Seconds[]): Estimate {
  if (headways.length < LEAST_QUEUES) return NONE
  const { value, low, high } = orderInterval(headways, 0.5)
  return { value: 3600 / value!, low: 3600 / high!, high: 3600 / low! }
}

/** The interval holds the quantile with 90 %, by order statistics (binomial, normal approximation). */
function orderInterval(values: readonly number[], p: number): Estimate {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Z * Math.sqrt(sorted.length * p * (1 - p))
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(rank)))]!
  return { value: quantile(sorted, p), low: at(sorted.length * p - half - 0.5), high: at(sorted.length * p + half - 0.5) }
}

function meanOf(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const half = Z * Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length)
  return { value: mean, low: Math.max(0, mean - half), high: mean + half }
}
