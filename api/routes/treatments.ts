// The worklist: congested places, what is done about them, and what it did.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { PlaceCard, WorkStatus } from '../../model/diagnosis.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { pageRequest, PageQuery, sendPage } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const STATUSES = ['found', 'analysed', 'tried', 'proposed', 'approved', 'treated', 'measured', 'dismissed'] as const satisfies readonly WorkStatus[]
const Card = Type.Unsafe<PlaceCard & { version: number }>(Type.Object({ id: Type.String(), name: Type.String(), status: Type.Enum(STATUSES), version: Type.Integer() }, { additionalProperties: true }))
const Parameters = Type.Object({ network: Id, treatment: Type.String({ minLength: 1, maxLength: 200 }) })

export function treatmentRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const find = async (network: string, id: string): Promise<PlaceCard & { version: number }> => {
    const card = await store.treatments.get((await findNetwork(service, network)).id, id)
    if (card === undefined) throw new GreenwaveError('request.unknown', `The worklist of ${JSON.stringify(network)} has no card ${JSON.stringify(id)}`)
    return card
  }
  route(server, {
    method: 'GET', url: '/networks/:network/treatments', id: 'listTreatments', tag: 'treatments', summary: 'The worklist', access: { role: 'viewer' }, params: Type.Object({ network: Id }), query: PageQuery,
    answers: { 200: Type.Object({ items: Type.Array(Card), next: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => sendPage(request, reply, await store.treatments.list((await findNetwork(service, request.params.network)).id, pageRequest(request.query))),
  })
  route(server, {
    method: 'GET', url: '/networks/:network/treatments/:treatment', id: 'getTreatment', tag: 'treatments', summary: 'One card', access: { role: 'viewer' }, params: Parameters, answers: { 200: Card },
    handler: async (request, reply) => {
      const card = await find(request.params.network, request.params.treatment)
      return unchanged(request, reply, card.version) ? reply.send() : card
    },
  })
  route(server, {
    method: 'PATCH', url: '/networks/:network/treatments/:treatment', id: 'changeTreatment', tag: 'treatments', summary: 'Take a card a step on, give it an owner or a date', access: { role: 'engineer' }, versioned: true, params: Parameters,
    description: 'Steps are taken in order and dated; a card may be dismissed at any. What was measured is not set by hand. A note goes with its step, or stands by itself.',
    body: Type.Object({
      status: Type.Optional(Type.Union([Type.Literal('proposed'), Type.Literal('approved'), Type.Literal('treated'), Type.Literal('dismissed')])),
      owner: Type.Optional(Type.String({ maxLength: 200 })), due: Type.Optional(Type.String({ format: 'date' })), note: Type.Optional(Type.String({ maxLength: 2000 })),
    }, { additionalProperties: false }),
    example: { owner: 'Wang Fang', due: '2026-12-01' },
    answers: { 200: Card },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const { version: _version, ...card } = await find(request.params.network, request.params.treatment)
      const { status, owner, due, note } = request.body
      const by = actorOf(request.principal!)
      const changed: PlaceCard = { ...card, ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { due }) }
      const date = new Date(clock.now() * 1000).toISOString().slice(0, 10)
      if (status !== undefined) takeStep(changed, status, { date, by, ...(note === undefined ? {} : { note }) })
      else if (note !== undefined) changed.notes = [...card.notes ?? [], { date, by, note }]
      const stored = await store.tx(async (stores) => {
        const kept = await stores.treatments.put(request.params.network, changed, expected)
        await stores.audit.append({ time_s: clock.now(), actor: by, action: 'treatment.change', subject_kind: 'treatment', subject: card.id, detail: { network: request.params.network, ...request.body } })
        await stores.events.append({ time_s: clock.now(), kind: 'treatment.changed', network: request.params.network, body: { treatment: card.id, version: kept.version } })
        return kept
      })
      reply.header('etag', etagOf(stored.version))
      return stored
    },
  })
}

function takeStep(card: PlaceCard, status: WorkStatus, entry: Omit<PlaceCard['history'][number], 'status'>): void {
  const [from, to] = [STATUSES.indexOf(card.status), STATUSES.indexOf(status)]
  if (card.status === 'dismissed' || card.status === 'measured') throw new GreenwaveError('request.invalid', `The card is ${card.status}; nothing follows on that`)
  // A card may be proposed without a trial, where a treatment can't be tried.
  const next = status === 'dismissed' || to === from + 1 || (status === 'proposed' && from < to)
  if (!next) throw new GreenwaveError('request.invalid', `/status is "${status}", which does not follow on "${card.status}"`)
  card.status = status
  card.history = [...card.history, { status, ...entry }]
}
