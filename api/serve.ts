// The composition root: from a configuration to a running service, and gracefully back. The server answers at once; the store is opened behind it.
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { IdentityProvider } from '../adapters/identity/provider.ts'
import { processQueue, type ProcessQueueOptions } from '../adapters/jobs/index.ts'
import { openStore } from '../adapters/store/index.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Clock } from '../plans/ports/clock.ts'
import type { ControllerDriver } from '../plans/ports/controllers.ts'
import type { JobQueue } from '../plans/ports/jobs.ts'
import type { Store } from '../plans/ports/store.ts'
import { matchingOnThreads } from '../plans/live/matching-threads.ts'
import { PlanWorkflow } from '../plans/workflow/index.ts'
import { oidcOf } from './configuration/oidc.ts'
import type { Configuration } from './configuration/settings.ts'
import { storeAddress, wordsOf } from './configuration/store-address.ts'
import { deployerOf } from './controllers/deployer.ts'
import { shutDoor } from './ingest/door.ts'
import { decodingOnThread } from './ingest/decoding-thread.ts'
import { liveHubOf, spareThreads } from './ingest/live-hub.ts'
import { handleControllerJobs } from './jobs/controllers.ts'
import { handleJobs, type JobOptions } from './jobs/index.ts'
import { ensureAdministrator, firstLoginFile } from './operations/first-administrator.ts'
import { operationRoutes } from './operations/routes.ts'
import { StoreKeeper } from './operations/store-keeper.ts'
import { allParts, startParts, type RunningParts } from './parts/index.ts'
import { pageRoutes } from './pages.ts'
import type { Part } from './parts/part.ts'
import { requireRoles } from './parts/roles.ts'
import { batchRoutes } from './routes/batches.ts'
import { allRoutes } from './routes/index.ts'
import { buildServer, type Identity, type ServerOptions } from './server.ts'

/** All of stopping; what lasts longer is cut off. */
const STOP_MS = 10_000
/** Parts are given so long to finish, then requests that run, and the jobs what is left. */
const PARTS_MS = 3000
const DRAIN_MS = 3500
/** And of it this remains for cutting jobs off and closing the store: a job that is cut off is done again, a database that is cut off recovers. */
const CLOSE_MS = 4000

export interface ServeOptions {
  configuration: Configuration
  version: string
  /** Takes the log, one JSON document a line. */
  log: NodeJS.WritableStream
  /** A person sees the log's stream: told in words where the service listens, and the first password. */
  notice?: (text: string) => void
  clock?: Clock
  /** All by default; those that the roles don't name are left out. */
  parts?: readonly Part[]
  /** By what rules nights replan; the usual ones by default. */
  nights?: JobOptions['nights']
  /** Of controllers that no real service has. */
  drivers?: readonly ControllerDriver[]
}

export interface RunningService {
  server: FastifyInstance
  port: number
  /** Rejects when the service can't go on (a database of a newer version, a directory that another process holds), after it was stopped. */
  failed: Promise<never>
  /** Takes no more, finishes what runs, closes; at most ten seconds. False when something had to be cut off. */
  stop(): Promise<boolean>
}

/** Listens when this resolves. Throws `usage` where the port can't be had, for roles that need PostgreSQL, or for half an identity provider. */
export async function serve({ configuration, version, log, notice = () => {}, clock = { now: () => Date.now() / 1000 }, parts = allParts, nights, drivers = [] }: ServeOptions): Promise<RunningService> {
  requireRoles(configuration)
  const identity = identityOf(configuration, clock)
  const { published, secure, trust_proxy, rate_per_minute, session_hours, map_tiles } = configuration
  const logOf: { server?: FastifyInstance } = {}
  const say = (level: 'info' | 'warn') => (what: object, message: string): void => logOf.server?.log[level](what, message)
  const keeper = new StoreKeeper({
    kind: configuration.database_url === undefined ? 'pglite' : 'postgres', address: wordsOf(configuration), log: { info: say('info'), warn: say('warn') },
    open: () => openPrepared(configuration, clock, notice, say('warn')),
  })
  const workflow = new PlanWorkflow({ store: keeper.store, clock })
  const jobs = await queueOf(configuration, { jobs: keeper.store.jobs, events: keeper.store.events, clock, onDefect: (job, error) => logOf.server?.log.error({ job, err: error }, 'a job failed by a defect') })
  handleJobs(jobs, { store: keeper.store, workflow, clock, version, ...(nights === undefined ? {} : { nights }) })
  const deployer = deployerOf({ store: keeper.store, clock, data: configuration.data, drivers })
  handleControllerJobs(jobs, { deployer, workflow })
  const server = await buildServer({
    store: keeper.store, jobs, workflow, deployer, clock, version, roles: configuration.roles, settings: { published, secure, trust_proxy, rate_per_minute, session_hours, ...(map_tiles === undefined ? {} : { map_tiles }) }, logger: configuration.log_level === 'silent' ? false : { level: configuration.log_level, stream: log },
    ...(identity === undefined ? {} : { identity }), trouble: () => keeper.trouble, routes: [operationRoutes(keeper, version), openHub, ...routesOf(configuration)],
  })
  logOf.server = server
  if (configuration.nats_url !== undefined) shutDoor(server.service)
  const port = await listen(server, configuration)
  server.log.info({ host: configuration.host, port, version, process: process.pid, roles: configuration.roles, store: keeper.store.kind }, 'listening')
  notice(`greenwave ${version} listens on http://${configuration.host.includes(':') ? `[${configuration.host}]` : configuration.host}:${port}\n`)

  let stopping: Promise<boolean> | undefined
  let starting: Promise<RunningParts> | undefined
  const stop = (): Promise<boolean> => (stopping ??= stopAll({ server, keeper, jobs, parts: (patience_ms) => stopParts(starting, patience_ms) }))
  const began = performance.now()
  const failed = new Promise<never>((_, reject) => {
    const giveUp = async (error: unknown): Promise<void> => {
      server.log.fatal(error)
      await stop()
      reject(error)
    }
    void keeper.broken.then(giveUp)
    keeper.start().then(async () => {
      if (stopping !== undefined) return
      if (configuration.roles.includes('work')) await jobs.start()
      starting = startParts({ service: server.service, configuration, version, log: server.log }, parts, () => stopping !== undefined)
      await starting
      server.log.info({ after_ms: Math.round(performance.now() - began) }, `the database ${wordsOf(configuration)} is open`)
    }).catch(giveUp)
  })
  return { server, port, stop, failed }
}

