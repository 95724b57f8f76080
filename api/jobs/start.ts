// Asks for long work: 202, where it can be watched, and the same job however often the request comes.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { sha256 } from '../../plans/ports/canonical.ts'
import { BASE } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import type { JobInputs } from './inputs.ts'

export const Started = Type.Object({ job: Type.String({ description: 'Id of the job; watch it at the Location' }) })

/** Only for routes that need an Idempotency-Key. */
export async function startJob<K extends keyof JobInputs>({ jobs }: Pick<Service, 'jobs'>, request: Pick<FastifyRequest, 'headers' | 'principal' | 'url'>, reply: FastifyReply, kind: K, input: JobInputs[K]): Promise<{ job: string }> {
  const by = actorOf(request.principal!)
  const once = sha256(JSON.stringify([by, request.url, request.headers['idempotency-key']]))
  const job = await jobs.send(kind, input, { by, once })
  reply.status(202).header('location', `${BASE}/jobs/${job}`)
  return { job }
}
