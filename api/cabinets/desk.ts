// What lies ready for cabinets, in memory: what a cabinet is told nearly always is answered from here without asking the store.
import { BUNDLE_EVENT, type CabinetPost, type PublishedBundle } from '../../plans/ports/cabinets.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import type { Stores } from '../../plans/ports/store.ts'

export const PROTOCOL = 'pull'
const CHUNK = 500
/** Devices have no events of their own. */
const DEVICES_EVERY_S = 5

export interface ReadyCabinet {
  device: DeviceRecord
  /** In quotes; undefined while nothing was published. */
  etag?: string
  bundle?: PublishedBundle
  /** Requests of this minute. */
  requests: number
  minute: number
}

export const cabinetOf = ({ id, settings }: DeviceRecord): string => (typeof settings['cabinet'] === 'string' ? settings['cabinet'] : id)

export class CabinetDesk {
  readonly #stores: Pick<Stores, 'devices' | 'events'>
  readonly #post: CabinetPost
  readonly #watch: () => number
  readonly #cabinets = new Map<string, ReadyCabinet>()
  readonly #waiting = new Map<string, Set<() => void>>()
  #seen: number | undefined
  #devices_s = -Infinity

  constructor(stores: Pick<Stores, 'devices' | 'events'>, post: CabinetPost, watch: () => number = () => performance.now() / 1000) {
    this.#stores = stores
    this.#post = post
    this.#watch = watch
  }

  /** Undefined for one that nobody set up. */
  get(cabinet: string): ReadyCabinet | undefined { return this.#cabinets.get(cabinet) }

  get size(): number { return this.#cabinets.size }

  /** How many are asked to come often. */
  watched(now: number): number {
    let count = 0
    for (const { bundle } of this.#cabinets.values()) if (bundle !== undefined && bundle.watched_until_s > now) count++
    return count
  }

  /** Comes back when the cabinet has another bundle; the returned function stops waiting. */
  onChange(cabinet: string, changed: () => void): () => void {
    const waiting = this.#waiting.get(cabinet) ?? new Set()
    this.#waiting.set(cabinet, waiting.add(changed))
    return () => {
      waiting.delete(changed)
      if (waiting.size === 0) this.#waiting.delete(cabinet)
    }
  }

  /** Everybody who waits is let go. */
  release(): void {
    for (const waiting of this.#waiting.values()) for (const changed of waiting) changed()
  }

  /** Looks what has changed; once a second. Throws what the store throws: what is known stands meanwhile. */
  async look(): Promise<void> {
    const { events } = this.#stores
    this.#seen ??= await events.last()
    if (this.#watch() - this.#devices_s >= DEVICES_EVERY_S) await this.#readDevices()
    for (let more = true; more;) {
      const found = await events.since(this.#seen, CHUNK)
      const changed = new Set(found.filter(({ kind }) => kind === BUNDLE_EVENT).map(({ body }) => (body as { cabinet: string }).cabinet))
      for (const cabinet of changed) await this.#readBundle(cabinet)
      this.#seen = found.at(-1)?.seq ?? this.#seen
      more = found.length === CHUNK
    }
  }

  async #readDevices(): Promise<void> {
    const devices = (await this.#stores.devices.list()).filter(({ protocol }) => protocol === PROTOCOL)
    const names = new Set(devices.map(cabinetOf))
    for (const cabinet of this.#cabinets.keys()) if (!names.has(cabinet)) this.#cabinets.delete(cabinet)
    for (const device of devices) {
      const known = this.#cabinets.get(cabinetOf(device))
      if (known !== undefined) known.device = device
      else {
        this.#cabinets.set(cabinetOf(device), { device, requests: 0, minute: 0 })
        await this.#readBundle(cabinetOf(device))
      }
    }
    this.#devices_s = this.#watch()
  }

  async #readBundle(cabinet: string): Promise<void> {
    const known = this.#cabinets.get(cabinet)
    if (known === undefined) return
    const bundle = await this.#post.bundle(cabinet)
    if (bundle === undefined) return
    Object.assign(known, { bundle, etag: `"${bundle.etag}"` })
    for (const changed of this.#waiting.get(cabinet) ?? []) changed()
  }
}
