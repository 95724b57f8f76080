// What the stores share: documents, absent columns, versions and pages in SQL.
import { GreenwaveError } from '../../model/errors.ts'
import { documentText } from '../../plans/ports/canonical.ts'
import { pageOf, readPage, type SortKey } from '../../plans/ports/pages.ts'
import type { Page, PageRequest } from '../../plans/ports/store.ts'
import type { Sql } from './database.ts'

export const textOf = documentText
export const documentOf = <T>(text: string): T => JSON.parse(text) as T
/** A document that may be absent; null is one. */
export const textOrNull = (document: unknown): string | null => (document === undefined ? null : documentText(document))

/** A row without the columns that are NULL: what was not said is absent. */
export function present<T extends object>(row: { [K in keyof T]: T[K] | null }): T {
  for (const key of Object.keys(row) as (keyof T)[]) if (row[key] === null) delete row[key]
  return row as T
}

/** The row that was written with the version expected; throws `store.conflict` when there is none, saying which version there is. */
export async function written<R>(sql: Sql, rows: readonly R[], what: string, expected: number, present: { from: string; where: string; key: readonly unknown[] }): Promise<R> {
  const [row] = rows
  if (row !== undefined) return row
  const [now] = await sql.query<{ version: number }>(`SELECT version FROM ${present.from} WHERE ${present.where}`, present.key)
  throw new GreenwaveError('store.conflict', `${what} is at version ${now?.version ?? 0}, not ${expected}`)
}

export function requireInserted(rows: readonly unknown[], what: string): void {
  if (rows.length === 0) throw new GreenwaveError('store.conflict', `${what} is there already`)
}

interface ListQuery<T> {
  select: string
  /** Conditions by column; those without a value do not apply. */
  where: Record<string, unknown>
  /** Columns of the sort key, unique together, and a key of the same types. */
  order: readonly string[]
  like: SortKey
  newest?: boolean
  keyOf: (item: T) => SortKey
}

/** One page in the order of the key, or against it. */
export async function listPage<R, T>(sql: Sql, page: PageRequest, { select, where, order, like, newest = false, keyOf }: ListQuery<T>, itemOf: (row: R) => T): Promise<Page<T>> {
  const { limit, after } = readPage(page, like)
  const params: unknown[] = []
  const place = (value: unknown): string => `$${params.push(value)}`
  const conditions = Object.entries(where).filter(([, value]) => value !== undefined).map(([column, value]) => `${column} = ${place(value)}`)
  if (after !== undefined) conditions.push(`(${order.join(', ')}) ${newest ? '<' : '>'} (${after.map((part) => `${place(part)}::${typeof part === 'number' ? 'float8' : 'text'}`).join(', ')})`)
  const rows = await sql.query<R>(
    `${select} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY ${order.map((column) => `${column}${newest ? ' DESC' : ''}`).join(', ')} LIMIT ${limit + 1}`, params,
  )
  return pageOf(rows.map(itemOf), limit, keyOf)
}
