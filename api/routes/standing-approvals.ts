// Standing approvals: where greenwave may deploy what it plans by itself.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { findStandingApproval, giveStandingApproval, type StandingApproval, withdrawStandingApproval } from '../../plans/workflow/index.ts'
import { instantOf, timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'
import { corridorsOf } from './schedules.ts'

const Corridor = Type.Object({ network: Id, corridor: Type.String({ minLength: 1, maxLength: 200 }) })
const Approval = Type.Object({ network: Type.String(), corridor: Type.String(), by: Type.String(), until: Type.String({ format: 'date-time' }), seq: Type.Integer() })

const shown = ({ network, corridor, by, until_s, seq }: StandingApproval) => ({ network, corridor, by, until: timeOf(until_s), seq })

export function standingApprovalRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const requireCorridor = corridorsOf(service)
  route(server, {
    method: 'GET', url: '/networks/:network/standing-approvals', id: 'listStandingApprovals', tag: 'plans', summary: 'Corridors that greenwave may change by itself', access: { role: 'viewer' },
    params: Type.Object({ network: Id }), answers: { 200: Type.Object({ items: Type.Array(Approval) }) },
    handler: async ({ params }) => {
      const { id, version } = await findNetwork(service, params.network)
      const { scenario } = (await store.networks.scenario(id, version))!
      const found = await Promise.all(scenario.corridors.map((corridor) => findStandingApproval(store, id, corridor.id, clock.now())))
      return { items: found.flatMap((one) => (one === undefined ? [] : [shown(one)])) }
    },
  })
  route(server, {
    method: 'POST', url: '/networks/:network/corridors/:corridor/standing-approvals', id: 'giveStandingApproval', tag: 'plans', summary: 'Let greenwave deploy plans of a corridor by itself', access: { role: 'administrator' }, params: Corridor,
    description: 'Until a day within a year. It covers plans that greenwave alone wrote, that change little and by which nobody loses; the last word about a corridor counts.',
    body: Type.Object({ until: Type.String({ format: 'date-time' }), note: Type.Optional(Type.String({ maxLength: 2000 })) }, { additionalProperties: false }),
    example: { until: '2027-06-30T00:00:00Z', note: 'For the trial in spring' }, answers: { 201: Approval },
    handler: async (request, reply) => {
      const { network, corridor } = request.params
      await requireCorridor(network, corridor)
      const { until, note } = request.body
      const given = await giveStandingApproval(store, { network, corridor, actor: actorOf(request.principal!), now: clock.now(), until_s: instantOf(until, '/until'), ...(note === undefined ? {} : { note }) })
      reply.status(201)
      return shown(given)
    },
  })
  route(server, {
    method: 'DELETE', url: '/networks/:network/corridors/:corridor/standing-approvals', id: 'withdrawStandingApproval', tag: 'plans', summary: 'Greenwave may deploy nothing there by itself any more', access: { role: 'approver' }, params: Corridor,
    description: 'What is deployed stays. Stopping is easier than allowing: any approver may.', answers: { 204: Type.Null() },
    handler: async (request, reply) => {
      const { network, corridor } = request.params
      await requireCorridor(network, corridor)
      await withdrawStandingApproval(store, { network, corridor, actor: actorOf(request.principal!), now: clock.now() })
      return reply.status(204).send()
    },
  })
}
