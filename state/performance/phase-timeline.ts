// From the events of one phase to its greens: when each began, turned yellow, red and ended its clearance, and why it ended.
// A green without yellow is incomplete and counts for nothing.
import type { Instant } from '../../model/units.ts'
import { CODE } from './options.ts'

export type Termination = 'gap' | 'max' | 'force' | 'unknown'

/** From one start of green to the next. */
export interface PhaseCycle {
  green_s: Instant
  /** End of green. */
  yellow_s: Instant
  /** End of yellow: red begins here. */
  red_s: Instant
  /** End of red clearance; end of yellow where the log has none. */
  clear_s: Instant
  /** The next start of green; undefined for the last of a log. */
  next_s: Instant | undefined
  termination: Termination
}

const CAUSES: Readonly<Record<number, Termination>> = { [CODE.gap_out]: 'gap', [CODE.max_out]: 'max', [CODE.force_off]: 'force' }

/** Fed in order of time with the events of one phase. */
export class PhaseTimeline {
  incomplete = 0
  #green: Instant | undefined
  #yellow: Instant | undefined
  #red: Instant | undefined
  #clear: Instant | undefined
  #cause: Termination = 'unknown'
  readonly #emit: (cycle: PhaseCycle) => void

  constructor(emit: (cycle: PhaseCycle) => void) {
    this.#emit = emit
  }

  /** Whether it is green at the newest event. */
  get isGreen(): boolean {
    return this.#green !== undefined && this.#yellow === undefined
  }

  take(event: number, time_s: Instant): void {
    switch (event) {
      case CODE.begin_green:
        this.#close(time_s)
        this.#green = time_s
        break
      case CODE.gap_out:
      case CODE.max_out:
      case CODE.force_off:
        if (this.#green !== undefined) this.#cause = CAUSES[event]!
        break
      case CODE.begin_yellow:
        if (this.#green !== undefined) this.#yellow ??= time_s
        break
      case CODE.end_yellow:
      case CODE.begin_red_clearance:
        if (this.#yellow !== undefined) this.#red ??= time_s
        break
      case CODE.end_red_clearance:
        if (this.#yellow !== undefined) this.#clear ??= time_s
        break
      default:
    }
  }

  /** The log has a hole or ends: what is open ends without a next green. */
  break(): void {
    this.#close(undefined)
  }

  #close(next: Instant | undefined): void {
    if (this.#green !== undefined) {
      const red = this.#red ?? this.#clear
      if (this.#yellow === undefined || red === undefined) this.incomplete++
      else this.#emit({ green_s: this.#green, yellow_s: this.#yellow, red_s: red, clear_s: this.#clear ?? red, next_s: next, termination: this.#cause })
    }
    this.#green = this.#yellow = this.#red = this.#clear = undefined
    this.#cause = 'unknown'
  }
}
