// From batches of fixes to committed rows and the state of now: a bounded queue, matching, and commits of many batches at once. A batch is
// acknowledged after its commit and never before; the same batch again gets the first answer. While one commit runs the next rows are made.
import { setTimeout as sleep } from 'node:timers/promises'
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedHealth } from '../../model/feed.ts'
import { findProjection } from '../../model/projection.ts'
import type { Network } from '../../model/network.ts'
import type { Instant } from '../../model/units.ts'
import { addIssues } from '../ports/feed-days.ts'
import type { Batch, BatchOutcome, MatchedRow } from '../ports/observations.ts'
import type { Clock } from '../ports/clock.ts'
import type { LinkMinute } from '../ports/states.ts'
import type { Store } from '../ports/store.ts'
import { columnsOf, FIELDS, type FixColumns } from './fix-columns.ts'
import { FRESH_S } from './freshness.ts'
import { LEFT_OUT, NOWHERE, type PlacedFixes } from './live-matcher.ts'
import { LiveState } from './live-state.ts'
import type { Matching, Refusal } from './matching.ts'
import { MINUTE_S } from './passages.ts'

export interface FixBatch {
  feed: string
  /** Unique within its feed. */
  id: string
  /** As in `Batch`. */
  content?: string
  fixes: FixColumns
  /** Of the decoder; the fixes are those that it accepted. */
  health: FeedHealth
}

export interface BatchResult {
  feed: string
  batch: string
  /** `duplicate`: it was there already. */
  outcome: BatchOutcome
  /** Records in it, and those that are believed. */
  read: number
  accepted: number
  issues: FeedHealth['issues']
}

export interface IngestOptions {
  /** Its id in the store. */
  network: string
  map: Network
  matching: Matching
  store: Pick<Store, 'observations' | 'states'>
  clock: Clock
  /** Seconds that nobody puts on or back, as the clock may be. */
  steady?: Clock
  limits?: Partial<IngestLimits>
  /** Takes what went wrong and is tried again. */
  warn?: (sentence: string) => void
}

export interface IngestLimits {
  /** The oldest batch that is not committed may be so old; then no more are taken. */
  wait_s: number
  /** Fixes that are not committed. */
  fixes: number
  /** Fixes in one commit, about. */
  commit_fixes: number
  /** Answers that are remembered for senders that ask again. */
  answers: number
  /** Read back after a restart at most, where the last two minutes have not more. */
  rebuild_fixes: number
  /** Between attempts to store; doubles from the first to the second. */
  retry_ms: readonly [number, number]
}

const LIMITS: IngestLimits = { wait_s: 5, fixes: 500_000, commit_fixes: 20_000, answers: 10_000, rebuild_fixes: 200_000, retry_ms: [100, 5000] }
/** Read back after a restart at least: as long as a vehicle may be silent. */
const REBUILD_S = 120
/** And where few vehicles tell anything: until no link that could still be told of is missing. */
const REBUILD_MOST_S = FRESH_S.old + REBUILD_S

interface Pending {
  batch: FixBatch
  /** By the steady clock. */
  since_s: number
  answer: Promise<BatchResult>
  resolve: (result: BatchResult) => void
  reject: (error: unknown) => void
}

export interface IngestFigures {
  batches: number
  fixes: number
  waiting_batches: number
  waiting_fixes: number
  /** Of the oldest batch that is not committed; 0 without any. */
  oldest_s: number
}

/** Takes the batches of one network's feeds. */
export class Ingest {
  readonly state: LiveState
  readonly #options: IngestOptions
  readonly #limits: IngestLimits
  readonly #toLonLat
  /** Not yet committed, oldest first. */
  readonly #pending = new Map<string, Pending>()
  readonly #steady: Clock
  readonly #answered = new Map<string, { content?: string; result: BatchResult }>()
  #queue: Pending[] = []
  #waitingFixes = 0
  #batches = 0
  #fixes = 0
  #working: Promise<void> | undefined
  #committing: Promise<void> = Promise.resolve()
  #closed = false
  /** Minutes before it were told by an earlier process, with all that it had seen. */
  #minutesFrom: Instant = -Infinity
  #minutes = new Map<string, LinkMinute>()

