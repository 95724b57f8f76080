// What cabinets are told nearly always, that nothing has changed: thousands of times a second, and therefore before anything else is made of their
// request. Everybody else, and every cabinet of which anything would have to be asked, goes the long way and gets the answer from there.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GreenwaveError } from '../model/errors.ts'
import { etagOf, hasSeen } from './http/etag.ts'
import { BASE } from './http/route.ts'
import { knownMachine, type Authority } from './security/authenticate.ts'
import type { RequestCount } from './security/request-count.ts'
import { authorise, type Principal } from './security/rights.ts'
import type { SignalTimings } from './signal-timings.ts'

/** Below BASE. */
export const TIMING_URL = '/networks/:network/signals/:signal/timing'
export const TIMING_CACHE = 'private, no-cache'

export interface QuickTimingsOptions {
  timings: SignalTimings
  authority: Authority
  /** Why nobody can be served now. */
  trouble: () => GreenwaveError | undefined
  /** Those of the limiter; undefined before it has begun. */
  counts: () => RequestCount | undefined
  limit: { requests: number; window_ms: number }
}

/** As the limiter calls them. */
export const countKeyOf = (principal: Principal | undefined, ip: string): string => (principal === undefined ? ip : `${principal.kind} ${principal.id}`)

/** Before the hooks of the long way. */
export function installQuickTimings(server: FastifyInstance, options: QuickTimingsOptions): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url !== `${BASE}${TIMING_URL}` || request.method !== 'GET' || !answered(request, reply, options)) done()
  })
}

/** False, and nothing sent, for whoever must go the long way. */
function answered(request: FastifyRequest, reply: FastifyReply, { timings, authority, trouble, counts, limit }: QuickTimingsOptions): boolean {
  const { network, signal } = request.params as { network: string; signal: string }
  const known = request.headers['if-none-match'] === undefined || trouble() !== undefined ? undefined : timings.known(network, signal)
  if (known === undefined || !hasSeen(request, known.tag)) return false
  const machine = admitted(request, authority)
  if (machine === undefined) return false
  const { current, ttl } = counts()?.count(countKeyOf(machine, request.ip), limit.window_ms) ?? { current: Infinity, ttl: 0 }
  // Counted once more over there, where it gets its refusal.
  if (current > limit.requests) return false
  reply.hijack()
  reply.raw.writeHead(304, {
    'cache-control': TIMING_CACHE, 'etag': etagOf(known.tag), 'x-ratelimit-limit': limit.requests, 'x-ratelimit-remaining': limit.requests - current, 'x-ratelimit-reset': Math.ceil(ttl / 1000),
  })
  reply.raw.end()
  return true
}

/** A machine that may have this; undefined for whoever must be asked about, or refused. */
function admitted(request: FastifyRequest, authority: Authority): Principal | undefined {
  try {
    const machine = knownMachine(request, authority)
    if (machine !== undefined) authorise(machine, request.routeOptions.config.access!, request.params as Record<string, string>, false)
    return machine
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}
