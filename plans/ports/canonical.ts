// Documents as text: refused where JSON would change them silently, canonical where they are hashed.
import { createHash } from 'node:crypto'
import { GreenwaveError } from '../../model/errors.ts'
import { canonicalJson } from './canonical-json.ts'

export { canonicalJson }

/** Lone halves of surrogate pairs: no encoding can carry them. */
const LONE_SURROGATE = /\p{Surrogate}/u

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const hashOf = (document: unknown): string => sha256(canonicalJson(document))

/** JSON of a document. Throws `input.value` for what JSON has no word for (NaN, infinities, bigint, functions), naming the place. */
export function documentText(document: unknown): string {
  requirePlain(document, '')
  return JSON.stringify(document ?? null)
}

function requirePlain(value: unknown, place: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new GreenwaveError('input.value', `${place || 'the value'} is ${value}; a document holds finite numbers only`)
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') throw new GreenwaveError('input.value', `${place || 'the value'} is a ${typeof value}; a document can't hold it`)
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) requirePlain(value[i], `${place}[${i}]`)
  else if (typeof value === 'object' && value !== null) for (const [key, field] of Object.entries(value)) requirePlain(field, place === '' ? key : `${place}.${key}`)
}

/** Text that a database can hold as it is. Throws `input.value` for NUL and broken surrogate pairs. */
export function requireText(text: string, what: string): string {
  if (text.includes('\0')) throw new GreenwaveError('input.value', `${what} has a NUL character after ${JSON.stringify(text.slice(0, text.indexOf('\0')).slice(-40))}; leave it out`)
  if (LONE_SURROGATE.test(text)) throw new GreenwaveError('input.value', `${what} has half a surrogate pair: ${JSON.stringify(text.slice(0, 40))}`)
  return text
}
