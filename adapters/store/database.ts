// A relational database as the stores see it: the same SQL on PostgreSQL and on the embedded one. Errors of the driver keep their SQLSTATE.
import { GreenwaveError } from '../../model/errors.ts'
import { requireText } from '../../plans/ports/canonical.ts'
import type { Claim } from '../../plans/ports/store.ts'

/** All text or all binary. */
export type CopySource = Iterable<string> | Iterable<Uint8Array<ArrayBuffer>> | AsyncIterable<string>

export interface Sql {
  readonly kind: 'postgres' | 'pglite'
  /** One statement with parameters; documents go in and come out as JSON text. Throws `input.value` for parameters that no column can hold. */
  query<R>(text: string, params?: readonly unknown[]): Promise<R[]>
  /** Several statements without parameters. */
  exec(statements: string): Promise<void>
  /**
   * COPY into a table (`fix_20261122 (time_s, source)`): lines of text, or rows in the binary form without its beginning and end, in pieces of
   * whole rows of at most a megabyte. Answers the rows written.
   */
  copyFrom(target: string, rows: CopySource): Promise<number>
  /** All or nothing, at least as committed reads have it: a transaction of its own, tried again after a deadlock, or the one that is open. */
  atomically<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** One connection for statements that no transaction can hold; inside a transaction that one. */
  session<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  readonly inTransaction: boolean
}

export interface TransactionOptions {
  /** As if transactions came one after another; one that can't be is ended with SQLSTATE 40001. */
  serializable?: boolean
  /** A table that is locked before anything is read. */
  lock?: string
}

export interface Database extends Sql {
  tx<T>(work: (transaction: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Whether the database answers: throws `store.unreachable` where it does not. Asked again and again it frees those who wait for a server that hangs. */
  look(statement: string): Promise<void>
  /** As `Store.claim`. */
  claim(name: string): Promise<Claim | undefined>
  close(): Promise<void>
}

/** SQLSTATE of an error of the database, also of one that was translated. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if (error instanceof GreenwaveError) return sqlState(error.cause)
  return 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** Serialisation failure, deadlock: the same again may succeed. */
export const mayBeRetried = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '')

/** Shut down, crashed, starting up, too many connections, wrong password, no such database; and class 08, lost connections. */
const UNREACHABLE = new Set(['57P01', '57P02', '57P03', '53300', '28000', '28P01', '3D000'])
/** What the network says; and the driver, in words only. */
const LOST = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)$/
const LOST_WORDS = /Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|Client was closed|after calling end|PGlite is clos/
/** Characters that the encoding has no place for, and figures out of range. */
const NOT_STORABLE = new Set(['22021', '22P05', '22003', '22P02'])

/** The error in our words where we have some, with the driver's as its cause; else the driver's own. */
export function translated(error: unknown, database: string): unknown {
  if (!(error instanceof Error) || error instanceof GreenwaveError) return error
  const state = sqlState(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const why = firstLine(error)
  if ((state !== undefined && (state.startsWith('08') || UNREACHABLE.has(state))) || LOST.test(code) || LOST_WORDS.test(error.message)) {
    return new GreenwaveError('store.unreachable', `the database ${database} cannot be reached: ${why}`, undefined, error)
  }
  if (state === '53100' || code === 'ENOSPC') return new GreenwaveError('store.full', `the disk of the database ${database} is full: ${why}`, undefined, error)
  if (state === '23505') return new GreenwaveError('store.conflict', `somebody else wrote the same at the same time: ${why}`, undefined, error)
  if (state !== undefined && NOT_STORABLE.has(state)) return new GreenwaveError('input.value', `the database cannot hold a value: ${why}`, undefined, error)
  return error
}

const firstLine = (error: Error): string => (error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : error.message).split('\n')[0]!

/** Throws `input.value` for text that no column can hold and for figures that are none. */
export function requireParams(params: readonly unknown[]): void {
  for (const param of params) {
    if (typeof param === 'string') requireText(param, 'a value')
    else if (typeof param === 'number' && !Number.isFinite(param)) throw new GreenwaveError('input.value', `a value is ${param}; only finite numbers can be kept`)
    else if (Array.isArray(param)) requireParams(param)
  }
}

/** Tries again after deadlocks and serialisation failures, later each time; the pause differs so that two do not meet again. */
export async function retried<T>(work: (attempt: number) => Promise<T>, attempts = 12): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (!mayBeRetried(error)) throw error
      if (attempt === attempts) throw new GreenwaveError('service.busy', `the same rows were changed by others ${attempts} times; the change was given up`, undefined, error)
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * Math.min(5 * 2 ** attempt, 200)) })
    }
  }
}

/** The first piece, which says of which kind they are, and all of them. */
export async function firstOf(rows: CopySource): Promise<{ first: string | Uint8Array<ArrayBuffer> | undefined; all: AsyncIterable<string | Uint8Array<ArrayBuffer>> }> {
  const pieces = (async function* () { yield* rows as AsyncIterable<string | Uint8Array<ArrayBuffer>> })()
  const { value: first } = await pieces.next() as { value: string | Uint8Array<ArrayBuffer> | undefined }
  return {
    first,
    all: (async function* () {
      if (first === undefined) return
      yield first
      yield* pieces
    })(),
  }
}
