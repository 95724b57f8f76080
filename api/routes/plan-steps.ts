// The steps of a plan on its way to the street. Each needs the version that was seen, and says what stands in its way.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { etagOf, expectedVersion } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { startJob, Started } from '../jobs/start.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findPlan, PlanAnswer, PlanParameters, Reason, shownPlan } from './plans.ts'
import { DayTypeSchema, ScheduleAnswer } from './schedules.ts'

const TimeOfDay = Type.Integer({ minimum: 0, maximum: 86_400, description: 'Seconds of the local day' })

export function planStepRoutes(server: FastifyInstance, service: Service): void {
  const { workflow } = service
  route(server, {
    method: 'POST', url: '/plans/:plan/checks', id: 'checkPlan', tag: 'plans', summary: 'Hold a draft against every rule', access: { role: 'engineer' }, versioned: true, params: PlanParameters,
    description: 'Minimum greens, intergreens, conflicts, pedestrian times, and whether the windows are those that the timing gives. What breaks a rule is refused (409) and stays a draft.',
    answers: { 200: PlanAnswer },
    handler: async (request, reply) => {
      const plan = await workflow.check({ plan: request.params.plan, expected: expectedVersion(request), actor: actorOf(request.principal!) })
      reply.header('etag', etagOf(plan.version))
      return shownPlan(plan)
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/simulations', id: 'simulatePlan', tag: 'plans', summary: 'Simulate a checked plan beside the plan running now', access: { role: 'engineer' }, idempotent: true, versioned: true, params: PlanParameters,
    description: 'A job. Same seeds, same vehicles for both. The plan becomes simulated unless the traffic stands still more often than now; who is worse off than the limits allow is named.',
    body: Type.Object({ runs: Type.Integer({ minimum: 2, maximum: 100, default: 10 }), seed: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 1 }), day_type: Type.Optional(DayTypeSchema) }, { additionalProperties: false }),
    example: { runs: 10, seed: 1, day_type: 'weekday' }, answers: { 202: Started },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const { id, version } = await findPlan(service, request.params.plan)
      if (version !== expected) throw new GreenwaveError('store.conflict', `The plan ${JSON.stringify(id)} is at version ${version}, not ${expected}`)
      return startJob(service, request, reply, 'plan.simulate', { plan: id, expected, actor: actorOf(request.principal!), ...request.body })
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/approvals', id: 'approvePlan', tag: 'plans', summary: 'Approve a simulated plan', access: { role: 'approver' }, versioned: true, params: PlanParameters,
    description: 'Nobody approves what they wrote a part of. `accepts` names everybody who is worse off than the limits allow, as the refusal lists them.',
    body: Type.Object({ accepts: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { maxItems: 1000 })), note: Type.Optional(Type.String({ maxLength: 2000 })) }, { additionalProperties: false }),
    example: { accepts: ['3 3-left-south'], note: 'The left turn has a second chance at junction 4' }, answers: { 200: PlanAnswer },
    handler: async (request, reply) => {
      const plan = await workflow.approve({ plan: request.params.plan, expected: expectedVersion(request), actor: actorOf(request.principal!), ...request.body })
      reply.header('etag', etagOf(plan.version))
      return shownPlan(plan)
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/schedulings', id: 'schedulePlan', tag: 'plans', summary: 'Let an approved plan run on such days at such times', access: { role: 'engineer' }, versioned: true, params: PlanParameters,
    body: Type.Object({ slots: Type.Array(Type.Object({ day_type: DayTypeSchema, start_s: TimeOfDay, end_s: TimeOfDay }, { additionalProperties: false }), { minItems: 1, maxItems: 100 }) }, { additionalProperties: false }),
    example: { slots: [{ day_type: 'weekday', start_s: 25_200, end_s: 32_400 }] }, answers: { 200: Type.Object({ plan: PlanAnswer, schedule: ScheduleAnswer }) },
    handler: async (request, reply) => {
      const { plan, schedule } = await workflow.schedule({ plan: request.params.plan, expected: expectedVersion(request), actor: actorOf(request.principal!), slots: request.body.slots })
      reply.header('etag', etagOf(plan.version))
      return { plan: shownPlan(plan), schedule }
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/retirements', id: 'retirePlan', tag: 'plans', summary: 'Take a plan out of use', access: { role: 'engineer' }, versioned: true, params: PlanParameters,
    description: 'In its hours the street runs what it ran before greenwave.', body: Type.Object({ reason: Reason }, { additionalProperties: false }), example: { reason: 'The road works are over' }, answers: { 200: PlanAnswer },
    handler: async (request, reply) => {
      const plan = await workflow.retire({ plan: request.params.plan, expected: expectedVersion(request), actor: actorOf(request.principal!), reason: request.body.reason })
      reply.header('etag', etagOf(plan.version))
      return shownPlan(plan)
    },
  })
}
