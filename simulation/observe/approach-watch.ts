// What the radars of a street know of its approaches, in figures of the last minutes: who passed each stop line, who came into
// sight, how fast, and the queues. Nothing but vehicles within the range before a stop line, and where they leave the junction behind it.
import type { LinkId, MovementId } from '../../model/network.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Metres, MetresPerSecond, Seconds, TimeOfDay } from '../../model/units.ts'
import { STOPPED } from '../kernel/parameters.ts'
import type { World } from '../kernel/world.ts'
import type { Fleet, Observer } from './observer.ts'
import { radarSensors } from './radar.ts'

/** Figures are kept in slots of this length. */
const SLOT_S = 5
/** Between looks at the queues. */
const LOOK_S = 1
/** A slow vehicle this far behind another still belongs to its queue, m. */
const CONTIGUOUS_M = 15

export interface ApproachOptions {
  /** How far back is read, s; in whole slots of 5 s. 300 by default. */
  window_s?: Seconds
  /** How far a radar sees from its stop line; 200 by default. */
  range_m?: Metres
}

export interface LaneReading {
  /** 0 is next to the kerb. */
  lane: number
  /** Vehicles that passed the stop line within the window. */
  passed: number
  /** Standing now (below 2.24 m/s) in the queue nearest to the stop line, gaps of at most 15 m within it; who has started in front of it no longer counts. */
  queue: number
  /** Where that queue ends, from the stop line; 0 without one, at most the range. */
  queue_m: Metres
  /** Most and mean of the queue, by looks of every second within the window. */
  queue_max: number
  queue_mean: number
  /** In sight now. */
  vehicles: number
}

/** One approach of a signal over the window. */
export interface ApproachReading {
  /** As `radarSensors` names it. */
  sensor: string
  signal: SignalId
  link: LinkId
  /** What was read of the window: less than it at the beginning of a run. */
  from_s: TimeOfDay
  until_s: TimeOfDay
  lanes: LaneReading[]
  /** Passed the stop line within the window, by movement of the link. */
  movements: { movement: MovementId; passed: number }[]
  /** Came into sight within the window: demand, as long as no queue reaches beyond the range. */
  entered: number
  /** Mean speed of those as they came into sight; NaN where nobody did. */
  entry_speed_mps: MetresPerSecond
  /** Mean of all in sight over the time of the window; NaN where nobody was. */
  mean_speed_mps: MetresPerSecond
  /** In sight now. */
  vehicles: number
}

/** Sums of one slot. Lanes and movements by their index in the network. */
interface Slot {
  from_s: number
  passedLane: Int32Array
  passedMovement: Int32Array
  queueMax: Int32Array
  queueSum: Int32Array
  looks: number
  /** By link. */
  entered: Int32Array
  entrySpeed: Float64Array
  speed: Float64Array
  seen: Int32Array
}

export class ApproachWatch implements Observer {
  readonly #world: World
  readonly #window: number
  readonly #range: number
  readonly #sensors: { id: string; signal: SignalId; link: number; movements: number[] }[]
  readonly #watched: Uint8Array
  readonly #movementOf = new Map<string, number>()
  /** Lane on which each vehicle was seen last, -1 = out of sight. */
  readonly #lane: Int32Array
  readonly #queue: Int32Array
  readonly #queueBack: Float64Array
  readonly #slots: Slot[] = []
  #inSight: Int32Array
  #nextLook = -Infinity
  #until: number

  constructor(world: World, { window_s = 300, range_m = 200 }: ApproachOptions = {}) {
    const { p } = world
    this.#world = world
    this.#window = Math.max(1, Math.ceil(window_s / SLOT_S))
    this.#range = range_m
    this.#until = world.now
    p.network.movements.forEach(({ from, to }, m) => this.#movementOf.set(`${p.linkIndex.get(from)} ${p.linkIndex.get(to)}`, m))
    this.#sensors = radarSensors(world).map(({ id, link }) => {
      const movements = p.network.movements.flatMap(({ from }, m) => (from === p.network.links[link]!.id ? [m] : []))
      return { id, link, movements, signal: movements.map((m) => p.network.movements[m]!.signal).find((signal) => signal !== undefined)! }
    })
    this.#watched = new Uint8Array(p.links)
    for (const { link } of this.#sensors) this.#watched[link] = 1
    this.#lane = new Int32Array(world.n).fill(-1)
    this.#queue = new Int32Array(p.lanes)
    this.#queueBack = new Float64Array(p.lanes)
    this.#inSight = new Int32Array(p.lanes)
  }

