import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDay } from '../../model/local-time.ts'
import type { ScheduleRecord } from '../ports/plans.ts'
import { dayTypeOf, NO_HOLIDAYS, validateCalendar } from './calendar.ts'
import { entriesOn, entryAt, withoutPlan, withSlots } from './schedules.ts'

/** A week of holidays as in autumn, with a Saturday that makes up for it. */
const autumn = { holidays: ['2026-10-01', '2026-10-02', '2026-10-05'], working_days: ['2026-10-10'] }
const HOUR_S = 3600
const at = (calendar: typeof autumn, entries: readonly ScheduleRecord[], day: string, hour: number): string | undefined => entryAt(entries, calendar, parseDay(day)!, hour * HOUR_S)?.plan

describe('a calendar', () => {
  it('tells holidays from weekdays and working Saturdays from others', () => {
    expect(['2026-09-30', '2026-10-01', '2026-10-03', '2026-10-04', '2026-10-05', '2026-10-10', '2026-10-17'].map((day) => dayTypeOf(autumn, day)))
      .toEqual(['weekday', 'holiday', 'saturday', 'sunday', 'holiday', 'weekday', 'saturday'])
  })

  it('refuses what is no date, and days that are two things', () => {
    expect(() => validateCalendar({ holidays: ['2026-13-01'], working_days: [] })).toThrow('must be a date')
    expect(() => validateCalendar({ holidays: ['2026-10-10'], working_days: ['2026-10-10'] })).toThrow('both')
    expect(() => validateCalendar({ holidays: [], working_days: ['2026-10-12'] })).toThrow('no Saturday or Sunday')
    expect(validateCalendar(autumn)).toBe(autumn)
  })
})

describe('a schedule', () => {
  const week: ScheduleRecord[] = [
    { day_type: 'weekday', start_s: 7 * HOUR_S, plan: 'morning' }, { day_type: 'weekday', start_s: 9 * HOUR_S, plan: 'day' }, { day_type: 'weekday', start_s: 22 * HOUR_S },
    { day_type: 'sunday', start_s: 10 * HOUR_S, plan: 'church' }, { day_type: 'sunday', start_s: 12 * HOUR_S },
  ]

  it('holds an entry until the next one, over midnight and over days without any', () => {
    // Monday to Tuesday, then Friday to Saturday, then Sunday.
    expect([['2026-11-23', 8], ['2026-11-23', 12], ['2026-11-23', 23], ['2026-11-24', 3], ['2026-11-28', 15], ['2026-11-29', 11]].map(([day, hour]) => at(autumn, week, day as string, hour as number)))
      .toEqual(['morning', 'day', undefined, undefined, undefined, 'church'])
    const open = week.filter(({ plan, day_type }) => plan !== undefined && day_type === 'weekday')
    expect(at(autumn, open, '2026-11-28', 15)).toBe('day')
    expect(at(autumn, [], '2026-11-28', 15)).toBeUndefined()
  })

  it('runs a holiday as a Sunday unless it has entries of its own', () => {
    expect(at(autumn, week, '2026-10-01', 11)).toBe('church')
    expect(at(autumn, [...week, { day_type: 'holiday', start_s: 0, plan: 'feast' }], '2026-10-01', 11)).toBe('feast')
    expect(at(autumn, week, '2026-10-10', 8)).toBe('morning')
  })

  it('takes a plan into a slot, and runs outside the slot what ran before', () => {
    const records = fc.array(fc.record({ day_type: fc.constantFrom('weekday' as const, 'saturday' as const, 'sunday' as const), start_s: fc.integer({ min: 0, max: 23 }).map((h) => h * HOUR_S), plan: fc.constantFrom('a', 'b') }), { maxLength: 6 })
      .map((list) => [...new Map(list.map((one) => [`${one.day_type} ${one.start_s}`, one])).values()])
    fc.assert(fc.property(records, fc.constantFrom('weekday' as const, 'sunday' as const), fc.nat(22), fc.integer({ min: 1, max: 24 }), (entries, day_type, from, length) => {
      // Days of the type without any entry run what the day before left; there a slot says what follows it.
      fc.pre(entries.some((entry) => entry.day_type === day_type))
      const until = Math.min(24, from + length)
      const next = withSlots(entries, 'new', [{ day_type, start_s: from * HOUR_S, end_s: until * HOUR_S }])
      const day = day_type === 'weekday' ? '2026-11-26' : '2026-11-29'
      for (let hour = 0; hour < 24; hour++) {
        const before = entriesOn(entries, day_type).filter(({ start_s }) => start_s <= hour * HOUR_S).at(-1)?.plan
        if (hour >= from && hour < until) expect(at(autumn, next, day, hour)).toBe('new')
        else if (before !== undefined) expect(at(autumn, next, day, hour)).toBe(before)
      }
      expect(withoutPlan(next, 'new').every(({ plan }) => plan !== 'new')).toBe(true)
    }), { numRuns: 100 })
  })

  it('leaves a day without entries to the timing of before outside the slot', () => {
    const next = withSlots([], 'new', [{ day_type: 'saturday', start_s: 8 * HOUR_S, end_s: 9 * HOUR_S }])
    expect([7, 8, 9].map((hour) => entryAt(next, NO_HOLIDAYS, parseDay('2026-11-28')!, hour * HOUR_S)?.plan)).toEqual([undefined, 'new', undefined])
  })
})
