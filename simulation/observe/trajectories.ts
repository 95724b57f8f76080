// Every vehicle at an interval, without error, with its place on the network: what SUMO calls floating car data.
import type { RowSink, TrajectoryPoint } from '../../model/observation.ts'
import type { World } from '../kernel/world.ts'
import type { Fleet, Observer } from './observer.ts'
import type { Places } from './places.ts'

/** The link and lane of a strip; inside a junction those that lead to it, positions going on beyond the line. */
export function laneBehind({ p }: World, strip: number): { lane: number; before_m: number } {
  if (strip < p.lanes) return { lane: strip, before_m: 0 }
  const lane = p.connFrom[strip - p.lanes]!
  return { lane, before_m: p.length[lane]! }
}

export class Trajectories implements Observer {
  readonly #places: Places
  readonly #interval: number
  readonly #sink: RowSink<TrajectoryPoint>
  readonly #rows: TrajectoryPoint[] = []
  #next = -Infinity

  /** `interval_s` at least a step, else every step is told. */
  constructor(places: Places, interval_s: number, sink: RowSink<TrajectoryPoint>) {
    this.#places = places
    this.#interval = interval_s
    this.#sink = sink
  }

  observe({ world, list, count }: Fleet): void {
    if (world.now < this.#next - 1e-9) return
    this.#next = world.now + this.#interval
    this.#rows.length = 0
    const { p, input, trips } = world
    for (let i = 0; i < count; i++) {
      const v = list[i]!
      const strip = world.strip[v]!
      const { x_m, y_m, heading_deg } = this.#places.at(strip, world.pos[v]!)
      const { lane, before_m } = laneBehind(world, strip)
      const link = p.laneLink[lane]!
      this.#rows.push({
        time_s: world.now, vehicle_id: String(v), type: input.vehicle_types[trips.type[v]!]!.id, x_m, y_m, speed_mps: world.spd[v]!, heading_deg,
        link: p.network.links[link]!.id, lane: lane - p.linkLane[link]!, position_m: before_m + world.pos[v]!,
      })
    }
    if (this.#rows.length > 0) this.#sink(this.#rows)
  }
}
