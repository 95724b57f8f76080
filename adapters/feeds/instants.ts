// From what feeds write as time to an instant: ISO 8601 with or without a zone, seconds and milliseconds since 1970, bare seconds
// of the day. A time that can't be true has a cause, so that it can be counted.
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Instant } from '../../model/units.ts'
import type { FeedContext } from './feed.ts'

/** Why a time was not believed; stable words for accounts. */
export type TimeFault =
  | 'time-missing'
  | 'time-not-understood'
  /** Before 2000: a clock that was never set. */
  | 'clock-not-set'
  /** Later than 10 s after now, or beyond 2100. */
  | 'time-in-future'
  /** In the hour that a clock change leaves out. */
  | 'time-in-skipped-hour'

const DAY_S = 86_400
/** 2000-01-01. Devices whose clock was never set start at 1970 or 1980. */
const OLDEST_S = 946_684_800
/** 2100-01-01. */
const NEWEST_S = 4_102_444_800
/** Seconds that a timestamp may be ahead of now. */
const AHEAD_S = 10
/** Numbers below are seconds of the day (three years of them), above seconds, milliseconds, microseconds, nanoseconds since 1970. */
const BARE_BELOW = 1e8
const SCALES: readonly (readonly [below: number, unit: number])[] = [[1e11, 1], [1e14, 1e3], [1e17, 1e6], [1e20, 1e9]]
/** The hour that clocks show twice is told apart by the time before, where that is no more than this away. */
const NEAR_S = 7200

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const COMPACT = /^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/
const CIVIL = /^(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})\/(\d{1,2})\/(\d{4}))[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*([AaPp][Mm])?\s*(Z|z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?$/
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/

/** Reads times of one source; remembers what repeats from row to row. */
export class InstantReader {
  /** Why the last one was NaN. */
  fault: TimeFault = 'time-missing'
  readonly #context: FeedContext
  readonly #midnight: Instant
  #epoch: boolean | undefined
  #last: Instant = Number.NaN
  // What was read last: most rows repeat it.
  #text: string | undefined
  #textTime: Instant = 0
  #dayText = 'none'
  #day = 0
  #offsetDay = Number.NaN
  #offset: number | undefined

  constructor(context: FeedContext) {
    this.#context = context
    this.#midnight = context.local.instant(context.day, 0)
  }

  /**
   * Tells from the first times of a source, NaN for those written as text, whether its numbers count from midnight: if most of its times are
   * such numbers. Without it the first number decides. A number of the other kind is then a clock that was not set, or no time at all.
   */
  settle(first: readonly number[]): void {
    if (first.length > 0) this.#epoch ??= first.filter((value) => value < BARE_BELOW).length * 2 <= first.length
  }

  /** The instant of a number, or NaN with a fault. */
  number(value: number): Instant {
    if (!(value >= 0)) return this.#fail('time-not-understood')
    if (value < BARE_BELOW) {
      this.#epoch ??= false
      return this.#epoch ? this.#fail('clock-not-set') : this.#believe(this.#midnight + value, 0)
    }
    this.#epoch ??= true
    if (!this.#epoch) return this.#fail('time-not-understood')
    const scale = SCALES.find(([below]) => value < below)
    return scale === undefined ? this.#fail('time-not-understood') : this.#believe(value / scale[1], OLDEST_S)
  }

  /** The instant of a text, or NaN with a fault. */
  text(text: string): Instant {
    // Files sorted by time repeat it from row to row.
    if (text === this.#text) return this.#textTime
    const time_s = this.#read(text)
    if (!Number.isNaN(time_s)) {
      this.#text = text
      this.#textTime = time_s
    }
    return time_s
  }

  #read(text: string): Instant {
    const quick = this.#iso(text)
    if (quick !== undefined) return quick
    const bare = text.trim()
    if (bare === '' || bare === 'null' || bare === '-1') return this.#fail('time-missing')
    const compact = COMPACT.exec(bare)
    if (compact !== null) return this.#civil(dayOf(compact[1]!, compact[2]!, compact[3]!), secondsOf(compact[4]!, compact[5]!, compact[6]), undefined)
    if (NUMBER.test(bare)) return this.number(Number(bare))
    const civil = CIVIL.exec(bare)
    if (civil !== null) {
      const day = civil[1] === undefined ? dayOf(civil[6]!, civil[4]!, civil[5]!) : dayOf(civil[1], civil[2]!, civil[3]!)
      return this.#civil(day, secondsOf(civil[7]!, civil[8]!, civil[9], civil[10]), civil[11])
    }
    const time = TIME_OF_DAY.exec(bare)
    return time === null ? this.#fail('time-not-understood') : this.#civil(this.#context.day, secondsOf(time[1]!, time[2]!, time[3]), undefined)
  }

  /** What any column or field of JSON says. */
  value(value: unknown): Instant {
    if (typeof value === 'number') return this.number(value)
    return typeof value === 'string' ? this.text(value) : this.#fail(value === null || value === undefined ? 'time-missing' : 'time-not-understood')
  }

  /** `2026-01-05T17:00:00.1` and the like without a regular expression; undefined for any other form. */
  #iso(text: string): Instant | undefined {
    if (text.length < 19 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined
    const between = text.charCodeAt(10)
    if (between !== 84 && between !== 32) return undefined
    const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
    if (!(hour <= 24 && minute <= 59 && second <= 60)) return undefined
    let at = 19
    let fraction = 0
    if (text.charCodeAt(at) === 46) {
      for (let unit = 0.1; ++at < text.length; unit /= 10) {
        const digit = text.charCodeAt(at) - 48
        if (digit < 0 || digit > 9) break
        fraction += digit * unit
      }
    }
    const zone = at === text.length ? undefined : text.slice(at)
    if (zone !== undefined && zone !== 'Z' && !/^[+-]\d{2}:\d{2}$/.test(zone)) return undefined
    if (!text.startsWith(this.#dayText)) {
      this.#dayText = text.slice(0, 10)
      this.#day = parseDay(this.#dayText) ?? Number.NaN
    }
    return this.#civil(this.#day, hour * 3600 + minute * 60 + second + Math.round(fraction * 1e6) / 1e6, zone)
  }

  #civil(day: number, seconds: number, zone: string | undefined): Instant {
    if (!Number.isFinite(day) || !Number.isFinite(seconds)) return this.#fail('time-not-understood')
    if (zone !== undefined) return this.#believe(day * DAY_S + seconds - zoneSeconds(zone), OLDEST_S)
    const { local } = this.#context
    const civil = day * DAY_S + seconds
    const steady = this.#steadyOffset(day)
    if (steady !== undefined) return this.#believe(civil - steady, OLDEST_S)
    const first = local.instant(day, seconds)
    if (Math.abs(first + local.offset(first) - civil) > 1) return this.#fail('time-in-skipped-hour')
    return this.#believe(this.#repeated(first, civil), OLDEST_S)
  }

  /** Offset of a day around which no clock change is. */
  #steadyOffset(day: number): number | undefined {
    if (day !== this.#offsetDay) {
      const { local } = this.#context
      const [before, after] = [local.offset((day - 1) * DAY_S), local.offset((day + 2) * DAY_S)]
      this.#offset = before === after ? before : undefined
      this.#offsetDay = day
    }
    return this.#offset
  }

  /** In the hour that clocks show twice: the second time where the source was just past the first. */
  #repeated(instant: Instant, civil: number): Instant {
    const { local } = this.#context
    const offsets = [local.offset(instant - DAY_S), local.offset(instant + DAY_S)]
    if (offsets[0] === offsets[1]) return instant
    const both = offsets.map((offset) => civil - offset).filter((candidate) => Math.abs(candidate + local.offset(candidate) - civil) < 1)
    const [first, second] = [Math.min(...both), Math.max(...both)]
    return first < this.#last && this.#last - first < NEAR_S && second !== first ? second : first
  }

  #believe(time_s: Instant, oldest: Instant): Instant {
    if (time_s < oldest) return this.#fail('clock-not-set')
    if (time_s > (this.#context.now === undefined ? NEWEST_S : this.#context.now + AHEAD_S)) return this.#fail('time-in-future')
    this.#last = time_s
    return time_s
  }

  #fail(fault: TimeFault): number {
    this.fault = fault
    return Number.NaN
  }
}

/** A clause for the account: what is wrong with a time that was read as `text`. */
export function describeTimeFault(fault: TimeFault, text: string, { now, local }: FeedContext): string {
  const shown = JSON.stringify(text.slice(0, 40))
  if (fault === 'time-missing') return 'there is no time'
  if (fault === 'clock-not-set') return `the time ${shown} is before 2000: the clock was not set`
  if (fault === 'time-in-future') return now === undefined ? `the time ${shown} is beyond 2100` : `the time ${shown} is more than ${AHEAD_S} s after now (${formatDay(Math.floor(now / DAY_S))})`
  if (fault === 'time-in-skipped-hour') return `the time ${shown} does not exist in ${local.time_zone}: clocks were put forward over it`
  return `the time ${shown} is not understood`
}

const twoDigits = (text: string, at: number): number => {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const dayOf = (year: string, month: string, day: string): number => parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`) ?? Number.NaN

function secondsOf(hours: string, minutes: string, seconds = '0', half?: string): number {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds.replace(',', '.'))]
  if (h > 24 || m > 59 || s >= 61 || (half !== undefined && (h < 1 || h > 12))) return Number.NaN
  const hour = half === undefined ? h : (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  return hour * 3600 + m * 60 + s
}

function zoneSeconds(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60
  return match[1] === '-' ? -seconds : seconds
}
