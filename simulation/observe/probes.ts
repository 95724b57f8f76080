// Probes: a share of the vehicles tells its position at an interval, each from an instant of its own. The error of a GNSS
// receiver wanders: it is a first-order autoregressive process with the given standard deviation and correlation time.
import type { ProbeFix, RowSink } from '../../model/observation.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { World } from '../kernel/world.ts'
import { draw, DRAW, normalDraw } from './noise.ts'
import type { Fleet, Observer } from './observer.ts'
import type { Places } from './places.ts'

export interface ProbeOptions {
  /** Of the vehicles that are probes, 0 to 1. */
  share: number
  /** Between fixes, s; at least a step. */
  interval_s: number
  /** Standard deviation of each coordinate, m. None by default. */
  position_sigma_m?: number
  /** Over which that error is forgotten, s; 30 by default. */
  correlation_s?: number
  /** Standard deviation of speed, m/s. None by default. */
  speed_sigma_mps?: number
}

export class Probes implements Observer {
  readonly #options: Required<ProbeOptions>
  readonly #places: Places
  readonly #sink: RowSink<ProbeFix>
  readonly #rows: ProbeFix[] = []
  /** Per vehicle: when it tells next, Infinity for those that are no probes; its fixes so far, and its error. */
  readonly #next: Float64Array
  readonly #fixes: Int32Array
  readonly #east: Float64Array
  readonly #north: Float64Array

  constructor(world: World, places: Places, options: ProbeOptions, sink: RowSink<ProbeFix>) {
    if (!(options.share >= 0 && options.share <= 1)) throw new GreenwaveError('input.value', `the share of probes is ${options.share}; it must lie from 0 to 1`)
    if (!(options.interval_s >= world.dt)) throw new GreenwaveError('input.value', `the interval of probes is ${options.interval_s} s; it must be at least a step, ${world.dt} s`)
    this.#options = { position_sigma_m: 0, correlation_s: 30, speed_sigma_mps: 0, ...options }
    this.#places = places
    this.#sink = sink
    this.#next = Float64Array.from({ length: world.n }, (_, v) => (draw(world.seed, v, 0, DRAW.probe) < options.share ? -Infinity : Infinity))
    this.#fixes = new Int32Array(world.n)
    this.#east = new Float64Array(world.n)
    this.#north = new Float64Array(world.n)
  }

  observe({ world, list, count }: Fleet): void {
    this.#rows.length = 0
    for (let i = 0; i < count; i++) {
      const v = list[i]!
      if (world.now < this.#next[v]! - 1e-9) continue
      // The first fix comes anywhere within the interval after entry; those of an interval of one step come every step.
      if (this.#next[v] === -Infinity && this.#options.interval_s > world.dt) {
        this.#next[v] = world.now + Math.floor((draw(world.seed, v, 0, DRAW.phase) * this.#options.interval_s) / world.dt) * world.dt
        if (world.now < this.#next[v]! - 1e-9) continue
      }
      this.#next[v] = Math.max(this.#next[v]!, world.now) + this.#options.interval_s
      this.#rows.push(this.#fix(world, v))
    }
    if (this.#rows.length > 0) this.#sink(this.#rows)
  }

  #fix(world: World, v: number): ProbeFix {
    const k = this.#fixes[v]!++
    const { position_sigma_m: sigma, correlation_s, interval_s, speed_sigma_mps } = this.#options
    if (sigma > 0) {
      const kept = k === 0 ? 0 : Math.exp(-interval_s / correlation_s)
      const fresh = sigma * Math.sqrt(1 - kept * kept)
      this.#east[v] = kept * this.#east[v]! + fresh * normalDraw(world.seed, v, k, DRAW.east)
      this.#north[v] = kept * this.#north[v]! + fresh * normalDraw(world.seed, v, k, DRAW.north)
    }
    const { x_m, y_m, heading_deg } = this.#places.at(world.strip[v]!, world.pos[v]!)
    const speed = world.spd[v]! + (speed_sigma_mps > 0 ? speed_sigma_mps * normalDraw(world.seed, v, k, DRAW.speed) : 0)
    return { vehicle_id: String(v), time_s: world.now, x_m: x_m + this.#east[v]!, y_m: y_m + this.#north[v]!, speed_mps: Math.max(0, speed), heading_deg }
  }
}
