// One JSON document a line. What is not a JSON object is counted and left out.
import type { FeedAccount } from '../../model/feed-account.ts'
import type { Line } from './text.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The object of a line, counted as read; undefined (and counted as dropped) where there is none. `source` is for the sentence. */
export function readJsonLine(line: Line, source: string, account: FeedAccount): JsonObject | undefined {
  account.read++
  const place = `${source}:${line.line}`
  try {
    const value: unknown = JSON.parse(line.text)
    if (isObject(value)) return value
    account.count('drop', 'not-an-object', () => `${place}: "${line.text.slice(0, 60)}" is JSON but not an object`)
  } catch {
    if (line.terminated) account.count('drop', 'not-json', () => `${place}: "${line.text.slice(0, 60)}" is not JSON`)
    else account.count('drop', 'line-truncated', () => `${place}: the file ends in the middle of "${line.text.slice(-60)}"`)
  }
  return undefined
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A finite number, also where it is written as a string; NaN for anything else. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  return typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/.test(value) ? Number(value) : Number.NaN
}

/** A name: a string that is not blank, or a number as text; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** The first of several fields that is there and not null. */
export function firstOf(object: JsonObject, names: readonly string[]): unknown {
  for (const name of names) {
    const value = object[name]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}
