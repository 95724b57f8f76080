// Keys of machines as they were a moment ago: cabinets ask thousands of times a second, and the store need not be asked each time.
import type { ApiKey, PeopleStore } from '../../plans/ports/people.ts'

/** A key that was taken back by another process is refused after this long at the latest; by this one, at once. */
const BELIEVE_MS = 2000
const MOST_KNOWN = 50_000

export class KnownKeys {
  readonly #people: Pick<PeopleStore, 'key'>
  readonly #known = new Map<string, { key: ApiKey; read_ms: number }>()

  constructor(people: Pick<PeopleStore, 'key'>) {
    this.#people = people
  }

  async get(id: string): Promise<ApiKey | undefined> {
    const before = this.known(id)
    if (before !== undefined) return before
    const now = performance.now()
    this.#known.delete(id)
    const key = await this.#people.key(id)
    if (key !== undefined) this.#known.set(id, { key, read_ms: now })
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!)
    return key
  }

  /** What `get` would answer without asking the store; undefined where it would ask. */
  known(id: string): ApiKey | undefined {
    const before = this.#known.get(id)
    return before !== undefined && performance.now() - before.read_ms < BELIEVE_MS ? before.key : undefined
  }

  forget(id: string): void {
    this.#known.delete(id)
  }
}
