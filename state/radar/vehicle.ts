// One vehicle as a sensor sees it: on a lane before a stop line, or on one of the paths beyond it.
import type { RadarTarget, RoadUserClass } from '../../model/feed.ts'
import type { Instant, Metres, MetresPerSecond, Seconds } from '../../model/units.ts'
import type { LaneMap } from './lane-map.ts'

/** Stands or is about to: what fades into clutter. */
export const SLOW_MPS = 1.4
/** A lane is left once another was nearer for so long, or at once when this far beside its edge. */
const LANE_CHANGE_S: Seconds = 0.5
const BESIDE_M = 0.6
const FAR_BESIDE_M = 2
/** So far beyond the line even a vehicle that stands has passed it. */
const PAST_M = 2.5
/** Farther from every path than this it is no longer in the junction. */
const ASTRAY_M = 6
/** Paths of a neighbouring lane are believed later than those of its own. */
const OTHER_LANE = 0.6
/** Mean square distance by which one movement must be nearer than the others, m². */
const CLEARLY = 0.3

/** A vehicle over a stop line. */
export interface Crossing {
  /** Index of the lane in the map. */
  lane: number
  time_s: Instant
  class: RoadUserClass | undefined
  /** Index of the movement; -1 while or where it is not known. */
  movement: number
  /** Not seen, but concluded from its neighbours or from the signal. */
  inferred: boolean
  vehicle: Vehicle
}

export class Vehicle {
  track: string
  class: RoadUserClass | undefined
  length_m: Metres | undefined
  time_s: Instant
  x: number
  y: number
  ux = 1
  uy = 0
  speed_mps: MetresPerSecond = 0
  /** On a lane before the line; kept beyond it as the lane that it came from. */
  lane: number
  /** Metres from the line. */
  s = 0
  seen = 0
  confirmed = false
  /** Where it was first seen. */
  readonly birth: { time_s: Instant; x: number; y: number; s: number; lane: number }
  /** Beyond the line. */
  crossed: Crossing | undefined
  /** On the path: how far from the line. */
  path = -1
  astray = false
  /** Faded while it stood, and should have left by now. */
  doubtful = false
  /** Vehicles that were lost beside it and probably go on with it. */
  hidden = 0
  /** Below walking speed since. */
  slow_since: Instant | undefined
  queued = false
  /** Vehicles ahead of it in its lane when it was last looked at. */
  rank = 0
  #scores: { path: number; sum: number }[] = []
  #looks = 0
  /** Last seen before the line. */
  #before: { s: number; time_s: Instant } = { s: 0, time_s: 0 }
  #other = -1
  #otherSince: Instant = 0

  constructor(target: RadarTarget, lane: number, map: LaneMap) {
    this.track = target.track
    this.lane = lane
    this.time_s = target.time_s
    this.x = target.x_m
    this.y = target.y_m
    this.class = target.class
    this.length_m = target.length_m
    this.#onLane(map, target)
    this.#move(target, 0)
    this.birth = { time_s: this.time_s, x: this.x, y: this.y, s: this.s, lane }
  }

  /** The next sight of it. Returns the crossing, if it passed the line; `settle` is told when it has left the junction. */
  see(target: RadarTarget, map: LaneMap, settle: (crossing: Crossing) => void): Crossing | undefined {
    if (this.s < 0 || this.seen === 1) this.#before = { s: this.s, time_s: this.time_s }
    const step = target.time_s - this.time_s
    this.track = target.track
    this.doubtful = false
    this.class ??= target.class
    this.length_m = target.length_m ?? this.length_m
    this.#move(target, step)
    if (this.crossed !== undefined) {
      this.#onPath(map, target, settle)
      return undefined
    }
    this.#chooseLane(map, target)
    const { s_m, ux, uy } = map.projectLane(this.lane, target.x_m, target.y_m)
    this.s = s_m
    this.ux = ux
    this.uy = uy
    // Who waits at the line may seem to stand beyond it for a frame.
    if (this.s < 0 || (this.s < PAST_M && this.speed_mps < SLOW_MPS)) return undefined
    const { s: before_s, time_s: before } = this.#before
    const share = this.s - before_s > 0 ? Math.min(1, Math.max(0, -before_s / (this.s - before_s))) : 1
    this.crossed = { lane: this.lane, time_s: before + share * (target.time_s - before), class: this.class, movement: -1, inferred: false, vehicle: this }
    this.#scores = this.#pathsOf(map).map((path) => ({ path, sum: 0 }))
    this.#looks = 0
    const crossing = this.crossed
    this.#onPath(map, target, settle)
    return crossing
  }

  /** What it did once nothing more is seen of it: the movement, where one path is clearly nearest. */
  settle(map: LaneMap): Crossing | undefined {
    const crossing = this.crossed
    if (crossing === undefined) return undefined
    this.crossed = undefined
    const movement = this.movementOf(map)
    const only = new Set(map.lanes[crossing.lane]!.out.map((path) => map.paths[path]!.movement))
    if (movement >= 0) crossing.movement = movement
    else if (only.size === 1) crossing.movement = [...only][0]!
    return crossing
  }

