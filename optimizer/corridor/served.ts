// What a lane group can serve in each second of its local clock, and the vertical queue that forms before it.
// Times in s, flows in veh/s. Random overflow: HCM 7 d2.
import type { GreenWindow } from '../../model/plan.ts'
import { incrementalDelay, type LaneGroup, type LaneGroupState, permissiveSaturation, SNEAKERS_PER_CYCLE } from '../capacity/index.ts'

/** Comfortable rates of a stop, m/s2: the time lost in braking and starting that a vertical queue does not show. */
const ACCELERATION = 1.5
const DECELERATION = 2

export const stopTime = (speed_mps: number): number => speed_mps / (2 * ACCELERATION) + speed_mps / (2 * DECELERATION)

/** A queue never clears at X = 1; d2 holds what is beyond this. */
export const MOST_SATURATED = 0.995

export interface Served {
  /** Cars per cycle that the queue can hold in balance. */
  cars: number
  /** Vehicles that can leave in each second of the local clock. */
  service: Float64Array
  /** With arrivals spread evenly. */
  departures: Float64Array
  /** Mean vehicles delayed, stops counted, with even arrivals. */
  cost: number
  /** Mean vehicles waiting by random overflow. */
  overflow: number
  saturation: number
}

export interface Queued {
  /** Mean number waiting, stops per s, mean number beyond the storage. */
  area: number
  stops: number
  beyond: number
}

export function serve(group: LaneGroup, state: LaneGroupState, speed_mps: number, C: number): Served {
  const service = serviceOf(group, state, C, 1)
  const capacity = service.reduce((sum, value) => sum + value, 0)
  const flow = group.volume_vph / 3600
  const served: Served = {
    cars: Math.min(flow * C, MOST_SATURATED * capacity), service, departures: new Float64Array(C), cost: 0, saturation: state.saturation,
    overflow: flow * incrementalDelay(group.volume_vph, state.capacity_vph),
  }
  const even = queue(new Float64Array(C).fill(1), C, served, Infinity, served.departures)
  return { ...served, cost: even.area + even.stops * stopTime(speed_mps) }
}

/** Vehicles that can leave in each of `steps` parts of a signal's cycle, each `step_s` long. */
export function serviceOf(group: LaneGroup, state: LaneGroupState, steps: number, step_s: number): Float64Array {
  const service = new Float64Array(steps)
  addWindows(service, state.protected, group.saturation_vph / 3600, step_s)
  if (group.opposing !== undefined) {
    addWindows(service, state.unblocked, (permissiveSaturation(group.opposing.volume_vph) / 3600) * group.lanes.length, step_s)
    const last = Math.ceil((state.unblocked.at(-1)?.[1] ?? state.protected.at(-1)?.[1] ?? 0) / step_s - 1e-9) % steps
    service[last] = (service[last] as number) + SNEAKERS_PER_CYCLE * group.lanes.length
  }
  return service
}

/** Adds a rate per s over windows, with the part of each step that is green. */
export function addWindows(into: Float64Array, windows: readonly GreenWindow[], rate: number, step_s: number): void {
  for (const [from, to] of windows) {
    for (let t = Math.floor(from / step_s); t * step_s < to; t++) {
      const share_s = Math.min(to, (t + 1) * step_s) - Math.max(from, t * step_s)
      if (share_s > 0) into[t % into.length] = (into[t % into.length] as number) + rate * share_s
    }
  }
}

/**
 * A vertical queue in its steady cycle: it is empty at some moment of it, so one round from empty reaches that cycle.
 * In: arrivals by second in any unit, their sum. Out: figures; departures, and who waits at the end of each second, are written
 * where asked for.
 */
export function queue(arrivals: Float64Array, sum: number, served: Pick<Served, 'cars' | 'service'>, storage: number, departures?: Float64Array, waits?: Float64Array): Queued {
  const { cars, service } = served
  const C = service.length
  if (cars <= 0 || sum <= 0) {
    departures?.fill(0)
    waits?.fill(0)
    return { area: 0, stops: 0, beyond: 0 }
  }
  const unit = cars / sum
  let waiting = 0
  for (let t = 0; t < C; t++) {
    waiting += (arrivals[t] as number) * unit - (service[t] as number)
    if (waiting < 0) waiting = 0
  }
  let [area, stops, beyond] = [0, 0, 0]
  for (let t = 0; t < C; t++) {
    const come = (arrivals[t] as number) * unit
    const can = service[t] as number
    const all = waiting + come
    const rest = all > can ? all - can : 0
    if (departures !== undefined) departures[t] = all - rest
    area += waiting + rest
    if (rest > 1e-9) stops += come
    else if (waiting > 1e-9) stops += come * (waiting < can ? waiting / can : 1)
    if (rest > storage) beyond += rest - storage
    if (waits !== undefined) waits[t] = rest
    waiting = rest
  }
  return { area: area / (2 * C), stops: stops / C, beyond: beyond / C }
}
