// Which plan the schedule gives a signal at a time of a day: starts under different plans are never read together.
import { weekdayOf } from '../../model/local-time.ts'
import type { Timing } from '../../model/scenario.ts'
import { listPlanSwitches, runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'

interface Reign {
  from_s: TimeOfDay
  patterns: ReadonlyMap<SignalId, Pattern>
}

const DAY_S = 86_400

export class PlanHours {
  readonly #timing: Timing
  readonly #weekdays = new Map<number, Reign[]>()
  readonly #numbers = new Map<Pattern, number>()

  constructor(timing: Timing) {
    this.#timing = timing
  }

  /** A number for the pattern that should run, -1 where none is known; and for how long it has. */
  find(signal: SignalId, day: number, time: TimeOfDay): { plan: number; since_s: Seconds } {
    const reigns = this.#day(weekdayOf(day))
    let at = reigns.findLastIndex(({ from_s }) => from_s <= time)
    const pattern = reigns[at]?.patterns.get(signal)
    if (pattern === undefined) return { plan: -1, since_s: Infinity }
    // Switches of other signals do not count.
    while (at > 0 && reigns[at - 1]!.patterns.get(signal) === pattern) at--
    let plan = this.#numbers.get(pattern)
    if (plan === undefined) this.#numbers.set(pattern, plan = this.#numbers.size)
    return { plan, since_s: at === 0 ? Infinity : time - reigns[at]!.from_s }
  }

  /** Cycle of a plan by its number. */
  cycle(plan: number): Seconds | undefined {
    for (const [pattern, number] of this.#numbers) if (number === plan) return pattern.cycle_s
    return undefined
  }

  #day(weekday: number): Reign[] {
    let reigns = this.#weekdays.get(weekday)
    if (reigns === undefined) {
      reigns = this.#timing.plans.length === 0 ? [] : [{ time_s: 0, patterns: runningPatterns(this.#timing, 0, weekday) }, ...listPlanSwitches(this.#timing, 0, DAY_S, weekday)]
        .map(({ time_s, patterns }): Reign => ({ from_s: time_s, patterns }))
      this.#weekdays.set(weekday, reigns)
    }
    return reigns
  }
}
