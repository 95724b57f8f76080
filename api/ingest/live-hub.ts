// The networks that are live in this process: opened with the first batch or question, brought up to date after a restart, their minutes stored every
// few seconds, opened anew when the network has a new version.
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { Ingest, matchingHere, type BatchResult, type IngestFigures, type IngestLimits, type Matching } from '../../plans/live/index.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import type { Claim, Store } from '../../plans/ports/store.ts'
import type { Service } from '../server.ts'
import { groundOf, openBatch } from './decode.ts'
import { decodingHere, type Decoding } from './decoding.ts'
import { type IngestWatch, watchIngest } from './figures.ts'

export interface LiveHubOptions {
  store: Store
  clock: Clock
  /** Seconds that nobody puts on or back, as the clock may be. */
  steady?: Clock
  limits?: Partial<IngestLimits>
  /** Both by default in this thread. */
  matching?: (scenario: Scenario) => Promise<Matching>
  decoding?: Decoding
  warn?: (sentence: string) => void
  watch?: IngestWatch
  /** False in a process that has not the role for it: nothing is live there. */
  ingests?: boolean
}

interface LiveNetwork {
  ingest: Ingest
  scenario: Scenario
  version: number
  looked_s: number
  /** By how much the clock is ahead of the steady one. */
  ahead_s: number
  /** Where no stream shares networks out. */
  claim?: Claim
}

/** Minutes are stored, and new versions looked for, so often. */
const MINUTES_MS = 5000
const LOOK_S = 30
/** A clock that was put back by more has told vehicles and minutes that are yet to come: beside them those of now would count as late. */
const BACK_S = 30
/** A process that was killed is gone from the database by then. */
const CLAIM_TRIES = 4
const CLAIM_AGAIN_MS = 500

export class LiveHub {
  readonly #options: LiveHubOptions
  readonly #decoding: Decoding
  readonly #networks = new Map<string, Promise<LiveNetwork>>()
  readonly #ingests = new Map<string, Ingest>()
  /** Of each network, when the last batch that came will be in its queue. */
  readonly #turns = new Map<string, Promise<void>>()
  #elsewhere: ((network: string) => boolean) | undefined
  /** Networks that were asked for and are live in another process. */
  readonly #foreign = new Set<string>()
  readonly #timer: NodeJS.Timeout
  #closed = false

  constructor(options: LiveHubOptions) {
    this.#options = options
    this.#decoding = options.decoding ?? decodingHere()
    this.#timer = setInterval(() => void this.storeMinutes(), MINUTES_MS).unref()
  }

  /**
   * Resolves after the commit. `bytes`: CSV or NDJSON, packed by gzip or not. Batches of a network are placed in the order of the calls, whichever is
   * decoded first. Throws as `Ingest.submit`, `openBatch` and `decodeBatch` do.
   */
  async submit(feed: FeedRecord, id: string, bytes: Uint8Array): Promise<BatchResult> {
    const { watch } = this.#options
    const began = performance.now()
    try {
      const result = await this.#take(feed, id, bytes)
      watch?.batch(result, (performance.now() - began) / 1000)
      return result
    } catch (error) {
      watch?.refused(error instanceof GreenwaveError ? error.code : 'internal')
      throw error
    }
  }

