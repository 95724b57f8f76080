// One lane before a stop line through its cycles: queue, residual queue, saturation flow, use of the green. A cycle ends with the
// green; where nobody knows the greens, spans of a fixed length stand for cycles and only queues are told.
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { Green } from '../signals/greens.ts'
import { type Crossing, SLOW_MPS, type Vehicle } from './vehicle.ts'

/** Standing: below walking speed for so long. */
const STANDING_S: Seconds = 2
/** Vehicles farther apart do not wait in one queue. */
const CONTIGUOUS_M: Metres = 15
const USUAL_LENGTH_M: Metres = 4.6
/** A queue that reaches this near to the end of what is seen may be longer. */
const CENSORED_M: Metres = 12
/** Fewest vehicles in a queue from which saturation flow is read, and those that are still starting. */
export const LEAST_QUEUE = 8
export const STARTING = 4
/** Longer headways are gaps in the flow. */
const USED_HEADWAY_S: Seconds = 3.5
const APPROACH_M: Metres = 60
const CONFLICTING_QUEUE = 5
const SPAN_S: Seconds = 90

/** A lane over one cycle. */
export interface LaneCycle {
  /** Index of the lane in the map. */
  lane: number
  until_s: Instant
  green: Green | undefined
  queue_max_m: Metres
  queue_max_vehicles: number
  /** The queue reached the end of what the sensor sees: at least as long. */
  censored: boolean
  /** At the end of green: those that have stood before this line and did not get over it. */
  residual_vehicles: number
  /** In green. */
  crossed: number
  /** Between vehicles of a queue of eight or more, past the fourth. */
  headway_s: Seconds | undefined
  start_up_lost_s: Seconds | undefined
  /** Share of green with vehicles close behind each other. */
  green_use: number | undefined
  /** Green without any vehicle near while more than five wait elsewhere at the signal. */
  wasted_s: Seconds
  blocked: boolean
  /** Observed, of the whole. */
  observed_s: Seconds
}

export class LaneWatch {
  readonly lane: number
  readonly length_m: Metres
  /** Queue now: to the tail of the last that stands, and the vehicles up to it. */
  queue_m: Metres = 0
  queue_vehicles = 0
  /** Farthest vehicle seen. */
  range_m: Metres = 0
  is_green = false
  now: Instant = -Infinity
  #green: Green | undefined
  #span: Instant | undefined
  #max = { m: 0, vehicles: 0, censored: false }
  #crossings: { time_s: Instant; queued: boolean; inferred: boolean }[] = []
  #wasted: Seconds = 0
  #observed: Seconds = 0
  /** Vehicles that stood and have not crossed. */
  #waiting = 0
  #blocked = false
  #told = -Infinity
  readonly #tell: (cycle: LaneCycle) => void

  constructor(lane: number, length_m: Metres, tell: (cycle: LaneCycle) => void) {
    this.lane = lane
    this.length_m = length_m
    this.#tell = tell
  }

  /** `list`: vehicles before the line, the first one nearest to it. `elsewhere`: vehicles that wait at red at the same signal. */
  look(now: Instant, step_s: Seconds, list: readonly Vehicle[], green: Green | undefined, elsewhere: number): void {
    this.now = now
    this.#turn(now, green)
    this.is_green = green !== undefined && now >= green.start_s && now < green.end_s
    this.#observed += step_s
    if (list.length > 0) this.range_m = Math.max(this.range_m, -list.at(-1)!.s)
    this.#queue(now, list)
    if (this.queue_m > this.#max.m) this.#max = { m: this.queue_m, vehicles: this.queue_vehicles, censored: this.#max.censored }
    if (this.queue_m > 0 && this.queue_m >= Math.min(this.range_m, this.length_m) - CENSORED_M) this.#max.censored = true
    if (this.is_green && elsewhere > CONFLICTING_QUEUE && (list.length === 0 || list[0]!.s < -APPROACH_M)) this.#wasted += step_s
  }

  crossed({ time_s, inferred, vehicle }: Crossing): void {
    this.#crossings.push({ time_s, queued: vehicle.queued, inferred })
  }

  /** Vehicles stand beyond the line in green: what is measured now is not the lane's own. */
  block(): void {
    this.#blocked = true
  }

  /** The sensor was away. */
  gap(): void {
    this.#forget()
    this.#told = Infinity
  }

  #queue(now: Instant, list: readonly Vehicle[]): void {
    let [tail, vehicles] = [0, 0]
    let ahead: Vehicle | undefined
    for (const [i, vehicle] of list.entries()) {
      const gap = ahead === undefined ? -vehicle.s : ahead.s - (ahead.length_m ?? USUAL_LENGTH_M) - vehicle.s
      // The first that stands needs the line, or a queue that has begun to move, ahead of it.
      const joined = gap <= CONTIGUOUS_M || (vehicles === 0 && this.queue_vehicles > 0 && gap <= 3 * CONTIGUOUS_M)
      if (!joined && vehicles > 0) break
      if (vehicle.slow_since !== undefined && vehicle.speed_mps < SLOW_MPS && now - vehicle.slow_since >= STANDING_S && (joined || vehicle.queued)) {
        tail = -vehicle.s
        vehicles = i + 1
        vehicle.queued = true
      }
      ahead = vehicle
    }
    this.#waiting = list.reduce((sum, { queued }) => sum + Number(queued), 0)
    this.queue_m = tail
    this.queue_vehicles = vehicles
  }

