// Vehicles out of the objects of one sensor, frame by frame. Tracks of devices break: an id goes over to another object, a
// stopped vehicle fades, a truck is told as two, two vehicles as one. What was lost is joined to what is found again nearby; a
// stopped vehicle stays until a neighbour or the signal proves that it left.
import type { RadarTarget } from '../../model/feed.ts'
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { Green } from '../signals/greens.ts'
import type { LaneMap } from './lane-map.ts'
import { type Crossing, SLOW_MPS, Vehicle } from './vehicle.ts'

/** Frames that make an object a vehicle; single ghosts have one. */
const CONFIRM = 3
const TENTATIVE_S: Seconds = 1.5
/** Joins: as long after the loss, as far from where it should be. */
const JOIN_MOVING_S: Seconds = 3
const JOIN_STOPPED_S: Seconds = 60
const JOIN_M: Metres = 5
const JOIN_BESIDE_M: Metres = 4
/** A stopped vehicle may be found again once it has driven so far. */
const JOIN_STARTED_M: Metres = 20
/** An id that jumps farther than it can have driven means another object now. */
const JUMP_M: Metres = 6
/** Two fronts of one lane closer than this are one vehicle. */
const LEAST_SPACING_M: Metres = 4
/** A vehicle lost while it drove this near to another goes on unseen with it. */
const BESIDE_M: Metres = 12
/** A vehicle that shows up again under its own id, this long after, is still the same if it can have driven there. */
const HIDDEN_S: Seconds = 20
const MOST_MPS = 17
/** Who is found again this near to the line is the one that was thought to cross unseen. */
const OWED_M: Metres = 30
/** Between the starts of vehicles of a queue, and the patience on top of it: who faded and was not found again by then may have left. */
const START_WAVE_S: Seconds = 1.3
const PATIENCE_S: Seconds = 4
/** Follow-up time of vehicles that leave unseen. */
const FOLLOW_S: Seconds = 2
/** Nothing is counted across a longer hole of the sensor, or this many frames. */
const GAP_S: Seconds = 1
const GAP_FRAMES = 2.5
/** A street without vehicles sends no frames; longer silence is not believed to be emptiness. */
const EMPTY_S: Seconds = 300

export interface TrackerSink {
  /** A vehicle passed a stop line. */
  crossed(crossing: Crossing): void
  /** Its movement is known now, or will never be. */
  settled(crossing: Crossing): void
  /** After every frame; `step_s`: observed since the last one; `empty`: of it without any vehicle. */
  frame(time_s: Instant, step_s: Seconds, vehicles: readonly Vehicle[]): void
  /** The sensor told nothing: all that was open is forgotten. */
  gap(from_s: Instant, until_s: Instant): void
  /** Green of a lane at an instant. */
  green(lane: number, time_s: Instant): Green | undefined
}

export class Tracker {
  readonly #map: LaneMap
  readonly #sink: TrackerSink
  readonly #byTrack = new Map<string, Vehicle>()
  #vehicles: Vehicle[] = []
  #frame: RadarTarget[] = []
  #owed: { vehicle: Vehicle; lane: number; time_s: Instant }[] = []
  #time: Instant = -Infinity
  #period: Seconds = Number.NaN

  constructor(map: LaneMap, sink: TrackerSink) {
    this.#map = map
    this.#sink = sink
  }

