// Batches of probes pushed by their sources, and what is known of the streets now.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { timeOf } from '../http/instants.ts'
import { BASE, route } from '../http/route.ts'
import { BATCH_LIMITS } from '../ingest/decode.ts'
import { answerOf, doorOf } from '../ingest/door.ts'
import { liveHubOf } from '../ingest/live-hub.ts'
import type { Service } from '../server.ts'
import { findFeed } from './feeds.ts'
import { findNetwork, Id } from './networks.ts'

const TYPES = ['application/x-ndjson', 'application/ndjson', 'text/csv', 'application/gzip', 'application/octet-stream']
const Result = Type.Object({
  feed: Type.String(), batch: Type.String(), outcome: Type.Enum(['stored', 'duplicate']), read: Type.Integer(), accepted: Type.Integer(),
  issues: Type.Array(Type.Object({ verdict: Type.String(), cause: Type.String(), records: Type.Integer(), example: Type.String() })),
})
const Kept = Type.Object({ feed: Type.String(), batch: Type.String(), outcome: Type.Literal('kept') }, { description: 'Kept in the stream, not stored yet; Location says where to ask for it' })
const Address = Type.Object({ feed: Id, batch: Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\w.:-]+$', examples: ['2026-11-22T08:00:05Z-17'] }) })
const LiveLink = Type.Object({
  link: Type.String(), freshness: Type.Enum(['live', 'ageing', 'old', 'no-data']), age_s: Type.Number(), vehicles: Type.Integer(),
  speed_mps: Type.Optional(Type.Number()), travel_time_s: Type.Optional(Type.Number()), index: Type.Optional(Type.Number()),
})
const LiveMovement = Type.Object({ movement: Type.String(), crossings: Type.Integer(), delay_s: Type.Optional(Type.Number()) })

export function batchRoutes(server: FastifyInstance, service: Service): void {
  const hub = liveHubOf(service, { warn: (sentence) => server.log.warn(sentence) })
  server.addHook('onClose', () => hub.close())
  // In a scope of its own: no other address takes these types.
  void server.register(async (scope) => {
    scope.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: BATCH_LIMITS.bytes }, (_request, body, done) => done(null, body))
    postBatch(scope, service)
  })
  route(server, {
    method: 'GET', url: '/feeds/:feed/batches/:batch', id: 'getBatch', tag: 'feeds', summary: 'What became of a batch', access: { role: 'engineer', scope: 'feed' }, params: Address,
    description: '404 for a batch that never came, or waits in the stream, or whose day is gone; 422 for one that was refused.',
    answers: { 200: Result },
    handler: async ({ params }) => {
      const { id } = await findFeed(service, params.feed)
      const record = await service.store.observations.find(id, params.batch)
      if (record === undefined) throw new GreenwaveError('request.unknown', `The batch ${JSON.stringify(params.batch)} of the feed ${JSON.stringify(id)} is not stored`)
      return { ...answerOf(id, params.batch, record), outcome: 'stored' as const }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/live', id: 'getLive', tag: 'state', summary: 'Links and movements now, from the vehicles of the last ten minutes', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    description: 'What is older than ten minutes, or from fewer than three vehicles, is unknown and has no figures: it is not free.',
    answers: { 200: Type.Object({ at: Type.String({ format: 'date-time' }), links: Type.Array(LiveLink), movements: Type.Array(LiveMovement) }) },
    handler: async ({ params }) => {
      const { at_s, links, movements } = await doorOf(service).live((await findNetwork(service, params.network)).id)
      return { at: timeOf(at_s), links, movements }
    },
  })
}

function postBatch(server: FastifyInstance, service: Service): void {
  route(server, {
    method: 'POST', url: '/feeds/:feed/batches/:batch', id: 'postBatch', tag: 'feeds', summary: 'A batch of probes', access: { role: 'engineer', scope: 'feed' },
    params: Address, body_limit: BATCH_LIMITS.bytes,
    description: [
      'The body is CSV with a header or one JSON object a line (vehicle_id, time, lon and lat or x and y, speed, heading_deg), packed by gzip or not.',
      'Answered by 200 after everything in it is stored. By 202 where a stream stands between and has it safe, but it is not stored within five seconds; ask at Location then.',
      'What was answered by neither must be sent again under the same name, and takes effect once. 409 where the name belongs to a batch with other content.',
      '503 with Retry-After when batches wait for more than five seconds: nothing of this one was taken.',
    ].join(' '),
    answers: { 200: Result, 202: Kept },
    handler: async ({ params, body }, reply) => {
      if (!Buffer.isBuffer(body)) throw new GreenwaveError('request.media', `A batch is sent as ${TYPES.slice(0, 3).join(', ')} or packed by gzip`)
      const { feed, batch } = params
      const result = await doorOf(service).submit(await findFeed(service, feed), batch, body)
      if (result !== 'kept') return result
      return reply.status(202).header('location', `${BASE}/feeds/${encodeURIComponent(feed)}/batches/${encodeURIComponent(batch)}`).send({ feed, batch, outcome: 'kept' })
    },
  })
}
