// Rows of controllers' logs on their way to the store: batches that are stored once, whatever fails between.
import { GreenwaveError } from '../../model/errors.ts'
import type { SignalEvent } from '../../model/feed.ts'
import type { Instant } from '../../model/units.ts'
import type { Batch } from '../ports/observations.ts'
import type { Store } from '../ports/store.ts'

/** Rows in one batch, and those that wait for a store that is away before the oldest go. */
const MOST_ROWS = 20_000
const MOST_WAITING = 500_000

/** The feed of a network under which its lamps are kept, beside what controllers tell themselves. */
export const lampFeedOf = (network: string): string => `${network}.lamps`

export class EventBatches {
  readonly #store: Store
  readonly #network: string
  #rows: SignalEvent[] = []
  #batch: Batch | undefined
  #hasFeed = false
  /** Rows that went because the store was away for too long. */
  lost = 0

  constructor(store: Store, network: string) {
    this.#store = store
    this.#network = network
  }

  add(rows: readonly SignalEvent[]): void {
    this.#rows.push(...rows)
    const over = this.#rows.length - MOST_WAITING
    if (over > 0) this.lost += this.#rows.splice(0, over).length
  }

  /** Stores all that waits. What fails is tried again under the same name the next time. Throws what the store throws. */
  async flush(now: Instant): Promise<void> {
    await this.#makeFeed()
    while (this.#batch !== undefined || this.#rows.length > 0) {
      this.#batch ??= this.#next(now)
      await this.#store.observations.append(this.#batch)
      this.#batch = undefined
    }
  }

  #next(received_s: Instant): Batch {
    const events = this.#rows.splice(0, MOST_ROWS).sort((a, b) => a.time_s - b.time_s)
    const [first, last] = [events[0]!, events.at(-1)!]
    const feed = lampFeedOf(this.#network)
    // An edge of a lamp is seen once, so its instant is a name that nobody else's batch has.
    const id = `${Math.round(first.time_s * 10)}-${first.device}-${first.event}-${first.parameter}`
    return { feed, id, received_s, health: { source: feed, read: events.length, accepted: events.length, issues: [], from_s: first.time_s, until_s: last.time_s }, events }
  }

  async #makeFeed(): Promise<void> {
    if (this.#hasFeed) return
    const id = lampFeedOf(this.#network)
    const found = await this.#store.feeds.get(id)
    if (found !== undefined && (found.network !== this.#network || found.kind !== 'events')) throw new GreenwaveError('store.conflict', `there is a feed "${id}" of something else; the lamps of "${this.#network}" can't be kept`)
    if (found === undefined) await this.#store.feeds.put({ id, network: this.#network, kind: 'events', format: 'lamps', settings: {}, enabled: true }, 0)
    this.#hasFeed = true
  }
}
