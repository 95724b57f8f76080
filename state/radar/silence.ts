// Sensors that fell silent: no object for five minutes while others see traffic. That is no empty street.
import type { Instant, Seconds } from '../../model/units.ts'

const SILENT_S: Seconds = 300

export interface Silence {
  sensor: string
  from_s: Instant
  /** Absent while it lasts. */
  until_s?: Instant
}

export class SilenceWatch {
  readonly #isDay: (time_s: Instant) => boolean
  readonly #last = new Map<string, Instant>()
  readonly #open = new Map<string, Silence>()
  readonly #list: Silence[] = []
  #looked: Instant = -Infinity

  /** Nights are quiet: there nobody is silent. */
  constructor(isDay: (time_s: Instant) => boolean = () => true) {
    this.#isDay = isDay
  }

  see(sensor: string, time_s: Instant): void {
    const open = this.#open.get(sensor)
    if (open !== undefined) {
      open.until_s = time_s
      this.#open.delete(sensor)
    }
    this.#last.set(sensor, time_s)
    if (time_s - this.#looked < SILENT_S / 10) return
    this.#looked = time_s
    if (!this.#isDay(time_s)) return
    for (const [other, last] of this.#last) {
      if (other === sensor || this.#open.has(other) || time_s - last < SILENT_S || !this.#isDay(last)) continue
      const silence: Silence = { sensor: other, from_s: last }
      this.#open.set(other, silence)
      this.#list.push(silence)
    }
  }

  list(): Silence[] {
    return this.#list
  }
}
