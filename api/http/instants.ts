// Instants on the wire: RFC 3339 in UTC.
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'

export const timeOf = (instant: Instant): string => new Date(instant * 1000).toISOString()

/** Throws `request.invalid` with the place. */
export function instantOf(text: string, pointer: string): Instant {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new GreenwaveError('request.invalid', `${pointer} is ${JSON.stringify(text.slice(0, 60))}; it must be a time such as 2026-05-04T07:00:00Z`)
  return ms / 1000
}
