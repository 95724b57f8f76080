// The state of one run, as flat columns. A vehicle's number is the index of its trip. Every strip (lane or connection)
// holds its vehicles in a ring, the foremost first.
import { GreenwaveError } from '../../model/errors.ts'
import type { SimulationInput } from '../input.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { tripTable, type TripTable } from '../trip-table.ts'
import { type Arrival, newArrival } from './approach.ts'
import { type IdmDriver, idmDriver } from './car-following.ts'
import { normal } from './random.ts'
import { routeBook, type RouteBook } from './routes.ts'
import { createSignalHeads, type SignalHeads } from './signals.ts'

export const WAITING = 0
export const DRIVING = 1
export const GONE = 2

/** Why a vehicle is as slow as it is, where no other vehicle is the reason. */
export const NOBODY = -1
export const RED_LIGHT = -2

// The columns are declared only: a field that first is undefined and then a column is read with a check of its type every time.
export class World {
  declare readonly p: PreparedNetwork
  declare readonly input: SimulationInput
  declare readonly trips: TripTable
  declare readonly book: RouteBook
  declare readonly signals: SignalHeads
  declare readonly dt: number
  declare readonly seed: number
  declare readonly krauss: boolean
  /** By SUMO's rules rather than those of the field. */
  declare readonly sumo: boolean
  declare now: number
  step = 0
  updates = 0
  inserted = 0
  completed = 0
  driving = 0
  missedTurns = 0
  grants = 0

  // Vehicles
  declare readonly n: number
  declare readonly pos: Float64Array
  declare readonly spd: Float64Array
  /** Desired speed on the strip where it is. */
  declare readonly top: Float64Array
  /** Speed chosen for this step. */
  declare readonly next: Float64Array
  declare readonly odo: Float64Array
  declare readonly strip: Int32Array
  declare readonly leg: Int32Array
  declare readonly state: Uint8Array
  declare readonly len: Float64Array
  declare readonly gap0: Float64Array
  declare readonly acc: Float64Array
  declare readonly dec: Float64Array
  declare readonly tau: Float64Array
  declare readonly twoRootAb: Float64Array
  /** One object per type of vehicle. */
  declare readonly idm: readonly IdmDriver[]
  declare readonly vmax: Float64Array
  declare readonly factor: Float64Array
  declare readonly sigma: Float64Array
  declare readonly exitAt: Float64Array
  declare readonly haltedFor: Float64Array
  /** The vehicle waited for, or NOBODY, or RED_LIGHT. */
  declare readonly waitsFor: Int32Array
  /** As decided last: 1 = passes the next line, 2 = stops at its red or yellow, 0 = neither. */
  declare readonly goes: Uint8Array
  /** 1 = stops at the next line, as planned in this step and in the one before. */
  declare hasToWait: Uint8Array
  declare hadToWait: Uint8Array
  /** When the first in a queue saw the green, Infinity before. */
  declare readonly greenSeen: Float64Array
  /** 1 = by following it on the same ground, not by rank. */
  declare readonly heldByLeader: Uint8Array
  /** Standing at a line because somebody else goes first, since; 0 = not. */
  declare readonly yieldingSince: Float64Array
  /** 1 while no room beyond the junction keeps it before the line. */
  declare readonly keptOut: Uint8Array
  /** 1 = may leave on yellow or red, having waited for a gap. */
  declare readonly sneaker: Uint8Array
  /** Yields are waived until this time, to break a cycle. */
  declare readonly grantedUntil: Float64Array
  /** Who went before by another connection of the same lane, and its odometer at the line. */
  declare readonly sibling: Int32Array
  declare readonly siblingLine: Float64Array
  /** Connection before whose red line it stood in the last step and planned to stand, -1 for none. */
  declare readonly restsAt: Int32Array
  /** Full stop made at the line it stands at (turn on red). */
  declare readonly stoppedAtLine: Uint8Array
  /** Lane changing: advised speed for the next step, accumulated wish, smoothed speed, step of last change. */
  declare readonly advice: Float64Array
  declare readonly wish: Float64Array
  /** Accumulated wish to keep right; 1 = speeds up as far as is safe in the next step, to clear the way. */
  declare readonly rightWish: Float64Array
  declare readonly hurry: Uint8Array
  declare readonly steady: Float64Array
  declare readonly changedAt: Int32Array
  /** 1 = the route asks for another lane soon. */
  declare readonly hasToChange: Uint8Array
  /** Planned halts: index of the next one in the trip, and end of the present one. */
  declare readonly stopIndex: Int16Array
  declare readonly stopLeg: Int32Array
  declare readonly dwellUntil: Float64Array
  /** Speed lost against the desired speed so far, s; time stood but for planned halts, s; stops so far; 1 = faster than MOVING_AGAIN since the last stop. */
  declare readonly loss: Float64Array
  declare readonly stood: Float64Array
  declare readonly stops: Int32Array
  declare readonly wasMoving: Uint8Array
  declare readonly enteredAt: Float64Array

