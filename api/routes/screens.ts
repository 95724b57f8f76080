// Screens: what stands where, and what was shown on which data.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { ScreenRecord } from '../../plans/ports/publication.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const KINDS = ['panel', 'text', 'mixed', 'speed-plate', 'kiosk'] as const
const KindSchema = Type.Enum(KINDS)
const Settings = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const ScreenSchema = Type.Object({ id: Type.String(), network: Type.String(), name: Type.String(), kind: KindSchema, settings: Settings, version: Type.Integer() })
const Time = Type.String({ format: 'date-time' })
const Message = Type.Object({
  id: Type.String(), screen: Type.String(), sent_at: Time, expires_at: Time, content: Type.Unknown(), basis: Type.Unknown(), approver: Type.Optional(Type.String()),
  acknowledged_at: Type.Optional(Time), read_back: Type.Optional(Type.Union([Type.Literal('same'), Type.Literal('different'), Type.Literal('not-possible')])),
})
const Parameters = Type.Object({ screen: Id })

export function screenRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const find = async (id: string): Promise<ScreenRecord> => {
    const screen = await store.screens.get(id)
    if (screen === undefined) throw new GreenwaveError('request.unknown', `There is no screen ${JSON.stringify(id)}`)
    return screen
  }
  route(server, {
    method: 'GET', url: '/screens', id: 'listScreens', tag: 'screens', summary: 'All screens', access: { role: 'viewer' }, query: Type.Object({ network: Type.Optional(Id) }), answers: { 200: Type.Object({ items: Type.Array(ScreenSchema) }) },
    handler: async ({ query }) => ({ items: await store.screens.list(query.network) }),
  })
  route(server, {
    method: 'GET', url: '/screens/:screen', id: 'getScreen', tag: 'screens', summary: 'One screen', access: { role: 'viewer', scope: 'screen' }, params: Parameters, answers: { 200: ScreenSchema },
    handler: async (request, reply) => {
      const screen = await find(request.params.screen)
      return unchanged(request, reply, screen.version) ? reply.send() : screen
    },
  })
  route(server, {
    method: 'PUT', url: '/screens/:screen', id: 'putScreen', tag: 'screens', summary: 'A screen, new or changed', access: { role: 'engineer' }, versioned: true, params: Parameters,
    body: Type.Object({ network: Id, name: Type.String({ minLength: 1, maxLength: 200 }), kind: KindSchema, settings: Settings }, { additionalProperties: false }), example: { network: 'jiaxing', name: 'Hall', kind: 'kiosk', settings: {} }, answers: { 200: ScreenSchema },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      await findNetwork(service, request.body.network)
      const screen = await store.tx(async (stores) => {
        const stored = await stores.screens.put({ id: request.params.screen, ...request.body }, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'screen.put', subject_kind: 'screen', subject: stored.id, detail: { version: stored.version, kind: stored.kind } })
        await stores.events.append({ time_s: clock.now(), kind: 'screen.changed', network: stored.network, body: { screen: stored.id, version: stored.version } })
        return stored
      })
      reply.header('etag', etagOf(screen.version))
      return screen
    },
  })
  route(server, {
    method: 'GET', url: '/screens/:screen/messages', id: 'listScreenMessages', tag: 'screens', summary: 'What a screen was sent and what it said to it, newest first', access: { role: 'viewer', scope: 'screen' }, params: Parameters,
    query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) }), answers: { 200: Type.Object({ items: Type.Array(Message) }) },
    handler: async ({ params, query }) => {
      const messages = await store.screens.messages((await find(params.screen)).id, query.limit)
      return {
        items: messages.map(({ sent_at, expires_at, acknowledged_at, ...message }) => ({
          ...message, sent_at: timeOf(sent_at), expires_at: timeOf(expires_at), ...(acknowledged_at === undefined ? {} : { acknowledged_at: timeOf(acknowledged_at) }),
        })),
      }
    },
  })
}
