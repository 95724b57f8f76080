// The embedded database: PostgreSQL with PostGIS in this process, for one computer with nothing installed. One connection: what is asked while a
// transaction is open waits for its end.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GreenwaveError } from '../../model/errors.ts'
import { OwnClaims } from '../../plans/ports/own-claims.ts'
import type { Claim } from '../../plans/ports/store.ts'
import { type DataLock, lockDirectory } from './data-lock.ts'
import { type CopySource, type Database, firstOf, mayBeRetried, requireParams, retried, type Sql, type TransactionOptions, translated } from './database.ts'
import { COPY_BYTES, type Engine, openEngine } from './engine.ts'
import { engineOnThread } from './engine-thread.ts'
import { unpackRows } from './packed-rows.ts'

export interface PgliteOptions {
  /** Where the empty database with PostGIS is kept, from which new ones begin. */
  cache?: string
}

const userCache = (): string => process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const isCompiled = import.meta.url.endsWith('.js')

/** On a thread of its own in the build, here from sources. Throws `store.locked` while another process has the directory open. */
export async function openPglite(directory: string, { cache = join(userCache(), 'greenwave') }: PgliteOptions = {}): Promise<Database> {
  const lock = lockDirectory(directory)
  try {
    return new PgliteDatabase(await (isCompiled ? engineOnThread : openEngine)({ directory, cache }), lock, directory)
  } catch (error) {
    lock.release()
    throw translated(error, `in ${directory}`)
  }
}

class PgliteDatabase implements Database {
  readonly kind = 'pglite'
  readonly inTransaction = false
  readonly #engine: Engine
  readonly #lock: DataLock
  readonly #address: string
  readonly #claims = new OwnClaims()
  /** The end of what has its turn last. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(engine: Engine, lock: DataLock, directory: string) {
    this.#engine = engine
    this.#lock = lock
    this.#address = `in ${directory}`
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<R[]> {
    return this.#alone(() => this.#sql(false).query<R>(text, params))
  }

  claim(name: string): Promise<Claim> {
    return this.#claims.claim(name)
  }

  exec(statements: string): Promise<void> {
    return this.#alone(() => this.#sql(false).exec(statements))
  }

  copyFrom(target: string, rows: CopySource): Promise<number> {
    return this.atomically((sql) => sql.copyFrom(target, rows))
  }

  atomically<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return retried(() => this.tx(work))
  }

  session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return work(this)
  }

  /** Always serializable: there is one connection. */
  tx<T>(work: (transaction: Sql) => Promise<T>, _options?: TransactionOptions): Promise<T> {
    return this.#alone(async () => {
      const own = this.#sql(true)
      try {
        await own.exec('BEGIN')
        const result = await work(own)
        // The COMMIT of a transaction in which something failed would take it back and not say so.
        if (own.failure !== undefined) await own.query('SELECT 1').catch(() => { throw own.failure })
        await own.exec('COMMIT')
        return result
      } catch (error) {
        // One that died took it back itself.
        await this.#engine.exec('ROLLBACK').catch(() => {})
        throw translated(mayBeRetried(own.failure) ? own.failure : error, this.#address)
      }
    })
  }

  async look(statement: string): Promise<void> {
    await this.query(statement)
  }

  close(): Promise<void> {
    this.#closed ??= this.#inTurn(() => this.#engine.close()).finally(() => this.#lock.release())
    return this.#closed
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw new GreenwaveError('store.unreachable', `the database ${this.#address} was closed`)
    return this.#inTurn(work)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }

  #sql(inTransaction: boolean): PgliteSql {
    return new PgliteSql(this.#engine, this.#address, inTransaction)
  }
}

class PgliteSql implements Sql {
  readonly kind = 'pglite'
  readonly inTransaction: boolean
  /** What the database said first of a statement that it refused. */
  failure: unknown
  readonly #engine: Engine
  readonly #address: string

  constructor(engine: Engine, address: string, inTransaction: boolean) {
    this.#engine = engine
    this.#address = address
    this.inTransaction = inTransaction
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<R[]> {
    requireParams(params)
    return unpackRows<R>(await this.#run(() => this.#engine.query(text, params)))
  }

  async exec(statements: string): Promise<void> {
    await this.#run(() => this.#engine.exec(statements))
  }

  async copyFrom(target: string, rows: CopySource): Promise<number> {
    const { first, all } = await firstOf(rows)
    const binary = typeof first !== 'string'
    let written = 0
    let [pieces, bytes]: [Uint8Array[], number] = [[], 0]
    // Each file is a COPY of its own.
    const copy = async (): Promise<void> => {
      // One piece of memory of exactly that size, which can be given away.
      const file = new Uint8Array(bytes)
      pieces.reduce((at, piece) => {
        file.set(piece, at)
        return at + piece.length
      }, 0)
      ;[pieces, bytes] = [[], 0]
      written += await this.#run(() => this.#engine.copy(target, file, binary))
    }
    for await (const given of all) {
      const piece = typeof given === 'string' ? Buffer.from(given) : given
      if (bytes + piece.length > COPY_BYTES && pieces.length > 0) await copy()
      pieces.push(piece)
      bytes += piece.length
    }
    if (pieces.length > 0) await copy()
    return written
  }

  atomically<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return work(this)
  }

  session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return work(this)
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const known = translated(error, this.#address)
      this.failure ??= known
      throw known
    }
  }
}
