// Radar: one sensor per approach of a signal, looking upstream from the stop line over its range and into the junction
// behind it. Object lists frame by frame; objects may be missed, and ghosts seen.
import { GreenwaveError } from '../../model/errors.ts'
import type { RadarObject, RowSink } from '../../model/observation.ts'
import type { World } from '../kernel/world.ts'
import { draw, DRAW, normalDraw } from './noise.ts'
import type { Fleet, Observer } from './observer.ts'
import type { Places } from './places.ts'
import { laneBehind } from './trajectories.ts'

export interface RadarOptions {
  /** 200 by default. */
  range_m?: number
  /** Between frames, s; every step by default. */
  interval_s?: number
  /** Chance that an object is missed in a frame; 0 by default. */
  missed_rate?: number
  /** Ghosts per sensor and frame; 0 by default, at most 1. */
  false_rate?: number
  /** Standard deviations; 0 by default. */
  position_sigma_m?: number
  speed_sigma_mps?: number
}

export interface RadarSensor {
  /** `<signal>/<link>`, by the ids of the source. */
  id: string
  link: number
}

/** Tracks of ghosts are numbered from here. */
const FIRST_GHOST = 2_000_000_000

/** Every approach of every signal. */
export function radarSensors({ p: { network, linkIndex } }: World): RadarSensor[] {
  const signals = new Map(network.signals.map(({ id, source_id }) => [id, source_id]))
  const seen = new Set<string>()
  return network.movements.flatMap(({ from, signal }) => {
    const link = linkIndex.get(from)
    if (signal === undefined || link === undefined || seen.has(from)) return []
    seen.add(from)
    return [{ id: `${signals.get(signal) ?? signal}/${network.links[link]!.source_id}`, link }]
  })
}

export class Radar implements Observer {
  readonly sensors: RadarSensor[]
  readonly #options: Required<RadarOptions>
  readonly #places: Places
  readonly #sink: RowSink<RadarObject>
  readonly #rows: RadarObject[] = []
  readonly #sensorOf: Int32Array
  #next = -Infinity
  #frame = 0

  constructor(world: World, places: Places, options: RadarOptions, sink: RowSink<RadarObject>) {
    const { missed_rate = 0, false_rate = 0 } = options
    for (const [name, rate] of [['missed', missed_rate], ['false', false_rate]] as const) {
      if (!(rate >= 0 && rate <= 1)) throw new GreenwaveError('input.value', `the ${name} rate of radar is ${rate}; it must lie from 0 to 1`)
    }
    this.#options = { range_m: 200, interval_s: world.dt, position_sigma_m: 0, speed_sigma_mps: 0, ...options, missed_rate, false_rate }
    this.sensors = radarSensors(world)
    this.#places = places
    this.#sink = sink
    this.#sensorOf = new Int32Array(world.p.links).fill(-1)
    this.sensors.forEach(({ link }, s) => { this.#sensorOf[link] = s })
  }

  observe({ world, list, count }: Fleet): void {
    if (world.now < this.#next - 1e-9) return
    this.#next = world.now + this.#options.interval_s
    this.#frame++
    this.#rows.length = 0
    const { p } = world
    const { range_m, missed_rate } = this.#options
    for (let i = 0; i < count; i++) {
      const v = list[i]!
      const strip = world.strip[v]!
      const { lane, before_m } = laneBehind(world, strip)
      const sensor = this.#sensorOf[p.laneLink[lane]!]!
      if (sensor < 0 || (before_m === 0 && p.length[lane]! - world.pos[v]! > range_m)) continue
      if (missed_rate > 0 && draw(world.seed, v, this.#frame, DRAW.missed) < missed_rate) continue
      this.#rows.push(this.#object(world, sensor, v, strip, world.pos[v]!, lane))
    }
    if (this.#options.false_rate > 0) this.#ghosts(world)
    if (this.#rows.length > 0) this.#sink(this.#rows)
  }

  #object(world: World, sensor: number, v: number, strip: number, position: number, lane: number): RadarObject {
    const { position_sigma_m: sigma, speed_sigma_mps } = this.#options
    const error = (purpose: number): number => normalDraw(world.seed, v, this.#frame, purpose)
    const { x_m, y_m } = this.#places.at(strip, position)
    return {
      time_s: world.now, sensor: this.sensors[sensor]!.id, id: v,
      x_m: x_m + (sigma > 0 ? sigma * error(DRAW.east) : 0), y_m: y_m + (sigma > 0 ? sigma * error(DRAW.north) : 0),
      speed_mps: Math.max(0, world.spd[v]! + (speed_sigma_mps > 0 ? speed_sigma_mps * error(DRAW.speed) : 0)),
      lane: lane - world.p.linkLane[world.p.laneLink[lane]!]!, length_m: world.len[v]!,
    }
  }

  #ghosts(world: World): void {
    const { p } = world
    this.sensors.forEach(({ id, link }, s) => {
      const chance = (purpose: number): number => draw(world.seed, s, this.#frame, purpose)
      if (chance(DRAW.ghost) >= this.#options.false_rate) return
      const lanes = p.linkLane[link + 1]! - p.linkLane[link]!
      const lane = Math.floor(chance(DRAW.ghostLane) * lanes)
      const strip = p.linkLane[link]! + lane
      const { x_m, y_m } = this.#places.at(strip, p.length[strip]! - chance(DRAW.ghostPlace) * Math.min(this.#options.range_m, p.length[strip]!))
      this.#rows.push({ time_s: world.now, sensor: id, id: FIRST_GHOST + ((this.#frame * this.sensors.length + s) % 1_000_000_000), x_m, y_m, speed_mps: chance(DRAW.ghostSpeed) * p.speed[strip]!, lane, length_m: 5 })
    })
  }
}
