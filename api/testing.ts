// A service for tests: stores in memory, a clock that stands, one person of each role with a session.
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../plans/ports/clock.ts'
import type { JobQueue } from '../plans/ports/jobs.ts'
import { ROLES, type Role } from '../plans/ports/people.ts'
import type { Store } from '../plans/ports/store.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { hashPassword, newToken } from './security/secrets.ts'
import { MemoryGate } from '../plans/testing/memory-tables.ts'
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
  /** Its tables, for looking into. */
  gate: MemoryGate
  tokens: Record<Role, string>
  at: { now: number }
}

/** Jobs are written down as queued, and stay that way until somebody cancels. */
export function waitingJobs(store: Store, clock: Clock): JobQueue {
  const once = new Map<string, string>()
  return {
    ...NO_JOBS,
    send: async (kind, input, { by, once: word }) => {
      const id = (word === undefined ? undefined : once.get(word)) ?? crypto.randomUUID()
      if (word !== undefined && once.has(word)) return id
      if (word !== undefined) once.set(word, id)
      await store.jobs.insert({ id, kind, input, state: 'queued', progress: 0, label: '', by, created_at: clock.now(), updated_at: clock.now() })
      return id
    },
    cancel: (id) => store.jobs.update(id, { state: 'cancelled', updated_at: clock.now() }),
  }
}

export async function world(routes: ServerOptions['routes'], options: Partial<Pick<ServerOptions, 'settings' | 'checks' | 'slow' | 'timings' | 'version' | 'identity'>> = {}): Promise<World> {
  const at = { now: 1_800_000_000 }
  const clock = { now: () => at.now }
  const gate = new MemoryGate()
  const store = memoryStore(clock, gate)
  const server = await buildServer({ store, jobs: waitingJobs(store, clock), clock, version: '0', routes, ...options })
  open.push(server)
  const tokens = await givePeople(store, at.now)
  return { server, store, gate, tokens, at }
}

/** One of each role under its name, with a session of twelve hours. */
export async function givePeople(store: Store, now: number): Promise<Record<Role, string>> {
  const tokens = {} as Record<Role, string>
  for (const role of ROLES) {
    await store.people.put({ id: role, login: role, name: `the ${role}`, role, password_hash: await HASH, disabled: false, version: 0 }, 0)
    const { secret, hash } = newToken()
    await store.people.openSession({ token_hash: hash, person: role, created_at: now, expires_at: now + 12 * 3600 })
    tokens[role] = secret
  }
  return tokens
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` })
