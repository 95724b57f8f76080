// A service with one of everything, under the names that the API's own examples use; and who may knock at it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { documentOf, everyRoute, type OpenApi, type Operation } from '../api/document.ts'
import { EXAMPLES } from '../api/http/route.ts'
import { newKey, newToken } from '../api/security/secrets.ts'
import { world, type World } from '../api/testing.ts'
import { resolveCorridor } from '../model/corridor.ts'
import type { Publication } from '../model/publication.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { Deployer } from '../plans/deployment/index.ts'
import { fakeStreet, SleepingClock } from '../plans/deployment/testing.ts'
import { snapshot } from '../plans/publication/snapshot.ts'
import { ROLES, type Role, type Scope } from '../plans/ports/people.ts'
import { cardOf, deploymentOf, deviceOf, feedOf, healthOf, jobOf, stateOf } from '../plans/testing/records.ts'
import type { MemoryTables } from '../plans/testing/memory-tables.ts'
import { PlanWorkflow } from '../plans/workflow/index.ts'
import { runningDocument } from '../plans/workflow/testing.ts'

export interface ApiTown extends World {
  document: OpenApi
  /** Secrets of keys by what they may do: of the examples' things, and of others. */
  keys: { scope: Scope['do']; own: boolean; secret: string }[]
}

export interface KnownRoute {
  method: string
  /** As the document has it. */
  path: string
  /** With the examples in it. */
  url: string
  operation: Operation
}

/** Without limit on the rate: tests ask more than people do. */
export async function apiTown(settings: { published?: boolean } = {}): Promise<ApiTown> {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }
  const open = await world(everyRoute(version), { settings: { rate_per_minute: 1e9, ...settings }, version })
  await furnish(open)
  return { ...open, document: await documentOf(open.server), keys: await makeKeys(open) }
}

/** Everything under the names of the examples. */
export async function furnish({ server, store, at }: Pick<World, 'server' | 'store' | 'at'>): Promise<void> {
  const { scenario } = await readScenario(join(import.meta.dirname, '..', 'scenarios', 'nanhu-avenue'))
  scenario.network.coordinate_reference = { kind: 'projected', projection: '+proj=tmerc +lat_0=30.75 +lon_0=120.76 +ellps=WGS84' }
  scenario.scenario.coordinate_reference = scenario.network.coordinate_reference
  const { network, feed, batch, plan, screen, message, treatment, job, day, publication, key, controller, deployment } = EXAMPLES as Record<keyof typeof EXAMPLES, string>
  await store.networks.put(network!, scenario, 'engineer', 0)
  await store.feeds.put(feedOf(feed!, network!), 0)
  await store.observations.append({ feed: feed!, id: batch!, received_s: at.now, health: healthOf(0) })
  await store.screens.put({ id: screen!, network: network!, name: 'Hall', kind: 'kiosk', settings: { place: { lat_deg: 30.75, lon_deg: 120.76, bearing_deg: 90 } } }, 0)
  await store.screens.log({ id: message!, screen: screen!, sent_at: at.now, expires_at: at.now + 600, content: { pages: [['南湖大道', '约9分']], lamps: [{ segment: 'west', colour: 'red' }] }, basis: {} })
  await store.treatments.put(network!, cardOf(treatment!), 0)
  await store.states.putDay(network!, day!, stateOf())
  await store.devices.put(deviceOf(controller!, { network: network!, signal: '1' }), 0)
  await store.devices.accept(controller!, { baseline: { device: controller!, read_at: at.now, hash: 'a', config: { groups: [], conflicts: [], intergreens: [], slots: [] }, image: {}, mode: 'free' }, by: 'engineer', at: at.now })
  const street = fakeStreet(new SleepingClock(at.now), scenario)
  // The controller of the examples is one in memory, whatever it says it speaks.
  server.service.deployer = new Deployer({ store, clock: new SleepingClock(at.now), drivers: [{ protocol: 'ntcip', open: (device, context) => street.driver.open({ ...device, id: `c${device.signal}` }, context) }] })
  await store.deployments.insert(deploymentOf(deployment!, { network: network!, device: controller!, state: 'ROLLED_BACK' }))
  await store.jobs.insert(jobOf(job!))
  await store.snapshots.put({ id: publication!, network: network!, computed_at: at.now, document: publicationOf(network!, scenario, at.now) })
  await store.people.putKey({ id: key!, secret_hash: '0'.repeat(64), name: 'old', scopes: [], created_by: 'administrator', created_at: at.now })
  const drawn = runningDocument(scenario)
  const intersections = drawn.intersections.map((one) => (one.signal === '2' ? { ...one, offset_s: 12 } : one))
  await new PlanWorkflow({ store, clock: { now: () => at.now } }).draft({ id: plan!, network: network!, document: { ...drawn, intersections }, actor: 'engineer', reason: 'more traffic' })
}

