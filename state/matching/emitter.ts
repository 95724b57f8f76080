// Hands out what was committed: the fix on its way, the links driven since the fix before, and the fixes between that were held
// back because the vehicle hardly moved. Keeps the account of it, and teaches the source's noise.
import type { Fix } from '../../model/feed.ts'
import type { Metres } from '../../model/units.ts'
import type { MatchSink } from './matched-fix.ts'
import type { SourceNoise } from './noise.ts'
import { FURTHEST_M } from './route-table.ts'
import type { MatchRoad } from './road.ts'
import { Tiles } from './tiles.ts'
import { OFFSET, POSITION, POSTERIOR, WAY, type Held, type Step } from './window.ts'

/** Below it nothing but speed is taken from a match. */
export const WITHHELD_BELOW = 0.8
/** Slower is standing: its position is held. */
const STANDING_MPS = 1.4
/** A source learns from matches that are as sure as this. */
const SURE = 0.95

export interface MatchTotals {
  matched: number
  /** Of the matched, those below 0.8. */
  withheld: number
  unmatched: number
  chains: number
  breaks_per_100_km: number
  distance_m: Metres
}

/** Of one vehicle: where the last committed fix lies, and what waits for the next. */
export interface Chain {
  vehicle: string
  /** `position_m` as told, never backwards on a way; `raw_m` as projected. */
  at: { way: number; raw_m: Metres; position_m: Metres; posterior: number; fix: Fix } | undefined
  held: Held[]
}

/** Further back on the same way than noise goes: round a block. */
const isAround = (at: NonNullable<Chain['at']>, way: number, position_m: number, back_m: number): boolean => at.way === way && position_m < at.raw_m - back_m - 1e-3

export class Emitter {
  readonly tiles = new Tiles()
  readonly #road: MatchRoad
  readonly #sink: MatchSink
  readonly #unmatched: ((vehicle: string, fix: Fix) => void) | undefined
  #matched = 0
  #withheld = 0
  #refused = 0
  #chains = 0
  #breaks = 0
  #distance = 0

  constructor(road: MatchRoad, sink: MatchSink, unmatched: ((vehicle: string, fix: Fix) => void) | undefined) {
    this.#road = road
    this.#sink = sink
    this.#unmatched = unmatched
  }

  totals(): MatchTotals {
    return {
      matched: this.#matched, withheld: this.#withheld, unmatched: this.#refused, chains: this.#chains,
      breaks_per_100_km: this.#distance === 0 ? 0 : this.#breaks / (this.#distance / 100_000), distance_m: this.#distance,
    }
  }

  refuse(vehicle: string, fix: Fix): void {
    this.#refused++
    if (Number.isFinite(fix.x_m) && Number.isFinite(fix.y_m)) this.tiles.addUnmatched(fix.x_m, fix.y_m)
    this.#unmatched?.(vehicle, fix)
  }

  /** Commits a step of a chain. */
  step(chain: Chain, step: Step, candidate: number, posterior: number, noise: SourceNoise): void {
    const { data, fix } = step
    const way = data[WAY + candidate]!
    const offset = data[OFFSET + candidate]!
    let position = data[POSITION + candidate]!
    const share = this.agreeing(step, candidate, posterior)
    const { at } = chain
    this.#learn(way, offset, share, fix, noise)
    if (at === undefined) {
      this.#chains++
      this.#tell(chain.vehicle, fix, way, position, offset, share, [], true)
    } else {
      const path = this.#path(at, way, isAround(at, way, position, step.back_m))
      // Noise alone goes backwards.
      if (path.length === 1) position = Math.max(position, at.position_m)
      const length = this.#lengthOf(path, at.position_m, position)
      this.#distance += length
      if (share > SURE && at.posterior > SURE) noise.learnDetour(fix.time_s - at.fix.time_s, length - Math.hypot(fix.x_m - at.fix.x_m, fix.y_m - at.fix.y_m))
      const reached = this.#hold(chain, at, path, position, Math.min(share, at.posterior))
      this.#tell(chain.vehicle, fix, way, position, offset, share, this.#linksOf(path, reached, path.length - 1), false)
    }
    chain.at = { way, raw_m: data[POSITION + candidate]!, position_m: position, posterior: share, fix }
    chain.held = step.held
  }

  /** Commits a step of a chain of which nothing is told and nothing learned. */
  pass(chain: Chain, { data, fix }: Step, candidate: number): void {
    const at = data[POSITION + candidate]!
    chain.at = { way: data[WAY + candidate]!, raw_m: at, position_m: at, posterior: 0, fix }
    chain.held = []
  }

  /** Ends a chain, because nothing more comes or because it broke; what was held back stays on its last way. */
  close(chain: Chain, broken: boolean): void {
    const { at } = chain
    if (at === undefined) return
    this.#hold(chain, at, [at.way], this.#road.length_m[at.way]!, at.posterior)
    if (broken) this.#breaks++
    chain.at = undefined
    chain.held = []
  }

