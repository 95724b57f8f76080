// Rows into a file, in bounded memory: what is not yet on the disk is at most one chunk and what the stream holds.
// The file has its name only once it is whole.
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import type { RowFormat } from './rows.ts'

const CHUNK = 1 << 16

export class RowFile<Row> {
  readonly path: string
  rows = 0
  readonly #format: RowFormat<Row>
  readonly #stream: WriteStream
  #text = ''
  #full = false
  #failed: Error | undefined

  constructor(folder: string, format: RowFormat<Row>) {
    this.#format = format
    this.path = join(folder, format.file)
    this.#stream = createWriteStream(`${this.path}.part`)
    this.#stream.on('error', (error) => { this.#failed = error })
    if (format.head !== undefined) this.#text = `${format.head}\n`
  }

  /** Takes rows at once; call `ready` before many more. */
  readonly write = (rows: readonly Row[]): void => {
    for (const row of rows) this.#text += `${this.#format.line(row)}\n`
    this.rows += rows.length
    if (this.#text.length >= CHUNK) this.#flush()
  }

  #flush(): void {
    if (!this.#stream.write(this.#text)) this.#full = true
    this.#text = ''
  }

  /** Resolves when the disk has caught up. Rejects where writing failed. */
  async ready(): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    if (!this.#full) return
    this.#full = false
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain')
  }

  /** Ends the file and gives it its name. */
  async finish(): Promise<void> {
    this.#flush()
    await new Promise<void>((resolve, reject) => {
      this.#stream.on('error', reject)
      this.#stream.end(resolve)
    })
    if (this.#failed !== undefined) throw this.#failed
    await rename(`${this.path}.part`, this.path)
  }

  /** Takes back what was written so far. A stream still about to open its file would make it after it is removed: it is closed first. */
  async discard(): Promise<void> {
    if (!this.#stream.closed) await new Promise<void>((resolve) => { this.#stream.once('close', resolve).destroy() })
    await rm(`${this.path}.part`, { force: true })
  }
}
