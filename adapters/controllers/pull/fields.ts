// Reading documents that somebody else wrote: every field named, of its kind and within its bounds, and no field more.
import { GreenwaveError } from '../../../model/errors.ts'

/** Half a surrogate pair: no encoding can carry it. */
const BROKEN = /\p{Surrogate}/u
export const isWhole = (text: string): boolean => !BROKEN.test(text)

export type Fields = Readonly<Record<string, unknown>>

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)
const malformed = (sentence: string): never => { throw new GreenwaveError('controller.malformed', sentence) }

/** An object with exactly these fields, and perhaps some of the others. Throws controller.malformed. */
export function fieldsOf(value: unknown, what: string, needed: readonly string[], others: readonly string[] = []): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed(`${what} is no object`)
  for (const name of needed) if (!Object.hasOwn(value, name)) malformed(`${what} has no ${name}`)
  for (const name of Object.keys(value)) if (!needed.includes(name) && !others.includes(name)) malformed(`${what} has a field ${shown(name)} that is not known`)
  return value as Fields
}

export function listOf(value: unknown, what: string, most: number): unknown[] {
  return Array.isArray(value) && value.length <= most ? value : malformed(`${what} is no list of at most ${most}`)
}

export function textOf(value: unknown, what: string, most = 200): string {
  return typeof value === 'string' && value.length <= most && isWhole(value) ? value : malformed(`${what} is ${shown(value)}, no text of at most ${most}`)
}

export function wholeOf(value: unknown, what: string, least: number, most: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most && !Object.is(value, -0) ? value : malformed(`${what} is ${shown(value)}, no whole number from ${least} to ${most}`)
}

export function choiceOf<T extends string>(value: unknown, what: string, choices: readonly T[]): T {
  return choices.find((one) => one === value) ?? malformed(`${what} is ${shown(value)}, none of ${choices.join(', ')}`)
}
