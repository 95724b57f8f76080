// Units of the field as flavoured numbers: mixing metres with seconds does not compile, a bare number
// (already checked where it came in) does. Arithmetic gives back a plain number, which is wanted.
// SI inside: seconds, metres, metres per second; volumes in vehicles per hour as the field has them.

declare const unit: unique symbol
type Quantity<U extends string> = number & { readonly [unit]?: U }

export type Seconds = Quantity<'s'>
export type Metres = Quantity<'m'>
export type MetresPerSecond = Quantity<'m/s'>
export type VehiclesPerHour = Quantity<'veh/h'>

/** Seconds of a day, local time of the scenario: 17:00 is 61200. Never a duration. */
export type TimeOfDay = Quantity<'s of day'>

/** Seconds since 1970-01-01 UTC, fractions allowed. */
export type Instant = Quantity<'s since 1970'>

const METRES_PER_FOOT = 0.3048
const METRES_PER_MILE = 1609.344

export const metresFromFeet = (feet: number): Metres => feet * METRES_PER_FOOT
export const feetFromMetres = (m: Metres): number => m / METRES_PER_FOOT
export const mpsFromMph = (mph: number): MetresPerSecond => (mph * METRES_PER_MILE) / 3600
export const mphFromMps = (mps: MetresPerSecond): number => (mps * 3600) / METRES_PER_MILE
export const mpsFromKmh = (kmh: number): MetresPerSecond => kmh / 3.6
export const kmhFromMps = (mps: MetresPerSecond): number => mps * 3.6

/** Seconds needed for a distance at a steady speed. */
export const travelTime = (distance: Metres, speed: MetresPerSecond): Seconds => distance / speed

/** The representative of `t` in [0, cycle); a hair below 0 gives 0, although it would round to the cycle itself. */
export function modulo(t: number, cycle: number): number {
  const rest = t % cycle
  if (!(rest < 0)) return rest
  const lifted = rest + cycle
  return lifted < cycle ? lifted : 0
}

/** Without the dust of floating point sums, so that times print as the tenths they are. */
export const tidySeconds = (t: Seconds): Seconds => Math.round(t * 1e6) / 1e6

/** '17:05' or '17:05:30' for a time of day. */
export function formatTimeOfDay(t: TimeOfDay): string {
  const whole = Math.round(t)
  const two = (n: number): string => String(n).padStart(2, '0')
  const seconds = whole % 60
  const base = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}`
  return seconds === 0 ? base : `${base}:${two(seconds)}`
}

/** Time of day from 'H:MM' or 'HH:MM' or 'HH:MM:SS' (24:00 allowed as an end); undefined if it is none. */
export function parseTimeOfDay(text: string): TimeOfDay | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim())
  if (match === null) return undefined
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hours > 24 || minutes > 59 || seconds > 59) return undefined
  const total = hours * 3600 + minutes * 60 + seconds
  return total <= 86_400 ? total : undefined
}
