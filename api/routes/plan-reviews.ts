// What whoever answers for a plan wants to see beside it: what the rules compared, who loses, which steps are theirs to take, and all that was done with it.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { resolveCorridor } from '../../model/corridor.ts'
import type { Loser } from '../../model/plan.ts'
import { getCorridor, losersOf, patternOf } from '../../plans/index.ts'
import type { AuditEntry } from '../../plans/ports/audit-log.ts'
import type { PlanRecord } from '../../plans/ports/plans.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { authorsOf, comparePattern, findFaults, listEvidence, loserKey, type SimulationDetail, stepsOf } from '../../plans/workflow/index.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { AuditEntrySchema } from './audit.ts'
import { findPlan, PlanParameters } from './plans.ts'

const LoserSchema = Type.Object({
  key: Type.String({ description: 'How an approval names it' }), over_limit: Type.Boolean(), kind: Type.String(), signal: Type.String(), movement: Type.Optional(Type.String()), name: Type.String(), measure: Type.String(),
  before: Type.Number(), after: Type.Number(), limit: Type.Optional(Type.Number()), sentence: Type.String(),
})
const Compared = Type.Object({ signal: Type.String(), rule: Type.Enum(['minimum-green', 'pedestrian', 'conflict', 'intergreen'] as const), groups: Type.Array(Type.String()), value_s: Type.Number(), limit_s: Type.Number(), holds: Type.Boolean() })
const Review = Type.Object({
  plan: Type.String(), version: Type.Integer(), authors: Type.Array(Type.String()), faults: Type.Array(Type.String()), compared: Type.Array(Compared), losers: Type.Array(LoserSchema),
  simulated: Type.Optional(Type.Object({ runs: Type.Integer(), seed: Type.Integer(), day_type: Type.String(), refused: Type.Optional(Type.String()) })),
  steps: Type.Array(Type.Object({ step: Type.Enum(['check', 'simulate', 'approve', 'schedule', 'push', 'retire'] as const), why: Type.Optional(Type.String({ description: 'Absent where whoever asks may take it now' })), code: Type.Optional(Type.String({ description: 'Of the catalogue of errors' })) })),
})
/** Of one plan: an engineer who edits for a day writes a few hundred. */
const MOST_ENTRIES = 1000

export function planReviewRoutes(server: FastifyInstance, service: Service): void {
  const { store, deployer } = service
  route(server, {
    method: 'GET', url: '/plans/:plan/review', id: 'reviewPlan', tag: 'plans', summary: 'What the rules compared, who loses, and which steps are yours', access: { role: 'viewer' }, params: PlanParameters,
    description: 'By the limits of the network; a dry run compares with those that each controller keeps itself. `faults` is what a check would refuse. `losers` are told by the last simulation.',
    answers: { 200: Review },
    handler: async (request) => {
      const plan = await findPlan(service, request.params.plan)
      const entries = await listEvidence(store, plan.id)
      const streets = await deployer.desk.streets(plan.network, plan.network_version)
      const simulation = entries.findLast(({ action, detail }) => action === 'plan.simulate' && detail['hash'] === plan.hash)?.detail as unknown as (SimulationDetail & { runs: number; seed: number; day_type: string; refused?: string }) | undefined
      const losers: Loser[] = plan.evaluation === undefined ? plan.document.losers : losersOf(streets.graph, resolveCorridor(streets.graph, getCorridor(streets.scenario.scenario, plan.corridor)), plan.document, plan.evaluation)
      return {
        plan: plan.id, version: plan.version, authors: [...authorsOf(plan, entries)], faults: findFaults(streets, plan.document),
        compared: plan.document.intersections.flatMap((one) => comparePattern(streets.graph.getSignal(one.signal), patternOf(one)).map((row) => ({ signal: one.signal, ...row }))),
        losers: losers.map((loser) => ({ ...loser, key: loserKey(loser), over_limit: simulation?.over_limit.includes(loserKey(loser)) === true })),
        ...(simulation === undefined ? {} : { simulated: { runs: simulation.runs, seed: simulation.seed, day_type: simulation.day_type, ...(simulation.refused === undefined ? {} : { refused: simulation.refused }) } }),
        steps: await stepsOf(store, plan, entries, actorOf(request.principal!)),
      }
    },
  })
  route(server, {
    method: 'GET', url: '/plans/:plan/audit', id: 'listPlanAudit', tag: 'audit', summary: 'All that was done with a plan, oldest first', access: { role: 'viewer' }, params: PlanParameters,
    description: 'Its own entries of the audit, overrides, and those of its deployments to controllers.', answers: { 200: Type.Object({ items: Type.Array(AuditEntrySchema) }) },
    handler: async (request) => {
      const entries = await entriesAbout(store, await findPlan(service, request.params.plan))
      return { items: entries.map(({ time_s, ...entry }) => ({ ...entry, time: timeOf(time_s) })) }
    },
  })
}

async function entriesAbout(stores: Pick<Stores, 'audit' | 'deployments'>, { id }: PlanRecord): Promise<AuditEntry[]> {
  const { items: deployments } = await stores.deployments.list({ plan: id }, { limit: MOST_ENTRIES })
  const lists = await Promise.all([id, ...deployments.map((one) => one.id)].map(async (subject) => (await stores.audit.list({ subject }, { limit: MOST_ENTRIES })).items))
  return lists.flat().sort((a, b) => a.seq - b.seq).slice(-MOST_ENTRIES)
}
