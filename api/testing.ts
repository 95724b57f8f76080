// A service for tests: stores in memory, a clock that stands, one person of each role with a session.
import type { FastifyInstance } from 'fastify'
import type { JobQueue } from '../plans/ports/jobs.ts'
import { ROLES, type Role } from '../plans/ports/people.ts'
import type { Store } from '../plans/ports/store.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { hashPassword, newToken } from './security/secrets.ts'
import { buildServer, type ServerOptions } from './server.ts'

export const PASSWORD = 'a long enough password'
const HASH = hashPassword(PASSWORD)
export const NO_JOBS: JobQueue = { handle: () => {}, send: async () => 'none', cancel: async () => false, start: async () => {}, stop: async () => {} }

const open: FastifyInstance[] = []

/** After each test. */
export async function closeWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()))
}

export interface World {
  server: FastifyInstance
  store: Store
  tokens: Record<Role, string>
  at: { now: number }
}

export async function world(routes: ServerOptions['routes']): Promise<World> {
  const at = { now: 1_800_000_000 }
  const clock = { now: () => at.now }
  const store = memoryStore(clock)
  const server = await buildServer({ store, jobs: NO_JOBS, clock, version: '0', routes })
  open.push(server)
  const tokens = {} as Record<Role, string>
  for (const role of ROLES) {
    await store.people.put({ id: role, login: role, name: `the ${role}`, role, password_hash: await HASH, disabled: false, version: 0 }, 0)
    const { secret, hash } = newToken()
    await store.people.openSession({ token_hash: hash, person: role, created_at: at.now, expires_at: at.now + 12 * 3600 })
    tokens[role] = secret
  }
  return { server, store, tokens, at }
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` })
