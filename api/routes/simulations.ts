// Questions to the optimizer and the simulation that change nothing in the street: jobs, whose results are kept with them.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { route } from '../http/route.ts'
import { startJob, Started } from '../jobs/start.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'
import { findPlan, Reason } from './plans.ts'
import { corridorsOf } from './schedules.ts'

const Parameters = Type.Object({ network: Id })
const street = {
  corridor: Type.String({ minLength: 1, maxLength: 200 }), period: Type.String({ minLength: 1, maxLength: 50, description: 'A period of the network, or HH:MM-HH:MM' }),
  runs: Type.Integer({ minimum: 1, maximum: 100 }), seed: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
}
const Cycle = Type.Optional(Type.Integer({ minimum: 30, maximum: 240, description: 's' }))

export function simulationRoutes(server: FastifyInstance, service: Service): void {
  const requireCorridor = corridorsOf(service)
  /** What is asked about, at the version of now; a plan must be one of that network. */
  const place = async (network: string, corridor: string, plans: readonly (string | undefined)[]): Promise<{ network: string; version: number }> => {
    await requireCorridor(network, corridor)
    for (const id of plans) {
      if (id === undefined) continue
      const plan = await findPlan(service, id)
      if (plan.network !== network) throw new GreenwaveError('request.invalid', `The plan ${JSON.stringify(id)} is one of the network ${JSON.stringify(plan.network)}`)
    }
    return { network, version: (await findNetwork(service, network)).version }
  }
  route(server, {
    method: 'POST', url: '/networks/:network/drafts', id: 'computeDraft', tag: 'plans', summary: 'Compute a plan for a corridor and period', access: { role: 'engineer' }, idempotent: true, params: Parameters,
    description: 'A job. The plan becomes a draft of yours; `result.plan` is its id. The best of several candidates by simulation, with proof of its bands; objectives are those of `greenwave plan`, and the document has `link_bands` or `paths` where they ask for such; with `why` it has `insight`: why this cycle, what stands in the way, what the smallest changes would give. With `runs` 0 the losers in it are those that the optimizer predicts; the plan is simulated anyway before anybody can approve it.',
    body: Type.Object({ ...street, runs: Type.Integer({ minimum: 0, maximum: 100 }), objective: Type.Union([Type.Literal('auto'), Type.Literal('band'), Type.Literal('multiband'), Type.Literal('delay'), Type.Literal('paths')]), cycle_min_s: Cycle, cycle_max_s: Cycle, why: Type.Optional(Type.Boolean()), reason: Reason }, { additionalProperties: false }),
    example: { corridor: 'nanhu-avenue', period: 'peak', runs: 10, seed: 1, objective: 'auto', cycle_min_s: 80, cycle_max_s: 120, reason: 'The new bridge' }, answers: { 202: Started },
    handler: async (request, reply) => {
      const { cycle_min_s, cycle_max_s } = request.body
      if ((cycle_min_s ?? 0) > (cycle_max_s ?? Infinity)) throw new GreenwaveError('request.invalid', `/cycle_min_s is ${cycle_min_s}, above /cycle_max_s ${cycle_max_s}`)
      const at = await place(request.params.network, request.body.corridor, [])
      return startJob(service, request, reply, 'plan.draft', { ...at, ...request.body, plan: randomUUID(), actor: actorOf(request.principal!) })
    },
  })
  route(server, {
    method: 'POST', url: '/networks/:network/simulations', id: 'simulate', tag: 'simulations', summary: 'Simulate a plan, or what runs in the street', access: { role: 'engineer' }, idempotent: true, params: Parameters,
    description: 'A job; its result is what `greenwave simulate --json` prints. Nothing is decided by it: the simulation that a plan needs is that of the plan.',
    body: Type.Object({ ...street, plan: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Without: what runs in the street' })) }, { additionalProperties: false }),
    example: { corridor: 'nanhu-avenue', period: 'peak', runs: 10, seed: 1 }, answers: { 202: Started },
    handler: async (request, reply) => startJob(service, request, reply, 'simulation', { ...await place(request.params.network, request.body.corridor, [request.body.plan]), ...request.body }),
  })
  route(server, {
    method: 'POST', url: '/networks/:network/evaluations', id: 'evaluate', tag: 'simulations', summary: 'Compare a plan with another, seed by seed', access: { role: 'engineer' }, idempotent: true, params: Parameters,
    description: 'A job. The result has `before`, `after` and the `differences` with their intervals.',
    body: Type.Object({ ...street, plan: Type.String({ minLength: 1, maxLength: 100 }), baseline: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Without: what runs in the street' })) }, { additionalProperties: false }),
    example: { corridor: 'nanhu-avenue', period: 'peak', runs: 10, seed: 1, plan: '0b0f4a3e-6f1c-4f0e-9a53-1f2d3c4b5a69' }, answers: { 202: Started },
    handler: async (request, reply) => startJob(service, request, reply, 'evaluation', { ...await place(request.params.network, request.body.corridor, [request.body.plan, request.body.baseline]), ...request.body }),
  })
}
