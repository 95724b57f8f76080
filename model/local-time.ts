// Instants and local time: feeds speak of instants (seconds since 1970-01-01 UTC, fractions allowed), people and plans of
// days and times of day in the zone of the scenario. Zones come from the runtime's own tables.
import { GreenwaveError } from './errors.ts'
import { modulo, type Instant, type TimeOfDay } from './units.ts'

const DAY_S = 86_400
/** Offsets change on quarters of an hour at most; one look-up serves each. */
const SLOT_S = 900

/** Both ways between instants and local time of one zone. A day is its number since 1970-01-01. */
export class LocalTime {
  readonly time_zone: string
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()
  #slot = Number.NaN
  #offset = 0

  /** Throws input.value for an unknown zone. */
  constructor(time_zone: string) {
    this.time_zone = time_zone
    try {
      this.#format = new Intl.DateTimeFormat('en-US', { timeZone: time_zone, timeZoneName: 'longOffset' })
    } catch (error) {
      throw new GreenwaveError('input.value', `the time zone "${time_zone}" is not known`, undefined, error)
    }
  }

  /** Seconds that local clocks are ahead of UTC. */
  offset(time_s: Instant): number {
    const slot = Math.floor(time_s / SLOT_S)
    if (slot === this.#slot) return this.#offset
    let offset = this.#offsets.get(slot)
    if (offset === undefined) {
      offset = this.#read(slot * SLOT_S)
      this.#offsets.set(slot, offset)
    }
    this.#slot = slot
    this.#offset = offset
    return offset
  }

  day(time_s: Instant): number {
    return Math.floor((time_s + this.offset(time_s)) / DAY_S)
  }

  timeOfDay(time_s: Instant): TimeOfDay {
    return modulo(time_s + this.offset(time_s), DAY_S)
  }

  /** The instant of a time of day; in the hour that a clock change skips, as if the clock had not changed yet. */
  instant(day: number, time: TimeOfDay): Instant {
    const civil = day * DAY_S + time
    const before = civil - this.offset(civil - DAY_S)
    const guess = civil - this.offset(before)
    return guess + this.offset(guess) === civil ? guess : before
  }

  #read(time_s: number): number {
    const name = this.#format.formatToParts(time_s * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name)
    if (match?.[1] === undefined) return 0
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
    return match[1] === '-' ? -seconds : seconds
  }
}

/** ISO weekday of a day: 1 = Monday. */
export const weekdayOf = (day: number): number => modulo(day + 3, 7) + 1

/** `2026-01-05`. */
export const formatDay = (day: number): string => new Date(day * DAY_S * 1000).toISOString().slice(0, 10)

/** Number of a day such as `2026-01-05`; undefined if it is none. */
export function parseDay(text: string): number | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== text ? undefined : midnight / (DAY_S * 1000)
}