  /** Beyond the line: the movement of the nearest path, -1 where another is about as near. */
  movementOf(map: LaneMap): number {
    const best = this.#best(map)
    if (best === undefined) return -1
    const { movement } = map.paths[best.path]!
    const rivals = this.#scores.filter(({ path }) => map.paths[path]!.movement !== movement).map((one) => this.#mean(map, one))
    return Math.min(...rivals) - this.#mean(map, best) >= CLEARLY ? movement : -1
  }

  /** Where it should be at an instant if it went on as it did. */
  predict(time_s: Instant): [x: number, y: number] {
    const way = this.speed_mps * (time_s - this.time_s)
    return [this.x + this.ux * way, this.y + this.uy * way]
  }

  #move({ x_m, y_m, time_s, speed_mps }: RadarTarget, step: Seconds): void {
    if (speed_mps !== undefined) this.speed_mps = speed_mps
    else if (step > 0) {
      // Over about a second, since places of single frames jitter.
      const now = Math.hypot(x_m - this.x, y_m - this.y) / step
      this.speed_mps += (now - this.speed_mps) * (this.seen < 2 ? 1 : Math.min(1, step / 0.6))
    }
    this.x = x_m
    this.y = y_m
    this.time_s = time_s
    this.seen++
    if (this.speed_mps >= SLOW_MPS) this.slow_since = undefined
    else this.slow_since ??= time_s
  }

  #onLane(map: LaneMap, { x_m, y_m }: RadarTarget): void {
    const { s_m, ux, uy } = map.projectLane(this.lane, x_m, y_m)
    this.s = s_m
    this.ux = ux
    this.uy = uy
  }

  #chooseLane(map: LaneMap, { x_m, y_m, time_s }: RadarTarget): void {
    const { off_m } = map.projectLane(this.lane, x_m, y_m)
    const { half_m, link } = map.lanes[this.lane]!
    if (off_m <= half_m) {
      this.#other = -1
      return
    }
    const other = map.locate(x_m, y_m) ?? -1
    if (other < 0) {
      this.astray = off_m > half_m + ASTRAY_M && map.projectLane(this.lane, x_m, y_m).s_m < 0
      return
    }
    if (other === this.lane) return
    if (other !== this.#other) {
      this.#other = other
      this.#otherSince = time_s
    }
    const patient = off_m <= half_m + BESIDE_M
    if (!patient && (time_s - this.#otherSince >= LANE_CHANGE_S || off_m > half_m + FAR_BESIDE_M)) {
      if (map.lanes[other]!.link !== link) this.queued = false
      this.lane = other
      this.#other = -1
    }
  }

  #pathsOf(map: LaneMap): number[] {
    const { link, lane } = map.lanes[this.lane]!
    return [lane, lane - 1, lane + 1].flatMap((k) => map.lanes[map.laneOf(link, k) ?? -1]?.out ?? [])
  }

  #onPath(map: LaneMap, { x_m, y_m }: RadarTarget, settle: (crossing: Crossing) => void): void {
    if (this.#scores.length === 0) {
      this.s = map.projectLane(this.lane, x_m, y_m).s_m
      this.astray = this.s > 30
      return
    }
    this.#looks++
    for (const score of this.#scores) {
      const { off_m, s_m } = map.projectPath(score.path, x_m, y_m)
      const beyond = Math.max(0, s_m - map.paths[score.path]!.length_m, -s_m)
      score.sum += Math.min(25, off_m ** 2 + beyond ** 2)
    }
    // A lane that leads away settles it, however the path there was drawn.
    const exit = map.locate(x_m, y_m)
    const taken = exit === undefined ? undefined : this.#scores.find(({ path }) => map.lanes[map.paths[path]!.to]!.link === map.lanes[exit]!.link)
    if (taken !== undefined) return this.#leave(map, map.paths[taken.path]!.movement, exit!, x_m, y_m, settle)
    const best = this.#best(map)!
    const { s_m, off_m, ux, uy } = map.projectPath(best.path, x_m, y_m)
    this.path = best.path
    this.s = s_m
    this.ux = ux
    this.uy = uy
    const strip = map.paths[best.path]!
    if (s_m > strip.length_m) this.#leave(map, strip.movement, strip.to, x_m, y_m, settle)
    else this.astray = off_m > ASTRAY_M
  }

  /** On to the next link. */
  #leave(map: LaneMap, movement: number, lane: number, x_m: number, y_m: number, settle: (crossing: Crossing) => void): void {
    const crossing = this.crossed!
    crossing.movement = movement
    this.crossed = undefined
    settle(crossing)
    this.lane = lane
    this.path = -1
    this.queued = false
    const { s_m, ux, uy } = map.projectLane(lane, x_m, y_m)
    this.s = s_m
    this.ux = ux
    this.uy = uy
    this.astray = this.s >= 0
  }

  #best(map: LaneMap): { path: number; sum: number } | undefined {
    let best: { path: number; sum: number } | undefined
    for (const score of this.#scores) if (best === undefined || this.#mean(map, score) < this.#mean(map, best)) best = score
    return best
  }

  #mean(map: LaneMap, { path, sum }: { path: number; sum: number }): number {
    return sum / Math.max(1, this.#looks) + (map.paths[path]!.from === this.lane ? 0 : OTHER_LANE)
  }
}
