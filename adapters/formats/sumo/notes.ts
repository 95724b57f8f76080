// Collects what an import could not understand or had to assume. The same remark about many elements is one note with
// their number and the first place.
import type { ImportNote, Place } from '../../../model/errors.ts'

export class Notes {
  readonly #notes: { kind: ImportNote['kind']; place: Place; count: number; message: (count: number) => string }[] = []
  readonly #counted = new Map<string, { count: number }>()

  add(kind: ImportNote['kind'], place: Place, message: string): void {
    this.#notes.push({ kind, place, count: 1, message: () => message })
  }

  /** Counts a remark under `key`; the note says how often it came up and stands at the first place. */
  count(key: string, kind: ImportNote['kind'], place: Place, message: (count: number) => string): void {
    const known = this.#counted.get(key)
    if (known !== undefined) {
      known.count++
      return
    }
    const entry = { kind, place, count: 1, message }
    this.#notes.push(entry)
    this.#counted.set(key, entry)
  }

  list(): ImportNote[] {
    return this.#notes.map(({ kind, place, count, message }) => ({ kind, place, message: message(count) }))
  }
}