  // Strips
  declare readonly ringStart: Int32Array
  declare readonly ringMask: Int32Array
  declare readonly head: Int32Array
  declare readonly count: Int32Array
  declare readonly ring: Int32Array
  /** Strips with somebody on them, in no order; those left empty are dropped when speeds are planned. */
  declare readonly busy: Int32Array
  readonly #isBusy: Uint8Array
  busyCount = 0
  /** Last vehicle that left a lane over its end, and by which connection. */
  declare readonly lastOut: Int32Array
  declare readonly lastOutConnection: Int32Array
  /** Its odometer at the end of the lane. */
  declare readonly lastOutLine: Float64Array
  /** Rearmost halting vehicle of a lane: its back, the room that those behind it need, and itself. */
  declare readonly haltBack: Float64Array
  declare readonly haltBehind: Float64Array
  declare readonly haltVehicle: Int32Array
  /** Lanes whose foremost vehicle is past their end, within a move. */
  readonly overrun: number[] = []
  /** Length of all vehicles of a strip with their gaps, m. */
  declare readonly load: Float64Array
  /** Room on a lane promised to vehicles that are on their way through a junction, m. */
  declare readonly promised: Float64Array

  // Reservations of junction space, see reservations.ts
  declare readonly reserved: number[][]
  /** Per connection: reservations on all connections that cross or join it. */
  declare readonly foesIn: Int32Array
  /** Per vehicle: reservations held, and the latest of them. */
  declare readonly held: Uint8Array
  declare readonly latest: Int32Array
  readonly resVehicle: number[] = []
  readonly resConnection: number[] = []
  readonly resLine: number[] = []
  readonly resRank: number[] = []
  readonly resRank2: number[] = []
  readonly resFree: number[] = []
  readonly active: number[] = []
  readonly resPromise: number[] = []
  rank = 0
  lowestRank = 0
  /** What the vehicle planned at the moment may drive at most, and who keeps it from more. */
  bound = 0
  binder = NOBODY
  boundToLeader = false
  /** Its speed behind the leader looked at last, and behind who is on the lane that it looks along (Infinity where nobody is). */
  followed = 0
  behind = Infinity

  /** Second pass over those who have to yield, see plan.ts. */
  deciding = false
  /** The vehicle planned at the moment needs the second pass. */
  undecided = false
  declare readonly undecidedStrip: Int32Array
  declare readonly undecidedPlace: Int32Array
  undecidedCount = 0
  /** Scratch: times of the vehicle that is planned at the moment. */
  readonly mine: Arrival = newArrival()

  // Vehicles that come up to watched connections, see approach.ts
  /** Step after the one in which a vehicle last said, or chose not to say, when it passes its next line; in which those far from a connection were asked. */
  declare readonly saidAt: Int32Array
  declare readonly farAsked: Int32Array
  declare readonly comingHead: Int32Array
  declare readonly comingTouched: Int32Array
  comingTouchedCount = 0
  comingCount = 0
  declare comingNext: Int32Array
  declare comingVehicle: Int32Array
  declare comingDistance: Float64Array
  /** Speed it may drive in this step, and whether its times are worked out: 0 = yes, else how (see approach.ts). */
  declare comingPass: Float64Array
  /** Its speed then behind who is on its lane. */
  declare comingBehind: Float64Array
  declare comingPending: Uint8Array
  declare comingArrive: Float64Array
  declare comingLeave: Float64Array
  declare comingSpeed: Float64Array
  declare comingLeaveSpeed: Float64Array
  declare comingBraking: Float64Array