  /** Of this sensor only, in order of time. */
  push(target: RadarTarget): void {
    if (this.#frame.length > 0 && this.#frame[0]!.time_s !== target.time_s) this.#look()
    if (target.class !== 'pedestrian') this.#frame.push(target)
  }

  end(): void {
    if (this.#frame.length > 0) this.#look()
    for (const vehicle of this.#vehicles) this.#settle(vehicle)
    this.#vehicles = []
  }

  #look(): void {
    const frame = this.#frame
    this.#frame = []
    const now = frame[0]!.time_s
    const step = this.#advance(now)
    const settle = (crossing: Crossing): void => this.#sink.settled(crossing)
    for (const target of frame) {
      let vehicle = this.#byTrack.get(target.track)
      if (vehicle !== undefined && this.#jumped(vehicle, target)) {
        this.#byTrack.delete(target.track)
        vehicle.track = ''
        vehicle = undefined
      }
      if (vehicle === undefined) this.#begin(target)
      else this.#tell(vehicle, vehicle.see(target, this.#map, settle))
    }
    for (const vehicle of this.#vehicles) if (!vehicle.confirmed && vehicle.time_s === now && vehicle.seen >= CONFIRM) this.#confirm(vehicle, now)
    this.#order()
    this.#forget(now)
    this.#pay(now)
    this.#sink.frame(now, step, this.#vehicles)
  }

  /** Observed seconds since the last frame. */
  #advance(now: Instant): Seconds {
    const last = this.#time
    this.#time = now
    if (last === -Infinity) return 0
    const step = now - last
    if (step <= Math.max(GAP_S, GAP_FRAMES * (Number.isNaN(this.#period) ? 0 : this.#period))) {
      this.#period = Number.isNaN(this.#period) ? step : this.#period + (step - this.#period) * 0.05
      return step
    }
    // Vehicles that were on their way do not vanish: then it was the sensor that went.
    const empty = step <= EMPTY_S && !this.#vehicles.some(({ confirmed, crossed, s }) => confirmed && crossed === undefined && s > -150)
    if (empty) return step
    this.#sink.gap(last, now)
    for (const vehicle of this.#vehicles) this.#settle(vehicle)
    this.#vehicles = []
    this.#byTrack.clear()
    return 0
  }

  #jumped(vehicle: Vehicle, { x_m, y_m, time_s }: RadarTarget): boolean {
    const step = time_s - vehicle.time_s
    const [along, beside] = aside(vehicle, x_m - vehicle.x, y_m - vehicle.y)
    if (vehicle.confirmed && step < HIDDEN_S && beside < JOIN_BESIDE_M && along > -JOIN_M && along < JOIN_M + MOST_MPS * step) return false
    if (step > (vehicle.speed_mps < SLOW_MPS ? JOIN_STOPPED_S : JOIN_MOVING_S)) return true
    const [x, y] = vehicle.predict(time_s)
    const far = Math.hypot(x_m - x, y_m - y)
    return far > JUMP_M + 3 * step && (vehicle.speed_mps >= SLOW_MPS || far > JOIN_STARTED_M)
  }

  #begin(target: RadarTarget): void {
    const lane = this.#map.locate(target.x_m, target.y_m) ?? this.#lost(target)
    if (lane === undefined) return
    const vehicle = new Vehicle(target, lane, this.#map)
    this.#byTrack.set(target.track, vehicle)
    this.#vehicles.push(vehicle)
  }

  /** Inside a junction an object belongs to who was lost there. */
  #lost({ x_m, y_m, time_s }: RadarTarget): number | undefined {
    return this.#vehicles.find((vehicle) => vehicle.confirmed && vehicle.time_s < time_s && nearby(vehicle, x_m, y_m, time_s))?.lane
  }

  #tell(vehicle: Vehicle, crossing: Crossing | undefined): void {
    if (crossing === undefined || !vehicle.confirmed) return
    this.#sink.crossed(crossing)
    for (; vehicle.hidden > 0; vehicle.hidden--) this.#owed.push({ vehicle, lane: crossing.lane, time_s: crossing.time_s + FOLLOW_S })
  }

  /** Vehicles that cross unseen are counted once they might have been seen again. */
  #pay(now: Instant): void {
    if (this.#owed.length === 0) return
    for (const { vehicle, lane, time_s } of this.#owed) if (now >= time_s + FOLLOW_S) this.#infer(vehicle, lane, time_s)
    this.#owed = this.#owed.filter(({ time_s }) => now < time_s + FOLLOW_S)
  }

  #infer(vehicle: Vehicle, lane: number, time_s: Instant): void {
    const crossing: Crossing = { lane, time_s, class: vehicle.class, movement: -1, inferred: true, vehicle }
    this.#sink.crossed(crossing)
    this.#sink.settled(crossing)
  }

  /** A new object is one that was lost, a part of another, or a vehicle of its own. */
  #confirm(found: Vehicle, now: Instant): void {
    if (this.#isPart(found)) return
    const lost = this.#findLost(found, now)
    if (lost !== undefined) {
      const target = (x_m: number, y_m: number, time_s: Instant): RadarTarget => ({
        sensor: '', time_s, track: found.track, x_m, y_m, speed_mps: found.speed_mps, lane: undefined, length_m: found.length_m, class: found.class, visible: true,
      })
      const settle = (crossing: Crossing): void => this.#sink.settled(crossing)
      if (found.birth.time_s > lost.time_s) this.#tell(lost, lost.see(target(found.birth.x, found.birth.y, found.birth.time_s), this.#map, settle))
      if (now > lost.time_s) this.#tell(lost, lost.see(target(found.x, found.y, now), this.#map, settle))
      this.#byTrack.set(found.track, lost)
      found.astray = true
      return
    }
    found.confirmed = true
    const beside = this.#vehicles.find((other) => other !== found && other.hidden > 0 && other.lane === found.lane && Math.abs(other.s - found.s) < 2 * BESIDE_M)
    if (beside !== undefined) beside.hidden--
    else if (found.birth.s > -OWED_M) {
      const owed = this.#owed.findIndex(({ lane }) => lane === found.birth.lane)
      if (owed >= 0) this.#owed.splice(owed, 1)
    }
    if (found.crossed !== undefined && found.birth.s < -LEAST_SPACING_M) this.#tell(found, found.crossed)
    else found.astray ||= found.crossed !== undefined
  }

  #findLost(found: Vehicle, now: Instant): Vehicle | undefined {
    let best: Vehicle | undefined
    let least = Infinity
    for (const lost of this.#vehicles) {
      if (!lost.confirmed || lost.time_s >= now || lost.time_s > found.birth.time_s || lost === found) continue
      const { x, y, time_s } = found.birth
      const far = distance(lost, x, y, time_s)
      if (far < least && nearby(lost, x, y, time_s)) {
        least = far
        best = lost
      }
    }
    return best
  }

  #isPart(found: Vehicle): boolean {
    return this.#vehicles.some((other) => {
      if (other === found || !other.confirmed || other.lane !== found.lane || other.time_s < found.time_s) return false
      const [ahead] = aside(other, found.x - other.x, found.y - other.y)
      const far = Math.hypot(found.x - other.x, found.y - other.y)
      return far < Math.max(LEAST_SPACING_M, ((ahead > 0 ? found.length_m : other.length_m) ?? 0) + 1)
    })
  }

  /** Ranks in every lane; who passes the place of one that faded proves that it left. */
  #order(): void {
    const lanes = new Map<number, Vehicle[]>()
    for (const vehicle of this.#vehicles) {
      if (!vehicle.confirmed || vehicle.crossed !== undefined || vehicle.astray) continue
      const list = lanes.get(vehicle.lane)
      if (list === undefined) lanes.set(vehicle.lane, [vehicle])
      else list.push(vehicle)
    }
    for (const list of lanes.values()) {
      list.sort((a, b) => b.s - a.s)
      list.forEach((vehicle, rank) => {
        if (vehicle.time_s < this.#time && vehicle.speed_mps < SLOW_MPS) {
          const passed = list.slice(0, rank).some((other) => other.time_s === this.#time && other.rank > vehicle.rank && other.birth.s < vehicle.s && other.birth.lane === vehicle.lane && other.s > vehicle.s + 1)
          if (passed) {
            this.#infer(vehicle, vehicle.lane, this.#time)
            vehicle.astray = true
          }
          return
        }
        vehicle.rank = rank
      })
    }
  }

  #forget(now: Instant): void {
    let gone = false
    for (const vehicle of this.#vehicles) {
      if (this.#isGone(vehicle, now)) {
        if (this.#byTrack.get(vehicle.track) === vehicle) this.#byTrack.delete(vehicle.track)
        this.#settle(vehicle)
        vehicle.astray = gone = true
      }
    }
    if (gone) this.#vehicles = this.#vehicles.filter(({ astray }) => !astray)
  }

  #isGone(vehicle: Vehicle, now: Instant): boolean {
    const unseen = now - vehicle.time_s
    if (vehicle.astray) return true
    if (unseen <= 0) return false
    if (!vehicle.confirmed) return unseen > TENTATIVE_S
    if (vehicle.crossed !== undefined) return unseen > TENTATIVE_S && (vehicle.speed_mps >= SLOW_MPS || unseen > JOIN_MOVING_S * 4)
    if (vehicle.speed_mps >= SLOW_MPS) return unseen > JOIN_MOVING_S && this.#hide(vehicle)
    return this.#left(vehicle, now)
  }

  /** A vehicle that drove when it was lost. */
  #hide(vehicle: Vehicle): true {
    if (vehicle.seen < 2 * CONFIRM) return true
    const near = this.#vehicles.find((other) => other !== vehicle && other.confirmed && other.time_s > vehicle.time_s && other.lane === vehicle.lane
      && (other.crossed === undefined ? Math.abs(other.s - vehicle.s - other.speed_mps * (other.time_s - vehicle.time_s)) < BESIDE_M : other.crossed.time_s > vehicle.time_s && -vehicle.s < vehicle.speed_mps * 4))
    if (near?.crossed !== undefined) this.#owed.push({ vehicle, lane: vehicle.lane, time_s: near.crossed.time_s + FOLLOW_S })
    else if (near !== undefined) near.hidden++
    return true
  }

  /** A vehicle that stood when it was lost: gone once the green should have set it going. */
  #left(vehicle: Vehicle, now: Instant): boolean {
    const green = this.#sink.green(vehicle.lane, now)
    if (green === undefined) return now - vehicle.time_s > JOIN_STOPPED_S
    if (now >= green.end_s && vehicle.time_s >= green.end_s - PATIENCE_S) return false
    const due = Math.max(vehicle.time_s, green.start_s + vehicle.rank * START_WAVE_S) + PATIENCE_S
    // It waits for a neighbour to prove it, or to be found again, but in the queue it is no more.
    vehicle.doubtful = now > due
    return now > due + JOIN_STOPPED_S
  }

  #settle(vehicle: Vehicle): void {
    if (!vehicle.confirmed) return
    const crossing = vehicle.settle(this.#map)
    if (crossing !== undefined) this.#sink.settled(crossing)
  }
}

function distance(lost: Vehicle, x: number, y: number, time_s: Instant): number {
  const [px, py] = lost.predict(time_s)
  return Math.hypot(x - px, y - py)
}

function nearby(lost: Vehicle, x: number, y: number, time_s: Instant): boolean {
  const stopped = lost.speed_mps < SLOW_MPS
  const gap = time_s - lost.time_s
  if (gap <= 0 || gap > (stopped ? JOIN_STOPPED_S * 3 : JOIN_MOVING_S)) return false
  const [px, py] = stopped ? [lost.x, lost.y] : lost.predict(time_s)
  const [dx, dy] = [x - px, y - py]
  const [along, beside] = aside(lost, dx, dy)
  return beside < JOIN_BESIDE_M && along > -JOIN_M && along < (stopped ? JOIN_STARTED_M : JOIN_M + 1.5 * gap)
}

/** Along and beside the way of a vehicle. */
const aside = ({ ux, uy }: Vehicle, dx: number, dy: number): [along: number, beside: number] => [dx * ux + dy * uy, Math.abs(dx * uy - dy * ux)]
