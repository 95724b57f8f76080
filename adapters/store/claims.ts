// What one process does at a time, as locks of a connection of its own: they are gone as soon as the process is, however it ended.
import type { Socket } from 'node:net'
import pg from 'pg'
import { GreenwaveError } from '../../model/errors.ts'
import type { Claim } from '../../plans/ports/store.ts'
import { translated } from './database.ts'
import { OURS } from './locks.ts'

/** Its statement fails at once; saying good-bye to who does not listen would hang as well. */
export function hangUp(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy()
}

/** A server that does not answer by then is as good as away. */
const ANSWER_MS = 5000

export class Claims {
  readonly #url: string
  readonly #address: string
  readonly #held = new Map<string, Claim>()
  #client: Promise<pg.Client> | undefined

  /** Nothing is connected before the first claim. `address`: how the database is named in errors. */
  constructor(url: string, address: string) {
    this.#url = url
    this.#address = address
  }

  async claim(name: string): Promise<Claim | undefined> {
    const client = await (this.#client ??= this.#open())
    const [{ free } = { free: false }] = await this.#ask<{ free: boolean }>(client, 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS free', name)
    if (!free) return undefined
    const before = this.#held.get(name)
    // The lock counts how often it was taken; a claim does not.
    if (before !== undefined) await this.#unlock(client, name)
    const claim = before ?? this.#claimOf(client, name)
    this.#held.set(name, claim)
    return claim
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    this.#lose(client)
    await client?.end().catch(() => {})
  }

  #claimOf(client: pg.Client, name: string): Claim {
    const isHeld = (): boolean => this.#held.get(name) === claim
    const claim: Claim = {
      get held() { return isHeld() },
      release: async () => {
        if (!isHeld()) return
        this.#held.delete(name)
        await this.#unlock(client, name)
      },
    }
    return claim
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url, application_name: 'greenwave claims', connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS, keepAlive: true, keepAliveInitialDelayMillis: 10_000,
      // The server, too, must find out that a computer is gone.
      options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    })
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    try {
      await client.connect()
      return client
    } catch (error) {
      this.#forget()
      throw this.#away(error)
    }
  }

  async #ask<R extends pg.QueryResultRow>(client: pg.Client, text: string, name: string): Promise<R[]> {
    try {
      return (await client.query<R>(text, [OURS.claims, name])).rows
    } catch (error) {
      // Nobody knows whether the lock was taken; with the connection it goes.
      this.#lose(client)
      hangUp(client)
      throw this.#away(error)
    }
  }

  async #unlock(client: pg.Client, name: string): Promise<void> {
    await this.#ask(client, 'SELECT pg_advisory_unlock($1, hashtext($2))', name)
  }

  #lose(client: pg.Client | undefined): void {
    void this.#client?.then((now) => { if (now === client) this.#forget() }, () => this.#forget())
  }

  #forget(): void {
    this.#client = undefined
    this.#held.clear()
  }

  #away(error: unknown): unknown {
    const known = translated(error, this.#address)
    return known instanceof GreenwaveError ? known : new GreenwaveError('store.unreachable', `the database ${this.#address} cannot be reached: ${(error as Error).message}`, undefined, error)
  }
}
