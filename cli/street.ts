// The controllers that `push` and `controllers` speak to: those of a service's database, or those that a file beside a scenario lists. A file allows
// looking and rehearsing; what changes a controller needs a service, where people approve it and a supervisor looks after it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deployerOf } from '../api/controllers/deployer.ts'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Deployer } from '../plans/deployment/index.ts'
import type { DeviceRecord } from '../plans/ports/controllers.ts'
import type { Store } from '../plans/ports/store.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import type { Options, OptionSpec } from './arguments.ts'
import { configurationFrom, STORE_OPTIONS } from './service-options.ts'
import { networkOf, openServiceStore } from './service-store.ts'

export const STREET_OPTIONS: Record<string, OptionSpec> = {
  ...STORE_OPTIONS,
  network: { type: 'string', value: 'id', help: 'network of the database (default: the only one)' },
  controllers: { type: 'string', value: 'f', help: 'for a scenario folder: its controllers (default <scenario>/controllers.json)' },
  device: { type: 'string', multiple: true, value: 'id', help: 'this controller alone; may be given again' },
}

export interface Street {
  store: Store
  deployer: Deployer
  network: string
  /** As asked for, or all. */
  devices: DeviceRecord[]
  /** From a scenario folder: nothing may be changed. */
  scenario: boolean
  close(): Promise<void>
}

const clock = { now: () => Date.now() / 1000 }

/** `folder`: a scenario folder, or the data directory of a service. Throws `usage`, `input.*`, `store.*`. */
export async function openStreet(options: Options, folder: string | undefined): Promise<Street> {
  const scenario = folder !== undefined && existsSync(join(folder, 'scenario.json'))
  const { store, network, data } = scenario ? await fromScenario(options, folder) : await fromService(options, folder)
  try {
    const all = await store.devices.list(network)
    const asked = options.list('device')
    const missing = asked.find((id) => !all.some((one) => one.id === id))
    if (missing !== undefined) throw new GreenwaveError('usage', `--device is "${missing}"; there ${all.length === 1 ? 'is' : 'are'} ${all.map(({ id }) => id).join(', ') || 'none'}`)
    return { store, network, scenario, devices: asked.length === 0 ? all : all.filter(({ id }) => asked.includes(id)), deployer: deployerOf({ store, clock, data }), close: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function fromService(options: Options, folder: string | undefined) {
  const { store, where } = await openServiceStore(options, folder)
  try {
    return { store, network: await networkOf(store, options.findText('network'), where), data: folder ?? configurationFrom(options).configuration.data }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function fromScenario(options: Options, folder: string) {
  const file = options.findText('controllers') ?? join(folder, 'controllers.json')
  const { scenario } = await readScenario(folder)
  const store = memoryStore(clock)
  const network = 'scenario'
  await store.networks.put(network, scenario, 'cli', 0)
  for (const device of readDevices(file)) await store.devices.put({ ...device, network, version: 0 }, 0)
  return { store, network, data: folder }
}

/** `[{id, signal, protocol, settings}]`. */
function readDevices(file: string): Omit<DeviceRecord, 'network' | 'version'>[] {
  let given: unknown
  try {
    given = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new GreenwaveError(error instanceof SyntaxError ? 'input.syntax' : 'input.unreadable', error instanceof SyntaxError ? `it is no JSON: ${error.message}` : 'there is no such file of controllers', { file }, error)
  }
  if (!Array.isArray(given)) throw new GreenwaveError('input.value', 'it must hold a list of controllers, [{"id", "signal", "protocol", "settings"}]', { file })
  return given.map((one: unknown, i) => {
    const { id, signal, protocol, settings = {}, enabled = true } = (one ?? {}) as Partial<DeviceRecord>
    if (typeof id !== 'string' || typeof signal !== 'string' || typeof protocol !== 'string' || typeof settings !== 'object' || settings === null || typeof enabled !== 'boolean') {
      throw new GreenwaveError('input.value', 'it needs the words id, signal and protocol, and an object settings', { file, element: `controller ${i + 1}` })
    }
    return { id, signal, protocol, settings, enabled }
  })
}

/** Who asks, by login. Throws `usage` for nobody. */
export async function personOf(store: Store, options: Options): Promise<string> {
  const login = options.getText('by')
  const person = await store.people.byLogin(login)
  if (person === undefined) throw new GreenwaveError('usage', `--by is "${login}"; nobody logs in with that`)
  return person.id
}
