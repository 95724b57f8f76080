// Sentences for values that cannot be: each names the element, the value and the limit.
import { GreenwaveError } from '../../model/errors.ts'

/** In: who and what in words, and the range, both ends included. Throws input.value where the value lies outside or is no number. */
export function requireWithin(value: number, least: number, most: number, element: string, what: string, unit = ''): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  const after = unit === '' ? '' : ` ${unit}`
  throw new GreenwaveError('input.value', `${element} has ${what} ${spoken(value)}${after}; it must lie from ${least} to ${most}${after}`)
}

export function requireWhole(value: number, least: number, most: number, element: string, what: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new GreenwaveError('input.value', `${element} has ${what} ${spoken(value)}; it must be a whole number from ${least} to ${most}`)
}

export function requireOneOf(value: unknown, allowed: readonly unknown[], element: string, what: string): void {
  if (allowed.includes(value)) return
  throw new GreenwaveError('input.value', `${element} has ${what} ${spoken(value)}; it must be one of ${allowed.filter((each) => each !== undefined).join(', ')}`)
}

export function requireKnown(isKnown: boolean, element: string, what: string, id: unknown): void {
  if (!isKnown) throw new GreenwaveError('input.reference', `${element} names ${what} ${spoken(id)}, which does not exist`)
}

export function requireUnique(ids: Iterable<string>, what: string): void {
  const seen = new Set<string>()
  for (const id of ids) {
    if (seen.has(id)) throw new GreenwaveError('input.duplicate', `${what} "${id}" is there twice`)
    seen.add(id)
  }
}

const spoken = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value))
