// Numbers as people read them: fixed decimals, a true minus sign, and units of the field (km/h and m, or mph and ft).
import { feetFromMetres, kmhFromMps, mphFromMps } from '../model/units.ts'

export type Units = 'metric' | 'us'

/** What stands where there is no number. */
export const NOTHING = '–'

export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return NOTHING
  const digits = value.toFixed(decimals)
  return (Number(digits) === 0 ? digits.replace('-', '') : digits).replace('-', '−')
}

/** With a sign unless it rounds to zero. */
export function signed(value: number, decimals: number): string {
  const digits = fixed(value, decimals)
  return value > 0 && Number(digits) !== 0 ? `+${digits}` : digits
}

/** ' ± 1.2', or nothing where one run gives no interval. */
export const plusMinus = (half: number | null, decimals: number): string => (half === null ? '' : ` ± ${fixed(half, decimals)}`)

/** Up to three decimals, none that say nothing: 4, 3.5, 0.125. */
export const plain = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? NOTHING : String(Math.round(value * 1000) / 1000 + 0).replace('-', '−')

/** Tenths of a second, the resolution of controllers; none for whole seconds. */
export const tenths = (value: number): string => plain(Math.round(value * 10) / 10)

export const percent = (share: number, decimals = 0): string => `${fixed(100 * share, decimals)} %`

export const speedUnit = (units: Units): string => (units === 'us' ? 'mph' : 'km/h')
export const speed = (mps: number, units: Units): string => fixed(units === 'us' ? mphFromMps(mps) : kmhFromMps(mps), 0)
export const distanceUnit = (units: Units): string => (units === 'us' ? 'ft' : 'm')
export const distance = (metres: number, units: Units): string => fixed(units === 'us' ? feetFromMetres(metres) : metres, 0)

/** 'A', 'A and B', 'A, B and C'. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) as string}`
}
