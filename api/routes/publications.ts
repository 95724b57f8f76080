// What is published: one snapshot a minute, that page, wall, signs and reports share and that never changes.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { Snapshot } from '../../plans/ports/publication.ts'
import { unchanged } from '../http/etag.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const head = { id: Type.String(), network: Type.String(), computed_at: Type.String({ format: 'date-time' }) }
const Publication = Type.Object({ ...head, document: Anything })
const Places = Type.Object({ ...head, items: Type.Array(Anything) })
const Parameters = Type.Object({ network: Id })
/** Until the next one is there. */
const LATEST = 'max-age=5'
const FOREVER = 'max-age=86400, immutable'

const shown = ({ computed_at, document, ...snapshot }: Snapshot) => ({ ...snapshot, computed_at: timeOf(computed_at), document: document as object })

export function publicationRoutes(server: FastifyInstance, service: Service): void {
  const { store, settings } = service
  const keep = (reply: FastifyReply, how: string) => reply.header('cache-control', `${settings.published ? 'public' : 'private'}, ${how}`)
  const latest = async (network: string): Promise<Snapshot> => {
    const snapshot = await store.snapshots.latest((await findNetwork(service, network)).id)
    if (snapshot === undefined) throw new GreenwaveError('request.unknown', `Nothing has been published of the network ${JSON.stringify(network)}`)
    return snapshot
  }
  const known = (request: FastifyRequest, reply: FastifyReply, { id }: Snapshot, how: string): boolean => {
    keep(reply, how)
    return unchanged(request, reply, id)
  }
  route(server, {
    method: 'GET', url: '/networks/:network/congestion', id: 'getCongestion', tag: 'publications', summary: 'Congestion now: the latest snapshot', access: { role: 'published' }, params: Parameters,
    description: 'Its age is the time since `computed_at`; what has too little or too old data says so itself.', answers: { 200: Publication },
    handler: async (request, reply) => {
      const snapshot = await latest(request.params.network)
      return known(request, reply, snapshot, LATEST) ? reply.send() : shown(snapshot)
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/congestion/places', id: 'listCongestedPlaces', tag: 'publications', summary: 'Congested places of the latest snapshot, the worst first', access: { role: 'published' }, params: Parameters, answers: { 200: Places },
    handler: async (request, reply) => {
      const snapshot = await latest(request.params.network)
      if (known(request, reply, snapshot, LATEST)) return reply.send()
      const { document, ...rest } = shown(snapshot)
      const { places } = document as { places?: unknown }
      return { ...rest, items: Array.isArray(places) ? places as object[] : [] }
    },
  })
  route(server, {
    method: 'GET', url: '/publications/:publication', id: 'getPublication', tag: 'publications', summary: 'A snapshot by its id', access: { role: 'published' }, params: Type.Object({ publication: Id }), answers: { 200: Publication },
    handler: async (request, reply) => {
      const snapshot = await store.snapshots.get(request.params.publication)
      if (snapshot === undefined) throw new GreenwaveError('request.unknown', `There is no publication ${JSON.stringify(request.params.publication)}, or no longer`)
      return known(request, reply, snapshot, FOREVER) ? reply.send() : shown(snapshot)
    },
  })
}