  observe({ world, list, count }: Fleet): void {
    const slot = this.#slot(world.now - world.dt)
    this.#until = world.now
    this.#inSight.fill(0)
    for (let i = 0; i < count; i++) this.#see(world, list[i]!, slot)
    if (world.now < this.#nextLook - 1e-9) return
    this.#nextLook = world.now + LOOK_S
    slot.looks++
    for (const { link } of this.#sensors) for (let lane = world.p.linkLane[link]!; lane < world.p.linkLane[link + 1]!; lane++) this.#look(world, lane, slot)
  }

  #slot(t: number): Slot {
    const last = this.#slots.at(-1)
    if (last !== undefined && t < last.from_s + SLOT_S - 1e-9) return last
    const { p } = this.#world
    const slot: Slot = {
      from_s: t, passedLane: new Int32Array(p.lanes), passedMovement: new Int32Array(p.network.movements.length), queueMax: new Int32Array(p.lanes), queueSum: new Int32Array(p.lanes), looks: 0,
      entered: new Int32Array(p.links), entrySpeed: new Float64Array(p.links), speed: new Float64Array(p.links), seen: new Int32Array(p.links),
    }
    this.#slots.push(slot)
    if (this.#slots.length > this.#window) this.#slots.shift()
    return slot
  }

  #see({ p, strip, pos, spd }: World, v: number, slot: Slot): void {
    const at = strip[v]!
    const before = this.#lane[v]!
    const link = at < p.lanes ? p.laneLink[at]! : -1
    if (before !== -1 && p.laneLink[before] !== link) {
      slot.passedLane[before]!++
      // A short path across the junction is passed between two looks: where it leads tells the movement.
      const movement = at < p.lanes ? this.#movementOf.get(`${p.laneLink[before]} ${link}`) : p.connMovement[at - p.lanes]
      if (movement !== undefined) slot.passedMovement[movement]!++
      this.#lane[v] = -1
    }
    if (link === -1 || this.#watched[link] === 0 || p.length[at]! - pos[v]! > this.#range) return
    if (this.#lane[v] === -1) {
      slot.entered[link]!++
      slot.entrySpeed[link]! += spd[v]!
    }
    this.#lane[v] = at
    this.#inSight[at]!++
    slot.speed[link]! += spd[v]!
    slot.seen[link]!++
  }

  #look(world: World, lane: number, slot: Slot): void {
    const length = world.p.length[lane]!
    let rear = length
    let queue = 0
    for (let i = 0; i < world.count[lane]!; i++) {
      const v = world.at(lane, i)
      if (length - world.pos[v]! > this.#range) break
      const slow = world.spd[v]! < STOPPED && world.dwellUntil[v]! <= world.now
      // Who has started in front of the queue no longer stands.
      if (!slow && queue === 0) continue
      if (!slow || (queue > 0 && rear - world.pos[v]! > CONTIGUOUS_M)) break
      queue++
      rear = world.pos[v]! - world.len[v]!
    }
    this.#queue[lane] = queue
    this.#queueBack[lane] = queue === 0 ? 0 : Math.min(this.#range, length - rear)
    slot.queueSum[lane]! += queue
    slot.queueMax[lane] = Math.max(slot.queueMax[lane]!, queue)
  }

  /** Every approach of every signal, in the order of `radarSensors`. Before the first step all is 0. */
  read(): ApproachReading[] {
    const { p } = this.#world
    const slots = this.#slots
    const total = (column: (slot: Slot) => Int32Array | Float64Array, i: number): number => slots.reduce((sum, slot) => sum + column(slot)[i]!, 0)
    const looks = slots.reduce((sum, slot) => sum + slot.looks, 0)
    return this.#sensors.map(({ id, signal, link, movements }) => {
      const lanes = Array.from({ length: p.linkLane[link + 1]! - p.linkLane[link]! }, (_, k): LaneReading => {
        const lane = p.linkLane[link]! + k
        return {
          lane: k, passed: total((slot) => slot.passedLane, lane), queue: this.#queue[lane]!, queue_m: this.#queueBack[lane]!,
          queue_max: Math.max(0, ...slots.map((slot) => slot.queueMax[lane]!)), queue_mean: looks === 0 ? 0 : total((slot) => slot.queueSum, lane) / looks, vehicles: this.#inSight[lane]!,
        }
      })
      const entered = total((slot) => slot.entered, link)
      return {
        sensor: id, signal, link: p.network.links[link]!.id, from_s: slots[0]?.from_s ?? this.#until, until_s: this.#until, lanes,
        movements: movements.map((m) => ({ movement: p.network.movements[m]!.id, passed: total((slot) => slot.passedMovement, m) })),
        entered, entry_speed_mps: total((slot) => slot.entrySpeed, link) / entered, mean_speed_mps: total((slot) => slot.speed, link) / total((slot) => slot.seen, link),
        vehicles: lanes.reduce((sum, { vehicles }) => sum + vehicles, 0),
      }
    })
  }
}