  constructor(prepared: PreparedNetwork, input: SimulationInput) {
    const { vehicle_types: types, options } = input
    const trips = (this.trips = tripTable(input.trips))
    this.p = prepared
    this.input = input
    this.dt = options.step_s
    this.seed = options.seed
    this.krauss = options.model === 'krauss'
    this.sumo = options.rules === 'sumo'
    this.now = options.start_s
    this.book = routeBook(prepared, trips, types)
    this.signals = createSignalHeads(prepared, input)
    const n = (this.n = trips.length)
    const f = (): Float64Array => new Float64Array(n)
    this.pos = f(); this.spd = f(); this.top = f(); this.next = f(); this.odo = f()
    this.len = f(); this.gap0 = f(); this.acc = f(); this.dec = f(); this.tau = f(); this.twoRootAb = f()
    this.vmax = f(); this.factor = f(); this.sigma = f()
    this.exitAt = f().fill(Infinity); this.haltedFor = f(); this.yieldingSince = f(); this.grantedUntil = f().fill(-Infinity)
    this.advice = f().fill(Infinity); this.wish = f(); this.rightWish = f(); this.hurry = new Uint8Array(n); this.steady = f(); this.dwellUntil = f().fill(-Infinity)
    this.greenSeen = f().fill(Infinity)
    this.loss = f(); this.stood = f(); this.enteredAt = f(); this.siblingLine = f()
    this.sibling = new Int32Array(n).fill(-1)
    this.restsAt = new Int32Array(n).fill(-1)
    this.strip = new Int32Array(n).fill(-1)
    this.leg = this.book.firstLeg.slice()
    this.state = new Uint8Array(n)
    this.waitsFor = new Int32Array(n).fill(NOBODY)
    this.hasToWait = new Uint8Array(n); this.hadToWait = new Uint8Array(n)
    this.keptOut = new Uint8Array(n); this.heldByLeader = new Uint8Array(n); this.goes = new Uint8Array(n); this.sneaker = new Uint8Array(n); this.stoppedAtLine = new Uint8Array(n)
    this.hasToChange = new Uint8Array(n)
    this.changedAt = new Int32Array(n).fill(-1000)
    this.stopIndex = new Int16Array(n); this.stopLeg = new Int32Array(n).fill(-1)
    this.stops = new Int32Array(n); this.wasMoving = new Uint8Array(n)
    const drivers = types.map((type) => idmDriver(type, this.dt))
    this.idm = Array.from(trips.type, (type) => drivers[type]!)
    this.#drivers()

    const strips = prepared.lanes + prepared.connections
    const shortest = types.reduce((least, type) => Math.min(least, type.length_m + type.min_gap_m), Infinity)
    this.ringStart = new Int32Array(strips)
    this.ringMask = new Int32Array(strips)
    this.head = new Int32Array(strips)
    this.count = new Int32Array(strips)
    let size = 0
    for (let s = 0; s < strips; s++) {
      let capacity = 4
      while (capacity < prepared.length[s]! / Math.max(shortest, 1) + 4) capacity *= 2
      this.ringStart[s] = size
      this.ringMask[s] = capacity - 1
      size += capacity
    }
    this.ring = new Int32Array(size)
    this.busy = new Int32Array(strips)
    this.#isBusy = new Uint8Array(strips)
    this.lastOut = new Int32Array(prepared.lanes).fill(-1)
    this.lastOutConnection = new Int32Array(prepared.lanes)
    this.lastOutLine = new Float64Array(prepared.lanes)
    this.haltBack = new Float64Array(prepared.lanes).fill(Infinity)
    this.haltBehind = new Float64Array(prepared.lanes)
    this.haltVehicle = new Int32Array(prepared.lanes).fill(-1)
    this.load = new Float64Array(strips)
    this.promised = new Float64Array(prepared.lanes)
    this.foesIn = new Int32Array(prepared.connections)
    this.held = new Uint8Array(n)
    this.latest = new Int32Array(n).fill(-1)
    this.reserved = Array.from({ length: prepared.connections }, () => [])
    this.undecidedStrip = new Int32Array(n); this.undecidedPlace = new Int32Array(n)
    this.saidAt = new Int32Array(n)
    this.farAsked = new Int32Array(prepared.connections)
    this.comingHead = new Int32Array(prepared.connections).fill(-1)
    this.comingTouched = new Int32Array(prepared.connections)
    this.comingNext = new Int32Array(256)
    this.comingVehicle = new Int32Array(256)
    const e = (): Float64Array => new Float64Array(256)
    this.comingPending = new Uint8Array(256)
    this.comingDistance = e(); this.comingPass = e(); this.comingBehind = e(); this.comingArrive = e(); this.comingLeave = e()
    this.comingSpeed = e(); this.comingLeaveSpeed = e(); this.comingBraking = e()
  }

  growApproaches(): void {
    const size = 2 * this.comingVehicle.length
    const longer = (old: Float64Array): Float64Array => { const wide = new Float64Array(size); wide.set(old); return wide }
    const [next, vehicle, pending] = [this.comingNext, this.comingVehicle, this.comingPending]
    this.comingNext = new Int32Array(size)
    this.comingVehicle = new Int32Array(size)
    this.comingNext.set(next)
    this.comingVehicle.set(vehicle)
    this.comingPending = new Uint8Array(size)
    this.comingPending.set(pending)
    this.comingDistance = longer(this.comingDistance); this.comingPass = longer(this.comingPass); this.comingBehind = longer(this.comingBehind); this.comingArrive = longer(this.comingArrive); this.comingLeave = longer(this.comingLeave)
    this.comingSpeed = longer(this.comingSpeed); this.comingLeaveSpeed = longer(this.comingLeaveSpeed); this.comingBraking = longer(this.comingBraking)
  }

