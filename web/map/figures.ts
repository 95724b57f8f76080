// Figures of the map as they are printed.
import { language } from '../words/language.ts'
import { words } from './words.ts'

const number = (value: number, digits: number): string => new Intl.NumberFormat(language.value === 'zh' ? 'zh-CN' : 'en', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)

/** Metres up to a kilometre, then kilometres. */
export const metres = (m: number): string => (m < 1000 ? `${number(Math.round(m), 0)} m` : `${number(m / 1000, m < 10_000 ? 2 : 1)} km`)

export const kmh = (mps: number): string => `${number(Math.round(mps * 3.6), 0)} km/h`

export const seconds = (s: number, digits = 0): string => words().seconds(Number(s.toFixed(digits)))

/** Of data: seconds, then minutes, then hours. */
export const age = (s: number): string => (s < 90 ? words().seconds(Math.round(s)) : s < 5400 ? words().minutes(Math.round(s / 60)) : words().hours(Math.round(s / 3600)))

/** Where everybody stands, the index has no end. */
const MOST_INDEX = 10
export const indexText = (index: number): string => (index >= MOST_INDEX ? `> ${MOST_INDEX}` : number(index, 2))

/** Whole seconds, or tenths where a controller has such. */
export const offsetText = (offset_s: number): string => number(offset_s, Number.isInteger(offset_s) ? 0 : 1)
