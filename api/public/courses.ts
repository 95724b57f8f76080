// The usual course of corridors, read from the stored minutes of earlier days in the background: a page never waits for it, it says that it is being read.
import { type LocalTime, parseDay, weekdayOf } from '../../model/local-time.ts'
import type { Network } from '../../model/network.ts'
import { DayCourseSums, type CourseWay, type DayCourse } from '../../plans/publication/course.ts'
import type { Service } from '../server.ts'

export type DayKind = 'working' | 'weekend'

/** Days looked back on, and how many of one kind are enough. */
const LOOK_BACK = { days: 35, enough: 10 } as const
const HOUR_S = 3600
/** What of today is known is read again after so long, s. */
const TODAY_S = 300
const KEPT_NETWORKS = 8

interface Town {
  version: number
  /** Days that are over, by number; never read twice. */
  days: Map<number, DayCourse>
  today: { day: number; read_s: number; course: DayCourse } | undefined
  reading: Promise<void> | undefined
  /** Until when all of the past has been looked at. */
  complete: number
}

export interface CourseRequest { network: string; version: number; streets: Network; ways: readonly CourseWay[]; local: LocalTime; kind: DayKind }

export const kindOf = (day: number): DayKind => (weekdayOf(day) >= 6 ? 'weekend' : 'working')

export class Courses {
  readonly #service: Pick<Service, 'store' | 'clock'>
  readonly #towns = new Map<string, Town>()

  constructor(service: Pick<Service, 'store' | 'clock'>) {
    this.#service = service
  }

  /** What is known by now; `reading` while there is more to come. */
  get(request: CourseRequest): { days: DayCourse[]; today: DayCourse | undefined; reading: boolean } {
    const now = this.#service.clock.now()
    const today = request.local.day(now)
    let town = this.#towns.get(request.network)
    if (town?.version !== request.version) {
      this.#towns.delete(request.network)
      if (this.#towns.size >= KEPT_NETWORKS) this.#towns.delete(this.#towns.keys().next().value!)
      this.#towns.set(request.network, town = { version: request.version, days: new Map(), today: undefined, reading: undefined, complete: -1 })
    }
    const known = town
    const stale = known.today?.day !== today || now - known.today.read_s >= TODAY_S || now < known.today.read_s
    if ((known.complete !== today || stale) && known.reading === undefined) {
      known.reading = this.#read(known, request, today, now).catch(() => {
        // A store that is away: the next look tries again.
      }).finally(() => { known.reading = undefined })
    }
    const days = [...known.days].filter(([day]) => day < today && today - day <= LOOK_BACK.days && kindOf(day) === request.kind).sort(([a], [b]) => b - a).slice(0, LOOK_BACK.enough).map(([, course]) => course)
    return { days, today: known.today?.day === today ? known.today.course : undefined, reading: known.complete !== today }
  }

  /** For tests, and for nobody who waits at a page. */
  async settled(network: string): Promise<void> {
    await this.#towns.get(network)?.reading
  }

  async #read(town: Town, request: CourseRequest, today: number, now: number): Promise<void> {
    town.today = { day: today, read_s: now, course: await this.#course(request, today, now) }
    for (const day of town.days.keys()) if (today - day > LOOK_BACK.days) town.days.delete(day)
    const measured = new Set((await this.#service.store.states.days(request.network, LOOK_BACK.days)).map((day) => parseDay(day)))
    for (let day = today - 1; day >= today - LOOK_BACK.days; day--) {
      const same = [...town.days.keys()].filter((one) => kindOf(one) === kindOf(day)).length
      if (town.days.has(day) || same >= LOOK_BACK.enough) continue
      // Most days have both; a day without a measured state may still have its minutes.
      if (!measured.has(day) && !(await this.#hasMinutes(request, day))) continue
      town.days.set(day, await this.#course(request, day, Infinity))
    }
    town.complete = today
  }

  /** Noon, or nothing. */
  async #hasMinutes({ network, local }: CourseRequest, day: number): Promise<boolean> {
    const noon = local.instant(day, 12 * HOUR_S)
    return (await this.#service.store.states.minutes(network, noon, noon + 300)).length > 0
  }

  /** An hour at a time: a city's day is too much at once. */
  async #course({ network, streets, ways, local }: CourseRequest, day: number, until: number): Promise<DayCourse> {
    const begin = local.instant(day, 0)
    const sums = new DayCourseSums(streets, ways, begin)
    for (let at = begin; at < Math.min(until, begin + 24 * HOUR_S); at += HOUR_S) sums.add(await this.#service.store.states.minutes(network, at, Math.min(until, at + HOUR_S), sums.links))
    return sums.course()
  }
}

