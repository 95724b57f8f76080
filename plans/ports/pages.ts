// Pages of a list. The cursor is the sort key of the last item, so that what is added meanwhile neither shifts nor repeats anything.
import { GreenwaveError } from '../../model/errors.ts'
import type { Page, PageRequest } from './store.ts'

export const LARGEST_PAGE = 1000

export type SortKey = readonly (string | number)[]

const isKey = (value: unknown, like: SortKey): value is (string | number)[] =>
  Array.isArray(value) && value.length === like.length && value.every((part, i) => typeof part === typeof like[i] && (typeof part === 'string' ? !part.includes('\0') : Number.isFinite(part)))

/** Throws `request.invalid` for a limit out of range, or an `after` that is no cursor of such a list; `like` is a key of the same types. */
export function readPage(page: PageRequest, like: SortKey): { limit: number; after: SortKey | undefined } {
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > LARGEST_PAGE) throw new GreenwaveError('request.invalid', `limit is ${page.limit}; a page holds 1 to ${LARGEST_PAGE} items`)
  if (page.after === undefined) return { limit: page.limit, after: undefined }
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(page.after, 'base64url').toString())
  } catch {
    key = undefined
  }
  if (!isKey(key, like)) throw new GreenwaveError('request.invalid', `"${page.after.slice(0, 60)}" is no cursor of this list; send the next of the page before`)
  return { limit: page.limit, after: key }
}

/** The page out of at most `limit + 1` items from its beginning. */
export function pageOf<T>(items: T[], limit: number, keyOf: (item: T) => SortKey): Page<T> {
  if (items.length <= limit) return { items }
  const shown = items.slice(0, limit)
  return { items: shown, next: Buffer.from(JSON.stringify(keyOf(shown.at(-1)!))).toString('base64url') }
}

/** By the parts in order; text by code point, as databases with the C collation have it. */
export function compareKeys(a: SortKey, b: SortKey): number {
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i]!, b[i]!]
    if (left === right) continue
    if (typeof left === 'string' && typeof right === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right))
    return left < right ? -1 : 1
  }
  return 0
}
