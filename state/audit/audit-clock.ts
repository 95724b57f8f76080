// Greens as the audit found them, where it is sure of them.
import { modulo, type Instant, type Seconds, type TimeOfDay } from '../../model/units.ts'
import type { LocalTime } from '../../model/local-time.ts'
import type { Green, GreenClock } from '../signals/greens.ts'
import type { Shifts } from './shifts.ts'

/** Green of one movement in the hours of one cycle. */
export interface AuditedGreen {
  plan: number
  from_s: TimeOfDay
  until_s: TimeOfDay
  cycle_s: Seconds
  green_start_s: Seconds
  green_s: Seconds
  shifts: Shifts
}

const DAY_S = 86_400

export class AuditClock implements GreenClock {
  readonly #local: LocalTime
  readonly #greens: ReadonlyMap<number, readonly AuditedGreen[]>
  readonly #planOf: (movement: number, day: number, time_s: TimeOfDay) => number

  /** `planOf`: number of the plan that runs at a movement, as in `AuditedGreen`. */
  constructor(local: LocalTime, greens: ReadonlyMap<number, readonly AuditedGreen[]>, planOf: (movement: number, day: number, time_s: TimeOfDay) => number) {
    this.#local = local
    this.#greens = greens
    this.#planOf = planOf
  }

  find(movement: number, time_s: Instant): Green | undefined {
    const found = this.#find(movement, time_s)
    if (found === undefined) return undefined
    const { day, time, green: { cycle_s, green_start_s, green_s, shifts } } = found
    const start_s = time_s - modulo(time - green_start_s - shifts.shiftAt(day + time / DAY_S), cycle_s)
    return { start_s, end_s: start_s + green_s, next_s: start_s + cycle_s }
  }

  cycle(movement: number, time_s: Instant): Seconds | undefined {
    return this.#find(movement, time_s)?.green.cycle_s
  }

  #find(movement: number, time_s: Instant): { day: number; time: TimeOfDay; green: AuditedGreen } | undefined {
    const list = this.#greens.get(movement)
    if (list === undefined) return undefined
    const [day, time] = [this.#local.day(time_s), this.#local.timeOfDay(time_s)]
    const plan = this.#planOf(movement, day, time)
    const green = list.find((one) => one.plan === plan && time >= one.from_s && time < one.until_s)
    return green === undefined ? undefined : { day, time, green }
  }
}
