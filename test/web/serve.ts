// The service and its built pages for tests of the pages: in the test's own process, stores in memory, a clock that stands, jobs that really work.
// A town with one of everything, plans on their way, and cars that tell where they are.
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { processQueue } from '../../adapters/jobs/index.ts'
import { everyRoute } from '../../api/document.ts'
import { EXAMPLES } from '../../api/http/route.ts'
import { liveHubOf } from '../../api/ingest/live-hub.ts'
import { handleControllerJobs } from '../../api/jobs/controllers.ts'
import { handleJobs } from '../../api/jobs/index.ts'
import { pageRoutes } from '../../api/pages.ts'
import { buildServer, type ServiceSettings } from '../../api/server.ts'
import { givePeople } from '../../api/testing.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { Role } from '../../plans/ports/people.ts'
import type { Store } from '../../plans/ports/store.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { feedOf } from '../../plans/testing/records.ts'
import type { Deployer } from '../../plans/deployment/index.ts'
import { PlanWorkflow, type WorkflowOptions } from '../../plans/workflow/index.ts'
import { evaluationOf, runningDocument } from '../../plans/workflow/testing.ts'
import { furnish } from '../api-town.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export interface WebTown {
  /** Without a slash at the end. */
  url: string
  server: FastifyInstance
  store: Store
  workflow: PlanWorkflow
  tokens: Record<Role, string>
  /** Of the service and of the pages that `openPage` opens; seconds since 1970. */
  at: { now: number }
  network: string
  corridor: string
  scenario: Scenario
  /** Ids of plans by how far they have come; the engineer drew them. */
  plans: { draft: string; simulated: string; approved: string }
  /** Six cars on every link, each place at its own pace, as if they had driven in the last minute. */
  drive(): Promise<void>
  stop(): Promise<void>
}

/** Friday 2027-01-15, 16:00 in the town. */
export const NOW_S = 1_800_000_000

export interface TownOptions {
  settings?: Partial<ServiceSettings>
  /** Whether the cars have driven. */
  traffic?: boolean
  /** In place of one that stands. */
  clock?: Clock
  /** Who speaks to controllers; nobody answers by default. */
  deployer?: (store: Store) => Deployer
  /** What simulates plans in place of the microsimulation. */
  simulate?: WorkflowOptions['simulate']
  /** Jobs as the build does them, long sums in threads of their own as in the product; otherwise nobody is answered while one computes. */
  built?: boolean
}

/** From a path that the compiler does not follow: the sources are type-checked before there is a build. */
const builtJobs = async (): Promise<typeof handleJobs> => ((await import(pathToFileURL(join(ROOT, 'dist', 'api', 'jobs', 'index.js')).href)) as { handleJobs: typeof handleJobs }).handleJobs

export async function serveTown({ settings = {}, traffic = true, clock: given, deployer: deployerFor, simulate, built = false }: TownOptions = {}): Promise<WebTown> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const at = given === undefined ? { now: NOW_S } : { get now() { return given.now() } }
  const clock = { now: () => at.now }
  const store = memoryStore(clock)
  const workflow = new PlanWorkflow({ store, clock, ...(simulate === undefined ? {} : { simulate }) })
  const deployer = deployerFor?.(store)
  const jobs = processQueue({ jobs: store.jobs, events: store.events, clock })
  const server = await buildServer({ store, jobs, workflow, clock, version, settings: { rate_per_minute: 1e9, ...settings }, routes: [pageRoutes, ...everyRoute(version)] })
  const handle = built ? await builtJobs() : handleJobs
  handle(jobs, { store, workflow, clock, version })
  handleControllerJobs(jobs, { deployer: deployer ?? server.service.deployer, workflow })
  await jobs.start()
  const tokens = await givePeople(store, at.now)
  const { network, corridor, plan } = EXAMPLES as { network: string; corridor: string; plan: string }
  await furnish({ server, store, at })
  if (deployer !== undefined) server.service.deployer = deployer
  const scenario = (await store.networks.scenario(network, 1))!
  const plans = { draft: plan, ...await furtherPlans(store, clock, network, scenario) }
  const drive = (): Promise<void> => driveEverywhere(server, scenario, network, at.now)
  if (traffic) await drive()
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const stop = async (): Promise<void> => {
    server.server.closeAllConnections()
    await server.close()
    await jobs.stop(1000)
    await store.close()
  }
  return { url, server, store, workflow, tokens, at, network, corridor, scenario, plans, drive, stop }
}

/** One that was simulated by figures that a test can know, and one that an approver has let through. */
async function furtherPlans(store: Store, clock: Clock, network: string, scenario: Scenario): Promise<{ simulated: string; approved: string }> {
  const simulate = async ({ runs, seed }: { runs: number; seed: number }) => {
    const [before, after] = [evaluationOf(0, runs), evaluationOf(0, runs)]
    return { evaluation: { before, after, differences: [], runs, seed }, losers: [] }
  }
  const told = new PlanWorkflow({ store, clock, simulate })
  const draw = async (id: string, later_s: number, reason: string) => {
    const { version } = await told.draft({ id, network, document: runningDocument(scenario, later_s), actor: 'engineer', reason })
    const checked = await told.check({ plan: id, expected: version, actor: 'engineer' })
    return told.simulate({ plan: id, expected: checked.version, actor: 'engineer', runs: 10 })
  }
  const [simulated, approved] = ['11111111-1f1c-4f0e-9a53-000000000001', '22222222-1f1c-4f0e-9a53-000000000002']
  await draw(simulated, 3, 'evening queue at the exit')
  const { plan } = await draw(approved, 5, 'new bus lane')
  await told.approve({ plan: approved, expected: plan.version, actor: 'approver' })
  return { simulated, approved }
}

const PACES = [1, 0.6, 0.52, 0.4] as const
const FEED = 'buses'

async function driveEverywhere({ service }: FastifyInstance, { network }: Scenario, id: string, now: number): Promise<void> {
  if ((await service.store.feeds.get(FEED)) === undefined) await service.store.feeds.put({ ...feedOf(FEED, id), format: 'ndjson', settings: { datum: 'scenario' } }, 0)
  const feed = (await service.store.feeds.get(FEED))!
  const graph = new RoadGraph(network)
  const lines = network.links.flatMap((link, place) => {
    const from = network.nodes.find(({ id }) => id === link.from)!
    const to = network.nodes.find(({ id }) => id === link.to)!
    const heading = graph.heading(link.id, 'start')
    const speed = link.speed_mps * PACES[place % PACES.length]!
    const along = Math.min(0.8 * link.length_m, speed * 45)
    return Array.from({ length: 6 }, (_, car) => Array.from({ length: 16 }, (_, i) => {
      const share = 0.1 + (along * i) / 15 / link.length_m
      const time = now - 5 - car - ((15 - i) * along) / 15 / speed
      return JSON.stringify({ vehicle_id: `${link.id}/${car}/${now}`, time, x: from.x_m + (to.x_m - from.x_m) * share, y: from.y_m + (to.y_m - from.y_m) * share, speed, heading_deg: (90 - (heading * 180) / Math.PI + 360) % 360 })
    })).flat()
  })
  await liveHubOf(service).submit(feed, `drive-${now}`, Buffer.from(`${lines.join('\n')}\n`))
}
