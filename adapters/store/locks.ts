// Advisory locks of the database, one number for each thing that is done by one at a time, held to the end of the transaction.
import type { Sql } from './database.ts'

/** First halves of all our keys: pg-boss and others on the same database have their own. */
export const OURS = { work: 0x6777, claims: 0x6778 } as const

export const LOCKS = { migrate: 1, log: 2, partition: 3, tend: 4 } as const

export const lockUntilEnd = async (sql: Sql, lock: keyof typeof LOCKS): Promise<void> => {
  await sql.query(`SELECT pg_advisory_xact_lock(${OURS.work}, ${LOCKS[lock]})`)
}

/** Runs the work unless somebody else is at it; undefined then. The lock belongs to the session. */
export async function unlessLocked<T>(sql: Sql, lock: keyof typeof LOCKS, work: () => Promise<T>): Promise<T | undefined> {
  const [{ free } = { free: false }] = await sql.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${OURS.work}, ${LOCKS[lock]}) AS free`)
  if (!free) return undefined
  try {
    return await work()
  } finally {
    await sql.query(`SELECT pg_advisory_unlock(${OURS.work}, ${LOCKS[lock]})`)
  }
}
