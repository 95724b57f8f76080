// The wall of a hall: what it shows, and the stream that says when there is something new. A wall without a person uses the key of a screen.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { ServiceEvent } from '../../plans/ports/event-log.ts'
import { route } from '../http/route.ts'
import type { Service } from '../server.ts'
import { wallDeskOf } from '../wall.ts'
import { findNetwork, Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Known = Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the network whose drawing is there already: it is then left out' }))
const Query = Type.Object({ network: Type.Optional(Id), known: Known })
const Stream = Type.String({ contentMediaType: 'text/event-stream' })
const SAYS = 'Nothing of it is cached: `now` is the clock of this service.'
/** Kinds at which a wall asks again; what stands in them it is not told. */
const NEWS = ['state.snapshot', 'schedule.changed', 'network.changed', 'screen.changed', 'controller.drift', 'controller.mismatch']

export function wallRoutes(server: FastifyInstance, service: Service): void {
  const desk = wallDeskOf(service)
  const screenNetwork = async (id: string) => {
    const screen = await service.store.screens.get(id)
    if (screen === undefined) throw new GreenwaveError('request.unknown', `There is no screen ${JSON.stringify(id)}`)
    return findNetwork(service, screen.network)
  }
  const listen = (network: string, request: Parameters<typeof service.events.listen>[0], reply: Parameters<typeof service.events.listen>[1]) =>
    service.events.listen(request, reply, (event: ServiceEvent) => (event.network === network && NEWS.includes(event.kind) ? { ...event, body: null } : undefined))
  route(server, {
    method: 'GET', url: '/wall', id: 'getWall', tag: 'publications', summary: 'What a wall shows of the network asked for, else of the first that is published', access: { role: 'published' }, query: Query, answers: { 200: Anything },
    description: `Plans that run, stops that were measured and alarms of controllers only for who is logged in. ${SAYS}`,
    handler: async ({ query, principal }, reply) => {
      reply.header('cache-control', 'no-store')
      return desk.state(await desk.networkOf(query.network), { duty: principal?.kind === 'person', known: query.known })
    },
  })
  route(server, {
    method: 'GET', url: '/wall/events', id: 'listenWall', tag: 'publications', summary: 'Server-sent events: a wall should ask again', access: { role: 'published' }, query: Type.Object({ network: Type.Optional(Id) }), answers: { 200: Stream },
    description: 'Kinds without contents. A comment every 15 s says that the line is alive.',
    handler: async (request, reply) => listen((await desk.networkOf(request.query.network)).id, request, reply),
  })
  route(server, {
    method: 'GET', url: '/screens/:screen/wall', id: 'getScreenWall', tag: 'screens', summary: 'What a wall shows that has the key of a screen', access: { role: 'viewer', scope: 'screen' }, params: Type.Object({ screen: Id }), query: Type.Object({ known: Known }), answers: { 200: Anything },
    description: `Of the network of the screen, with plans, stops and alarms. ${SAYS}`,
    handler: async ({ params, query }, reply) => {
      reply.header('cache-control', 'no-store')
      return desk.state(await screenNetwork(params.screen), { duty: true, known: query.known })
    },
  })
  route(server, {
    method: 'GET', url: '/screens/:screen/wall/events', id: 'listenScreenWall', tag: 'screens', summary: 'Server-sent events: the wall of a screen should ask again', access: { role: 'viewer', scope: 'screen' }, params: Type.Object({ screen: Id }), answers: { 200: Stream },
    description: 'Kinds without contents. A comment every 15 s says that the line is alive.',
    handler: async (request, reply) => listen((await screenNetwork(request.params.screen)).id, request, reply),
  })
}
