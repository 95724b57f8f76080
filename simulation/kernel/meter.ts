// Measures of a run: vehicles, movements, corridor. Definitions stand in result.ts; what each needs while the run goes on
// stands in ../measures/. The kernel calls at events of one vehicle (entry, link, stop line, marks on its way, exit) and
// twice a step; nothing is allocated on the way.
import { ArrivalMeter } from '../measures/arrivals.ts'
import { FuelMeter } from '../measures/fuel-meter.ts'
import { Greens } from '../measures/greens.ts'
import { emptyPassages } from '../measures/passages.ts'
import { SplitFailureMeter } from '../measures/split-failures.ts'
import type { CorridorResults, MovementResults, PassageTimes, RunResult, VehicleResults } from '../result.ts'
import { CorridorMeter } from './corridor.ts'
import { REGAINED_M } from './parameters.ts'
import { QueueMeter } from './queues.ts'
import { GONE, WAITING, type World } from './world.ts'
import { legCount } from '../trip-table.ts'

/** No movement is open; one is, but passed outside the measuring window. */
const CLOSED = -1
const UNMEASURED = -2

export class Meter {
  /** Odometer of the next mark of a vehicle: its detector, or where its delay at the last junction is closed. */
  readonly closeAt: Float64Array
  readonly queues: QueueMeter
  readonly corridor: CorridorMeter
  readonly greens: Greens
  readonly fuel: FuelMeter | undefined
  readonly #w: World
  readonly #arrivals: ArrivalMeter
  readonly #splits: SplitFailureMeter
  readonly #passages: PassageTimes | undefined
  readonly #reference: PassageTimes | undefined
  /** Where the junction behind is closed. */
  readonly #closeMark: Float64Array
  /** Loss, stops, fuel and time at which the last junction was closed. */
  readonly #baseLoss: Float64Array
  readonly #baseStops: Int32Array
  readonly #baseFuel: Float64Array
  readonly #baseCo2: Float64Array
  readonly #baseTime: Float64Array
  /** Movement that is still open, and the place of its link in the trip, -1 for one that was routed anew. */
  readonly #open: Int32Array
  readonly #openLeg: Int32Array
  readonly #leftAt: Float64Array
  readonly #count: Int32Array
  readonly #closed: Int32Array
  readonly #delay: Float64Array
  readonly #travel: Float64Array
  readonly #stops: Int32Array
  readonly #control: Float64Array
  readonly #controlled: Int32Array
  readonly #fuelSum: Float64Array
  readonly #co2Sum: Float64Array
  readonly #fuelled: Int32Array

  constructor(w: World) {
    this.#w = w
    const { n } = w
    const movements = w.p.network.movements.length
    const float = (size: number): Float64Array => new Float64Array(size)
    this.closeAt = float(n).fill(Infinity)
    this.#closeMark = float(n).fill(Infinity)
    this.#baseLoss = float(n); this.#baseTime = float(n)
    this.#baseStops = new Int32Array(n)
    this.#open = new Int32Array(n).fill(CLOSED)
    this.#openLeg = new Int32Array(n)
    this.#leftAt = float(n).fill(NaN)
    this.#count = new Int32Array(movements); this.#closed = new Int32Array(movements); this.#stops = new Int32Array(movements); this.#controlled = new Int32Array(movements); this.#fuelled = new Int32Array(movements)
    this.#delay = float(movements); this.#travel = float(movements); this.#control = float(movements); this.#fuelSum = float(movements); this.#co2Sum = float(movements)
    this.fuel = w.input.options.fuel === undefined ? undefined : new FuelMeter(w)
    this.#baseFuel = float(this.fuel === undefined ? 0 : n); this.#baseCo2 = float(this.fuel === undefined ? 0 : n)
    this.#passages = w.input.options.record_passages === true ? emptyPassages(w) : undefined
    this.#reference = w.input.reference
    this.#splits = new SplitFailureMeter(w, (head) => this.greens.connections[head]!)
    this.greens = new Greens(w, this.#splits)
    this.#arrivals = new ArrivalMeter(w, this.greens)
    this.queues = new QueueMeter(w)
    this.corridor = new CorridorMeter(w, this.fuel)
  }

  /** The signals show what holds from now on. */
  signalsSet(): void {
    this.greens.look(this.#w.now)
  }

  /** All have moved; `now` is still the start of the step. */
  moved(): void {
    this.fuel?.step()
  }

  /** The step is over and `now` its end. */
  stepped(): void {
    this.queues.look()
    this.corridor.sample()
  }

  /** Place of a leg in the trip, -1 where the vehicle was routed anew. */
  #place(v: number, leg: number): number {
    const k = leg - this.#w.book.firstLeg[v]!
    return k >= 0 && k < legCount(this.#w.trips, v) ? k : -1
  }

  /** A new vehicle in the network. */
  start(v: number, time: number): void {
    const w = this.#w
    w.enteredAt[v] = time
    this.#baseTime[v] = time
    this.fuel?.start(v)
    this.#entered(v, w.leg[v]!, time)
    this.#arrivals.enterLink(v, w.trips.depart_s[v]!)
    this.#arm(v)
  }

  enterLink(v: number, leg: number, time: number): void {
    const w = this.#w
    if (this.#open[v] !== CLOSED) {
      const length = w.p.length[w.strip[v]!]!
      this.#closeMark[v] = w.odo[v]! - w.pos[v]! + Math.min(REGAINED_M, length)
    }
    this.#entered(v, leg, time)
    this.#arrivals.enterLink(v, time + (w.pos[v]! / Math.max(w.spd[v]!, 1)))
    this.#arm(v)
  }

  #entered(v: number, leg: number, time: number): void {
    const k = this.#passages === undefined ? -1 : this.#place(v, leg)
    if (k >= 0) this.#passages!.enter_s[this.#passages!.first[v]! + k] = time
    this.corridor.enterLink(v, leg, time)
  }

  #leftLink(v: number, leg: number, time: number): void {
    const k = this.#passages === undefined ? -1 : this.#place(v, leg)
    if (k >= 0) this.#passages!.line_s[this.#passages!.first[v]! + k] = time
    this.corridor.leaveLink(v, leg, time)
  }

