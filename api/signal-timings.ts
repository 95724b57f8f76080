// What cabinets ask for, ready to be sent. A cabinet asks every second and nearly always has what there is: that answer must cost nothing.
import { GreenwaveError } from '../model/errors.ts'
import type { SignalId } from '../model/signal.ts'
import type { Instant } from '../model/units.ts'
import { hashOf } from '../plans/ports/canonical.ts'
import type { Clock } from '../plans/ports/clock.ts'
import type { ServiceEvent } from '../plans/ports/event-log.ts'
import type { Stores } from '../plans/ports/store.ts'
import { timingReader, type Calendar, type SignalTiming, type TimingReader } from '../plans/workflow/index.ts'
import { timeOf } from './http/instants.ts'

/** The event log is asked this often whether schedules or networks have changed. */
const LOOK_EVERY_MS = 1000
/** Everything is read and proven anew this often, whatever the log says; and without a store, what is known stands this long. */
const BELIEVE_S = 60
const CHUNK = 500

export interface ReadyTiming {
  tag: string
  body: string
  until_s: Instant
  /** When it was found: a clock may be put back to before. */
  since_s: Instant
}

interface KnownNetwork {
  reader: TimingReader
  /** Added to the reader's watch: makes what it read old. */
  skipped_s: number
  read_s: number
  signals: Map<SignalId, ReadyTiming>
}

export interface SignalTimingsOptions {
  stores: Pick<Stores, 'networks' | 'plans' | 'schedules' | 'audit' | 'events'>
  clock: Clock
  /** Holidays by network; none by default. */
  calendarOf?: (network: string) => Calendar | Promise<Calendar>
  /** Monotonic, s. */
  watch?: () => number
}

export class SignalTimings {
  readonly #options: SignalTimingsOptions
  readonly #watch: () => number
  readonly #networks = new Map<string, KnownNetwork>()
  #seen: number | undefined
  #looked_s = -Infinity
  #looking: Promise<void> | undefined

  constructor(options: SignalTimingsOptions) {
    this.#options = options
    this.#watch = options.watch ?? (() => performance.now() / 1000)
  }

  /** Throws `request.unknown` for a network or signal that there is not. */
  async get(network: string, signal: SignalId): Promise<ReadyTiming> {
    if (!this.#hasLooked()) await (this.#looking ??= this.#look().finally(() => { this.#looking = undefined }))
    return this.#ready(network, signal) ?? this.#read(network, signal, this.#options.clock.now())
  }

  /** What `get` would answer without asking anybody; undefined where it would ask. */
  known(network: string, signal: SignalId): ReadyTiming | undefined {
    return this.#hasLooked() ? this.#ready(network, signal) : undefined
  }

  #hasLooked(): boolean {
    return this.#watch() - this.#looked_s < LOOK_EVERY_MS / 1000
  }

  #ready(network: string, signal: SignalId): ReadyTiming | undefined {
    const now = this.#options.clock.now()
    const known = this.#networks.get(network)
    const ready = known?.signals.get(signal)
    return ready !== undefined && now >= ready.since_s && now < ready.until_s && this.#watch() - known!.read_s < BELIEVE_S ? ready : undefined
  }

  async #read(network: string, signal: SignalId, now: Instant): Promise<ReadyTiming> {
    const place = this.#networks.get(network) ?? this.#newPlace()
    if (this.#watch() - place.read_s >= BELIEVE_S) this.#drop(place)
    const { signals } = place
    const ready = readyOf(await place.reader.currentTiming(network, signal, now), now)
    // What was dropped meanwhile is another map: a reading that began before the change is not kept.
    signals.set(signal, ready)
    if (!this.#networks.has(network)) this.#networks.set(network, place)
    return ready
  }

  #newPlace(): KnownNetwork {
    const { stores, calendarOf } = this.#options
    const place: KnownNetwork = { reader: undefined as never, skipped_s: 0, read_s: this.#watch(), signals: new Map() }
    place.reader = timingReader(stores, { ...(calendarOf === undefined ? {} : { calendarOf }), fresh_s: BELIEVE_S, watch: () => this.#watch() + place.skipped_s })
    return place
  }

  #drop(place: KnownNetwork): void {
    place.skipped_s += BELIEVE_S
    place.read_s = this.#watch()
    place.signals = new Map()
  }

  async #look(): Promise<void> {
    const { events } = this.#options.stores
    try {
      this.#seen ??= await events.last()
      for (let more = true; more;) {
        const found = await events.since(this.#seen, CHUNK)
        for (const event of found) if (changesTiming(event)) this.#forget(event.network)
        this.#seen = found.at(-1)?.seq ?? this.#seen
        more = found.length === CHUNK
      }
    } catch (error) {
      // The store is away: what was read within the last minute still stands; what was not is asked for and says so.
      if (!(error instanceof GreenwaveError)) throw error
    }
    this.#looked_s = this.#watch()
  }

  #forget(network: string | undefined): void {
    for (const [id, place] of this.#networks) if (network === undefined || id === network) this.#drop(place)
  }
}

const STEPS: ReadonlySet<unknown> = new Set(['plan.schedule', 'plan.push', 'plan.verify', 'plan.retire'])

const changesTiming = ({ kind, body }: ServiceEvent): boolean =>
  kind === 'network.changed' || kind === 'settings.changed' || kind === 'schedule.changed' || (kind === 'plan.changed' && STEPS.has((body as { action?: unknown } | null)?.action))

function readyOf({ signal, plan, hash, until_s, doubts, pattern, compiled }: SignalTiming, since_s: Instant): ReadyTiming {
  const { signal: _same, ...timing } = compiled
  const body = { signal, hash, valid_until: timeOf(until_s), ...(plan === undefined ? {} : { plan }), doubts, pattern, compiled: timing }
  return { tag: hashOf(body).slice(0, 32), body: JSON.stringify(body), until_s, since_s }
}
