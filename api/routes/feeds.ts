// Feeds: what comes in, from whom, and how healthy it is.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const KINDS = ['probes', 'radar', 'events', 'counts', 'speeds', 'links', 'turns'] as const
const KindSchema = Type.Enum(KINDS)
const Settings = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const FeedSchema = Type.Object({
  id: Type.String(), network: Type.String(), kind: KindSchema, format: Type.String(), settings: Settings, enabled: Type.Boolean(), version: Type.Integer(), created_at: Type.String({ format: 'date-time' }),
})
const Parameters = Type.Object({ feed: Id })
const Health = Type.Object({
  source: Type.String(), read: Type.Integer(), accepted: Type.Integer(), from: Type.Optional(Type.String()), until: Type.Optional(Type.String()), refused: Type.Optional(Type.String()),
  issues: Type.Array(Type.Object({ verdict: Type.String(), cause: Type.String(), records: Type.Integer(), example: Type.String() })),
})

const shown = ({ created_at, ...feed }: FeedRecord) => ({ ...feed, created_at: timeOf(created_at) })

/** Throws `request.unknown`. */
export async function findFeed({ store }: Pick<Service, 'store'>, id: string): Promise<FeedRecord> {
  const feed = await store.feeds.get(id)
  if (feed === undefined) throw new GreenwaveError('request.unknown', `There is no feed ${JSON.stringify(id)}`)
  return feed
}

export function feedRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  route(server, {
    method: 'GET', url: '/feeds', id: 'listFeeds', tag: 'feeds', summary: 'All feeds', access: { role: 'engineer' }, query: Type.Object({ network: Type.Optional(Id) }), answers: { 200: Type.Object({ items: Type.Array(FeedSchema) }) },
    handler: async ({ query }) => ({ items: (await store.feeds.list(query.network)).map(shown) }),
  })
  route(server, {
    method: 'GET', url: '/feeds/:feed', id: 'getFeed', tag: 'feeds', summary: 'One feed', access: { role: 'engineer' }, params: Parameters, answers: { 200: FeedSchema },
    handler: async (request, reply) => {
      const feed = await findFeed(service, request.params.feed)
      return unchanged(request, reply, feed.version) ? reply.send() : shown(feed)
    },
  })
  route(server, {
    method: 'PUT', url: '/feeds/:feed', id: 'putFeed', tag: 'feeds', summary: 'A feed, new or changed', access: { role: 'engineer' }, versioned: true, params: Parameters,
    description: 'New with `If-None-Match: *`, changed with `If-Match`.',
    body: Type.Object({ network: Id, kind: KindSchema, format: Type.String({ minLength: 1, maxLength: 50 }), settings: Settings, enabled: Type.Boolean() }, { additionalProperties: false }),
    example: { network: 'jiaxing', kind: 'probes', format: 'ndjson', settings: { datum: 'gcj02' }, enabled: true },
    answers: { 200: FeedSchema },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      await findNetwork(service, request.body.network)
      const feed = await store.tx(async (stores) => {
        const stored = await stores.feeds.put({ id: request.params.feed, ...request.body }, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'feed.put', subject_kind: 'feed', subject: stored.id, detail: { version: stored.version, enabled: stored.enabled, format: stored.format } })
        await stores.events.append({ time_s: clock.now(), kind: 'feed.changed', network: stored.network, body: { feed: stored.id, version: stored.version } })
        return stored
      })
      reply.header('etag', etagOf(feed.version))
      return shown(feed)
    },
  })
  route(server, {
    method: 'DELETE', url: '/feeds/:feed', id: 'removeFeed', tag: 'feeds', summary: 'Take a feed away; its rows stay as long as their days', access: { role: 'engineer' }, versioned: true, params: Parameters, answers: { 204: Type.Null() },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const feed = await findFeed(service, request.params.feed)
      await store.tx(async (stores) => {
        await stores.feeds.remove(feed.id, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'feed.remove', subject_kind: 'feed', subject: feed.id, detail: {} })
        await stores.events.append({ time_s: clock.now(), kind: 'feed.changed', network: feed.network, body: { feed: feed.id, removed: true } })
      })
      return reply.status(204).send()
    },
  })
  route(server, {
    method: 'GET', url: '/feeds/:feed/health', id: 'getFeedHealth', tag: 'feeds', summary: 'By day: what was read, believed, and set aside, by cause', access: { role: 'engineer' }, params: Parameters,
    query: Type.Object({ from: Type.Optional(Type.String({ format: 'date' })) }), answers: { 200: Type.Object({ days: Type.Array(Type.Object({ day: Type.String(), health: Health })) }) },
    handler: async ({ params, query }) => {
      const feed = await findFeed(service, params.feed)
      const days = await store.feeds.health(feed.id, query.from ?? new Date((clock.now() - 14 * 86_400) * 1000).toISOString().slice(0, 10))
      return { days: days.map(({ day, health: { from_s, until_s, ...health } }) => ({ day, health: { ...health, ...(from_s === undefined ? {} : { from: timeOf(from_s) }), ...(until_s === undefined ? {} : { until: timeOf(until_s) }) } })) }
    },
  })
}
