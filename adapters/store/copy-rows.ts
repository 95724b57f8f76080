// Rows as COPY reads them in its binary form (PostgreSQL documentation, COPY, "Binary Format"): no figure is printed here and read again there, which
// was most of what a row cost on both sides. https://www.postgresql.org/docs/15/sql-copy.html
import { GreenwaveError } from '../../model/errors.ts'
import { requireText } from '../../plans/ports/canonical.ts'

/** Signature, no flags, no extension. */
export const COPY_BEGIN = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** A row of -1 columns. */
export const COPY_END = Buffer.from([0xff, 0xff])

const NULL = -1
/** Pieces of so much: few calls, little memory. */
const PIECE_BYTES = 256 * 1024
const INT32 = 2 ** 31

/** Rows of one table, column by column. Throws `input.value` for what no column can hold. */
export class CopyRows {
  readonly #full: Uint8Array<ArrayBuffer>[] = []
  #bytes = Buffer.alloc(PIECE_BYTES)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
  #at = 0

  begin(columns: number): void {
    // Pieces end with a row, so that each can go by itself.
    if (this.#at > PIECE_BYTES - 4096) {
      this.#full.push(this.#bytes.subarray(0, this.#at))
      this.#grow(PIECE_BYTES, 0)
    }
    this.#room(2)
    this.#view.setInt16(this.#at, columns)
    this.#at += 2
  }

  /** A float8. */
  figure(value: number | undefined): void {
    this.#room(12)
    if (value === undefined) {
      this.#null()
      return
    }
    if (!Number.isFinite(value)) throw new GreenwaveError('input.value', `a figure of a row is ${value}; only finite numbers can be kept`)
    this.#view.setInt32(this.#at, 8)
    this.#view.setFloat64(this.#at + 4, value)
    this.#at += 12
  }

  /** An integer of 32 bits. */
  whole(value: number): void {
    if (!Number.isInteger(value) || value >= INT32 || value < -INT32) throw new GreenwaveError('input.value', `a code of a row is ${value}; it must be a whole number of 32 bits`)
    this.#room(8)
    this.#view.setInt32(this.#at, 4)
    this.#view.setInt32(this.#at + 4, value)
    this.#at += 8
  }

  word(text: string | undefined): void {
    if (text === undefined) {
      this.#room(4)
      this.#null()
      return
    }
    // No character takes more than three bytes for each of its halves.
    this.#room(4 + 3 * text.length)
    const begin = this.#at + 4
    const length = this.#ascii(text, begin) ? text.length : this.#bytes.write(requireText(text, 'a word of a row'), begin)
    this.#view.setInt32(this.#at, length)
    this.#at = begin + length
  }

  /** What was written, in pieces of whole rows. */
  pieces(): Uint8Array<ArrayBuffer>[] {
    return this.#at === 0 ? this.#full : [...this.#full, this.#bytes.subarray(0, this.#at)]
  }

  /** Names are short and mostly ASCII: a loop is quicker than the call. False where it met anything else. */
  #ascii(text: string, begin: number): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0 || code > 127) return false
      this.#bytes[begin + i] = code
    }
    return true
  }

  #null(): void {
    this.#view.setInt32(this.#at, NULL)
    this.#at += 4
  }

  #room(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) this.#grow(Math.max(2 * this.#bytes.length, this.#at + bytes), this.#at)
  }

  /** A new buffer with the first bytes of the old one. */
  #grow(size: number, keep: number): void {
    const old = this.#bytes
    this.#bytes = Buffer.alloc(size)
    old.copy(this.#bytes, 0, 0, keep)
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
    this.#at = keep
  }
}
