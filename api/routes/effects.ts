// What was done and what it did: the measured effect of a treatment, and of a change on a corridor.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { effectSentence, measureEffect } from '../../plans/effect/index.ts'
import { getCorridor } from '../../plans/index.ts'
import { dayTypeOf } from '../../plans/workflow/index.ts'
import type { JobInputs } from '../jobs/inputs.ts'
import { JobsOfNetwork, jobsOfNetwork } from '../jobs/of-network.ts'
import { Started } from '../jobs/start.ts'
import { unchanged } from '../http/etag.ts'
import { BASE, route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Day = Type.String({ format: 'date', description: 'Local date' })
const HOW = 'The day is the unit; days of one kind are compared, less what happened at the control on the same days. Where the days cannot tell, the answer says so, and which change they would tell.'

export function effectRoutes(server: FastifyInstance, service: Service): void {
  const { store, jobs, known } = service
  route(server, {
    method: 'GET', url: '/networks/:network/treatments/:treatment/effect', id: 'getTreatmentEffect', tag: 'treatments', summary: 'What a treatment did so far', access: { role: 'viewer' },
    params: Type.Object({ network: Id, treatment: Type.String({ minLength: 1, maxLength: 200 }) }), answers: { 200: Anything }, description: `${HOW} Days come with each measured day.`,
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const card = await store.treatments.get(network.id, request.params.treatment)
      if (card === undefined) throw new GreenwaveError('request.unknown', `The worklist of ${JSON.stringify(network.id)} has no card ${JSON.stringify(request.params.treatment)}`)
      if (unchanged(request, reply, card.version)) return reply.send()
      const treated = card.history.findLast(({ status }) => status === 'treated')?.date
      const calendar = await known.network(network.id)
      const effect = treated === undefined || card.follow === undefined ? null : (card.effect ?? measureEffect({ days: card.follow.days, treated, kindOf: (day) => dayTypeOf(calendar, day) }))
      return {
        treatment: card.id, status: card.status, treated: treated ?? null, days: card.follow?.days ?? [], effect,
        sentence: effect === null ? `${card.name}: ${treated === undefined ? 'not treated yet' : 'nothing is followed'}.` : effectSentence(effect, `Delay at ${card.name}`),
      }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/effects', id: 'listCorridorEffects', tag: 'treatments', summary: 'What changes on corridors did, the newest questions first', access: { role: 'viewer' }, params: Type.Object({ network: Id }), answers: { 200: JobsOfNetwork },
    handler: async ({ params }) => jobsOfNetwork(store, 'effect', (await findNetwork(service, params.network)).id),
  })
  route(server, {
    method: 'POST', url: '/networks/:network/effects', id: 'measureCorridorEffect', tag: 'treatments', summary: 'Ask what a change on a corridor did', access: { role: 'engineer' }, params: Type.Object({ network: Id }),
    description: `${HOW} A job over 35 days on each side; asked for again on the same day, the same job is named.`,
    body: Type.Object({ corridor: Id, changed: Day, period: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }, { additionalProperties: false }), example: { corridor: 'nanhu-avenue', changed: '2026-11-09' }, answers: { 202: Started },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const { corridor, changed, period } = request.body
      getCorridor((await store.networks.scenario(network.id, network.version))!.scenario, corridor)
      const [newest = ''] = await store.states.days(network.id, 1)
      const input: JobInputs['effect'] = { network: network.id, version: network.version, corridor, changed, ...(period === undefined ? {} : { period }) }
      const job = await jobs.send('effect', input, { by: actorOf(request.principal!), once: JSON.stringify(['effect', input, newest]) })
      reply.status(202).header('location', `${BASE}/jobs/${job}`)
      return { job }
    },
  })
}
