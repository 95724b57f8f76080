// Detector channels as intervals in which something stood on them.
import type { Instant } from '../../model/units.ts'

export type Interval = [from_s: Instant, until_s: Instant]

/** Seconds of [from, until) that are covered by at least one interval. */
export function coveredSeconds(intervals: readonly Interval[], from: number, until: number): number {
  const inside = intervals.map(([a, b]): Interval => [Math.max(a, from), Math.min(b, until)]).filter(([a, b]) => b > a).sort((p, q) => p[0] - q[0])
  let [sum, end] = [0, -Infinity]
  for (const [a, b] of inside) {
    sum += Math.max(0, b - Math.max(a, end))
    end = Math.max(end, b)
  }
  return sum
}

/** On and off events of one channel, paired. Off without on, and on after on, are unpaired. */
export class ChannelIntervals {
  actuations = 0
  unpaired = 0
  #on: Instant | undefined
  readonly #closed: Interval[] = []

  on(time_s: Instant): void {
    this.actuations++
    if (this.#on !== undefined) {
      this.unpaired++
      this.#closed.push([this.#on, time_s])
    }
    this.#on = time_s
  }

  off(time_s: Instant): void {
    if (this.#on === undefined) this.unpaired++
    else this.#closed.push([this.#on, time_s])
    this.#on = undefined
  }

  /** Intervals up to now, the open one as long as it lasts; those that ended before `since` are forgotten. */
  list(since: Instant, now: Instant): Interval[] {
    let keep = 0
    while (keep < this.#closed.length && this.#closed[keep]![1] < since) keep++
    this.#closed.splice(0, keep)
    return this.#on === undefined ? [...this.#closed] : [...this.#closed, [this.#on, now]]
  }

  /** After a hole in the log nobody knows what stands there. */
  forget(): void {
    this.#on = undefined
    this.#closed.length = 0
  }
}
