// Figures as the person at this browser reads them: his units, his language. Reading these inside a component follows both.
import { effect, signal } from '@preact/signals'
import { language, texts } from '../words/language.ts'
import { clockOf, decimalsOf, fromShown, type Quantity, spanOf, toShown, type Units } from './unit-values.ts'

const KEPT = 'greenwave.units'

export const units = signal<Units>(localStorage.getItem(KEPT) === 'imperial' ? 'imperial' : 'metric')
effect(() => localStorage.setItem(KEPT, units.value))

const en = {
  names: {
    metric: { 'speed': 'km/h', 'distance': 'm', 'long-distance': 'km', 'acceleration': 'm/s²' },
    imperial: { 'speed': 'mph', 'distance': 'ft', 'long-distance': 'mi', 'acceleration': 'ft/s²' },
  } as Record<Units, Record<Quantity, string>>,
  with: (value: string, unit: string) => `${value} ${unit}`,
  seconds: (value: string) => `${value} s`,
  percent: (value: string) => `${value} %`,
  span: { second: (n: number) => `${n} s`, minute: (n: number) => `${n} min`, hour: (n: number) => `${n} h`, day: (n: number) => `${n} d` },
  ago: (span: string) => `${span} ago`,
  minutes: (clock: string) => `${clock} min`,
}
const zh: typeof en = {
  names: {
    metric: { 'speed': '公里/小时', 'distance': '米', 'long-distance': '公里', 'acceleration': '米/秒²' },
    imperial: { 'speed': '英里/小时', 'distance': '英尺', 'long-distance': '英里', 'acceleration': '英尺/秒²' },
  },
  with: (value, unit) => `${value} ${unit}`,
  seconds: (value) => `${value} 秒`,
  percent: (value) => `${value}%`,
  span: { second: (n) => `${n} 秒`, minute: (n) => `${n} 分钟`, hour: (n) => `${n} 小时`, day: (n) => `${n} 天` },
  ago: (span) => `${span}前`,
  minutes: (clock) => `${clock} 分`,
}
const words = texts({ en, zh })

export const locale = (): string => (language.value === 'zh' ? 'zh-CN' : 'en-GB')

/** To make one costs some hundred times what writing a figure with it does. */
const kept = <F,>(make: (at: string, fields: Intl.NumberFormatOptions & Intl.DateTimeFormatOptions) => F) => {
  const formats = new Map<string, F>()
  return (fields: Intl.NumberFormatOptions & Intl.DateTimeFormatOptions): F => {
    const at = locale()
    const key = `${at} ${JSON.stringify(fields)}`
    const found = formats.get(key) ?? make(at, fields)
    formats.set(key, found)
    return found
  }
}
const numbers = kept((at, fields) => new Intl.NumberFormat(at, fields))
const dates = kept((at, fields) => new Intl.DateTimeFormat(at, fields))

/** `1,234.5`. */
export const count = (value: number, decimals = 0): string => numbers({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value)

const withUnit = (quantity: Quantity, si: number): string => words().with(count(toShown(quantity, units.value, si), decimalsOf(quantity)), unitOf(quantity))

/** `50 km/h`. */
export const speed = (mps: number): string => withUnit('speed', mps)
/** `350 m`. */
export const distance = (metres: number): string => withUnit('distance', metres)
/** `2.4 km`. */
export const longDistance = (metres: number): string => withUnit('long-distance', metres)
/** `12.5 s`. */
export const seconds = (value: number, decimals = 0): string => words().seconds(count(value, decimals))

/** Tenths only where they are not nought. */
export const plainSeconds = (value_s: number): string => seconds(value_s, Math.abs(value_s - Math.round(value_s)) < 0.05 ? 0 : 1)
/** `2:05 min`. */
export const minutes = (value: number): string => words().minutes(clockOf(value))
/** `37 %` of 0.37. */
export const percent = (share: number, decimals = 0): string => words().percent(count(share * 100, decimals))
/** `4 min`. */
export function span(value_s: number): string {
  const { value, unit } = spanOf(value_s)
  return words().span[unit](value)
}
/** `4 min ago`. */
export const ago = (value_s: number): string => words().ago(span(value_s))

export const unitOf = (quantity: Quantity): string => words().names[units.value][quantity]
/** What a field shows of a figure, and what is meant by what was typed into it. */
export const shown = (quantity: Quantity, si: number): number => toShown(quantity, units.value, si)
export const meant = (quantity: Quantity, typed: number): number => fromShown(quantity, units.value, typed)

/** `Fri 16:00:05` at that place. */
export const clock = (at_ms: number, time_zone: string | undefined, fields: Intl.DateTimeFormatOptions = { weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' }): string =>
  dates({ hourCycle: 'h23', ...fields, ...(time_zone === undefined ? {} : { timeZone: time_zone }) }).format(at_ms)
export const timeOfDay = (at_ms: number, time_zone?: string): string => clock(at_ms, time_zone, { hour: '2-digit', minute: '2-digit' })
export const dateAndTime = (at_ms: number, time_zone?: string): string => clock(at_ms, time_zone, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