  /** Drivers: their type, and a speed factor of their own that no plan changes. */
  #drivers(): void {
    const { trips, input: { vehicle_types: types } } = this
    const { depart_s, speed_draw } = trips
    for (let v = 0; v < this.n; v++) {
      const type = types[trips.type[v]!]!
      if (v > 0 && depart_s[v]! < depart_s[v - 1]!) throw new GreenwaveError('input.value', `trip ${v} departs at ${depart_s[v]} s, before trip ${v - 1} at ${depart_s[v - 1]} s`)
      this.len[v] = type.length_m
      this.gap0[v] = type.min_gap_m
      this.acc[v] = type.accel_mps2
      this.dec[v] = type.decel_mps2
      this.tau[v] = type.headway_s
      this.twoRootAb[v] = 2 * Math.sqrt(type.accel_mps2 * type.decel_mps2)
      this.vmax[v] = type.max_speed_mps
      this.sigma[v] = type.sigma
      const factor = type.speed_factor + type.speed_deviation * (speed_draw === undefined ? normal(this.seed, v) : speed_draw[v]!)
      this.factor[v] = Math.min(2, Math.max(0.2, factor))
      const first = this.nextStop(v)
      if (first >= 0) this.stopLeg[v] = this.leg[v]! + trips.stop_leg[first]!
    }
  }

  /** Row of the next planned halt in the stop columns of the trips, -1 if there is none. */
  nextStop(v: number): number {
    const { stop_start } = this.trips
    if (stop_start.length === 0) return -1
    const row = stop_start[v]! + this.stopIndex[v]!
    return row < stop_start[v + 1]! ? row : -1
  }

  /** The i-th vehicle of a strip, 0 foremost. */
  at(strip: number, i: number): number {
    return this.ring[this.ringStart[strip]! + ((this.head[strip]! + i) & this.ringMask[strip]!)]!
  }

  set(strip: number, i: number, v: number): void {
    this.ring[this.ringStart[strip]! + ((this.head[strip]! + i) & this.ringMask[strip]!)] = v
  }

  /** The rearmost vehicle of a strip, or -1. */
  last(strip: number): number {
    const count = this.count[strip]!
    return count === 0 ? -1 : this.at(strip, count - 1)
  }

  /** Puts a vehicle on a strip at its position; those behind move one place back. */
  enter(strip: number, v: number): void {
    let i = this.count[strip]!
    if (i > this.ringMask[strip]!) throw new GreenwaveError('internal', `strip ${strip} holds ${i} vehicles and cannot take vehicle ${v}`)
    const x = this.pos[v]!
    if (this.#isBusy[strip] === 0) {
      this.#isBusy[strip] = 1
      this.busy[this.busyCount++] = strip
    }
    this.count[strip] = i + 1
    this.load[strip] = this.load[strip]! + this.len[v]! + this.gap0[v]!
    while (i > 0 && this.pos[this.at(strip, i - 1)]! < x) {
      this.set(strip, i, this.at(strip, i - 1))
      i--
    }
    this.set(strip, i, v)
    this.strip[v] = strip
    this.top[v] = this.desired(v, strip)
  }

  leaveFront(strip: number): void {
    const v = this.at(strip, 0)
    this.load[strip] = this.load[strip]! - this.len[v]! - this.gap0[v]!
    this.head[strip] = (this.head[strip]! + 1) & this.ringMask[strip]!
    this.count[strip]!--
  }

  leaveAt(strip: number, index: number): void {
    const count = this.count[strip]!
    const v = this.at(strip, index)
    this.load[strip] = this.load[strip]! - this.len[v]! - this.gap0[v]!
    for (let i = index; i < count - 1; i++) this.set(strip, i, this.at(strip, i + 1))
    this.count[strip] = count - 1
  }

  /** Drops strips that have become empty from `busy`. */
  dropEmpty(): void {
    let kept = 0
    for (let k = 0; k < this.busyCount; k++) {
      const s = this.busy[k]!
      if (this.count[s]! > 0) this.busy[kept++] = s
      else {
        this.#isBusy[s] = 0
        if (s < this.p.lanes) this.haltVehicle[s] = -1
      }
    }
    this.busyCount = kept
  }

  /** Desired speed of a vehicle on a strip. */
  desired(v: number, strip: number): number {
    const limit = this.p.speed[strip]! * this.factor[v]!
    const top = this.vmax[v]!
    return limit < top ? limit : top
  }

  /** Connection by which a vehicle on this leg leaves a lane, -1 if none. */
  nextConnection(lane: number, leg: number): number {
    return this.book.next[this.book.legTable[leg]! + lane - this.p.linkLane[this.p.laneLink[lane]!]!]!
  }

  isLane(strip: number): boolean {
    return strip < this.p.lanes
  }
}
