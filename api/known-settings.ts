// What administrators switch while the service runs, as it was a moment ago: every request may ask, and the store need not be asked each time.
import { GreenwaveError } from '../model/errors.ts'
import type { WriteLimits } from '../model/device/check-write.ts'
import type { SignalId } from '../model/signal.ts'
import type { Stores } from '../plans/ports/store.ts'
import type { Calendar } from '../plans/workflow/index.ts'

/** What another process switched holds here after this long at the latest, s; what this one switched, at once. */
const BELIEVE_S = 2

export interface ServiceSwitches {
  /** Everybody may read congestion and signs. */
  published: boolean
}

export interface NetworkSettings extends Calendar {
  /** Local time at which its nights are computed, `02:30`; that of the configuration where absent. */
  night_at?: string
  /** Local rules for what is sent to controllers, where they differ from the defaults. */
  write_limits?: NetworkWriteLimits
}

export interface NetworkWriteLimits {
  walk_s?: number
  walking_mps?: number
  /** What somebody measured in the street. */
  crossings?: { signal: SignalId; group: string; width_m: number }[]
  yellow_s?: number
  clock_skew_s?: number
  unread_clock?: WriteLimits['unread_clock']
  maximum_red_s?: number
  cycle_change_s?: number
  /** Share of the green running now. */
  green_change?: number
  settle_s?: number
  writes_per_day?: number
}

/** As the rules take them for the controller of a signal. A least time between two tenths of a second is the longer of them. */
export function writeLimitsOf({ walk_s, yellow_s, maximum_red_s, cycle_change_s, crossings, ...same }: NetworkWriteLimits = {}, signal: SignalId): Partial<WriteLimits> {
  const tenths = (key: 'walk' | 'yellow' | 'maximum_red' | 'cycle_change', seconds: number | undefined): Partial<WriteLimits> => (seconds === undefined ? {} : { [key]: Math.ceil(Math.round(seconds * 1000) / 100) })
  const widths = crossings?.filter((one) => one.signal === signal).map(({ group, width_m }) => ({ group, width_m }))
  return { ...same, ...(widths === undefined ? {} : { crossings: widths }), ...tenths('walk', walk_s), ...tenths('yellow', yellow_s), ...tenths('maximum_red', maximum_red_s), ...tenths('cycle_change', cycle_change_s) }
}

export const SERVICE_SETTING = 'service'
export const networkSetting = (network: string): string => `network ${network}`

export class KnownSettings {
  readonly #store: Pick<Stores, 'settings'>
  readonly #switches: ServiceSwitches
  readonly #before: ServiceSwitches
  readonly #watch: () => number
  readonly #known = new Map<string, { value: unknown; read_s: number }>()

  /** `switches` is kept as it was last read; what it has at first holds until somebody switches. */
  constructor(store: Pick<Stores, 'settings'>, switches: ServiceSwitches, watch = () => performance.now() / 1000) {
    this.#store = store
    this.#switches = switches
    this.#before = { published: switches.published }
    this.#watch = watch
  }

  async switches(): Promise<ServiceSwitches> {
    Object.assign(this.#switches, this.#before, await this.#get(SERVICE_SETTING))
    return this.#switches
  }

  async network(id: string): Promise<NetworkSettings> {
    return { holidays: [], working_days: [], ...await this.#get(networkSetting(id)) as NetworkSettings | undefined }
  }

  /** To be read anew at the next question. */
  forget(name: string): void {
    this.#known.delete(name)
  }

  /** A store that is away leaves what was known. */
  async #get(name: string): Promise<object | undefined> {
    const before = this.#known.get(name)
    if (before === undefined || this.#watch() - before.read_s >= BELIEVE_S) {
      try {
        this.#known.set(name, { value: (await this.#store.settings.get(name))?.value, read_s: this.#watch() })
      } catch (error) {
        if (before === undefined || !(error instanceof GreenwaveError)) throw error
      }
    }
    return this.#known.get(name)?.value as object | undefined
  }
}
