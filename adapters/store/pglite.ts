// The embedded database: PostgreSQL with PostGIS in this process, for one computer with nothing installed. One connection: what is asked while a
// transaction is open waits for its end. Loaded when it is opened, because it costs a gigabyte.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import { GreenwaveError } from '../../model/errors.ts'
import { type DataLock, lockDirectory } from './data-lock.ts'
import { COPY_BEGIN, COPY_END } from './copy-rows.ts'
import { type CopySource, type Database, firstOf, mayBeRetried, requireParams, retried, type Sql, type TransactionOptions, translated } from './database.ts'

/** The virtual file that COPY reads holds no more. */
const BLOB_BYTES = 4 * 1024 * 1024 - 64
const INT8 = 20
const JSON_OID = 114
const PARSERS = { [INT8]: Number, [JSON_OID]: (text: string) => text }
/** Goes with the exact pair of packages. */
const TEMPLATE = 'pglite-0.5.8-postgis-0.2.8.tar.gz'

export interface PgliteOptions {
  /** Where the empty database with PostGIS is kept, from which new ones begin. */
  cache?: string
}

const userCache = (): string => process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')

/** Throws `store.locked` while another process has the directory open. */
export async function openPglite(directory: string, { cache = join(userCache(), 'greenwave') }: PgliteOptions = {}): Promise<Database> {
  const lock = lockDirectory(directory)
  try {
    return new PgliteDatabase(await openData(directory, () => template(cache)), lock, directory)
  } catch (error) {
    lock.release()
    throw translated(error, `in ${directory}`)
  }
}

const dataOf = (directory: string): string => join(directory, 'data')
/** Written when the data were there as a whole: without it they are the rest of a beginning that was cut off. */
const markOf = (directory: string): string => join(directory, 'ready.json')
export const hasData = (directory: string): boolean => existsSync(markOf(directory))

/** The caller holds the directory. `start` gives what a new directory begins with. */
export async function openData(directory: string, start: () => Promise<Blob>): Promise<PGlite> {
  if (hasData(directory)) return open(dataOf(directory))
  rmSync(dataOf(directory), { recursive: true, force: true })
  const database = await open(dataOf(directory), await start())
  writeFileSync(`${markOf(directory)}.new`, JSON.stringify({ format: 'greenwave.data/1', begun_with: TEMPLATE }))
  renameSync(`${markOf(directory)}.new`, markOf(directory))
  return database
}

async function open(dataDir: string | undefined, loadDataDir?: Blob): Promise<PGlite> {
  const [{ PGlite }, { postgis }] = await Promise.all([import('@electric-sql/pglite'), import('@electric-sql/pglite-postgis')])
  if (dataDir !== undefined) mkdirSync(dirname(dataDir), { recursive: true })
  return PGlite.create({ ...(dataDir === undefined ? {} : { dataDir }), extensions: { postgis }, parsers: PARSERS, ...(loadDataDir === undefined ? {} : { loadDataDir }) })
}

/** Made at first use, in seconds that later ones save. */
async function template(cache: string): Promise<Blob> {
  const file = join(cache, TEMPLATE)
  if (!existsSync(file)) {
    const empty = await open(undefined)
    try {
      await empty.exec('CREATE EXTENSION postgis; CHECKPOINT')
      const blob = await empty.dumpDataDir('gzip')
      try {
        await writeWhole(file, blob)
      } catch {
        // A cache that can't be written costs time only.
        return blob
      }
    } finally {
      await empty.close()
    }
  }
  return new Blob([readFileSync(file)], { type: 'application/x-gzip' })
}

export async function writeWhole(file: string, blob: Blob): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, Buffer.from(await blob.arrayBuffer()), { flush: true })
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

class PgliteDatabase implements Database {
  readonly kind = 'pglite'
  readonly inTransaction = false
  readonly #pglite: PGlite
  readonly #lock: DataLock
  readonly #address: string
  #closed: Promise<void> | undefined

  constructor(pglite: PGlite, lock: DataLock, directory: string) {
    this.#pglite = pglite
    this.#lock = lock
    this.#address = `in ${directory}`
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<R[]> {
    return this.#plain().query<R>(text, params)
  }

  exec(statements: string): Promise<void> {
    return this.#plain().exec(statements)
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
  async tx<T>(work: (transaction: Sql) => Promise<T>, _options?: TransactionOptions): Promise<T> {
    this.#requireOpen()
    let connection: PgliteSql | undefined
    try {
      return await this.#pglite.transaction(async (transaction) => {
        const own = connection = new PgliteSql(transaction, this.#address, true)
        const result = await work(own)
        // The COMMIT of a transaction in which something failed would take it back and not say so.
        if (own.failure !== undefined) await own.query('SELECT 1').catch(() => { throw own.failure })
        return result
      })
    } catch (error) {
      throw translated(mayBeRetried(connection?.failure) ? connection?.failure : error, this.#address)
    }
  }

  async look(statement: string): Promise<void> {
    await this.query(statement)
  }

  close(): Promise<void> {
    this.#closed ??= this.#pglite.close().finally(() => this.#lock.release())
    return this.#closed
  }

  #plain(): PgliteSql {
    this.#requireOpen()
    return new PgliteSql(this.#pglite, this.#address, false)
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw new GreenwaveError('store.unreachable', `the database ${this.#address} was closed`)
  }
}

class PgliteSql implements Sql {
  readonly kind = 'pglite'
  readonly inTransaction: boolean
  failure: unknown
  readonly #pglite: Pick<Transaction, 'query' | 'exec'>
  readonly #address: string

  constructor(pglite: Pick<Transaction, 'query' | 'exec'>, address: string, inTransaction: boolean) {
    this.#pglite = pglite
    this.#address = address
    this.inTransaction = inTransaction
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<R[]> {
    requireParams(params)
    return (await this.#run(() => this.#pglite.query<R>(text, [...params]))).rows
  }

  async exec(statements: string): Promise<void> {
    await this.#run(() => this.#pglite.exec(statements))
  }

  async copyFrom(target: string, rows: CopySource): Promise<number> {
    let written = 0
    const { first, all } = await firstOf(rows)
    const binary = typeof first !== 'string'
    // Each blob is a COPY of its own.
    const copy = async (pieces: readonly (string | Uint8Array<ArrayBuffer>)[]): Promise<void> => {
      const blob = new Blob(binary ? [COPY_BEGIN, ...pieces, COPY_END] : [...pieces])
      const { affectedRows } = await this.#run(() => this.#pglite.query(`COPY ${target} FROM '/dev/blob'${binary ? ' (FORMAT binary)' : ''}`, [], { blob }))
      written += affectedRows ?? 0
    }
    let [pieces, bytes]: [(string | Uint8Array<ArrayBuffer>)[], number] = [[], 0]
    for await (const piece of all) {
      const size = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
      if (bytes + size > BLOB_BYTES && pieces.length > 0) {
        await copy(pieces)
        ;[pieces, bytes] = [[], 0]
      }
      pieces.push(piece)
      bytes += size
    }
    if (pieces.length > 0) await copy(pieces)
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
