// Corridor measures and trajectories: the stretch of each trip that follows the corridor's links in order.
import { GreenwaveError } from '../../model/errors.ts'
import type { LinkId } from '../../model/network.ts'
import type { FuelMeter } from '../measures/fuel-meter.ts'
import type { CorridorResults, Trajectories } from '../result.ts'
import { GONE, type World } from './world.ts'
import { routeLinks } from '../trip-table.ts'

const DIRECTIONS = ['outbound', 'inbound'] as const
/** Trajectory samples are this far apart, s. */
const SAMPLE_S = 1
const INSIDE_JUNCTION = 255

interface Way {
  links: number[]
  /** Place of each link in the chain. */
  place: Map<number, number>
  /** Start of each link in metres from the first stop line. */
  start: number[]
  stopLines: number[]
}

/** Samples of all vehicles in order of time, in columns that grow. */
class Samples {
  count = 0
  vehicle: Int32Array = new Int32Array(4096)
  time: Float32Array = new Float32Array(4096)
  position: Float32Array = new Float32Array(4096)
  lane: Uint8Array = new Uint8Array(4096)

  add(vehicle: number, time: number, position: number, lane: number): void {
    const i = this.count++
    if (i === this.vehicle.length) {
      this.vehicle = grown(this.vehicle, new Int32Array(2 * i))
      this.time = grown(this.time, new Float32Array(2 * i))
      this.position = grown(this.position, new Float32Array(2 * i))
      this.lane = grown(this.lane, new Uint8Array(2 * i))
    }
    this.vehicle[i] = vehicle
    this.time[i] = time
    this.position[i] = position
    this.lane[i] = lane
  }
}

function grown<T extends Int32Array | Float32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

export class CorridorMeter {
  readonly #w: World
  readonly #ways: Way[]
  /** Per vehicle: direction (-1 none), first and last leg on the corridor. */
  readonly #direction: Int8Array
  readonly #from: Int32Array
  readonly #to: Int32Array
  readonly #complete: Uint8Array
  readonly #time: Float64Array
  readonly #loss: Float64Array
  readonly #stops: Int32Array
  readonly #state: Uint8Array
  readonly #fuel: Float64Array
  readonly #co2: Float64Array
  readonly #control: Float64Array
  readonly #fuelMeter: FuelMeter | undefined
  readonly #samples = new Samples()
  readonly #recording: boolean
  readonly #onWay = new Set<number>()
  #nextSample = -Infinity

  constructor(w: World, fuel?: FuelMeter) {
    this.#w = w
    this.#fuelMeter = fuel
    this.#fuel = new Float64Array(fuel === undefined ? 0 : w.n)
    this.#co2 = new Float64Array(fuel === undefined ? 0 : w.n)
    this.#control = new Float64Array(w.input.reference === undefined ? 0 : w.n)
    const { corridor, options } = w.input
    this.#recording = options.record_trajectories === true
    this.#ways = DIRECTIONS.map((direction) => createWay(w, (corridor?.[direction] ?? []).flat()))
    this.#direction = new Int8Array(w.n).fill(-1)
    this.#from = new Int32Array(w.n).fill(-1)
    this.#to = new Int32Array(w.n).fill(-1)
    this.#complete = new Uint8Array(w.n)
    this.#time = new Float64Array(w.n)
    this.#loss = new Float64Array(w.n)
    this.#stops = new Int32Array(w.n)
    this.#state = new Uint8Array(w.n)
    for (let v = 0; v < w.n; v++) {
      const departed = w.trips.depart_s[v]!
      if (departed >= options.measure_from_s && departed < options.measure_until_s) this.#place(v, routeLinks(w.trips, w.trips.route[v]!))
    }
  }

