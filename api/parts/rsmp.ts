// Opens the ports that RSMP controllers connect to, so that they are there when the first is asked something.
import { Gauge } from 'prom-client'
import { type HeldSite, holdSite } from '../../adapters/controllers/rsmp/listener.ts'
import type { Deployer } from '../../plans/deployment/index.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import type { Store } from '../../plans/ports/store.ts'
import type { Part, PartContext, PartLog, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

/** A controller that was added, or whose port was taken, is listened for after so long at the latest. */
const LOOK_MS = 5000

export const rsmpPart: Part = { name: 'rsmp', roles: ['work'], start: startRsmp }

async function startRsmp({ service: { store, deployer, metrics }, log }: PartContext): Promise<RunningPart> {
  const sites = new HeldSites(store, deployer, log)
  const connected = new Gauge({ name: 'greenwave_rsmp_controllers_connected', help: 'RSMP controllers whose site is connected', registers: [metrics], collect() { connected.set(sites.connected) } })
  const looks = repeated(() => sites.look(), LOOK_MS, (error) => log.warn({ err: error }, 'RSMP controllers could not be listed; it is tried again in a moment'))
  return {
    async stop() {
      await looks.stop()
      sites.release()
    },
  }
}

interface Held extends HeldSite { version: number }

/** Sites of all enabled RSMP controllers, as their settings were at the last look. */
export class HeldSites {
  readonly #store: Pick<Store, 'networks' | 'devices'>
  readonly #deployer: Deployer
  readonly #log: Pick<PartLog, 'warn'>
  readonly #held = new Map<string, Held>()
  /** What was last said of a controller: once is enough. */
  readonly #told = new Map<string, string>()

  constructor(store: Pick<Store, 'networks' | 'devices'>, deployer: Deployer, log: Pick<PartLog, 'warn'>) {
    this.#store = store
    this.#deployer = deployer
    this.#log = log
  }

  get connected(): number { return [...this.#held.values()].filter(({ site }) => site.isConnected).length }

  async look(): Promise<void> {
    const devices = new Map<string, DeviceRecord>()
    for (const { id } of await this.#store.networks.list()) for (const device of await this.#store.devices.list(id)) if (device.enabled && device.protocol === 'rsmp') devices.set(device.id, device)
    for (const [id, { version, release }] of this.#held) {
      if (devices.get(id)?.version === version) continue
      this.#held.delete(id)
      release()
    }
    for (const device of devices.values()) await this.#attend(device)
  }

  async #attend(device: DeviceRecord): Promise<void> {
    const { id, version } = device
    try {
      let held = this.#held.get(id)
      if (held === undefined) {
        const { clock } = this.#deployer.desk
        held = { ...holdSite(device, { now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal), secret: (name) => this.#deployer.desk.secret(id, name) }), version }
        this.#held.set(id, held)
      }
      await held.site.listening
      this.#told.delete(id)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (this.#told.get(id) !== why) this.#log.warn({ controller: id, reason: why }, 'its site can not connect; it is tried again in a moment')
      this.#told.set(id, why)
    }
  }

  release(): void {
    for (const { release } of this.#held.values()) release()
    this.#held.clear()
  }
}