/** The links along the corridor with six vehicles a minute at half the limit, and a congested place. */
function publicationOf(network_id: string, { network, scenario }: Scenario, now: number): Publication {
  const graph = new RoadGraph(network)
  const corridor = resolveCorridor(graph, scenario.corridors[0]!)
  const { links } = corridor.outbound!
  const minutes = links.map((link) => ({ link, time_s: now - 60, speed_mps: graph.getLink(link).speed_mps / 2, vehicles: 6 }))
  return snapshot({
    network_id, network_version: 1, network, now, minutes, typical: new Map(), segments: links.map((link) => ({ id: `segment-${link}`, name: link, links: [link] })), notices: [],
    corridors: [{ id: `${corridor.corridor.id}/outbound`, name: corridor.corridor.name, segments: links.map((link) => `segment-${link}`) }],
    places: [{ id: 'place-1', name: 'Head of the queue', segments: [`segment-${links[0]!}`], trend: 'growing' }],
  })
}

async function makeKeys({ store, at }: World): Promise<ApiTown['keys']> {
  const { network, signal, feed, screen } = EXAMPLES as Record<keyof typeof EXAMPLES, string>
  const scopes: [Scope, boolean][] = [
    [{ do: 'feed', feed: feed! }, true], [{ do: 'feed', feed: 'others' }, false], [{ do: 'screen', screen: screen! }, true], [{ do: 'screen', screen: 'others' }, false],
    [{ do: 'cabinet', network: network!, signal: signal! }, true], [{ do: 'cabinet', network: network!, signal: '2' }, false], [{ do: 'cabinet', network: 'others', signal: signal! }, false], [{ do: 'metrics' }, true],
  ]
  return Promise.all(scopes.map(async ([scope, own]) => {
    const { id, secret, hash } = newKey()
    await store.people.putKey({ id, secret_hash: hash, name: `${scope.do} key`, scopes: [scope], created_by: 'administrator', created_at: at.now })
    return { scope: scope.do, own, secret }
  }))
}

/** Every route of the document; some part of the address as the examples have it. */
export const listKnownRoutes = ({ paths }: OpenApi): KnownRoute[] => Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation, url: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(EXAMPLES[name]!)) })))

export const exampleBody = ({ requestBody }: Operation): unknown => Object.values(requestBody?.content ?? {})[0]?.example

export const mayPerson = (role: Role, { 'x-access': { role: least } }: Operation): boolean => ROLES.indexOf(role) >= (least === 'public' ? 0 : least === 'published' ? 0 : ROLES.indexOf(least as Role))

/** A session of its own, for a request that may end it. */
export async function freshSession({ store, at }: World, role: Role): Promise<string> {
  const { secret, hash } = newToken()
  await store.people.openSession({ token_hash: hash, person: role, created_at: at.now, expires_at: at.now + 3600 })
  return secret
}

/** Names of the tables that differ. Rows are replaced and never changed, so that a row is the same or another one. */
export function changedTables(before: MemoryTables, now: MemoryTables): string[] {
  return (Object.keys(before) as (keyof MemoryTables)[]).filter((name) => {
    const [a, b]: [unknown, unknown] = [before[name], now[name]]
    if (a instanceof Map && b instanceof Map) return a.size !== b.size || [...a].some(([key, row]) => !(row instanceof Map) && b.get(key) !== row)
    if (Array.isArray(a) && Array.isArray(b)) return a.length !== b.length || a.some((row, i) => row !== b[i])
    return a !== b
  })
}
