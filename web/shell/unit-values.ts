// Between what is computed with (SI) and what a person reads and types. No DOM, so that it can be tried anywhere.
export const UNITS = ['metric', 'imperial'] as const
export type Units = (typeof UNITS)[number]
/** What differs between them; seconds and degrees do not. */
export type Quantity = 'speed' | 'distance' | 'long-distance' | 'acceleration'

const MPS_IN_KMH = 3.6
const METRES_IN_FOOT = 0.3048
const METRES_IN_MILE = 1609.344

/** Shown for one in SI. */
const FACTORS: Record<Units, Record<Quantity, number>> = {
  metric: { 'speed': MPS_IN_KMH, 'distance': 1, 'long-distance': 0.001, 'acceleration': 1 },
  imperial: { 'speed': 3600 / METRES_IN_MILE, 'distance': 1 / METRES_IN_FOOT, 'long-distance': 1 / METRES_IN_MILE, 'acceleration': 1 / METRES_IN_FOOT },
}
/** Decimals that a person wants of it. */
const DECIMALS: Record<Quantity, number> = { 'speed': 0, 'distance': 0, 'long-distance': 1, 'acceleration': 1 }

export const toShown = (quantity: Quantity, units: Units, si: number): number => si * FACTORS[units][quantity]
export const fromShown = (quantity: Quantity, units: Units, shown: number): number => shown / FACTORS[units][quantity]
export const decimalsOf = (quantity: Quantity): number => DECIMALS[quantity]

/** Of a time span the largest unit in which it is at least one and a half. */
export function spanOf(seconds: number): { value: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  if (seconds < 90) return { value: Math.round(seconds), unit: 'second' }
  if (seconds < 5400) return { value: Math.round(seconds / 60), unit: 'minute' }
  if (seconds < 129_600) return { value: Math.round(seconds / 3600), unit: 'hour' }
  return { value: Math.round(seconds / 86_400), unit: 'day' }
}

/** `2:05` of 125 seconds. */
export const clockOf = (seconds: number): string => {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
