// The street as it is now: simulated by the clock, its probes sent as any feed sends them. The last quarter of an hour is made up for first, so that there
// is something to see at once.
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { Instant } from '../../model/units.ts'
import { timingReader } from '../../plans/workflow/index.ts'
import type { BatchDoor } from '../ingest/door.ts'
import type { PartLog } from '../parts/part.ts'
import type { Service } from '../server.ts'
import { DEMO_FEED } from './furnish.ts'
import type { Told } from './messages.ts'
import type { Stretch } from './street.ts'
import type { Street } from './street-thread.ts'
import { DEMO_NETWORK } from './town.ts'
import { stretchFrom, type StreetTimings, withDeployed, wordFrom } from './timings.ts'

const TICK_S = 5
const CATCH_UP_S = 900
/** A minute at a time, as a feed that was cut off would send what it kept. */
const CATCH_UP_STEP_S = 60
/** Longer silent (a computer that slept), and the time between is let go. */
const GIVE_UP_S = 1800
/** Schedules are looked at this often. */
const LOOK_S = 30
/** Batches that wait for a store that is away. */
const MOST_WAITING = 200

export interface LiveTownOptions {
  service: Pick<Service, 'store' | 'clock'>
  door: Pick<BatchDoor, 'submit'>
  street: Street
  time_zone: string
  seed: number
  log: PartLog
}

export class LiveTown {
  readonly #options: LiveTownOptions
  readonly #local: LocalTime
  readonly #reader: StreetTimings
  /** Told up to here. */
  #told: Instant
  #stretch: (Stretch & { ends: Instant; over: boolean }) | undefined
  #looked: Instant = -Infinity
  #again = 0
  /** In the names of batches: the process before may have told others of the same second. */
  readonly #run = crypto.randomUUID().slice(0, 8)
  #waiting: { id: string; told: Told }[] = []
  #said = ''
  #timer: NodeJS.Timeout | undefined
  #ticking: Promise<void> = Promise.resolve()
  #stopped = false

  /** `told`: what was stored reaches up to there. */
  constructor(options: LiveTownOptions, told: Instant) {
    this.#options = options
    this.#local = new LocalTime(options.time_zone)
    this.#reader = withDeployed(options.service.store, timingReader(options.service.store))
    this.#told = Math.max(told, options.service.clock.now() - CATCH_UP_S)
  }

  /** Resolves when the street is where the clock is; goes on by itself from then on. */
  async start(): Promise<void> {
    this.#ticking = this.#tick()
    await this.#ticking
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#ticking
  }

  #schedule(): void {
    if (this.#stopped) return
    const now = this.#options.service.clock.now()
    this.#timer = setTimeout(() => {
      this.#ticking = this.#tick().finally(() => this.#schedule())
    }, (TICK_S - (now % TICK_S)) * 1000)
  }

  async #tick(): Promise<void> {
    try {
      const now = this.#options.service.clock.now()
      if (now - this.#told > GIVE_UP_S) this.#leave(now - CATCH_UP_S)
      while (!this.#stopped && this.#told < now) {
        await this.#go(Math.min(now, this.#told + CATCH_UP_STEP_S))
        await this.#send()
      }
      this.#said = ''
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      if (sentence !== this.#said) this.#options.log.warn({ err: error }, `the simulated street waits: ${sentence}`)
      this.#said = sentence
    }
  }

  #leave(told: Instant): void {
    this.#told = told
    this.#stretch = undefined
  }

  /** One step of the street, at most to the end of its stretch. */
  async #go(to: Instant): Promise<void> {
    const stretch = await this.#current()
    const until = Math.min(to, stretch.ends)
    const told = await this.#options.street.advance(until)
    this.#told = until
    stretch.over = until >= stretch.ends
    if (told.over && !stretch.over) {
      // Vehicles wait for each other in a circle: others set out in their place.
      this.#again++
      this.#stretch = undefined
    }
    if (told.fixes === 0) return
    this.#waiting.push({ id: `${new Date(until * 1000).toISOString()} ${this.#run}`, told })
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
  }

  async #current(): Promise<Stretch & { ends: Instant; over: boolean }> {
    const known = this.#stretch
    const now = this.#told
    if (known !== undefined && !known.over && now - this.#looked < LOOK_S) return known
    this.#looked = now
    const next = await stretchFrom(this.#reader, { network: DEMO_NETWORK, local: this.#local, from: now, seed: this.#options.seed + this.#again })
    if (known !== undefined && !known.over && wordFrom(known.timings, next.from_s) === wordFrom(next.timings, next.from_s)) return known
    await this.#options.street.begin(next)
    return (this.#stretch = { ...next, ends: now - next.from_s + next.until_s, over: false })
  }

  async #send(): Promise<void> {
    const { service: { store }, door } = this.#options
    while (this.#waiting.length > 0) {
      const feed = await store.feeds.get(DEMO_FEED)
      if (feed === undefined) throw new GreenwaveError('request.unknown', `there is no feed "${DEMO_FEED}"`)
      const { id, told } = this.#waiting[0]!
      if (feed.enabled) await door.submit(feed, id, told.csv)
      this.#waiting.shift()
    }
  }
}
