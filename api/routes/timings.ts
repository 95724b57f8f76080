// What cabinets fetch: the timing that their signal must run now.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { TIMING_CACHE, TIMING_URL } from '../quick-timings.ts'
import type { Service } from '../server.ts'
import { Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Timing = Type.Object({
  signal: Type.String(), hash: Type.String({ description: 'Of the pattern' }), valid_until: Type.String({ format: 'date-time', description: 'Ask again by then' }), plan: Type.Optional(Type.String({ description: 'Without: what ran before greenwave' })),
  doubts: Type.Array(Type.String(), { description: 'Why a plan of the schedule does not run' }), pattern: Anything, compiled: Anything,
})

export function timingRoutes(server: FastifyInstance, { timings }: Service): void {
  route(server, {
    method: 'GET', url: TIMING_URL, id: 'getSignalTiming', tag: 'schedules', summary: 'What a signal must run now', access: { role: 'viewer', scope: 'cabinet' },
    params: Type.Object({ network: Id, signal: Type.String({ minLength: 1, maxLength: 200 }) }),
    description: 'Cabinets ask as often as they like with If-None-Match: 304 means nothing has changed. A change is seen within a second. Only plans whose approval still proves run; else what ran before greenwave.',
    answers: { 200: Timing },
    handler: async (request, reply) => {
      const { tag, body } = await timings.get(request.params.network, request.params.signal)
      reply.header('cache-control', TIMING_CACHE)
      return unchanged(request, reply, tag) ? reply.send() : reply.type('application/json; charset=utf-8').send(body)
    },
  })
}
