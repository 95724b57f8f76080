// From a request to who sent it: a session in a cookie or as bearer token, or a machine's key.
import type { FastifyRequest } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { ApiKey, PeopleStore } from '../../plans/ports/people.ts'
import type { GuessGuard } from './guess-guard.ts'
import type { KnownKeys } from './known-keys.ts'
import type { Principal } from './rights.ts'
import { keyIdOf, sameHash, sha256 } from './secrets.ts'

export const SESSION_COOKIE = 'greenwave_session'

export interface Authority {
  people: PeopleStore
  keys: KnownKeys
  guesses: GuessGuard
  clock: Clock
}

/**
 * Undefined for nobody; throws `request.unauthenticated` for a token or key that is not (or no longer) good, `request.too-many` where too many of
 * them came from the same address, `request.forbidden` for a forged form.
 */
export async function authenticate(request: FastifyRequest, { people, keys, guesses, clock }: Authority): Promise<Principal | undefined> {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === undefined && request.headers.authorization !== undefined) throw new GreenwaveError('request.unauthenticated', 'Authorization must be "Bearer" and a token or key')
  const cookie = bearer === undefined ? cookieOf(request.headers.cookie) : undefined
  const token = bearer ?? cookie
  if (token === undefined) return undefined
  if (cookie !== undefined) refuseForeignForm(request)
  guesses.check(request.ip, token)
  const id = keyIdOf(token)
  try {
    const principal = await (id === undefined ? personBy(token, people, clock) : machineBy(id, token, keys, clock))
    guesses.passed(request.ip, token)
    return principal
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'request.unauthenticated') guesses.failed(request.ip)
    throw error
  }
}

async function personBy(token: string, people: PeopleStore, clock: Clock): Promise<Principal> {
  const found = await people.session(sha256(token), clock.now())
  if (found === undefined || found.person.disabled) throw new GreenwaveError('request.unauthenticated', 'This session has ended')
  const { id, name, role } = found.person
  return { kind: 'person', id, name, role }
}

async function machineBy(id: string, secret: string, keys: KnownKeys, clock: Clock): Promise<Principal> {
  const machine = machineOf(await keys.get(id), secret, clock)
  if (machine === undefined) throw new GreenwaveError('request.unauthenticated', 'This key is not valid, or no longer')
  return machine
}

/** Undefined where the secret is not the key's, or the key not good any more. */
function machineOf(key: ApiKey | undefined, secret: string, clock: Clock): Principal | undefined {
  const good = key !== undefined && sameHash(key.secret_hash, sha256(secret)) && key.revoked_at === undefined && (key.expires_at ?? Infinity) > clock.now()
  return good ? { kind: 'key', id: key.id, name: key.name, scopes: key.scopes } : undefined
}

/** A machine whose key is known already; undefined for everybody else, whom `authenticate` may still let in. Throws `request.too-many` as that does. */
export function knownMachine({ headers, ip }: FastifyRequest, { keys, guesses, clock }: Authority): Principal | undefined {
  const token = bearerOf(headers.authorization)
  const id = token === undefined ? undefined : keyIdOf(token)
  if (token === undefined || id === undefined) return undefined
  guesses.check(ip, token)
  const machine = machineOf(keys.known(id), token, clock)
  if (machine !== undefined) guesses.passed(ip, token)
  return machine
}

const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer ([\w-]{20,200})$/.exec(authorization ?? '')?.[1]

function cookieOf(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=')
    if (name === SESSION_COOKIE && value !== undefined && /^[\w-]{20,200}$/.test(value)) return value
  }
  return undefined
}

/** A cookie comes by itself: a change that another site's page asks for is refused (Fetch Metadata; browsers without it send Origin). */
function refuseForeignForm({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return
  const site = headers['sec-fetch-site']
  const foreign = site === undefined ? headers.origin !== undefined && hostOf(headers.origin) !== headers.host : site !== 'same-origin' && site !== 'none'
  if (foreign) throw new GreenwaveError('request.forbidden', 'Another site asked for this change')
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
