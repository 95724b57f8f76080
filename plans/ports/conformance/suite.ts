// What the cases of the suite share.
import assert from 'node:assert/strict'
import { type ErrorCode, GreenwaveError } from '../../../model/errors.ts'
import { canonicalJson } from '../canonical.ts'
import type { Store } from '../store.ts'

export type RegisterTest = (title: string, run: () => Promise<void>) => void

export interface StoreSuite {
  /** A case: the store and a word that no other case has. */
  test(title: string, run: (store: Store, own: string) => Promise<void>): void
}

let cases = 0

export const newSuite = (name: string, store: () => Store | Promise<Store>, register: RegisterTest): StoreSuite => ({
  test(title, run) {
    const own = `c${++cases}`
    register(`${name} ${title}`, async () => run(await store(), own))
  },
})

/** Equal as documents: fields that are undefined are as good as absent. */
export const same = (actual: unknown, expected: unknown, message?: string): void => assert.equal(canonicalJson(actual), canonicalJson(expected), message)

export async function refuses(code: ErrorCode, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof GreenwaveError, `${String(error)} is no GreenwaveError`)
    assert.equal(error.code, code, error.message)
    return true
  })
}

/** Runs all at once: what came back, and the codes of those that were refused. */
export async function allAtOnce<T>(work: readonly (() => Promise<T>)[]): Promise<{ done: T[]; refused: string[] }> {
  const outcomes = await Promise.allSettled(work.map((start) => start()))
  const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason instanceof GreenwaveError ? outcome.reason.code : String(outcome.reason)] : []))
  return { done, refused }
}

export async function gather<T>(pieces: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = []
  for await (const piece of pieces) rows.push(...piece)
  return rows
}

export const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