  constructor(options: IngestOptions) {
    this.#options = options
    this.#steady = options.steady ?? { now: () => performance.now() / 1000 }
    this.#limits = { ...LIMITS, ...options.limits }
    this.state = new LiveState(options.map)
    this.#toLonLat = findProjection(options.map.coordinate_reference)
  }

  /** Brings matcher and state to where an earlier process left them, from the last two minutes in the store. Answers the fixes read. */
  async rebuild(): Promise<number> {
    const { network, store, clock, matching } = this.#options
    const now = clock.now()
    const from = Math.floor((now - await this.#rebuildFor(now)) / MINUTE_S) * MINUTE_S
    // Earlier minutes were stored by the process before. Vehicles are placed anew in the first minute, which is therefore not whole.
    this.#minutesFrom = Math.floor((now - REBUILD_S) / MINUTE_S) * MINUTE_S + MINUTE_S
    let read = 0
    for await (const rows of store.observations.fixes(network, from, now + MINUTE_S)) {
      const byFeed = new Map<string, MatchedRow[]>()
      for (const row of rows) byFeed.set(row.feed, [...(byFeed.get(row.feed) ?? []), row])
      for (const [feed, own] of byFeed) {
        const fixes = columnsOf(own.map(({ vehicle, time_s, lon, lat, speed_mps, heading_deg }) => {
          const [x_m, y_m] = this.#toLonLat?.fromLonLat(lon, lat) ?? [lon, lat]
          return { vehicle, time_s, x_m, y_m, speed_mps, heading_deg }
        }))
        const [placed] = await matching.match([{ feed, fixes }])
        if (placed !== undefined && !('error' in placed)) this.state.add(placed)
        read += own.length
      }
    }
    return read
  }

  /** How far to read back, s: as many fixes as a start may cost, by how many the last minutes have. */
  async #rebuildFor(now: Instant): Promise<number> {
    const limit = this.#limits.rebuild_fixes
    let count = 0
    for await (const rows of this.#options.store.observations.fixes(this.#options.network, now - REBUILD_S, now)) {
      count += rows.length
      if (count >= limit) break
    }
    return Math.min(REBUILD_MOST_S, Math.max(REBUILD_S, (REBUILD_S * limit) / Math.max(1, count)))
  }

  /**
   * Resolves after the commit. A batch that is on its way or was answered lately gets that answer, `batch.other` where it has other content. Throws `service.busy` where the queue is too long:
   * nothing of the batch was taken then; and what the store throws where trying again does not help.
   */
  submit(batch: FixBatch): Promise<BatchResult> {
    const known = this.known(batch)
    if (known !== undefined) return known
    const busy = this.busy()
    if (busy !== undefined) return Promise.reject(busy)
    const { promise: answer, resolve, reject } = deferred<BatchResult>()
    const pending: Pending = { batch, since_s: this.#steady.now(), answer, resolve, reject }
    this.#pending.set(keyOf(batch), pending)
    this.#queue.push(pending)
    this.#waitingFixes += batch.fixes.vehicles.length
    this.#working ??= this.#work()
    return answer
  }

  /** The answer to a batch that is known here; undefined for others. Spares reading its fixes. */
  known(batch: Named): Promise<BatchResult> | undefined {
    const key = keyOf(batch)
    const [answered, pending] = [this.#answered.get(key), this.#pending.get(key)]
    const before = answered ?? pending?.batch
    if (before === undefined) return undefined
    const other = otherThan(batch, before)
    if (other !== undefined) return Promise.reject(other)
    return answered === undefined ? pending!.answer : Promise.resolve(answered.result)
  }

  /** Whether a batch of that name is known here. */
  has(feed: string, id: string): boolean {
    const key = keyOf({ feed, id })
    return this.#answered.has(key) || this.#pending.has(key)
  }

  /** Why no more is taken now; undefined where there is room. */
  busy(): GreenwaveError | undefined {
    if (this.#closed) return new GreenwaveError('service.stopping', 'The service is stopping and takes no more batches')
    const { oldest_s, waiting_fixes, waiting_batches } = this.figures()
    if (oldest_s <= this.#limits.wait_s && waiting_fixes < this.#limits.fixes) return undefined
    return new GreenwaveError('service.busy', `${waiting_batches} batches with ${waiting_fixes} fixes wait to be stored, the oldest for ${oldest_s.toFixed(1)} s; this one was not taken`)
  }

  figures(): IngestFigures {
    const oldest = this.#pending.values().next().value
    return {
      batches: this.#batches, fixes: this.#fixes, waiting_batches: this.#pending.size, waiting_fixes: this.#waitingFixes,
      oldest_s: oldest === undefined ? 0 : this.#steady.now() - oldest.since_s,
    }
  }

  /** Stores the minutes that changed; those that could not be stored come with the next call. */
  async storeMinutes(): Promise<number> {
    for (const minute of this.state.takeMinutes(this.#minutesFrom)) this.#minutes.set(`${minute.time_s} ${minute.link}`, minute)
    const own = this.#minutes
    if (own.size === 0) return 0
    this.#minutes = new Map()
    try {
      await this.#options.store.states.putMinutes(this.#options.network, [...own.values()])
      return own.size
    } catch (error) {
      this.#minutes = new Map([...own, ...this.#minutes])
      throw error
    }
  }

  /** Takes no more; resolves when what was taken is committed or given up: what can't be stored within `ms` was never acknowledged. */
  async close(ms = 5000): Promise<void> {
    this.#closed = true
    const gaveUp = new AbortController()
    await Promise.race([this.#working ?? Promise.resolve(), sleep(ms, undefined, { signal: gaveUp.signal, ref: false }).catch(() => {})])
    gaveUp.abort()
    for (const pending of this.#pending.values()) this.#fail(pending, new GreenwaveError('service.stopping', 'The service stopped before this batch was stored; send it again'))
    await this.storeMinutes().catch(() => {})
    await this.#options.matching.close()
  }

  async #work(): Promise<void> {
    // What comes in the same turn goes into the same commit.
    await Promise.resolve()
    for (let next = this.#matchNext(); next !== undefined;) {
      const { group, placing } = next
      const placed = await placing
      // Whoever matches has the next ones while the rows of these are made.
      next = this.#matchNext()
      const batches = this.#rowsOf(group, placed)
      await this.#committing
      this.#committing = this.#commit(batches)
      if (next !== undefined) continue
      await this.#committing
      next = this.#matchNext()
    }
    this.#working = undefined
  }

  /** Undefined where nothing waits. */
  #matchNext(): { group: Pending[]; placing: Promise<(PlacedFixes | Refusal)[]> } | undefined {
    if (this.#queue.length === 0) return undefined
    const group = this.#takeGroup()
    const placing = this.#options.matching.match(group.map(({ batch: { feed, fixes } }) => ({ feed, fixes }))).catch((error: unknown) => group.map(() => ({ error })))
    return { group, placing }
  }

  #takeGroup(): Pending[] {
    let fixes = 0
    let n = 0
    while (n < this.#queue.length && (n === 0 || fixes + this.#queue[n]!.batch.fixes.vehicles.length <= this.#limits.commit_fixes)) fixes += this.#queue[n++]!.batch.fixes.vehicles.length
    return this.#queue.splice(0, n)
  }

  /** Also brings the state up to date: what is seen is shown before it is stored. */
  #rowsOf(group: readonly Pending[], placed: readonly (PlacedFixes | Refusal)[]): { pending: Pending; batch: Batch }[] {
    const received_s = this.#options.clock.now()
    return group.flatMap((pending, k) => {
      const one = placed[k]!
      if ('error' in one) {
        this.#fail(pending, one.error)
        return []
      }
      this.state.add(one)
      const { feed, id, content, fixes, health } = pending.batch
      const rows = rowsOf(this.#options.map, fixes, one)
      return [{ pending, batch: { feed, id, ...(content === undefined ? {} : { content }), received_s, fixes: rows, health: { ...health, source: feed, accepted: one.accepted, issues: addIssues([...health.issues, ...one.issues]) } } }]
    })
  }

  async #commit(group: { pending: Pending; batch: Batch }[]): Promise<void> {
    const { observations } = this.#options.store
    // Where one of them is at fault, the others are stored without it.
    const outcomes = await this.#tryAgain(() => observations.appendAll(group.map(({ batch }) => batch))).catch(() => [])
    for (const [k, { pending, batch }] of group.entries()) {
      try {
        await this.#conclude(pending, batch, outcomes[k] ?? await this.#tryAgain(() => observations.append(batch)))
      } catch (error) {
        this.#fail(pending, error)
      }
    }
  }

  /** A store that is away or full is asked again until it answers or the ingest is closed. */
  async #tryAgain<T>(store: () => Promise<T>): Promise<T> {
    let [pause, longest] = this.#limits.retry_ms
    for (;;) {
      try {
        return await store()
      } catch (error) {
        const passing = error instanceof GreenwaveError && (error.code === 'store.unreachable' || error.code === 'store.full')
        if (!passing || this.#closed) throw error
        this.#options.warn?.(`batches wait to be stored: ${error.message}`)
        await sleep(pause, undefined, { ref: false })
        pause = Math.min(pause * 2, longest)
      }
    }
  }

  /** Who brings again what an earlier process stored gets the answer of then: decoded now, more of it may be too old. */
  async #conclude(pending: Pending, batch: Batch, outcome: BatchOutcome): Promise<void> {
    const before = outcome === 'stored' ? undefined : await this.#tryAgain(() => this.#options.store.observations.find(batch.feed, batch.id))
    const other = before === undefined ? undefined : otherThan(batch, before)
    if (other !== undefined) this.#fail(pending, other)
    else this.#answer(pending, { ...batch, health: before?.health ?? batch.health }, outcome)
  }

  #answer(pending: Pending, { feed, id, content, health }: Batch, outcome: BatchOutcome): void {
    const result: BatchResult = { feed, batch: id, outcome, read: health.read, accepted: health.accepted, issues: health.issues }
    this.#answered.set(keyOf({ feed, id }), { ...(content === undefined ? {} : { content }), result })
    if (this.#answered.size > this.#limits.answers) this.#answered.delete(this.#answered.keys().next().value!)
    this.#batches++
    this.#fixes += pending.batch.fixes.vehicles.length
    if (this.#leave(pending)) pending.resolve(result)
  }

  #fail(pending: Pending, error: unknown): void {
    if (this.#leave(pending)) pending.reject(error)
  }

  #leave({ batch }: Pending): boolean {
    if (!this.#pending.delete(keyOf(batch))) return false
    this.#waitingFixes -= batch.fixes.vehicles.length
    return true
  }
}

type Named = Pick<Batch, 'feed' | 'id' | 'content'>
const keyOf = ({ feed, id }: Named): string => JSON.stringify([feed, id])

/** Why a batch can't have the name of one that came before with other content. Either may be without content: then they count as the same. */
export function otherThan({ feed, id, content }: Named, before: Pick<Batch, 'content'>): GreenwaveError | undefined {
  if (content === undefined || before.content === undefined || content === before.content) return undefined
  return new GreenwaveError('batch.other', `The feed ${JSON.stringify(feed)} has brought another batch under the name ${JSON.stringify(id)} before; nothing of this one was taken`)
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Whoever sent it may be gone.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** Rows of the fixes that are believed. */
export function rowsOf({ links }: Network, { vehicles, values }: FixColumns, { link, places }: PlacedFixes): MatchedRow[] {
  const rows: MatchedRow[] = []
  for (let i = 0; i < vehicles.length; i++) {
    if (link[i] === LEFT_OUT) continue
    const at = i * FIELDS
    const row: MatchedRow = { vehicle: vehicles[i]!, time_s: values[at]!, lon: places[4 * i + 2]!, lat: places[4 * i + 3]! }
    if (link[i] !== NOWHERE) {
      row.link = links[link[i]!]!.id
      row.position_m = places[4 * i]!
      row.offset_m = places[4 * i + 1]!
    }
    if (!Number.isNaN(values[at + 3]!)) row.speed_mps = values[at + 3]!
    if (!Number.isNaN(values[at + 4]!)) row.heading_deg = values[at + 4]!
    rows.push(row)
  }
  return rows
}
