// The driver of traffic lights in SUMO. All lights of one run share its connection. It stays while this process lives, because a SUMO whose only client
// goes away ends; it does not keep a process alive that has nothing else to do.
import { LocalTime } from '../../../model/local-time.ts'
import type { Signal } from '../../../model/signal.ts'
import type { ControllerDriver } from '../../../plans/ports/controllers.ts'
import { TraciAdapter } from './adapter.ts'
import { parseSettings } from './config.ts'
import type { TraciSettings } from './config.ts'
import { LightKeeper } from './keeper.ts'
import type { StreetSettings } from './street.ts'
import { TraciStreet } from './street.ts'

interface Entry {
  street: TraciStreet
  users: number
  keepers: Map<string, { keeper: LightKeeper; made_of: string }>
}

/** The runs of SUMO that are spoken to, by address. */
export class TraciStreets {
  readonly #streets = new Map<string, Entry>()

  /** The street at an address; the settings of whoever comes first hold. */
  at(settings: StreetSettings): TraciStreet {
    return this.#entry(settings).street
  }

  /** The street and its light for one user; `release` counts it out. */
  use(settings: TraciSettings, signal: Signal, time_zone: string): { street: TraciStreet; keeper: LightKeeper; release: () => void } {
    const entry = this.#entry(settings)
    const keeper = keeperOf(entry, settings, signal, time_zone)
    entry.street.hold(++entry.users > 0)
    let released = false
    return { street: entry.street, keeper, release: () => { if (!released) entry.street.hold(--entry.users > 0); released = true } }
  }

  /** Ends every connection, and each SUMO that has no other client. */
  async close(): Promise<void> {
    const entries = [...this.#streets.values()]
    this.#streets.clear()
    await Promise.all(entries.map(({ street }) => street.close()))
  }

  #entry(settings: StreetSettings): Entry {
    const key = `${settings.host}:${settings.port}`
    const found = this.#streets.get(key) ?? { street: new TraciStreet(settings), users: 0, keepers: new Map() }
    this.#streets.set(key, found)
    return found
  }
}

/** Other settings take hold once the light is on no way to anywhere. */
function keeperOf({ street, keepers }: Entry, settings: TraciSettings, signal: Signal, time_zone: string): LightKeeper {
  const made_of = JSON.stringify([settings, signal, time_zone])
  const found = keepers.get(settings.light)
  if (found !== undefined && (found.made_of === made_of || found.keeper.control.goal !== undefined)) return found.keeper
  found?.keeper.unwatch()
  const keeper = new LightKeeper(street, settings, signal, new LocalTime(time_zone))
  keepers.set(settings.light, { keeper, made_of })
  return keeper
}

export const traciDriver = (streets = new TraciStreets()): ControllerDriver => ({
  protocol: 'traci',
  open(device, context) {
    const settings = parseSettings(device, context.signal)
    return new TraciAdapter(device.id, context, settings, streets.use(settings, context.signal, context.time_zone))
  },
})