  /** Probability of a candidate and of those that go the same way: its link and the path that leaves or reaches it. */
  agreeing({ data, n }: Step, candidate: number, posterior = data[POSTERIOR + candidate]!): number {
    let sum = posterior
    const way = data[WAY + candidate]!
    for (let i = 0; i < n; i++) if (i !== candidate && data[POSTERIOR + i]! > 1e-6 && this.#sameWay(way, data[WAY + i]!)) sum += data[POSTERIOR + i]!
    return Math.min(1, sum)
  }

  placeOf(way: number, position_m: number): { link: number; movement: number; position_m: Metres } {
    const joint = way - this.#road.links
    if (joint < 0) return { link: way, movement: -1, position_m }
    const link = this.#road.from[joint]!
    return { link, movement: joint, position_m: this.#road.length_m[link]! + position_m }
  }

  #sameWay(a: number, b: number): boolean {
    const { links, from, to, uTurn } = this.#road
    if (a >= links && b >= links) return false
    if (a < links && b < links) {
      const joint = Math.max(this.#road.joint(a, b), this.#road.joint(b, a))
      return joint >= 0 && uTurn[joint - links] === 0
    }
    const [link, joint] = a < links ? [a, b - links] : [b, a - links]
    return uTurn[joint] === 0 && (from[joint] === link || to[joint] === link)
  }

  #learn(way: number, offset: number, share: number, fix: Fix, noise: SourceNoise): void {
    const { left_m, right_m, links, segments } = this.#road
    if (way >= links) return
    const off = offset - (left_m[way]! + right_m[way]!) / 2
    if (share > SURE) noise.learnOffset(off, right_m[way]! - left_m[way]!)
    this.#road.project(way, fix.x_m, fix.y_m)
    const s = this.#road.segment
    this.tiles.add(fix.x_m, fix.y_m, segments.ux[s]!, segments.uy[s]!, off)
  }

  /** Ways from one place to the next, both ends included. */
  #path({ way: from }: NonNullable<Chain['at']>, to: number, around: boolean): number[] {
    const road = this.#road
    if (from === to && !around) return [from]
    const path = [from]
    let link = from
    if (from >= road.links) {
      link = road.to[from - road.links]!
      path.push(link)
    }
    const goal = to < road.links ? to : road.from[to - road.links]!
    if (goal !== link || (from === to && to < road.links)) {
      for (const next of road.routes.between(link, goal, 0) ?? road.routes.between(link, goal, FURTHEST_M) ?? []) {
        path.push(road.joint(link, next), next)
        link = next
      }
    }
    if (to >= road.links) path.push(to)
    return path
  }

  #lengthOf(path: readonly number[], from: number, to: number): number {
    let sum = to - from
    for (let p = 0; p < path.length - 1; p++) sum += this.#road.length_m[path[p]!]!
    return sum
  }

  /** Places the fixes that were held back along the path, never backwards; index of the way reached. */
  #hold(chain: Chain, at: NonNullable<Chain['at']>, path: readonly number[], end: number, posterior: number): number {
    let reached = 0
    let position = at.position_m
    for (const { fix, believed } of chain.held) {
      if (!believed) {
        this.refuse(chain.vehicle, fix)
        continue
      }
      const before = reached
      if (!(fix.speed_mps !== undefined && fix.speed_mps < STANDING_MPS)) {
        let best = Infinity
        let way = reached
        let place = position
        for (let p = before; p < path.length; p++) {
          this.#road.project(path[p]!, fix.x_m, fix.y_m)
          if (this.#road.distance_m >= best) continue
          best = this.#road.distance_m
          way = p
          place = this.#road.position_m
        }
        const low = way === reached ? position : 0
        const high = way === path.length - 1 ? end : this.#road.length_m[path[way]!]!
        reached = way
        position = Math.max(low, Math.min(high, place))
      }
      this.#road.project(path[reached]!, fix.x_m, fix.y_m)
      this.#tell(chain.vehicle, fix, path[reached]!, position, this.#road.offset_m, posterior, this.#linksOf(path, before, reached), false)
    }
    return reached
  }

  /** Links after way number `since` of a path, up to number `until`. */
  #linksOf(path: readonly number[], since: number, until: number): number[] {
    const links: number[] = []
    for (let p = since + 1; p <= until; p++) if (path[p]! < this.#road.links) links.push(path[p]!)
    return links
  }

  #tell(vehicle: string, fix: Fix, way: number, position_m: number, offset_m: number, posterior: number, route: number[], first: boolean): void {
    this.#matched++
    if (posterior < WITHHELD_BELOW) this.#withheld++
    const { link, movement, position_m: position } = this.placeOf(way, position_m)
    this.#sink({ vehicle, time_s: fix.time_s, link, movement, position_m: position, offset_m, speed_mps: fix.speed_mps, posterior, route, first })
  }
}