  #turn(now: Instant, green: Green | undefined): void {
    if (green === undefined) {
      this.#span ??= now
      if (now - this.#span < SPAN_S) return
      this.#close(now, undefined)
      this.#span = now
      return
    }
    const last = this.#green
    if (last === undefined) {
      this.#green = green
      // What is seen first is only a part of a cycle.
      if (now >= green.end_s) this.#told = green.start_s
      else this.#told = Infinity
      return
    }
    if (green.start_s !== last.start_s) {
      if (this.#told < last.start_s) this.#close(Math.min(now, last.end_s), last)
      if (this.#told === Infinity) {
        this.#told = last.start_s
        this.#forget()
      }
      // Only what happens from its start on belongs to a green.
      this.#crossings = this.#crossings.filter(({ time_s }) => time_s >= green.start_s)
      this.#green = green
    }
    if (now >= green.end_s && this.#told < green.start_s) {
      this.#close(green.end_s, green)
      this.#told = green.start_s
    } else if (now >= green.end_s && this.#told === Infinity) {
      this.#told = green.start_s
      this.#forget()
    }
  }

  #close(until_s: Instant, green: Green | undefined): void {
    const inGreen = green === undefined ? [] : this.#crossings.filter(({ time_s }) => time_s >= green.start_s && time_s <= green.end_s).sort((a, b) => a.time_s - b.time_s)
    const flow = green === undefined || this.#blocked ? undefined : dischargeOf(inGreen, green)
    this.#tell({
      lane: this.lane, until_s, green, queue_max_m: this.#max.m, queue_max_vehicles: this.#max.vehicles, censored: this.#max.censored, residual_vehicles: this.#waiting,
      crossed: inGreen.length, headway_s: flow?.headway_s, start_up_lost_s: flow?.lost_s, green_use: green === undefined ? undefined : useOf(inGreen, green),
      wasted_s: this.#wasted, blocked: this.#blocked, observed_s: this.#observed,
    })
    this.#forget()
  }

  #forget(): void {
    this.#max = { m: 0, vehicles: 0, censored: false }
    this.#crossings = []
    this.#wasted = 0
    this.#observed = 0
    this.#blocked = false
  }
}

/** h = (t_last - t_4) / (N - 4) over the vehicles that had waited (HCM 7 chapter 31, field measurement). */
function dischargeOf(crossings: readonly { time_s: Instant; queued: boolean; inferred: boolean }[], green: Green): { headway_s: Seconds; lost_s: Seconds } | undefined {
  let n = 0
  while (n < crossings.length && crossings[n]!.queued && !crossings[n]!.inferred) n++
  if (n < LEAST_QUEUE) return undefined
  const fourth = crossings[STARTING - 1]!.time_s
  const headway_s = (crossings[n - 1]!.time_s - fourth) / (n - STARTING)
  return headway_s > 0 ? { headway_s, lost_s: fourth - green.start_s - STARTING * headway_s } : undefined
}

function useOf(crossings: readonly { time_s: Instant }[], { start_s, end_s }: Green): number | undefined {
  if (end_s <= start_s) return undefined
  let [last, used] = [start_s, 0]
  for (const { time_s } of crossings) {
    if (time_s - last < USED_HEADWAY_S) used += time_s - last
    last = time_s
  }
  return Math.min(1, used / (end_s - start_s))
}
