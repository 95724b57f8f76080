// Puts the service together: who may come in, what answers, and how it says no.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { GreenwaveError } from '../model/errors.ts'
import type { Clock } from '../plans/ports/clock.ts'
import type { JobQueue } from '../plans/ports/jobs.ts'
import type { Store } from '../plans/ports/store.ts'
import { EventHub } from './http/event-stream.ts'
import { installIdempotency } from './http/idempotency.ts'
import { installProblems } from './http/problem.ts'
import { ProblemSchema } from './http/route.ts'
import { authenticate } from './security/authenticate.ts'
import { authorise } from './security/rights.ts'

export interface ServiceSettings {
  /** What an administrator lets everybody read: congestion, signs' data. */
  published: boolean
  /** Over TLS: cookies are then for TLS only. */
  secure: boolean
  /** Requests a minute of one person, key or address. */
  rate_per_minute: number
  session_hours: number
  /** Behind a proxy that may be believed. */
  trust_proxy: boolean
}

export const DEFAULT_SETTINGS: ServiceSettings = { published: false, secure: false, rate_per_minute: 1200, session_hours: 12, trust_proxy: false }

/** What routes work with. */
export interface Service {
  store: Store
  jobs: JobQueue
  clock: Clock
  settings: ServiceSettings
  events: EventHub
}

export interface ServerOptions {
  store: Store
  jobs: JobQueue
  clock: Clock
  settings?: Partial<ServiceSettings>
  version: string
  logger?: boolean | object
  routes: ((server: FastifyInstance, service: Service) => void)[]
}

const BODY_LIMIT = 1_000_000
/** Headers must be here by then, and whole requests by the second: who is slower is let go. */
const SLOW = { headers_ms: 10_000, request_ms: 120_000 } as const

export async function buildServer({ store, jobs, clock, settings: given, version, logger = false, routes }: ServerOptions): Promise<FastifyInstance> {
  const settings = { ...DEFAULT_SETTINGS, ...given }
  const service: Service = { store, jobs, clock, settings, events: new EventHub(store.events) }
  const server = fastify({
    logger, trustProxy: settings.trust_proxy, bodyLimit: BODY_LIMIT, requestTimeout: SLOW.request_ms, connectionTimeout: SLOW.request_ms,
    routerOptions: { maxParamLength: 200 }, genReqId: () => crypto.randomUUID(), forceCloseConnections: 'idle',
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: false, strict: false } },
  })
  server.server.headersTimeout = SLOW.headers_ms
  installProblems(server)
  server.addSchema(ProblemSchema)
  server.addHook('onRoute', ({ url, config, method }) => {
    if (config?.access === undefined && method !== 'HEAD') throw new Error(`the route ${String(method)} ${url} does not say who may use it`)
  })
  server.decorateRequest('principal', undefined)
  await server.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], workerSrc: ["'self'", 'blob:'], imgSrc: ["'self'", 'data:', 'blob:'], upgradeInsecureRequests: settings.secure ? [] : null } }, hsts: settings.secure })
  server.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config
    if (access === undefined) return
    if (access.role !== 'public') request.principal = await authenticate(request, store.people, clock)
    authorise(request.principal, access, (request.params ?? {}) as Record<string, string>, settings.published)
  })
  await server.register(rateLimit, {
    max: settings.rate_per_minute, timeWindow: 60_000, hook: 'preHandler',
    keyGenerator: ({ principal, ip }) => (principal === undefined ? ip : `${principal.kind} ${principal.id}`),
    errorResponseBuilder: (_request, { after }) => new GreenwaveError('request.too-many', `More than ${settings.rate_per_minute} requests in a minute; come back in ${after}`),
  })
  installIdempotency(server, { store: store.idempotency, clock })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0', info: { title: 'greenwave', version, description: 'Coordinates traffic signals so that cars meet green after green.' },
      components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' }, key: { type: 'http', scheme: 'bearer' } } },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json['$id'] === 'string' ? json['$id'] : `schema-${i}`) },
  })
  for (const register of routes) register(server, service)
  server.addHook('preClose', async () => service.events.close())
  return server
}
