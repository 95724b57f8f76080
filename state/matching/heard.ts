// Who was heard of, the one silent for longest first. A list through the entries themselves: a Map that is deleted from and added to at every fix walks
// over what was deleted to find its first.

export interface Entry<T> {
  older: T | undefined
  newer: T | undefined
}

export class Heard<T extends Entry<T>> {
  size = 0
  #eldest: T | undefined
  #newest: T | undefined

  /** The one silent for longest. */
  get eldest(): T | undefined {
    return this.#eldest
  }

  /** Adds one that is not in the list. */
  add(one: T): void {
    one.older = this.#newest
    one.newer = undefined
    if (this.#newest === undefined) this.#eldest = one
    else this.#newest.newer = one
    this.#newest = one
    this.size++
  }

  remove(one: T): void {
    if (one.older === undefined) this.#eldest = one.newer
    else one.older.newer = one.newer
    if (one.newer === undefined) this.#newest = one.older
    else one.newer.older = one.older
    one.older = one.newer = undefined
    this.size--
  }
}
