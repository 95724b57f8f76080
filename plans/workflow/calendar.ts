// Which timetable a day follows: weekdays, weekends, and what a country moves about each year. Plain data in the settings of a network.
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, parseDay, weekdayOf } from '../../model/local-time.ts'
import type { DayType } from '../ports/plans.ts'

export interface Calendar {
  /** Local dates, `2026-10-01`. */
  holidays: readonly string[]
  /** Saturdays and Sundays on which people work to make up for a holiday. */
  working_days: readonly string[]
}

export const NO_HOLIDAYS: Calendar = { holidays: [], working_days: [] }

/** `day` counts from 1970-01-01, or is a local date. Throws `input.value` for a date that is none. */
export function dayTypeOf({ holidays, working_days }: Calendar, day: number | string): DayType {
  const number = typeof day === 'number' ? day : requireDay(day, 'the day')
  const date = formatDay(number)
  if (holidays.includes(date)) return 'holiday'
  if (working_days.includes(date)) return 'weekday'
  const weekday = weekdayOf(number)
  return weekday === 6 ? 'saturday' : weekday === 7 ? 'sunday' : 'weekday'
}

/** Throws `input.value` for what is no date, a date that is both, or a working day that is one anyway. */
export function validateCalendar(calendar: Calendar): Calendar {
  for (const date of calendar.holidays) requireDay(date, 'a holiday')
  for (const date of calendar.working_days) {
    const day = requireDay(date, 'a working day')
    if (calendar.holidays.includes(date)) throw new GreenwaveError('input.value', `${date} is both a holiday and a working day`)
    if (weekdayOf(day) < 6) throw new GreenwaveError('input.value', `${date} is listed as a working day made up for, but it is no Saturday or Sunday`)
  }
  return calendar
}

function requireDay(date: string, what: string): number {
  const day = parseDay(date)
  if (day === undefined) throw new GreenwaveError('input.value', `${what} is ${JSON.stringify(date)}; it must be a date such as 2026-10-01`)
  return day
}
