// PostgreSQL with PostGIS over a pool of connections. Lost connections are replaced by the pool: whoever asks after the server is back is served.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Claim } from '../../plans/ports/store.ts'
import { Claims, hangUp } from './claims.ts'
import { COPY_BEGIN, COPY_END } from './copy-rows.ts'
import { type CopySource, type Database, firstOf, mayBeRetried, requireParams, retried, type Sql, type TransactionOptions, translated } from './database.ts'

/** int8 and numbers of rows as numbers, documents as text; no column of ours has any other type that the driver would change. */
const INT8 = 20
const JSON_OID = 114
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (oid === INT8 ? Number : oid === JSON_OID ? String : pg.types.getTypeParser(oid, format as 'text')) as (value: string) => unknown,
}

export interface PostgresOptions {
  /** Connections at most. */
  connections?: number
  /** For a free connection, or a new one. */
  connect_timeout_ms?: number
}

/** Without the password. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return 'at an address that is no URL'
  const { host, pathname } = new URL(url)
  return `at ${host}${pathname}`
}

/** A look that is not answered by then has failed. */
const LOOK_MS = 5000
/** When no look was answered for so long, what is under way hangs as well, and is given up: the network would tell after a quarter of an hour. */
const SILENT_MS = 10_000

/** Nothing is connected before the first statement. */
export function openPostgres(url: string, { connections = 10, connect_timeout_ms = 5000 }: PostgresOptions = {}): Database {
  const poolOf = (max: number): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: url, max, connectionTimeoutMillis: connect_timeout_ms, keepAlive: true, keepAliveInitialDelayMillis: 10_000, types, application_name: 'greenwave',
      // A process that hangs in the middle of a transaction must not hold its locks for ever.
      idle_in_transaction_session_timeout: 60_000,
    })
    // A connection that breaks while nobody uses it is no error of anybody; one in use fails its statement.
    pool.on('error', () => {})
    pool.on('connect', (client) => { client.on('error', () => {}) })
    return pool
  }
  return new PostgresDatabase(poolOf(connections), poolOf(1), new Claims(url, addressOf(url)), addressOf(url))
}

class PostgresDatabase implements Database {
  readonly kind = 'postgres'
  readonly inTransaction = false
  readonly #pool: pg.Pool
  /** Of looks: they say whether the server answers, however many statements wait for a connection. */
  readonly #looks: pg.Pool
  readonly #claims: Claims
  readonly #address: string
  readonly #busy = new Set<pg.PoolClient>()
  #silent_since: number | undefined
  #closed: Promise<void> | undefined

  constructor(pool: pg.Pool, looks: pg.Pool, claims: Claims, address: string) {
    this.#pool = pool
    this.#looks = looks
    this.#claims = claims
    this.#address = address
  }

  async look(statement: string): Promise<void> {
    this.#silent_since ??= performance.now()
    try {
      await this.#lookOnce(statement)
      this.#silent_since = undefined
    } catch (error) {
      if (this.#silent_since !== undefined && performance.now() - this.#silent_since >= SILENT_MS) for (const client of this.#busy) hangUp(client)
      throw translated(error, this.#address)
    }
  }

  query<R>(text: string, params: readonly unknown[] = []): Promise<R[]> {
    return this.session((sql) => sql.query<R>(text, params))
  }

  exec(statements: string): Promise<void> {
    return this.session((sql) => sql.exec(statements))
  }

  copyFrom(target: string, rows: CopySource): Promise<number> {
    return this.session((sql) => sql.copyFrom(target, rows))
  }

  atomically<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return retried(() => this.tx(work))
  }

  async session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    const connection = new Connection(client, this.#address, false)
    try {
      return await work(connection)
    } finally {
      this.#release(client, connection.lost)
    }
  }

  async tx<T>(work: (transaction: Sql) => Promise<T>, { serializable = false, lock }: TransactionOptions = {}): Promise<T> {
    const client = await this.#connect()
    const connection = new Connection(client, this.#address, true)
    try {
      await connection.exec(serializable ? 'BEGIN ISOLATION LEVEL SERIALIZABLE' : 'BEGIN')
      if (lock !== undefined) await connection.exec(`LOCK TABLE ${lock} IN EXCLUSIVE MODE`)
      const result = await work(connection)
      await connection.commit()
      return result
    } catch (error) {
      if (!connection.lost) await connection.exec('ROLLBACK').catch(() => { connection.lost = true })
      // Whatever `work` made of it: a transaction that the database gave up may succeed when it is tried again.
      throw mayBeRetried(connection.failure) ? connection.failure : error
    } finally {
      this.#release(client, connection.lost)
    }
  }

  claim(name: string): Promise<Claim | undefined> {
    return this.#claims.claim(name)
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([this.#pool.end(), this.#looks.end(), this.#claims.close()]).then(() => {})
    return this.#closed
  }

  async #lookOnce(statement: string): Promise<void> {
    const client = await this.#looks.connect()
    const timer = setTimeout(() => hangUp(client), LOOK_MS)
    let failed = true
    try {
      await client.query(statement)
      failed = false
    } finally {
      clearTimeout(timer)
      client.release(failed)
    }
  }

  #release(client: pg.PoolClient, lost: boolean): void {
    this.#busy.delete(client)
    client.release(lost)
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      const client = await this.#pool.connect()
      this.#busy.add(client)
      return client
    } catch (error) {
      throw translated(error, this.#address)
    }
  }
}

class Connection implements Sql {
  readonly kind = 'postgres'
  readonly inTransaction: boolean
  /** Not to be used again. */
  lost = false
  /** What the database said first of a statement that it refused. */
  failure: unknown
  readonly #client: pg.PoolClient
  readonly #address: string

  constructor(client: pg.PoolClient, address: string, inTransaction: boolean) {
    this.#client = client
    this.#address = address
    this.inTransaction = inTransaction
  }

  async query<R>(text: string, params: readonly unknown[] = []): Promise<R[]> {
    requireParams(params)
    return (await this.#run(() => this.#client.query<R & pg.QueryResultRow>(text, [...params]))).rows
  }

  async exec(statements: string): Promise<void> {
    await this.#run(() => this.#client.query(statements))
  }

  copyFrom(target: string, rows: CopySource): Promise<number> {
    return this.#run(async () => {
      const { first, all } = await firstOf(rows)
      if (first === undefined) return 0
      const binary = typeof first !== 'string'
      const stream = this.#client.query(copyFrom(`COPY ${target} FROM STDIN${binary ? ' (FORMAT binary)' : ''}`))
      await pipeline(Readable.from(binary ? framed(all) : all, { objectMode: true, highWaterMark: 2 }), stream)
      return stream.rowCount
    })
  }

  atomically<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.inTransaction) return work(this)
    throw new Error('a session has no transactions')
  }

  session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return work(this)
  }

  /** PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which something failed. */
  async commit(): Promise<void> {
    const { command } = await this.#run(() => this.#client.query('COMMIT'))
    if (command !== 'COMMIT') throw this.failure ?? new Error(`the transaction was ended by ${command}`)
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const known = translated(error, this.#address)
      // Anything without a SQLSTATE left the protocol in a state that nobody knows.
      if (!(error instanceof pg.DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC') this.lost = true
      this.failure ??= known
      throw known
    }
  }
}

async function* framed(rows: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  yield COPY_BEGIN
  yield* rows
  yield COPY_END
}
