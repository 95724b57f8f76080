// What is remembered of one vehicle.
import type { Fix } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import { Pace } from './speed-unit.ts'

/** Times given last that are remembered one by one, to tell a copy from a stray. */
const MOST_TIMES = 16
/** Earlier stretches of the vehicle that are remembered. */
const MOST_STRETCHES = 8

export class Track {
  /** In order of time, not yet given. */
  readonly waiting: Fix[] = []
  /** Before the last one given, in order among themselves: strays, or another trip. */
  readonly earlier: Fix[] = []
  /** Last one believed. */
  last: Fix | undefined
  /** Implausible ones since. */
  jumps = 0
  /** Nobody was given a fix of this trip yet. */
  unseen = true
  /** Where it has stood since although it says that it moves. */
  still: Fix | undefined
  frozen = false
  /** Of the way that its speeds say with the way that its places say. */
  readonly pace = new Pace()
  /** Comparisons made on this trip. */
  compared = 0
  #from: Instant = 0
  readonly #stretches: Instant[] = []
  readonly #times: Instant[] = []
  #next = 0

  /** Takes a believed fix. */
  give(fix: Fix): void {
    if (this.last === undefined) this.#from = fix.time_s
    this.last = fix
    this.#times[this.#next] = fix.time_s
    this.#next = (this.#next + 1) % MOST_TIMES
  }

  /** The next fix begins anew: nothing but the times told already is kept, and within a trip that its receiver is frozen. */
  begin(sameTrip = false): void {
    if (this.last !== undefined) this.#stretches.push(this.#from, this.last.time_s)
    if (this.#stretches.length > 2 * MOST_STRETCHES) this.#stretches.splice(0, 2)
    this.last = undefined
    this.jumps = 0
    this.unseen = true
    this.still = undefined
    this.frozen &&= sameTrip
    this.compared = 0
    this.pace.begin()
  }

  /** True where a fix of this time was given lately. */
  gave(time_s: Instant): boolean {
    return this.#times.includes(time_s)
  }

  /** True where the time lies in what was told already. */
  covers(time_s: Instant): boolean {
    if (this.last !== undefined && time_s >= this.#from && time_s <= this.last.time_s) return true
    for (let i = 0; i < this.#stretches.length; i += 2) if (time_s >= this.#stretches[i]! && time_s <= this.#stretches[i + 1]!) return true
    return false
  }
}
