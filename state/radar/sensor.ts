// One sensor: what it sees of lanes, counted and watched.
import type { RadarTarget } from '../../model/feed.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import type { Green } from '../signals/greens.ts'
import { CalibrationSample } from './calibration.ts'
import type { LaneMap } from './lane-map.ts'
import { type LaneCycle, LaneWatch } from './lane-watch.ts'
import type { VirtualLoops } from './loops.ts'
import { Tracker, type TrackerSink } from './tracker.ts'
import type { Crossing, Vehicle } from './vehicle.ts'

/** Length of the slots in which vehicles are counted. */
export const SLOT_S: Seconds = 300
/** Queues are looked at this often. */
const LOOK_S: Seconds = 0.4
/** The stop line is seen where so many vehicles were seen this near to it. */
const NEAR_M = 30
const NEAR_VEHICLES = 3
/** Kept of a link: more tell no more of the clock. */
const MOST_CROSSINGS = 20_000

/** Counts of one lane and slot. */
export interface LaneSlot {
  /** By movement; -1 where the movement was not seen. */
  vehicles: Map<number, number>
  two_wheelers: number
  inferred: number
}

/** What the lanes of a sensor ask of everything else. */
export interface Surroundings {
  /** Movement that a lane is measured for; -1 where it has none. */
  mainOf(lane: number): number
  green(movement: number, time_s: Instant): Green | undefined
  /** The longest queue that waits at red at the signal of a lane. */
  elsewhere(lane: number, now: Instant): number
  /** A frame of a link, with the vehicles beyond its line. */
  beyond(link: number, now: Instant, vehicles: readonly Vehicle[]): void
}

export class Sensor implements TrackerSink {
  readonly id: string
  readonly lanes = new Map<number, LaneWatch>()
  readonly cycles: LaneCycle[] = []
  /** By lane and slot since 1970. */
  readonly counts = new Map<number, Map<number, LaneSlot>>()
  /** Observed seconds by slot. */
  readonly observed = new Map<number, number>()
  /** Where vehicles drove, as told. */
  readonly places = new CalibrationSample()
  /** Crossings that were seen, by link, in order; the first of them. */
  readonly crossings = new Map<number, Instant[]>()
  first_s: Instant | undefined
  last_s: Instant = -Infinity
  gaps = 0
  gap_s: Seconds = 0
  readonly #near = new Map<number, number>()
  readonly #map: LaneMap
  readonly #loops: VirtualLoops
  readonly #around: Surroundings
  readonly #tracker: Tracker
  #looked = -Infinity

  constructor(id: string, map: LaneMap, loops: VirtualLoops, around: Surroundings) {
    this.id = id
    this.#map = map
    this.#loops = loops
    this.#around = around
    this.#tracker = new Tracker(map, this)
  }

  push(target: RadarTarget): void {
    this.places.add(target)
    this.#tracker.push(target)
  }

  end(): void {
    this.#tracker.end()
    this.#loops.gap(this.last_s + 1)
  }

  /** Vehicles over stop lines. */
  counted(): number {
    let sum = 0
    for (const slots of this.counts.values()) for (const { vehicles } of slots.values()) for (const n of vehicles.values()) sum += n
    return sum
  }

  seesLine(link: number): boolean {
    return (this.#near.get(link) ?? 0) >= NEAR_VEHICLES
  }

  green(lane: number, time_s: Instant): Green | undefined {
    const movement = this.#around.mainOf(lane)
    return movement < 0 ? undefined : this.#around.green(movement, time_s)
  }

  crossed(crossing: Crossing): void {
    this.#watch(crossing.lane).crossed(crossing)
    const { link } = this.#map.lanes[crossing.lane]!
    this.#near.set(link, (this.#near.get(link) ?? 0) + 1)
    if (crossing.inferred) this.#loops.infer(crossing)
    else this.#keep(link, crossing.time_s)
  }

  #keep(link: number, time_s: Instant): void {
    const times = this.crossings.get(link)
    if (times === undefined) this.crossings.set(link, [time_s])
    else if (times.length < MOST_CROSSINGS) times.push(time_s)
  }

  settled({ lane, time_s, class: kind, movement, inferred }: Crossing): void {
    let slots = this.counts.get(lane)
    if (slots === undefined) this.counts.set(lane, slots = new Map())
    const key = Math.floor(time_s / SLOT_S)
    let slot = slots.get(key)
    if (slot === undefined) slots.set(key, slot = { vehicles: new Map(), two_wheelers: 0, inferred: 0 })
    if (kind === 'two-wheeler') {
      slot.two_wheelers++
      return
    }
    if (inferred) slot.inferred++
    slot.vehicles.set(movement, (slot.vehicles.get(movement) ?? 0) + 1)
  }

  frame(time_s: Instant, step_s: Seconds, vehicles: readonly Vehicle[]): void {
    this.first_s ??= time_s
    this.#observe(time_s, step_s)
    this.last_s = time_s
    this.#loops.frame(time_s, vehicles)
    if (time_s - this.#looked < LOOK_S) return
    const step = Math.min(step_s > LOOK_S ? step_s : time_s - this.#looked, 2 * SLOT_S)
    this.#looked = time_s
    const before = new Map<number, Vehicle[]>()
    const beyond = new Map<number, Vehicle[]>()
    for (const vehicle of vehicles) {
      if (!vehicle.confirmed || vehicle.doubtful || vehicle.class === 'two-wheeler') continue
      if (vehicle.crossed === undefined) {
        put(before, vehicle.lane, vehicle)
        this.#watch(vehicle.lane)
        const { link } = this.#map.lanes[vehicle.lane]!
        if (vehicle.s > -NEAR_M && vehicle.seen === 10) this.#near.set(link, (this.#near.get(link) ?? 0) + 1)
      } else put(beyond, this.#map.lanes[vehicle.lane]!.link, vehicle)
    }
    const links = new Set<number>()
    for (const [lane, watch] of this.lanes) {
      const list = (before.get(lane) ?? []).sort((a, b) => b.s - a.s)
      watch.look(time_s, Number.isFinite(step) ? step : 0, list, this.green(lane, time_s), this.#around.elsewhere(lane, time_s))
      links.add(this.#map.lanes[lane]!.link)
    }
    for (const link of links) this.#around.beyond(link, time_s, beyond.get(link) ?? [])
  }

  gap(from_s: Instant, until_s: Instant): void {
    this.gaps++
    this.gap_s += until_s - from_s
    this.#looked = until_s
    for (const watch of this.lanes.values()) watch.gap()
    this.#loops.gap(from_s)
  }

  #watch(lane: number): LaneWatch {
    let watch = this.lanes.get(lane)
    if (watch === undefined) this.lanes.set(lane, watch = new LaneWatch(lane, this.#map.lanes[lane]!.length_m, (cycle) => this.cycles.push(cycle)))
    return watch
  }

  #observe(until_s: Instant, step_s: Seconds): void {
    for (let at = until_s - step_s; at < until_s;) {
      const key = Math.floor(at / SLOT_S)
      const end = Math.min(until_s, (key + 1) * SLOT_S)
      this.observed.set(key, (this.observed.get(key) ?? 0) + end - at)
      at = end
    }
  }
}

function put<K>(map: Map<K, Vehicle[]>, key: K, vehicle: Vehicle): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [vehicle])
  else list.push(vehicle)
}
