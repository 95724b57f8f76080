// The local clock of a coordinated signal. It counts ticks from yield point to yield point; every cycle is as long as the
// offset asks for: the cycle itself in step, longer or shorter in transition.
import type { Transition } from '../../model/control.ts'
import { modulo } from '../../model/units.ts'
import { TICKS_PER_S, type CycleCount } from './controller.ts'
import { nextCycle } from './transition.ts'

export interface ClockSettings {
  /** Ticks; may be a fraction, which is carried from cycle to cycle. */
  cycle: number
  /** A master tick at which a yield point lies when in step. */
  target: number
  transition: Transition
  /** Least length of a cycle, ticks. */
  shortest: number
  /** Told the length of every cycle that begins. */
  setLength: (length: number, dwell: boolean) => void
}

export class CoordinationClock {
  readonly count: CycleCount = { cycles: 0, out_of_step: 0 }
  readonly #settings: ClockSettings
  /** Ticks since the yield point. */
  now = 0
  /** Yield points passed since the start. */
  cycle = 0
  length: number
  /** Cycles that it still takes to get in step, the present one included; 0 = in step. */
  remaining = 0
  #held = 0

  constructor(settings: ClockSettings) {
    this.#settings = settings
    this.length = settings.cycle
  }

  /** Ticks of a cycle in step. */
  get cycleLength(): number {
    return this.#settings.cycle
  }

  /** A master tick at which a yield point lies when in step. */
  get target(): number {
    return this.#settings.target
  }

  /** Whether the next tick passes a yield point, unless the clock is stopped. */
  get yieldsNext(): boolean {
    return this.#held === 0 && this.now + 1 >= this.length
  }

  startInStep(tick: number): void {
    const { cycle, target } = this.#settings
    const since = modulo(tick - target, cycle)
    this.#begin(tick - since)
    this.now = Math.min(Math.round(since), this.length - 1)
  }

  /** Passes a yield point at that tick, wherever it was. */
  beginAt(tick: number): void {
    this.now = 0
    this.#begin(tick)
  }

  /** Starts just before a yield point, which is passed after `ticks`. */
  startHeld(ticks: number): void {
    this.length = Math.round(this.#settings.cycle)
    this.#settings.setLength(this.length, false)
    this.now = this.length - 1
    this.#held = Math.max(0, ticks - 1)
  }

  /** To the next tick; a stopped clock stays. Out: true at a yield point. */
  advance(tick: number, stopped: boolean): boolean {
    if (stopped) return false
    if (this.#held > 0) {
      this.#held--
      return false
    }
    this.now++
    if (this.now < this.length) return false
    this.now = 0
    this.cycle++
    this.#begin(tick)
    return true
  }

  #begin(tick: number): void {
    const { cycle, target, transition, shortest, setLength } = this.#settings
    let extra = modulo(target - tick, cycle)
    // Half a tick off is the rounding of a cycle that is no whole number of tenths.
    const rounding = extra <= 0.5 ? extra : extra >= cycle - 0.5 ? extra - cycle : undefined
    if (rounding !== undefined) extra = 0
    const next = nextCycle({ cycle, extra, transition, shortest, per_second: TICKS_PER_S })
    this.length = Math.round(next.length + (rounding ?? 0))
    this.count.cycles++
    this.remaining = next.remaining
    if (next.remaining > 0) this.count.out_of_step++
    setLength(this.length, next.dwell)
  }
}