  async #take(feed: FeedRecord, id: string, bytes: Uint8Array): Promise<BatchResult> {
    requireProbes(feed)
    const turn = this.#turn(feed.network)
    try {
      const { ingest, scenario } = await this.#network(feed.network)
      const busy = ingest.has(feed.id, id) ? undefined : ingest.busy()
      if (busy !== undefined) throw busy
      const open = await openBatch(bytes)
      const { content } = open
      const known = ingest.known({ feed: feed.id, id, content })
      if (known !== undefined) return known
      const { fixes, health } = await this.#decoding.decode(feed, groundOf(scenario), open.bytes, this.#options.clock.now())
      await turn.mine
      return ingest.submit({ feed: feed.id, id, content, fixes, health })
    } finally {
      turn.over()
    }
  }

  /** Where several processes share the networks out, `elsewhere` says which are not this one's; their state of now isn't known here. */
  share(elsewhere: (network: string) => boolean): void {
    this.#elsewhere = elsewhere
  }

  /** Whether what is live of the network is live here. */
  holds(network: string): boolean {
    return this.#elsewhere?.(network) !== true
  }

  /** Finishes what was taken of the network and forgets it. */
  async release(network: string): Promise<void> {
    await this.#turns.get(network)
    const opening = this.#networks.get(network)
    this.#networks.delete(network)
    this.#ingests.delete(network)
    const live = await opening?.catch(() => undefined)
    await live?.ingest.close()
    await live?.claim?.release().catch(() => {})
  }

  /** What is wrong with how networks are shared out; undefined where nothing is. */
  get trouble(): string | undefined {
    return this.#foreign.size === 0 ? undefined : [...this.#foreign].map(elsewhere).join('; ')
  }

  /** Throws `request.unknown` for a network that is not there. */
  async ingest(network: string): Promise<Ingest> {
    return (await this.#network(network)).ingest
  }

  /** Of each network that is live here. */
  figures(): IngestFigures[] {
    return [...this.#ingests.values()].map((ingest) => ingest.figures())
  }

  async storeMinutes(): Promise<void> {
    for (const opening of this.#networks.values()) {
      try {
        await (await opening).ingest.storeMinutes()
      } catch (error) {
        this.#options.warn?.(`minutes wait to be stored: ${(error as Error).message}`)
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await Promise.all([...this.#networks.values()].map(async (opening) => {
      const live = await opening.catch(() => undefined)
      await live?.ingest.close()
      await live?.claim?.release().catch(() => {})
    }))
    await this.#decoding.close()
  }

  #turn(network: string): { mine: Promise<void>; over: () => void } {
    const before = this.#turns.get(network) ?? Promise.resolve()
    let over!: () => void
    const left = new Promise<void>((resolve) => { over = resolve })
    // Also a batch that was refused at once must not let others come before those that are still being decoded.
    this.#turns.set(network, before.then(() => left))
    return { mine: before, over }
  }

  async #network(id: string): Promise<LiveNetwork> {
    if (this.#closed) throw new GreenwaveError('service.stopping', 'The service is stopping')
    if (this.#options.ingests === false) throw new GreenwaveError('service.elsewhere', 'This process takes no batches and knows no state of now: it has not the role ingest')
    const opening = this.#networks.get(id) ?? this.#open(id)
    const live = await opening
    await this.#keep(id, live)
    const now = this.#options.clock.now()
    const ahead_s = this.#aheadOf(now)
    const wasPutBack = ahead_s < live.ahead_s - BACK_S
    live.ahead_s = ahead_s
    if (wasPutBack) this.#options.warn?.(`the clock was put back: what is live of ${id} begins anew`)
    else {
      if (now - live.looked_s < LOOK_S) return live
      live.looked_s = now
      const record = await this.#options.store.networks.get(id)
      if (record?.version === live.version) return live
    }
    // Whoever comes meanwhile waits for the new one; what the old one has is stored first.
    if (this.#networks.get(id) === opening) this.#forget(id, live)
    return this.#networks.get(id) ?? this.#open(id)
  }

  #forget(id: string, live: LiveNetwork): void {
    this.#networks.delete(id)
    void live.ingest.close()
  }

  #aheadOf(now: number): number {
    return now - (this.#options.steady?.now() ?? performance.now() / 1000)
  }

  #open(id: string): Promise<LiveNetwork> {
    const opening = this.#begin(id)
    this.#networks.set(id, opening)
    opening.catch(() => { if (this.#networks.get(id) === opening) this.#networks.delete(id) })
    return opening
  }

  async #begin(id: string): Promise<LiveNetwork> {
    const { store, clock, limits, warn, matching = async ({ network }) => matchingHere(new RoadGraph(network)) } = this.#options
    const record = await store.networks.get(id)
    const scenario = record === undefined ? undefined : await store.networks.scenario(id, record.version)
    if (record === undefined || scenario === undefined) throw new GreenwaveError('request.unknown', `There is no network ${JSON.stringify(id)}`)
    const claim = await this.#claim(id)
    const ingest = new Ingest({ network: id, map: scenario.network, matching: await matching(scenario), store, clock, ...(limits === undefined ? {} : { limits }), ...(warn === undefined ? {} : { warn }) })
    await ingest.rebuild()
    this.#ingests.set(id, ingest)
    return { ingest, scenario, version: record.version, looked_s: clock.now(), ahead_s: this.#aheadOf(clock.now()), ...(claim === undefined ? {} : { claim }) }
  }

  /** Undefined where a stream shares networks out. Throws `service.elsewhere`: two processes that take the batches of one network would each know half of it. */
  async #claim(id: string): Promise<Claim | undefined> {
    for (let tries = 1; this.#elsewhere === undefined; tries++) {
      const claim = await this.#options.store.claim(`live ${id}`)
      if (claim !== undefined) {
        this.#foreign.delete(id)
        return claim
      }
      if (tries === CLAIM_TRIES) {
        this.#foreign.add(id)
        throw new GreenwaveError('service.elsewhere', elsewhere(id))
      }
      await sleep(CLAIM_AGAIN_MS)
    }
    return undefined
  }

  /** While the database is away batches wait for it; who comes back first has the network. */
  async #keep(id: string, live: LiveNetwork): Promise<void> {
    if (live.claim?.held !== false) return
    try {
      const claim = await this.#claim(id)
      if (claim !== undefined) live.claim = claim
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      if (error.code === 'store.unreachable') return
      // Nobody waits for the turns of others here: the batch that found it out has one.
      if (error.code === 'service.elsewhere') this.#forget(id, live)
      throw error
    }
  }
}

const elsewhere = (network: string): string => `The batches of network ${JSON.stringify(network)} are taken by another process on this database; without NATS only one process can do that: name the same NATS in all of them, or leave the role ingest to one`

/** Throws where a feed takes no batches. */
export function requireProbes({ id, kind, enabled }: FeedRecord): void {
  if (kind !== 'probes') throw new GreenwaveError('request.invalid', `The feed ${JSON.stringify(id)} is of ${kind}; only probes come in batches`)
  if (!enabled) throw new GreenwaveError('request.forbidden', `The feed ${JSON.stringify(id)} is switched off`)
}

const hubs = new WeakMap<Service, LiveHub>()

/** The one of a service, for its routes and for brokers; the first caller's options hold. */
export function liveHubOf(service: Service, options: Partial<LiveHubOptions> = {}): LiveHub {
  let hub = hubs.get(service)
  if (hub === undefined) {
    const own = new LiveHub({ store: service.store, clock: service.clock, ingests: service.roles.has('ingest'), watch: watchIngest(service, () => own.figures()), ...options })
    service.checks.push({ name: 'ingest', aside: true, ask: async () => own.trouble })
    hubs.set(service, hub = own)
  }
  return hub
}

/** Threads to match on, the one that answers left out. */
export const spareThreads = (): number => Math.max(1, availableParallelism() - 1)
