// The driver of traffic lights in SUMO. All lights of one run share its connection: it is opened with the first call and closed with the last adapter.
import type { ControllerDriver } from '../../../plans/ports/controllers.ts'
import { TraciAdapter } from './adapter.ts'
import { parseSettings } from './config.ts'
import type { StreetSettings } from './street.ts'
import { TraciStreet } from './street.ts'

/** The runs of SUMO that are spoken to, by address. */
export class TraciStreets {
  readonly #streets = new Map<string, { street: TraciStreet; users: number }>()

  /** The street at an address; the settings of whoever comes first hold. */
  at(settings: StreetSettings): TraciStreet {
    return this.#entry(settings).street
  }

  /** Counts a user in; the function given back counts it out, and closes the street after the last. */
  use(settings: StreetSettings): { street: TraciStreet; release: () => Promise<void> } {
    const entry = this.#entry(settings)
    entry.users++
    let released = false
    return {
      street: entry.street,
      release: async () => {
        if (released) return
        released = true
        if (--entry.users > 0) return
        this.#streets.delete(key(settings))
        await entry.street.close()
      },
    }
  }

  #entry(settings: StreetSettings): { street: TraciStreet; users: number } {
    const found = this.#streets.get(key(settings)) ?? { street: new TraciStreet(settings), users: 0 }
    this.#streets.set(key(settings), found)
    return found
  }
}

const key = ({ host, port }: StreetSettings): string => `${host}:${port}`

export const traciDriver = (streets = new TraciStreets()): ControllerDriver => ({
  protocol: 'traci',
  open(device, context) {
    const settings = parseSettings(device, context.signal)
    const { street, release } = streets.use(settings)
    return new TraciAdapter(device.id, context, street, settings, release)
  },
})
