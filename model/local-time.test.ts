import { describe, expect, it } from 'vitest'
import { formatDay, LocalTime, parseDay, weekdayOf } from './local-time.ts'

const instant = (text: string): number => Date.parse(text) / 1000

describe('local time', () => {
  it('knows day, weekday and time of day in the zone', () => {
    const jiaxing = new LocalTime('Asia/Shanghai')
    const t = instant('2026-01-04T16:30:00.5Z')
    expect([formatDay(jiaxing.day(t)), weekdayOf(jiaxing.day(t)), jiaxing.timeOfDay(t)]).toEqual(['2026-01-05', 1, 1800.5])
  })

  it('follows daylight saving both ways', () => {
    const berlin = new LocalTime('Europe/Berlin')
    expect(berlin.timeOfDay(instant('2026-03-29T00:59:59Z'))).toBe(2 * 3600 - 1)
    expect(berlin.timeOfDay(instant('2026-03-29T01:00:00Z'))).toBe(3 * 3600)
    expect(berlin.timeOfDay(instant('2026-10-25T01:00:00Z'))).toBe(2 * 3600)
  })

  it('finds the instant of a time of day, on days with a clock change too', () => {
    const berlin = new LocalTime('Europe/Berlin')
    for (const date of ['2026-03-28', '2026-03-29', '2026-07-01', '2026-10-25']) {
      for (const hour of [0, 1, 3, 4, 12, 23]) {
        const day = parseDay(date)!
        const t = berlin.instant(day, hour * 3600)
        expect([formatDay(berlin.day(t)), berlin.timeOfDay(t)]).toEqual([date, hour * 3600])
      }
    }
  })

  it('takes a time that the clock skips as if it had not changed yet', () => {
    expect(new LocalTime('Europe/Berlin').instant(parseDay('2026-03-29')!, 2.5 * 3600)).toBe(instant('2026-03-29T01:30:00Z'))
  })

  it('refuses what is no day and what is no zone', () => {
    expect([parseDay('2026-02-30'), parseDay('yesterday'), parseDay('1970-01-01')]).toEqual([undefined, undefined, 0])
    expect(() => new LocalTime('Jiaxing')).toThrow('time zone "Jiaxing"')
  })
})
