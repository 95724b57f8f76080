// How long a feed was alive: volumes are counts over the time in which there was anybody to count.
import type { LocalTime } from '../../model/local-time.ts'
import type { Instant, Seconds, TimeOfDay } from '../../model/units.ts'

const MINUTE_S = 60
/** A longer silence of all vehicles is a feed that is off. */
const SILENCE_S: Seconds = 900
/** The first record comes a little after the feed began. */
const EDGE_S: Seconds = 15

/** Takes records in any order; keeps two numbers a minute. */
export class ObservedTime {
  readonly #minutes = new Map<number, [first_s: Instant, last_s: Instant]>()
  #minute = Number.NaN
  #known: [first_s: Instant, last_s: Instant] = [0, 0]

  add(time_s: Instant): void {
    const minute = Math.floor(time_s / MINUTE_S)
    if (minute !== this.#minute) {
      this.#minute = minute
      const known = this.#minutes.get(minute)
      if (known === undefined) this.#minutes.set(minute, this.#known = [time_s, time_s])
      else this.#known = known
    }
    if (time_s < this.#known[0]) this.#known[0] = time_s
    else if (time_s > this.#known[1]) this.#known[1] = time_s
  }

  /** Hours alive, of all days together; within a period of the day, where one is given. 0 where nothing came. */
  hours(local?: LocalTime, from_s: TimeOfDay = 0, until_s: TimeOfDay = Infinity): number {
    const inside = (time: TimeOfDay): boolean => time >= from_s && time < until_s
    return this.#spans((first) => local === undefined || inside(local.timeOfDay(first))).reduce((sum, [first, last]) => sum + last - first, 0) / 3600
  }

  /** Whether the feed was alive throughout, for spans of `step_s` that begin at multiples of it; to be asked once all has come. */
  aliveIn(step_s: Seconds): (index: number) => boolean {
    const alive = new Set<number>()
    for (const [first, last] of this.#spans(() => true)) for (let k = Math.ceil((first - EDGE_S) / step_s); (k + 1) * step_s <= last + EDGE_S; k++) alive.add(k)
    return (index) => alive.has(index)
  }

  #spans(counts: (first_s: Instant) => boolean): [first_s: Instant, last_s: Instant][] {
    const spans: [Instant, Instant][] = []
    for (const minute of [...this.#minutes.keys()].sort((a, b) => a - b)) {
      const [first, last] = this.#minutes.get(minute)!
      if (!counts(first)) continue
      const span = spans.at(-1)
      if (span !== undefined && first - span[1] <= SILENCE_S) span[1] = last
      else spans.push([first, last])
    }
    return spans
  }
}
