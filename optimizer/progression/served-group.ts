// A lane group under given greens on the grid: what it can serve in each step of its local clock, and what happens to those
// who come. Delay = uniform by the vertical queue + incremental of HCM 7 (19-26); stops after equation 18-11: who is held
// for less than a stop takes (braking and starting) only slows down. Times in s, flows in veh/s unless named.
import type { CompiledSignal } from '../../model/plan.ts'
import { stopDelay } from '../../model/hcm/back-of-queue.ts'
import { greensOf, incrementalDelay, type LaneGroup, type LaneGroupState, laneGroupState } from '../capacity/index.ts'
import { addWindows, MOST_SATURATED, queue, serviceOf } from '../corridor/served.ts'
import type { Clock } from './grid.ts'

export interface ServedGroup {
  group: LaneGroup
  state: LaneGroupState
  /** Share of each step in which it shows green, protected or not. */
  green: Float64Array
  /** Vehicles that can leave in each step. */
  service: Float64Array
  /** All of them. */
  capacity_veh: number
  /** Own cycle of the signal. */
  cycle_s: number
  /** Delay below which nobody stops. */
  stop_s: number
  /** With arrivals spread evenly. */
  even: Passage
}

/** What becomes of those who come, in vehicles of one common cycle. */
export interface Passage {
  arrivals: Float64Array
  departures: Float64Array
  /** Waiting at the end of each step. */
  waits: Float64Array
  /** Mean over those who come. */
  uniform_s: number
  incremental_s: number
  stops: number
  on_green: number
  /** Vehicles of a common cycle who want to pass. */
  vehicles: number
}

/** On the clock of the signal's row. */
export function serveGroup(group: LaneGroup, compiled: CompiledSignal, speed_limit_mps: number, { steps, step_s, repeats }: Clock): ServedGroup {
  const state = laneGroupState(compiled, group)
  const own = steps / repeats
  const green = new Float64Array(own)
  addWindows(green, greensOf(compiled, [...group.protected, ...group.permissive]), 1 / step_s, step_s)
  const service = serviceOf(group, state, own, step_s)
  const served = {
    group, state, cycle_s: compiled.cycle_s, stop_s: stopDelay(speed_limit_mps),
    green: tile(green, repeats), service: tile(service, repeats), capacity_veh: repeats * service.reduce((sum, value) => sum + value, 0),
  }
  const all = (group.volume_vph / 3600) * steps * step_s
  return { ...served, even: pass(served, new Float64Array(steps).fill(all / steps), all, 1, step_s) }
}

const tile = (own: Float64Array, repeats: number): Float64Array => {
  if (repeats === 1) return own
  const all = new Float64Array(own.length * repeats)
  for (let k = 0; k < repeats; k++) all.set(own, k * own.length)
  return all
}

/**
 * In: arrivals by step in any unit, and of how many vehicles; by how much a signal upstream evens out chance (I of HCM).
 * Beyond capacity the queue keeps its cycle just below it, and the incremental term holds the rest.
 */
export function pass(served: Omit<ServedGroup, 'even'>, shape: Float64Array, vehicles: number, upstream: number, step_s: number): Passage {
  const { service, capacity_veh, state, green } = served
  const steps = service.length
  const [departures, waits, arrivals] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)]
  const cars = Math.min(vehicles, MOST_SATURATED * capacity_veh)
  const sum = shape.reduce((all, value) => all + value, 0)
  const { area } = queue(shape, sum, { cars, service }, Infinity, departures, waits)
  let [onGreen, opened] = [0, 0]
  for (let t = 0; t < steps; t++) {
    arrivals[t] = sum > 0 ? ((shape[t] as number) * vehicles) / sum : 0
    onGreen += (arrivals[t] as number) * Math.min(1, green[t] as number)
    opened += Math.min(1, green[t] as number)
  }
  const cycle_s = steps * step_s
  const volume_vph = (vehicles / cycle_s) * 3600
  const incremental_s = incrementalDelay(volume_vph, state.capacity_vph, { upstream })
  const uniform_s = cars > 0 ? (area * cycle_s) / cars : 0
  const held = cars > 0 ? heldShare(arrivals, departures, served.stop_s / step_s, cars / vehicles) : vehicles > 0 ? 1 : 0
  // Whoever is left over stands once more a cycle: Q2 of HCM is capacity times d2.
  const again = vehicles > 0 ? (state.capacity_vph * incremental_s) / (volume_vph * served.cycle_s) : 0
  return { arrivals, departures, waits, vehicles, uniform_s, incremental_s, stops: held + again, on_green: vehicles > 0 ? onGreen / vehicles : opened / steps }
}

/** Share of arrivals whose departure in turn lies more than `limit` steps after them; both curves begin where nobody waits. */
function heldShare(arrivals: Float64Array, departures: Float64Array, limit: number, scale: number): number {
  const steps = arrivals.length
  // The queue is shortest where cumulative arrivals exceed cumulative departures least.
  let [least, begin, ahead] = [Infinity, 0, 0]
  for (let t = 0; t < steps; t++) {
    ahead += (arrivals[t] as number) * scale - (departures[t] as number)
    if (ahead < least - 1e-12) [least, begin] = [ahead, (t + 1) % steps]
  }
  let [come, held, gone, left] = [0, 0, 0, -1]
  for (let k = 0; k < steps; k++) {
    const here = (arrivals[(begin + k) % steps] as number) * scale
    if (here <= 0) continue
    const middle = come + here / 2
    while (left + 1 < 2 * steps && gone < middle - 1e-9) {
      left += 1
      gone += departures[(begin + left) % steps] as number
    }
    // Where in the step it leaves, to the share of what leaves there.
    const out = departures[(begin + Math.max(0, left)) % steps] as number
    const at = Math.max(0, left) + 1 - (out > 0 ? Math.min(1, Math.max(0, (gone - middle) / out)) : 0)
    const wait = Math.max(0, at - (k + 0.5))
    // A ramp of a step, so that figures move smoothly with the offset.
    held += here * Math.min(1, Math.max(0, wait - limit + 0.5))
    come += here
  }
  return come > 0 ? held / come : 0
}
