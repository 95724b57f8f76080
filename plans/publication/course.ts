// The usual course of a day on each corridor, by quarters of an hour, from the measured minutes of earlier days of the same kind; and from it what half an
// hour later will be like. Both are estimates and are shown as such. Pure.
import type { LinkId, Network } from '../../model/network.ts'
import { LEAST_PUBLISHED_VEHICLES } from '../../model/publication.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { quantile } from '../../state/statistics.ts'
import type { LinkMinute } from '../ports/states.ts'
import { LEAST_DAYS } from './typical.ts'

export const QUARTER_S = 900
export const QUARTERS = 96
/** How far ahead, in quarters. */
const AHEAD = 2
/** Slots that a forecast must have been tried on before anybody is told of one. */
const LEAST_TRIALS = 48

/** One way along links. */
export interface CourseWay {
  id: string
  links: readonly LinkId[]
}

/** Travel time by quarter of the local day, NaN where a link had too few vehicles; by way. */
export type DayCourse = ReadonlyMap<string, Float64Array>

/** Sums minutes of one day, in any portions, so that no day has to be held at once. */
export class DayCourseSums {
  readonly #ways: readonly CourseWay[]
  readonly #lengths: ReadonlyMap<LinkId, number>
  /** By link: vehicles, then their slowness (s/m, weighted), of each quarter. */
  readonly #sums = new Map<LinkId, Float64Array>()
  readonly #begin: Instant

  constructor(network: Network, ways: readonly CourseWay[], begin: Instant) {
    this.#ways = ways
    this.#begin = begin
    const own = new Set(ways.flatMap(({ links }) => links))
    this.#lengths = new Map(network.links.filter(({ id }) => own.has(id)).map(({ id, length_m }) => [id, length_m]))
  }

  get links(): LinkId[] {
    return [...this.#lengths.keys()]
  }

  add(minutes: readonly LinkMinute[]): void {
    for (const { link, time_s, vehicles, speed_mps } of minutes) {
      const quarter = Math.floor((time_s - this.#begin) / QUARTER_S)
      if (quarter < 0 || quarter >= QUARTERS || speed_mps === undefined || !(speed_mps > 0) || !(vehicles > 0) || !this.#lengths.has(link)) continue
      let sums = this.#sums.get(link)
      if (sums === undefined) this.#sums.set(link, sums = new Float64Array(2 * QUARTERS))
      sums[quarter]! += vehicles
      sums[QUARTERS + quarter]! += vehicles / speed_mps
    }
  }

  course(): DayCourse {
    return new Map(this.#ways.map(({ id, links }) => [id, Float64Array.from({ length: QUARTERS }, (_, quarter) => links.reduce((time_s, link) => {
      const sums = this.#sums.get(link)
      const vehicles = sums?.[quarter] ?? 0
      return vehicles < LEAST_PUBLISHED_VEHICLES ? Number.NaN : time_s + (this.#lengths.get(link)! * sums![QUARTERS + quarter]!) / vehicles
    }, 0))]))
  }
}

/** What is usual in one quarter; the range leaves out a tenth of the days at each end. */
export interface UsualQuarter { travel_time_s: Seconds; low_s: Seconds; high_s: Seconds; days: number }

/** By quarter; undefined where fewer than three days are known. */
export function usualCourse(days: readonly DayCourse[], way: string): (UsualQuarter | undefined)[] {
  return Array.from({ length: QUARTERS }, (_, quarter) => {
    const times = knownAt(days, way, quarter)
    return times.length < LEAST_DAYS ? undefined : { travel_time_s: quantile(times, 0.5), low_s: quantile(times, 0.1), high_s: quantile(times, 0.9), days: times.length }
  })
}

const knownAt = (days: readonly DayCourse[], way: string, quarter: number): number[] => days.map((day) => day.get(way)?.[quarter] ?? Number.NaN).filter(Number.isFinite).sort((a, b) => a - b)

/** How deviations from the usual last: learned by holding each day against the others. */
export interface Persistence {
  /** Share of a deviation (of the logarithm of the time) that is left after half an hour. */
  share: number
  /** What was off by then, of eight days in ten. */
  low: number
  high: number
  trials: number
}

/** Undefined with too few days to try on. */
export function persistenceOf(days: readonly DayCourse[], way: string): Persistence | undefined {
  const pairs: [now: number, later: number][] = []
  days.forEach((day, i) => {
    const others = days.filter((_, j) => j !== i)
    const off = Array.from({ length: QUARTERS }, (_, quarter) => {
      const times = knownAt(others, way, quarter)
      return times.length < LEAST_DAYS - 1 ? Number.NaN : Math.log((day.get(way)?.[quarter] ?? Number.NaN) / quantile(times, 0.5))
    })
    for (let quarter = 0; quarter + AHEAD < QUARTERS; quarter++) {
      const pair: [number, number] = [off[quarter]!, off[quarter + AHEAD]!]
      if (pair.every(Number.isFinite)) pairs.push(pair)
    }
  })
  if (pairs.length < LEAST_TRIALS) return undefined
  const power = pairs.reduce((sum, [now]) => sum + now * now, 0)
  const share = power > 0 ? Math.min(1, Math.max(0, pairs.reduce((sum, [now, later]) => sum + now * later, 0) / power)) : 0
  const left = pairs.map(([now, later]) => later - share * now).sort((a, b) => a - b)
  return { share, low: quantile(left, 0.1), high: quantile(left, 0.9), trials: pairs.length }
}

/** Half an hour after `quarter`, in which the time is `now_s`. Undefined where nothing is usual then, or nobody knows what is now. */
export function halfAnHourLater(usual: readonly (UsualQuarter | undefined)[], persistence: Persistence | undefined, quarter: number, now_s: Seconds | null): Omit<UsualQuarter, 'days'> | undefined {
  const [then, later] = [usual[quarter], usual[quarter + AHEAD]]
  if (persistence === undefined || then === undefined || later === undefined || now_s === null) return undefined
  const travel_time_s = later.travel_time_s * Math.exp(persistence.share * Math.log(now_s / then.travel_time_s))
  return { travel_time_s, low_s: travel_time_s * Math.exp(persistence.low), high_s: travel_time_s * Math.exp(persistence.high) }
}

/** The quarter within the next ones in which the way is usually quickest; undefined where none saves a tenth against the present one. */
export function bestQuarter(usual: readonly (UsualQuarter | undefined)[], quarter: number, ahead = 12): { quarter: number; usual: UsualQuarter; saves_s: Seconds } | undefined {
  const present = usual[quarter]
  if (present === undefined) return undefined
  let best: { quarter: number; usual: UsualQuarter; saves_s: Seconds } | undefined
  for (let later = quarter + 1; later <= Math.min(QUARTERS - 1, quarter + ahead); later++) {
    const one = usual[later]
    if (one !== undefined && present.travel_time_s - one.travel_time_s > 0.1 * present.travel_time_s && (best === undefined || one.travel_time_s < best.usual.travel_time_s - 1)) best = { quarter: later, usual: one, saves_s: present.travel_time_s - one.travel_time_s }
  }
  return best
}