  /** The longest stretch of a route that runs along a direction, if it has two links or more. */
  #place(v: number, links: Int32Array): void {
    const first = this.#w.book.firstLeg[v]!
    let longest = 1
    this.#ways.forEach((way, direction) => {
      let begin = 0
      for (let k = 0; k < links.length; k++) {
        const here = way.place.get(links[k]!)
        const before = k === 0 ? undefined : way.place.get(links[k - 1]!)
        if (here === undefined || before === undefined || here !== before + 1) begin = k
        if (here === undefined || k - begin + 1 <= longest) continue
        longest = k - begin + 1
        this.#direction[v] = direction
        this.#from[v] = first + begin
        this.#to[v] = first + k
        this.#complete[v] = longest === way.links.length ? 1 : 0
      }
    })
  }

  enterLink(v: number, leg: number, time: number): void {
    if (leg !== this.#from[v] || this.#state[v] !== 0) return
    this.#state[v] = 1
    this.#time[v] = time
    this.#loss[v] = this.#w.loss[v]!
    this.#stops[v] = this.#w.stops[v]!
    if (this.#fuelMeter !== undefined) {
      this.#fuel[v] = this.#fuelMeter.fuel[v]!
      this.#co2[v] = this.#fuelMeter.co2[v]!
    }
    if (this.#recording) this.#onWay.add(v)
  }

  leaveLink(v: number, leg: number, time: number): void {
    if (leg !== this.#to[v] || this.#state[v] !== 1) return
    this.#state[v] = 2
    if (this.#fuelMeter !== undefined) {
      this.#fuel[v] = this.#fuelMeter.fuel[v]! - this.#fuel[v]!
      this.#co2[v] = this.#fuelMeter.co2[v]! - this.#co2[v]!
    }
    if (this.#w.input.reference !== undefined) this.#control[v] = this.#controlDelay(v, time)
    this.#time[v] = time - this.#time[v]!
    this.#loss[v] = this.#w.loss[v]! - this.#loss[v]!
    this.#stops[v] = this.#w.stops[v]! - this.#stops[v]!
    this.#onWay.delete(v)
  }

  /** Against the reference, from entry of the first link; from the intended departure where the trip begins there. */
  #controlDelay(v: number, time: number): number {
    const { first, enter_s, line_s } = this.#w.input.reference!
    const base = this.#w.book.firstLeg[v]!
    const [from, to] = [this.#from[v]! - base, this.#to[v]! - base]
    const begun = from === 0 ? this.#w.trips.depart_s[v]! : this.#time[v]!
    const begunThere = from === 0 ? this.#w.trips.depart_s[v]! : enter_s[first[v]! + from]!
    return time - begun - (line_s[first[v]! + to]! - begunThere)
  }

  /** A vehicle that was routed anew no longer follows the corridor. */
  giveUp(v: number): void {
    this.#from[v] = -1
    this.#to[v] = -1
    this.#onWay.delete(v)
  }

  sample(): void {
    const w = this.#w
    if (!this.#recording || w.now < this.#nextSample) return
    this.#nextSample = w.now + SAMPLE_S
    for (const v of this.#onWay) {
      if (w.state[v] === GONE) continue
      const way = this.#ways[this.#direction[v]!]!
      const inside = !w.isLane(w.strip[v]!)
      const link = w.book.legLink[w.leg[v]!]!
      const place = way.place.get(link)
      if (place === undefined) continue
      const position = way.start[place]! + (inside ? w.p.length[w.p.linkLane[link]!]! : 0) + w.pos[v]!
      const lane = inside ? INSIDE_JUNCTION : w.strip[v]! - w.p.linkLane[link]!
      this.#samples.add(v, w.now, position, lane)
    }
  }

  results(): Record<'outbound' | 'inbound', CorridorResults> {
    const of = (direction: number): CorridorResults => {
      const done: number[] = []
      for (let v = 0; v < this.#w.n; v++) if (this.#direction[v] === direction && this.#state[v] === 2) done.push(v)
      return {
        trip: Int32Array.from(done),
        travel_time_s: Float64Array.from(done, (v) => this.#time[v]!),
        delay_s: Float64Array.from(done, (v) => this.#loss[v]!),
        stops: Int32Array.from(done, (v) => this.#stops[v]!),
        complete: Uint8Array.from(done, (v) => this.#complete[v]!),
        ...(this.#w.input.reference === undefined ? {} : { control_delay_s: Float64Array.from(done, (v) => this.#control[v]!) }),
        ...(this.#fuelMeter === undefined ? {} : { fuel_g: Float64Array.from(done, (v) => this.#fuel[v]!), co2_g: Float64Array.from(done, (v) => this.#co2[v]!) }),
      }
    }
    return { outbound: of(0), inbound: of(1) }
  }

  trajectories(): Trajectories | undefined {
    if (!this.#recording) return undefined
    const { count, vehicle, time, position, lane } = this.#samples
    // Sorted by vehicle, keeping the order of time.
    const perVehicle = new Int32Array(this.#w.n)
    for (let i = 0; i < count; i++) perVehicle[vehicle[i]!]!++
    const vehicles: number[] = []
    const next = new Int32Array(this.#w.n)
    const start = [0]
    perVehicle.forEach((samples, v) => {
      if (samples === 0) return
      next[v] = start.at(-1)!
      vehicles.push(v)
      start.push(next[v]! + samples)
    })
    const order = new Int32Array(count)
    for (let i = 0; i < count; i++) order[next[vehicle[i]!]!++] = i
    return {
      trip: Int32Array.from(vehicles),
      direction: Uint8Array.from(vehicles, (v) => this.#direction[v]!),
      start: Int32Array.from(start),
      time_s: Float32Array.from(order, (i) => time[i]!),
      position_m: Float32Array.from(order, (i) => position[i]!),
      lane: Uint8Array.from(order, (i) => lane[i]!),
      stop_lines_m: { outbound: Float32Array.from(this.#ways[0]!.stopLines), inbound: Float32Array.from(this.#ways[1]!.stopLines) },
    }
  }
}

function createWay(w: World, ids: LinkId[]): Way {
  const links: number[] = []
  for (const id of ids) {
    const link = w.p.linkIndex.get(id)
    if (link === undefined) throw new GreenwaveError('input.reference', `the corridor names link "${id}", which does not exist`)
    if (links.at(-1) !== link) links.push(link)
  }
  const start: number[] = []
  const stopLines: number[] = []
  let s = 0
  links.forEach((link, i) => {
    const length = w.p.network.links[link]!.length_m
    if (i === 0) s = -length
    start.push(s)
    s += length
    stopLines.push(s)
    s += crossingLength(w, link, links[i + 1])
  })
  return { links, place: new Map(links.map((link, i) => [link, i])), start, stopLines }
}

/** Mean length of the connections from one link to the next, 0 at the end. */
function crossingLength(w: World, from: number, to: number | undefined): number {
  const { p } = w
  let sum = 0
  let count = 0
  for (let c = 0; c < p.connections; c++) {
    if (p.laneLink[p.connFrom[c]!] !== from || p.laneLink[p.connTo[c]!] !== to) continue
    sum += p.length[p.lanes + c]!
    count++
  }
  return count === 0 ? 0 : sum / count
}
