// The deployer of this process: all drivers, the computer's time, secrets from files of the operator.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONTROLLER_DRIVERS } from '../../adapters/controllers/index.ts'
import { pullDriver } from '../../adapters/controllers/pull/adapter.ts'
import { cabinetPost } from '../../plans/cabinet-post.ts'
import { Deployer, type DeploymentClock } from '../../plans/deployment/index.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { ControllerDriver } from '../../plans/ports/controllers.ts'
import type { Store } from '../../plans/ports/store.ts'
import { NO_HOLIDAYS } from '../../plans/workflow/index.ts'
import { networkSetting, type NetworkSettings, writeLimitsOf } from '../known-settings.ts'

/** Of one folder a controller and one file a secret: nothing that leads elsewhere. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._~:-]{0,199}$/

export const waiting = (clock: Clock): DeploymentClock => ({
  now: () => clock.now(),
  async wait(seconds, signal) {
    try {
      await sleep(seconds * 1000, undefined, { signal })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw error
    }
  },
})

/** `<folder>/<controller>/<name>`, without the line's end; undefined where there is no such file. */
export const secretsIn = (folder: string) => (device: string, name: string): string | undefined => {
  if (!NAME.test(device) || !NAME.test(name)) return undefined
  try {
    return readFileSync(join(folder, device, name), 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}

/** `data`: the directory of the service; its folder `controllers` holds the secrets. `drivers`: beside those of every service. Local rules and holidays are what an administrator set for the network. */
export function deployerOf({ store, clock, data, drivers = [] }: { store: Store; clock: Clock; data?: string; drivers?: readonly ControllerDriver[] }): Deployer {
  const settingsOf = async (network: string): Promise<NetworkSettings | undefined> => (await store.settings.get(networkSetting(network)))?.value as NetworkSettings | undefined
  return new Deployer({
    store, clock: waiting(clock), drivers: [...CONTROLLER_DRIVERS, pullDriver(cabinetPost(store)), ...drivers], ...(data === undefined ? {} : { secret: secretsIn(join(data, 'controllers')) }),
    limitsOf: async (network, signal) => writeLimitsOf((await settingsOf(network))?.write_limits, signal), calendarOf: async (network) => await settingsOf(network) ?? NO_HOLIDAYS,
  })
}
