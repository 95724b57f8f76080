// Between which two changes of a signal's schedule an instant lies: near one the controller changes plan itself, and a write would come in between.
import type { LocalTime } from '../../model/local-time.ts'
import { weekdayOf } from '../../model/local-time.ts'
import type { Timing } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import type { ScheduleRecord } from '../ports/plans.ts'
import { type Calendar, dayTypeOf } from '../workflow/calendar.ts'
import { entriesOn } from '../workflow/schedules.ts'

export interface SignalSchedule {
  local: LocalTime
  calendar: Calendar
  /** Of the network: what the controller changes by where greenwave schedules nothing. */
  timing: Pick<Timing, 'schedule'>
  /** Entries of each corridor that the signal stands in. */
  corridors: readonly (readonly ScheduleRecord[])[]
}

/** A week holds every weekday, two of them every day type that repeats. */
const LOOK_DAYS = 14
const DAY_S = 86_400

/** An entry that names what runs already changes nothing. Undefined where nothing changes within two weeks; where nothing does on one side, two weeks away on that side. */
export function findPeriod({ local, calendar, timing, corridors }: SignalSchedule, at: Instant): { from_s: Instant; until_s: Instant } | undefined {
  const today = local.day(at)
  const own = (day: number): Entry[] => timing.schedule.filter(({ weekdays }) => weekdays.includes(weekdayFor(calendar, day)))
  const edges = [own, ...corridors.map((entries) => (day: number): Entry[] => entriesOn(entries, dayTypeOf(calendar, day)))].flatMap((entriesOf) => changesOf(entriesOf, local, today))
  const before = edges.filter((edge) => edge <= at)
  const after = edges.filter((edge) => edge > at)
  return edges.length === 0 ? undefined : { from_s: Math.max(at - LOOK_DAYS * DAY_S, ...before), until_s: Math.min(at + LOOK_DAYS * DAY_S, ...after) }
}

type Entry = Pick<ScheduleRecord, 'start_s' | 'plan'>

function changesOf(entriesOf: (day: number) => readonly Entry[], local: LocalTime, today: number): Instant[] {
  const days = Array.from({ length: 2 * LOOK_DAYS + 1 }, (_, i) => today - LOOK_DAYS + i)
  const all = days.flatMap((day) => entriesOf(day).filter(({ start_s }) => start_s < DAY_S).map(({ start_s, plan }) => ({ plan, at: local.instant(day, start_s) }))).sort((a, b) => a.at - b.at)
  return all.filter(({ plan }, i) => i > 0 && plan !== all[i - 1]!.plan).map((one) => one.at)
}

/** A holiday is a Sunday to the network's own schedule, and a working Saturday a Friday. */
const weekdayFor = (calendar: Calendar, day: number): number => ({ weekday: Math.min(weekdayOf(day), 5), saturday: 6, sunday: 7, holiday: 7 })[dayTypeOf(calendar, day)]
