// Plans on their way to controllers: asked for, watched, brought back, and what went over the wire.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { type DeploymentRules, giveOverride, OVERRIDABLE, watchSpan } from '../../plans/deployment/index.ts'
import type { DeploymentRecord } from '../../plans/ports/deployments.ts'
import { timeOf } from '../http/instants.ts'
import { PAGE, pageRequest, sendPage } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { startJob, Started } from '../jobs/start.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { Id } from './networks.ts'
import { findPlan, PlanParameters, Reason } from './plans.ts'

const Time = Type.String({ format: 'date-time' })
const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const summary = {
  id: Type.String(), network: Type.String(), corridor: Type.String(), run: Type.String(), controller: Type.String(), signal: Type.String(), plan: Type.String(), mode: Type.Enum(['temporary', 'permanent'] as const), state: Type.String(),
  level: Type.Integer({ minimum: 0, maximum: 5, description: '1 acknowledged, 2 read back, 3 active, 4 effective durations, 5 lamps followed' }), why: Type.Optional(Type.String()), lease_expires_at: Type.Optional(Time), by: Type.String(),
  watch: Type.Optional(Type.Object({
    begins_at: Time, ends_at: Time, cycle_s: Type.Number(), cycles: Type.Integer(),
  }, { description: 'While its lamps are watched: all members begin at `begins_at`; until `ends_at` the lamps must have followed for so many whole cycles, or everything goes back' })),
  created_at: Time, updated_at: Time,
}
const Summary = Type.Object(summary)
const Whole = Type.Object({ ...summary, findings: Type.Array(Anything), items: Type.Array(Anything), progress: Type.Array(Anything), approvals: Type.Array(Anything), sentences: Type.Array(Type.String()), times: Anything, time_source: Type.String() })
const Message = Type.Object({ seq: Type.Integer(), time: Time, direction: Type.String(), hex: Type.String(), note: Type.Optional(Type.String()), hash: Type.String() })
const Parameters = Type.Object({ deployment: Id })

const shownBy = (rules: DeploymentRules) => ({ id, network, corridor, run, device, signal, plan, mode, state, level, sentences, lease_expires_at, by, created_at, updated_at, arm_at, baseline, writes }: DeploymentRecord) => ({
  id, network, corridor, run, controller: device, signal, plan, mode, state, level, ...(sentences.length === 0 ? {} : { why: sentences.at(-1)! }), ...(lease_expires_at === undefined ? {} : { lease_expires_at: timeOf(lease_expires_at) }), by,
  ...(state !== 'ARMED' || arm_at === undefined || baseline === undefined || writes === undefined ? {} : { watch: { begins_at: timeOf(arm_at), ends_at: timeOf(arm_at + watchSpan(rules, baseline, writes)), cycle_s: writes.timing.cycle / 10, cycles: rules.cycles } }),
  created_at: timeOf(created_at), updated_at: timeOf(updated_at),
})

