// Long work: how far it is, and calling it off.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { JobRecord } from '../../plans/ports/jobs.ts'
import { timeOf } from '../http/instants.ts'
import { pageRequest, PAGE, sendPage } from '../http/paging.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
const StateSchema = Type.Enum(STATES)
const Time = Type.String({ format: 'date-time' })
export const JobSchema = Type.Object({
  id: Type.String(), kind: Type.String(), state: StateSchema, progress: Type.Number({ minimum: 0, maximum: 1 }), label: Type.String(),
  result: Type.Optional(Type.Unknown()), problem: Type.Optional(Type.Unknown()), by: Type.String(), created_at: Time, updated_at: Time,
})
const Parameters = Type.Object({ job: Type.String({ minLength: 1, maxLength: 100 }) })

export const shownJob = ({ input: _input, created_at, updated_at, ...job }: JobRecord) => ({ ...job, created_at: timeOf(created_at), updated_at: timeOf(updated_at) })

export function jobRoutes(server: FastifyInstance, { store, jobs, clock }: Service): void {
  const find = async (id: string): Promise<JobRecord> => {
    const job = await store.jobs.get(id)
    if (job === undefined) throw new GreenwaveError('request.unknown', `There is no job ${JSON.stringify(id)}`)
    return job
  }
  route(server, {
    method: 'GET', url: '/jobs', id: 'listJobs', tag: 'jobs', summary: 'Long work, newest first', access: { role: 'viewer' },
    query: Type.Object({ ...PAGE, kind: Type.Optional(Type.String({ maxLength: 100 })), state: Type.Optional(StateSchema) }),
    answers: { 200: Type.Object({ items: Type.Array(JobSchema), next: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const { kind, state, ...page } = request.query
      const found = await store.jobs.list({ ...(kind === undefined ? {} : { kind }), ...(state === undefined ? {} : { state }) }, pageRequest(page))
      return sendPage(request, reply, { ...found, items: found.items.map(shownJob) })
    },
  })
  route(server, {
    method: 'GET', url: '/jobs/:job', id: 'getJob', tag: 'jobs', summary: 'How far a job is, and what came out', access: { role: 'viewer' }, params: Parameters, answers: { 200: JobSchema },
    handler: async ({ params }) => shownJob(await find(params.job)),
  })
  route(server, {
    method: 'DELETE', url: '/jobs/:job', id: 'cancelJob', tag: 'jobs', summary: 'Call a job off', access: { role: 'engineer' }, params: Parameters, answers: { 200: JobSchema },
    handler: async ({ params, principal }) => {
      const job = await find(params.job)
      if (!(await jobs.cancel(job.id))) throw new GreenwaveError('job.ended', `The job ${job.id} is ${job.state}`)
      await store.audit.append({ time_s: clock.now(), actor: actorOf(principal!), action: 'job.cancel', subject_kind: 'job', subject: job.id, detail: { kind: job.kind } })
      return shownJob(await find(params.job))
    },
  })
}
