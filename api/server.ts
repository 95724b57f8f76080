// Puts the service together: who may come in, what answers, and how it says no.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify, { LogController, type FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import type { IdentityProvider } from '../adapters/identity/provider.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Deployer } from '../plans/deployment/index.ts'
import type { Clock } from '../plans/ports/clock.ts'
import type { JobQueue } from '../plans/ports/jobs.ts'
import type { Store } from '../plans/ports/store.ts'
import { PlanWorkflow } from '../plans/workflow/index.ts'
import { deployerOf } from './controllers/deployer.ts'
import { EventHub } from './http/event-stream.ts'
import { installIdempotency } from './http/idempotency.ts'
import { installJsonBody } from './http/json-body.ts'
import { installProblems, sendFrameworkProblem, sendSocketProblem } from './http/problem.ts'
import { ProblemSchema, withHeaders } from './http/route.ts'
import { compileValidator } from './http/validate.ts'
import { authenticate } from './security/authenticate.ts'
import { GuessGuard } from './security/guess-guard.ts'
import { KnownKeys } from './security/known-keys.ts'
import { RequestCount } from './security/request-count.ts'
import { authorise } from './security/rights.ts'
import type { RoleMapping } from './security/vouched-people.ts'
import { KnownSettings } from './known-settings.ts'
import { ROLES, type Role } from './parts/part.ts'
import { SignalTimings } from './signal-timings.ts'
import { countKeyOf, installQuickTimings } from './quick-timings.ts'
import { installTelemetry } from './telemetry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What its routes work with, for the parts that run beside them. */
    service: Service
  }
}

export interface ServiceSettings {
  /** What an administrator lets everybody read: congestion, signs' data. At first as configured, later as it was last switched. */
  published: boolean
  /** Over TLS: cookies are then for TLS only. */
  secure: boolean
  /** Requests a minute of one person, key or address. */
  rate_per_minute: number
  session_hours: number
  /** Behind a proxy that may be believed. */
  trust_proxy: boolean
  /** Address of the operator's background pictures of the map; the one other host that pages may ask. */
  map_tiles?: string
}

export const DEFAULT_SETTINGS: ServiceSettings = { published: false, secure: false, rate_per_minute: 1200, session_hours: 12, trust_proxy: false }

/** What routes work with. */
export interface Service {
  store: Store
  jobs: JobQueue
  clock: Clock
  settings: ServiceSettings
  events: EventHub
  workflow: PlanWorkflow
  deployer: Deployer
  timings: SignalTimings
  keys: KnownKeys
  known: KnownSettings
  metrics: Registry
  /** Of greenwave. */
  version: string
  /** Parts add theirs when they start. */
  checks: ReadinessCheck[]
  /** What this process does; the rest is done by others on the same store. */
  roles: ReadonlySet<Role>
  /** Absent where only passwords let people in. */
  identity?: Identity
}

/** Who vouches for people, and what they may do then. */
export interface Identity {
  issuer: string
  provider: IdentityProvider
  mapping: RoleMapping
}

/** Something without which the service is of no use, for example a broker. */
export interface ReadinessCheck {
  name: string
  /** Said, but requests are served without it: the broker of one feed must not cost the others. */
  aside?: true
  /** A sentence where it is not ready; throws where it can't be told. */
  ask: () => Promise<string | undefined>
}

export interface ServerOptions {
  store: Store
  jobs: JobQueue
  clock: Clock
  settings?: Partial<ServiceSettings>
  version: string
  /** All by default. */
  roles?: readonly Role[]
  logger?: boolean | object
  /** Why nobody can be served now; routes whose config says `always` don't ask. */
  trouble?: () => GreenwaveError | undefined
  /** The one that the workers use too; its own by default. */
  workflow?: PlanWorkflow
  /** As the workflow. */
  deployer?: Deployer
  timings?: SignalTimings
  /** Where all parts of the process put their figures. */
  metrics?: Registry
  /** Beside the store. */
  checks?: readonly ReadinessCheck[]
  identity?: Identity
  /** Headers must be here by then, and whole requests by the second: who is slower is let go. */
  slow?: { headers_ms: number; request_ms: number }
  routes: ((server: FastifyInstance, service: Service) => void)[]
}

const BODY_LIMIT = 1_000_000
/** Of an address's requests in a minute, those that may come with a wrong token. */
const WRONG_SHARE = 0.05
const SLOW = { headers_ms: 10_000, request_ms: 120_000 } as const