export function deploymentRoutes(server: FastifyInstance, service: Service): void {
  const { store, workflow, clock } = service
  // A test puts another deployer in the service's place.
  const shown = (record: DeploymentRecord) => shownBy(service.deployer.desk.rules)(record)
  const find = async (id: string): Promise<DeploymentRecord> => {
    const found = await store.deployments.get(id)
    if (found === undefined) throw new GreenwaveError('request.unknown', `There is no deployment ${JSON.stringify(id)}`)
    return found
  }
  route(server, {
    method: 'POST', url: '/plans/:plan/pushes', id: 'pushPlan', tag: 'controllers', summary: 'Send an approved plan to the controllers of its corridor', access: { role: 'engineer' }, idempotent: true, params: PlanParameters,
    description: 'A job. Every controller runs it in the end, seen at its lamps, or every one runs what it ran before. With `dry_run` nothing is sent: the job answers what would be, in each controller\'s own terms, and what stands against it.',
    body: Type.Object({
      mode: Type.Enum(['temporary', 'permanent'] as const, { default: 'temporary' }), lease_s: Type.Optional(Type.Integer({ minimum: 120, maximum: 86_400, description: 'How long it runs on when greenwave is gone' })),
      controllers: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000, description: 'Only these; for a trial' })), dry_run: Type.Boolean({ default: false }), reason: Type.Optional(Reason),
    }, { additionalProperties: false }),
    example: { mode: 'temporary', dry_run: true }, answers: { 202: Started },
    handler: async (request, reply) => {
      const { id } = await findPlan(service, request.params.plan)
      const { controllers, ...body } = request.body
      return startJob(service, request, reply, 'plan.push', { plan: id, run: crypto.randomUUID(), actor: actorOf(request.principal!), ...body, ...(controllers === undefined ? {} : { devices: controllers }) })
    },
  })
  route(server, {
    method: 'POST', url: '/plans/:plan/overrides', id: 'overrideRule', tag: 'controllers', summary: 'Answer for a rule that may be overridden', access: { role: 'engineer' }, params: PlanParameters,
    description: 'Two different people say so, one of them an approver; it then holds for a day. Rules about minimums, clearance, conflicts, slots, modes and clocks that are wrong are never overridden.',
    body: Type.Object({ rule: Type.Enum(OVERRIDABLE), controller: Type.Optional(Id), reason: Reason }, { additionalProperties: false }), example: { rule: 'too-soon', reason: 'The plan sent this morning was the wrong one' }, answers: { 204: Type.Null() },
    handler: async (request, reply) => {
      const plan = await workflow.approved((await findPlan(service, request.params.plan)).id)
      const { rule, controller, reason } = request.body
      await giveOverride(store, { plan, rule, reason, actor: actorOf(request.principal!), now: clock.now(), ...(controller === undefined ? {} : { device: controller }) })
      return reply.status(204).send()
    },
  })
  route(server, {
    method: 'GET', url: '/deployments', id: 'listDeployments', tag: 'controllers', summary: 'Plans on their way to controllers, newest first', access: { role: 'viewer' },
    query: Type.Object({ ...PAGE, network: Type.Optional(Id), controller: Type.Optional(Id), run: Type.Optional(Type.String({ maxLength: 300 })), plan: Type.Optional(Id) }), answers: { 200: Type.Object({ items: Type.Array(Summary), next: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const { network, controller, run, plan, ...page } = request.query
      const filter = { ...(network === undefined ? {} : { network }), ...(controller === undefined ? {} : { device: controller }), ...(run === undefined ? {} : { run }), ...(plan === undefined ? {} : { plan }) }
      const found = await store.deployments.list(filter, pageRequest(page))
      return sendPage(request, reply, { ...found, items: found.items.map(shown) })
    },
  })
  route(server, {
    method: 'GET', url: '/deployments/:deployment', id: 'getDeployment', tag: 'controllers', summary: 'One deployment: what was checked, sent and seen, and who stands for it', access: { role: 'viewer' }, params: Parameters, answers: { 200: Whole },
    handler: async ({ params }) => {
      const record = await find(params.deployment)
      const { findings, writes, progress, approvals, sentences, times, time_source } = record
      return {
        ...shown(record), findings, items: writes?.items ?? [], progress, sentences, time_source, approvals: approvals.map(({ at, ...one }) => ({ ...one, at: timeOf(at) })),
        times: Object.fromEntries(Object.entries(times).map(([state, at]) => [state, timeOf(at)])),
      }
    },
  })
  route(server, {
    method: 'GET', url: '/deployments/:deployment/wire', id: 'listDeploymentWire', tag: 'controllers', summary: 'Every message to and from the controller, in order', access: { role: 'engineer' }, params: Parameters,
    query: Type.Object({ after: Type.Integer({ minimum: 0, default: 0, description: '`seq` of the last that was read' }), limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000 }) }), answers: { 200: Type.Object({ items: Type.Array(Message) }) },
    handler: async ({ params, query }) => {
      const { id } = await find(params.deployment)
      const entries = await store.deployments.wire(id, query.after, query.limit)
      return { items: entries.map(({ time_s, deployment: _id, device: _device, ...entry }) => ({ ...entry, time: timeOf(time_s) })) }
    },
  })
  route(server, {
    method: 'POST', url: '/deployments/:deployment/release', id: 'releaseDeployment', tag: 'controllers', summary: 'Bring the controllers of its run back to their own plan', access: { role: 'engineer' }, idempotent: true, params: Parameters,
    description: 'A job. All of its corridor, since half a green wave is worse than none. Needs no approval.', body: Type.Object({ reason: Reason }, { additionalProperties: false }), example: { reason: 'Queues at the bridge' }, answers: { 202: Started },
    handler: async (request, reply) => {
      const { run, network } = await find(request.params.deployment)
      return startJob(service, request, reply, 'controllers.release', { network, run, actor: actorOf(request.principal!), reason: request.body.reason })
    },
  })
}
