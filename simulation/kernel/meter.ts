// Measures of a run: vehicles, movements, corridor. Definitions stand in result.ts.
import type { CorridorResults, MovementResults, RunResult, VehicleResults } from '../result.ts'
import { CorridorMeter } from './corridor.ts'
import { REGAINED_M } from './parameters.ts'
import { QueueMeter } from './queues.ts'
import { GONE, WAITING, type World } from './world.ts'

export class Meter {
  /** Odometer at which a vehicle's delay at the last junction is closed. */
  readonly closeAt: Float64Array
  readonly queues: QueueMeter
  readonly corridor: CorridorMeter
  readonly #w: World
  /** Loss and stops when the vehicle entered the approach it is on. */
  readonly #baseLoss: Float64Array
  readonly #baseStops: Int32Array
  /** Movement whose delay is still open, -1 if none. */
  readonly #open: Int32Array
  readonly #leftAt: Float64Array
  readonly #count: Int32Array
  readonly #delay: Float64Array
  readonly #closed: Int32Array
  readonly #stops: Int32Array

  constructor(w: World) {
    this.#w = w
    this.closeAt = new Float64Array(w.n).fill(Infinity)
    this.#baseLoss = new Float64Array(w.n)
    this.#baseStops = new Int32Array(w.n)
    this.#open = new Int32Array(w.n).fill(-1)
    this.#leftAt = new Float64Array(w.n).fill(NaN)
    const movements = w.p.network.movements.length
    this.#count = new Int32Array(movements)
    this.#delay = new Float64Array(movements)
    this.#closed = new Int32Array(movements)
    this.#stops = new Int32Array(movements)
    this.queues = new QueueMeter(w)
    this.corridor = new CorridorMeter(w)
  }

  /** A new vehicle in the network. */
  start(v: number, time: number): void {
    this.#w.enteredAt[v] = time
    this.corridor.enterLink(v, this.#w.leg[v]!, time)
  }

  enterLink(v: number, leg: number, time: number): void {
    const w = this.#w
    if (this.#open[v]! >= 0) {
      const length = w.p.length[w.strip[v]!]!
      this.closeAt[v] = w.odo[v]! - w.pos[v]! + Math.min(REGAINED_M, length)
    }
    this.corridor.enterLink(v, leg, time)
  }

  passLine(v: number, c: number, time: number): void {
    const w = this.#w
    if (this.#open[v]! >= 0) this.close(v)
    this.corridor.leaveLink(v, w.leg[v]!, time)
    this.#open[v] = w.p.connMovement[c]!
    this.closeAt[v] = Infinity
    const { measure_from_s: from, measure_until_s: until } = w.input.options
    if (time < from || time >= until) this.#open[v] = -2
  }

  /** The junction behind no longer slows the vehicle: its delay is booked, and what comes counts for the next one. */
  close(v: number): void {
    const w = this.#w
    const m = this.#open[v]!
    this.closeAt[v] = Infinity
    this.#open[v] = -1
    if (m >= 0) {
      this.#count[m]!++
      this.#closed[m]!++
      this.#delay[m] = this.#delay[m]! + w.loss[v]! - this.#baseLoss[v]!
      this.#stops[m] = this.#stops[m]! + w.stops[v]! - this.#baseStops[v]!
    }
    this.#baseLoss[v] = w.loss[v]!
    this.#baseStops[v] = w.stops[v]!
  }

  leave(v: number, time: number): void {
    if (this.#open[v]! >= 0) this.close(v)
    this.corridor.leaveLink(v, this.#w.leg[v]!, time)
    this.#leftAt[v] = time
  }

  vehicles(): VehicleResults {
    const w = this.#w
    const { trips, options } = w.input
    const measured: number[] = []
    for (let v = 0; v < w.n; v++) {
      const t = trips[v]!.depart_s
      if (t >= options.measure_from_s && t < options.measure_until_s) measured.push(v)
    }
    const time = Float64Array.from(measured, (v) => (w.state[v] === GONE ? this.#leftAt[v]! - w.enteredAt[v]! : NaN))
    return {
      trip: Int32Array.from(measured),
      travel_time_s: time,
      free_flow_s: Float64Array.from(measured, (v, i) => time[i]! - w.loss[v]!),
      delay_s: Float64Array.from(measured, (v) => w.loss[v]!),
      stops: Int32Array.from(measured, (v) => w.stops[v]!),
      insertion_delay_s: Float64Array.from(measured, (v) => Math.max(0, (w.state[v] === WAITING ? w.now : w.enteredAt[v]!) - trips[v]!.depart_s)),
      completed: Uint8Array.from(measured, (v) => (w.state[v] === GONE ? 1 : 0)),
    }
  }

  movements(): MovementResults {
    // Those between the line and the place where delay closes when the run ended count as passed.
    const count = this.#count.slice()
    for (let v = 0; v < this.#w.n; v++) if (this.#open[v]! >= 0) count[this.#open[v]!]!++
    return { count, delay_sum_s: this.#delay, delay_count: this.#closed, stops_sum: this.#stops, ...this.queues.results() }
  }

  corridors(): Record<'outbound' | 'inbound', CorridorResults> {
    return this.corridor.results()
  }

  result(): Pick<RunResult, 'vehicles' | 'movements' | 'corridor' | 'trajectories'> {
    const trajectories = this.corridor.trajectories()
    return { vehicles: this.vehicles(), movements: this.movements(), corridor: this.corridors(), ...(trajectories === undefined ? {} : { trajectories }) }
  }
}
