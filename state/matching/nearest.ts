// The naive answer that every matcher must beat: the link nearest to the fix, whatever came before.
import type { Fix } from '../../model/feed.ts'
import type { MatchSink } from './matched-fix.ts'
import { Candidates } from './candidates.ts'
import type { MatchRoad } from './road.ts'

export class NearestLink {
  readonly #road: MatchRoad
  readonly #candidates: Candidates
  readonly #sink: MatchSink
  readonly #last = new Map<string, number>()

  constructor(road: MatchRoad, sink: MatchSink) {
    this.#road = road
    this.#candidates = new Candidates(road)
    this.#sink = sink
  }

  /** Uses the heading where the fix has one; consecutive links count as the route. */
  push(fix: Fix): void {
    const heading = fix.heading_deg === undefined ? Number.NaN : Math.PI / 2 - (fix.heading_deg * Math.PI) / 180
    this.#candidates.find(fix.x_m, fix.y_m, 8, fix.speed_mps ?? Number.NaN, heading <= -Math.PI ? heading + 2 * Math.PI : heading)
    for (let i = 0; i < this.#candidates.n; i++) {
      const link = this.#candidates.way[i]!
      if (link >= this.#road.links) continue
      const last = this.#last.get(fix.vehicle)
      this.#last.set(fix.vehicle, link)
      this.#sink({
        vehicle: fix.vehicle, time_s: fix.time_s, link, movement: -1, position_m: this.#candidates.position_m[i]!, offset_m: this.#candidates.offset_m[i]!,
        speed_mps: fix.speed_mps, posterior: 1, route: last === undefined || last === link ? [] : [link], first: last === undefined,
      })
      return
    }
  }
}
