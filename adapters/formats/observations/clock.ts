// Instants of observations in words: seconds of the day on one date, in the time zone of the scenario.
import { GreenwaveError } from '../../../model/errors.ts'

export interface Clock {
  /** `2026-01-05 17:00:00.1`: no zone, as controllers log. */
  local(time_s: number): string
  /** `2026-01-05T17:00:00.100+08:00`. */
  iso(time_s: number): string
}

/** Throws input.value for a date that is none, or an unknown time zone. The zone's offset is that of the date's noon. */
export function createClock(date: string, time_zone: string): Clock {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) throw new GreenwaveError('input.value', `the date is "${date}"; it must be a day such as 2026-01-05`)
  const offset = zoneOffset(midnight + 43_200_000, time_zone)
  const text = (time_s: number): string => new Date(midnight + Math.round(time_s * 1000)).toISOString()
  return {
    local: (time_s) => text(Math.round(time_s * 10) / 10).replace('T', ' ').slice(0, 21),
    iso: (time_s) => text(time_s).slice(0, 23) + offset,
  }
}

function zoneOffset(instant: number, time_zone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: time_zone, timeZoneName: 'longOffset' }).formatToParts(instant)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    return name === 'GMT' ? '+00:00' : name.slice(3)
  } catch (error) {
    throw new GreenwaveError('input.value', `the time zone "${time_zone}" is not known`, undefined, error)
  }
}
