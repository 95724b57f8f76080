// What runs the statements of the embedded database, one after the other: here, or on a thread beside. Errors keep their SQLSTATE as `code`.
import type { PGlite } from '@electric-sql/pglite'
import { COPY_BEGIN, COPY_END } from './copy-rows.ts'
import { packRows, type PackedRows } from './packed-rows.ts'
import { openData, template } from './pglite-data.ts'

export interface EngineOptions {
  /** Held by the caller. */
  directory: string
  /** Where the empty database with PostGIS is kept, from which new ones begin. */
  cache: string
}

export interface Engine {
  /** One statement with parameters. */
  query(text: string, params: readonly unknown[]): Promise<PackedRows>
  exec(statements: string): Promise<void>
  /** Rows into a table: all text or all binary, as COPY reads them, at most `COPY_BYTES`. The bytes are given away. Answers the rows written. */
  copy(target: string, bytes: Uint8Array<ArrayBuffer>, binary: boolean): Promise<number>
  close(): Promise<void>
}

/** The virtual file that COPY reads holds no more. */
export const COPY_BYTES = 4 * 1024 * 1024 - 64

export async function openEngine({ directory, cache }: EngineOptions): Promise<Engine> {
  return new PgliteEngine(await openData(directory, () => template(cache)))
}

class PgliteEngine implements Engine {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  async query(text: string, params: readonly unknown[]): Promise<PackedRows> {
    const { fields, rows } = await this.#pglite.query<unknown[]>(text, [...params], { rowMode: 'array' })
    return packRows(fields.map(({ name }) => name), rows)
  }

  async exec(statements: string): Promise<void> {
    await this.#pglite.exec(statements)
  }

  async copy(target: string, bytes: Uint8Array<ArrayBuffer>, binary: boolean): Promise<number> {
    const blob = new Blob(binary ? [COPY_BEGIN, bytes, COPY_END] : [bytes])
    const { affectedRows } = await this.#pglite.query(`COPY ${target} FROM '/dev/blob'${binary ? ' (FORMAT binary)' : ''}`, [], { blob })
    return affectedRows ?? 0
  }

  close(): Promise<void> {
    return this.#pglite.close()
  }
}
