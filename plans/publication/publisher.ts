// The publication of each minute, kept: once per network and minute, whoever makes it, and told in the event log.
import { formatDay, LocalTime, parseDay, weekdayOf } from '../../model/local-time.ts'
import type { Network } from '../../model/network.ts'
import type { Publication } from '../../model/publication.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { Instant } from '../../model/units.ts'
import { FRESH_S } from '../live/freshness.ts'
import type { Clock } from '../ports/clock.ts'
import type { NetworkRecord } from '../ports/networks.ts'
import type { Store } from '../ports/store.ts'
import { PUBLISHED_EVERY_S } from './aged.ts'
import { congestedPlaces, placesInOrder } from './congested.ts'
import { snapshot, type SnapshotInput } from './snapshot.ts'
import { publishedStreets, type PublishedStreets } from './streets.ts'
import { typicalTimes } from './typical.ts'

/** Days that "typical" looks back on, and how many of one kind are enough. */
const LOOK_BACK = { days: 35, enough: 10 } as const

interface KnownNetwork {
  version: number
  network: Network
  streets: PublishedStreets
  local: LocalTime
  /** Measured days of the kind that `day` is. */
  usual: { day: number; days: TrafficState[] }
}

export interface PublisherOptions {
  store: Pick<Store, 'networks' | 'states' | 'snapshots' | 'tx'>
  clock: Clock
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #known = new Map<string, KnownNetwork>()

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** The minutes of the network must be stored. Undefined where somebody has published this minute already, or the network is gone. */
  async publish(id: string): Promise<Publication | undefined> {
    const { store, clock } = this.#options
    const now = clock.now()
    const record = await store.networks.get(id)
    const before = await store.snapshots.latest(id)
    if (record === undefined || isOf(before?.computed_at, now)) return undefined
    const known = await this.#get(record, now)
    const previous = before?.document as Publication | undefined
    const publication = composed({
      network_id: id, network_version: record.version, network: known.network, ...known.streets, minutes: await store.states.minutes(id, now - FRESH_S.old - 2 * PUBLISHED_EVERY_S, now),
      typical: typicalTimes(known.streets, known.network, known.usual.days, known.local.timeOfDay(now)), notices: [], now, ...(previous?.format === 'greenwave.publication/1' ? { previous } : {}),
    })
    const first = await store.tx(async (stores) => {
      if (isOf((await stores.snapshots.latest(id))?.computed_at, now)) return false
      await stores.snapshots.put({ id: publication.id, network: id, computed_at: now, document: publication })
      const { index, coverage } = publication
      await stores.events.append({ time_s: now, kind: 'state.snapshot', network: id, body: { publication: publication.id, index, coverage } })
      return true
    })
    return first ? publication : undefined
  }

  async #get(record: NetworkRecord, now: Instant): Promise<KnownNetwork> {
    const { store } = this.#options
    let known = this.#known.get(record.id)
    if (known?.version !== record.version) {
      const scenario = (await store.networks.scenario(record.id, record.version))!
      known = { version: record.version, network: scenario.network, streets: publishedStreets(scenario), local: new LocalTime(record.time_zone), usual: { day: -1, days: [] } }
      this.#known.set(record.id, known)
    }
    const day = known.local.day(now)
    if (known.usual.day !== day) known.usual = { day, days: await this.#usual(record.id, day) }
    return known
  }

  /** Working days for working days, weekends for weekends. */
  async #usual(network: string, today: number): Promise<TrafficState[]> {
    const { states } = this.#options.store
    const days = (await states.days(network, LOOK_BACK.days)).map((day) => parseDay(day)!).filter((day) => day < today && today - day <= LOOK_BACK.days)
    const weekend = (day: number): boolean => weekdayOf(day) >= 6
    const found: TrafficState[] = []
    for (const day of days.filter((one) => weekend(one) === weekend(today)).slice(0, LOOK_BACK.enough)) {
      const state = await states.day(network, formatDay(day))
      if (state !== undefined) found.push(state)
    }
    return found
  }
}

const minuteOf = (instant: Instant): number => Math.floor(instant / PUBLISHED_EVERY_S)
const isOf = (computed_at: Instant | undefined, now: Instant): boolean => computed_at !== undefined && minuteOf(computed_at) === minuteOf(now)

/** Twice: which places are congested follows from what is shown of the segments. */
function composed(input: Omit<SnapshotInput, 'places'>): Publication {
  const bare = snapshot({ ...input, places: [] })
  const places = congestedPlaces(bare).map((place) => ({ ...place, trend: 'unknown' as const }))
  if (places.length === 0) return bare
  return snapshot({ ...input, places: placesInOrder(snapshot({ ...input, places }), input.previous) })
}
