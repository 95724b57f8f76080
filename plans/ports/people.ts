// People with roles, machines with keys.
import type { Instant } from '../../model/units.ts'

/** Each may do what those before it may. */
export const ROLES = ['viewer', 'engineer', 'approver', 'administrator'] as const
export type Role = (typeof ROLES)[number]

export interface Person {
  id: string
  login: string
  name: string
  role: Role
  /** argon2id; absent where an identity provider vouches. */
  password_hash?: string
  disabled: boolean
  version: number
}

export interface Session {
  /** SHA-256 of the token: the token itself is nowhere kept. */
  token_hash: string
  person: string
  created_at: Instant
  expires_at: Instant
}

/** What a machine may do: bring observations of a feed, show a screen, fetch a signal's timing, read metrics. */
export type Scope = { do: 'feed'; feed: string } | { do: 'screen'; screen: string } | { do: 'cabinet'; network: string; signal: string } | { do: 'metrics' }

export interface ApiKey {
  id: string
  /** SHA-256 of the secret. */
  secret_hash: string
  name: string
  scopes: Scope[]
  created_by: string
  created_at: Instant
  expires_at?: Instant
  revoked_at?: Instant
}

export interface PeopleStore {
  list(): Promise<Person[]>
  byLogin(login: string): Promise<Person | undefined>
  byId(id: string): Promise<Person | undefined>
  /** Throws `store.conflict` on another version or a login that is taken. */
  put(person: Person, expected: number): Promise<Person>
  /** Sessions that had expired by then go. */
  openSession(session: Session): Promise<void>
  /** Undefined when it has expired or its person is disabled. */
  session(token_hash: string, now: Instant): Promise<{ session: Session; person: Person } | undefined>
  closeSession(token_hash: string): Promise<void>
  /** All of a person's; a changed password or role ends them. */
  closeSessions(person: string): Promise<void>
  keys(): Promise<ApiKey[]>
  key(id: string): Promise<ApiKey | undefined>
  putKey(key: ApiKey): Promise<void>
}
