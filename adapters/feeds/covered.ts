// Which intervals were told already, in little memory: intervals that touch are kept as one.
import type { Instant, Seconds } from '../../model/units.ts'

/** Separate stretches that are remembered; the oldest goes first. */
const MOST_STRETCHES = 2000
/** Times are written to the millisecond. */
const HAIR_S = 0.001

/** When it begins, and how long it is. */
export interface Interval {
  time_s: Instant
  period_s: Seconds
}

/** The time that a detector or a segment has told about. */
export class Covered {
  // Beginnings and ends of stretches, ascending.
  readonly #from: number[] = []
  readonly #until: number[] = []

  /** False where the interval, or a part of it, is already there; else it is now. */
  add(time_s: Instant, period_s: Seconds): boolean {
    const [from, until] = [time_s, time_s + period_s]
    // The first stretch that ends after the interval begins.
    let low = 0
    let high = this.#from.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#until[middle]! > from + HAIR_S) high = middle
      else low = middle + 1
    }
    if (low < this.#from.length && this.#from[low]! < until - HAIR_S) return false
    const joinsBefore = low > 0 && Math.abs(this.#until[low - 1]! - from) <= HAIR_S
    const joinsAfter = low < this.#from.length && Math.abs(this.#from[low]! - until) <= HAIR_S
    if (joinsBefore && joinsAfter) {
      this.#until[low - 1] = this.#until[low]!
      this.#from.splice(low, 1)
      this.#until.splice(low, 1)
    } else if (joinsBefore) this.#until[low - 1] = until
    else if (joinsAfter) this.#from[low] = from
    else {
      this.#from.splice(low, 0, from)
      this.#until.splice(low, 0, until)
      if (this.#from.length > MOST_STRETCHES) {
        this.#from.shift()
        this.#until.shift()
      }
    }
    return true
  }
}

/** The intervals that were told, by what told them: a detector, a segment, a turn. */
export class ToldIntervals {
  readonly #byKey = new Map<string, Covered>()

  /** False where the key told of the interval, or of a part of it, before; else it has now. */
  add(key: string, { time_s, period_s }: Interval): boolean {
    let covered = this.#byKey.get(key)
    if (covered === undefined) this.#byKey.set(key, covered = new Covered())
    return covered.add(time_s, period_s)
  }
}
