// Notes of an import with the ids of what they speak of: the same remark about many elements is one note with their number and
// the first of them.
import type { ImportNote } from '../../../model/errors.ts'

const MOST_NAMED = 8

interface Counted { kind: ImportNote['kind']; elements: Set<string>; message: (count: number) => string }

export class OsmNotes {
  readonly #file: string
  readonly #counted = new Map<string, Counted>()

  constructor(file: string) {
    this.#file = file
  }

  add(kind: ImportNote['kind'], message: string): void {
    this.#counted.set(`${kind} ${message}`, { kind, elements: new Set(), message: () => message })
  }

  /** Counts a remark under `key` for an element ("way 12"); each element once. */
  count(key: string, kind: ImportNote['kind'], element: string, message: (count: number) => string): void {
    const known = this.#counted.get(key)
    if (known === undefined) this.#counted.set(key, { kind, elements: new Set([element]), message })
    else known.elements.add(element)
  }

  list(): ImportNote[] {
    return [...this.#counted.values()].map(({ kind, elements, message }) => {
      const [first] = elements
      const named = [...elements].slice(0, MOST_NAMED)
      const rest = elements.size > 1 ? ` (${named.join(', ')}${elements.size > named.length ? ', ...' : ''})` : ''
      return { kind, place: { file: this.#file, ...(first === undefined ? {} : { element: first }) }, message: `${message(Math.max(1, elements.size))}${rest}` }
    })
  }
}
