// Traffic state: what was measured of a day, and the minutes just past.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import { unchanged } from '../http/etag.ts'
import { instantOf, timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

export const Day = Type.String({ format: 'date', description: 'Local date of the network' })
const Anything = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const List = Type.Object({ day: Type.String(), items: Type.Array(Anything) })
const Minute = Type.Object({
  link: Type.String(), time: Type.String({ format: 'date-time' }), speed_mps: Type.Optional(Type.Number()), travel_time_s: Type.Optional(Type.Number()), index: Type.Optional(Type.Number()), vehicles: Type.Number(),
})
const LONGEST_S = 6 * 3600

/** Parts of a day's state that can be asked for by themselves. */
const PARTS = ['movements', 'links', 'places', 'signals', 'phases', 'feeds'] as const

export function stateRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const stateOf = async (network: string, day: string): Promise<TrafficState> => {
    const state = await store.states.day((await findNetwork(service, network)).id, day)
    if (state === undefined) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(network)} has no state of ${day}`)
    return state
  }
  route(server, {
    method: 'GET', url: '/networks/:network/states', id: 'listStates', tag: 'state', summary: 'Days with a measured state, newest first', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) }), answers: { 200: Type.Object({ days: Type.Array(Type.String()) }) },
    handler: async ({ params, query }) => ({ days: await store.states.days((await findNetwork(service, params.network)).id, query.limit) }),
  })
  route(server, {
    method: 'GET', url: '/networks/:network/states/:day', id: 'getState', tag: 'state', summary: 'The whole state of a day, as `greenwave measure --json` prints it', access: { role: 'viewer' },
    params: Type.Object({ network: Id, day: Day }), answers: { 200: Anything },
    handler: async (request, reply) => {
      const state = await stateOf(request.params.network, request.params.day)
      return unchanged(request, reply, hashOf(state).slice(0, 32)) ? reply.send() : state
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/states/:day/:part', id: 'getStatePart', tag: 'state', summary: 'Movements, links, places, signals, phases or feeds of a day', access: { role: 'viewer' },
    params: Type.Object({ network: Id, day: Day, part: Type.Enum(PARTS) }), answers: { 200: List },
    handler: async (request, reply) => {
      const { network, day, part } = request.params
      const items = (await stateOf(network, day))[part]
      return unchanged(request, reply, hashOf(items).slice(0, 32)) ? reply.send() : { day, items }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/minutes', id: 'listMinutes', tag: 'state', summary: 'Links minute by minute', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    description: 'At most six hours; without times the last ten minutes. A minute without vehicles has no speed: it is unknown, not free.',
    query: Type.Object({ from: Type.Optional(Type.String({ format: 'date-time' })), until: Type.Optional(Type.String({ format: 'date-time' })), links: Type.Optional(Type.String({ maxLength: 10_000, description: 'Ids by commas' })) }),
    answers: { 200: Type.Object({ items: Type.Array(Minute) }) },
    handler: async ({ params, query }) => {
      const { id } = await findNetwork(service, params.network)
      const until = query.until === undefined ? clock.now() : instantOf(query.until, '/until')
      const from = query.from === undefined ? until - 600 : instantOf(query.from, '/from')
      if (!(from < until) || until - from > LONGEST_S) throw new GreenwaveError('request.invalid', `/from ${timeOf(from)} and /until ${timeOf(until)} must be in order and at most six hours apart`)
      const minutes = await store.states.minutes(id, from, until, query.links?.split(','))
      return { items: minutes.map(({ time_s, ...minute }) => ({ ...minute, time: timeOf(time_s) })) }
    },
  })
}
