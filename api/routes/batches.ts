// Batches of probes pushed by their sources, and what is known of the streets now.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { BATCH_LIMITS } from '../ingest/decode.ts'
import { liveHubOf, type LiveHub } from '../ingest/live-hub.ts'
import type { Service } from '../server.ts'
import { findFeed } from './feeds.ts'
import { findNetwork, Id } from './networks.ts'

const TYPES = ['application/x-ndjson', 'application/ndjson', 'text/csv', 'application/gzip', 'application/octet-stream']
const Result = Type.Object({
  feed: Type.String(), batch: Type.String(), outcome: Type.Enum(['stored', 'duplicate']), read: Type.Integer(), accepted: Type.Integer(),
  issues: Type.Array(Type.Object({ verdict: Type.String(), cause: Type.String(), records: Type.Integer(), example: Type.String() })),
})
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
    postBatch(scope, service, hub)
  })
  route(server, {
    method: 'GET', url: '/networks/:network/live', id: 'getLive', tag: 'state', summary: 'Links and movements now, from the vehicles of the last ten minutes', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    description: 'What is older than ten minutes, or from fewer than three vehicles, is unknown and has no figures: it is not free.',
    answers: { 200: Type.Object({ at: Type.String({ format: 'date-time' }), links: Type.Array(LiveLink), movements: Type.Array(LiveMovement) }) },
    handler: async ({ params }) => {
      const { state } = await hub.ingest((await findNetwork(service, params.network)).id)
      const now = service.clock.now()
      return { at: timeOf(now), links: state.links(now), movements: state.movements(now) }
    },
  })
}

function postBatch(server: FastifyInstance, service: Service, hub: LiveHub): void {
  route(server, {
    method: 'POST', url: '/feeds/:feed/batches/:batch', id: 'postBatch', tag: 'feeds', summary: 'A batch of probes', access: { role: 'engineer', scope: 'feed' },
    params: Type.Object({ feed: Id, batch: Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\w.:-]+$', examples: ['2026-11-22T08:00:05Z-17'] }) }), body_limit: BATCH_LIMITS.bytes,
    description: [
      'The body is CSV with a header or one JSON object a line (vehicle_id, time, lon and lat or x and y, speed, heading_deg), packed by gzip or not.',
      'Answered after everything in it is stored: what was not answered by 200 must be sent again under the same name, and takes effect once.',
      '503 with Retry-After when batches wait for more than five seconds: nothing of this one was taken.',
    ].join(' '),
    answers: { 200: Result },
    handler: async ({ params, body }) => {
      if (!Buffer.isBuffer(body)) throw new GreenwaveError('request.media', `A batch is sent as ${TYPES.slice(0, 3).join(', ')} or packed by gzip`)
      return hub.submit(await findFeed(service, params.feed), params.batch, body)
    },
  })
}
