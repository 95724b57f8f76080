// The stores on a database: PostgreSQL where a URL names one, else the embedded one in a directory.
import { AsyncLocalStorage } from 'node:async_hooks'
import { GreenwaveError } from '../../model/errors.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { Store, Stores } from '../../plans/ports/store.ts'
import { deviceStore } from './controllers.ts'
import { type Database, retried, type Sql } from './database.ts'
import { deploymentStore } from './deployments.ts'
import { feedStore } from './feeds.ts'
import { idempotencyStore } from './idempotency.ts'
import { jobStore, nightStore } from './jobs.ts'
import { auditLog, eventLog } from './logs.ts'
import { migrate } from './migrate.ts'
import { networkStore } from './networks.ts'
import { observationLog } from './observations.ts'
import { peopleStore } from './people.ts'
import { openPglite, type PgliteOptions } from './pglite.ts'
import { planStore, scheduleStore } from './plans.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { screenStore, snapshotStore } from './publication.ts'
import { settingStore } from './settings.ts'
import { stateStore, treatmentStore } from './states.ts'

export type StoreAddress = ({ url: string } & PostgresOptions) | ({ directory: string } & PgliteOptions)

/**
 * Opens, and brings the tables to what this version needs. Throws `store.unreachable`, `store.locked` (another process has the directory),
 * `store.version` (a newer version was here), `store.unfit` (no PostGIS, no rights). `clock` stamps networks and feeds, by default the computer's.
 */
export async function openStore(address: StoreAddress, clock: Clock = { now: () => Date.now() / 1000 }): Promise<Store> {
  const database = 'url' in address ? openPostgres(address.url, address) : await openPglite(address.directory, address)
  try {
    await migrate(database)
    return storeOn(database, clock)
  } catch (error) {
    await database.close()
    throw error
  }
}

const storesOn = (sql: Sql, clock: Clock): Stores => ({
  networks: networkStore(sql, clock), feeds: feedStore(sql, clock), observations: observationLog(sql), states: stateStore(sql), treatments: treatmentStore(sql), plans: planStore(sql),
  schedules: scheduleStore(sql), nights: nightStore(sql), jobs: jobStore(sql), people: peopleStore(sql), idempotency: idempotencyStore(sql), snapshots: snapshotStore(sql), screens: screenStore(sql),
  settings: settingStore(sql), devices: deviceStore(sql), deployments: deploymentStore(sql), events: eventLog(sql), audit: auditLog(sql),
})

/** The database's tables must be there. Closing the store closes it. */
export function storeOn(database: Database, clock: Clock): Store {
  const inside = new AsyncLocalStorage<{ open: boolean }>()
  const outside = guarded(database, () => {
    if (inside.getStore()?.open === true) throw new GreenwaveError('internal', 'the store was used beside the transaction that is open here; use the stores that the transaction was given')
  })
  const once = <T>(work: (stores: Stores) => Promise<T>, again: boolean): Promise<T> => {
    const mark = { open: true }
    const still = () => {
      if (!mark.open) throw new GreenwaveError('internal', 'the transaction is over; its stores can no longer be used')
    }
    // One that was in others' way goes on alone.
    return database.tx((sql) => inside.run(mark, () => work(storesOn(guarded(sql, still), clock))), { serializable: true, ...(again ? { lock: 'tx_turn' } : {}) }).finally(() => { mark.open = false })
  }
  return {
    kind: database.kind,
    ...storesOn(outside, clock),
    async tx(work) {
      if (inside.getStore()?.open === true) throw new GreenwaveError('internal', 'a transaction was begun inside the one that is open here')
      return retried((attempt) => once(work, attempt > 1))
    },
    ping: () => database.look('SELECT 1 FROM migration LIMIT 1'),
    claim: (name) => database.claim(name),
    close: () => database.close(),
  }
}

/** The same, with a look before each statement. */
function guarded(sql: Sql, look: () => void): Sql {
  const after = <A extends unknown[], T>(run: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    look()
    return run(...args)
  }
  return {
    kind: sql.kind, inTransaction: sql.inTransaction,
    query: after((text, params) => sql.query(text, params)) as Sql['query'], exec: after((statements) => sql.exec(statements)), copyFrom: after((target, text) => sql.copyFrom(target, text)),
    atomically: after((work) => sql.atomically(work)) as Sql['atomically'], session: after((work) => sql.session(work)) as Sql['session'],
  }
}
