// Networks with their corridors, signals and demand; as GeoJSON for maps.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { exportGeojson } from '../../adapters/formats/geojson/index.ts'
import { parseScenario } from '../../adapters/formats/scenario/read.ts'
import { streetDrawing } from '../../diagram/street-drawing.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { NetworkRecord } from '../../plans/ports/networks.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'

export const Id = Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9._~:-]+$' })
const NetworkSchema = Type.Object({ id: Type.String(), name: Type.String(), time_zone: Type.String(), version: Type.Integer(), hash: Type.String(), updated_at: Type.String({ format: 'date-time' }) })
const CorridorSchema = Type.Object({ id: Type.String(), name: Type.String(), intersections: Type.Array(Type.String()) })
const Parameters = Type.Object({ network: Id })
/** Written and checked by the formats; its inside is theirs. */
const Anything = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
/** Without any street; a real one is written by `greenwave import`. */
const EXAMPLE_SCENARIO: Record<string, unknown> = {
  scenario: { format: 'greenwave.scenario/1', name: 'Jiaxing', time_zone: 'Asia/Shanghai', coordinate_reference: { kind: 'local' }, corridors: [], periods: [] },
  network: { format: 'greenwave.network/1', name: 'Jiaxing', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes: [], links: [], movements: [], connections: [], signals: [] },
  demand: { format: 'greenwave.demand/1', intervals: [], volumes: [], vehicle_types: [], routes: [], vehicles: { depart_s: [], route: [], type: [] } },
  timing: { format: 'greenwave.timing/1', plans: [], schedule: [] },
}
const NETWORK_LIMIT = 200_000_000

const shown = ({ updated_at, ...network }: NetworkRecord) => ({ ...network, updated_at: timeOf(updated_at) })

/** Throws `request.unknown`. */
export async function findNetwork({ store }: Pick<Service, 'store'>, id: string): Promise<NetworkRecord> {
  const network = await store.networks.get(id)
  if (network === undefined) throw new GreenwaveError('request.unknown', `There is no network ${JSON.stringify(id)}`)
  return network
}

export function networkRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const scenarioOf = async ({ id, version }: NetworkRecord) => (await store.networks.scenario(id, version))!
  route(server, {
    method: 'GET', url: '/networks', id: 'listNetworks', tag: 'networks', summary: 'All networks', access: { role: 'viewer' }, answers: { 200: Type.Object({ items: Type.Array(NetworkSchema) }) },
    handler: async () => ({ items: (await store.networks.list()).map(shown) }),
  })
  route(server, {
    method: 'GET', url: '/networks/:network', id: 'getNetwork', tag: 'networks', summary: 'One network', access: { role: 'viewer' }, params: Parameters, answers: { 200: NetworkSchema },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      return unchanged(request, reply, network.version) ? reply.send() : shown(network)
    },
  })
  route(server, {
    method: 'PUT', url: '/networks/:network', id: 'putNetwork', tag: 'networks', summary: 'A network, new or a new version', access: { role: 'engineer' }, versioned: true, params: Parameters, body_limit: NETWORK_LIMIT,
    description: 'The four documents of a scenario folder as one: `{scenario, network, demand, timing}`, as `greenwave import` writes them. New with `If-None-Match: *`.',
    body: Anything, example: EXAMPLE_SCENARIO, answers: { 200: NetworkSchema },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const scenario = parseScenario(request.body)
      const by = actorOf(request.principal!)
      const network = await store.tx(async (stores) => {
        const stored = await stores.networks.put(request.params.network, scenario, by, expected)
        if (stored.version !== expected) {
          await stores.audit.append({ time_s: clock.now(), actor: by, action: 'network.put', subject_kind: 'network', subject: stored.id, detail: { version: stored.version, hash: stored.hash } })
          await stores.events.append({ time_s: clock.now(), kind: 'network.changed', network: stored.id, body: { version: stored.version } })
        }
        return stored
      })
      reply.header('etag', etagOf(network.version))
      return shown(network)
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/scenario', id: 'getScenario', tag: 'networks', summary: 'The documents of a network', access: { role: 'viewer' }, params: Parameters,
    query: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }), answers: { 200: Anything },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const version = request.query.version ?? network.version
      const scenario = await store.networks.scenario(network.id, version)
      if (scenario === undefined) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(network.id)} has no version ${version}; the newest is ${network.version}`)
      return unchanged(request, reply, version) ? reply.send() : scenario
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/geojson', id: 'getNetworkGeojson', tag: 'networks', summary: 'The network as GeoJSON (RFC 7946)', access: { role: 'viewer' }, params: Parameters, answers: { 200: Anything },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      if (unchanged(request, reply, network.version)) return reply.send()
      const { scenario, network: streets, timing } = await scenarioOf(network)
      reply.type('application/geo+json')
      return reply.serializer((text: unknown) => text as string).send(exportGeojson(streets, { name: scenario.name, time_zone: scenario.time_zone, patterns: [...runningPatterns(timing, 12 * 3600).values()] }))
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/drawing', id: 'getNetworkDrawing', tag: 'networks', summary: 'The streets as pages draw them, in metres', access: { role: 'published' }, params: Parameters, answers: { 200: Anything },
    description: 'Carriageways as the middle of their lanes, turns, signals, corridors. Metres of the scenario, x east and y north; `coordinate_reference` says where that is on the globe, where it is known. `tiles` is the address of background pictures where the operator has set one.',
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const { map_tiles } = service.settings
      const drawing = async () => ({ ...streetDrawing(await scenarioOf(network)), version: network.version, ...(map_tiles === undefined ? {} : { tiles: map_tiles }) })
      return unchanged(request, reply, map_tiles === undefined ? network.version : `${network.version}+${hashOf(map_tiles).slice(0, 8)}`) ? reply.send() : drawing()
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/corridors', id: 'listCorridors', tag: 'networks', summary: 'Corridors of a network', access: { role: 'viewer' }, params: Parameters, answers: { 200: Type.Object({ items: Type.Array(CorridorSchema) }) },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      return unchanged(request, reply, network.version) ? reply.send() : { items: (await scenarioOf(network)).scenario.corridors }
    },
  })
}
