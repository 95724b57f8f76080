// A queue that gives back what has the smallest key; among equals what came first (binary heap).

export class EarliestFirst<T> {
  readonly #heap: { key: number; order: number; value: T }[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  push(key: number, value: T): void {
    const heap = this.#heap
    const entry = { key, order: this.#order++, value }
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(entry, heap[parent] as typeof entry)) break
      heap[at] = heap[parent] as typeof entry
      at = parent
    }
    heap[at] = entry
  }

  /** Undefined where it is empty. */
  pop(): T | undefined {
    const heap = this.#heap
    const [first, last] = [heap[0], heap.pop()]
    if (first === undefined || last === undefined || first === last) return first?.value
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#before(heap[child + 1] as typeof last, heap[child] as typeof last)) child++
      if (!this.#before(heap[child] as typeof last, last)) break
      heap[at] = heap[child] as typeof last
      at = child
    }
    heap[at] = last
    return first.value
  }

  #before(a: { key: number; order: number }, b: { key: number; order: number }): boolean {
    return a.key < b.key || (a.key === b.key && a.order < b.order)
  }
}
