import { describe, expect, it } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import type { ScheduleRecord } from '../ports/plans.ts'
import { NO_HOLIDAYS } from '../workflow/calendar.ts'
import { findPeriod, type SignalSchedule } from './period.ts'

const local = new LocalTime('Asia/Shanghai')
/** A Monday. */
const DAY = Math.floor(Date.UTC(2026, 0, 5) / 86_400_000)
const at = (hour: number, day = 0): number => local.instant(DAY + day, hour * 3600)
const entry = (day_type: ScheduleRecord['day_type'], hour: number, plan = `${day_type} ${hour}`): ScheduleRecord => ({ day_type, start_s: hour * 3600, plan })
const schedule = (more: Partial<SignalSchedule>): SignalSchedule => ({ local, calendar: NO_HOLIDAYS, timing: { schedule: [] }, corridors: [], ...more })
const OWN = { schedule: [{ plan: 'day', weekdays: [1, 2, 3, 4, 5], start_s: 9 * 3600 }, { plan: 'night', weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 22 * 3600 }] }

describe('the period between two changes of a schedule', () => {
  it('lies between the changes around an instant, those of every corridor and of the network itself', () => {
    const corridors = [[entry('weekday', 7), entry('weekday', 19)], [entry('weekday', 16), entry('weekday', 20)]]
    expect(findPeriod(schedule({ timing: OWN, corridors }), at(8))).toEqual({ from_s: at(7), until_s: at(9) })
    expect(findPeriod(schedule({ timing: OWN, corridors }), at(9))).toEqual({ from_s: at(9), until_s: at(16) })
    expect(findPeriod(schedule({ timing: OWN, corridors }), at(21))).toEqual({ from_s: at(20), until_s: at(22) })
  })

  it('reaches over nights and days on which nothing changes, and follows holidays', () => {
    // From Friday night to Monday morning the night goes on.
    expect(findPeriod(schedule({ timing: OWN }), at(12, 5))).toEqual({ from_s: at(22, 4), until_s: at(9, 7) })
    expect(findPeriod(schedule({ timing: OWN, calendar: { holidays: ['2026-01-06'], working_days: [] } }), at(23))).toEqual({ from_s: at(22), until_s: at(9, 2) })
  })

  it('is none where nothing changes, however often it is said, and ends far away where nothing follows', () => {
    expect(findPeriod(schedule({}), at(12))).toBeUndefined()
    expect(findPeriod(schedule({ corridors: [[entry('weekday', 0, 'p'), entry('saturday', 0, 'p'), entry('sunday', 0, 'p')]] }), at(0))).toBeUndefined()
    const once = [[entry('weekday', 7, 'p'), entry('saturday', 7, 'p'), entry('sunday', 7, 'p'), entry('holiday', 7, 'q'), entry('holiday', 8, 'p')]]
    expect(findPeriod(schedule({ corridors: once, calendar: { holidays: ['2026-01-05'], working_days: [] } }), at(12))).toEqual({ from_s: at(8), until_s: at(12, 14) })
  })
})
