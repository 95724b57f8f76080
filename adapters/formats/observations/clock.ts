// Instants of observations in words: seconds of the day on one date, in the time zone of the scenario.
import { GreenwaveError } from '../../../model/errors.ts'
import { LocalTime, parseDay } from '../../../model/local-time.ts'
import type { Instant } from '../../../model/units.ts'

export interface Clock {
  /** `2026-01-05 17:00:00.1`: no zone, as controllers log. */
  local(time_s: number): string
  /** `2026-01-05T17:00:00.100+08:00`. */
  iso(time_s: number): string
}

/** Throws input.value for a date that is none, or an unknown time zone. The zone's offset is that of the date's noon. */
export function createClock(date: string, time_zone: string): Clock {
  const day = parseDay(date)
  if (day === undefined) throw new GreenwaveError('input.value', `the date is "${date}"; it must be a day such as 2026-01-05`)
  const midnight = day * 86_400_000
  const offset = zoneOffset(midnight / 1000 + 43_200, time_zone)
  const text = (time_s: number): string => new Date(midnight + Math.round(time_s * 1000)).toISOString()
  return {
    local: (time_s) => text(Math.round(time_s * 10) / 10).replace('T', ' ').slice(0, 21),
    iso: (time_s) => text(time_s).slice(0, 23) + offset,
  }
}

/** `+08:00`. */
function zoneOffset(instant: Instant, time_zone: string): string {
  const minutes = new LocalTime(time_zone).offset(instant) / 60
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}
