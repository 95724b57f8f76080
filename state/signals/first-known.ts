// Several sources of greens, asked in turn: the first that knows answers.
import type { Instant, Seconds } from '../../model/units.ts'
import type { Green, GreenClock } from './greens.ts'

export class FirstKnown implements GreenClock {
  readonly #clocks: readonly GreenClock[]

  constructor(clocks: readonly GreenClock[]) {
    this.#clocks = clocks
  }

  find(movement: number, time_s: Instant): Green | undefined {
    for (const clock of this.#clocks) {
      const green = clock.find(movement, time_s)
      if (green !== undefined) return green
    }
    return undefined
  }

  /** Of the one that knows the greens; else of the first that knows a cycle. */
  cycle(movement: number, time_s: Instant): Seconds | undefined {
    let first: Seconds | undefined
    for (const clock of this.#clocks) {
      const cycle = clock.cycle(movement, time_s)
      if (cycle === undefined) continue
      if (clock.find(movement, time_s) !== undefined) return cycle
      first ??= cycle
    }
    return first
  }
}