/** Before any route asks for it: decoding and matching run on threads of their own, which only the build can start. */
const openHub: ServerOptions['routes'][number] = (server, service) => {
  const compiled = import.meta.url.endsWith('.js')
  liveHubOf(service, { warn: (sentence) => server.log.warn(sentence), ...(compiled ? { matching: ({ network }) => matchingOnThreads(network, spareThreads()), decoding: decodingOnThread() } : {}) })
}

/** A process without `web` answers its operators, and where it ingests, who brings batches and asks for what they tell. */
const routesOf = ({ roles }: Configuration): ServerOptions['routes'] => (roles.includes('web') ? [pageRoutes, ...allRoutes] : roles.includes('ingest') ? [batchRoutes] : [])

/** Jobs of one process, or of all that share a PostgreSQL: those that don't work send theirs to the others. */
async function queueOf({ database_url: url }: Configuration, options: ProcessQueueOptions): Promise<JobQueue> {
  if (url === undefined) return processQueue(options)
  // Not above: the embedded start must not load it.
  const { bossQueue } = await import('../adapters/jobs/boss-queue.ts')
  return bossQueue({ ...options, url })
}

function identityOf(configuration: Configuration, clock: Clock): Identity | undefined {
  const oidc = oidcOf(configuration)
  if (oidc === undefined) return undefined
  return { issuer: oidc.settings.issuer, provider: new IdentityProvider(oidc.settings, clock), mapping: oidc.mapping }
}

async function stopParts(starting: Promise<RunningParts> | undefined, patience_ms: number): Promise<void> {
  const stop = async (): Promise<void> => (await starting?.catch(() => undefined))?.stop(patience_ms)
  await within(stop(), patience_ms)
}

/** With its tables and somebody who can let others in. */
async function openPrepared(configuration: Configuration, clock: Clock, notice: (text: string) => void, warn: (what: object, message: string) => void): Promise<Store> {
  // Before the database makes it: what is in there is nobody else's business.
  if (configuration.database_url === undefined) mkdirSync(configuration.data, { recursive: true, mode: 0o700 })
  const store = await openStore(storeAddress(configuration), clock)
  try {
    const { admin_login: login, admin_password: password, data } = configuration
    const file = firstLoginFile(data)
    const made = await ensureAdministrator(store, { login, ...(password === undefined ? {} : { password }), clock, tell: file.tell })
    if (made?.made_up !== undefined) warn({ login, file: file.path }, `the first administrator was made; the password is in ${file.path}: log in, change it and delete the file`)
    if (made?.made_up !== undefined) notice(`first administrator: login ${login}, password in ${file.path}\n`)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function listen(server: FastifyInstance, { host, port }: Configuration): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    await server.close()
    throw new GreenwaveError('usage', `cannot listen on ${host}:${port}: ${(error as Error).message}; name another --host or --port`, undefined, error)
  }
  return (server.server.address() as AddressInfo).port
}

interface Stoppable {
  server: FastifyInstance
  keeper: StoreKeeper
  jobs: JobQueue
  parts: (patience_ms: number) => Promise<void>
}

async function stopAll({ server, keeper, jobs, parts }: Stoppable): Promise<boolean> {
  const began = performance.now()
  const left = (): number => Math.max(0, STOP_MS - (performance.now() - began))
  server.log.info('stopping')
  keeper.refuse()
  const all = (async () => {
    // Before the server, which closes what parts bring their observations to.
    await parts(PARTS_MS)
    const cut = setTimeout(() => server.server.closeAllConnections(), DRAIN_MS)
    await server.close()
    clearTimeout(cut)
    await jobs.stop(Math.max(0, left() - CLOSE_MS))
    await keeper.close()
  })()
  const done = await within(all, STOP_MS)
  server.log[done ? 'info' : 'error']({ ms: Math.round(performance.now() - began) }, done ? 'stopped' : 'stopped with something cut off')
  return done
}

/** False when it lasted too long. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), ms) })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
