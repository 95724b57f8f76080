// Plans: drafts, edits, and what is known of each.
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { IdempotentAnswer } from '../../plans/ports/idempotency.ts'
import type { PlanRecord, PlanStage } from '../../plans/ports/plans.ts'
import { listNextStages } from '../../plans/workflow/index.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { keepAnswer, sendAnswer } from '../http/idempotency.ts'
import { timeOf } from '../http/instants.ts'
import { PAGE, pageRequest, sendPage } from '../http/paging.ts'
import { editsOf, EditSchema, planOf, PlanSchema } from '../http/plan-schema.ts'
import { BASE, route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { Id } from './networks.ts'

export const STAGES = ['draft', 'checked', 'simulated', 'approved', 'scheduled', 'pushed', 'verified', 'retired'] as const satisfies readonly PlanStage[]
const Stage = Type.Enum(STAGES)
const Time = Type.String({ format: 'date-time' })
const summary = {
  id: Type.String(), network: Type.String(), network_version: Type.Integer(), corridor: Type.String(), period: Type.String(), stage: Stage, next_stages: Type.Array(Stage), version: Type.Integer(), hash: Type.String(),
  author: Type.String(), approver: Type.Optional(Type.String()), reason: Type.String(), created_at: Time, updated_at: Time,
}
const PlanSummary = Type.Object({ ...summary, cycle_s: Type.Number() })
const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
/** The document is told as it was written, to the last field. */
export const PlanAnswer = Type.Object({ ...summary, document: Anything, evaluation: Type.Optional(Anything) })
export const PlanParameters = Type.Object({ plan: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9._~:-]+$' }) })
export const Reason = Type.String({ minLength: 1, maxLength: 2000 })
const PLAN_LIMIT = 20_000_000

/** As short as one can be; a real one has all signals of its corridor. */
const EXAMPLE_DOCUMENT: Static<typeof PlanSchema> = {
  format: 'greenwave.plan/1', id: 'holiday', scenario: 'Nanhu Avenue', corridor: 'nanhu-avenue', period: 'holiday', cycle_s: 90, bands: [], losers: [],
  intersections: [{
    id: '1', source_id: '1', signal: '1', kind: 'stages', cycle_s: 90, offset_s: 12, offset_reference: 'begin_of_green', coordinated: ['A'],
    stages: [{ id: 'main', kind: 'stage', green: ['A'], duration_s: 50 }, { id: 'cross', kind: 'stage', green: ['B'], duration_s: 40 }],
    signal_groups: [{ id: 'A', green_windows_s: [[0, 45]], yellow_s: 3, red_clearance_s: 2 }, { id: 'B', green_windows_s: [[50, 85]], yellow_s: 3, red_clearance_s: 2 }],
  }],
  certificate: { objective: 'band', value: 30, bound: 30, gap: 0, proven: true, method: 'exact', sentence: 'Nothing wider exists.' },
  provenance: { version: '0.1.0', seed: 1, inputs: {}, objective: 'band', assumptions: [] },
}

const summaryOf = ({ document, evaluation: _evaluation, created_at, updated_at, ...plan }: PlanRecord) => ({
  ...plan, next_stages: [...listNextStages(plan.stage)], cycle_s: document.cycle_s, created_at: timeOf(created_at), updated_at: timeOf(updated_at),
})
export const shownPlan = ({ created_at, updated_at, ...plan }: PlanRecord) => ({ ...plan, next_stages: [...listNextStages(plan.stage)], created_at: timeOf(created_at), updated_at: timeOf(updated_at) })

const madeAnswer = (plan: PlanRecord): IdempotentAnswer => ({ status: 201, headers: { location: `${BASE}/plans/${plan.id}`, etag: etagOf(plan.version) }, body: shownPlan(plan) })

/** Throws `request.unknown`. */
export async function findPlan({ store }: Pick<Service, 'store'>, id: string): Promise<PlanRecord> {
  const plan = await store.plans.get(id)
  if (plan === undefined) throw new GreenwaveError('request.unknown', `There is no plan ${JSON.stringify(id)}`)
  return plan
}

export function planRoutes(server: FastifyInstance, service: Service): void {
  const { store, workflow } = service
  route(server, {
    method: 'GET', url: '/plans', id: 'listPlans', tag: 'plans', summary: 'Plans without their documents, newest first', access: { role: 'viewer' },
    query: Type.Object({ ...PAGE, network: Type.Optional(Id), corridor: Type.Optional(Type.String({ maxLength: 200 })), stage: Type.Optional(Stage) }),
    answers: { 200: Type.Object({ items: Type.Array(PlanSummary), next: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const { limit, after, ...filter } = request.query
      const page = await store.plans.list(filter, pageRequest({ limit, ...(after === undefined ? {} : { after }) }))
      return sendPage(request, reply, { ...page, items: page.items.map(summaryOf) })
    },
  })
  route(server, {
    method: 'GET', url: '/plans/:plan', id: 'getPlan', tag: 'plans', summary: 'A plan with its document and what the simulation said', access: { role: 'viewer' }, params: PlanParameters, answers: { 200: PlanAnswer },
    handler: async (request, reply) => {
      const plan = await findPlan(service, request.params.plan)
      return unchanged(request, reply, plan.version) ? reply.send() : shownPlan(plan)
    },
  })
  route(server, {
    method: 'POST', url: '/plans', id: 'draftPlan', tag: 'plans', summary: 'A draft from a plan document', access: { role: 'engineer' }, idempotent: true, body_limit: PLAN_LIMIT,
    description: 'The document is one that `greenwave plan` wrote, or that a tool of yours made. Nothing runs in the street before it was checked, simulated, and approved by somebody else.',
    body: Type.Object({ network: Id, network_version: Type.Optional(Type.Integer({ minimum: 1, description: 'The newest by default' })), document: PlanSchema, reason: Reason }, { additionalProperties: false }),
    example: { network: 'jiaxing', document: EXAMPLE_DOCUMENT, reason: 'The school moved' },
    answers: { 201: PlanAnswer },
    handler: async (request, reply) => {
      const { body, principal } = request
      const plan = await workflow.draft({ ...body, document: planOf(body.document), actor: actorOf(principal!), also: (stores, made) => keepAnswer(request, stores, madeAnswer(made)) })
      return sendAnswer(reply, madeAnswer(plan))
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/edits', id: 'editPlan', tag: 'plans', summary: 'Change a plan by hand', access: { role: 'engineer' }, idempotent: true, versioned: true, params: PlanParameters,
    description: 'Offsets, edges between phases or stages, their order, the cycle, the speed of a band, each with its old and its new value. A draft of your own changes (200); of every other plan a new draft is made (201).',
    body: Type.Object({ edits: Type.Array(EditSchema, { minItems: 1, maxItems: 1000 }), reason: Type.Optional(Reason) }, { additionalProperties: false }),
    example: { edits: [{ kind: 'offset', signal: '2', was_s: 12, becomes_s: 15 }], reason: 'The queue of the side street' },
    answers: { 200: PlanAnswer, 201: PlanAnswer },
    handler: async (request, reply) => {
      const { params, body, principal } = request
      const answerOf = (plan: PlanRecord): IdempotentAnswer => (plan.id === params.plan ? { status: 200, headers: { etag: etagOf(plan.version) }, body: shownPlan(plan) } : madeAnswer(plan))
      const plan = await workflow.edit({
        plan: params.plan, expected: expectedVersion(request), actor: actorOf(principal!), edits: editsOf(body.edits), ...(body.reason === undefined ? {} : { reason: body.reason }),
        also: (stores, made) => keepAnswer(request, stores, answerOf(made)),
      })
      return sendAnswer(reply, answerOf(plan))
    },
  })
}