export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { store, jobs, clock, checks = [], roles = ROLES, metrics = new Registry() } = options
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const known = new KnownSettings(store, settings)
  const service: Service = {
    store, jobs, clock, settings, version: options.version, checks: [...checks], roles: new Set(roles), metrics, events: new EventHub(store.events), keys: new KnownKeys(store.people), known,
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    workflow: options.workflow ?? new PlanWorkflow({ store, clock }), deployer: options.deployer ?? deployerOf({ store, clock }), timings: options.timings ?? new SignalTimings({ stores: store, clock, calendarOf: (network) => known.network(network) }),
  }
  const server = newServer(options, settings)
  server.decorate('service', service)
  installProblems(server)
  installJsonBody(server)
  installTelemetry(server, metrics, service.events)
  server.addSchema(ProblemSchema)
  await installSecurity(server, service, options.trouble ?? (() => undefined))
  installIdempotency(server, { store: store.idempotency, clock })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0', info: { title: 'greenwave', version: options.version, description: 'Coordinates traffic signals so that cars meet green after green.' },
      components: { securitySchemes: { session: { type: 'http', scheme: 'bearer', description: 'Of a person who logged in' }, key: { type: 'http', scheme: 'bearer', description: 'Of a machine' } } },
    },
    transform: ({ schema, url }) => ({ schema: withHeaders(schema), url }),
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json['$id'] === 'string' ? json['$id'] : `schema-${i}`) },
  })
  for (const register of options.routes) register(server, service)
  server.addHook('preClose', async () => service.events.close())
  return server
}

function newServer({ logger = false, slow = SLOW }: ServerOptions, settings: ServiceSettings): FastifyInstance {
  const server = fastify({
    logger, logController: new LogController({ disableRequestLogging: true }), trustProxy: settings.trust_proxy, bodyLimit: BODY_LIMIT, requestTimeout: slow.request_ms, connectionTimeout: slow.request_ms,
    // Node looks for slow ones only so often.
    http: { headersTimeout: slow.headers_ms, connectionsCheckingInterval: Math.min(2000, slow.headers_ms / 2) },
    routerOptions: { maxParamLength: 200 }, genReqId: () => crypto.randomUUID(), forceCloseConnections: 'idle', frameworkErrors: sendFrameworkProblem, clientErrorHandler: sendSocketProblem,
  })
  server.setValidatorCompiler(compileValidator)
  return server
}

/** Nobody comes past these hooks: a route says who may use it, or cannot be registered. */
async function installSecurity(server: FastifyInstance, { store, settings, keys, known, clock, timings }: Service, trouble: () => GreenwaveError | undefined): Promise<void> {
  server.addHook('onRoute', ({ url, config, method }) => {
    if (config?.access === undefined && method !== 'HEAD') throw new Error(`the route ${String(method)} ${url} does not say who may use it`)
  })
  server.decorateRequest('principal', undefined)
  const authority = { people: store.people, keys, clock, guesses: new GuessGuard(Math.ceil(settings.rate_per_minute * WRONG_SHARE)) }
  const limit = { requests: settings.rate_per_minute, window_ms: 60_000 }
  let counts: RequestCount | undefined
  const share = (made: RequestCount): void => { counts = made }
  class SharedCount extends RequestCount {
    constructor() {
      super()
      share(this)
    }
  }
  installQuickTimings(server, { timings, authority, trouble, counts: () => counts, limit })
  const tiles = settings.map_tiles === undefined ? [] : [new URL(settings.map_tiles).origin]
  await server.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], workerSrc: ["'self'", 'blob:'], imgSrc: ["'self'", 'data:', 'blob:', ...tiles], connectSrc: ["'self'", ...tiles], upgradeInsecureRequests: settings.secure ? [] : null } }, hsts: settings.secure })
  server.addHook('onRequest', async (request) => {
    // No address of ours has a NUL, and databases can't hold one.
    if (/%00/.test(request.url)) throw new GreenwaveError('request.malformed', 'The address has a NUL character')
    const { access, always } = request.routeOptions.config
    const why = always === true ? undefined : trouble()
    if (why !== undefined) throw why
    if (access === undefined) return
    if (access.role !== 'public') request.principal = await authenticate(request, authority)
    authorise(request.principal, access, (request.params ?? {}) as Record<string, string>, access.role === 'published' && (await known.switches()).published)
  })
  await server.register(rateLimit, {
    max: limit.requests, timeWindow: limit.window_ms, hook: 'preHandler', store: SharedCount,
    keyGenerator: ({ principal, ip }) => countKeyOf(principal, ip),
    errorResponseBuilder: (_request, { after }) => new GreenwaveError('request.too-many', `More than ${settings.rate_per_minute} requests in a minute; come back in ${after}`),
  })
}
