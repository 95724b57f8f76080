// Links and movements as they are now, from the vehicles of the last minutes. Sums may come in any order and from any thread; what is older than ten
// minutes is forgotten.
import type { Network } from '../../model/network.ts'
import type { Freshness } from '../../model/publication.ts'
import type { Instant, MetresPerSecond, Seconds } from '../../model/units.ts'
import type { LinkMinute } from '../ports/states.ts'
import { COUNT_S, freshnessOf, LEAST_VEHICLES } from './freshness.ts'
import { LINK_FIELDS, MINUTE_S, MOVEMENT_FIELDS } from './passages.ts'

/** A link now. Speed, travel time and index are absent where freshness is `none`. */
export interface LiveLink {
  link: string
  freshness: Freshness
  /** Of the newest fix. */
  age_s: Seconds
  /** In the last ten minutes. */
  vehicles: number
  speed_mps?: MetresPerSecond
  travel_time_s?: Seconds
  /** Travel time over free travel time. */
  index?: number
}

/** A movement now; delay of those that crossed in the last ten minutes, absent below the least number of them. */
export interface LiveMovement {
  movement: string
  crossings: number
  delay_s?: Seconds
}

export interface LiveOptions {
  /** Vehicles below which nothing is told of a link. */
  least?: number
  /** Of the source: age counts from the measurement. */
  latency_s?: Seconds
}

interface Sums { metres: number; seconds: number; vehicles: number; arrivals: number; latest: Instant }
interface Crossings { crossings: number; delay: number }

/** Speeds are of the vehicles of so many minutes, the present one included. */
const SPEED_MINUTES = 5
const COUNT_MINUTES = COUNT_S / MINUTE_S

export class LiveState {
  readonly #network: Network
  /** By minute, then index of the link or movement. */
  readonly #links = new Map<number, Map<number, Sums>>()
  readonly #movements = new Map<number, Map<number, Crossings>>()
  #changed = new Set<string>()
  #newest = -Infinity

  constructor(network: Network) {
    this.#network = network
  }

  /** Adds what `Passages.take` gave. */
  add({ links, movements }: { links: Float64Array; movements: Float64Array }): void {
    for (let at = 0; at < links.length; at += LINK_FIELDS) this.#newest = Math.max(this.#newest, links[at + 1]!)
    for (let at = 0; at < links.length; at += LINK_FIELDS) {
      const [link, minute] = [links[at]!, links[at + 1]!]
      if (minute <= this.#newest - COUNT_MINUTES) continue
      const sums = cell(this.#links, minute, link, () => ({ metres: 0, seconds: 0, vehicles: 0, arrivals: 0, latest: -Infinity }))
      sums.metres += links[at + 2]!
      sums.seconds += links[at + 3]!
      sums.vehicles += links[at + 4]!
      sums.arrivals += links[at + 5]!
      sums.latest = Math.max(sums.latest, links[at + 6]!)
      this.#changed.add(`${minute} ${link}`)
    }
    for (let at = 0; at < movements.length; at += MOVEMENT_FIELDS) {
      const minute = movements[at + 1]!
      if (minute <= this.#newest - COUNT_MINUTES) continue
      const sums = cell(this.#movements, minute, movements[at]!, () => ({ crossings: 0, delay: 0 }))
      sums.crossings += movements[at + 2]!
      sums.delay += movements[at + 3]!
    }
    for (const table of [this.#links, this.#movements]) for (const minute of table.keys()) if (minute <= this.#newest - COUNT_MINUTES - 1) table.delete(minute)
  }

  /** Links of which anything was heard in the last ten minutes, in the order of the network. */
  links(now: Instant, { least = LEAST_VEHICLES.internal, latency_s = 0 }: LiveOptions = {}): LiveLink[] {
    const present = Math.floor(now / MINUTE_S)
    const all = new Map<number, Sums & { most: number }>()
    for (let minute = present - COUNT_MINUTES; minute <= present; minute++) {
      for (const [link, { metres, seconds, vehicles, arrivals, latest }] of this.#links.get(minute) ?? []) {
        const sum = all.get(link) ?? { metres: 0, seconds: 0, vehicles: 0, arrivals: 0, latest, most: 0 }
        all.set(link, sum)
        sum.arrivals += arrivals
        // Those that wait for long arrive only once.
        sum.most = Math.max(sum.most, vehicles)
        sum.latest = Math.max(sum.latest, latest)
        if (minute <= present - SPEED_MINUTES) continue
        sum.metres += metres
        sum.seconds += seconds
      }
    }
    return [...all].sort(([a], [b]) => a - b).map(([index, sum]) => {
      const vehicles = Math.max(sum.arrivals, sum.most)
      const age_s = Math.max(0, now - sum.latest) + latency_s
      const freshness = freshnessOf(age_s, vehicles, least)
      return { link: this.#network.links[index]!.id, freshness, age_s, vehicles, ...(freshness === 'no-data' ? {} : this.#pace(index, sum)) }
    })
  }

  /** Movements that were crossed in the last ten minutes, in the order of the network. */
  movements(now: Instant, { least = LEAST_VEHICLES.internal }: LiveOptions = {}): LiveMovement[] {
    const present = Math.floor(now / MINUTE_S)
    const all = new Map<number, Crossings>()
    for (let minute = present - COUNT_MINUTES; minute <= present; minute++) {
      for (const [movement, { crossings, delay }] of this.#movements.get(minute) ?? []) {
        const sum = all.get(movement) ?? { crossings: 0, delay: 0 }
        all.set(movement, { crossings: sum.crossings + crossings, delay: sum.delay + delay })
      }
    }
    return [...all].sort(([a], [b]) => a - b).map(([index, { crossings, delay }]) => ({ movement: this.#network.movements[index]!.id, crossings, ...(crossings < least ? {} : { delay_s: delay / crossings }) }))
  }

  /** Minutes that changed since they were last asked for, as the store keeps them; those before `from_s` are left out. */
  takeMinutes(from_s: Instant = -Infinity): LinkMinute[] {
    const changed = this.#changed
    this.#changed = new Set()
    return [...changed].flatMap((key) => {
      const [minute, link] = key.split(' ').map(Number) as [number, number]
      const sums = this.#links.get(minute)?.get(link)
      if (sums === undefined || minute * MINUTE_S < from_s) return []
      return [{ link: this.#network.links[link]!.id, time_s: minute * MINUTE_S, vehicles: sums.vehicles, ...this.#pace(link, sums) }]
    })
  }

  /** Nothing is said where nobody was seen to drive or to wait for a second. */
  #pace(index: number, { metres, seconds }: Sums): { speed_mps?: number; travel_time_s?: number; index?: number } {
    if (seconds < 1) return {}
    const { length_m, speed_mps: free } = this.#network.links[index]!
    const speed_mps = metres / seconds
    return { speed_mps, ...(speed_mps > 0 ? { travel_time_s: length_m / speed_mps, index: free / speed_mps } : {}) }
  }
}

function cell<T>(table: Map<number, Map<number, T>>, minute: number, of: number, make: () => T): T {
  let row = table.get(minute)
  if (row === undefined) table.set(minute, row = new Map())
  let found = row.get(of)
  if (found === undefined) row.set(of, found = make())
  return found
}
