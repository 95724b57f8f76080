// Times as GA/T 1049 writes them: local, without a zone.
import { formatDay, LocalTime, parseDay } from '../../../model/local-time.ts'
import type { Instant } from '../../../model/units.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-01-05 08:30:00`. */
export function formatTime(local: LocalTime, time_s: Instant): string {
  const seconds = Math.floor(local.timeOfDay(Math.floor(time_s)))
  return `${formatDay(local.day(Math.floor(time_s)))} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** With or without milliseconds; undefined for what is no time. */
export function parseTime(local: LocalTime, text: string): Instant | undefined {
  const [, date = '', hours, minutes, seconds, fraction = ''] = /^(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2}):(\d{2})(?:[.:](\d{1,3}))?$/.exec(text) ?? []
  const day = parseDay(date)
  if (day === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  return local.instant(day, Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) + Number(fraction.padEnd(3, '0')) / 1000
}

/** yyyyMMddHHmmss and six digits of a count. */
export const seqOf = (local: LocalTime, time_s: Instant, count: number): string => formatTime(local, time_s).replaceAll(/\D/g, '') + String(count % 1_000_000).padStart(6, '0')
