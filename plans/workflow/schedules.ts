// What a corridor's schedule says at a time. An entry holds until the next one, over midnight too.
import type { DayType, ScheduleRecord } from '../ports/plans.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { dayTypeOf, type Calendar } from './calendar.ts'

/** A plan runs in these hours of such days. */
export interface Slot {
  day_type: DayType
  start_s: TimeOfDay
  end_s: TimeOfDay
}

const ofDay = (entries: readonly ScheduleRecord[], type: DayType): ScheduleRecord[] => entries.filter(({ day_type }) => day_type === type).sort((a, b) => a.start_s - b.start_s)

/** Entries of a day of that type in order; a holiday without entries of its own is a Sunday. */
export function entriesOn(entries: readonly ScheduleRecord[], type: DayType): ScheduleRecord[] {
  const own = ofDay(entries, type)
  return type === 'holiday' && own.length === 0 ? ofDay(entries, 'sunday') : own
}

/** Two weeks hold every day type that repeats; a schedule of holidays alone ends there. */
const LOOK_BACK_DAYS = 14

/** The entry in force on a day (counted from 1970) at a time of day; undefined where none has begun. */
export function entryAt(entries: readonly ScheduleRecord[], calendar: Calendar, day: number, time: TimeOfDay): ScheduleRecord | undefined {
  const today = entriesOn(entries, dayTypeOf(calendar, day)).filter(({ start_s }) => start_s <= time).at(-1)
  if (today !== undefined) return today
  for (let back = 1; back <= LOOK_BACK_DAYS; back++) {
    const last = entriesOn(entries, dayTypeOf(calendar, day - back)).at(-1)
    if (last !== undefined) return last
  }
  return undefined
}

/** The schedule with a plan in some slots. What ran after each slot before still does. */
export function withSlots(entries: readonly ScheduleRecord[], plan: string, slots: readonly Slot[]): ScheduleRecord[] {
  let result = [...entries]
  for (const { day_type, start_s, end_s } of slots) {
    const own = entriesOn(result, day_type)
    // The last entry of such a day is what such a day begins with, as far as the schedule alone can tell.
    const after = own.filter((entry) => entry.start_s <= end_s).at(-1) ?? own.at(-1)
    const rest = own.filter((entry) => entry.start_s < start_s || entry.start_s > end_s).map((entry) => ({ ...entry, day_type }))
    const back: ScheduleRecord = { day_type, start_s: end_s, ...(after?.plan === undefined ? {} : { plan: after.plan }) }
    result = [...result.filter((entry) => entry.day_type !== day_type), ...rest, { day_type, start_s, plan }, ...(end_s < 86_400 ? [back] : [])]
  }
  return sorted(result)
}

export const withoutPlan = (entries: readonly ScheduleRecord[], plan: string): ScheduleRecord[] =>
  entries.map((entry) => (entry.plan === plan ? { day_type: entry.day_type, start_s: entry.start_s } : entry))

const DAY_TYPES: readonly DayType[] = ['weekday', 'saturday', 'sunday', 'holiday']

export const sorted = (entries: readonly ScheduleRecord[]): ScheduleRecord[] =>
  [...entries].sort((a, b) => DAY_TYPES.indexOf(a.day_type) - DAY_TYPES.indexOf(b.day_type) || a.start_s - b.start_s)
