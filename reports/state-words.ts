// How measured values are said: a value with its 90 % interval, ages, shares, and "no data" where nothing is known.
import type { Estimate } from '../model/traffic-state.ts'
import { fixed } from './format.ts'
import { html, type Content, type Markup } from './html.ts'

/** What stands where nothing is known; never a zero. */
export const NO_DATA: Markup = html`<span class="none">no data</span>`

export const known = (value: number | null | undefined): value is number => value !== null && value !== undefined && Number.isFinite(value)

/** A number, or "no data". */
export const figure = (value: number | null | undefined, decimals = 0, scale = 1): Content => (known(value) ? fixed(scale * value, decimals) : NO_DATA)

/** A value with its interval below it. */
export function estimate(value: Estimate | undefined, decimals = 0, scale = 1): Content {
  if (value === undefined || !known(value.value)) return NO_DATA
  const { low, high } = value
  if (!known(low) && !known(high)) return html`${fixed(scale * value.value, decimals)} <span class="interval">no interval</span>`
  const end = (limit: number | null): string => (known(limit) ? fixed(scale * limit, decimals) : '?')
  return html`${fixed(scale * value.value, decimals)} <span class="interval">${end(low)} to ${end(high)}</span>`
}

/** A duration that reads at once: 45 s, 12 min, 5 h, 3 days. */
export function age(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** 1234567 as 1,234,567. */
export const whole = (value: number): string => fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ',')

/** '1 day', '3 days'. */
export const counted = (value: number, word: string, many = `${word}s`): string => `${whole(value)} ${value === 1 ? word : many}`

/** The first `most`, and how many more there are. */
export function cut<T>(rows: readonly T[], most: number): { shown: readonly T[]; more: number } {
  return { shown: rows.slice(0, most), more: Math.max(0, rows.length - most) }
}