  passLine(v: number, c: number, time: number): void {
    const w = this.#w
    if (this.#open[v] !== CLOSED) this.#book(v, time)
    this.#leftLink(v, w.leg[v]!, time)
    const { measure_from_s: from, measure_until_s: until } = w.input.options
    const measured = time >= from && time < until
    this.#open[v] = measured ? w.p.connMovement[c]! : UNMEASURED
    this.#openLeg[v] = this.#place(v, w.leg[v]!)
    if (measured) this.#arrivals.passLine(v, c, time)
    this.#arrivals.detectAt[v] = Infinity
    this.#arm(v)
  }

  #arm(v: number): void {
    this.closeAt[v] = Math.min(this.#closeMark[v]!, this.#arrivals.detectAt[v]!)
  }

  /** When v was at a mark that it reached in this step. */
  #timeAt(v: number, mark: number): number {
    const w = this.#w
    return w.now + w.dt - Math.min(w.dt, (w.odo[v]! - mark) / Math.max(w.spd[v]!, 0.01))
  }

  /** The vehicle has reached a mark in this step. */
  close(v: number): void {
    const w = this.#w
    const odo = w.odo[v]!
    if (odo >= this.#closeMark[v]!) this.#book(v, this.#timeAt(v, this.#closeMark[v]!))
    if (odo >= this.#arrivals.detectAt[v]!) this.#arrivals.detect(v, this.#timeAt(v, this.#arrivals.detectAt[v]!))
    this.#arm(v)
  }

  /** The junction behind no longer slows the vehicle: its delay is booked, and what comes counts for the next one. */
  #book(v: number, time: number): void {
    const w = this.#w
    const [m, k] = [this.#open[v]!, this.#openLeg[v]!]
    this.#closeMark[v] = Infinity
    this.#open[v] = CLOSED
    if (this.#passages !== undefined && k >= 0) this.#passages.close_s[this.#passages.first[v]! + k] = time
    if (m >= 0) {
      this.#closed[m]!++
      this.#count[m]!++
      this.#delay[m] = this.#delay[m]! + w.loss[v]! - this.#baseLoss[v]!
      this.#travel[m] = this.#travel[m]! + time - this.#baseTime[v]!
      this.#stops[m] = this.#stops[m]! + w.stops[v]! - this.#baseStops[v]!
      this.#bookFuel(v, m)
      if (this.#reference !== undefined && k >= 0) this.#bookControl(v, m, k, time)
    }
    this.#baseLoss[v] = w.loss[v]!
    this.#baseStops[v] = w.stops[v]!
    this.#baseTime[v] = time
    if (this.fuel !== undefined) {
      this.#baseFuel[v] = this.fuel.fuel[v]!
      this.#baseCo2[v] = this.fuel.co2[v]!
    }
  }

  #bookFuel(v: number, m: number): void {
    const fuel = this.fuel?.fuel[v]
    if (fuel === undefined || Number.isNaN(fuel)) return
    this.#fuelled[m]!++
    this.#fuelSum[m] = this.#fuelSum[m]! + fuel - this.#baseFuel[v]!
    this.#co2Sum[m] = this.#co2Sum[m]! + this.fuel!.co2[v]! - this.#baseCo2[v]!
  }

  #bookControl(v: number, m: number, k: number, time: number): void {
    const { close_s, first } = this.#reference!
    const place = first[v]! + k
    // The first movement answers for the wait to enter, too.
    const depart = this.#w.trips.depart_s[v]!
    const control = time - (k === 0 ? depart : this.#baseTime[v]!) - (close_s[place]! - (k === 0 ? depart : close_s[place - 1]!))
    if (Number.isNaN(control)) return
    this.#controlled[m]!++
    this.#control[m] = this.#control[m]! + control
  }

  leave(v: number, time: number): void {
    if (this.#open[v] !== CLOSED) this.#book(v, time)
    this.#leftLink(v, this.#w.leg[v]!, time)
    this.#leftAt[v] = time
  }

  vehicles(): VehicleResults {
    const w = this.#w
    const { input: { options }, trips: { depart_s } } = w
    const measured: number[] = []
    for (let v = 0; v < w.n; v++) {
      const t = depart_s[v]!
      if (t >= options.measure_from_s && t < options.measure_until_s) measured.push(v)
    }
    const time = Float64Array.from(measured, (v) => (w.state[v] === GONE ? this.#leftAt[v]! - w.enteredAt[v]! : NaN))
    const fuel = this.fuel
    const reference = this.#reference
    return {
      trip: Int32Array.from(measured),
      travel_time_s: time,
      free_flow_s: Float64Array.from(measured, (v, i) => time[i]! - w.loss[v]!),
      delay_s: Float64Array.from(measured, (v) => w.loss[v]!),
      standing_s: Float64Array.from(measured, (v) => w.stood[v]!),
      stops: Int32Array.from(measured, (v) => w.stops[v]!),
      insertion_delay_s: Float64Array.from(measured, (v) => Math.max(0, (w.state[v] === WAITING ? w.now : w.enteredAt[v]!) - depart_s[v]!)),
      completed: Uint8Array.from(measured, (v) => (w.state[v] === GONE ? 1 : 0)),
      ...(reference === undefined ? {} : { control_delay_s: Float64Array.from(measured, (v) => (this.#place(v, w.leg[v]!) < 0 ? NaN : this.#leftAt[v]! - reference.line_s[reference.first[v + 1]! - 1]!)) }),
      ...(fuel === undefined ? {} : { fuel_g: Float64Array.from(measured, (v) => fuel.fuel[v]!), co2_g: Float64Array.from(measured, (v) => fuel.co2[v]!) }),
    }
  }

  movements(): MovementResults {
    const w = this.#w
    // Those between the line and the place where delay closes when the run ended count as passed.
    const count = this.#count.slice()
    for (let v = 0; v < w.n; v++) if (this.#open[v]! >= 0) count[this.#open[v]!]!++
    return {
      count, demanded: demandedMovements(w), delay_sum_s: this.#delay, delay_count: this.#closed, travel_time_sum_s: this.#travel, stops_sum: this.#stops,
      ...(this.#reference === undefined ? {} : { control_delay_sum_s: this.#control, control_delay_count: this.#controlled }),
      ...(this.fuel === undefined ? {} : { fuel_sum_g: this.#fuelSum, co2_sum_g: this.#co2Sum, fuel_count: this.#fuelled }),
      ...this.queues.results(),
      arrivals: this.#arrivals.count, arrivals_on_green: this.#arrivals.onGreen,
      green_share: this.#greenShares(), greens: this.#splits.greens, split_failures: this.#splits.failures,
    }
  }

  /** Of a movement with several heads, the one with most green. */
  #greenShares(): Float64Array {
    const { input: { options: { start_s, measure_from_s, measure_until_s } }, now, p } = this.#w
    const share = new Float64Array(p.network.movements.length).fill(NaN)
    const [from, until] = [Math.max(start_s, measure_from_s), Math.min(now, measure_until_s)]
    if (until <= from) return share
    this.greens.movement.forEach((m, head) => {
      const here = this.greens.greenBetween(head, from, until) / (until - from)
      share[m] = Number.isNaN(share[m]!) ? here : Math.max(share[m]!, here)
    })
    return share
  }

  corridors(): Record<'outbound' | 'inbound', CorridorResults> {
    return this.corridor.results()
  }

  result(): Pick<RunResult, 'vehicles' | 'movements' | 'corridor' | 'trajectories' | 'passages'> {
    const trajectories = this.corridor.trajectories()
    return {
      vehicles: this.vehicles(), movements: this.movements(), corridor: this.corridors(),
      ...(trajectories === undefined ? {} : { trajectories }), ...(this.#passages === undefined ? {} : { passages: this.#passages }),
    }
  }
}

/** How many trips of the measuring window have each movement on their way. */
function demandedMovements(w: World): Int32Array {
  const { p, trips, input: { options } } = w
  const movementOf = new Map(p.network.movements.map(({ from, to }, m) => [p.linkIndex.get(from)! * p.links + p.linkIndex.get(to)!, m]))
  const perRoute = new Int32Array(trips.route_start.length - 1)
  for (let v = 0; v < w.n; v++) {
    const depart = trips.depart_s[v]!
    if (depart >= options.measure_from_s && depart < options.measure_until_s) perRoute[trips.route[v]!]!++
  }
  const demanded = new Int32Array(p.network.movements.length)
  perRoute.forEach((vehicles, route) => {
    if (vehicles === 0) return
    for (let k = trips.route_start[route]!; k + 1 < trips.route_start[route + 1]!; k++) {
      const m = movementOf.get(trips.route_link[k]! * p.links + trips.route_link[k + 1]!)
      if (m !== undefined) demanded[m] = demanded[m]! + vehicles
    }
  })
  return demanded
}
