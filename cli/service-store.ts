// The database of a service, opened by a command beside it.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { storeAddress, wordsOf } from '../api/configuration/store-address.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Store } from '../plans/ports/store.ts'
import type { Options } from './arguments.ts'
import { configurationFrom } from './service-options.ts'

/** Of the data directory, else of the configuration. `where` in words. Throws `input.unreadable`, `store.*`. */
export async function openServiceStore(options: Options, folder: string | undefined): Promise<{ store: Store; where: string }> {
  const { configuration } = configurationFrom(options)
  const { database_url: _address, ...embedded } = configuration
  const meant = folder === undefined ? configuration : { ...embedded, data: resolve(folder) }
  // The embedded database would make a new directory.
  if (meant.database_url === undefined && !existsSync(meant.data)) throw new GreenwaveError('input.unreadable', 'there is no such directory of a service', { file: meant.data })
  const { openStore } = await import('../adapters/store/index.ts')
  return { store: await openStore(storeAddress(meant)), where: wordsOf(meant) }
}

/** The network of that id, or the only one. Throws `usage` with those there are. */
export async function networkOf(store: Store, asked: string | undefined, where: string): Promise<string> {
  const networks = await store.networks.list()
  const ids = networks.map(({ id }) => id)
  if (asked !== undefined && !ids.includes(asked)) throw new GreenwaveError('usage', `--network is "${asked}"; the database ${where} has ${ids.length === 0 ? 'none' : ids.join(', ')}`)
  const found = asked ?? (ids.length === 1 ? ids[0] : undefined)
  if (found === undefined) throw new GreenwaveError('usage', ids.length === 0 ? `the database ${where} has no network` : `the database ${where} has ${ids.join(', ')}; name one with --network`)
  return found
}
