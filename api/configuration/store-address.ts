// Which database a configuration means.
import type { StoreAddress } from '../../adapters/store/index.ts'
import type { Configuration } from './settings.ts'

type Meant = Pick<Configuration, 'database_url' | 'connections' | 'data'>

export const storeAddress = ({ database_url, connections, data }: Meant): StoreAddress => (database_url === undefined ? { directory: data } : { url: database_url, connections })

/** Without a password. */
export function wordsOf({ database_url, data }: Meant): string {
  if (database_url === undefined) return `in ${data}`
  const { host, pathname } = new URL(database_url)
  return `at ${host}${pathname}`
}
