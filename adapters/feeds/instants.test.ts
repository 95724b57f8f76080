import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { FeedContext } from './feed.ts'
import { describeTimeFault, InstantReader } from './instants.ts'

const context = (changes: Partial<FeedContext> = {}): FeedContext => ({ source: 'probes', datum: undefined, projection: undefined, local: new LocalTime('Europe/Berlin'), day: parseDay('2026-07-01')!, ...changes })
const at = (iso: string): number => Date.parse(iso) / 1000
const read = (text: string, changes: Partial<FeedContext> = {}): number | string => {
  const reader = new InstantReader(context(changes))
  const time_s = reader.text(text)
  return Number.isNaN(time_s) ? reader.fault : time_s
}

describe('a time of a feed', () => {
  it.each([
    ['2026-07-01T17:00:00Z', '2026-07-01T17:00:00Z'], ['2026-07-01T17:00:00.125+08:00', '2026-07-01T09:00:00.125Z'], ['2026-07-01 17:00:00-0330', '2026-07-01T20:30:00Z'],
    ['2026-07-01T17:00:00', '2026-07-01T15:00:00Z'], ['2026-01-05 17:00:00.1', '2026-01-05T16:00:00.1Z'], ['2026/1/5 7:00', '2026-01-05T06:00:00Z'],
    ['1/5/2026 5:00:01.5 PM', '2026-01-05T16:00:01.5Z'], ['10/17/2017 12:00:00 AM', '2017-10-16T22:00:00Z'], ['20260701170000', '2026-07-01T15:00:00Z'], ['17:00:30', '2026-07-01T15:00:30Z'],
    ['2026-07-01T24:00:00', '2026-07-01T22:00:00Z'],
  ])('"%s" is %s', (text, iso) => expect(read(text)).toBe(at(iso)))

  it('is seconds, milliseconds, microseconds or nanoseconds since 1970 by its size', () => {
    for (const text of ['1767225600', '1767225600000', '1767225600000000', '1767225600000000000', '1.7672256e9']) expect(read(text)).toBe(1_767_225_600)
    expect(read('1767225600.25')).toBe(1_767_225_600.25)
  })

  it('is seconds of the day where it is small, past midnight too', () => {
    expect(read('61200.5')).toBe(at('2026-07-01T15:00:00.5Z'))
    expect(read('90000')).toBe(at('2026-07-01T23:00:00Z'))
    expect(read('0')).toBe(at('2026-06-30T22:00:00Z'))
  })

  it.each([
    ['1970-01-01 00:00:05', 'clock-not-set'], ['1980-01-06T00:00:00Z', 'clock-not-set'], ['631152000', 'clock-not-set'], ['4294967295', 'time-in-future'], ['2106-02-07T06:28:15Z', 'time-in-future'],
    ['', 'time-missing'], ['null', 'time-missing'], ['yesterday', 'time-not-understood'], ['2026-02-30 10:00:00', 'time-not-understood'], ['2026-07-01 25:00:00', 'time-not-understood'],
    ['2026-07-01T10:60:00Z', 'time-not-understood'], ['-5', 'time-not-understood'], ['1e300', 'time-not-understood'], ['2026-03-29 02:30:00', 'time-in-skipped-hour'],
  ])('"%s" is not believed: %s', (text, fault) => {
    expect(read(text)).toBe(fault)
    expect(describeTimeFault(fault as 'time-missing', text, context()).length).toBeGreaterThan(10)
  })

  it('is the future where it is more than ten seconds after now', () => {
    const now = at('2026-07-01T12:00:00Z')
    expect(read('2026-07-01T12:00:10Z', { now })).toBe(now + 10)
    expect(read('2026-07-01T12:00:11Z', { now })).toBe('time-in-future')
  })

  it('of 1970 is a clock that was not set where the others count from 1970, whichever came first', () => {
    const reader = new InstantReader(context())
    reader.settle([12, 1_767_225_600, 1_767_225_601])
    expect(reader.number(12)).toBeNaN()
    expect(reader.fault).toBe('clock-not-set')
    expect(reader.number(1_767_225_600)).toBe(1_767_225_600)
  })

  it('of a few digits is none where the others are dates', () => {
    const reader = new InstantReader(context())
    reader.settle([Number.NaN, 20, Number.NaN])
    expect(reader.text('20')).toBeNaN()
    expect(reader.text('2026-07-01 17:00:00')).toBe(at('2026-07-01T15:00:00Z'))
  })

  it('runs on through the hour that clocks show twice', () => {
    const reader = new InstantReader(context())
    const texts = ['01:59:59', '02:00:00', '02:59:59', '02:00:00', '02:30:00', '02:59:59', '03:00:00'].map((time) => `2026-10-25 ${time}`)
    const first = at('2026-10-24T23:59:59Z')
    expect(texts.map((text) => reader.text(text) - first)).toEqual([0, 1, 3600, 3601, 5401, 7200, 7201])
  })

  it('is never misread: what is written comes back in every zone', () => {
    fc.assert(fc.property(fc.integer({ min: at('2001-01-01T00:00:00Z') * 10, max: at('2099-01-01T00:00:00Z') * 10 }), fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'UTC'), (tenths, zone) => {
      const local = new LocalTime(zone)
      const time_s = tenths / 10
      const civil = new Date(Math.round((time_s + local.offset(time_s)) * 1000)).toISOString()
      for (const text of [civil.slice(0, 23), civil.slice(0, 23).replace('T', ' ')]) {
        const found = read(text, { local })
        // In the hour shown twice the other one is as right.
        expect(typeof found === 'number' && Math.abs(found + local.offset(found) - time_s - local.offset(time_s)) < 1e-6).toBe(true)
      }
      expect(read(new Date(Math.round(time_s * 1000)).toISOString(), { local })).toBeCloseTo(time_s, 6)
    }))
  })
})
